//! The numbers of a cell: a row of summary.csv, and the beginning of a cell of summary.json.

use serde::Serialize;

use crate::model::RequestCount;
use crate::report::{Cell, Report, Stopped};
use crate::stats::Method;

/// How a format writes seconds and ratios.
pub(super) struct NumberStyle<Number> {
    pub(super) seconds: fn(f64) -> Number,
    pub(super) ratio: fn(f64) -> Number,
    /// Whether the format says how intervals were found.
    pub(super) with_methods: bool,
}

/// A measured cell; missing is `None`. The names of the fields are those of the columns and keys.
#[derive(Default, Serialize)]
pub(super) struct SummaryRow<'a, Number> {
    strategy: &'a str,
    kind: Option<&'a str>,
    workers: Option<u32>,
    requests: RequestCount,
    samples: usize,
    median_s: Option<Number>,
    ci_low_s: Option<Number>,
    ci_high_s: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ci_method: Option<Option<&'static str>>,
    mean_s: Option<Number>,
    stddev_s: Option<Number>,
    min_s: Option<Number>,
    max_s: Option<Number>,
    ideal_s: Option<Number>,
    overhead_s: Option<Number>,
    speedup: Option<Number>,
    throughput_rps: Option<Number>,
    latency_p50_s: Option<Number>,
    latency_p90_s: Option<Number>,
    latency_p99_s: Option<Number>,
    succeeded: Option<u64>,
    failed: Option<u64>,
    stopped: Option<&'static str>,
}

impl<'a, Number> SummaryRow<'a, Number> {
    /// The row of a cell of the report.
    pub(super) fn of(report: &'a Report<'_>, cell: &Cell<'_>, style: &NumberStyle<Number>) -> Self {
        let line = &report.strategies[cell.strategy_index];
        let time = |value: Option<f64>| value.map(style.seconds);
        let ratio = |value: Option<f64>| value.map(style.ratio);
        let (summary, interval, latency) = (cell.summary, cell.interval, cell.latency.as_ref());
        Self {
            strategy: &line.name,
            kind: Some(line.kind.as_str()).filter(|kind| !kind.is_empty()),
            workers: line.workers,
            requests: cell.requests,
            samples: cell.points.len(),
            median_s: time(cell.median()),
            ci_low_s: time(interval.map(|interval| interval.low)),
            ci_high_s: time(interval.map(|interval| interval.high)),
            ci_method: style.with_methods.then(|| interval.map(|interval| method(interval.method))),
            mean_s: time(summary.map(|summary| summary.mean)),
            stddev_s: time(summary.and_then(|summary| summary.stddev)),
            min_s: time(summary.map(|summary| summary.min)),
            max_s: time(summary.map(|summary| summary.max)),
            ideal_s: time(cell.ideal_s),
            overhead_s: time(cell.overhead_s),
            speedup: ratio(cell.speedup),
            throughput_rps: ratio(cell.throughput_rps),
            latency_p50_s: time(latency.map(|latency| latency.p50)),
            latency_p90_s: time(latency.map(|latency| latency.p90)),
            latency_p99_s: time(latency.map(|latency| latency.p99)),
            succeeded: cell.succeeded,
            failed: cell.failed,
            stopped: cell.stopped.map(Stopped::as_str),
        }
    }
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Bootstrap => "bootstrap",
        Method::OrderStatistics => "order-statistics",
    }
}
