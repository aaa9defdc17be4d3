//! One event loop (tokio) with all requests under way at once, on one thread unless `threads` says otherwise;
//! `max-in-flight` bounds them. The runtime lives and dies in here: nothing else of the program is asynchronous.

use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::client::Clients;
use super::{BASE_DESCRIPTORS, Strategy, StrategyError, Work, ports};
use crate::clock::SharedClock;
use crate::model::{HttpVersion, KindInfo, Model, Needs, Outcome, RequestCount, StrategySpec};

/// All requests in flight on one event loop.
pub(super) struct AsyncTasks;

impl Strategy for AsyncTasks {
    fn info(&self) -> KindInfo {
        KindInfo {
            name: "async",
            about: "one thread, one event loop, all requests in flight",
            model: Model::Async,
            options: &["max-in-flight", "threads", "connections", "http-version"],
            label: "async_get",
            https: true,
        }
    }

    fn needs(&self, strategy: &StrategySpec, requests: RequestCount) -> Needs {
        let connections = match strategy.http_version {
            HttpVersion::One => u64::from(Model::Async.width(requests, strategy)),
            HttpVersion::Two => 1,
        };
        Needs {
            descriptors: BASE_DESCRIPTORS + connections,
            threads: u64::from(strategy.threads),
            ports: ports(strategy, connections, requests),
        }
    }

    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        let clients = Clients::new(work)?;
        runtime(work.threads)?.block_on(all(&clients, work, clock))
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

async fn all(clients: &Clients, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
    let client = Arc::new(clients.asynchronous()?);
    let permits = work.max_in_flight.map(|limit| Arc::new(Semaphore::new(limit as usize)));
    let mut tasks = JoinSet::new();
    for request in 0..work.requests {
        let (client, permits, clock) = (Arc::clone(&client), permits.clone(), Arc::clone(clock));
        tasks.spawn(async move {
            // Nobody closes the semaphore, so acquiring fails never; the permit is held until the outcome is there.
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
