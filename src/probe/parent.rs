//! The parent's end: starts a child, listens, waits with a time limit, and sees to it that nothing of the child is left.

use std::io::{self, Write};
use std::process::Child;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use thiserror::Error;

use super::cost::{self, ExitStatus, ProcessCost};
use super::interrupt::{Interrupts, Signal};
use super::job::Job;
use super::memory;
use super::orphans::SampleTag;
use super::output::{self, ChildOutput, OutputTail};
use super::process_count::{self, ProcessCount};
use super::watchdog::{Tracked, Watchdog, kill_group};
use crate::clock::Clock;
use crate::model::{KnownSecrets, Nanos};
use crate::strategy::Program;

/// How long output is waited for after a child has ended: something that left its process group may hold the pipe.
const DRAIN_LIMIT: Duration = Duration::from_secs(2);

/// Why a sample could not even be started. Whatever happens to a started one is [`Measured`].
#[derive(Debug, Error)]
pub enum ProbeError {
    /// The child process could not be started.
    #[error("cannot start {program} for a sample")]
    Start {
        /// The executable.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The spec is not JSON, which cannot be, or a thread could not be started.
    #[error("cannot hand a sample to its process")]
    HandOver(#[source] io::Error),
    /// The watchdog is gone, so nothing would be cleaned up.
    #[error("the process that cleans up after a crash has ended; start the sweep again")]
    Watchdog(#[source] io::Error),
}

/// How a sample's process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With this exit code.
    Exited(i32),
    /// By this signal, which was not ours.
    Killed(i32),
    /// Its time ran out and it was killed.
    TimedOut,
    /// The sweep was interrupted and it was killed.
    Interrupted(Signal),
}

/// What is known of one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// How its process ended.
    pub end: End,
    /// From its start, or from handing it the spec, to the end of the process.
    pub wall: Nanos,
    /// What it cost.
    pub cost: Option<ProcessCost>,
    /// Its processes and threads; `None` where they could not be counted in time.
    pub process_count: Option<ProcessCount>,
    /// What it wrote.
    pub output: ChildOutput,
    /// Its standard error.
    pub stderr: OutputTail,
}

/// Starts children and waits for them.
pub struct Probe<'a> {
    /// The program that [`run_child`](super::run_child)s.
    pub program: &'a Program,
    /// Longest time for one sample.
    pub time_limit: Nanos,
    /// Kills the child if this process dies.
    pub watchdog: &'a Watchdog,
    /// Ends the wait early.
    pub interrupts: &'a Interrupts,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Kept out of what is noted of a child's output.
    pub secrets: &'a Arc<KnownSecrets>,
}

enum ChildEvent {
    Ended(io::Result<(ExitStatus, Option<ProcessCost>)>),
    Interrupted(Signal),
    /// One of the two outputs has ended.
    Silent,
}

/// What a child says, noted line by line, without secrets.
#[derive(Clone, Default)]
struct Notes {
    secrets: Arc<KnownSecrets>,
    output: Arc<Mutex<ChildOutput>>,
    stderr: Arc<Mutex<OutputTail>>,
}

impl Probe<'_> {
    /// Measures one sample. Blocks until its process has ended, its time has run out or an interrupt came; afterwards
    /// nothing of its process group or under its tag is left.
    ///
    /// # Errors
    /// When the sample could not be started.
    pub fn measure(&self, job: &Job) -> Result<Measured, ProbeError> {
        let line = job.line().map_err(ProbeError::HandOver)?;
        let tag = job.tag();
        let tagged = tag.clone().map(Tracked::Tagged);
        if let Some(tagged) = &tagged {
            self.watchdog.enter(tagged).map_err(ProbeError::Watchdog)?;
        }
        let mut command = job.start(self.program, tag.as_ref());
        // The clock of a built-in strategy starts when it has read its spec, that of a program with the program.
        let before = self.clock.now();
        let program = || self.program_of(job);
        let mut child = command.spawn().map_err(|source| ProbeError::Start { program: program(), source })?;
        let (group, starter) = (child.id(), memory::peak("self"));
        self.watchdog.enter(&Tracked::Group(group)).map_err(|error| {
            kill_group(group);
            ProbeError::Watchdog(error)
        })?;
        let (sender, events) = mpsc::channel();
        let started = if line.is_some() { self.clock.now() } else { before };
        let input = child.stdin.take();
        let notes = Notes { secrets: Arc::clone(self.secrets), ..Notes::default() };
        listen(child, job, tag, &notes, &sender).map_err(|error| {
            kill_group(group);
            ProbeError::HandOver(error)
        })?;
        let interrupted = sender.clone();
        // A send fails only when the wait is over.
        let _subscription =
            self.interrupts.subscribe(move |signal| drop(interrupted.send(ChildEvent::Interrupted(signal))));
        drop(sender);
        let measured = self.counting(group, || {
            // A child that is gone already shows itself by its end.
            let _ = input.zip(line).map(|(mut input, line)| input.write_all(&line));
            self.wait(&events, group, started, &notes)
        })?;
        let measured = of_sample_alone(measured, job, starter);
        let over = [Some(Tracked::Group(group)), tagged].into_iter().flatten();
        over.into_iter().try_for_each(|tracked| self.watchdog.untrack(&tracked)).map_err(ProbeError::Watchdog)?;
        Ok(measured)
    }

    fn program_of(&self, job: &Job) -> String {
        match job {
            Job::BuiltIn(_) => self.program.path.display().to_string(),
            Job::Command { invocation, .. } => format!("`{}`", invocation.command_line),
        }
    }

    /// Counts the sample's processes and threads while `measure` measures it.
    fn counting(&self, group: u32, measure: impl FnOnce() -> Measured) -> Result<Measured, ProbeError> {
        thread::scope(|scope| {
            let (done, watched) = mpsc::channel();
            let watch = move || process_count::watch(group, &watched, self.clock);
            let counting = thread::Builder::new().name("process_count".to_owned()).spawn_scoped(scope, watch);
            let counting = counting.map_err(|error| {
                kill_group(group);
                ProbeError::HandOver(error)
            })?;
            let measured = measure();
            drop(done);
            Ok(Measured { process_count: counting.join().ok().flatten(), ..measured })
        })
    }

    fn wait(&self, events: &Receiver<ChildEvent>, group: u32, started: Nanos, notes: &Notes) -> Measured {
        let mut gathered = ChildEvents::default();
        let mut cut_short = None;
        let deadline = started + self.time_limit;
        while gathered.exit.is_none() {
            let left = deadline.saturating_sub(self.clock.now()).as_duration();
            match events.recv_timeout(if cut_short.is_some() { DRAIN_LIMIT } else { left }) {
                Ok(ChildEvent::Interrupted(signal)) => {
                    cut_short.get_or_insert(End::Interrupted(signal));
                    kill_group(group);
                }
                Ok(event) => gathered.take(event),
                Err(RecvTimeoutError::Timeout) if cut_short.is_none() => {
                    cut_short = Some(End::TimedOut);
                    kill_group(group);
                }
                Err(_) => break,
            }
        }
        let wall = self.clock.now() - started;
        gathered.drain(events);
        gathered.into_measured(cut_short, wall, notes)
    }
}

/// The sample without the CPU time that its process took before and after it, and with the peak memory of its largest
/// process, which `wait4` alone does not tell: see [`memory`].
fn of_sample_alone(measured: Measured, job: &Job, starter: Option<u64>) -> Measured {
    let reported = measured.output.done.as_ref().and_then(|done| done.peak_rss_bytes);
    let reported = reported.filter(|_| matches!(job, Job::BuiltIn(_)));
    let seen = measured.process_count.map(|count| count.largest_bytes).filter(|bytes| *bytes > 0);
    let largest = |reaped| memory::largest(reaped, starter, reported.max(seen));
    let outside = measured.output.done.as_ref().and_then(|done| done.outside_cpu_s);
    let [user, system] =
        outside.filter(|_| matches!(job, Job::BuiltIn(_))).unwrap_or_default().map(Nanos::from_secs_f64);
    let cost = measured.cost.map(|cost| ProcessCost {
        peak_rss_bytes: cost.peak_rss_bytes.and_then(largest),
        user: cost.user.saturating_sub(user),
        system: cost.system.saturating_sub(system),
        ..cost
    });
    Measured { cost, ..measured }
}

/// Starts three threads that record the child's standard output and error and report its end.
fn listen(
    mut child: Child,
    job: &Job,
    tag: Option<SampleTag>,
    notes: &Notes,
    sender: &Sender<ChildEvent>,
) -> io::Result<()> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (requests, expect_status) = (job.requests(), job.expect_status().clone());
    // A send fails only when the receiver is gone.
    if let Some(stdout) = stdout {
        let (sender, notes) = (sender.clone(), notes.clone());
        spawn("stdout", move || {
            output::listen(stdout, requests, &expect_status, &notes.secrets, &notes.output);
            drop(sender.send(ChildEvent::Silent));
        })?;
    }
    if let Some(stderr) = stderr {
        let (sender, notes) = (sender.clone(), notes.clone());
        spawn("stderr", move || {
            output::tail(stderr, &notes.secrets, &notes.stderr);
            drop(sender.send(ChildEvent::Silent));
        })?;
    }
    let sender = sender.clone();
    spawn("reaper", move || drop(sender.send(ChildEvent::Ended(cost::reap(child, tag.as_ref())))))
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(body).map(drop)
}

#[derive(Default)]
struct ChildEvents {
    exit: Option<io::Result<(ExitStatus, Option<ProcessCost>)>>,
    silent: usize,
}

impl ChildEvents {
    fn take(&mut self, event: ChildEvent) {
        match event {
            ChildEvent::Ended(exit) => self.exit = Some(exit),
            ChildEvent::Silent => self.silent += 1,
            ChildEvent::Interrupted(_) => {}
        }
    }

    /// Waits for what the child has written before it ended.
    fn drain(&mut self, events: &Receiver<ChildEvent>) {
        while self.silent < 2 {
            match events.recv_timeout(DRAIN_LIMIT) {
                Ok(event) => self.take(event),
                Err(_) => break,
            }
        }
    }

    fn into_measured(self, cut_short: Option<End>, wall: Nanos, notes: &Notes) -> Measured {
        let (exit, cost) = match self.exit {
            Some(Ok((exit, cost))) => (exit, cost),
            // It could not be waited for: how it ended is unknown.
            Some(Err(_)) | None => (ExitStatus::Code(-1), None),
        };
        let own_end = match exit {
            ExitStatus::Code(code) => End::Exited(code),
            ExitStatus::Signal(signal) => End::Killed(signal),
        };
        Measured {
            end: cut_short.unwrap_or(own_end),
            wall,
            cost,
            process_count: None,
            output: notes.output.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            stderr: notes.stderr.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}
