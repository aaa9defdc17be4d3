//! One event loop (tokio) with all requests under way at once, on one thread unless `threads` says otherwise;
//! `max-in-flight` bounds them. The runtime lives and dies in here: nothing else of the program is asynchronous.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::client::Clients;
use super::error::StrategyError;
use super::interface::{BASE_DESCRIPTORS, KindInfo, Strategy, one, ports};
use super::work::Work;
use crate::clock::SharedClock;
use crate::model::{Concurrency, Connections, HttpVersion, Outcome, RequestCount, ResourceEstimate};

/// one thread, one event loop, all requests in flight
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AsyncTasks {
    /// Most requests under way at once; without it, all of them
    #[schemars(range(min = 1, max = 1_000_000))]
    pub max_in_flight: Option<u32>,
    /// Threads of the event loop
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1_024))]
    pub threads: u32,
    /// Whether a connection serves one request after another, or only one
    #[serde(default)]
    pub connections: Connections,
    /// Which HTTP it speaks; 2 is many requests at once on one connection, without negotiation
    #[serde(default)]
    pub http_version: HttpVersion,
}

pub(super) const INFO: KindInfo = KindInfo { name: "async", article_name: "async_get", https: true };

impl Strategy for AsyncTasks {
    fn info(&self) -> KindInfo {
        INFO
    }

    fn concurrency(&self) -> Concurrency {
        Concurrency::Async
    }

    fn bound(&self) -> Option<u32> {
        self.max_in_flight
    }

    fn connections(&self) -> Connections {
        self.connections
    }

    fn http_version(&self) -> HttpVersion {
        self.http_version
    }

    fn needs(&self, requests: RequestCount) -> ResourceEstimate {
        let connections = match self.http_version {
            HttpVersion::One => u64::from(self.max_in_flight.unwrap_or(requests).min(requests)),
            HttpVersion::Two => 1,
        };
        ResourceEstimate {
            descriptors: BASE_DESCRIPTORS + connections,
            threads: u64::from(self.threads),
            ports: ports(self.connections, connections, requests),
        }
    }

    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        let clients = Clients::new(work)?;
        runtime(self.threads)?.block_on(all(&clients, work, self.max_in_flight, clock))
    }
}

fn runtime(threads: u32) -> Result<Runtime, StrategyError> {
    let mut builder = if threads > 1 {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(threads as usize);
        builder
    } else {
        Builder::new_current_thread()
    };
    builder.enable_all().build().map_err(StrategyError::EventLoop)
}

async fn all(
    clients: &Clients,
    work: &Work,
    bound: Option<u32>,
    clock: &SharedClock,
) -> Result<Vec<Outcome>, StrategyError> {
    let client = Arc::new(clients.asynchronous()?);
    let permits = bound.map(|limit| Arc::new(Semaphore::new(limit as usize)));
    let mut tasks = JoinSet::new();
    for request in 0..work.requests {
        let (client, permits, clock) = (Arc::clone(&client), permits.clone(), Arc::clone(clock));
        tasks.spawn(async move {
            // The semaphore is never closed, so acquiring cannot fail; the permit is held until the outcome is there.
            let _permit = match &permits {
                Some(permits) => permits.acquire().await.ok(),
                None => None,
            };
            client.outcome(request, 0, clock.as_ref()).await
        });
    }
    let mut outcomes = tasks.join_all().await;
    outcomes.sort_unstable_by_key(|outcome| outcome.request);
    Ok(outcomes)
}
