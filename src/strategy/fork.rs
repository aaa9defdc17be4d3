//! A worker process as a copy of this one. A program that is started anew is mapped, linked and moved to its addresses once
//! more, which takes a worker longer than all else before its first request; a copy has that behind it.

use std::fs::{self, File};
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rustix::process::{Pid, WaitOptions, waitpid};

/// A copy of this process.
pub(super) struct Forked(Pid);

impl Forked {
    /// Copies this process. The copy calls `serve` with its ends of two pipes, and ends. `None` where other threads are at
    /// work: what they have locked would stay so in the copy.
    pub(super) fn start(
        ends: (&PipeReader, &PipeWriter),
        serve: fn(File, File) -> io::Result<()>,
    ) -> io::Result<Option<Self>> {
        if fs::read_dir("/proc/self/task")?.count() != 1 {
            return Ok(None);
        }
        #[expect(unsafe_code, reason = "a system call without a safe wrapper; this is the only thread")]
        let pid = unsafe { libc::fork() };
        match pid {
            0 => {
                let serve = || take_over(ends).and_then(|(input, output)| serve(input, output));
                let is_served = matches!(catch_unwind(AssertUnwindSafe(serve)), Ok(Ok(())));
                #[expect(
                    unsafe_code,
                    reason = "ends the copy alone: nothing of this process is written or removed twice"
                )]
                unsafe {
                    libc::_exit(i32::from(!is_served))
                }
            }
            -1 => Err(io::Error::last_os_error()),
            pid => Ok(Pid::from_raw(pid).map(Self)),
        }
    }

    /// Waits until it has ended.
    pub(super) fn wait(&self) -> io::Result<()> {
        waitpid(Some(self.0), WaitOptions::empty())?;
        Ok(())
    }
}

/// Makes the ends of the pipes standard input and output, as a program that is started anew would have them, and closes all
/// else but standard error: with a copy of another worker's pipe that worker would never see its end.
fn take_over((input, output): (&PipeReader, &PipeWriter)) -> io::Result<(File, File)> {
    for (from, to) in [(input.as_raw_fd(), libc::STDIN_FILENO), (output.as_raw_fd(), libc::STDOUT_FILENO)] {
        #[expect(unsafe_code, reason = "what these descriptors were before is used no more in this process")]
        let replaced = unsafe { libc::dup2(from, to) };
        if replaced < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    let open: Vec<RawFd> = fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|descriptor| *descriptor > libc::STDERR_FILENO)
        .collect();
    for descriptor in open {
        // The folder's own has gone already.
        #[expect(unsafe_code, reason = "what these descriptors are is used no more in this process")]
        let _ = unsafe { libc::close(descriptor) };
    }
    Ok((io::stdin().as_fd().try_clone_to_owned()?.into(), io::stdout().as_fd().try_clone_to_owned()?.into()))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::mpsc::channel;
    use std::thread;

    use super::Forked;

    #[test]
    fn a_process_with_several_threads_is_not_copied() {
        let (input, output) = io::pipe().unwrap();
        let (end, ended) = channel::<()>();
        let other = thread::spawn(move || ended.recv());
        assert!(Forked::start((&input, &output), |_, _| Ok(())).unwrap().is_none());
        drop(end);
        let _ = other.join();
    }
}
