//! A sweep with all that it needs to run: what a sample has to do, where it goes, what is known of it when it ended.

use std::collections::HashSet;

use super::access::Access;
use super::classify::{self, Evidence};
use super::commands::Commands;
use super::ending::SweepError;
use super::endpoint::{self, Endpoint};
use super::programs::Programs;
use crate::clock::{self, SystemClock};
use crate::config::Sweep;
use crate::model::{Connections, Nanos, Phase, RequestCount, SampleRow, Target, schedule};
use crate::plan::{self, Plan, PlannedSample};
use crate::probe::{End, Interrupts, Job, Measured, Probe, Watchdog};
use crate::server::{ServerError, ServerStats};
use crate::stats;
use crate::strategy::{StrategyKind, Task};

/// A sweep that is ready to run.
pub struct Execution<'a> {
    /// What is swept.
    pub sweep: &'a Sweep,
    /// All samples of the sweep.
    pub plan: &'a Plan,
    /// Those that need not be taken again: the rows of a run that is resumed.
    pub recorded: &'a [SampleRow],
    /// How long one request takes, by the target's position.
    pub delays: Vec<RequestDelays>,
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

/// How long one request to a target takes: configured, or estimated; `None` where it is not known well enough for an ideal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestDelays {
    /// Over a connection that has carried one before.
    pub kept: Option<Nanos>,
    /// With the time to open its connection, for strategies that open one for each request.
    pub opened: Option<Nanos>,
}

impl RequestDelays {
    /// Those of all targets that the config tells.
    #[must_use]
    pub fn configured(sweep: &Sweep) -> Vec<Self> {
        let of = |target: &Target| Self { kept: target.delay(), opened: target.delay() };
        sweep.target.iter().map(|(_, target)| of(target)).collect()
    }
}

/// What was found out about a sample.
pub(super) struct Found {
    started_at: String,
    pub measured: Measured,
    pub server_stats: Option<ServerStats>,
}

impl<'a> Execution<'a> {
    /// The samples that are not recorded yet.
    pub(super) fn missing(&self) -> Vec<PlannedSample> {
        type Key<'a> = (&'a str, u32, u32, Phase);
        let recorded: HashSet<Key<'_>> =
            self.recorded.iter().map(|row| (row.strategy.as_str(), row.requests, row.repeat, row.phase)).collect();
        let lacks = |sample: &&PlannedSample| {
            let name = self.sweep.strategies[sample.strategy].name.as_str();
            !recorded.contains(&(name, sample.requests, sample.repeat, sample.phase))
        };
        self.plan.samples.iter().filter(lacks).copied().collect()
    }

    pub(super) fn probe<'p>(&self, watchdog: &'p Watchdog, clock: &'p SystemClock) -> Probe<'p>
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

    /// How long one request of a sample takes.
    fn delay_of(&self, planned: &PlannedSample) -> Option<Nanos> {
        let strategy = &self.sweep.strategies[planned.strategy];
        let delays = self.delays[self.sweep.target_position(strategy)];
        match strategy.kind.connections() {
            Connections::KeepAlive => delays.kept,
            Connections::PerRequest => delays.opened,
        }
    }

    /// The best possible duration of a sample. With jitter it follows from the very delays that the server draws.
    fn ideal(&self, planned: &PlannedSample, delay: Nanos) -> Nanos {
        let strategy = &self.sweep.strategies[planned.strategy];
        match self.sweep.target_of(strategy) {
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
    pub(super) fn job(&self, planned: &PlannedSample, endpoint: &mut Endpoint) -> Result<Job, ServerError> {
        let strategy = &self.sweep.strategies[planned.strategy];
        endpoint.begin(sample_seed(self.sweep.seed, planned), strategy.kind.processes())?;
        let task = self.task(planned, endpoint);
        Ok(match self.commands.of(strategy) {
            Some(invocation) => Job::command(invocation, &task.work),
            None => Job::BuiltIn(Box::new(task)),
        })
    }

    fn task(&self, planned: &PlannedSample, endpoint: &Endpoint) -> Task {
        let strategy = &self.sweep.strategies[planned.strategy];
        let position = self.sweep.target_position(strategy);
        let mut task = self.task_at(position, endpoint.url(position), &strategy.kind, planned.requests);
        task.work.further_urls = endpoint.further_urls(strategy.kind.processes());
        task
    }

    /// The task of a strategy at the target at `position`, which `url` stands for.
    pub(super) fn task_at(&self, position: usize, url: &str, kind: &StrategyKind, requests: RequestCount) -> Task {
        let mut task = Task::new(self.sweep.target.at(position), url, kind, requests, self.programs.worker.clone());
        self.access.hand_over(position, &mut task.work);
        task.work.request_timeout_ns = self.sweep.request_timeout.0;
        task
    }

    /// The row of a sample that was measured.
    pub(super) fn row(&self, planned: &PlannedSample, found: &Found, overlapped: bool) -> SampleRow {
        let strategy = &self.sweep.strategies[planned.strategy];
        let target = self.sweep.target_of(strategy);
        classify::classify(Evidence {
            planned,
            strategy,
            started_at: found.started_at.clone(),
            ideal: self.delay_of(planned).map(|delay| self.ideal(planned, delay)),
            expected: match target {
                Target::Url(target) => Some(&target.expect_status),
                Target::Delay(_) | Target::Sleep { .. } => None,
            },
            max_failed: self.sweep.max_failed.unwrap_or(0.0),
            least_service: target.least_service(),
            measured: &found.measured,
            server_stats: found.server_stats.as_ref(),
            overlapped,
        })
    }
}

/// Measures one sample at an endpoint that has begun it; its thread does nothing else.
pub(super) fn measure(probe: &Probe<'_>, endpoint: &mut Endpoint, job: &Job) -> Result<Found, SweepError> {
    let started_at = format!("{:.3}", clock::wall_time());
    let measured = probe.measure(job)?;
    let server_stats = match measured.end {
        End::Interrupted(_) => None,
        _ => endpoint.end(job.processes())?,
    };
    Ok(Found { started_at, measured, server_stats })
}

/// The seed of a sample's delays and failures: the same for all cells of one repeat, so that strategies are compared
/// under the same conditions.
fn sample_seed(seed: u64, planned: &PlannedSample) -> u64 {
    let round = u64::from(planned.repeat) * 2 + u64::from(planned.phase == Phase::Warmup);
    // The golden ratio in 64 bits spreads neighbouring rounds over the range of seeds.
    seed.wrapping_add(round.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}
