//! The main job: config in; measured, archived and drawn run out.

use std::ffi::OsString;

use anyhow::{Context, anyhow};

use super::publish::Edition;
use super::source::Source;
use super::{Exit, Failure, dry_run, roles};
use crate::archive::{
    self, Git, Journal, MEASURING_VERSION, Machine, Manifest, RunDirectory, RunStatus, checksum, files,
    write_atomically,
};
use crate::cli::SweepArgs;
use crate::clock;
use crate::config::{self, Sweep};
use crate::limits::Limits;
use crate::model::Target;
use crate::plan::Plan;
use crate::preflight;
use crate::probe::Interrupts;
use crate::sweep::{Ending, Endpoint, Execution, JournalObserver, SweepError};
use crate::terminal::{Progress, Terminal};

pub(super) fn run(arguments: &SweepArgs, words: &[OsString], terminal: Terminal) -> Result<Exit, Failure> {
    let Some(path) = &arguments.config else {
        let hint = "name a config with --config FILE; `reportgen init` writes one, `reportgen --help` tells more";
        return Err(Failure::Usage(anyhow!(hint)));
    };
    let source = Source::read(path)?;
    let sweep = source.sweep(arguments)?;
    let plan = Plan::of(&sweep, sweep.target.delay());
    if arguments.dry_run {
        terminal.result(&dry_run::text(&sweep, &plan)).context("cannot write to standard output")?;
        return Ok(Exit::Done);
    }
    measure(&Job { source, sweep, plan, words }, terminal)
}

/// A sweep that is about to run.
struct Job<'a> {
    source: Source,
    sweep: Sweep,
    plan: Plan,
    words: &'a [OsString],
}

fn measure(job: &Job<'_>, terminal: Terminal) -> Result<Exit, Failure> {
    let sweep = &job.sweep;
    let headers = headers(&sweep.target)?;
    for obstacle in preflight::obstacles(sweep, &Limits::read()) {
        terminal.warn(&obstacle.to_string());
    }
    let programs = roles::programs()?;
    let interrupts = Interrupts::install().context("cannot take over Ctrl-C")?;
    let mut endpoint = Endpoint::open(sweep, &programs, &headers).context("cannot start the sweep")?;
    let directory = RunDirectory::create(&sweep.output.dir, &job.source.stem, clock::wall_time())
        .context("cannot make a run directory")?;
    let mut manifest = begin(job, &directory).context("cannot start the run's files")?;
    let mut journal = Journal::create(directory.path()).context("cannot start the run's journals")?;
    let longest = sweep.strategies.iter().map(|strategy| strategy.name.chars().count()).max().unwrap_or(0);
    let ended = Execution {
        sweep,
        plan: &job.plan,
        endpoint: &mut endpoint,
        headers: &headers,
        programs: &programs,
        interrupts: &interrupts,
    }
    .run(&mut [&mut JournalObserver(&mut journal), &mut Progress::new(terminal, longest)]);
    drop(endpoint);
    finish(job, &directory, &mut manifest, ended, terminal)
}

/// Values of headers, `${NAME}` filled in from the environment.
fn headers(target: &Target) -> Result<Vec<(String, String)>, Failure> {
    let Target::Url(target) = target else { return Ok(Vec::new()) };
    let lookup = |name: &str| std::env::var(name).ok();
    let filled = target.headers.iter().map(|(name, value)| {
        let value = config::fill(value, lookup).with_context(|| format!("cannot fill in header {name} of [target]"))?;
        Ok((name.clone(), value))
    });
    filled.collect::<anyhow::Result<_>>().map_err(Failure::Usage)
}

/// Writes config.toml and the first manifest.
fn begin(job: &Job<'_>, directory: &RunDirectory) -> anyhow::Result<Manifest> {
    let config = directory.file(files::CONFIG);
    write_atomically(&config, &job.source.bytes)?;
    let [schema_version, raw_schema_version, requests_schema_version] = Manifest::schema_versions();
    let manifest = Manifest {
        schema_version,
        raw_schema_version,
        requests_schema_version,
        run_id: directory.id().to_owned(),
        title: job.sweep.title.clone(),
        status: RunStatus::Running,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        measuring_version: MEASURING_VERSION,
        command_line: command_line(job.words),
        started_at: format!("{:.3}", clock::wall_time()),
        ended_at: None,
        seed: job.sweep.seed,
        planned_samples: u32::try_from(job.plan.samples.len()).unwrap_or(u32::MAX),
        config_sha256: checksum(&config)?,
        target: (&job.sweep.target).into(),
        strategies: job.sweep.strategies.iter().map(Into::into).collect(),
        machine: Machine::read(),
        machine_after: None,
        git: Git::read(&job.source.folder),
        files: std::collections::BTreeMap::new(),
    };
    manifest.write(directory)?;
    Ok(manifest)
}

/// The command as a reader would type it: the program by its name alone.
fn command_line(words: &[OsString]) -> Vec<String> {
    let rest = words.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
    std::iter::once(env!("CARGO_PKG_NAME").to_owned()).chain(rest).collect()
}

/// Writes what the end of a sweep leaves: the manifest, and everything that is made of the rows.
fn finish(
    job: &Job<'_>,
    directory: &RunDirectory,
    manifest: &mut Manifest,
    ended: Result<Ending, SweepError>,
    terminal: Terminal,
) -> Result<Exit, Failure> {
    manifest.status = match ended {
        Ok(Ending::Finished) => RunStatus::Finished,
        _ => RunStatus::Interrupted,
    };
    manifest.ended_at = Some(format!("{:.3}", clock::wall_time()));
    manifest.machine_after = Some(Machine::read());
    let path = directory.path().display();
    let written =
        manifest.write(directory).map_err(anyhow::Error::from).and_then(|()| report(job, directory, terminal));
    // A sweep that broke off is the first thing to tell, whatever became of its pictures.
    let ending = ended.with_context(|| format!("the sweep ended early; everything before is in {path}"))?;
    let some_failed = written.with_context(|| format!("cannot write the report of {path}"))?;
    manifest.seal(directory).with_context(|| format!("cannot seal {path}"))?;
    terminal.result(&format!("{path}\n")).context("cannot write to standard output")?;
    Ok(match ending {
        Ending::Interrupted(signal) => {
            terminal.note(&format!("interrupted; what was measured is saved, go on with: reportgen --resume {path}"));
            Exit::Signal(signal.exit_code())
        }
        Ending::Finished if some_failed => Exit::SomeFailed,
        Ending::Finished => Exit::Done,
    })
}

/// Makes everything that is made of the rows; says whether a sample failed.
fn report(job: &Job<'_>, directory: &RunDirectory, terminal: Terminal) -> anyhow::Result<bool> {
    let loaded = archive::load(directory.path())?;
    let edition = Edition {
        run: &loaded.run,
        charts: &job.sweep.charts,
        output: &job.sweep.output,
        fonts_from: &job.source.folder,
        into: directory.path(),
    };
    edition.publish(terminal)
}
