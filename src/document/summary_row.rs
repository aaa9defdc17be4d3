//! The numbers of a cell: a row of summary.csv, and the beginning of a cell of summary.json.

use serde::{Serialize, Serializer};

use super::numbers::{rounded, rounded_seconds};
use crate::report::{Cell, Report, Stopped};
use crate::stats::Method;

/// How many numbers a cell has.
pub(super) const WIDTH: usize = 23;
/// Names of a cell's numbers: columns and keys.
pub(super) const NAMES: [&str; WIDTH] = [
    "strategy",
    "kind",
    "workers",
    "requests",
    "samples",
    "median_s",
    "ci_low_s",
    "ci_high_s",
    CI_METHOD,
    "mean_s",
    "stddev_s",
    "min_s",
    "max_s",
    "ideal_s",
    "overhead_s",
    "speedup",
    "throughput_rps",
    "latency_p50_s",
    "latency_p90_s",
    "latency_p99_s",
    "succeeded",
    "failed",
    "stopped",
];
/// No column of summary.csv.
pub(super) const CI_METHOD: &str = "ci_method";

/// A value of a file for programs. As JSON it is text, a number or `null`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum SummaryValue<'a> {
    /// Not measured.
    Missing,
    /// Words.
    Text(&'a str),
    /// A whole number.
    Count(u64),
    /// Seconds, with nanosecond digits.
    Seconds(f64),
    /// A ratio or a rate, with six significant digits.
    Ratio(f64),
    /// A number with all its digits.
    Number(f64),
}

impl Serialize for SummaryValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Seconds(value) => rounded_seconds(*value).serialize(serializer),
            Self::Ratio(value) => rounded(*value).serialize(serializer),
            Self::Number(value) => serializer.serialize_f64(*value),
        }
    }
}

/// The numbers of a cell of the report, in the order of [`NAMES`].
pub(super) fn summary_row<'a>(report: &'a Report<'_>, cell: &Cell<'_>) -> [SummaryValue<'a>; WIDTH] {
    let line = &report.strategies[cell.strategy_index];
    let known = |text: &'a str| if text.is_empty() { SummaryValue::Missing } else { SummaryValue::Text(text) };
    let (summary, interval, latency) = (cell.summary, cell.interval, cell.recorded.latency.as_ref());
    [
        SummaryValue::Text(&line.name),
        known(&line.kind),
        count(line.workers),
        SummaryValue::Count(cell.requests.into()),
        SummaryValue::Count(cell.points.len() as u64),
        seconds(cell.median()),
        seconds(interval.map(|interval| interval.low)),
        seconds(interval.map(|interval| interval.high)),
        known(interval.map_or("", |interval| method(interval.method))),
        seconds(summary.map(|summary| summary.mean)),
        seconds(summary.and_then(|summary| summary.stddev)),
        seconds(summary.map(|summary| summary.min)),
        seconds(summary.map(|summary| summary.max)),
        seconds(cell.recorded.ideal_s),
        seconds(cell.overhead_s()),
        ratio(cell.speedup),
        ratio(cell.throughput_rps()),
        seconds(latency.map(|latency| latency.p50)),
        seconds(latency.map(|latency| latency.p90)),
        seconds(latency.map(|latency| latency.p99)),
        count(cell.recorded.succeeded),
        count(cell.recorded.failed),
        known(cell.recorded.stopped.map_or("", Stopped::as_str)),
    ]
}

pub(super) fn seconds<'a>(value: Option<f64>) -> SummaryValue<'a> {
    value.map_or(SummaryValue::Missing, SummaryValue::Seconds)
}

pub(super) fn ratio<'a>(value: Option<f64>) -> SummaryValue<'a> {
    value.map_or(SummaryValue::Missing, SummaryValue::Ratio)
}

pub(super) fn count<'a>(value: Option<impl Into<u64>>) -> SummaryValue<'a> {
    value.map_or(SummaryValue::Missing, |value| SummaryValue::Count(value.into()))
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Bootstrap => "bootstrap",
        Method::OrderStatistics => "order-statistics",
    }
}
