//! The first request to a target, before the sweep: whether anybody answers, and who.

use std::io;
use std::sync::mpsc;
use std::thread;

use super::endpoint::EndpointError;
use super::execution::Execution;
use crate::model::{FailureKind, Nanos, Target, TargetSeen, UrlTarget};
use crate::probe::{Interrupts, Signal};
use crate::strategy::{self, StrategyError, Unanswered, Work};

/// What a first request comes to.
type HealthReply = Result<Result<TargetSeen, Unanswered>, StrategyError>;

/// The longest delay of the embedded server that is waited for to see what it says of itself.
const PATIENCE: Nanos = Nanos::from_millis(500);

/// What came of the first request to a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthCheck {
    /// A response.
    Answered(TargetSeen),
    /// A response with a status that the config does not expect, and does not mind either.
    Unexpected(TargetSeen),
    /// There was no whole response. Samples may meet the same, and say so themselves.
    Failed(Unanswered),
    /// There was none: a sleep has no server, and the embedded server would answer only after more than half a second.
    NotAsked,
    /// A signal came first.
    Interrupted(Signal),
}

impl HealthCheck {
    /// What the target said of itself.
    #[must_use]
    pub fn seen(self) -> Option<TargetSeen> {
        match self {
            Self::Answered(seen) | Self::Unexpected(seen) => Some(seen),
            Self::Failed(_) | Self::NotAsked | Self::Interrupted(_) => None,
        }
    }
}

impl Execution<'_> {
    /// Sends one request to the target at `position` to see who answers; an interrupt ends the wait.
    ///
    /// # Errors
    /// When the connection is not accepted or the status is not the expected one, unless the config wants no check, and
    /// when no request can be made of the config.
    pub fn health_check(&self, position: usize) -> Result<HealthCheck, EndpointError> {
        let sweep = self.sweep;
        let target = sweep.target.at(position);
        match target {
            Target::Sleep { .. } => return Ok(HealthCheck::NotAsked),
            // A sweep is not kept waiting for what everybody knows.
            Target::Delay(target) if target.delay > PATIENCE => return Ok(HealthCheck::NotAsked),
            Target::Delay(_) | Target::Url(_) => {}
        }
        let Some(strategy) = sweep.strategies_at(position).next() else { return Ok(HealthCheck::NotAsked) };
        let url = self.endpoints.first().map_or("", |endpoint| endpoint.url(position));
        let work = self.task_at(position, url, &strategy.kind, 1).work;
        let reply = match ask(work, self.interrupts)? {
            Ok(reply) => reply?,
            Err(signal) => return Ok(HealthCheck::Interrupted(signal)),
        };
        match (reply, target) {
            (reply, Target::Url(target)) => of_url(reply, target),
            (Ok(seen), _) => Ok(HealthCheck::Answered(seen)),
            // Samples will tell.
            (Err(_), _) => Ok(HealthCheck::NotAsked),
        }
    }
}

/// What the first request to a `url` came to, and whether the sweep may begin.
fn of_url(reply: Result<TargetSeen, Unanswered>, target: &UrlTarget) -> Result<HealthCheck, EndpointError> {
    let (url, expected) = (target.shown_url(), &target.expect_status);
    match reply {
        Ok(seen) if expected.contains(seen.status) => Ok(HealthCheck::Answered(seen)),
        Ok(seen) if !target.check => Ok(HealthCheck::Unexpected(seen)),
        Ok(TargetSeen { status, .. }) => {
            Err(EndpointError::UnexpectedStatus { url, status, expected: expected.clone() })
        }
        Err(unanswered) if unanswered.connected || !target.check => Ok(HealthCheck::Failed(unanswered)),
        Err(why) => {
            let advice = match why.kind {
                FailureKind::Tls => {
                    "name its certificate in `ca-file`, or trust any with `insecure = true`, in [target]"
                }
                _ => "start its server or correct `url` in [target]",
            };
            Err(EndpointError::Unreachable { url, why, advice })
        }
    }
}

/// One request, on a thread that is left behind when a signal comes first.
fn ask(work: Work, interrupts: &Interrupts) -> Result<Result<HealthReply, Signal>, EndpointError> {
    let (sender, output) = mpsc::channel();
    let interrupted = sender.clone();
    // A send fails only when the receiver is gone.
    let _subscription = interrupts.subscribe(move |signal| drop(interrupted.send(Err(signal))));
    let asking = move || drop(sender.send(Ok(strategy::health_check(&work))));
    thread::Builder::new().name("health".to_owned()).spawn(asking).map_err(EndpointError::Thread)?;
    output.recv().map_err(|_| EndpointError::Thread(io::ErrorKind::BrokenPipe.into()))
}
