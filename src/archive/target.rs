//! The target of a run as `list` tells it and as manifests of schema 1 and 2 kept it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{DelayTarget, Nanos, StatusSet, Target, UrlTarget};

/// The target, without secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ManifestTarget {
    /// The embedded delay server. Times are seconds.
    Delay {
        /// Time before each response.
        delay_s: f64,
        /// Uniform, ± around it.
        jitter_s: f64,
        /// Share of responses that are HTTP 500.
        failure_rate: f64,
        /// Requests served at once; 0 is unlimited.
        max_concurrent: u32,
    },
    /// A server that already runs.
    Url {
        /// Its address, without password.
        url: String,
        /// HTTP method.
        method: String,
        /// The statuses that count as success.
        expect_status: StatusSet,
        /// Names of the headers sent; their values are not kept.
        header_names: Vec<String>,
    },
    /// No server: each request is a sleep.
    Sleep {
        /// How long, in seconds.
        delay_s: f64,
    },
}

impl From<&Target> for ManifestTarget {
    fn from(target: &Target) -> Self {
        match target {
            Target::Delay(DelayTarget { delay, jitter, failure_rate, max_concurrent }) => Self::Delay {
                delay_s: delay.as_secs_f64(),
                jitter_s: jitter.as_secs_f64(),
                failure_rate: *failure_rate,
                max_concurrent: *max_concurrent,
            },
            Target::Url(target) => Self::Url {
                url: target.shown_url(),
                method: target.method.clone(),
                expect_status: target.expect_status.clone(),
                header_names: target.headers.iter().map(|(name, _)| name.clone()).collect(),
            },
            Target::Sleep { delay } => Self::Sleep { delay_s: delay.as_secs_f64() },
        }
    }
}

impl From<&ManifestTarget> for Target {
    /// The target as far as the manifest tells it: headers have names and no values.
    fn from(target: &ManifestTarget) -> Self {
        match target {
            ManifestTarget::Delay { delay_s, jitter_s, failure_rate, max_concurrent } => Self::Delay(DelayTarget {
                delay: Nanos::from_secs_f64(*delay_s),
                jitter: Nanos::from_secs_f64(*jitter_s),
                failure_rate: *failure_rate,
                max_concurrent: *max_concurrent,
            }),
            ManifestTarget::Url { url, method, expect_status, header_names } => Self::Url(UrlTarget {
                method: method.clone(),
                expect_status: expect_status.clone(),
                headers: header_names.iter().map(|name| (name.clone(), String::new())).collect(),
                ..UrlTarget::at(url)
            }),
            ManifestTarget::Sleep { delay_s } => Self::Sleep { delay: Nanos::from_secs_f64(*delay_s) },
        }
    }
}
