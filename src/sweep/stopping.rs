//! When a cell has been measured often enough: after its last planned repeat, or once its interval is narrow enough.
//! Decided from the cell's own samples alone, so that a resumed sweep decides alike.

use std::collections::HashMap;

use crate::model::{Nanos, Phase, Repeats, RequestCount, SampleRow, SampleStatus};
use crate::plan::PlannedSample;
use crate::report;
use crate::stats::Sorted;

/// Which samples are still wanted.
pub(super) struct Stopping {
    repeats: Repeats,
    seed: u64,
    durations: HashMap<(String, RequestCount), Vec<f64>>,
}

impl Stopping {
    pub(super) fn new(repeats: Repeats, seed: u64) -> Self {
        Self { repeats, seed, durations: HashMap::new() }
    }

    /// Takes note of a sample.
    pub(super) fn record(&mut self, row: &SampleRow) {
        if row.phase == Phase::Measure && row.status == SampleStatus::Ok {
            let durations = self.durations.entry((row.strategy.clone(), row.requests)).or_default();
            durations.extend(row.duration_s.map(Nanos::as_secs_f64));
        }
    }

    /// Whether a planned sample of the strategy called `name` is to be taken.
    pub(super) fn wants(&self, name: &str, planned: &PlannedSample) -> bool {
        let Some(precision) = self.repeats.precision else { return true };
        if planned.phase == Phase::Warmup || planned.repeat <= self.repeats.min {
            return true;
        }
        let known = self.durations.get(&(name.to_owned(), planned.requests));
        let sorted = Sorted::new(known.into_iter().flatten().copied());
        !report::is_precise(&sorted, report::cell_seed(self.seed, planned.strategy, planned.requests), precision)
    }
}

#[cfg(test)]
mod tests {
    use super::Stopping;
    use crate::model::{Phase, Repeats, SampleRow};
    use crate::plan::PlannedSample;
    use crate::report::testkit::RunBuilder;

    fn rows(durations: &[f64]) -> Vec<SampleRow> {
        let builder = RunBuilder::new().strategy("a", "async", None);
        durations.iter().fold(builder, |builder, duration| builder.sample(0, 10, *duration)).run().samples
    }

    fn wants(durations: &[f64], repeat: u32, phase: Phase) -> bool {
        let mut stopping = Stopping::new(Repeats { min: 3, max: 9, precision: Some(0.02) }, 1);
        rows(durations).iter().for_each(|row| stopping.record(row));
        let planned = PlannedSample { sequence: 1, strategy: 0, requests: 10, repeat, phase, predicted: None };
        stopping.wants("a", &planned)
    }

    #[test]
    fn a_cell_is_measured_until_its_interval_is_narrow() {
        for (durations, repeat, phase, wanted) in [
            (&[][..], 1, Phase::Measure, true),
            (&[1.0, 1.001], 3, Phase::Measure, true),
            (&[1.0, 1.001, 1.002], 4, Phase::Measure, false),
            (&[1.0, 1.001, 1.002], 4, Phase::Warmup, true),
            (&[1.0, 1.2, 1.4], 4, Phase::Measure, true),
        ] {
            assert_eq!(wants(durations, repeat, phase), wanted, "{durations:?}, repeat {repeat}");
        }
    }
}
