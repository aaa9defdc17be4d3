//! One thread that asks the kernel which sockets are ready and calls back whatever waits for them (mio): the step between
//! threads and coroutines. No async runtime, no task, no stack for each request: a request in flight is a socket and
//! about a hundred bytes. Speaks HTTP/1.1 without TLS.

use super::client::Clients;
use super::{BASE_DESCRIPTORS, Strategy, StrategyError, Work, ports, reactor};
use crate::clock::SharedClock;
use crate::model::{KindInfo, Model, Needs, Outcome, RequestCount, StrategySpec};

/// All requests in flight, driven by readiness events.
pub(super) struct EventLoop;

impl Strategy for EventLoop {
    fn info(&self) -> KindInfo {
        KindInfo {
            name: "event-loop",
            about: "one thread, non-blocking sockets, readiness events; http only",
            model: Model::Async,
            options: &["max-in-flight", "connections"],
            label: "event_loop",
            https: false,
        }
    }

    fn needs(&self, strategy: &StrategySpec, requests: RequestCount) -> Needs {
        let in_flight = u64::from(Model::Async.width(requests, strategy));
        Needs { descriptors: BASE_DESCRIPTORS + in_flight, threads: 1, ports: ports(strategy, in_flight, requests) }
    }

    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        match Clients::new(work)? {
            Clients::Http(http) => reactor::run(work, &http.asynchronous()?.into_request(), clock.as_ref()),
            Clients::Sleep(duration) => reactor::sleep(work, duration.into(), clock.as_ref()),
        }
    }
}
