//! The memory of a sample's processes: the peak of the largest, and the most of all together that was seen at once.
//!
//! What the system hands over when a process is reaped, `ru_maxrss`, is no less than the peak of the process that started
//! it: Linux carries that peak over when a new program is loaded (exec_mmap, fs/exec.c). Above the starter's own peak it
//! is exact; below, it says nothing, and what counts is the peak that the process itself, or a look at it from outside,
//! reads from the system: `VmHWM` of proc_pid_status(5), which begins anew with each program.
//!
//! All together is the sum of what processes have written, `RssAnon` and `RssShmem`, and the largest `RssFile`: processes of
//! one program share its file. Pages that were shared by fork and not written since count for each. The proportional set
//! size would share these out too, but to read it (smaps_rollup) takes 0.1 to 6 ms for each process, while it runs.

/// The peak of the largest process in bytes, out of what `wait4` said, the peak of the process that started it, and the
/// largest peak that was seen while the sample ran; `None` where all were smaller than the starter and none was seen.
pub(super) fn largest(reaped: u64, starter: Option<u64>, seen: Option<u64>) -> Option<u64> {
    let exact = starter.is_none_or(|starter| reaped > starter).then_some(reaped);
    exact.max(seen)
}

/// Resident memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Resident {
    /// The most that it had so far.
    pub(super) peak: u64,
    /// What it has now that belongs to no file.
    pub(super) own: u64,
    /// What it has now of files, its program among them.
    pub(super) of_files: u64,
}

/// The peak resident memory of a process so far, in bytes; `who` is its number or `self`. `None` where the system does not
/// tell. Cost: about ten microseconds.
pub(super) fn peak(who: &str) -> Option<u64> {
    resident(who).map(|resident| resident.peak)
}

/// The same with what it has now, at the same cost.
pub(super) fn resident(who: &str) -> Option<Resident> {
    in_status(&crate::input::read_system(format!("/proc/{who}/status"))?)
}

fn in_status(status: &str) -> Option<Resident> {
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kibibytes * 1024)
    };
    Some(Resident {
        peak: bytes("VmHWM:")?,
        own: bytes("RssAnon:").unwrap_or(0) + bytes("RssShmem:").unwrap_or(0),
        of_files: bytes("RssFile:").unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::{Resident, in_status, largest};

    #[test]
    fn a_peak_below_that_of_the_starter_is_not_taken_from_the_reaper() {
        assert_eq!(largest(20, Some(10), None), Some(20), "above the starter it is exact");
        assert_eq!(largest(10, Some(10), Some(3)), Some(3), "below it, what was seen counts");
        assert_eq!(largest(10, Some(10), None), None, "and nothing where nothing was seen");
        assert_eq!(largest(20, Some(10), Some(25)), Some(25), "a peak that was seen is one");
        assert_eq!(largest(20, None, None), Some(20), "elsewhere the system counts from nothing");
    }

    #[test]
    fn the_lines_of_the_kernel_are_understood() {
        let status = "Name:\tx\nVmPeak:\t 9 kB\nVmHWM:\t    1234 kB\nVmRSS:\t 5 kB\nRssAnon:\t 2 kB\nRssFile:\t 3 kB\n\
                      RssShmem:\t 1 kB\n";
        let found = Resident { peak: 1234 * 1024, own: 3 * 1024, of_files: 3 * 1024 };
        assert_eq!(in_status(status), Some(found));
        assert_eq!(in_status("VmHWM:\t 1 kB\n"), Some(Resident { peak: 1024, own: 0, of_files: 0 }), "an old kernel");
        assert_eq!(in_status("Name:\tkthreadd\n"), None);
    }
}
