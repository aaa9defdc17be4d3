//! What the server asks of the operating system beside sockets and timers. The only file of this folder that depends
//! on Unix; elsewhere each wish is left out.

use std::process::Command;

use crate::model::Nanos;

/// Raises the soft limit of open files to the hard one: a connection costs a descriptor. A refusal is no error, since
/// the server then backs off when descriptors run out.
#[cfg(unix)]
pub(super) fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

#[cfg(not(unix))]
pub(super) fn raise_file_limit() {}

/// Whether a read that does not fill its buffer has read all there is, and what comes later is told again. Elsewhere a
/// socket is only told of again once a read has found nothing.
pub(super) const SHORT_READ_IS_ALL: bool = cfg!(unix);

/// CPU time of this process so far, user and system together.
#[cfg(unix)]
pub(super) fn cpu_time() -> Option<Nanos> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).ok()?;
    Some(Nanos::SECOND * seconds + Nanos(u64::try_from(time.tv_nsec).ok()?))
}

#[cfg(not(unix))]
pub(super) fn cpu_time() -> Option<Nanos> {
    None
}

/// Puts the process to be started in a group of its own, so that Ctrl-C on the terminal does not reach it.
#[cfg(unix)]
pub(super) fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
pub(super) fn own_group(_command: &mut Command) {}
