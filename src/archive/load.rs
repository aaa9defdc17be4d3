//! A run directory → [`Run`], whether it was finished, interrupted or killed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::error::ArchiveError;
use super::files;
use super::journal::whole_samples;
use super::layout::RunDirectory;
use super::machine::Git;
use super::manifest::{Manifest, RunStatus};
use super::references::read_references;
use super::requests::{KnownSamples, whole_requests};
use super::reservoir::Reservoir;
use super::retry::retried;
use crate::importer::{add_unknown, counts};
use crate::input::FileKind;
use crate::model::{CellRequests, Facts, RequestCount, Run, SampleRow, StrategyLine, Varied};
use crate::strategy::StrategySpec;

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

impl Loaded {
    /// Reads a run that is open. Rows that were written only in part are left out.
    ///
    /// # Errors
    /// When something is missing or damaged, naming it.
    pub fn of(directory: &RunDirectory) -> Result<Self, ArchiveError> {
        Self::read(directory).map_err(|error| directory.relocate(error))
    }

    /// The same; errors name the private folder of a pack.
    pub(super) fn read(directory: &RunDirectory) -> Result<Self, ArchiveError> {
        let manifest = Manifest::read(directory)?;
        directory.demand(files::CONFIG)?;
        let config = directory.folder().read(files::CONFIG, FileKind::Config)?.unwrap_or_default();
        let config = String::from_utf8(config).map_err(|error| {
            ArchiveError::content(&directory.file(files::CONFIG), format!("not UTF-8 text: {}", error.utf8_error()))
        })?;
        let samples = samples(directory, manifest.status)?;
        let strategies = strategy_lines(&manifest.settings.strategies, &samples);
        let facts = Facts {
            references: read_references(directory, &manifest.references)?,
            retried: retried(directory.folder(), &samples)?.len(),
            ..facts(&manifest)
        };
        let requests = requests(directory, &samples, &strategies)?;
        let run = Run { facts, counts: counts(&samples), strategies, samples, requests, ..Run::default() };
        Ok(Self { directory: directory.clone(), manifest, config, run })
    }
}

/// The samples of a run.
pub(crate) fn samples(directory: &RunDirectory, status: RunStatus) -> Result<Vec<SampleRow>, ArchiveError> {
    // A run that was killed at its very beginning may have no journal yet: it holds no sample.
    if status == RunStatus::Finished {
        directory.demand(files::RAW)?;
    }
    Ok(whole_samples(directory.folder())?.0)
}

pub(super) fn facts(manifest: &Manifest) -> Facts {
    Facts {
        run_id: manifest.run_id.clone(),
        title: manifest.settings.title.clone(),
        varied: Varied::Requests,
        tool_version: manifest.tool_version.clone(),
        started_at: manifest.started_at.clone(),
        ended_at: manifest.ended_at.clone().unwrap_or_default(),
        seed: manifest.settings.seed,
        target: Some(manifest.settings.target.clone()),
        estimates: manifest.estimates(),
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
        thresholds: manifest.settings.thresholds(),
        retried: 0,
    }
}

/// Strategies in the order of the config; behind them those that only the rows know.
pub(crate) fn strategy_lines(known: &[StrategySpec], samples: &[SampleRow]) -> Vec<StrategyLine> {
    let line = |strategy: &StrategySpec| StrategyLine {
        name: strategy.name.clone(),
        kind: strategy.kind.info().name.to_owned(),
        workers: strategy.kind.workers(),
        model: Some(strategy.kind.concurrency()),
        bound: strategy.kind.bound(),
        target: strategy.target.clone(),
    };
    let mut lines = known.iter().map(line).collect();
    add_unknown(&mut lines, samples);
    lines
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
    let mut reservoir = Reservoir::new(places.len());
    whole_requests(directory.folder(), name, &KnownSamples::of(samples), |sample, outcome| {
        reservoir.add(place_of[sample], samples[sample].repeat == 1, outcome);
    })?;
    let cells = places.into_keys().zip(reservoir.sorted());
    Ok(cells.filter(|(_, cell)| !cell.latencies.is_empty() || !cell.first_repeat.is_empty()).collect())
}
