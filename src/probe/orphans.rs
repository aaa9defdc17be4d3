//! Processes of a program that left its process group, as daemons do. Each sample of a program has a tag in its
//! environment, which all its descendants inherit; whatever carries the tag when the sample is over is killed. A
//! process that both leaves the group and forgets its environment is out of reach.

use std::sync::atomic::{AtomicU64, Ordering};

/// The variable that holds the tag.
pub(super) const VARIABLE: &str = "REPORTGEN_SAMPLE";

/// What the processes of one sample have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SampleTag(String);

impl SampleTag {
    /// A tag that no other sample of this machine has.
    pub(super) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // The process number alone comes again some day; the sweep's start does not.
        let start = crate::clock::wall_time().as_nanosecond();
        Self(format!("{}-{start}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)))
    }

    /// A tag as it was written down; `None` for what is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let sound = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && text.contains('-');
        sound.then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// So many times in a row no process must be found before there is none.
#[cfg(target_os = "linux")]
const QUIET_ROUNDS: u32 = 3;

/// Kills every process that carries `tag`, and those that it starts meanwhile.
#[cfg(target_os = "linux")]
pub(super) fn kill_tagged(tag: &SampleTag) {
    use rustix::process::{Pid, Signal, kill_process};

    let (mut killed, mut quiet) = (std::collections::BTreeSet::new(), 0);
    // A process that was killed is still listed until it has ended. What forks faster than this many rounds wins.
    for _ in 0..1_000 {
        let fresh: Vec<i32> = tagged(tag).into_iter().filter(|pid| killed.insert(*pid)).collect();
        // A process that is just starting another program shows no environment for a moment.
        quiet = if fresh.is_empty() { quiet + 1 } else { 0 };
        if quiet == QUIET_ROUNDS {
            return;
        }
        for pid in fresh.into_iter().filter_map(Pid::from_raw) {
            // One that is gone already is no error.
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

/// Other systems do not show the environment of another process.
#[cfg(not(target_os = "linux"))]
pub(super) fn kill_tagged(_: &SampleTag) {}

/// The processes that carry `tag`. Those of other users cannot be read, and are none of ours.
#[cfg(target_os = "linux")]
fn tagged(tag: &SampleTag) -> Vec<i32> {
    use crate::input::{self, FileKind};

    let entry = format!("{VARIABLE}={}", tag.as_str());
    let carries = |pid: &i32| {
        input::read(format!("/proc/{pid}/environ").as_ref(), FileKind::System)
            .is_ok_and(|text| text.split(|byte| *byte == 0).any(|variable| variable == entry.as_bytes()))
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    processes.filter_map(|process| process.file_name().to_str()?.parse().ok()).filter(carries).collect()
}

#[cfg(test)]
mod tests {
    use super::SampleTag;

    #[test]
    fn tags_differ_and_survive_being_written_down() {
        let (one, other) = (SampleTag::new(), SampleTag::new());
        assert_ne!(one, other);
        assert_eq!(SampleTag::read(one.as_str()), Some(one));
        for rubbish in ["", "12", "a-b", "1-2\n"] {
            assert_eq!(SampleTag::read(rubbish), None, "{rubbish:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_what_carries_the_tag_is_killed() {
        use std::process::{Command, Stdio};

        let start = |tag: &SampleTag| {
            let mut command = Command::new("sh");
            command.args(["-c", "read line"]).env(super::VARIABLE, tag.as_str()).stdin(Stdio::piped());
            command.spawn().unwrap()
        };
        let (tag, other) = (SampleTag::new(), SampleTag::new());
        let (mut tagged, mut stranger) = (start(&tag), start(&other));
        super::kill_tagged(&tag);
        assert_eq!(tagged.wait().unwrap().code(), None, "ended by a signal");
        drop(stranger.stdin.take());
        assert!(stranger.wait().unwrap().code().is_some(), "ended by itself");
    }
}
