//! Walks the plan: begins each sample as soon as the budget allows, takes the results of those that end, notifies the observers. Each
//! sample is waited for by a thread of its own, with a delay server of its own; everything else happens on the one
//! thread that walks, so rows are written whole and one at a time, in the order in which samples end.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::Scope;
use std::time::Duration;

use super::budget::{self, Budget};
use super::ending::{Ending, SweepError};
use super::endpoint::Endpoint;
use super::event::{Observer, SweepEvent};
use super::execution::{Execution, Found, measure};
use super::load;
use super::stopping::Stopping;
use crate::model::{FailureKind, Nanos, Phase};
use crate::plan::PlannedSample;
use crate::probe::{End, Probe, Signal};

/// The sweep stops when the target has refused every request of so many samples in a row.
const REFUSED: u32 = 10;

/// A sample under way.
struct Running {
    planned: PlannedSample,
    /// Whether another one ran at the same time.
    overlapped: bool,
}

/// What the thread of a sample hands back: its number and what it found, or its panic.
type Returned = (u32, Result<(Endpoint, Result<Found, SweepError>), Box<dyn Any + Send>>);

/// A walk through the plan.
pub(super) struct Walk<'w, 'o, 'scope, 'env> {
    execution: &'env Execution<'env>,
    probe: &'env Probe<'env>,
    scope: &'scope Scope<'scope, 'env>,
    observers: &'w mut [&'o mut dyn Observer],
    /// Endpoints that no sample uses now.
    idle: Vec<Endpoint>,
    running: Vec<Running>,
    budget: Budget<'env>,
    stopping: Stopping,
    /// Samples in a row of which every request was refused.
    refused: u32,
    sequence: u32,
    /// When the CPU was read last, and what it was; forgotten whenever a sample begins.
    reading: Option<(Nanos, Nanos)>,
    /// When the last sample began.
    last_begun: Nanos,
    interrupted: Option<Signal>,
    returns: Sender<Returned>,
    returned: Receiver<Returned>,
}

/// Whether a sample may begin.
enum Turn {
    Now,
    /// Ask again when a sample has ended, or after this time.
    Later(Option<Nanos>),
}

impl<'w, 'o, 'scope, 'env> Walk<'w, 'o, 'scope, 'env> {
    pub(super) fn new(
        execution: &'env Execution<'env>,
        probe: &'env Probe<'env>,
        scope: &'scope Scope<'scope, 'env>,
        idle: Vec<Endpoint>,
        observers: &'w mut [&'o mut dyn Observer],
    ) -> Self {
        let sweep = execution.sweep;
        let (mut budget, mut stopping) = (Budget::new(sweep), Stopping::new(sweep.repeats, sweep.seed));
        for row in execution.recorded {
            budget.record(row);
            stopping.record(row);
        }
        let sequence = execution.recorded.iter().map(|row| row.sequence).max().unwrap_or(0);
        let (returns, returned) = mpsc::channel();
        Self {
            execution,
            probe,
            scope,
            observers,
            idle,
            running: Vec::new(),
            budget,
            stopping,
            refused: 0,
            sequence,
            reading: None,
            last_begun: Nanos::ZERO,
            interrupted: None,
            returns,
            returned,
        }
    }

    /// Takes all of `missing`. Nothing of it is left running afterwards, however it ends. Returns the endpoints too.
    pub(super) fn run(mut self, missing: &[PlannedSample]) -> (Result<Ending, SweepError>, Vec<Endpoint>) {
        let mut ended = self.take_all(missing);
        if ended.is_err() {
            self.probe.interrupts.raise(Signal::Terminate);
            // What these samples found has nowhere to go.
            while !self.running.is_empty() {
                let _ = self.next_finished(None).map(drop);
            }
        } else if let Some(signal) = self.interrupted {
            ended = Ok(Ending::Interrupted(signal));
        }
        (ended, self.idle)
    }

    fn take_all(&mut self, missing: &[PlannedSample]) -> Result<Ending, SweepError> {
        self.tell(&SweepEvent::Started {
            plan: self.execution.plan,
            missing,
            predicted: budget::predicted(self.execution.sweep, missing),
        })?;
        let mut ending = Ending::Finished;
        for planned in missing {
            while let Turn::Later(limit) = self.turn(planned) {
                self.await_end(limit)?;
            }
            self.interrupted = self.interrupted.or(self.probe.interrupts.received());
            if self.interrupted.is_some() {
                break;
            }
            if self.refused >= REFUSED {
                ending = Ending::Refused;
                break;
            }
            let name = &self.execution.sweep.strategies[planned.strategy].name;
            if self.stopping.wants(name, planned) {
                self.begin(planned)?;
            } else {
                self.tell(&SweepEvent::SampleSkipped { planned })?;
            }
        }
        while !self.running.is_empty() {
            self.await_end(None)?;
        }
        Ok(ending)
    }

    /// Whether `planned` may begin: at once where nothing runs, else when all samples that run have started, and there is
    /// room for it beside them.
    fn turn(&mut self, planned: &PlannedSample) -> Turn {
        if self.interrupted.is_some() {
            return Turn::Now;
        }
        let running: Vec<PlannedSample> = self.running.iter().map(|running| running.planned).collect();
        let Some(last) = running.last() else { return Turn::Now };
        if !self.budget.allows(planned, &running) {
            return Turn::Later(None);
        }
        if running.iter().any(|sample| self.budget.start_time(sample).is_none()) {
            return self.watched(planned);
        }
        let started = self.last_begun + self.budget.start_time(last).unwrap_or(Nanos::ZERO);
        match started - self.probe.clock.now() {
            Nanos::ZERO => Turn::Now,
            left => Turn::Later(Some(left)),
        }
    }

    /// The same while a program runs of which nothing is known: only after the samples that run were watched for a while, and
    /// used so little CPU that there is room.
    fn watched(&mut self, planned: &PlannedSample) -> Turn {
        let now = self.probe.clock.now();
        let Some((since, before)) = self.reading else {
            self.reading = Some((now, load::cpu_time().unwrap_or(Nanos::ZERO)));
            return Turn::Later(Some(budget::WATCH));
        };
        if now - since < budget::WATCH {
            return Turn::Later(Some(budget::WATCH - (now - since)));
        }
        let used = load::cpu_time().unwrap_or(Nanos::ZERO);
        self.reading = Some((now, used));
        let cores = (used - before).as_secs_f64() / (now - since).as_secs_f64();
        if self.budget.leaves_room(cores, planned) { Turn::Now } else { Turn::Later(Some(budget::WATCH)) }
    }

    /// Begins a sample: numbers it, finds it an endpoint and hands both to a thread.
    fn begin(&mut self, planned: &PlannedSample) -> Result<(), SweepError> {
        self.sequence += 1;
        let planned = PlannedSample { sequence: self.sequence, ..*planned };
        let execution = self.execution;
        let mut endpoint = match self.idle.pop() {
            Some(endpoint) => endpoint,
            None => Endpoint::open(execution.sweep, execution.programs, execution.access)?,
        };
        self.tell(&SweepEvent::SampleStarted { planned: &planned })?;
        (self.reading, self.last_begun) = (None, self.probe.clock.now());
        let overlapped = !self.running.is_empty();
        self.running.iter_mut().for_each(|running| running.overlapped = true);
        let job = execution.job(&planned, &mut endpoint)?;
        let (probe, returns) = (self.probe, self.returns.clone());
        let body = move || {
            let found = panic::catch_unwind(AssertUnwindSafe(|| {
                let found = measure(probe, &mut endpoint, &job);
                (endpoint, found)
            }));
            // The walk hears everybody out.
            drop(returns.send((planned.sequence, found)));
        };
        let thread = std::thread::Builder::new().name("sample".to_owned());
        thread.spawn_scoped(self.scope, body).map_err(SweepError::Thread)?;
        self.running.push(Running { planned, overlapped });
        Ok(())
    }

    /// Waits until a sample ends, at most for `limit`, and deals with it.
    fn await_end(&mut self, limit: Option<Nanos>) -> Result<(), SweepError> {
        let Some((running, found)) = self.next_finished(limit) else { return Ok(()) };
        let found = found?;
        match found.measured.end {
            // A sample that a signal cut short is no event.
            End::Interrupted(signal) => {
                self.interrupted.get_or_insert(signal);
                Ok(())
            }
            _ => self.close(&running, &found),
        }
    }

    /// The next sample that has ended; `None` when none has within `limit`.
    fn next_finished(&mut self, limit: Option<Nanos>) -> Option<(Running, Result<Found, SweepError>)> {
        let limit = limit.map_or(Duration::MAX, Nanos::as_duration);
        let (sequence, found) = match self.returned.recv_timeout(limit) {
            Ok(returned) => returned,
            // It has a sender itself, so it can only be the time.
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        };
        let place = self.running.iter().position(|running| running.planned.sequence == sequence)?;
        let running = self.running.remove(place);
        match found {
            Ok((endpoint, found)) => {
                self.idle.push(endpoint);
                Some((running, found))
            }
            Err(panic) => {
                self.probe.interrupts.raise(Signal::Terminate);
                panic::resume_unwind(panic)
            }
        }
    }

    /// Classifies a sample that has ended and tells the observers.
    fn close(&mut self, running: &Running, found: &Found) -> Result<(), SweepError> {
        let (execution, planned) = (self.execution, &running.planned);
        let row = execution.row(planned, found, running.overlapped);
        let outcomes = &found.measured.output.outcomes;
        let all = !outcomes.is_empty() && outcomes.iter().all(|outcome| outcome.failure == Some(FailureKind::Refused));
        self.refused = if all { self.refused + 1 } else { 0 };
        let requests: &[_] = if planned.phase == Phase::Measure { &found.measured.output.outcomes } else { &[] };
        self.tell(&SweepEvent::SampleFinished { planned, row: &row, requests })?;
        self.budget.record(&row);
        self.stopping.record(&row);
        Ok(())
    }

    fn tell(&mut self, event: &SweepEvent<'_>) -> Result<(), SweepError> {
        for observer in self.observers.iter_mut() {
            observer.observe(event)?;
        }
        Ok(())
    }
}
