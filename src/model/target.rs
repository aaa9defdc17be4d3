//! What the requests are sent to.

use crate::model::units::Nanos;

/// The target of a sweep: the embedded delay server, or an address that is already served.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The embedded delay server, started for the sweep.
    Delay(DelayTarget),
    /// A server that somebody else runs.
    Url(UrlTarget),
}

/// How the embedded server behaves. All randomness comes from the sweep's seed.
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
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

impl Target {
    /// The configured delay, where the target has one.
    #[must_use]
    pub fn delay(&self) -> Option<Nanos> {
        match self {
            Self::Delay(target) => Some(target.delay),
            Self::Url(_) => None,
        }
    }

    /// The status that counts as success.
    #[must_use]
    pub fn expect_status(&self) -> u16 {
        match self {
            Self::Delay(_) => 200,
            Self::Url(target) => target.expect_status,
        }
    }
}
