//! The numbers of one cell: one strategy at one request count.

use crate::model::{CellRequests, Nanos, Outcome, Repeats, RequestCount, SampleRow, SampleStatus, Timing};
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
    /// Durations of the valid samples, in the order measured.
    pub points: Vec<f64>,
    /// Positions in `points` that stand apart from the rest; flagged, and counted all the same.
    pub outliers: Vec<usize>,
    /// Statistics of `points`; `None` where no sample is valid.
    pub summary: Option<Summary>,
    /// 95 % interval of the median; `None` for fewer than two points.
    pub interval: Option<Interval>,
    /// Interquartile range over median; `None` for fewer than three points.
    pub relative_iqr: Option<f64>,
    /// How many measured samples ended in which way.
    pub statuses: StatusCounts,
    /// Samples that do not count, in the order measured.
    pub excluded: Vec<Excluded<'run>>,
    /// The best possible duration: the median of the rows' ideals.
    pub ideal_s: Option<f64>,
    /// Median less ideal; negative where the ideal was estimated too high.
    pub overhead_s: Option<f64>,
    /// How many times faster than the baseline at the same count.
    pub speedup: Option<f64>,
    /// Requests per second: request count over median.
    pub throughput_rps: Option<f64>,
    /// Times of the single requests; `None` where they were not recorded.
    pub latency: Option<Latency<'run>>,
    /// Requests of the first repeat, all of them or an even selection; empty where they were not recorded.
    pub first_repeat: &'run [Outcome],
    /// How many requests of the first repeat are left out of it.
    pub left_out: u32,
    /// Requests that succeeded in all measured samples together.
    pub succeeded: Option<u64>,
    /// Requests that failed in all measured samples together.
    pub failed: Option<u64>,
    /// What the valid samples cost.
    pub cost: Cost,
    /// Why it was measured no more; `None` where it was not measured to its end, or it was not planned.
    pub stopped: Option<Stopped>,
    /// Most requests that the server held at once in a valid sample.
    pub peak_in_flight: Option<u32>,
    /// Most connections that the server accepted in a valid sample.
    pub connections: Option<u32>,
}

/// Why a cell was measured no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// As often as the config says.
    Fixed,
    /// Its interval was narrow enough.
    Precise,
    /// As often as the config allows, and its interval was not narrow enough.
    Max,
}

impl Stopped {
    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Precise => "precise",
            Self::Max => "max",
        }
    }
}

/// A measured sample that is left out of statistics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excluded<'run> {
    /// Seconds it took, where that is known.
    pub duration_s: Option<f64>,
    /// What became of it.
    pub status: SampleStatus,
    /// Why: one line.
    pub error: &'run str,
}

/// Times of the single requests that succeeded, all measured samples together, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Latency<'run> {
    /// All of them, ascending; at least one.
    pub ascending: &'run [Nanos],
    /// Half took at most this.
    pub p50: f64,
    /// Nine in ten took at most this.
    pub p90: f64,
    /// 99 of 100 took at most this.
    pub p99: f64,
}

/// What a sample cost, children included: medians, unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// CPU time, user and system, in seconds.
    pub cpu_s: Option<f64>,
    /// CPU time over duration: how many cores were busy. Unknown for a program that times but a part of its life, for
    /// samples too short to tell, and where it is more than the machine has.
    pub cores: Option<f64>,
    /// Peak resident memory of the largest process, in bytes.
    pub peak_rss_bytes: Option<f64>,
    /// Resident memory of all processes together, in bytes.
    pub total_rss_bytes: Option<f64>,
    /// Context switches, voluntary and not.
    pub switches: Option<f64>,
    /// Most processes seen at once in any of the samples: what is short may be missed, so the most is the nearest.
    pub processes: Option<u32>,
    /// Most threads of all processes together seen at once in any of them.
    pub threads: Option<u32>,
}

/// What was measured of one cell.
#[derive(Default)]
pub(super) struct Samples<'run> {
    /// Measured rows, in the order measured.
    pub(super) rows: Vec<&'run SampleRow>,
    /// Durations of which nothing else is known.
    pub(super) durations: &'run [Nanos],
}

impl<'run> Cell<'run> {
    /// Computes all but the speed-up, which needs the other cells.
    pub(super) fn of(
        (strategy_index, requests): (usize, RequestCount),
        Samples { rows, durations }: &Samples<'run>,
        recorded: Option<&'run CellRequests>,
        seed: u64,
    ) -> Self {
        let counted: Vec<&SampleRow> = rows.iter().copied().filter(|row| counts(row)).collect();
        let bare = durations.iter().map(|duration| duration.as_secs_f64());
        let points: Vec<f64> = counted.iter().filter_map(|row| duration(row)).chain(bare).collect();
        let sorted = Sorted::new(points.iter().copied());
        let summary = Summary::of(&sorted);
        let median = sorted.median();
        let ideal_s = median_of(rows, |row| Some(row.ideal_s?.as_secs_f64()));
        Self {
            strategy_index,
            requests,
            outliers: stats::outliers(&points),
            summary,
            interval: stats::of_median(&sorted, cell_seed(seed, strategy_index, requests)),
            relative_iqr: relative_iqr(&sorted),
            statuses: StatusCounts::of(rows, durations.len()),
            excluded: rows.iter().filter(|row| !counts(row)).map(|row| Excluded::of(row)).collect(),
            ideal_s,
            overhead_s: median.zip(ideal_s).map(|(median, ideal)| median - ideal),
            speedup: None,
            throughput_rps: median.and_then(|median| stats::quotient(f64::from(requests), median)),
            latency: recorded.and_then(Latency::of),
            first_repeat: recorded.map_or(&[], |recorded| &recorded.first_repeat),
            left_out: recorded.map_or(0, |recorded| recorded.left_out),
            succeeded: total(rows, |row| row.succeeded),
            failed: total(rows, |row| row.failed),
            cost: Cost::of(&counted),
            stopped: None,
            peak_in_flight: counted.iter().filter_map(|row| row.peak_in_flight).max(),
            connections: counted.iter().filter_map(|row| row.connections).max(),
            points,
        }
    }

    /// Says why the cell was measured no more, where `repeats` was the plan.
    pub(super) fn explain_stop(&mut self, repeats: Repeats, seed: u64) {
        let measured = self.points.len() + self.excluded.len();
        let all = measured >= repeats.max as usize;
        let sorted = Sorted::new(self.points.iter().copied());
        self.stopped = match repeats.precision {
            None => all.then_some(Stopped::Fixed),
            Some(precision) if is_precise(&sorted, cell_seed(seed, self.strategy_index, self.requests), precision) => {
                (measured >= repeats.min as usize).then_some(Stopped::Precise)
            }
            Some(_) => all.then_some(Stopped::Max),
        };
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
}

fn counts(row: &SampleRow) -> bool {
    row.status == SampleStatus::Ok && row.duration_s.is_some()
}

fn duration(row: &SampleRow) -> Option<f64> {
    row.duration_s.map(|duration| duration.as_secs_f64())
}

fn times_itself(row: &SampleRow) -> bool {
    row.kind == "command" && row.timing == Some(Timing::OwnClock)
}

fn median_of(rows: &[&SampleRow], value: impl Fn(&SampleRow) -> Option<f64>) -> Option<f64> {
    stats::median(rows.iter().filter_map(|row| value(row)))
}

/// The sum over the rows that say; `None` where none does.
fn total(rows: &[&SampleRow], value: impl Fn(&SampleRow) -> Option<u32>) -> Option<u64> {
    rows.iter().filter_map(|row| value(row)).map(u64::from).reduce(|sum, next| sum + next)
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

/// Below this many seconds CPU time and duration are too coarse for a share.
const SHORTEST: f64 = 0.01;

/// How many cores were busy, on average; `None` for samples that are too short to tell.
pub(super) fn busy_cores(cpu_s: f64, duration_s: f64) -> Option<f64> {
    stats::quotient(cpu_s, duration_s).filter(|_| duration_s >= SHORTEST)
}

fn relative_iqr(sorted: &Sorted) -> Option<f64> {
    let range = sorted.quantile(0.75)? - sorted.quantile(0.25)?;
    stats::quotient(range, sorted.median()?).filter(|_| sorted.values().len() > 2)
}

impl<'run> Excluded<'run> {
    fn of(row: &'run SampleRow) -> Self {
        Self { duration_s: duration(row), status: row.status, error: &row.error }
    }
}

impl<'run> Latency<'run> {
    /// Nothing is copied: a run may hold ten million of them.
    fn of(recorded: &'run CellRequests) -> Option<Self> {
        let ascending = recorded.latencies.as_slice();
        let at = |share| stats::quantile(ascending, share, |latency| latency.as_secs_f64());
        let (p50, p90, p99) = (at(0.5)?, at(0.9)?, at(0.99)?);
        Some(Self { ascending, p50, p90, p99 })
    }
}

impl Cost {
    /// The memory of all processes together, or of the largest one, in bytes.
    #[must_use]
    pub const fn memory(&self, all: bool) -> Option<f64> {
        if all { self.total_rss_bytes } else { self.peak_rss_bytes }
    }

    fn of(rows: &[&SampleRow]) -> Self {
        let cpu = |row: &SampleRow| Some((row.cpu_user_s? + row.cpu_system_s?).as_secs_f64());
        Self {
            cpu_s: median_of(rows, cpu),
            cores: median_of(rows, |row| busy_cores(cpu(row).filter(|_| !times_itself(row))?, duration(row)?)),
            peak_rss_bytes: median_of(rows, |row| Some(row.peak_rss_bytes? as f64)),
            total_rss_bytes: median_of(rows, |row| Some(row.total_rss_bytes? as f64)),
            switches: median_of(rows, |row| Some((row.voluntary_switches? + row.involuntary_switches?) as f64)),
            processes: rows.iter().filter_map(|row| row.processes).max(),
            threads: rows.iter().filter_map(|row| row.threads).max(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Nanos, Phase, Run, SampleStatus, Timing};
    use crate::report::Report;
    use crate::report::testkit::RunBuilder;

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
        assert_eq!(cell.points, [1.0, 3.0]);
        assert_eq!(cell.median(), Some(2.0));
        assert_eq!((cell.statuses.ok, cell.statuses.timeout, cell.statuses.failed), (2, 1, 1));
        let aside: Vec<_> = cell.excluded.iter().map(|sample| (sample.duration_s, sample.error)).collect();
        assert_eq!(aside, [(Some(700.0), "sample-timeout"), (None, "")]);
    }

    #[test]
    fn what_was_not_measured_is_absent() {
        let run = one_line().sample(0, 10, 1.0).run();
        let report = Report::of(&run);
        let cell = report.cell(0, 10).unwrap();
        assert_eq!((cell.ideal_s, cell.overhead_s, cell.succeeded, cell.failed), (None, None, None, None));
        assert_eq!(cell.cost, super::Cost::default());
        assert!(cell.interval.is_none() && cell.latency.is_none() && cell.relative_iqr.is_none());
        assert!(cell.peak_in_flight.is_none() && cell.connections.is_none() && cell.first_repeat.is_empty());
    }

    #[test]
    fn a_cell_without_a_good_sample_is_there_without_statistics() {
        let run = one_line().sample(0, 10, 1.0).also(|row| row.status = SampleStatus::Void).run();
        let report = Report::of(&run);
        let cell = report.cell(0, 10).unwrap();
        assert_eq!((cell.summary, cell.throughput_rps, cell.speedup, cell.statuses.void), (None, None, None, 1));
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
        assert!((cell.overhead_s.unwrap() - 0.1).abs() < 1e-9);
        assert!((cell.throughput_rps.unwrap() - 10.0 / 2.1).abs() < 1e-9);
        assert!((cell.relative_iqr.unwrap() - 0.1 / 2.1).abs() < 1e-9);
        assert_eq!((cell.succeeded, cell.failed), (Some(30), Some(0)));
        assert_eq!(
            (cell.cost.cpu_s, cell.cost.switches, cell.cost.peak_rss_bytes),
            (Some(1.0), Some(21.0), Some(1_024.0))
        );
        assert_eq!((cell.cost.processes, cell.cost.threads), (Some(1), Some(6)), "the most of any sample");
        assert_eq!((cell.peak_in_flight, cell.connections), (Some(1), Some(1)));
        let interval = cell.interval.unwrap();
        assert_eq!((interval.low, interval.high), (2.0, 2.2));
        let latency = cell.latency.as_ref().unwrap();
        assert_eq!((latency.p50, cell.first_repeat.len()), (0.1, 3));
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
            Report::of(&run).cell(0, 10).unwrap().cost.cores
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
            assert_eq!(Report::of(&run.run()).cell(0, 10).unwrap().cost.cores, cores, "{kind}");
        }
    }
}
