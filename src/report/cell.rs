//! The numbers of one cell: one strategy at one request count.

use super::record::{CellRecord, Recorded, Samples, Stopped, counts, duration};
use crate::model::{CellRequests, Repeats, RequestCount};
use crate::report::points::Points;
use crate::report::status_counts::StatusCounts;
use crate::stats::{self, Interval, Sorted, Summary};

/// Fewer samples than this have no interval that says much.
pub const FEWEST_FOR_INTERVAL: usize = 3;

/// One strategy at one request count. Statistics are over the samples that were measured (no warm-ups) and whose
/// status is `ok`; the others stand aside in `excluded`. Times are seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell<'run> {
    /// Index of the strategy.
    pub strategy_index: usize,
    /// Request count.
    pub requests: RequestCount,
    /// Whether that is what is varied; in a table of others it may be something else.
    pub(super) counts_requests: bool,
    /// Durations of the valid samples, in the order measured.
    pub points: Points,
    /// Statistics of `points`; `None` where no sample is valid.
    pub summary: Option<Summary>,
    /// 95 % interval of the median; `None` for fewer than two points.
    pub interval: Option<Interval>,
    /// Interquartile range over median; `None` for fewer than three points.
    pub relative_iqr: Option<f64>,
    /// How many times faster than the baseline at the same count.
    pub speedup: Option<f64>,
    /// What is known beside the durations.
    pub recorded: Recorded<'run>,
}

impl<'run> Cell<'run> {
    /// Computes all but the speed-up, which needs the other cells.
    pub(super) fn of(
        (strategy_index, requests): (usize, RequestCount),
        samples: &Samples<'run>,
        recorded: Option<&'run CellRequests>,
        seed: u64,
    ) -> Self {
        let counted = samples.rows.iter().copied().filter(|row| counts(row));
        let bare = samples.durations.iter().map(|duration| duration.as_secs_f64());
        let points: Vec<f64> = counted.filter_map(duration).chain(bare).collect();
        let sorted = Sorted::new(points.iter().copied());
        let is_recorded = !samples.rows.is_empty() || recorded.is_some();
        Self {
            strategy_index,
            requests,
            counts_requests: true,
            summary: Summary::of(&sorted),
            interval: stats::of_median(&sorted, cell_seed(seed, strategy_index, requests)),
            relative_iqr: relative_iqr(&sorted),
            speedup: None,
            recorded: Recorded(is_recorded.then(|| Box::new(CellRecord::of(samples, recorded)))),
            points: points.into(),
        }
    }

    /// Says why the cell was measured no more, where `repeats` was the plan.
    pub(super) fn explain_stop(&mut self, repeats: Repeats, seed: u64) {
        let measured = self.points.len() + self.recorded.excluded.len();
        let all = measured >= repeats.max as usize;
        let sorted = Sorted::new(self.points.iter().copied());
        let stopped = match repeats.precision {
            None => all.then_some(Stopped::Fixed),
            Some(precision) if is_precise(&sorted, cell_seed(seed, self.strategy_index, self.requests), precision) => {
                (measured >= repeats.min as usize).then_some(Stopped::Precise)
            }
            Some(_) => all.then_some(Stopped::Max),
        };
        if let Some(record) = self.recorded.known() {
            record.stopped = stopped;
        }
    }

    /// Where the cell stands in the report.
    #[must_use]
    pub fn key(&self) -> (usize, RequestCount) {
        (self.strategy_index, self.requests)
    }

    /// Median duration in seconds; `None` where no sample is valid.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        self.summary.map(|summary| summary.median)
    }

    /// How many measured samples ended in which way.
    #[must_use]
    pub fn statuses(&self) -> StatusCounts {
        let durations = || u32::try_from(self.points.len()).unwrap_or(u32::MAX);
        let bare = || StatusCounts { ok: durations(), ..StatusCounts::default() };
        self.recorded.0.as_ref().map_or_else(bare, |record| record.statuses)
    }

    /// Median less ideal; negative where the ideal was estimated too high.
    #[must_use]
    pub fn overhead_s(&self) -> Option<f64> {
        self.median().zip(self.recorded.ideal_s).map(|(median, ideal)| median - ideal)
    }

    /// Requests per second: request count over median; `None` where something else is varied.
    #[must_use]
    pub fn throughput_rps(&self) -> Option<f64> {
        let median = self.median().filter(|_| self.counts_requests)?;
        stats::quotient(f64::from(self.requests), median)
    }

    /// Positions in `points` that stand apart from the rest; flagged, and counted all the same. Cost: n.
    #[must_use]
    pub fn outliers(&self) -> Vec<usize> {
        stats::outliers(&self.points)
    }
}

/// Each cell draws its own numbers, and the same ones when another cell comes or goes.
#[must_use]
pub fn cell_seed(seed: u64, strategy_index: usize, requests: RequestCount) -> u64 {
    seed ^ ((strategy_index as u64) << 32 | u64::from(requests))
}

/// Whether the 95 % interval of the median is at most `precision` of the median wide. `false` for fewer than two values.
#[must_use]
pub fn is_precise(sorted: &Sorted, seed: u64, precision: f64) -> bool {
    match (stats::of_median(sorted, seed), sorted.median()) {
        (Some(interval), Some(median)) => interval.high - interval.low <= precision * median,
        _ => false,
    }
}

fn relative_iqr(sorted: &Sorted) -> Option<f64> {
    let range = sorted.quantile(0.75)? - sorted.quantile(0.25)?;
    stats::quotient(range, sorted.median()?).filter(|_| sorted.values().len() > 2)
}

#[cfg(test)]
mod tests {
    use crate::model::{Durations, Nanos, Phase, Run, SampleStatus, Timing};
    use crate::report::testkit::RunBuilder;
    use crate::report::{Cell, Cost, Report};

    fn one_line() -> RunBuilder {
        RunBuilder::new().strategy("a", "sequential", None)
    }

    #[test]
    fn only_measured_samples_that_are_ok_count() {
        let run: Run = one_line()
            .sample(0, 10, 1.0)
            .sample(0, 10, 900.0)
            .also(|row| row.phase = Phase::Warmup)
            .sample(0, 10, 3.0)
            .sample(0, 10, 700.0)
            .also(|row| (row.status, row.error) = (SampleStatus::Timeout, "sample-timeout".into()))
            .sample(0, 10, 0.0)
            .also(|row| (row.status, row.duration_s) = (SampleStatus::Failed, None))
            .run();
        let report = Report::of(&run);
        let cell = report.cell(0, 10).unwrap();
        assert_eq!(*cell.points, [1.0, 3.0]);
        assert_eq!(cell.median(), Some(2.0));
        assert_eq!((cell.statuses().ok, cell.statuses().timeout, cell.statuses().failed), (2, 1, 1));
        let aside: Vec<_> = cell.recorded.excluded.iter().map(|sample| (sample.duration_s, sample.error)).collect();
        assert_eq!(aside, [(Some(700.0), "sample-timeout"), (None, "")]);
    }

    #[test]
    fn a_million_cells_of_durations_alone_fit_into_little_memory() {
        assert!(size_of::<Cell<'_>>() <= 160, "{} bytes", size_of::<Cell<'_>>());
        let run = one_line().sample(0, 10, 1.0).run();
        let mut bare = Run { durations: Durations::of_rows(vec![((0, 10), Nanos::SECOND)]), ..run.clone() };
        bare.samples.clear();
        let of = |run: &Run| (Report::of(run).cells[0].recorded.0.is_some(), Report::of(run).cells[0].statuses().ok);
        assert_eq!((of(&run), of(&bare)), ((true, 1), (false, 1)));
    }

    #[test]
    fn what_was_not_measured_is_absent() {
        let run = one_line().sample(0, 10, 1.0).run();
        let report = Report::of(&run);
        let cell = report.cell(0, 10).unwrap();
        assert_eq!(
            (cell.recorded.ideal_s, cell.overhead_s(), cell.recorded.succeeded, cell.recorded.failed),
            (None, None, None, None)
        );
        assert_eq!(cell.recorded.cost, Cost::default());
        assert!(cell.interval.is_none() && cell.recorded.latency.is_none() && cell.relative_iqr.is_none());
        assert!(
            cell.recorded.peak_in_flight.is_none()
                && cell.recorded.connections.is_none()
                && cell.recorded.first_repeat.is_empty()
        );
    }

    #[test]
    fn a_cell_without_a_good_sample_is_there_without_statistics() {
        let run = one_line().sample(0, 10, 1.0).also(|row| row.status = SampleStatus::Void).run();
        let report = Report::of(&run);
        let cell = report.cell(0, 10).unwrap();
        assert_eq!((cell.summary, cell.throughput_rps(), cell.speedup, cell.statuses().void), (None, None, None, 1));
    }

    #[test]
    fn numbers_follow_from_the_rows() {
        let mut builder = one_line();
        for (seconds, cpu) in [(2.0, 500), (2.2, 600), (2.1, 400)] {
            builder = builder.sample(0, 10, seconds).also(|row| {
                row.ideal_s = Some(Nanos::from_millis(2_000));
                (row.succeeded, row.failed) = (Some(10), Some(0));
                (row.cpu_user_s, row.cpu_system_s) = (Some(Nanos::from_millis(cpu)), Some(Nanos::from_millis(500)));
                (row.voluntary_switches, row.involuntary_switches) = (Some(20), Some(1));
                (row.processes, row.threads) = (Some(1), u32::try_from(cpu / 100).ok());
                (row.peak_rss_bytes, row.peak_in_flight, row.connections) = (Some(1_024), Some(1), Some(1));
            });
        }
        let run = builder.requests(0, 10, &[(0, 0, 100), (0, 100, 300), (0, 300, 400)]).run();
        let report = Report::of(&run);
        let cell = report.cell(0, 10).unwrap();
        assert!((cell.overhead_s().unwrap() - 0.1).abs() < 1e-9);
        assert!((cell.throughput_rps().unwrap() - 10.0 / 2.1).abs() < 1e-9);
        assert!((cell.relative_iqr.unwrap() - 0.1 / 2.1).abs() < 1e-9);
        assert_eq!((cell.recorded.succeeded, cell.recorded.failed), (Some(30), Some(0)));
        assert_eq!(
            (cell.recorded.cost.cpu_s, cell.recorded.cost.switches, cell.recorded.cost.peak_rss_bytes),
            (Some(1.0), Some(21.0), Some(1_024.0))
        );
        assert_eq!(
            (cell.recorded.cost.processes, cell.recorded.cost.threads),
            (Some(1), Some(6)),
            "the most of any sample"
        );
        assert_eq!((cell.recorded.peak_in_flight, cell.recorded.connections), (Some(1), Some(1)));
        let interval = cell.interval.unwrap();
        assert_eq!((interval.low, interval.high), (2.0, 2.2));
        let latency = cell.recorded.latency.as_ref().unwrap();
        assert_eq!((latency.p50, cell.recorded.first_repeat.len()), (0.1, 3));
        assert!((latency.p90 - 0.18).abs() < 1e-12);
    }

    #[test]
    fn cores_are_told_of_long_samples_and_never_more_than_there_are() {
        let cores = |seconds: f64, cpu: u64, machine: Option<u32>| {
            let run = one_line().sample(0, 10, seconds).also(|row| {
                (row.cpu_user_s, row.cpu_system_s) = (Some(Nanos::from_millis(cpu)), Some(Nanos::ZERO));
            });
            let mut run = run.run();
            run.facts.conditions.cores = machine;
            Report::of(&run).cell(0, 10).unwrap().recorded.cost.cores
        };
        assert_eq!(cores(1.0, 1_500, Some(2)), Some(1.5));
        assert_eq!(cores(1.0, 2_750, Some(2)), None);
        assert_eq!(cores(1.0, 2_750, None), Some(2.75));
        assert_eq!(cores(0.0007, 1, Some(2)), None);
    }

    #[test]
    fn the_cpu_time_of_a_whole_life_is_not_held_against_a_part_of_it() {
        for (kind, cores) in [("command", None), ("async", Some(2.0))] {
            let run = one_line().sample(0, 10, 1.0).also(|row| {
                (row.kind, row.timing) = (kind.to_owned(), Some(Timing::OwnClock));
                (row.cpu_user_s, row.cpu_system_s) = (Some(Nanos::SECOND), Some(Nanos::SECOND));
            });
            assert_eq!(Report::of(&run.run()).cell(0, 10).unwrap().recorded.cost.cores, cores, "{kind}");
        }
    }
}
