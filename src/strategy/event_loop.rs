//! One thread that asks the kernel which sockets are ready and calls back whatever waits for them (mio): the step between
//! threads and coroutines. No async runtime, no task, no stack for each request: a request in flight is a socket and
//! about a hundred bytes. Speaks HTTP/1.1 without TLS. With `processes`, several such loops share the requests.

use super::client::Clients;
use super::{BASE_DESCRIPTORS, Strategy, StrategyError, Work, ports, reactor, spread};
use crate::clock::{Clock, SharedClock};
use crate::model::{KindInfo, Model, Nanos, Needs, Outcome, RequestCount, StrategySpec};

/// All requests in flight, driven by readiness events.
pub(super) struct EventLoop;

impl Strategy for EventLoop {
    fn info(&self) -> KindInfo {
        KindInfo {
            name: "event-loop",
            about: "one thread, non-blocking sockets, readiness events; http only",
            model: Model::Async,
            options: &["max-in-flight", "connections", "processes"],
            label: "event_loop",
            https: false,
        }
    }

    fn needs(&self, strategy: &StrategySpec, requests: RequestCount) -> Needs {
        let in_flight = u64::from(Model::Async.width(requests, strategy));
        let processes = u64::from(strategy.processes).min(in_flight);
        // Each process has an address of its own to connect to, so ports of its own.
        let ports = ports(strategy, in_flight, requests).div_ceil(processes);
        match processes {
            1 => Needs { descriptors: BASE_DESCRIPTORS + in_flight, threads: 1, ports },
            _ => Needs {
                descriptors: BASE_DESCRIPTORS + in_flight.div_ceil(processes).max(2 * processes),
                threads: 1 + processes,
                ports,
            },
        }
    }

    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        if work.processes > 1 {
            return spread::run(work, clock.as_ref());
        }
        prepare(work)?.run(work, clock.as_ref())
    }
}

/// Everything that one loop needs before its first request.
pub(super) enum Prepared {
    Requests(Box<reqwest::Request>),
    Sleeps(Nanos),
}

/// Prepares a loop for `work`.
pub(super) fn prepare(work: &Work) -> Result<Prepared, StrategyError> {
    Ok(match Clients::new(work)? {
        Clients::Http(http) => Prepared::Requests(Box::new(http.asynchronous()?.into_request())),
        Clients::Sleep(duration) => Prepared::Sleeps(duration.into()),
    })
}

impl Prepared {
    /// Issues all requests of `work`.
    pub(super) fn run(&self, work: &Work, clock: &dyn Clock) -> Result<Vec<Outcome>, StrategyError> {
        match self {
            Self::Requests(request) => reactor::run(work, request, clock),
            Self::Sleeps(length) => reactor::sleep(work, *length, clock),
        }
    }
}
