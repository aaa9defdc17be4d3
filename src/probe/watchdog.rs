//! A process that outlives a `kill -9` of reportgen by a moment, to end the samples that were under way. It reads the
//! process groups that live (`+pid`) and that have ended (`-pid`); when its input ends, its parent is gone, and it
//! kills what is left on its list.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};
use std::process::{Child, Command, Stdio};

use crate::strategy::Program;

/// The parent's end.
pub struct Watchdog {
    child: Child,
}

impl Watchdog {
    /// Starts it, in a process group of its own, so that Ctrl-C on a terminal does not reach it.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub fn start(program: &Program) -> io::Result<Self> {
        let mut command = Command::new(&program.path);
        command.args(&program.arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Ok(Self { child: command.spawn()? })
    }

    /// Enters a process group.
    ///
    /// # Errors
    /// When the watchdog is gone.
    pub fn enter(&self, group: u32) -> io::Result<()> {
        self.say('+', group)
    }

    /// Strikes a process group off: it has ended, and its number may be given to others.
    ///
    /// # Errors
    /// When the watchdog is gone.
    pub fn strike(&self, group: u32) -> io::Result<()> {
        self.say('-', group)
    }

    fn say(&self, sign: char, group: u32) -> io::Result<()> {
        // Its input was asked for as a pipe and is taken only on drop.
        let mut input = self.child.stdin.as_ref().ok_or(io::ErrorKind::BrokenPipe)?;
        input.write_all(format!("{sign}{group}\n").as_bytes())
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends with its input; nothing can be done if it cannot be waited for.
        let _ = self.child.wait();
    }
}

/// The watchdog's end: returns when its input has ended and every group still on the list is killed.
pub fn run_watchdog(input: impl BufRead) {
    for group in still_listed(input) {
        kill_group(group);
    }
}

fn still_listed(input: impl BufRead) -> BTreeSet<u32> {
    let mut groups = BTreeSet::new();
    for line in input.lines().map_while(Result::ok) {
        match line.split_at_checked(1).map(|(sign, pid)| (sign, pid.parse::<u32>())) {
            Some(("+", Ok(pid))) => groups.insert(pid),
            Some(("-", Ok(pid))) => groups.remove(&pid),
            _ => false,
        };
    }
    groups
}

/// Kills a process group and everything in it. A group that is gone already is no error.
#[cfg(unix)]
pub(super) fn kill_group(group: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};

    if let Some(pid) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Kills a process and its descendants. A process that is gone already is no error.
#[cfg(not(unix))]
pub(super) fn kill_group(group: u32) {
    let _ = Command::new("taskkill").args(["/T", "/F", "/PID", &group.to_string()]).output();
}

#[cfg(test)]
mod tests {
    use super::still_listed;

    #[test]
    fn what_was_struck_off_is_left_alone() {
        let left: Vec<u32> = still_listed(&b"+10\n+11\n-10\nrubbish\n+\n-99\n+12"[..]).into_iter().collect();
        assert_eq!(left, [11, 12]);
    }
}
