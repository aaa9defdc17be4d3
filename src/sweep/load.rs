//! The CPU that this sweep uses: this process, its samples, their workers and their delay servers, those that have
//! ended included. Read from /proc; where there is none, it is unknown.

use crate::model::Nanos;

/// CPU time of this process and all that it started, directly or not, since it began; `None` where the system does not
/// tell. To 10 ms. Cost: one line for each process of the machine, 1 to 2 ms for a hundred.
#[cfg(target_os = "linux")]
pub(super) fn cpu_time() -> Option<Nanos> {
    let entries = std::fs::read_dir("/proc").ok()?;
    let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let lines = numbers.filter_map(|number| crate::input::read_system(format!("/proc/{number}/stat")));
    let processes: Vec<ProcessLoad> = lines.filter_map(|line| ProcessLoad::of(&line)).collect();
    let ticks = family(&processes, std::process::id());
    Some(Nanos::SECOND * ticks).map(|time| Nanos(time.0 / rustix::param::clock_ticks_per_second()))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn cpu_time() -> Option<Nanos> {
    None
}

/// One line of /proc/PID/stat.
#[cfg(any(target_os = "linux", test))]
#[derive(Debug, PartialEq, Eq)]
struct ProcessLoad {
    number: u32,
    parent: u32,
    /// CPU time of its own and of the children it has waited for, in clock ticks.
    ticks: u64,
}

#[cfg(any(target_os = "linux", test))]
impl ProcessLoad {
    /// The fields 1, 4 and 14 to 17 of proc_pid_stat(5). The name, field 2, may hold anything, brackets too.
    fn of(line: &str) -> Option<Self> {
        let (number, rest) = line.split_once(' ')?;
        let mut fields = rest.rsplit_once(')')?.1.split_whitespace();
        let parent = fields.nth(1)?.parse().ok()?;
        let times: Option<Vec<u64>> = fields.skip(9).take(4).map(|ticks| ticks.parse().ok()).collect();
        let times = times.filter(|times| times.len() == 4)?;
        Some(Self { number: number.parse().ok()?, parent, ticks: times.iter().sum() })
    }
}

/// The ticks of process `head` and all below it.
#[cfg(any(target_os = "linux", test))]
fn family(processes: &[ProcessLoad], head: u32) -> u64 {
    let (mut ticks, mut parents) = (0, vec![head]);
    ticks += processes.iter().find(|process| process.number == head).map_or(0, |process| process.ticks);
    while let Some(parent) = parents.pop() {
        for child in processes.iter().filter(|process| process.parent == parent && process.number != head) {
            ticks += child.ticks;
            parents.push(child.number);
        }
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::{ProcessLoad, family};

    #[test]
    fn a_line_of_the_kernel_is_understood() {
        let line = "7 (a) R 1 9 (b) S 5 7 7 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 21 0 999 1 2\n";
        assert_eq!(ProcessLoad::of(line), Some(ProcessLoad { number: 7, parent: 5, ticks: 100 }));
        for rubbish in ["", "7", "7 (sh)", "7 (sh) S 1 5", "7 (sh) S 5 7 7 0 -1 4194560 1 2 3 4 10 x 30 40"] {
            assert_eq!(ProcessLoad::of(rubbish), None, "{rubbish:?}");
        }
    }

    #[test]
    fn a_family_is_everything_below_its_head() {
        let of = |number, parent, ticks| ProcessLoad { number, parent, ticks };
        let processes = [of(1, 0, 1_000), of(5, 1, 1), of(6, 5, 10), of(8, 6, 100), of(7, 1, 5_000)];
        assert_eq!(family(&processes, 5), 111);
        assert_eq!(family(&processes, 9), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_used_some() {
        let before = super::cpu_time().unwrap();
        assert!(super::cpu_time().unwrap() >= before);
    }
}
