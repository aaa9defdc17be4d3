//! What is known of a cell beside its durations.

use std::ops::Deref;

use crate::model::{CellRequests, Nanos, Outcome, SampleRow, SampleStatus, Timing};
use crate::report::status_counts::StatusCounts;
use crate::stats;

/// What the rows and requests of a cell tell beside durations. Empty for a table of durations alone, of which there may be
/// a million cells: nothing is kept for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellRecord<'run> {
    /// How many measured samples ended in which way.
    pub(super) statuses: StatusCounts,
    /// Samples that do not count, in the order measured.
    pub excluded: Vec<Excluded<'run>>,
    /// The best possible duration: the median of the rows' ideals.
    pub ideal_s: Option<f64>,
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

/// A [`CellRecord`], which takes no memory where it is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded<'run>(pub(super) Option<Box<CellRecord<'run>>>);

/// What is known of durations alone.
static NOTHING: CellRecord<'static> = CellRecord {
    statuses: StatusCounts { ok: 0, partial: 0, failed: 0, timeout: 0, void: 0 },
    excluded: Vec::new(),
    ideal_s: None,
    latency: None,
    first_repeat: &[],
    left_out: 0,
    succeeded: None,
    failed: None,
    cost: Cost {
        cpu_s: None,
        cores: None,
        peak_rss_bytes: None,
        total_rss_bytes: None,
        switches: None,
        processes: None,
        threads: None,
    },
    stopped: None,
    peak_in_flight: None,
    connections: None,
};

impl<'run> Deref for Recorded<'run> {
    type Target = CellRecord<'run>;

    fn deref(&self) -> &CellRecord<'run> {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl<'run> Recorded<'run> {
    /// The record, to change it; `None` where there is none.
    pub(super) fn known(&mut self) -> Option<&mut CellRecord<'run>> {
        self.0.as_deref_mut()
    }
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

/// What was measured of one cell.
#[derive(Default)]
pub(super) struct Samples<'run> {
    /// Measured rows, in the order measured.
    pub(super) rows: Vec<&'run SampleRow>,
    /// Durations of which nothing else is known.
    pub(super) durations: &'run [Nanos],
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

impl<'run> CellRecord<'run> {
    pub(super) fn of(Samples { rows, durations }: &Samples<'run>, recorded: Option<&'run CellRequests>) -> Self {
        let counted: Vec<&SampleRow> = rows.iter().copied().filter(|row| counts(row)).collect();
        Self {
            statuses: StatusCounts::of(rows, durations.len()),
            excluded: rows.iter().filter(|row| !counts(row)).map(|row| Excluded::of(row)).collect(),
            ideal_s: median_of(rows, |row| Some(row.ideal_s?.as_secs_f64())),
            latency: recorded.and_then(Latency::of),
            first_repeat: recorded.map_or(&[], |recorded| &recorded.first_repeat),
            left_out: recorded.map_or(0, |recorded| recorded.left_out),
            succeeded: total(rows, |row| row.succeeded),
            failed: total(rows, |row| row.failed),
            cost: Cost::of(&counted),
            stopped: None,
            peak_in_flight: counted.iter().filter_map(|row| row.peak_in_flight).max(),
            connections: counted.iter().filter_map(|row| row.connections).max(),
        }
    }
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

pub(super) fn counts(row: &SampleRow) -> bool {
    row.status == SampleStatus::Ok && row.duration_s.is_some()
}

pub(super) fn duration(row: &SampleRow) -> Option<f64> {
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

/// Below this many seconds CPU time and duration are too coarse for a share.
const SHORTEST: f64 = 0.01;

/// How many cores were busy, on average; `None` for samples that are too short to tell.
pub(super) fn busy_cores(cpu_s: f64, duration_s: f64) -> Option<f64> {
    stats::quotient(cpu_s, duration_s).filter(|_| duration_s >= SHORTEST)
}
