//! A strategy as the config names it, and what a kind of strategy says about itself.

use std::path::PathBuf;

use crate::model::units::{Nanos, RequestCount};

/// How a kind uses its connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connections {
    /// A connection serves one request after another.
    #[default]
    KeepAlive,
    /// Each request opens a connection and closes it.
    PerRequest,
}

impl Connections {
    /// The word in config and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeepAlive => "keep-alive",
            Self::PerRequest => "per-request",
        }
    }
}

/// Which HTTP a strategy speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.1: one request at a time on a connection.
    #[default]
    One,
    /// HTTP/2, known beforehand: many requests at once on one connection.
    Two,
}

/// How many requests a strategy has under way at once; it names the best possible duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// One after another.
    Sequential,
    /// At most `workers` at once.
    Pool,
    /// All at once, or at most `max-in-flight`.
    Async,
}

impl Model {
    /// The word in config and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Pool => "pool",
            Self::Async => "async",
        }
    }

    /// Reads the word back; `None` for an unknown one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Sequential, Self::Pool, Self::Async].into_iter().find(|model| model.as_str() == word)
    }

    /// The most requests under way at once when `requests` are issued by this strategy: 1 to `requests`.
    #[must_use]
    pub fn width(self, requests: RequestCount, strategy: &StrategySpec) -> u32 {
        let limit = match self {
            Self::Sequential => Some(1),
            Self::Pool => strategy.workers,
            Self::Async => strategy.max_in_flight,
        };
        limit.unwrap_or(requests).clamp(1, requests.max(1))
    }

    /// The best possible duration for `requests` of `delay` each, `width` at once: `ceil(n / width) · d`.
    #[must_use]
    pub fn ideal(requests: RequestCount, width: u32, delay: Nanos) -> Nanos {
        delay * u64::from(requests.div_ceil(width.max(1)))
    }
}

/// One line of a chart: a kind with its options. Options that a kind does not take are `None` or their default.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategySpec {
    /// Unique within a sweep; the line's label. Any text.
    pub name: String,
    /// A name in the strategy registry, such as `thread-pool`.
    pub kind: String,
    /// How its requests overlap.
    pub model: Model,
    /// Threads or processes of a pool, 1 or more; `None` where the kind has no such number.
    pub workers: Option<u32>,
    /// Most requests under way at once in `async`; `None` is no bound.
    pub max_in_flight: Option<u32>,
    /// Threads of the event loop in `async`; 1 is a single thread.
    pub threads: u32,
    /// Processes that share the requests of an `event-loop`: 1 or more.
    pub processes: u32,
    /// Keep-alive or a connection for each request.
    pub connections: Connections,
    /// Which HTTP it speaks.
    pub http_version: HttpVersion,
    /// Cells above this count are not run; `None` is no bound.
    pub max_requests: Option<RequestCount>,
    /// The program of a `command`; `None` for the built-in kinds.
    pub command: Option<CommandSpec>,
}

impl StrategySpec {
    /// Whether its cell of `requests` requests is to be run.
    #[must_use]
    pub fn runs(&self, requests: RequestCount) -> bool {
        self.max_requests.is_none_or(|most| requests <= most)
    }
}

/// A program that is a strategy, as the config names it. Nothing of it has been looked for yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandSpec {
    /// The program and its arguments; at least one word.
    pub words: Vec<String>,
    /// Where it is started; relative to the config's folder.
    pub working_directory: PathBuf,
    /// Set beside what is inherited: names and values.
    pub environment: Vec<(String, String)>,
    /// Prints the program's version; empty for none.
    pub version_command: Vec<String>,
}

/// What a registered kind says about itself, for config, help and completions.
#[derive(Clone, Copy, Debug)]
pub struct KindInfo {
    /// The word after `kind =`.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// How its requests overlap.
    pub model: Model,
    /// The config keys it takes beside `name` and `kind`.
    pub options: &'static [&'static str],
    /// The seed article's name for it, used as label when the config lists no strategy; else the kind's own name.
    pub label: &'static str,
    /// Whether it speaks https; the others are refused for an https address.
    pub https: bool,
}

impl KindInfo {
    /// Whether the kind is part of this program; else the config names a program.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        !self.options.contains(&"command")
    }
}

/// What one sample takes from its machine on the client's side, at its peak. Estimates on the safe side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Descriptors of the process that needs most of them.
    pub descriptors: u64,
    /// Threads and processes together.
    pub threads: u64,
    /// Ports for outgoing connections to one address, those of closed connections that the system still holds included.
    pub ports: u64,
}
