//! How long a `url` takes for one request, estimated from a few single requests, each in a child of its own like any
//! sample. The ideal of a `url` is computed from it, and a second estimate after the sweep shows whether it drifted.

use super::ending::SweepError;
use super::endpoint::Endpoint;
use super::execution::Execution;
use crate::clock::SystemClock;
use crate::model::{FailureKind, Nanos};
use crate::probe::{Job, Probe, Watchdog};
use crate::stats::Sorted;
use crate::strategy::{Sequential, StrategyKind, Task};

/// Single requests that are asked.
const REQUESTS: usize = 5;

impl Execution<'_> {
    /// The median time of a few single requests; `None` where none succeeded or an interrupt came. A target that lets a
    /// request time out is not asked again.
    ///
    /// # Errors
    /// When no child can be started.
    pub fn estimate_delay(&self) -> Result<Option<Nanos>, SweepError> {
        let watchdog = Watchdog::start(&self.programs.watchdog).map_err(SweepError::Watchdog)?;
        let clock = SystemClock::start();
        let probe = Probe {
            program: &self.programs.child,
            time_limit: self.sweep.request_timeout * 2,
            watchdog: &watchdog,
            interrupts: self.interrupts,
            clock: &clock,
            secrets: &self.access.secrets,
        };
        let job = self.single_request();
        let mut times = Vec::new();
        for _ in 0..REQUESTS {
            let measured = probe.measure(&job)?;
            let outcomes = &measured.output.outcomes;
            let succeeded = outcomes.iter().filter(|outcome| outcome.failure.is_none());
            times.extend(succeeded.map(|outcome| (outcome.end - outcome.start).as_secs_f64()));
            if outcomes.iter().any(|outcome| outcome.failure == Some(FailureKind::RequestTimeout)) {
                break;
            }
        }
        Ok(Sorted::new(times).median().map(Nanos::from_secs_f64))
    }

    fn single_request(&self) -> Job {
        let connections = self.sweep.strategies[0].kind.connections();
        let alone = StrategyKind::Sequential(Sequential::over(connections));
        let url = self.endpoints.first().map_or("", Endpoint::url);
        let mut task = Task::new(&self.sweep.target, url, &alone, 1, self.programs.worker.clone());
        task.work.headers = self.access.headers.clone();
        task.work.request_timeout_ns = self.sweep.request_timeout.0;
        Job::BuiltIn(Box::new(task))
    }
}
