//! A run directory → [`Run`], whether it was finished, interrupted or killed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::error::ArchiveError;
use super::files;
use super::gather::Gathered;
use super::journal::whole_samples;
use super::layout::RunDirectory;
use super::machine::Git;
use super::manifest::{Manifest, RunStatus};
use super::references::read_references;
use super::requests::{Known, whole_requests};
use crate::input::FileKind;
use crate::model::{CellRequests, Facts, Nanos, RequestCount, Run, SampleRow, StrategyLine};

/// A run as it was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Where it is.
    pub directory: RunDirectory,
    /// Its manifest.
    pub manifest: Manifest,
    /// Its config, as given but for secrets.
    pub config: String,
    /// Its rows and facts.
    pub run: Run,
}

/// Reads a run directory or a pack. Rows that were written only in part are left out.
///
/// # Errors
/// When something is missing or damaged, naming it.
pub fn load(path: &Path) -> Result<Loaded, ArchiveError> {
    Loaded::of(&RunDirectory::open(path)?)
}

impl Loaded {
    /// Reads a run that is open.
    ///
    /// # Errors
    /// Those of [`load`].
    pub fn of(directory: &RunDirectory) -> Result<Self, ArchiveError> {
        read(directory.clone()).map_err(|error| directory.relocate(error))
    }
}

pub(super) fn read(directory: RunDirectory) -> Result<Loaded, ArchiveError> {
    let Rows { manifest, config, mut run } = rows(&directory)?;
    run.requests = requests(&directory, &run.samples, &run.strategies)?;
    run.facts.references = read_references(&directory, &manifest.references)?;
    Ok(Loaded { directory, manifest, config, run })
}

/// A run without its requests and references.
pub(super) struct Rows {
    pub(super) manifest: Manifest,
    pub(super) config: String,
    pub(super) run: Run,
}

/// Reads all of a run but its requests and references.
pub(super) fn rows(directory: &RunDirectory) -> Result<Rows, ArchiveError> {
    let manifest = Manifest::read(directory)?;
    let folder = directory.folder();
    let missing = |missing| ArchiveError::NotARun { path: directory.shown().to_owned(), missing };
    let config = folder.read(files::CONFIG, FileKind::Config)?.ok_or_else(|| missing(files::CONFIG))?;
    let config = String::from_utf8(config).map_err(|error| {
        ArchiveError::content(&directory.file(files::CONFIG), format!("not UTF-8 text: {}", error.utf8_error()))
    })?;
    // A run that was killed at its very beginning may have no journal yet: it holds no sample.
    if manifest.status == RunStatus::Finished && folder.find_file(files::RAW, FileKind::Table)?.is_none() {
        return Err(missing(files::RAW));
    }
    let (samples, _) = whole_samples(folder)?;
    let strategies = strategies(&manifest, &samples);
    let (facts, counts) = (facts(&manifest), counts(&samples));
    let run = Run { facts, strategies, counts, samples, durations: BTreeMap::new(), requests: BTreeMap::new() };
    Ok(Rows { manifest, config, run })
}

pub(super) fn facts(manifest: &Manifest) -> Facts {
    Facts {
        run_id: manifest.run_id.clone(),
        title: manifest.settings.title.clone(),
        tool_version: manifest.tool_version.clone(),
        started_at: manifest.started_at.clone(),
        ended_at: manifest.ended_at.clone().unwrap_or_default(),
        seed: manifest.settings.seed,
        target: Some(manifest.settings.target.clone()),
        estimated_delay: manifest
            .estimated_delay_s
            .map(|before| (Nanos::from_secs_f64(before), manifest.estimated_delay_after_s.map(Nanos::from_secs_f64))),
        conditions: manifest.conditions(),
        machine: manifest.machine.summary(),
        limits: manifest.machine.limits(),
        order: manifest.settings.order.as_str().to_owned(),
        repeats: Some(manifest.settings.repeats),
        command: manifest.command_line.clone(),
        source: manifest.git.as_ref().map(Git::summary).unwrap_or_default(),
        planned_samples: manifest.planned_samples,
        not_run: manifest.not_run.clone(),
        references: Vec::new(),
    }
}

/// Strategies in the order of the config.
fn strategies(manifest: &Manifest, samples: &[SampleRow]) -> Vec<StrategyLine> {
    let mut lines: Vec<StrategyLine> = manifest
        .settings
        .strategies
        .iter()
        .map(|strategy| StrategyLine {
            name: strategy.name.clone(),
            kind: strategy.kind.info().name.to_owned(),
            workers: strategy.kind.workers(),
            model: Some(strategy.kind.concurrency()),
        })
        .collect();
    add_unknown(&mut lines, samples);
    lines
}

/// Appends a line for every strategy that only the rows know, in order of appearance.
pub(super) fn add_unknown(lines: &mut Vec<StrategyLine>, samples: &[SampleRow]) {
    let mut known: std::collections::HashSet<String> = lines.iter().map(|line| line.name.clone()).collect();
    for sample in samples {
        if !known.contains(&sample.strategy) {
            known.insert(sample.strategy.clone());
            lines.push(StrategyLine {
                name: sample.strategy.clone(),
                kind: sample.kind.clone(),
                workers: sample.workers,
                model: None,
            });
        }
    }
}

/// Every request count, ascending.
pub(super) fn counts(samples: &[SampleRow]) -> Vec<RequestCount> {
    samples.iter().map(|sample| sample.requests).collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// Every request of the run, by cell. Memory: 8 bytes for each one that succeeded.
fn requests(
    directory: &RunDirectory,
    samples: &[SampleRow],
    strategies: &[StrategyLine],
) -> Result<BTreeMap<(usize, RequestCount), CellRequests>, ArchiveError> {
    let compressed = directory.folder().find_file(files::REQUESTS_ZST, FileKind::Stream)?.is_some();
    let name = if compressed { files::REQUESTS_ZST } else { files::REQUESTS };
    let strategy_indices: HashMap<&str, usize> =
        strategies.iter().enumerate().map(|(strategy_index, line)| (line.name.as_str(), strategy_index)).collect();
    // Every sample's strategy has a line.
    let keys: Vec<_> =
        samples.iter().map(|sample| (strategy_indices[sample.strategy.as_str()], sample.requests)).collect();
    let places: BTreeMap<_, usize> = keys.iter().copied().collect::<BTreeSet<_>>().into_iter().zip(0..).collect();
    let place_of: Vec<usize> = keys.iter().map(|key| places[key]).collect();
    let mut gathered = Gathered::new(places.len());
    whole_requests(directory.folder(), name, &Known::of(samples), |sample, outcome| {
        gathered.add(place_of[sample], samples[sample].repeat == 1, outcome);
    })?;
    let cells = places.into_keys().zip(gathered.sorted());
    Ok(cells.filter(|(_, cell)| !cell.latencies.is_empty() || !cell.first_repeat.is_empty()).collect())
}
