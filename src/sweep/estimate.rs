//! How long a `url` takes for one request, estimated from requests that follow one another, in children of their own like
//! any sample: over one connection that is kept, and over a new connection each. The ideals of a `url` are computed from
//! it, and a second estimate after the sweep shows whether it drifted.

use super::ending::SweepError;
use super::execution::Execution;
use crate::clock::SystemClock;
use crate::model::{Connections, DelayEstimate, Nanos, RequestCount, RequestTimes};
use crate::probe::{Job, Probe, Watchdog};
use crate::stats::Sorted;
use crate::strategy::{Sequential, StrategyKind};

/// How long the requests over one connection take together, about.
const TIME: Nanos = Nanos::SECOND;
/// The fewest and the most of them, beside the first one, which opens the connection.
const KEPT: (RequestCount, RequestCount) = (4, 2_000);
/// Of a first round, which tells how many fit into the time.
const FIRST_ROUND: RequestCount = 20;
/// Single requests that are sent where strategies open a connection for each.
const OPENED: u32 = 5;
/// The median and the spread of times in seconds.
fn request_times(times: Vec<f64>) -> Option<RequestTimes> {
    let requests = u32::try_from(times.len()).unwrap_or(u32::MAX);
    let sorted = Sorted::new(times);
    let (low, median_s, high) = (sorted.quantile(0.25)?, sorted.median()?, sorted.quantile(0.75)?);
    Some(RequestTimes { median_s, spread: (high - low) / median_s.max(1e-9), requests })
}

impl Execution<'_> {
    /// Sends some requests to the target at `position` and takes their times: for a second over a kept connection, and five over connections of their
    /// own where a strategy opens one for each. Nothing succeeded, or an interrupt came: no times.
    ///
    /// # Errors
    /// When no child can be started.
    pub fn estimate(&self, position: usize) -> Result<DelayEstimate, SweepError> {
        let watchdog = Watchdog::start(&self.programs.watchdog).map_err(SweepError::Watchdog)?;
        let clock = SystemClock::start();
        let probe = Probe { time_limit: self.sweep.request_timeout * 2 + TIME * 2, ..self.probe(&watchdog, &clock) };
        let uses = |connections| self.sweep.strategies_at(position).any(|spec| spec.kind.connections() == connections);
        let kept = if uses(Connections::KeepAlive) { self.kept(position, &probe)? } else { None };
        let opened = if uses(Connections::PerRequest) { self.opened(position, &probe)? } else { None };
        Ok(DelayEstimate { kept, opened })
    }

    /// One after another over one connection, the first one left out.
    fn kept(&self, position: usize, probe: &Probe<'_>) -> Result<Option<RequestTimes>, SweepError> {
        let Some(&first) = self.times(position, probe, 1)?.first() else { return Ok(None) };
        let mut times = vec![first];
        for most in [FIRST_ROUND, KEPT.1] {
            let Some(median) = Sorted::new(times.iter().copied()).median() else { break };
            let fitting = TIME.0 / Nanos::from_secs_f64(median).0.max(1);
            let fitting = RequestCount::try_from(fitting).unwrap_or(most).min(most);
            if most > FIRST_ROUND && fitting <= FIRST_ROUND {
                break;
            }
            times = self.times(position, probe, 1 + fitting.max(KEPT.0))?.into_iter().skip(1).collect();
        }
        Ok(request_times(times))
    }

    /// Each in a process and over a connection of its own.
    fn opened(&self, position: usize, probe: &Probe<'_>) -> Result<Option<RequestTimes>, SweepError> {
        let mut times = Vec::new();
        for _ in 0..OPENED {
            let one = self.times(position, probe, 1)?;
            if one.is_empty() {
                break;
            }
            times.extend(one);
        }
        Ok(request_times(times))
    }

    /// The times of `requests` requests in seconds, in the order sent, those that failed left out.
    fn times(&self, position: usize, probe: &Probe<'_>, requests: RequestCount) -> Result<Vec<f64>, SweepError> {
        let measured = probe.measure(&self.requests_in_a_row(position, requests))?;
        let mut outcomes = measured.output.outcomes;
        outcomes.sort_unstable_by_key(|outcome| outcome.request);
        let succeeded = outcomes.iter().filter(|outcome| outcome.failure.is_none());
        Ok(succeeded.map(|outcome| (outcome.end - outcome.start).as_secs_f64()).collect())
    }

    /// One request after another, over one connection.
    fn requests_in_a_row(&self, position: usize, requests: RequestCount) -> Job {
        let kind = StrategyKind::Sequential(Sequential::over(Connections::KeepAlive));
        let url = self.endpoints.first().map_or("", |endpoint| endpoint.url(position));
        let mut task = self.task_at(position, url, &kind, requests);
        if let Some(first) = self.sweep.strategies_at(position).next() {
            task.work.http_version = first.kind.http_version();
        }
        Job::BuiltIn(Box::new(task))
    }
}
