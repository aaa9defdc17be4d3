//! What a strategy is made of: how it uses connections, which HTTP it speaks, how its requests overlap, what it needs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::units::{Nanos, RequestCount};

/// How a kind uses its connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Connections {
    /// A connection serves one request after another.
    #[default]
    KeepAlive,
    /// Each request opens a connection and closes it.
    PerRequest,
}

/// Which HTTP a strategy speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum HttpVersion {
    /// HTTP/1.1: one request at a time on a connection.
    #[default]
    #[serde(rename = "1.1")]
    One,
    /// HTTP/2, known beforehand: many requests at once on one connection.
    #[serde(rename = "2")]
    Two,
}

/// How many requests a strategy has under way at once; it names the best possible duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Concurrency {
    /// One after another.
    Sequential,
    /// At most `workers` at once.
    Pool,
    /// All at once, or at most `max-in-flight`.
    Async,
}

impl Concurrency {
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

    /// The best possible duration for `requests` of `delay` each, `width` at once: `ceil(n / width) · d`.
    #[must_use]
    pub fn ideal(requests: RequestCount, width: u32, delay: Nanos) -> Nanos {
        delay * u64::from(requests.div_ceil(width.max(1)))
    }
}

/// What one sample takes from its machine on the client's side, at its peak. Estimates on the safe side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResourceEstimate {
    /// Descriptors of the process that needs most of them.
    pub descriptors: u64,
    /// Threads and processes together.
    pub threads: u64,
    /// Ports for outgoing connections to one address, those of closed connections that the system still holds included.
    pub ports: u64,
}
