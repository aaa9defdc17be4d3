//! Where the requests of a sweep go: the embedded delay server, started here, or an address that is served already.

use std::io;
use std::net::Ipv4Addr;

use thiserror::Error;

use super::access::Access;
use super::programs::Programs;
use crate::config::Sweep;
use crate::model::{StatusSet, Target};
use crate::server::{self, ServerError, ServerStats};
use crate::strategy::{StrategyError, Unanswered};

/// An endpoint of requests; a sleep has none and needs none.
pub struct Endpoint {
    /// The address of each target; empty for a sleep.
    urls: Vec<String>,
    /// One for each process of the strategy that has most of them; none where nothing is served here.
    servers: Vec<server::Handle>,
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
        match sweep.target.one() {
            Some(Target::Delay(target)) => {
                let number = sweep.strategies.iter().map(|strategy| strategy.kind.processes()).max().unwrap_or(1);
                let servers = (0..number).map(|index| {
                    let program = &programs.server;
                    server::Handle::start_at(address(index), &program.path, &program.arguments, target)
                });
                let servers: Vec<server::Handle> = servers.collect::<Result<_, _>>()?;
                Ok(Self { urls: vec![servers[0].url().to_owned()], servers })
            }
            Some(Target::Sleep { .. }) => Ok(Self { urls: vec![String::new()], servers: Vec::new() }),
            Some(Target::Url(_)) | None => {
                let urls = access.targets.iter().map(|target| target.url.clone());
                Ok(Self { urls: urls.collect(), servers: Vec::new() })
            }
        }
    }

    /// Where requests to the target at `position` go; empty for a sleep.
    #[must_use]
    pub fn url(&self, position: usize) -> &str {
        &self.urls[position]
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
            server.url().clone_into(&mut self.urls[0]);
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

/// The address of server number `index`: connections to different addresses need not share ports. Only Linux takes all
/// of 127.0.0.0/8 for its own; elsewhere different ports have to do.
fn address(index: u32) -> Ipv4Addr {
    if cfg!(target_os = "linux") { Ipv4Addr::from(u32::from(Ipv4Addr::LOCALHOST) + index) } else { Ipv4Addr::LOCALHOST }
}

/// The seed of server number `index` in a sample: the first one's is the sample's.
pub(super) fn server_seed(seed: u64, index: u32) -> u64 {
    seed ^ u64::from(index).rotate_right(16)
}
