//! Which limits of the config a run meets.

use std::collections::HashMap;

use crate::model::Facts;
use crate::model::StrategyLine;
use crate::model::check::{Measure, Threshold};
use crate::report::cell::Cell;

/// A limit, and the number that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult<'run> {
    /// What was demanded.
    pub threshold: &'run Threshold,
    /// The strategy; `None` where the run has no such line.
    pub strategy_index: Option<usize>,
    /// The number, a time in seconds, or why there is none.
    pub value: Result<f64, NoValue<'run>>,
}

/// Why a number is missing; then the check has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoValue<'run> {
    /// The strategy was not measured at this count.
    NotMeasured,
    /// No sample is valid.
    NoneValid {
        /// The first reason; empty where none is known.
        first_error: &'run str,
    },
    /// The samples do not tell it.
    Unknown,
}

impl CheckResult<'_> {
    /// Whether the number is on the good side of its limit.
    #[must_use]
    pub fn passed(&self) -> bool {
        let Threshold { bound, limit, .. } = self.threshold;
        self.value.as_ref().is_ok_and(|value| bound.allows(*value, *limit))
    }
}

/// Every limit of a run, in the order of its config.
pub(super) fn results<'run>(
    facts: &'run Facts,
    strategies: &[StrategyLine],
    cells: &[Cell<'run>],
) -> Vec<CheckResult<'run>> {
    let indices: HashMap<&str, usize> =
        strategies.iter().enumerate().rev().map(|(index, line)| (line.name.as_str(), index)).collect();
    let result = |threshold: &'run Threshold| {
        let strategy_index = indices.get(threshold.strategy.as_str()).copied();
        let key = strategy_index.map(|index| (index, threshold.requests));
        let found = key.and_then(|key| cells.binary_search_by_key(&key, Cell::key).ok());
        let value = found.map_or(Err(NoValue::NotMeasured), |index| value(&cells[index], threshold.measure));
        CheckResult { threshold, strategy_index, value }
    };
    facts.thresholds.iter().map(result).collect()
}

fn value<'run>(cell: &Cell<'run>, measure: Measure) -> Result<f64, NoValue<'run>> {
    if cell.points.is_empty() {
        let first = cell.recorded.excluded.iter().map(|sample| sample.error).find(|error| !error.is_empty());
        return Err(NoValue::NoneValid { first_error: first.unwrap_or_default() });
    }
    let (summary, latency) = (cell.summary, cell.recorded.latency.as_ref());
    let value = match measure {
        Measure::Samples => Some(cell.points.len() as f64),
        Measure::Median => cell.median(),
        Measure::CiLow => cell.interval.map(|interval| interval.low),
        Measure::CiHigh => cell.interval.map(|interval| interval.high),
        Measure::Mean => summary.map(|summary| summary.mean),
        Measure::Stddev => summary.and_then(|summary| summary.stddev),
        Measure::Min => summary.map(|summary| summary.min),
        Measure::Max => summary.map(|summary| summary.max),
        Measure::Ideal => cell.recorded.ideal_s,
        Measure::Overhead => cell.overhead_s(),
        Measure::Speedup => cell.speedup,
        Measure::Throughput => cell.throughput_rps(),
        Measure::LatencyP50 => latency.map(|latency| latency.p50),
        Measure::LatencyP90 => latency.map(|latency| latency.p90),
        Measure::LatencyP99 => latency.map(|latency| latency.p99),
        Measure::Succeeded => cell.recorded.succeeded.map(|count| count as f64),
        Measure::Failed => cell.recorded.failed.map(|count| count as f64),
    };
    value.ok_or(NoValue::Unknown)
}
