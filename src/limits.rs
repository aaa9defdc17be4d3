//! What this machine allows one program to have: descriptors, ports, threads. The only reader of such limits, and the
//! only place that raises one. A limit that the system does not tell is `None`.

/// The limits that a sweep may run into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Open files and sockets of one process, as it stands.
    pub descriptors: Option<u64>,
    /// The most that `descriptors` can be raised to without further rights.
    pub descriptors_hard: Option<u64>,
    /// Processes and threads of this user.
    pub user_processes: Option<u64>,
    /// Threads of the whole system.
    pub threads: Option<u64>,
    /// Numbers for processes and threads of the whole system.
    pub process_numbers: Option<u64>,
    /// First and last port for outgoing connections.
    pub ports: Option<(u16, u16)>,
    /// Longest queue of connections that wait to be accepted.
    pub backlog: Option<u64>,
}

impl Limits {
    /// The limits of this process, now.
    #[must_use]
    pub fn read() -> Self {
        system::read()
    }

    /// How many ports there are for outgoing connections to one address.
    #[must_use]
    pub fn port_count(&self) -> Option<u64> {
        self.ports.map(|(first, last)| u64::from(last.saturating_sub(first)) + 1)
    }
}

/// Raises the limit of descriptors of this process, and so of all that it starts, as far as its rights go: a privileged
/// one gets as many as the system gives anyone (`fs.nr_open`), others up to their hard limit. Cost: a few system calls.
/// Where the system refuses, the limit stays as it is. Nothing but this process and its children changes.
pub fn raise_descriptors() {
    system::raise_descriptors();
}

/// The most descriptors that are made room for at once: half a megabyte of the system's memory.
const MOST_RESERVED: u64 = 65_536;

/// Lets the system make room now for as many descriptors as this process may open. On Linux a process with several threads
/// otherwise waits for some ten milliseconds each time that their number doubles, in the middle of its work.
pub fn reserve_descriptors() {
    system::reserve_descriptors(MOST_RESERVED);
}

#[cfg(unix)]
mod system {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    use super::Limits;
    use crate::input::read_system;

    pub(super) fn read() -> Limits {
        let descriptors = getrlimit(Resource::Nofile);
        Limits {
            descriptors: descriptors.current,
            descriptors_hard: descriptors.maximum,
            user_processes: user_processes(),
            threads: number("/proc/sys/kernel/threads-max"),
            process_numbers: number("/proc/sys/kernel/pid_max"),
            ports: ports(),
            backlog: number("/proc/sys/net/core/somaxconn"),
        }
    }

    pub(super) fn raise_descriptors() {
        let limit = getrlimit(Resource::Nofile);
        let raise = |to: Option<u64>| setrlimit(Resource::Nofile, Rlimit { current: to, maximum: to });
        let most = number("/proc/sys/fs/nr_open").filter(|most| limit.maximum.is_some_and(|maximum| *most > maximum));
        let raised = most.is_some_and(|most| raise(Some(most)).is_ok());
        if !raised && limit.current != limit.maximum {
            // Refused: the limit stays as it is, and preflight says what that means.
            let _ = raise(limit.maximum);
        }
    }

    pub(super) fn reserve_descriptors(most: u64) {
        let highest = getrlimit(Resource::Nofile).current.unwrap_or(most).min(most).saturating_sub(1);
        // The table never shrinks again, so a descriptor that is closed at once is enough. A refusal changes nothing.
        let _ = i32::try_from(highest).map(|highest| rustix::io::fcntl_dupfd_cloexec(std::io::stderr(), highest));
    }

    /// Root is not bound by it.
    fn user_processes() -> Option<u64> {
        if rustix::process::geteuid().is_root() { None } else { getrlimit(Resource::Nproc).current }
    }

    fn number(path: &str) -> Option<u64> {
        read_system(path)?.trim().parse().ok()
    }

    fn ports() -> Option<(u16, u16)> {
        let text = read_system("/proc/sys/net/ipv4/ip_local_port_range")?;
        let mut numbers = text.split_whitespace().map(str::parse::<u16>);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    }
}

#[cfg(not(unix))]
mod system {
    use super::Limits;

    pub(super) fn read() -> Limits {
        Limits::default()
    }

    pub(super) fn raise_descriptors() {}

    pub(super) fn reserve_descriptors(_most: u64) {}
}

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn a_range_of_ports_counts_both_ends() {
        let limits = Limits { ports: Some((32_768, 60_999)), ..Limits::default() };
        assert_eq!(limits.port_count(), Some(28_232));
        assert_eq!(Limits::default().port_count(), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_limit_of_descriptors_goes_up_and_never_down() {
        let before = Limits::read();
        super::raise_descriptors();
        let after = Limits::read();
        assert!(after.descriptors_hard >= before.descriptors_hard);
        assert_eq!(after.descriptors, after.descriptors_hard);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn room_for_descriptors_is_there_before_they_are_opened() {
        super::reserve_descriptors();
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let room = status.lines().find_map(|line| line.strip_prefix("FDSize:")).unwrap();
        let wanted = Limits::read().descriptors.map_or(super::MOST_RESERVED, |limit| limit.min(super::MOST_RESERVED));
        assert!(room.trim().parse::<u64>().unwrap() >= wanted, "{room}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_tells_its_limits() {
        let limits = Limits::read();
        assert!(limits.descriptors <= limits.descriptors_hard);
        assert!(limits.ports.is_some_and(|(first, last)| first < last));
    }
}
