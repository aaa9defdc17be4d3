//! The peak memory of a sample's largest process.
//!
//! What the system hands over when a process is reaped, `ru_maxrss`, is no less than the peak of the process that started
//! it: Linux carries that peak over when a new program is loaded (exec_mmap, fs/exec.c). Above the starter's own peak it
//! is exact; below, it says nothing, and what counts is the peak that the process itself, or a look at it from outside,
//! reads from the system: `VmHWM` of proc_pid_status(5), which begins anew with each program.

/// The peak of the largest process in bytes, out of what `wait4` said, the peak of the process that started it, and the
/// largest peak that was seen while the sample ran; `None` where all were smaller than the starter and none was seen.
pub(super) fn largest(reaped: u64, starter: Option<u64>, seen: Option<u64>) -> Option<u64> {
    let exact = starter.is_none_or(|starter| reaped > starter).then_some(reaped);
    exact.max(seen)
}

/// The peak resident memory of a process so far, in bytes; `who` is its number or `self`. `None` where the system does not
/// tell. Cost: about ten microseconds.
pub(super) fn peak(who: &str) -> Option<u64> {
    vm_hwm(&crate::input::read_system(format!("/proc/{who}/status"))?)
}

fn vm_hwm(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::{largest, vm_hwm};

    #[test]
    fn a_peak_below_that_of_the_starter_is_not_taken_from_the_reaper() {
        assert_eq!(largest(20, Some(10), None), Some(20), "above the starter it is exact");
        assert_eq!(largest(10, Some(10), Some(3)), Some(3), "below it, what was seen counts");
        assert_eq!(largest(10, Some(10), None), None, "and nothing where nothing was seen");
        assert_eq!(largest(20, Some(10), Some(25)), Some(25), "a peak that was seen is one");
        assert_eq!(largest(20, None, None), Some(20), "elsewhere the system counts from nothing");
    }

    #[test]
    fn the_line_of_the_kernel_is_understood() {
        assert_eq!(vm_hwm("Name:\tx\nVmPeak:\t 9 kB\nVmHWM:\t    1234 kB\nVmRSS:\t 5 kB\n"), Some(1234 * 1024));
        assert_eq!(vm_hwm("Name:\tkthreadd\n"), None);
    }
}
