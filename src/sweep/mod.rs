//! Plan → samples: walks the plan, measures each sample in a child of its own, tells the observers, and ends in order
//! when interrupted. It knows the target and the clock. It writes no file: what is to be kept
//! goes to the observers.

mod access;
mod budget;
mod classify;
mod commands;
mod endpoint;
mod estimate;
mod event;
#[cfg(any(test, feature = "fuzzing"))]
mod fuzz;
mod journal;
mod load;
mod smoke_test;
mod stopping;
mod walk;

use std::collections::HashSet;
use std::error::Error;
use std::thread;

use thiserror::Error;

use crate::clock::SystemClock;
use crate::config::Sweep;
use crate::model::{Nanos, Phase, RequestCount, SampleRow, Target, schedule};
use crate::plan::{self, Plan, PlannedSample};
use crate::probe::{Interrupts, Job, Measured, Probe, ProbeError, Signal, Watchdog};
use crate::server::{ServerError, ServerStats};
use crate::stats;
use crate::strategy::{Program, Work};
use walk::{Found, Walk};

pub use access::{Access, AccessError};
pub use commands::Commands;
pub use endpoint::{Endpoint, EndpointError, HealthCheck};
pub use event::{Observer, SweepEvent};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use fuzz::sample as fuzz_sample;
pub use journal::JournalObserver;
pub use smoke_test::{SmokeTest, SmokeTestError};

/// How long all samples of `plan` take together, side by side where the sweep says so; `None` while nobody knows the
/// target's delay. Where samples run side by side it is a guess on the safe side: what strategies use is not known yet.
#[must_use]
pub fn predicted(sweep: &Sweep, plan: &Plan) -> Option<Nanos> {
    budget::predicted(sweep, &plan.samples)
}

/// How this program starts itself in its other roles.
#[derive(Clone, Debug)]
pub struct Programs {
    /// Measures one sample.
    pub child: Program,
    /// Works in a process pool.
    pub worker: Program,
    /// Is the delay server.
    pub server: Program,
    /// Cleans up after a crash.
    pub watchdog: Program,
}

/// How a sweep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All samples of the plan were taken.
    Finished,
    /// By a signal; the samples under way were dropped.
    Interrupted(Signal),
}

/// Why a sweep could not go on. What was measured before is with the observers.
#[derive(Debug, Error)]
pub enum SweepError {
    /// The process that cleans up could not be started.
    #[error("cannot start the process that cleans up after a crash")]
    Watchdog(#[source] std::io::Error),
    /// A sample has nobody who waits for it.
    #[error("cannot start a thread for a sample")]
    Thread(#[source] std::io::Error),
    /// A further delay server could not be started.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// A sample could not be started.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The embedded server failed.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// An observer could not do its work.
    #[error(transparent)]
    Observer(#[from] Box<dyn Error + Send + Sync>),
}

/// A sweep that is ready to run.
pub struct Execution<'a> {
    /// What is swept.
    pub sweep: &'a Sweep,
    /// All samples of the sweep.
    pub plan: &'a Plan,
    /// Those that need not be taken again: the rows of a run that is resumed.
    pub recorded: &'a [SampleRow],
    /// How long one request takes: configured, or estimated; `None` where nobody knows.
    pub delay: Option<Nanos>,
    /// Where requests go: one to begin with; more are opened as samples run side by side.
    pub endpoints: Vec<Endpoint>,
    /// What is sent to a `url` in clear.
    pub access: &'a Access,
    /// The programs of the strategies that are commands.
    pub commands: &'a Commands,
    /// This program in its other roles.
    pub programs: &'a Programs,
    /// Ctrl-C and SIGTERM.
    pub interrupts: &'a Interrupts,
}

impl<'a> Execution<'a> {
    /// Takes every sample of the plan, begun in its order, and tells the observers. A sample that fails is a row like
    /// any other.
    ///
    /// # Errors
    /// When the sweep cannot go on; nothing of it is left running then.
    pub fn run(&mut self, observers: &mut [&mut dyn Observer]) -> Result<Ending, SweepError> {
        let watchdog = Watchdog::start(&self.programs.watchdog).map_err(SweepError::Watchdog)?;
        let clock = SystemClock::start();
        // Of this sweep alone: it also ends the samples under way when the sweep cannot go on.
        let stop = Interrupts::none();
        let forward = stop.clone();
        let _subscription = self.interrupts.subscribe(move |signal| forward.raise(signal));
        let endpoints = std::mem::take(&mut self.endpoints);
        let execution = &*self;
        let probe = Probe { interrupts: &stop, ..self.probe(&watchdog, &clock) };
        let (ended, endpoints) =
            thread::scope(|scope| Walk::new(execution, &probe, scope, endpoints, observers).run(&execution.missing()));
        self.endpoints = endpoints;
        ended
    }

    /// Takes one sample of the first strategy, of `requests` requests, and classifies it. Nobody is told.
    ///
    /// # Errors
    /// When the sample cannot be taken at all.
    pub fn take_one(&mut self, requests: RequestCount) -> Result<Examined, SweepError> {
        let watchdog = Watchdog::start(&self.programs.watchdog).map_err(SweepError::Watchdog)?;
        let clock = SystemClock::start();
        let probe = self.probe(&watchdog, &clock);
        let phase = Phase::Measure;
        let planned = PlannedSample { sequence: 1, strategy: 0, requests, repeat: 1, phase, predicted: None };
        let found = self.measure_alone(&probe, &planned)?;
        let row = self.row(&planned, &found, false);
        Ok(Examined { row, measured: found.measured, server_stats: found.server_stats })
    }

    /// Measures one sample beside no other.
    fn measure_alone(&mut self, probe: &Probe<'_>, planned: &PlannedSample) -> Result<Found, SweepError> {
        let mut endpoint = match self.endpoints.pop() {
            Some(endpoint) => endpoint,
            None => Endpoint::open(self.sweep, self.programs, self.access)?,
        };
        let job = self.job(planned, &mut endpoint)?;
        let found = walk::measure(probe, &mut endpoint, &job);
        self.endpoints.push(endpoint);
        found
    }

    /// The samples that are not recorded yet.
    fn missing(&self) -> Vec<PlannedSample> {
        type Key<'a> = (&'a str, u32, u32, Phase);
        let recorded: HashSet<Key<'_>> =
            self.recorded.iter().map(|row| (row.strategy.as_str(), row.requests, row.repeat, row.phase)).collect();
        let lacks = |sample: &&PlannedSample| {
            let name = self.sweep.strategies[sample.strategy].name.as_str();
            !recorded.contains(&(name, sample.requests, sample.repeat, sample.phase))
        };
        self.plan.samples.iter().filter(lacks).copied().collect()
    }

    fn probe<'p>(&self, watchdog: &'p Watchdog, clock: &'p SystemClock) -> Probe<'p>
    where
        'a: 'p,
    {
        let programs: &'a Programs = self.programs;
        Probe {
            program: &programs.child,
            time_limit: self.sweep.sample_timeout,
            watchdog,
            interrupts: self.interrupts,
            clock,
            secrets: &self.access.secrets,
        }
    }

    /// The best possible duration of a sample. With jitter it follows from the very delays that the server draws.
    fn ideal(&self, planned: &PlannedSample, delay: Nanos) -> Nanos {
        let strategy = &self.sweep.strategies[planned.strategy];
        match &self.sweep.target {
            Target::Delay(target) if target.jitter > Nanos::ZERO => {
                let seed = sample_seed(self.sweep.seed, planned);
                let processes = strategy.kind.processes().min(planned.requests);
                // Each process asks a server of its own for its share, the larger shares first.
                let share = |index| planned.requests / processes + u32::from(index < planned.requests % processes);
                let answers = (0..processes)
                    .flat_map(|index| schedule(target, endpoint::server_seed(seed, index)).take(share(index) as usize));
                let delays = answers.map(|answer| answer.delay);
                stats::for_delays(delays, strategy.kind.width(planned.requests), target.max_concurrent)
            }
            target => plan::ideal(target, strategy, planned.requests, delay),
        }
    }

    /// Begins a sample at `endpoint`, and says what its process has to do.
    fn job(&self, planned: &PlannedSample, endpoint: &mut Endpoint) -> Result<Job, ServerError> {
        let strategy = &self.sweep.strategies[planned.strategy];
        endpoint.begin(sample_seed(self.sweep.seed, planned), strategy.kind.processes())?;
        let work = self.work(planned, endpoint);
        Ok(match self.commands.of(strategy) {
            Some(invocation) => Job::command(invocation, &work),
            None => Job::BuiltIn(Box::new(work)),
        })
    }

    fn work(&self, planned: &PlannedSample, endpoint: &Endpoint) -> Work {
        let strategy = &self.sweep.strategies[planned.strategy];
        let mut work = Work::new(&self.sweep.target, endpoint.url(), &strategy.kind, self.programs.worker.clone());
        work.headers = self.access.headers.clone();
        work.request_timeout_ns = self.sweep.request_timeout.0;
        work.requests = planned.requests;
        work.further_urls = endpoint.further_urls(strategy.kind.processes());
        work
    }
}

/// Everything that is known of one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    /// Its row of raw.csv, which says what it is worth.
    pub row: SampleRow,
    /// What its process did and wrote.
    pub measured: Measured,
    /// What the embedded server saw.
    pub server_stats: Option<ServerStats>,
}

/// The seed of a sample's delays and failures: the same for all cells of one repeat, so that strategies are compared
/// under the same weather.
fn sample_seed(seed: u64, planned: &PlannedSample) -> u64 {
    let round = u64::from(planned.repeat) * 2 + u64::from(planned.phase == Phase::Warmup);
    // The golden ratio in 64 bits spreads neighbouring rounds over the range of seeds.
    seed.wrapping_add(round.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}
