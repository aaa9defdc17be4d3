//! How many processes and threads a sample has at once, and their memory, seen from outside. No system keeps the peak of either number, so
//! they are counted while the sample runs: every millisecond at first, later each time an eighth more time has passed,
//! and less often where a count is dear: all counts together take at most half a millisecond of CPU time and 1 % of
//! the sample's time. What lives shorter than the gap between two counts may be missed, so the numbers are the most
//! that was seen, not the most that was.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use crate::clock::Clock;
use crate::model::Nanos;

/// The first count, and the least time between two.
const FIRST: Nanos = Nanos::from_millis(1);
/// Counts may take this much CPU time whatever the sample's time.
const FREE: Nanos = Nanos(500_000);
/// Beyond that they may take this part of the sample's time.
const SHARE: u64 = 100;

/// The most that was seen at once of either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcessCount {
    /// Processes of the sample's process group.
    pub processes: u32,
    /// Threads of all these processes together.
    pub threads: u32,
    /// Peak resident memory of the largest process when it was looked at last, in bytes; 0 where it could not be read.
    pub largest_bytes: u64,
    /// Resident memory of all of them together, pages of files counted once, in bytes; 0 where it could not be read.
    pub total_bytes: u64,
}

/// Counts again and again until `done` is dropped; `None` where no count found anything alive. Blocks; call it from a
/// thread of its own.
pub(super) fn watch(group: u32, done: &Receiver<()>, clock: &dyn Clock) -> Option<ProcessCount> {
    let started = clock.now();
    let (mut most, mut wait) = (None, FIRST.as_duration());
    while done.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let Some((alive, spent)) = count(group) else { return most };
        most = greater(most, alive);
        wait = pause(clock.now() - started, spent);
    }
    most
}

/// How long to wait for the next count, when counting took `spent` of `elapsed`.
fn pause(elapsed: Nanos, spent: Nanos) -> Duration {
    let affordable = (spent.saturating_sub(FREE) * SHARE).saturating_sub(elapsed);
    Nanos(elapsed.0 / 8).max(affordable).max(FIRST).as_duration()
}

/// The greater of each; nothing alive changes nothing.
fn greater(most: Option<ProcessCount>, now: ProcessCount) -> Option<ProcessCount> {
    if now.processes == 0 {
        return most;
    }
    let most = most.unwrap_or_default();
    Some(ProcessCount {
        processes: most.processes.max(now.processes),
        threads: most.threads.max(now.threads),
        largest_bytes: most.largest_bytes.max(now.largest_bytes),
        total_bytes: most.total_bytes.max(now.total_bytes),
    })
}

/// What of a process group is alive now, and the CPU time that this thread has used so far; `None` where the system
/// does not tell. Cost: a small file for each process that is younger than the group's leader, and another one for each member.
#[cfg(target_os = "linux")]
fn count(group: u32) -> Option<(ProcessCount, Nanos)> {
    let numbers = std::fs::read_dir("/proc").ok()?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    // Members are younger than their leader, so their numbers are higher, unless the numbers have begun anew.
    let oldest = if newest_number()? < group { 0 } else { group };
    let stats = numbers.filter(|number: &u32| *number >= oldest);
    let members = stats.filter_map(|number| {
        let text = crate::input::read_system(format!("/proc/{number}/stat"))?;
        Some((threads(&text, group)?, super::memory::resident(&number.to_string()).unwrap_or_default()))
    });
    let (mut alive, mut of_files) = (ProcessCount::default(), 0);
    for (threads, resident) in members {
        alive.processes += 1;
        alive.threads += threads;
        alive.largest_bytes = alive.largest_bytes.max(resident.peak);
        alive.total_bytes += resident.own;
        of_files = resident.of_files.max(of_files);
    }
    alive.total_bytes += of_files;
    Some((alive, crate::clock::thread_cpu_time()))
}

#[cfg(not(target_os = "linux"))]
fn count(_group: u32) -> Option<(ProcessCount, Nanos)> {
    None
}

/// The number of the process, or thread, that was started last: the last one of /proc/loadavg (proc_loadavg(5)).
#[cfg(target_os = "linux")]
fn newest_number() -> Option<u32> {
    crate::input::read_system("/proc/loadavg")?.split_whitespace().last()?.parse().ok()
}

/// Threads of the process that a line of /proc/PID/stat tells of, if it is of `group` and no zombie: the fields 3, 5
/// and 20 of proc_pid_stat(5). The name, field 2, may hold anything, brackets too.
#[cfg(any(target_os = "linux", test))]
fn threads(stat: &str, group: u32) -> Option<u32> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let alive = !matches!(fields.next()?, "Z" | "X");
    let of_group = fields.nth(1)?.parse() == Ok(group);
    let threads = fields.nth(14)?.parse().ok()?;
    (alive && of_group).then_some(threads)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Nanos, ProcessCount, greater, pause, threads};

    #[test]
    fn a_line_of_the_kernel_is_understood() {
        let line = |name: &str, state: &str, group: u32| {
            format!("7 ({name}) {state} 1 {group} 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 21 0 999 1 2\n")
        };
        assert_eq!(threads(&line("sh", "S", 5), 5), Some(21));
        assert_eq!(threads(&line("a) R 1 9 (b", "R", 5), 5), Some(21));
        assert_eq!(threads(&line("sh", "S", 6), 5), None, "another group");
        assert_eq!(threads(&line("sh", "Z", 5), 5), None, "a zombie");
        for rubbish in ["", "7", "7 (sh)", "7 (sh) S 1 5"] {
            assert_eq!(threads(rubbish, 5), None, "{rubbish:?}");
        }
    }

    #[test]
    fn counts_are_close_at_first_and_never_take_more_than_their_share() {
        for (elapsed, spent, wanted) in
            [(0, 50, 1_000), (2_000, 400, 1_000), (100_000, 600, 12_500), (5_000, 1_000, 45_000)]
        {
            let found = pause(Nanos(elapsed * 1_000), Nanos(spent * 1_000));
            assert_eq!(found, Duration::from_micros(wanted), "{elapsed} µs, of which {spent} µs for counting");
        }
    }

    #[test]
    fn the_most_of_either_is_kept_and_nothing_alive_is_no_count() {
        let count = |processes, threads| ProcessCount { processes, threads, ..ProcessCount::default() };
        assert_eq!(greater(None, count(0, 0)), None);
        assert_eq!(greater(Some(count(2, 9)), count(3, 3)), Some(count(3, 9)));
        assert_eq!(greater(Some(count(2, 9)), count(0, 0)), Some(count(2, 9)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_found_in_its_group() {
        let group = rustix::process::getpgrp().as_raw_nonzero().get().cast_unsigned();
        let (found, _) = super::count(group).unwrap();
        assert!(found.processes >= 1, "{found:?}");
        assert!(found.threads >= found.processes, "{found:?}");
    }
}
