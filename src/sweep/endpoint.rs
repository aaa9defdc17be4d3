//! Where the requests of a sweep go: the embedded delay server, started here, or an address that is served already.

use std::io;
use std::net::Ipv4Addr;
use std::sync::mpsc;
use std::thread;

use thiserror::Error;

use super::access::Access;
use super::programs::Programs;
use crate::config::Sweep;
use crate::model::{FailureKind, Nanos, StatusSet, Target, TargetSeen, UrlTarget};
use crate::probe::{Interrupts, Signal};
use crate::server::{self, ServerError, ServerStats};
use crate::strategy::{self, StrategyError, Task, Unanswered, Work};

/// What a first request comes to.
type HealthReply = Result<Result<TargetSeen, Unanswered>, StrategyError>;

/// The longest delay of the embedded server that is waited for to see what it says of itself.
const PATIENCE: Nanos = Nanos::from_millis(500);

/// An endpoint of requests; a sleep has none and needs none.
pub struct Endpoint {
    url: String,
    /// One for each process of the strategy that has most of them; none where nothing is served here.
    servers: Vec<server::Handle>,
}

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

/// Why there is no server to send requests to.
#[derive(Debug, Error)]
pub enum EndpointError {
    /// The embedded server has a problem.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// No connection is accepted.
    #[error(
        "target {url} does not answer ({why}); {advice} (with `check = false` there, the sweep begins all the same)"
    )]
    Unreachable {
        /// The address, without password.
        url: String,
        /// Why.
        why: Unanswered,
        /// What to do, ending in `[target]`.
        advice: &'static str,
    },
    /// It answers, and not as the config expects.
    #[error(
        "target {url} answers with status {status}; the config expects {expected}. Correct `url`, `method` or \
         `expect-status` in [target] (with `check = false` there, the sweep begins all the same)"
    )]
    UnexpectedStatus {
        /// The address, without password.
        url: String,
        /// What came.
        status: u16,
        /// What should have come.
        expected: StatusSet,
    },
    /// No request can be made for it.
    #[error(transparent)]
    Request(#[from] StrategyError),
    /// The thread that waits for the first request could not be started.
    #[error("cannot start a thread for the first request")]
    Thread(#[source] io::Error),
}

impl Endpoint {
    /// Starts the delay server, or takes the `url`.
    ///
    /// # Errors
    /// When the delay server cannot be started.
    pub fn open(sweep: &Sweep, programs: &Programs, access: &Access) -> Result<Self, EndpointError> {
        match &sweep.target {
            Target::Delay(target) => {
                let number = sweep.strategies.iter().map(|strategy| strategy.kind.processes()).max().unwrap_or(1);
                let servers = (0..number).map(|index| {
                    let program = &programs.server;
                    server::Handle::start_at(address(index), &program.path, &program.arguments, target)
                });
                let servers: Vec<server::Handle> = servers.collect::<Result<_, _>>()?;
                Ok(Self { url: servers[0].url().to_owned(), servers })
            }
            Target::Sleep { .. } => Ok(Self { url: String::new(), servers: Vec::new() }),
            Target::Url(_) => Ok(Self { url: access.url.clone(), servers: Vec::new() }),
        }
    }

    /// Sends one request to see who answers; an interrupt ends the wait.
    ///
    /// # Errors
    /// When the connection is not accepted or the status is not the expected one, unless the config wants no check, and
    /// when no request can be made of the config.
    pub fn health_check(
        &self,
        sweep: &Sweep,
        programs: &Programs,
        access: &Access,
        interrupts: &Interrupts,
    ) -> Result<HealthCheck, EndpointError> {
        match &sweep.target {
            Target::Sleep { .. } => return Ok(HealthCheck::NotAsked),
            // A sweep is not kept waiting for what everybody knows.
            Target::Delay(target) if target.delay > PATIENCE => return Ok(HealthCheck::NotAsked),
            Target::Delay(_) | Target::Url(_) => {}
        }
        let strategy = &sweep.strategies[0].kind;
        let mut work = Task::new(&sweep.target, &self.url, strategy, 1, programs.worker.clone()).work;
        access.hand_over(&mut work);
        work.request_timeout_ns = sweep.request_timeout.0;
        let reply = match ask(work, interrupts)? {
            Ok(reply) => reply?,
            Err(signal) => return Ok(HealthCheck::Interrupted(signal)),
        };
        match (reply, &sweep.target) {
            (reply, Target::Url(target)) => of_url(reply, target),
            (Ok(seen), _) => Ok(HealthCheck::Answered(seen)),
            // Samples will tell.
            (Err(_), _) => Ok(HealthCheck::NotAsked),
        }
    }

    /// Where requests go; empty for a sleep.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the processes of a strategy after its first send their requests; none where all share one address.
    pub(super) fn further_urls(&self, processes: u32) -> Vec<String> {
        self.servers.iter().take(processes as usize).skip(1).map(|server| server.url().to_owned()).collect()
    }

    /// A sample of `processes` processes begins: the embedded servers count from zero, each at a new port, and draw their
    /// delays from `seed`.
    pub(super) fn begin(&mut self, seed: u64, processes: u32) -> Result<(), ServerError> {
        let mut servers = self.servers.iter_mut().take(processes as usize).zip(0..);
        servers.try_for_each(|(server, index)| server.begin(server_seed(seed, index)))?;
        if let Some(server) = self.servers.first() {
            server.url().clone_into(&mut self.url);
        }
        Ok(())
    }

    /// The sample has ended: what the embedded servers saw of it.
    pub(super) fn end(&mut self, processes: u32) -> Result<Option<ServerStats>, ServerError> {
        let parts: Vec<ServerStats> =
            self.servers.iter_mut().take(processes as usize).map(server::Handle::end).collect::<Result<_, _>>()?;
        Ok(match parts.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(ServerStats::together(several)),
        })
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

/// The address of server number `index`: connections to different addresses need not share ports. Only Linux takes all
/// of 127.0.0.0/8 for its own; elsewhere different ports have to do.
fn address(index: u32) -> Ipv4Addr {
    if cfg!(target_os = "linux") { Ipv4Addr::from(u32::from(Ipv4Addr::LOCALHOST) + index) } else { Ipv4Addr::LOCALHOST }
}

/// The seed of server number `index` in a sample: the first one's is the sample's.
pub(super) fn server_seed(seed: u64, index: u32) -> u64 {
    seed ^ u64::from(index).rotate_right(16)
}
