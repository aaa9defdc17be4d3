//! Ways of issuing n requests. Each kind is one file and one line in the registry below; from there it is reachable in
//! config, schema, manifest, comparison and the contract tests. Its options are the fields of one struct: the doc comment
//! of a field, its default and its range are what config, schema and messages say about it.
//!
//! In: a [`Work`], which says what to send where and how wide. Out: exactly `requests` outcomes, failures included.
//! A strategy must not know of sweeps, cells or charts, and must not look at the wall clock.

mod async_tasks;
mod client;
mod command;
mod event_loop;
mod failure;
mod http;
mod multi_process;
mod process_pool;
mod reactor;
mod sequential;
mod spec;
mod thread_per_request;
mod thread_pool;
mod work;

use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::SharedClock;
use crate::model::{Concurrency, Connections, HttpVersion, Outcome, RequestCount, ResourceEstimate};

pub use async_tasks::AsyncTasks;
pub use command::{Command, Invocation, MissingProgram, VARIABLES};
pub use event_loop::EventLoop;
pub use http::{Unanswered, health_check};
pub use process_pool::{ProcessPool, serve_worker};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use reactor::fuzz::response as fuzz_response;
pub use sequential::Sequential;
pub use spec::StrategySpec;
pub use thread_per_request::ThreadPerRequest;
pub use thread_pool::ThreadPool;
pub use work::{Program, Work};

/// A kind of strategy, implemented by its options. The probe calls [`run`](Strategy::run) once in a fresh process.
pub trait Strategy: Sync {
    /// What all strategies of the kind share.
    fn info(&self) -> KindInfo;

    /// How its requests overlap.
    fn concurrency(&self) -> Concurrency;

    /// The most requests that it has under way at once, 1 or more; `None` is no bound.
    fn bound(&self) -> Option<u32>;

    /// Threads or processes of a pool, 1 or more; `None` where the kind has no such number.
    fn workers(&self) -> Option<u32> {
        None
    }

    /// Processes that share its requests, each with an address of its own: 1 or more.
    fn processes(&self) -> u32 {
        1
    }

    /// Whether a connection serves one request after another.
    fn connections(&self) -> Connections;

    /// Which HTTP it speaks.
    fn http_version(&self) -> HttpVersion {
        HttpVersion::One
    }

    /// What a sample of `requests` requests takes from the machine.
    fn needs(&self, requests: RequestCount) -> ResourceEstimate;

    /// Issues `work.requests` requests and returns their outcomes in order of request index. Whatever the strategy
    /// needs (pool, client, processes) is built inside, and torn down before it returns. Times are `clock.now()`,
    /// whose zero is the sample's start.
    ///
    /// # Errors
    /// Only where the strategy itself broke (no pool, no process); a request that failed is an outcome.
    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError>;
}

/// What all strategies of a kind share beside the names of their options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindInfo {
    /// The word after `kind =`.
    pub name: &'static str,
    /// The seed article's name for it, used as label when the config names none; else the kind's own name.
    pub label: &'static str,
    /// Whether it speaks https; the others are refused for an https address.
    pub https: bool,
}

macro_rules! kinds {
    ($($kind:ident($file:ident::$options:ident),)*) => {
        /// A kind of strategy with its options.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        #[expect(missing_docs, reason = "each is explained where its options are")]
        pub enum StrategyKind {
            $($kind($file::$options),)*
        }

        /// Every kind, in the order of help and of a config that lists no strategy.
        pub const KINDS: &[KindInfo] = &[$($file::INFO,)*];

        impl StrategyKind {
            fn as_strategy(&self) -> &(dyn Strategy + 'static) {
                match self {
                    $(Self::$kind(options) => options,)*
                }
            }
        }
    };
}

kinds! {
    Sequential(sequential::Sequential),
    ThreadPool(thread_pool::ThreadPool),
    ProcessPool(process_pool::ProcessPool),
    Async(async_tasks::AsyncTasks),
    ThreadPerRequest(thread_per_request::ThreadPerRequest),
    EventLoop(event_loop::EventLoop),
    Command(command::Command),
}

/// Every kind that is part of this program, with its default options.
pub fn built_in() -> impl Iterator<Item = StrategySpec> {
    KINDS.iter().filter_map(|info| StrategySpec::by_default(info.name))
}

/// Descriptors of any process: its standard streams, its event queue, what its libraries hold.
const BASE_DESCRIPTORS: u64 = 16;
/// Descriptors of a blocking client beside its socket: the event queue of its hidden thread, a wake-up, a spare socket.
const CLIENT_DESCRIPTORS: u64 = 5;

/// The workers of a pool that does not say how many.
const fn default_workers() -> u32 {
    20
}

/// The default of options that count what there is at least one of.
const fn one() -> u32 {
    1
}

/// How many connections a sample opens: one for each of its `clients`, or one for each request.
fn ports(connections: Connections, clients: u64, requests: RequestCount) -> u64 {
    match connections {
        Connections::KeepAlive => clients.min(u64::from(requests)),
        Connections::PerRequest => u64::from(requests),
    }
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
    /// A program of somebody else's is started in place of a child of this one.
    #[error("a strategy of kind `command` is a program of its own, which no child of reportgen runs")]
    NotBuiltIn,
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
