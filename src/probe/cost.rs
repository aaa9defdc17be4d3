//! What a child process cost, as the operating system counted it when the child was reaped. Beside strategy/fork.rs, the only
//! file with `unsafe`: `wait4` has no safe wrapper that returns all of `rusage`.

use std::io;

use super::orphans::SampleTag;
#[cfg(unix)]
use super::orphans::kill_tagged;
use crate::model::Nanos;

/// The cost of one process and of all descendants that were waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessCost {
    /// CPU time in user mode.
    pub user: Nanos,
    /// CPU time in the kernel.
    pub system: Nanos,
    /// Peak resident memory of the largest of the processes; `None` where it is unknown.
    pub peak_rss_bytes: Option<u64>,
    /// Context switches by waiting.
    pub voluntary_switches: u64,
    /// Context switches by force.
    pub involuntary_switches: u64,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExitStatus {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

/// Waits for `child` to end and kills what it left behind in its process group or under its tag. Blocks; call it from
/// a thread of its own.
#[cfg(unix)]
pub(super) fn reap(
    child: std::process::Child,
    tag: Option<&SampleTag>,
) -> io::Result<(ExitStatus, Option<ProcessCost>)> {
    let pid = child.id().cast_signed();
    // Closes our ends of its pipes; dropping a `Child` neither kills nor waits.
    drop(child);
    await_end(pid);
    super::watchdog::kill_group(pid.cast_unsigned());
    if let Some(tag) = tag {
        kill_tagged(tag);
    }
    let mut status = 0;
    loop {
        // SAFETY: `rusage` is plain integers, for which all zeroes is a value.
        #[expect(unsafe_code, reason = "no safe constructor exists")]
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: both pointers are to live locals of the right type; the pid is a child that is waited for here alone.
        #[expect(unsafe_code, reason = "a system call without a safe wrapper")]
        let reaped = unsafe { libc::wait4(pid, &raw mut status, 0, &raw mut usage) };
        if reaped == pid {
            let exit = if libc::WIFSIGNALED(status) {
                ExitStatus::Signal(libc::WTERMSIG(status))
            } else {
                ExitStatus::Code(libc::WEXITSTATUS(status))
            };
            return Ok((exit, Some(ProcessCost::from(usage))));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Waits until the process has ended and leaves it a zombie, so that its number still names its own group.
#[cfg(unix)]
fn await_end(pid: i32) {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    let Some(pid) = Pid::from_raw(pid) else { return };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while matches!(waitid(WaitId::Pid(pid), options), Err(rustix::io::Errno::INTR)) {}
}

#[cfg(unix)]
impl From<libc::rusage> for ProcessCost {
    fn from(usage: libc::rusage) -> Self {
        let count = |value: libc::c_long| u64::try_from(value).unwrap_or(0);
        let time = |value: libc::timeval| {
            Nanos(u64::try_from(value.tv_sec).unwrap_or(0) * 1_000_000_000)
                + Nanos(u64::try_from(value.tv_usec).unwrap_or(0) * 1_000)
        };
        // Linux and the BSDs count KiB, macOS bytes.
        let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
        Self {
            user: time(usage.ru_utime),
            system: time(usage.ru_stime),
            peak_rss_bytes: Some(count(usage.ru_maxrss) * unit),
            voluntary_switches: count(usage.ru_nvcsw),
            involuntary_switches: count(usage.ru_nivcsw),
        }
    }
}

/// CPU time of this process, all its threads together, in user mode and in the kernel; `None` where it is unknown.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnCpu(Option<(Nanos, Nanos)>);

impl OwnCpu {
    /// Until now.
    #[cfg(unix)]
    pub(super) fn now() -> Self {
        // SAFETY: `rusage` is plain integers, for which all zeroes is a value.
        #[expect(unsafe_code, reason = "no safe constructor exists")]
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: the pointer is to a live local of the right type.
        #[expect(unsafe_code, reason = "a system call without a safe wrapper")]
        let result = unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) };
        let cost = ProcessCost::from(usage);
        Self((result == 0).then_some((cost.user, cost.system)))
    }

    /// Until now.
    #[cfg(not(unix))]
    pub(super) const fn now() -> Self {
        Self(None)
    }

    /// The part of it after `earlier`.
    pub(super) fn since(self, earlier: Self) -> Self {
        Self(self.0.zip(earlier.0).map(|(now, then)| (now.0.saturating_sub(then.0), now.1.saturating_sub(then.1))))
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0.zip(other.0).map(|(one, two)| (one.0 + two.0, one.1 + two.1)))
    }

    /// User mode and kernel, in seconds.
    pub(super) fn seconds(self) -> Option<[f64; 2]> {
        self.0.map(|(user, system)| [user.as_secs_f64(), system.as_secs_f64()])
    }
}

/// Waits for `child` to end. Blocks; call it from a thread of its own. Its cost is not counted here.
#[cfg(not(unix))]
pub(super) fn reap(
    mut child: std::process::Child,
    _: Option<&SampleTag>,
) -> io::Result<(ExitStatus, Option<ProcessCost>)> {
    let status = child.wait()?;
    Ok((ExitStatus::Code(status.code().unwrap_or(-1)), None))
}
