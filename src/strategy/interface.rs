//! What every kind of strategy implements, and what kinds share to describe themselves.

use super::error::StrategyError;
use super::work::Work;
use crate::clock::SharedClock;
use crate::model::{Concurrency, Connections, HttpVersion, Outcome, RequestCount, ResourceEstimate};

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
    /// The article's name for it: that of strategies without a name in runs of schema 1 and 2, and a word that messages
    /// about a wrong `kind` know.
    pub article_name: &'static str,
    /// Whether it speaks https and follows redirects; the others are refused where a target asks for that.
    pub https: bool,
}

/// Descriptors of any process: its standard streams, its event queue, what its libraries hold.
pub(super) const BASE_DESCRIPTORS: u64 = 16;
/// Descriptors of a blocking client beside its socket: the event queue of its hidden thread, a wake-up, a spare socket.
pub(super) const CLIENT_DESCRIPTORS: u64 = 5;

/// The workers of a pool that does not say how many.
pub(super) const fn default_workers() -> u32 {
    20
}

/// The default of options that count what there is at least one of.
pub(super) const fn one() -> u32 {
    1
}

/// How many connections a sample opens: one for each of its `clients`, or one for each request.
pub(super) fn ports(connections: Connections, clients: u64, requests: RequestCount) -> u64 {
    match connections {
        Connections::KeepAlive => clients.min(u64::from(requests)),
        Connections::PerRequest => u64::from(requests),
    }
}
