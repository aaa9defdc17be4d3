//! What two runs were measured on, with and against; what differs between them, and how much that matters.

use std::collections::BTreeMap;
use std::fmt;

use crate::model::address::bare_address;
use crate::model::secret::HIDDEN;

/// How much a difference between two runs matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Worth knowing.
    Note,
    /// It may be the whole reason for a difference in duration.
    Warning,
    /// The two did not do the same work: no verdict.
    Incomparable,
}

impl Grade {
    /// The word in tables and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Incomparable => "incomparable",
        }
    }
}

/// What a factor is about. It names itself and knows how much a difference in it matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// The embedded server, or an address.
    Target,
    /// Time before each response of the embedded server.
    Delay,
    /// Uniform, ± around it.
    Jitter,
    /// Share of its responses that fail.
    FailureRate,
    /// Requests that it serves at once.
    MaxConcurrent,
    /// The address.
    Url,
    /// HTTP method.
    Method,
    /// Request body.
    Body,
    /// The status that counts as success.
    ExpectStatus,
    /// Names of the headers sent.
    Headers,
    /// Kind and options of the strategy of this name.
    Strategy(String),
    /// Version of the program behind the strategy of this name.
    StrategyVersion(String),
    /// Whether samples ran side by side, and how much CPU they might use then.
    Overlap,
    /// Version of the way to measure.
    Measuring,
    /// Name of the machine.
    Host,
    /// Its processor.
    Processor,
    /// Its hardware threads.
    Cores,
    /// Its memory.
    Memory,
    /// Its instruction set.
    Architecture,
    /// Its operating system.
    System,
    /// Its kernel.
    Kernel,
    /// How its processor's frequency is governed.
    Governor,
    /// Virtual machine or container.
    Virtualization,
    /// What its clock is read from.
    ClockSource,
    /// Open files, ports and backlog.
    Limits,
    /// Version of the program.
    Tool,
    /// Commit of the source tree.
    Source,
    /// How often each cell is measured.
    Repeats,
    /// Warm-up samples of each cell.
    Warmup,
    /// Order of the samples.
    Order,
    /// Time limits of requests and samples.
    Timeouts,
    /// Seed of order, jitter and failures.
    Seed,
}

impl Factor {
    /// How much a difference matters.
    #[must_use]
    pub const fn grade(&self) -> Grade {
        match self {
            Self::Target
            | Self::Delay
            | Self::Jitter
            | Self::FailureRate
            | Self::MaxConcurrent
            | Self::Url
            | Self::Method
            | Self::Body
            | Self::ExpectStatus
            | Self::Strategy(_)
            | Self::Overlap
            | Self::Measuring => Grade::Incomparable,
            Self::Headers
            | Self::Host
            | Self::Processor
            | Self::Cores
            | Self::Memory
            | Self::Architecture
            | Self::System
            | Self::Governor
            | Self::Virtualization => Grade::Warning,
            Self::Kernel
            | Self::ClockSource
            | Self::Limits
            | Self::StrategyVersion(_)
            | Self::Tool
            | Self::Source
            | Self::Repeats
            | Self::Warmup
            | Self::Order
            | Self::Timeouts
            | Self::Seed => Grade::Note,
        }
    }
}

impl Factor {
    /// Whether a part of the work is masked in a value. A password chooses no work.
    pub(super) fn lacks_part(&self, value: &str) -> bool {
        match self {
            Self::Url => bare_address(value).contains(HIDDEN),
            Self::Body | Self::Strategy(_) => value.contains(HIDDEN),
            _ => false,
        }
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Target => "target",
            Self::Delay => "delay",
            Self::Jitter => "jitter",
            Self::FailureRate => "failure rate",
            Self::MaxConcurrent => "max-concurrent",
            Self::Url => "url",
            Self::Method => "method",
            Self::Body => "request body",
            Self::ExpectStatus => "expected status",
            Self::Headers => "request headers",
            Self::Strategy(name) => return write!(formatter, "strategy {name}"),
            Self::StrategyVersion(name) => return write!(formatter, "version of {name}"),
            Self::Overlap => "overlap",
            Self::Measuring => "measuring version",
            Self::Host => "host",
            Self::Processor => "processor",
            Self::Cores => "cores",
            Self::Memory => "memory",
            Self::Architecture => "architecture",
            Self::System => "system",
            Self::Kernel => "kernel",
            Self::Governor => "frequency governor",
            Self::Virtualization => "virtualisation",
            Self::ClockSource => "clock source",
            Self::Limits => "limits",
            Self::Tool => "reportgen",
            Self::Source => "source tree",
            Self::Repeats => "repeats",
            Self::Warmup => "warm-up",
            Self::Order => "order",
            Self::Timeouts => "time limits",
            Self::Seed => "seed",
        })
    }
}

/// Values by factor, as shown to people; without secrets. A factor that is absent is not known, or does not apply.
pub type Factors = BTreeMap<Factor, String>;
