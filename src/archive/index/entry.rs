//! What the index knows about one run.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::super::error::ArchiveError;
use super::super::files;
use super::super::layout::{RunDirectory, stem_of};
use super::super::load::{Rows, rows};
use super::super::machine::Git;
use super::super::manifest::{ManifestTarget, RunStatus};
use super::super::tags::tags;
use crate::model::{Nanos, Phase, RequestCount, Run, SampleStatus, StrategyLine};
use crate::report::{self, Cell};
use crate::strategy::StrategySpec;

/// A run as `list` and `history` tell of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEntry {
    /// The folder's or pack's name in the folder that was scanned.
    pub name: String,
    /// Whether it is a pack.
    pub packed: bool,
    /// The name that the run was given when it was made.
    pub id: String,
    /// Title of the config.
    pub title: String,
    /// How far the run has come.
    pub status: RunStatus,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// RFC 3339, UTC; absent while the run is under way.
    pub ended_at: Option<String>,
    /// Version of the program that measured.
    pub tool_version: String,
    /// SHA-256 of config.toml.
    pub config_sha256: String,
    /// What the requests were sent to.
    pub target: ManifestTarget,
    /// The machine's name in its network.
    pub host: Option<String>,
    /// For people: processor, cores, memory, system.
    pub machine: String,
    /// For people: processor, cores, memory.
    pub hardware: String,
    /// Version of the way to measure.
    pub measuring_version: u32,
    /// The source tree that the config lay in.
    pub git: Option<Git>,
    /// Names of the strategies, in the order of the config.
    pub strategies: Vec<String>,
    /// Kind and options of each, for people.
    pub options: Vec<String>,
    /// Request counts, ascending.
    pub counts: Vec<RequestCount>,
    /// Samples that were measured, no warm-ups.
    pub samples: u32,
    /// Those among them whose status is not `ok`.
    pub failures: u32,
    /// Rows that the plan holds, warm-ups included.
    pub planned_samples: u32,
    /// Rows that there are, warm-ups included.
    pub recorded_samples: u32,
    /// Every cell that was measured, by strategy, then by count.
    pub cells: Vec<IndexedCell>,
    /// Sorted.
    pub tags: Vec<String>,
}

/// A cell in short. Statistics are over the measured samples whose status is `ok`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "CellFields", into = "CellFields")]
pub struct IndexedCell {
    /// Index into `strategies`.
    pub strategy: u32,
    /// Request count.
    pub requests: RequestCount,
    /// Samples that count.
    pub samples: u32,
    /// Their median duration; `None` where none counts.
    pub median: Option<Nanos>,
    /// The 95 % interval of the median, low and high; `None` for fewer than two.
    pub interval: Option<(Nanos, Nanos)>,
}

/// A cell in the index file: a short array, since there are 25 for each run.
type CellFields = (u32, RequestCount, u32, Option<u64>, Option<(u64, u64)>);

impl From<IndexedCell> for CellFields {
    fn from(cell: IndexedCell) -> Self {
        let interval = cell.interval.map(|(low, high)| (low.0, high.0));
        (cell.strategy, cell.requests, cell.samples, cell.median.map(|median| median.0), interval)
    }
}

impl From<CellFields> for IndexedCell {
    fn from((strategy, requests, samples, median, interval): CellFields) -> Self {
        let interval = interval.map(|(low, high)| (Nanos(low), Nanos(high)));
        Self { strategy, requests, samples, median: median.map(Nanos), interval }
    }
}

impl From<&Cell<'_>> for IndexedCell {
    fn from(cell: &Cell<'_>) -> Self {
        let interval = cell.interval.map(|interval| (interval.low, interval.high));
        Self {
            strategy: count(cell.strategy_index),
            requests: cell.requests,
            samples: count(cell.points.len()),
            median: cell.median().map(Nanos::from_secs_f64),
            interval: interval.map(|(low, high)| (Nanos::from_secs_f64(low), Nanos::from_secs_f64(high))),
        }
    }
}

impl RunEntry {
    /// Reads a run's manifest, tags and rows, not its requests. Cost: linear in its rows; of a pack, in its size.
    pub(super) fn read(path: &Path, name: &str) -> Result<Self, ArchiveError> {
        let wanted = [files::MANIFEST, files::TAGS, files::CONFIG, files::RAW];
        let directory = RunDirectory::open_with(path, |name| wanted.contains(&name))?;
        Self::of(&directory, name).map_err(|error| directory.relocate(error))
    }

    fn of(directory: &RunDirectory, name: &str) -> Result<Self, ArchiveError> {
        let Rows { manifest, run, .. } = rows(directory)?;
        let tags = tags(directory)?.into_iter().collect();
        let measured = || run.samples.iter().filter(|sample| sample.phase == Phase::Measure);
        Ok(Self {
            name: name.to_owned(),
            packed: directory.pack().is_some(),
            id: manifest.run_id,
            title: manifest.settings.title,
            status: manifest.status,
            started_at: manifest.started_at,
            ended_at: manifest.ended_at,
            tool_version: manifest.tool_version,
            config_sha256: manifest.config_sha256,
            target: (&manifest.settings.target).into(),
            machine: manifest.machine.summary(),
            hardware: manifest.machine.hardware(),
            measuring_version: manifest.measuring_version,
            options: options(&manifest.settings.strategies, &run),
            host: manifest.machine.host,
            git: manifest.git,
            strategies: run.strategies.iter().map(|line| line.name.clone()).collect(),
            counts: run.counts.clone(),
            samples: count(measured().count()),
            failures: count(measured().filter(|sample| sample.status != SampleStatus::Ok).count()),
            planned_samples: manifest.planned_samples,
            recorded_samples: count(run.samples.len()),
            cells: report::cells(&run).iter().map(IndexedCell::from).collect(),
            tags,
        })
    }

    /// The stem of the config's file name, which runs of one config share.
    #[must_use]
    pub fn config_stem(&self) -> &str {
        stem_of(&self.id).unwrap_or(&self.id)
    }
}

/// Kind and options of each strategy of a run; of those that only the rows know, what these tell.
fn options(known: &[StrategySpec], run: &Run) -> Vec<String> {
    let of = |line: &StrategyLine| match known.iter().find(|strategy| strategy.name == line.name) {
        Some(strategy) => strategy.options(),
        None => line.kind.clone(),
    };
    run.strategies.iter().map(of).collect()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
