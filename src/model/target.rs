//! What the requests are sent to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::address::{bare_address, masked_address};
use crate::model::secret::HIDDEN;
use crate::model::units::Nanos;

/// The target of a sweep: the embedded delay server, an address that is already served, or no server at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Target {
    /// The embedded delay server, started for the sweep.
    Delay(DelayTarget),
    /// A server that somebody else runs.
    Url(UrlTarget),
    /// Nobody: each request is a sleep, so that the cost of each way of waiting shows alone.
    Sleep {
        /// How long each request sleeps.
        delay: Nanos,
    },
}

/// How the embedded server behaves. All randomness comes from the sweep's seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DelayTarget {
    /// Time between reading a request and writing its response.
    pub delay: Nanos,
    /// Uniform, ± around `delay`; at most `delay`.
    pub jitter: Nanos,
    /// Share of responses that are HTTP 500: 0 to 1.
    pub failure_rate: f64,
    /// Requests served at once, others wait their turn; 0 is unlimited.
    pub max_concurrent: u32,
}

/// A request as it is sent to a `url` target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct UrlTarget {
    /// An `http` or `https` address.
    pub url: String,
    /// HTTP method, upper case.
    pub method: String,
    /// Request body; empty for none.
    pub body: String,
    /// The status that counts as success: 100 to 599.
    pub expect_status: u16,
    /// Header names and values, `${NAME}` not yet filled in.
    pub headers: Vec<(String, String)>,
}

/// What a target said of itself in one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetSeen {
    /// Version of HTTP, such as `HTTP/1.1`.
    pub http_version: String,
    /// Status of the answer.
    pub status: u16,
    /// The `Server` header, at most 200 characters; absent where the target sends none.
    pub server: Option<String>,
}

impl UrlTarget {
    /// The address with `***` in place of what may be a secret, for messages and files.
    #[must_use]
    pub fn shown_url(&self) -> String {
        masked_address(&self.url, |_| HIDDEN.to_owned())
    }

    /// The same without user name and password, for pages that are published.
    #[must_use]
    pub fn bare_url(&self) -> String {
        bare_address(&self.url)
    }
}

impl Target {
    /// The configured delay, where the target has one.
    #[must_use]
    pub fn delay(&self) -> Option<Nanos> {
        match self {
            Self::Delay(DelayTarget { delay, .. }) | Self::Sleep { delay } => Some(*delay),
            Self::Url(_) => None,
        }
    }

    /// The shortest time that a request can take; `None` where nobody knows.
    #[must_use]
    pub fn least_service(&self) -> Option<Nanos> {
        match self {
            Self::Delay(target) => Some(target.delay.saturating_sub(target.jitter)),
            Self::Sleep { delay } => Some(*delay),
            Self::Url(_) => None,
        }
    }

    /// The status that counts as success; a sleep has none.
    #[must_use]
    pub fn expect_status(&self) -> u16 {
        match self {
            Self::Delay(_) | Self::Sleep { .. } => 200,
            Self::Url(target) => target.expect_status,
        }
    }
}
