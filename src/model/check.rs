//! What a run has to meet: limits of the numbers that summary.csv gives of each strategy and count.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::figure::Unit;
use crate::model::units::{Nanos, RequestCount};

/// A column of summary.csv that holds a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Valid samples.
    Samples,
    /// Median of their durations.
    Median,
    /// Lower end of its interval.
    CiLow,
    /// Upper end of its interval.
    CiHigh,
    /// Mean of the durations.
    Mean,
    /// Their standard deviation.
    Stddev,
    /// The shortest duration.
    Min,
    /// The longest duration.
    Max,
    /// The best possible duration.
    Ideal,
    /// Median minus ideal.
    Overhead,
    /// Median of the baseline by median.
    Speedup,
    /// Requests by median.
    Throughput,
    /// Time within which half of the requests ended.
    LatencyP50,
    /// The same of 90 %.
    LatencyP90,
    /// The same of 99 %.
    LatencyP99,
    /// Requests that succeeded.
    Succeeded,
    /// Requests that failed.
    Failed,
}

impl Measure {
    /// All of them in the order of the columns, with what each is about, in a phrase.
    pub const ALL: [(Self, &str); 17] = [
        (Self::Samples, "Number of valid samples"),
        (Self::Median, "Median duration"),
        (Self::CiLow, "Lower end of the 95 % interval of the median"),
        (Self::CiHigh, "Upper end of the 95 % interval of the median"),
        (Self::Mean, "Mean duration"),
        (Self::Stddev, "Standard deviation of the durations"),
        (Self::Min, "Shortest duration"),
        (Self::Max, "Longest duration"),
        (Self::Ideal, "Best possible duration"),
        (Self::Overhead, "Median duration above the ideal"),
        (Self::Speedup, "How many times faster than the baseline"),
        (Self::Throughput, "Requests per second"),
        (Self::LatencyP50, "Response time of half of the requests"),
        (Self::LatencyP90, "Response time of 90 % of the requests"),
        (Self::LatencyP99, "Response time of 99 % of the requests"),
        (Self::Succeeded, "Requests that succeeded, all samples together"),
        (Self::Failed, "Requests that failed, all samples together"),
    ];

    /// The word in files: the column without its unit.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Samples => "samples",
            Self::Median => "median",
            Self::CiLow => "ci-low",
            Self::CiHigh => "ci-high",
            Self::Mean => "mean",
            Self::Stddev => "stddev",
            Self::Min => "min",
            Self::Max => "max",
            Self::Ideal => "ideal",
            Self::Overhead => "overhead",
            Self::Speedup => "speedup",
            Self::Throughput => "throughput",
            Self::LatencyP50 => "latency-p50",
            Self::LatencyP90 => "latency-p90",
            Self::LatencyP99 => "latency-p99",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    /// Its unit.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Samples | Self::Succeeded | Self::Failed => Unit::Count,
            Self::Speedup => Unit::Ratio,
            Self::Throughput => Unit::PerSecond,
            _ => Unit::Seconds,
        }
    }
}

/// A limit as a config writes it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Limit {
    /// Of a time.
    Time(Nanos),
    /// Of anything else; 0 or more.
    Number(f64),
}

impl Limit {
    /// The number, a time in seconds.
    #[must_use]
    pub fn value(self) -> f64 {
        match self {
            Self::Time(time) => time.as_secs_f64(),
            Self::Number(number) => number,
        }
    }
}

/// What a config demands of one strategy or all of them, at one request count or all of them. It demands something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Check {
    /// Name of the strategy; without it, every strategy
    #[schemars(extend("x-form" = "label"))]
    pub strategy: Option<String>,
    /// The request count; without it, every count
    #[schemars(range(min = 1, max = 1_000_000))]
    pub requests: Option<RequestCount>,
    /// Columns of summary.csv, without their unit, and the largest value that each may have
    #[serde(default)]
    #[schemars(extend("x-form" = "limits"))]
    pub at_most: BTreeMap<Measure, Limit>,
    /// The same with the smallest value
    #[serde(default)]
    #[schemars(extend("x-form" = "limits"))]
    pub at_least: BTreeMap<Measure, Limit>,
}

/// Which side of a limit is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The limit and below.
    AtMost,
    /// The limit and above.
    AtLeast,
}

impl Bound {
    /// Whether a value is good.
    #[must_use]
    pub fn allows(self, value: f64, limit: f64) -> bool {
        match self {
            Self::AtMost => value <= limit,
            Self::AtLeast => value >= limit,
        }
    }

    /// In a sentence, before the limit.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::AtMost => "at most",
            Self::AtLeast => "at least",
        }
    }
}

/// One limit of one number.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The strategy's name.
    pub strategy: String,
    /// The request count.
    pub requests: RequestCount,
    /// Which number.
    pub measure: Measure,
    /// Which side is good.
    pub bound: Bound,
    /// The limit, a time in seconds.
    pub limit: f64,
}

impl Check {
    /// Each of its limits.
    pub fn limits(&self) -> impl Iterator<Item = (Measure, Bound, f64)> {
        let most = self.at_most.iter().map(|(measure, limit)| (*measure, Bound::AtMost, limit.value()));
        most.chain(self.at_least.iter().map(|(measure, limit)| (*measure, Bound::AtLeast, limit.value())))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Limit, Measure};
    use crate::model::Nanos;
    use crate::model::figure::Unit;

    #[test]
    fn words_and_limits_are_read_as_they_are_written() {
        for (measure, _) in Measure::ALL {
            assert_eq!(json!(measure), json!(measure.as_str()));
            let limit = if measure.unit() == Unit::Seconds { Limit::Time(Nanos(7)) } else { Limit::Number(7.0) };
            assert_eq!(serde_json::from_value::<Limit>(json!(limit)).unwrap(), limit);
        }
        assert_eq!(serde_json::from_value::<Limit>(json!(100)).unwrap(), Limit::Number(100.0));
    }
}
