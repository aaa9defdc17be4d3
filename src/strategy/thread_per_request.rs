//! One OS thread for each request, all at once: what a pool without bound would do. Each thread has a client of its
//! own; a thread that cannot be started is a request that failed for want of this machine's resources.

use std::thread;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Clients;
use super::error::StrategyError;
use super::http::Exchange;
use super::interface::{BASE_DESCRIPTORS, CLIENT_DESCRIPTORS, KindInfo, Strategy, ports};
use super::work::Work;
use crate::clock::{Clock, SharedClock};
use crate::model::{Concurrency, Connections, FailureKind, Outcome, RequestCount, ResourceEstimate};

/// one OS thread for each request
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ThreadPerRequest {
    /// Whether a connection serves one request after another, or only one
    #[serde(default)]
    pub connections: Connections,
}

pub(super) const INFO: KindInfo =
    KindInfo { name: "thread-per-request", article_name: "thread_per_request", https: true };

impl Strategy for ThreadPerRequest {
    fn info(&self) -> KindInfo {
        INFO
    }

    fn concurrency(&self) -> Concurrency {
        Concurrency::Async
    }

    fn bound(&self) -> Option<u32> {
        None
    }

    fn connections(&self) -> Connections {
        self.connections
    }

    fn needs(&self, requests: RequestCount) -> ResourceEstimate {
        let threads = u64::from(requests);
        ResourceEstimate {
            descriptors: BASE_DESCRIPTORS + CLIENT_DESCRIPTORS * threads,
            threads: 1 + 2 * threads,
            ports: ports(self.connections, threads, requests),
        }
    }

    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        let clients = Clients::new(work)?;
        let (clients, clock) = (&clients, clock.as_ref());
        Ok(thread::scope(|scope| {
            let threads: Vec<_> = (0..work.requests)
                .map(|request| {
                    let name = format!("request-{request}");
                    let issue = move || match clients.blocking() {
                        Ok(client) => client.outcome(request, request, clock),
                        Err(_) => lost(request, clock),
                    };
                    (request, thread::Builder::new().name(name).spawn_scoped(scope, issue))
                })
                .collect();
            threads
                .into_iter()
                .map(|(request, thread)| {
                    thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(|| lost(request, clock))
                })
                .collect()
        }))
    }
}

/// A request for which this machine had no thread left.
fn lost(request: u32, clock: &dyn Clock) -> Outcome {
    let now = clock.now();
    Exchange::none(FailureKind::LocalLimit).at(request, request, (now, now))
}
