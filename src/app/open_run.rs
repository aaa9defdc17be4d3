//! The run directory of a sweep that begins: config, first manifest and empty journals, before the first sample.

use std::ffi::OsString;

use anyhow::Context;

use super::capacity::Capacity;
use super::source::Source;
use crate::archive::{
    self, Build, FolderWriter, Git, Journal, MEASURING_VERSION, Machine, Manifest, RunDirectory, RunLock, RunStatus,
    TargetRecord, checksum, files,
};
use crate::catalog;
use crate::cli::OutputFormat;
use crate::clock::{self, SystemClock};
use crate::config::Sweep;
use crate::model::address::masked_address;
use crate::model::secret::HIDDEN;
use crate::model::{RequestFile, SampleRow, TargetSeen};
use crate::plan::Plan;
use crate::sweep::SmokeTest;

/// A sweep that is about to run.
pub(super) struct SweepJob {
    pub(super) source: Source,
    pub(super) sweep: Sweep,
    /// What this machine cannot hold of it.
    pub(super) capacity: Capacity,
    /// All samples, recorded ones included.
    pub(super) plan: Plan,
    /// What is there already of a run that is resumed.
    pub(super) started: Option<OpenRun>,
    /// What stands on standard output.
    pub(super) print: OutputFormat,
}

/// The files of a run that is being written.
pub(super) struct OpenRun {
    /// Runs since the run directory was made, where it was made just now.
    pub(super) clock: Option<SystemClock>,
    pub(super) directory: RunDirectory,
    pub(super) manifest: Manifest,
    pub(super) journal: Journal,
    /// Samples that need not be taken again.
    pub(super) recorded: Vec<SampleRow>,
    /// Whether those of them that failed are to be taken again.
    pub(super) retry_failed: bool,
    /// Keeps others from measuring the same run.
    pub(super) lock: RunLock,
}

impl OpenRun {
    /// Sets the samples that failed aside; from here on the run lacks them, as an interrupted one does.
    pub(super) fn set_failed_aside(&mut self, requests: RequestFile) -> anyhow::Result<()> {
        let Self { directory, manifest, .. } = self;
        manifest.status = RunStatus::Running;
        manifest.files.retain(|name, _| !files::is_measured(name));
        manifest.write(directory)?;
        archive::set_failed_aside(directory.folder(), requests)?;
        (self.journal, self.recorded) = Journal::resume(directory.folder(), requests)?;
        Ok(())
    }
}

/// Makes the run directory with config.toml, the first manifest and empty journals. Nothing is left of it where that
/// fails.
pub(super) fn begin(
    job: &SweepJob,
    smoke: &SmokeTest,
    seen: Vec<Option<TargetSeen>>,
    words: Vec<String>,
) -> anyhow::Result<OpenRun> {
    catalog::finish_removals(&job.sweep.output.dir);
    let made = RunDirectory::create(&job.sweep.output.dir, &job.source.stem, clock::wall_time())
        .context("cannot make a run directory")?;
    let directory = made.0.clone();
    fill(job, made, smoke, seen, words).inspect_err(|_| directory.discard())
}

fn fill(
    job: &SweepJob,
    (directory, lock): (RunDirectory, RunLock),
    smoke: &SmokeTest,
    seen: Vec<Option<TargetSeen>>,
    words: Vec<String>,
) -> anyhow::Result<OpenRun> {
    let config = job.source.masked().text;
    let writer = FolderWriter::of(directory.folder().clone());
    writer.write(files::CONFIG, config.as_bytes()).context("cannot start the run's files")?;
    let clock = SystemClock::start();
    let mut manifest = manifest(job, &directory, smoke, words)?;
    for ((name, _), target_seen) in job.sweep.target.iter().zip(seen) {
        manifest.set_record(name, TargetRecord { target_seen, ..manifest.record_of(name) });
    }
    manifest.references = archive::copy_references(&job.sweep.references, &job.source.folder, &directory)
        .context("cannot keep what [[reference]] names")?;
    let journal =
        Journal::create(directory.folder(), job.sweep.output.requests).context("cannot start the run's journals")?;
    // Last: what has a manifest has all that a run needs to be resumed. It syncs the folder.
    manifest.write(&directory).context("cannot start the run's files")?;
    directory.become_latest().context("cannot start the run")?;
    Ok(OpenRun { clock: Some(clock), directory, manifest, journal, recorded: Vec::new(), retry_failed: false, lock })
}

fn manifest(
    job: &SweepJob,
    directory: &RunDirectory,
    smoke: &SmokeTest,
    command_line: Vec<String>,
) -> anyhow::Result<Manifest> {
    let [schema_version, raw_schema_version, requests_schema_version] = Manifest::schema_versions();
    Ok(Manifest {
        schema_version,
        raw_schema_version,
        requests_schema_version,
        run_id: directory.id().to_owned(),
        status: RunStatus::Running,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        measuring_version: MEASURING_VERSION,
        command_line,
        config_file: job.source.path.clone(),
        started_at: format!("{:.3}", clock::wall_time()),
        ended_at: None,
        elapsed_s: None,
        planned_samples: u32::try_from(job.plan.samples.len()).unwrap_or(u32::MAX),
        not_run: job.capacity.not_run.clone(),
        config_sha256: checksum(directory.folder(), files::CONFIG)?,
        estimate: None,
        estimated_delay_s: None,
        estimated_delay_after_s: None,
        targets: std::collections::BTreeMap::new(),
        settings: job.sweep.masked(),
        unreadable: None,
        versions: smoke.versions.clone(),
        machine: Machine::read(),
        machine_after: None,
        git: Git::read(&job.source.folder),
        references: Vec::new(),
        build: Some(Build::this()),
        target_seen: None,
        rendering: None,
        files: std::collections::BTreeMap::new(),
        manifest_sha256: String::new(),
    })
}

/// The command as a reader would type it: the program by its name alone, addresses without what may be a secret.
pub(super) fn command_line(words: &[OsString]) -> Vec<String> {
    let masked = |word: &OsString| {
        let word = word.to_string_lossy();
        if word.contains("://") { masked_address(&word, |_| HIDDEN.to_owned()) } else { word.into_owned() }
    };
    let rest = words.iter().skip(1).map(masked);
    std::iter::once(env!("CARGO_PKG_NAME").to_owned()).chain(rest).collect()
}
