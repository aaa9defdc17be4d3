//! What the requests are sent to.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::address::{bare_address, masked_address};
use crate::model::secret::HIDDEN;
use crate::model::status::StatusSet;
use crate::model::units::Nanos;

/// The target of a sweep: the embedded delay server, an address that is already served, or no server at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Target {
    /// The embedded delay server, started for the sweep.
    Delay(DelayTarget),
    /// A server that already runs.
    Url(UrlTarget),
    /// No server: each request is a sleep, so that the cost of each way of waiting shows alone.
    Sleep {
        /// How long each request sleeps.
        delay: Nanos,
    },
}

/// How the embedded server behaves. All randomness comes from the sweep's seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DelayTarget {
    /// How long the embedded delay server takes for each response; it is started for the sweep
    pub delay: Nanos,
    /// Spread of the delay, uniform, ± around it, from the seed; at most the delay
    #[serde(default)]
    pub jitter: Nanos,
    /// Share of responses that are HTTP 500, from the seed
    #[serde(default)]
    #[schemars(range(min = 0, max = 1))]
    pub failure_rate: f64,
    /// Requests the embedded server serves at once, the others wait; 0 is unlimited
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub max_concurrent: u32,
}

/// A request as it is sent to a `url` target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct UrlTarget {
    /// An address that is already served, in place of `delay`
    #[schemars(extend("x-form" = "url"))]
    pub url: String,
    /// HTTP method of each request to the `url`
    #[serde(default = "get")]
    #[schemars(extend("x-words" = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]))]
    pub method: String,
    /// Body of each request to the `url`; empty for none
    #[serde(default)]
    pub body: String,
    /// The same from a file, relative to the config
    #[serde(default)]
    #[schemars(extend("x-form" = "path"))]
    pub body_file: Option<PathBuf>,
    /// The HTTP status that counts as success: a number, a class such as "2xx", or a list of these
    #[serde(default = "ok")]
    #[schemars(extend("x-form" = "status", "x-list" = true))]
    pub expect_status: StatusSet,
    /// Redirects that a request follows at most; its time is that of all its exchanges
    #[serde(default)]
    #[schemars(range(min = 0, max = 20))]
    pub follow_redirects: u32,
    /// Certificates to trust beside the system's: a PEM file, relative to the config
    #[serde(default)]
    #[schemars(extend("x-form" = "path"))]
    pub ca_file: Option<PathBuf>,
    /// Whether any certificate of the target is trusted
    #[serde(default)]
    pub insecure: bool,
    /// Whether the sweep begins only after a first request had a response with an expected status
    #[serde(default = "yes")]
    pub check: bool,
    /// Headers of each request to the `url`; ${NAME} in a value is read from the environment when the sweep runs
    #[serde(default)]
    #[schemars(extend("x-form" = "headers"))]
    pub headers: Vec<(String, String)>,
}

fn get() -> String {
    "GET".to_owned()
}

fn ok() -> StatusSet {
    StatusSet::only(200)
}

fn yes() -> bool {
    true
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
    /// A plain GET of `url`, which is expected to answer 200.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            method: get(),
            body: String::new(),
            body_file: None,
            expect_status: ok(),
            follow_redirects: 0,
            ca_file: None,
            insecure: false,
            check: true,
            headers: Vec::new(),
        }
    }

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

    /// The shortest time that a request can take; `None` where it is unknown.
    #[must_use]
    pub fn least_service(&self) -> Option<Nanos> {
        match self {
            Self::Delay(target) => Some(target.delay.saturating_sub(target.jitter)),
            Self::Sleep { delay } => Some(*delay),
            Self::Url(_) => None,
        }
    }

    /// The statuses that count as success; a sleep has none.
    #[must_use]
    pub fn expect_status(&self) -> StatusSet {
        match self {
            Self::Delay(_) | Self::Sleep { .. } => ok(),
            Self::Url(target) => target.expect_status.clone(),
        }
    }
}
