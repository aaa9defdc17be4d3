//! One thread that asks the kernel which sockets are ready and calls back whatever waits for them (mio): the step between
//! threads and coroutines. No async runtime, no task, no stack for each request: a request in flight is a socket and
//! about a hundred bytes. Speaks HTTP/1.1 without TLS. With `processes`, several such loops share the requests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::StrategyError;
use super::interface::{BASE_DESCRIPTORS, KindInfo, Strategy, one, ports};
use super::multi_process;
use super::reactor::Prepared;
use super::work::Work;
use crate::clock::SharedClock;
use crate::model::{Concurrency, Connections, Outcome, RequestCount, ResourceEstimate};

/// one thread, non-blocking sockets, readiness events; http only
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct EventLoop {
    /// Most requests under way at once; without it, all of them
    #[schemars(range(min = 1, max = 1_000_000))]
    pub max_in_flight: Option<u32>,
    /// Whether a connection serves one request after another, or only one
    #[serde(default)]
    pub connections: Connections,
    /// Processes that share the requests, each against a loopback address and a delay server of its own
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 64))]
    pub processes: u32,
}

pub(super) const INFO: KindInfo = KindInfo { name: "event-loop", article_name: "event_loop", https: false };

impl Strategy for EventLoop {
    fn info(&self) -> KindInfo {
        INFO
    }

    fn concurrency(&self) -> Concurrency {
        Concurrency::Async
    }

    fn bound(&self) -> Option<u32> {
        self.max_in_flight
    }

    fn processes(&self) -> u32 {
        self.processes
    }

    fn connections(&self) -> Connections {
        self.connections
    }

    fn needs(&self, requests: RequestCount) -> ResourceEstimate {
        let in_flight = u64::from(self.max_in_flight.unwrap_or(requests).min(requests));
        let processes = u64::from(self.processes).min(in_flight);
        // Each process has an address of its own to connect to, so ports of its own.
        let ports = ports(self.connections, in_flight, requests).div_ceil(processes);
        match processes {
            1 => ResourceEstimate { descriptors: BASE_DESCRIPTORS + in_flight, threads: 1, ports },
            _ => ResourceEstimate {
                descriptors: BASE_DESCRIPTORS + in_flight.div_ceil(processes).max(2 * processes),
                threads: 1 + processes,
                ports,
            },
        }
    }

    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        if self.processes > 1 {
            return multi_process::run(self.processes, work, clock.as_ref());
        }
        Prepared::for_work(work)?.run(work, clock.as_ref())
    }
}
