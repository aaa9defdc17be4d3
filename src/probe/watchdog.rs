//! A process that outlives a `kill -9` of reportgen by a moment, to end the samples that were under way. It reads the
//! process groups and tags of samples that live (`+group 12`, `+tag 3-4-5`) and that have ended (`-…`); when its input
//! ends, its parent is gone, and it kills what is left on its list.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, BufRead, Write};
use std::process::{Child, Command, Stdio};

use super::orphans::{SampleTag, kill_tagged};
use crate::strategy::Program;

/// Whom the watchdog ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tracked {
    /// A process group.
    Group(u32),
    /// The processes that carry a tag.
    Tagged(SampleTag),
}

impl fmt::Display for Tracked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(group) => write!(formatter, "group {group}"),
            Self::Tagged(tag) => write!(formatter, "tag {}", tag.as_str()),
        }
    }
}

impl Tracked {
    fn read(text: &str) -> Option<Self> {
        match text.split_once(' ')? {
            ("group", group) => group.parse().ok().map(Self::Group),
            ("tag", tag) => SampleTag::read(tag).map(Self::Tagged),
            _ => None,
        }
    }

    fn kill(&self) {
        match self {
            Self::Group(group) => kill_group(*group),
            Self::Tagged(tag) => kill_tagged(tag),
        }
    }
}

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

    /// Adds a process or tag to the list. A tag can be entered before its first process is started.
    ///
    /// # Errors
    /// When the watchdog is gone.
    pub(super) fn enter(&self, tracked: &Tracked) -> io::Result<()> {
        self.send('+', tracked)
    }

    /// Removes it from the list: it has ended, and the number of a group may be given to others.
    ///
    /// # Errors
    /// When the watchdog is gone.
    pub(super) fn untrack(&self, tracked: &Tracked) -> io::Result<()> {
        self.send('-', tracked)
    }

    fn send(&self, sign: char, tracked: &Tracked) -> io::Result<()> {
        // Its input was asked for as a pipe and is taken only on drop.
        let mut input = self.child.stdin.as_ref().ok_or(io::ErrorKind::BrokenPipe)?;
        input.write_all(format!("{sign}{tracked}\n").as_bytes())
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends with its input; nothing can be done if it cannot be waited for.
        let _ = self.child.wait();
    }
}

/// The watchdog's end: returns when its input has ended and everybody still on the list is killed.
pub fn run_watchdog(input: impl BufRead) {
    still_tracked(input).iter().for_each(Tracked::kill);
}

fn still_tracked(input: impl BufRead) -> BTreeSet<Tracked> {
    let mut list = BTreeSet::new();
    for line in input.lines().map_while(Result::ok) {
        match line.split_at_checked(1).map(|(sign, text)| (sign, Tracked::read(text))) {
            Some(("+", Some(tracked))) => list.insert(tracked),
            Some(("-", Some(tracked))) => list.remove(&tracked),
            _ => false,
        };
    }
    list
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
    use super::still_tracked;

    #[test]
    fn what_was_struck_off_is_left_alone() {
        let input =
            "+group 10\n+tag 1-2-3\n+group 11\n-group 10\nrubbish\n+\n-group 99\n+tag 4-5-6\n-tag 1-2-3\n+group 12";
        let left: Vec<String> = still_tracked(input.as_bytes()).iter().map(ToString::to_string).collect();
        assert_eq!(left, ["group 11", "group 12", "tag 4-5-6"]);
    }
}
