//! What a listing says of one run.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Deserialize;

use crate::archive::{
    ArchiveError, Git, Machine, RunDirectory, RunStatus, files, read_manifest, samples, stem_of, strategy_lines, tags,
};
use crate::bundle;
use crate::importer::counts;
use crate::model::{Nanos, Phase, RequestCount, SampleRow, SampleStatus, StrategyLine, Targets};
use crate::stats;
use crate::strategy::StrategySpec;

/// Medians of cells.
type Medians = BTreeMap<(usize, RequestCount), Option<Nanos>>;

/// A run as `list` and `history` tell of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunEntry {
    /// The folder's or pack's name in the folder that was scanned.
    pub name: String,
    /// Whether it is a pack.
    pub packed: bool,
    /// What the run's manifest tells.
    pub manifest: ListedManifest,
    /// Names of the strategies, in the order of the config.
    pub strategies: Vec<String>,
    /// Kind and options of each, for people.
    pub options: Vec<String>,
    /// Request counts, ascending.
    pub counts: Vec<RequestCount>,
    /// Samples that were measured, no warm-ups.
    pub samples: usize,
    /// Those among them whose status is not `ok`.
    pub failures: usize,
    /// Rows that there are, warm-ups included.
    pub recorded_samples: usize,
    /// Median duration of each cell that was measured, by (index into `strategies`, request count); `None` where no sample
    /// has the status `ok`.
    pub medians: Medians,
    /// Sorted.
    pub tags: Vec<String>,
}

/// What a listing needs of a manifest. Reading no more of it takes a quarter of the time of a scan and half of its memory.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ListedManifest {
    /// The name that the run was given when it was made.
    pub run_id: String,
    /// How far the run has come.
    pub status: RunStatus,
    /// Version of the program that measured.
    pub tool_version: String,
    /// Version of its way to measure.
    pub measuring_version: u32,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// RFC 3339, UTC; absent while the run is under way.
    pub ended_at: Option<String>,
    /// Rows that the plan holds, warm-ups included.
    pub planned_samples: u32,
    /// SHA-256 of config.toml.
    pub config_sha256: String,
    /// What was measured.
    pub settings: ListedSettings,
    /// The machine when the run started.
    pub machine: Machine,
    /// The source tree that the config lay in.
    #[serde(default)]
    pub git: Option<Git>,
}

/// What a listing needs of the settings of a run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ListedSettings {
    /// Title of the config.
    pub title: String,
    /// What the requests were sent to.
    pub target: Targets,
    /// Strategies, in the order of the config.
    pub strategies: Vec<StrategySpec>,
}

impl RunEntry {
    /// Reads a run's manifest, tags and rows, not its requests. Cost: linear in its rows; of a pack, in its size.
    pub(crate) fn read(path: &Path, name: &str) -> Result<Self, ArchiveError> {
        let wanted = [files::MANIFEST, files::TAGS, files::CONFIG, files::RAW];
        let directory = bundle::open_with(path, |name| wanted.contains(&name))?;
        Self::of(&directory, name).map_err(|error| directory.relocate(error))
    }

    fn of(directory: &RunDirectory, name: &str) -> Result<Self, ArchiveError> {
        let (manifest, _) = read_manifest::<ListedManifest>(directory, files::MANIFEST)?;
        directory.demand(files::CONFIG)?;
        let samples = samples(directory, manifest.status)?;
        let lines = strategy_lines(&manifest.settings.strategies, &samples);
        let measured = || samples.iter().filter(|sample| sample.phase == Phase::Measure);
        Ok(Self {
            name: name.to_owned(),
            packed: directory.pack().is_some(),
            options: options(&manifest.settings.strategies, &lines),
            strategies: lines.iter().map(|line| line.name.clone()).collect(),
            counts: counts(&samples),
            samples: measured().count(),
            failures: measured().filter(|sample| sample.status != SampleStatus::Ok).count(),
            recorded_samples: samples.len(),
            medians: medians(&lines, measured()),
            tags: tags(directory)?.into_iter().collect(),
            manifest,
        })
    }

    /// The stem of the config's file name, which runs of one config share.
    #[must_use]
    pub fn config_stem(&self) -> &str {
        stem_of(&self.manifest.run_id).unwrap_or(&self.manifest.run_id)
    }
}

/// The medians that a report has too, without the rest of it, which takes a hundred times longer.
fn medians<'a>(lines: &'a [StrategyLine], measured: impl Iterator<Item = &'a SampleRow>) -> Medians {
    let lines = lines.iter().enumerate().rev();
    let strategy_indices: HashMap<&str, usize> = lines.map(|(index, line)| (line.name.as_str(), index)).collect();
    let mut cells: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for sample in measured {
        let durations = cells.entry((strategy_indices[sample.strategy.as_str()], sample.requests)).or_default();
        let duration = sample.duration_s.filter(|_| sample.status == SampleStatus::Ok);
        durations.extend(duration.map(Nanos::as_secs_f64));
    }
    cells.into_iter().map(|(key, durations)| (key, stats::median(durations).map(Nanos::from_secs_f64))).collect()
}

/// Kind and options of each strategy of a run; of those that only the rows know, what these tell.
fn options(known: &[StrategySpec], lines: &[StrategyLine]) -> Vec<String> {
    let of = |line: &StrategyLine| match known.iter().find(|strategy| strategy.name == line.name) {
        Some(strategy) => strategy.options(),
        None => line.kind.clone(),
    };
    lines.iter().map(of).collect()
}
