//! What runs are measured on, with and against, and how much a difference in each factor matters.

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

/// Something that durations depend on, or may depend on.
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
    /// Redirects that a request follows.
    FollowRedirects,
    /// Names of the headers sent.
    Headers,
    /// Kind and options of the strategy of this name.
    Strategy(String),
    /// Version of the program behind the strategy of this name.
    StrategyVersion(String),
    /// Share of a sample's requests that may fail.
    MaxFailed,
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
    /// Samples of each combination.
    Repeats,
    /// Warm-up samples of each combination.
    Warmup,
    /// Order of the samples.
    Order,
    /// Time limits of requests and samples.
    Timeouts,
    /// Seed of order, jitter and failures.
    Seed,
}

impl Factor {
    /// What it is called, and how much a difference in it matters.
    const fn about(&self) -> (&'static str, Grade) {
        use Grade::{Incomparable, Note, Warning};
        match self {
            Self::Target => ("target", Incomparable),
            Self::Delay => ("delay", Incomparable),
            Self::Jitter => ("jitter", Incomparable),
            Self::FailureRate => ("failure rate", Incomparable),
            Self::MaxConcurrent => ("max-concurrent", Incomparable),
            Self::Url => ("url", Incomparable),
            Self::Method => ("method", Incomparable),
            Self::Body => ("request body", Incomparable),
            Self::ExpectStatus => ("expected status", Incomparable),
            Self::FollowRedirects => ("redirects followed", Incomparable),
            Self::Headers => ("request headers", Warning),
            Self::Strategy(_) => ("strategy", Incomparable),
            Self::StrategyVersion(_) => ("version of", Note),
            Self::MaxFailed => ("max-failed", Incomparable),
            Self::Overlap => ("overlap", Incomparable),
            Self::Measuring => ("measuring method", Incomparable),
            Self::Host => ("host", Warning),
            Self::Processor => ("processor", Warning),
            Self::Cores => ("cores", Warning),
            Self::Memory => ("memory", Warning),
            Self::Architecture => ("architecture", Warning),
            Self::System => ("system", Warning),
            Self::Kernel => ("kernel", Note),
            Self::Governor => ("frequency governor", Warning),
            Self::Virtualization => ("virtualisation", Warning),
            Self::ClockSource => ("clock source", Note),
            Self::Limits => ("limits", Note),
            Self::Tool => ("reportgen", Note),
            Self::Source => ("source tree", Note),
            Self::Repeats => ("repeats", Note),
            Self::Warmup => ("warm-up", Note),
            Self::Order => ("order", Note),
            Self::Timeouts => ("time limits", Note),
            Self::Seed => ("seed", Note),
        }
    }

    /// How much a difference matters.
    #[must_use]
    pub const fn grade(&self) -> Grade {
        self.about().1
    }

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
        formatter.write_str(self.about().0)?;
        match self {
            Self::Strategy(name) | Self::StrategyVersion(name) => write!(formatter, " {name}"),
            _ => Ok(()),
        }
    }
}

/// Values by factor, as shown to people; without secrets. A factor that is absent is not known, or does not apply.
pub type Factors = BTreeMap<Factor, String>;
