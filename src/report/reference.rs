//! Lines that were measured elsewhere, summarised as the run's own: a median for each request count.

use std::collections::BTreeMap;

use crate::model::{Reference, RequestCount, StrategyLine};
use crate::stats::{self, Sorted};

/// A line that was measured elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceLine<'run> {
    /// What it is.
    pub about: &'run Reference,
    /// Whose colour it has: that of the strategy of the same name, else one of its own after the strategies.
    pub strategy_index: usize,
    /// What was measured, by count.
    pub cells: Vec<ReferenceCell>,
}

/// One request count of a reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReferenceCell {
    /// Request count.
    pub requests: RequestCount,
    /// Valid samples; at least one.
    pub samples: usize,
    /// Their median in seconds.
    pub median_s: f64,
}

impl ReferenceCell {
    /// Requests per second; `None` where it took no time.
    #[must_use]
    pub fn throughput_rps(&self) -> Option<f64> {
        stats::quotient(self.requests.into(), self.median_s)
    }
}

/// The lines in the order of the config.
pub(super) fn lines<'run>(references: &'run [Reference], strategies: &[StrategyLine]) -> Vec<ReferenceLine<'run>> {
    let mut lines: Vec<ReferenceLine<'run>> = Vec::new();
    for (index, about) in references.iter().enumerate() {
        let like = strategies.iter().position(|line| line.name == about.strategy);
        let strategy_index = like
            .filter(|strategy_index| lines.iter().all(|line| line.strategy_index != *strategy_index))
            .unwrap_or(strategies.len() + index);
        lines.push(ReferenceLine { about, strategy_index, cells: cells(about) });
    }
    lines
}

fn cells(reference: &Reference) -> Vec<ReferenceCell> {
    let mut by_count: BTreeMap<RequestCount, Vec<f64>> = BTreeMap::new();
    for (requests, duration) in &reference.durations {
        by_count.entry(*requests).or_default().push(duration.as_secs_f64());
    }
    let cell = |(requests, seconds): (RequestCount, Vec<f64>)| {
        let sorted = Sorted::new(seconds.iter().copied());
        Some(ReferenceCell { requests, samples: seconds.len(), median_s: sorted.median()? })
    };
    by_count.into_iter().filter_map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::model::Nanos;
    use crate::report::testkit::{article, reference};

    #[test]
    fn samples_become_medians_and_a_known_name_lends_its_colour() {
        let references =
            [("x", "async_get"), ("y", "other"), ("z", "async_get")].map(|(name, strategy)| reference(name, strategy));
        let run = article(1);
        let lines = lines(&references, &run.strategies);
        assert_eq!(lines.iter().map(|line| line.strategy_index).collect::<Vec<_>>(), [3, 5, 6]);
        let cells: Vec<_> = lines[0].cells.iter().map(|cell| (cell.requests, cell.samples, cell.median_s)).collect();
        assert_eq!(cells, [(10, 3, 5.02), (50, 1, 5.09)]);
        assert_eq!(references[0].durations[0], (50, Nanos::from_millis(5_090)), "in any order");
    }
}
