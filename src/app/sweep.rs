//! The main job: config in; measured, archived and drawn run out.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, anyhow};

use super::capacity::Capacity;
use super::interruptible::{Ended, until_interrupted};
use super::open_run::{OpenRun, SweepJob, begin, command_line};
use super::outcome::{Exit, Failure, located};
use super::publish::{Published, Publisher, tell_where};
use super::render::settings;
use super::source::{Source, folder_of};
use super::targets::{ask_all, estimate_after, estimate_before, shown_url};
use super::{dispatch, dry_run};
use crate::archive::{self, Derived, Journal, Loaded, Machine, Manifest, Rendering, RunDirectory, RunStatus, files};
use crate::bundle;
use crate::catalog;
use crate::cli::SweepArgs;
use crate::clock::{self, Clock};
use crate::config::{self, Sweep};
use crate::model::secret::HIDDEN;
use crate::model::{SampleStatus, Target, TargetSeen, UrlTarget};
use crate::probe::Interrupts;
use crate::sweep::{Access, Commands, Ending, Endpoint, Execution, JournalObserver, RequestDelays, SweepError};
use crate::terminal::{SweepProgress, Terminal};

pub(super) fn run(arguments: &SweepArgs, words: &[OsString], terminal: Terminal) -> Result<Exit, Failure> {
    if let Some(run) = &arguments.resume {
        return resume(run, arguments, terminal);
    }
    let Some(path) = &arguments.config else {
        let hint = "name a config with --config FILE; `reportgen init` writes one, `reportgen --help` tells more";
        return Err(Failure::Usage(anyhow!(hint)));
    };
    let source = Source::read(path)?;
    let sweep = source.sweep(arguments)?;
    archive::check_references(&sweep.references, &source.folder)
        .context("cannot use a [[reference]] of the config")
        .map_err(Failure::Usage)?;
    let capacity = Capacity::of(&sweep);
    let plan = capacity.plan(&sweep, |_| sweep.target.delay());
    if arguments.dry_run {
        terminal.result(&dry_run::text(&sweep, &plan, &capacity)).context("cannot write to standard output")?;
        return Ok(Exit::Done);
    }
    measure(SweepJob { source, sweep, capacity, plan, started: None, print: arguments.output_format }, words, terminal)
}

/// Takes up an interrupted run where its journals end.
fn resume(run: &Path, arguments: &SweepArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let directory = bundle::open(&located(run, Path::new(catalog::DEFAULT_DIR)).context("cannot resume")?)
        .context("cannot resume")?;
    // Before anything is read: what another program writes meanwhile would be missed.
    let lock = directory.lock().context("cannot resume")?;
    let loaded = Loaded::of(&directory).context("cannot resume")?;
    loaded.manifest.check_resumable(&loaded.directory).context("cannot resume")?;
    let (source, sweep) = sweep_to_resume(&loaded, arguments)?;
    let print = arguments.output_format;
    let capacity = Capacity::of(&sweep);
    let plan = capacity.plan(&sweep, |_| sweep.target.delay());
    for difference in loaded.manifest.machine.differences(&Machine::read()) {
        terminal.warn(&format!("the machine is not the one that the run began on; {difference}"));
    }
    let (journal, recorded) =
        Journal::resume(loaded.directory.folder(), sweep.output.requests).context("cannot resume")?;
    let Loaded { directory, manifest, .. } = loaded;
    let failed = recorded.iter().filter(|row| row.status != SampleStatus::Ok).count();
    if arguments.retry_failed && failed == 0 {
        terminal.note(&format!("no sample of {} failed: none is measured again", directory.path().display()));
        if manifest.status == RunStatus::Finished {
            return Ok(Exit::Done);
        }
    }
    let retry_failed = arguments.retry_failed && failed > 0;
    let started = Some(OpenRun { clock: None, directory, manifest, journal, recorded, retry_failed, lock });
    measure(SweepJob { source, sweep, capacity, plan, started, print }, &[], terminal)
}

/// The sweep of a run, from its archived config; where that lacks secrets, from the config that is given once more.
fn sweep_to_resume(loaded: &Loaded, arguments: &SweepArgs) -> Result<(Source, Sweep), Failure> {
    let archived = config::mask(&loaded.config);
    let settings = settings(loaded)?;
    let again = SweepArgs { url: arguments.url.clone(), ..SweepArgs::default() };
    let Some(given) = &arguments.config else {
        if archived.hidden.is_empty() {
            let source = archived_source(loaded);
            let sweep = with_secrets(settings, &source.sweep(&again)?, arguments)?;
            return Ok((source, sweep));
        }
        let path = loaded.directory.path().display();
        return Err(Failure::Usage(anyhow!(
            "the run keeps no secrets, so its config lacks the full {}; give the config again: reportgen --resume {path} \
             --config FILE (a run of a config with ${{NAME}} in their place needs no more than the environment)",
            archived.hidden.join(", ")
        )));
    };
    let source = Source::read(given)?;
    if source.masked() != archived {
        let origin = &source.origin;
        return Err(Failure::Usage(anyhow!("{origin} is not the config of {}", loaded.directory.path().display())));
    }
    let sweep = with_secrets(settings, &source.sweep(&again)?, arguments)?;
    Ok((source, sweep))
}

/// The settings of a run with the secrets of its config and of `--url`.
fn with_secrets(settings: &Sweep, config: &Sweep, arguments: &SweepArgs) -> Result<Sweep, Failure> {
    let sweep = settings.with_secrets_of(config);
    let given = arguments.url.as_ref().map(|url| UrlTarget::at(url).shown_url());
    if let Some(Target::Url(target)) = sweep.target.one()
        && given.is_some_and(|given| given != target.shown_url())
    {
        return Err(Failure::Usage(anyhow!(
            "the run's requests went to {}, not to the --url given",
            target.shown_url()
        )));
    }
    if let Some(target) = sweep.target.urls().find(|target| target.url.contains(HIDDEN)) {
        let shown = target.shown_url();
        return Err(Failure::Usage(anyhow!(
            "the run keeps no secrets, so it lacks the full address {shown}; add --url URL"
        )));
    }
    Ok(sweep)
}

/// The archived config of a run; its programs are looked for from where the config was that was given.
fn archived_source(loaded: &Loaded) -> Source {
    let given = loaded.manifest.config_file.as_deref().map(Path::new);
    Source {
        bytes: loaded.config.clone().into_bytes(),
        origin: loaded.directory.file(files::CONFIG).display().to_string(),
        stem: String::new(),
        folder: loaded.directory.path().to_owned(),
        programs_from: given.map_or_else(|| ".".into(), folder_of),
        path: None,
    }
}

fn measure(mut job: SweepJob, words: &[OsString], terminal: Terminal) -> Result<Exit, Failure> {
    let resumed = job.started.take();
    let from_environment = Access::of(&job.sweep, &job.source.programs_from, |name| std::env::var(name).ok());
    let access = from_environment.map_err(|error| Failure::Usage(error.into()))?;
    job.capacity.warn(terminal);
    job.capacity.check(&job.plan)?;
    let programs = dispatch::programs()?;
    let interrupts = Interrupts::install().context("cannot take over Ctrl-C")?;
    let commands = Commands::find(&job.sweep, &job.source.programs_from).context("cannot start the sweep")?;
    let endpoint = Endpoint::open(&job.sweep, &programs, &access).context("cannot start the sweep")?;
    let shown_urls: Vec<String> = job.sweep.target.iter().map(|(_, target)| shown_url(target)).collect();
    let mut execution = Execution {
        sweep: &job.sweep,
        plan: &job.plan,
        recorded: &[],
        delays: RequestDelays::configured(&job.sweep),
        endpoints: vec![endpoint],
        access: &access,
        commands: &commands,
        programs: &programs,
        interrupts: &interrupts,
    };
    let seen = match ask_all(&execution, terminal).context("cannot start the sweep")? {
        Ended::Done(seen) => seen,
        Ended::Interrupted(signal) => return Ok(Exit::Signal(signal.exit_code())),
    };
    let smoke = execution.smoke_test().context("cannot start the sweep")?;
    smoke.warnings.iter().for_each(|warning| terminal.warn(warning));
    if let Some(signal) = smoke.interrupted {
        return Ok(Exit::Signal(signal.exit_code()));
    }
    let mut started = match resumed {
        Some(mut started) => {
            // Not before the target has answered: a run keeps its rows where the sweep cannot begin.
            if started.retry_failed {
                started.set_failed_aside(job.sweep.output.requests).context("cannot set failed samples aside")?;
            }
            started
        }
        None => {
            let hide = |text: &str| access.secrets.hide(text);
            let hidden = |seen: TargetSeen| TargetSeen { server: seen.server.as_deref().map(hide), ..seen };
            let seen = seen.into_iter().map(|seen| seen.map(hidden)).collect();
            let words: Vec<String> = command_line(words).iter().map(|word| hide(word)).collect();
            begin(&job, &smoke, seen, words)?
        }
    };
    // A machine that a run is resumed on may hold other cells than the one before.
    started.manifest.not_run.clone_from(&job.capacity.not_run);
    terminal.detail(&format!("requests go to {}", shown_urls.join(", ")));
    terminal.detail(&format!("the run is kept in {}", started.directory.path().display()));
    terminal.detail(&format!("machine: {}", started.manifest.machine.summary()));
    let recorded = std::mem::take(&mut started.recorded);
    let ended = take_samples(Execution { recorded: &recorded, ..execution }, &job.capacity, &mut started, terminal)?;
    finish(job, started, ended, &interrupts, terminal)
}

/// Before the command that goes on with a sweep whose target is gone.
const GONE: &str = "the target refused every request of ten samples in a row, so the sweep stopped; start its server and go on \
                    with";

const ESTIMATING: &str = "cannot estimate the delay of the target";

/// Walks the plan; a `url` is asked before and after how long it takes for one request.
fn take_samples(
    execution: Execution<'_>,
    capacity: &Capacity,
    started: &mut OpenRun,
    terminal: Terminal,
) -> anyhow::Result<Result<Ending, SweepError>> {
    let sweep = execution.sweep;
    let longest = sweep.strategies.iter().map(|strategy| strategy.name.chars().count()).max().unwrap_or(0);
    let plan;
    // Bound again, because it may come to hold a plan of this function's own.
    let mut execution = execution;
    if sweep.target.are_urls() {
        let medians = estimate_before(&mut execution, &mut started.manifest).context(ESTIMATING)?;
        plan = capacity.plan(sweep, |strategy| medians[sweep.target_position(strategy)]);
        execution.plan = &plan;
    }
    let ended =
        execution.run(&mut [&mut JournalObserver(&mut started.journal), &mut SweepProgress::new(terminal, longest)]);
    if sweep.target.are_urls() && matches!(ended, Ok(Ending::Finished)) {
        estimate_after(&execution, &mut started.manifest).context(ESTIMATING)?;
    }
    execution.endpoints.clear();
    Ok(ended)
}

/// Writes what the end of a sweep leaves: the manifest, and everything that is made of the rows.
fn finish(
    job: SweepJob,
    started: OpenRun,
    ended: Result<Ending, SweepError>,
    interrupts: &Interrupts,
    terminal: Terminal,
) -> Result<Exit, Failure> {
    let OpenRun { clock, directory, mut manifest, journal, lock: _lock, .. } = started;
    let taken = journal.samples();
    drop(journal);
    // The checksums are of the rows that there were when the run was interrupted.
    manifest.files.retain(|name, _| !files::is_measured(name));
    manifest.status = match ended {
        Ok(Ending::Finished) => RunStatus::Finished,
        _ => RunStatus::Interrupted,
    };
    manifest.ended_at = Some(format!("{:.3}", clock::wall_time()));
    manifest.elapsed_s = clock.map(|clock| clock.now().as_secs_f64());
    manifest.machine_after = Some(Machine::read());
    let path = directory.path().display();
    if manifest.status == RunStatus::Finished {
        // A cell that was precise enough early took fewer samples than planned.
        manifest.planned_samples = u32::try_from(taken).unwrap_or(manifest.planned_samples);
    }
    manifest.rendering = Some(Rendering::here(&job.sweep.output.formats));
    let print = job.print;
    let of = directory.clone();
    let mut draw = move || report(&job, &of, &mut manifest, terminal);
    let drawn = match ended {
        // The signal was for the sweep. What it measured is drawn; the next signal ends the program at once.
        Ok(Ending::Interrupted(_)) => Ended::Done(draw()),
        _ => until_interrupted(interrupts, draw)?,
    };
    // A sweep that broke off is the first thing to tell, whatever became of its pictures.
    let ending = ended.with_context(|| {
        format!("the sweep ended early; everything before is saved, go on with: reportgen --resume {path}")
    })?;
    let written = match drawn {
        Ended::Done(written) => written,
        Ended::Interrupted(signal) => {
            terminal.warn(&format!("interrupted; all samples are saved, draw them with: reportgen render {path}"));
            return Ok(Exit::Signal(signal.exit_code()));
        }
    };
    let published = written.with_context(|| format!("cannot write the report of {path}"))?;
    tell_where(directory.path(), print, terminal)?;
    Ok(closing(ending, published, directory.path(), terminal))
}

/// Says how to go on with a run, where there is more to measure.
fn closing(ending: Ending, published: Published, run: &Path, terminal: Terminal) -> Exit {
    let again = format!("reportgen --resume {}", run.display());
    match ending {
        Ending::Interrupted(signal) => {
            terminal.warn(&format!("interrupted; what was measured is saved, go on with: {again}"));
            Exit::Signal(signal.exit_code())
        }
        Ending::Refused => {
            terminal.warn(&format!("{GONE}: {again} --retry-failed"));
            Exit::SomeFailed
        }
        Ending::Finished if published.some_failed => {
            terminal.note(&format!("measure the failed samples again with: {again} --retry-failed"));
            Exit::SomeFailed
        }
        Ending::Finished if published.check_failed => Exit::CheckFailed,
        Ending::Finished => Exit::Done,
    }
}

/// Takes the checksums of the rows and makes everything that is made of them.
fn report(
    job: &SweepJob,
    directory: &RunDirectory,
    manifest: &mut Manifest,
    terminal: Terminal,
) -> anyhow::Result<Published> {
    manifest.record_measured(directory)?;
    let loaded = Loaded::of(directory)?;
    let publisher = Publisher {
        run: &loaded.run,
        charts: &job.sweep.charts,
        labels: &job.sweep.labels,
        output: &job.sweep.output,
        fonts_from: &job.source.folder,
        print: job.print,
    };
    publisher.publish(Derived::of_run(directory, manifest), terminal)
}
