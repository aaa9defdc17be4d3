//! Ways of issuing n requests. Each strategy is one file and one entry in [`STRATEGIES`]; from there it is reachable
//! in configs, their schema, messages that list the kinds, and the contract tests.
//!
//! In: a [`Work`], which says what to send where and how wide. Out: exactly `requests` outcomes, failures included.
//! A strategy must not know of sweeps, cells or charts, and must not look at the wall clock.

mod async_tasks;
mod client;
mod command;
mod event_loop;
mod failure;
mod http;
mod process_pool;
mod reactor;
mod sequential;
mod spread;
mod thread_per_request;
mod thread_pool;
mod work;

use std::io;

use thiserror::Error;

use crate::clock::SharedClock;
use crate::model::{Connections, KindInfo, Needs, Outcome, RequestCount, StrategySpec};

pub use command::{Invocation, MissingProgram, VARIABLES, command_line};
pub use http::{Unanswered, greet};
pub use process_pool::serve_worker;
pub use work::{Program, Work};

/// A way of issuing requests. Stateless; the probe calls [`run`](Strategy::run) once in a fresh process.
pub trait Strategy: Sync {
    /// Its name, a line about it, and the options it takes.
    fn info(&self) -> KindInfo;

    /// What a sample of `requests` requests takes from the machine.
    fn needs(&self, strategy: &StrategySpec, requests: RequestCount) -> Needs;

    /// Issues `work.requests` requests and returns their outcomes in order of request index. Whatever the strategy
    /// needs (pool, client, processes) is built inside, and torn down before it returns. Times are `clock.now()`,
    /// whose zero is the sample's start.
    ///
    /// # Errors
    /// Only where the strategy itself broke (no pool, no process); a request that failed is an outcome.
    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError>;
}

/// Descriptors of any process: its standard streams, its event queue, what its libraries hold.
const BASE_DESCRIPTORS: u64 = 16;
/// Descriptors of a blocking client beside its socket: the event queue of its hidden thread, a wake-up, a spare socket.
const CLIENT_DESCRIPTORS: u64 = 5;

/// How many connections a sample opens: one for each of its `clients`, or one for each request.
fn ports(strategy: &StrategySpec, clients: u64, requests: RequestCount) -> u64 {
    match strategy.connections {
        Connections::KeepAlive => clients.min(u64::from(requests)),
        Connections::PerRequest => u64::from(requests),
    }
}

/// Every strategy, in the order of help and of a config that lists none.
pub const STRATEGIES: &[&dyn Strategy] = &[
    &sequential::Sequential,
    &thread_pool::ThreadPool,
    &process_pool::ProcessPool,
    &async_tasks::AsyncTasks,
    &thread_per_request::ThreadPerRequest,
    &event_loop::EventLoop,
];

/// The strategy named `kind`.
#[must_use]
pub fn find(kind: &str) -> Option<&'static dyn Strategy> {
    STRATEGIES.iter().copied().find(|strategy| strategy.info().name == kind)
}

/// What every kind says about itself: the registered ones, then that of programs of somebody else's.
#[must_use]
pub fn kinds() -> Vec<KindInfo> {
    STRATEGIES.iter().map(|strategy| strategy.info()).chain([command::INFO]).collect()
}

/// The strategy itself broke; its sample has failed.
#[derive(Debug, Error)]
pub enum StrategyError {
    /// The HTTP client could not be built.
    #[error("cannot build an HTTP client for {url}")]
    Client {
        /// Where it would have sent requests.
        url: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The request itself cannot be made from the config.
    #[error("cannot make a request from the config: {0}")]
    Request(String),
    /// TLS could not be set up.
    #[error("cannot set up TLS")]
    Tls(#[source] rustls::Error),
    /// No threads.
    #[error("cannot start a pool of {workers} threads")]
    Threads {
        /// How many were asked for.
        workers: u32,
        /// Why.
        #[source]
        source: rayon::ThreadPoolBuildError,
    },
    /// No event loop.
    #[error("cannot start the event loop")]
    EventLoop(#[source] io::Error),
    /// A worker process could not be started or spoken to.
    #[error("cannot {verb} worker process {worker}")]
    Worker {
        /// Which one, from 0.
        worker: u32,
        /// What was tried.
        verb: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A strategy of `kind` with default options.
#[cfg(test)]
fn by_kind(kind: &str) -> StrategySpec {
    let info = find(kind).expect("a registered kind").info();
    StrategySpec {
        name: info.label.to_owned(),
        kind: kind.to_owned(),
        model: info.model,
        workers: None,
        max_in_flight: None,
        threads: 1,
        processes: 1,
        connections: Connections::KeepAlive,
        http_version: crate::model::HttpVersion::One,
        max_requests: None,
        command: None,
    }
}

#[cfg(test)]
mod tests {
    use super::{STRATEGIES, find};

    #[test]
    fn names_are_unique_and_found() {
        for strategy in STRATEGIES {
            let name = strategy.info().name;
            assert_eq!(find(name).map(|found| found.info().name), Some(name));
            assert_eq!(STRATEGIES.iter().filter(|other| other.info().name == name).count(), 1);
            assert!(!strategy.info().about.is_empty());
        }
        assert!(find("no-such-kind").is_none());
    }
}
