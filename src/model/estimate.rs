//! What single requests to a `url` took: what its ideals are computed from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::units::Nanos;

/// Quartiles that are further apart than this share of the median make no ideal.
const WIDE: f64 = 0.25;

/// The times of single requests.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RequestTimes {
    /// Half took at most this, in seconds.
    pub median_s: f64,
    /// How far their quartiles are apart, as a share of the median.
    pub spread: f64,
    /// How many there were.
    pub requests: u32,
}

/// What one request to the target takes; a part is absent where no strategy sends its requests so, or none succeeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DelayEstimate {
    /// Over a connection that has carried one before.
    pub kept: Option<RequestTimes>,
    /// Over a new connection, the time to open it included.
    pub opened: Option<RequestTimes>,
}

/// The estimates of one target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TargetEstimate {
    /// Its name, where there are several targets.
    pub target: Option<String>,
    /// What a single request takes, before the sweep; `None` where nothing was estimated.
    pub before: Option<Nanos>,
    /// The same after it.
    pub after: Option<Nanos>,
    /// The estimate before it with its spread; `None` where it was not recorded.
    pub times: Option<DelayEstimate>,
}

impl RequestTimes {
    /// Half took at most this.
    #[must_use]
    pub fn median(self) -> Nanos {
        Nanos::from_secs_f64(self.median_s)
    }

    /// Whether they are close enough together for an ideal.
    #[must_use]
    pub fn is_steady(self) -> bool {
        self.spread <= WIDE
    }

    /// The time that ideals are computed from; `None` where the times differ too much for that.
    #[must_use]
    pub fn steady(self) -> Option<Nanos> {
        self.is_steady().then(|| self.median())
    }
}

impl DelayEstimate {
    /// The times of most requests of the sweep: those over kept connections, where there are any.
    #[must_use]
    pub fn main(&self) -> Option<RequestTimes> {
        self.kept.or(self.opened)
    }
}
