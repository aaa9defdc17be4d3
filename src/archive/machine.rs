//! Facts about the machine and the source tree that a run was measured on. A fact that the system does not tell is
//! absent. Host names are kept: an archive is compared by machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::input::read_system;
use crate::limits::Limits;

/// The machine, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Machine {
    /// The name it has in its network.
    pub host: Option<String>,
    /// Processor model.
    pub cpu: Option<String>,
    /// Hardware threads that this process may use.
    pub cores: Option<u32>,
    /// Physical memory.
    pub memory_bytes: Option<u64>,
    /// Name of the operating system.
    pub os: Option<String>,
    /// Version of its kernel.
    pub kernel: Option<String>,
    /// Instruction set.
    pub architecture: Option<String>,
    /// How the processor's frequency is governed.
    pub governor: Option<String>,
    /// A virtual machine or container, as far as it shows.
    pub virtualization: Option<String>,
    /// What the kernel's clock is read from.
    pub clock_source: Option<String>,
    /// Runnable tasks, averaged over 1, 5 and 15 minutes.
    pub load_average: Option<[f64; 3]>,
    /// The hottest part that has a thermometer, in degrees Celsius; since schema 2.
    pub temperature_c: Option<f64>,
    /// Time stolen from this machine by its host since it started.
    pub steal_s: Option<f64>,
    /// Connection packets (SYN and its answer) that this machine sent again since it started.
    #[serde(default)]
    pub syn_retransmits: Option<u64>,
    /// Open files of one process: soft and hard limit.
    pub descriptors: Option<[u64; 2]>,
    /// First and last port for outgoing connections.
    pub ports: Option<[u16; 2]>,
    /// Longest queue of connections that wait to be accepted.
    pub backlog: Option<u64>,
}

impl Machine {
    /// Reads the facts now. Cost: some small files.
    #[must_use]
    pub fn read() -> Self {
        let limits = Limits::read();
        Self {
            host: line("/proc/sys/kernel/hostname"),
            cpu: field("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().ok().and_then(|cores| u32::try_from(cores.get()).ok()),
            memory_bytes: field("/proc/meminfo", "MemTotal").and_then(|text| kibibytes(&text)),
            os: os_name(),
            kernel: line("/proc/sys/kernel/osrelease"),
            architecture: Some(std::env::consts::ARCH.to_owned()),
            governor: line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            virtualization: virtualization(),
            clock_source: line("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            load_average: line("/proc/loadavg").and_then(|text| load_average(&text)),
            temperature_c: temperature(Path::new("/sys/class/thermal")),
            steal_s: line("/proc/stat").and_then(|text| steal(&text)),
            syn_retransmits: read_system("/proc/net/netstat").and_then(|text| syn_retransmits(&text)),
            descriptors: limits.descriptors.zip(limits.descriptors_hard).map(|(soft, hard)| [soft, hard]),
            ports: limits.ports.map(|(first, last)| [first, last]),
            backlog: limits.backlog,
        }
    }

    /// One line for people: processor, cores, memory.
    #[must_use]
    pub fn hardware(&self) -> String {
        let parts = [
            self.cpu.clone(),
            self.cores.map(|cores| format!("{cores} cores")),
            self.memory_bytes.map(|bytes| format!("{} GiB", (bytes + (1 << 29)) >> 30)),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// One line for people: processor, cores, memory, system.
    #[must_use]
    pub fn summary(&self) -> String {
        let parts = [
            Some(self.hardware()).filter(|hardware| !hardware.is_empty()),
            self.os.clone(),
            self.kernel.as_ref().map(|kernel| format!("kernel {kernel}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// One line for people: what one program may have at once.
    #[must_use]
    pub fn limits(&self) -> String {
        let parts = [
            self.descriptors.map(|[soft, hard]| format!("{soft} open files (at most {hard})")),
            self.ports.map(|[first, last]| format!("outgoing ports {first} to {last}")),
            self.backlog.map(|backlog| format!("listen backlog {backlog}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Whether `other` is the same machine as far as measurements go: processor, cores, memory, system.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let gib = |bytes: Option<u64>| bytes.map(|bytes| format!("{} GiB", bytes >> 30));
        let text = |value: &Option<u32>| value.map(|value| value.to_string());
        [
            ("host", self.host.clone(), other.host.clone()),
            ("processor", self.cpu.clone(), other.cpu.clone()),
            ("cores", text(&self.cores), text(&other.cores)),
            ("memory", gib(self.memory_bytes), gib(other.memory_bytes)),
            ("system", self.os.clone(), other.os.clone()),
            ("kernel", self.kernel.clone(), other.kernel.clone()),
        ]
        .into_iter()
        .filter(|(_, before, now)| before != now)
        .map(|(what, before, now)| {
            format!(
                "{what}: {} then, {} now",
                before.as_deref().unwrap_or("unknown"),
                now.as_deref().unwrap_or("unknown")
            )
        })
        .collect()
    }
}

fn line(path: &str) -> Option<String> {
    let text = read_system(path)?;
    Some(text.lines().next()?.trim().to_owned()).filter(|line| !line.is_empty())
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = read_system(path)?;
    let mut values = text.lines().filter_map(|line| line.split_once(':')).filter(|(key, _)| key.trim() == name);
    values.next().map(|(_, value)| value.trim().to_owned())
}

fn kibibytes(text: &str) -> Option<u64> {
    text.strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn os_name() -> Option<String> {
    let text = read_system("/etc/os-release").unwrap_or_default();
    let pretty = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    Some(pretty.map_or_else(|| std::env::consts::OS.to_owned(), |name| name.trim_matches('"').to_owned()))
}

fn virtualization() -> Option<String> {
    let marks = ["/.dockerenv", "/run/.containerenv", "/run/systemd/container", "/var/run/secrets/kubernetes.io"];
    let container = marks.iter().any(|mark| Path::new(mark).exists());
    let hypervisor =
        field("/proc/cpuinfo", "flags").is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor"));
    match (container, hypervisor) {
        (true, true) => Some("container in a virtual machine".to_owned()),
        (true, false) => Some("container".to_owned()),
        (false, true) => Some("virtual machine".to_owned()),
        (false, false) => None,
    }
}

fn load_average(text: &str) -> Option<[f64; 3]> {
    let mut numbers = text.split(' ').map(str::parse::<f64>);
    Some([numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?])
}

/// The highest of all thermal zones, which tell thousandths of a degree (thermal sysfs of Linux).
fn temperature(zones: &Path) -> Option<f64> {
    let zones = fs::read_dir(zones).ok()?.filter_map(Result::ok);
    let zones = zones.filter(|zone| zone.file_name().to_string_lossy().starts_with("thermal_zone"));
    let millidegrees = zones.filter_map(|zone| read_system(zone.path().join("temp"))?.trim().parse::<i64>().ok());
    // A sensor that is off tells 0 or less.
    millidegrees.filter(|value| *value > 0).max().map(|value| value as f64 / 1e3)
}

/// The eighth number of the `cpu` line, in hundredths of a second (proc_stat(5)).
fn steal(text: &str) -> Option<f64> {
    let ticks: f64 = text.strip_prefix("cpu")?.split_whitespace().nth(7)?.parse().ok()?;
    Some(ticks / 100.0)
}

/// `TCPSynRetrans` of /proc/net/netstat: a line of names above a line of numbers.
fn syn_retransmits(text: &str) -> Option<u64> {
    let mut lines = text.lines().filter(|line| line.starts_with("TcpExt:"));
    let (names, numbers) = (lines.next()?, lines.next()?);
    let place = names.split(' ').position(|name| name == "TCPSynRetrans")?;
    numbers.split(' ').nth(place)?.parse().ok()
}

/// The state of the source tree that the config lies in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Git {
    /// The commit that is checked out.
    pub commit: String,
    /// Whether files differ from it.
    pub modified: bool,
}

impl Git {
    /// Asks git about `folder`; `None` without git or outside a work tree.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        let ask = |arguments: &[&str]| {
            let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
            output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let commit = ask(&["rev-parse", "HEAD"])?;
        let modified = !ask(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
        Some(Self { commit, modified })
    }

    /// For people: the commit, and whether files differ from it.
    #[must_use]
    pub fn summary(&self) -> String {
        format!("{}{}", self.commit, if self.modified { ", with changes" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::{Machine, kibibytes, load_average, steal, syn_retransmits, temperature};

    #[test]
    fn texts_of_the_kernel_are_understood() {
        assert_eq!(kibibytes("24689120 kB"), Some(24_689_120 * 1024));
        assert_eq!(load_average("0.17 0.07 0.02 1/123 456"), Some([0.17, 0.07, 0.02]));
        assert_eq!(steal("cpu  1 2 3 4 5 6 7 800 9 10"), Some(8.0));
        let netstat = "TcpExt: A TCPSynRetrans B\nTcpExt: 1 22 3\nIpExt: TCPSynRetrans\nIpExt: 9\n";
        assert_eq!(syn_retransmits(netstat), Some(22));
        assert_eq!(syn_retransmits("TcpExt: A TCPSynRetrans\n"), None);
        for rubbish in ["", "x", "cpu 1"] {
            assert_eq!((kibibytes(rubbish), load_average(rubbish), steal(rubbish)), (None, None, None));
        }
    }

    #[test]
    fn the_hottest_zone_counts() {
        let zones = tempfile::tempdir().unwrap();
        assert_eq!(temperature(zones.path()), None);
        for (zone, text) in [("thermal_zone0", "41500\n"), ("thermal_zone1", "-274000"), ("cooling_device0", "99000")] {
            std::fs::create_dir(zones.path().join(zone)).unwrap();
            std::fs::write(zones.path().join(zone).join("temp"), text).unwrap();
        }
        assert_eq!(temperature(zones.path()), Some(41.5));
        assert_eq!(temperature(&zones.path().join("nowhere")), None);
    }

    #[test]
    fn a_machine_is_like_itself_and_names_what_differs() {
        let machine = Machine { cores: Some(2), ..Machine::read() };
        assert!(machine.differences(&machine.clone()).is_empty());
        let other = Machine { cores: Some(64), ..machine.clone() };
        assert_eq!(machine.differences(&other), ["cores: 2 then, 64 now"]);
    }
}
