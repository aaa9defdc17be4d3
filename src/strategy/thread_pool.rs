//! A fixed pool of OS threads (rayon) that make blocking requests. Requests are handed out one at a time in order; each
//! thread builds its own client when it takes its first request, because reqwest drives all requests of one blocking
//! client from a single hidden thread.

use std::sync::OnceLock;

use rayon::ThreadPoolBuilder;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::{Blocking, Clients};
use super::error::StrategyError;
use super::interface::{BASE_DESCRIPTORS, CLIENT_DESCRIPTORS, KindInfo, Strategy, default_workers, ports};
use super::work::Work;
use crate::clock::SharedClock;
use crate::model::{Concurrency, Connections, Outcome, RequestCount, ResourceEstimate};

/// a pool of OS threads that make blocking requests
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ThreadPool {
    /// Threads or processes of a pool; a list makes one line each, such as "multithread (6)"
    #[serde(default = "default_workers")]
    #[schemars(range(min = 1, max = 10_000), extend("x-list" = true))]
    pub workers: u32,
    /// Whether a connection serves one request after another, or only one
    #[serde(default)]
    pub connections: Connections,
}

pub(super) const INFO: KindInfo = KindInfo { name: "thread-pool", article_name: "multithread", https: true };

impl Strategy for ThreadPool {
    fn info(&self) -> KindInfo {
        INFO
    }

    fn concurrency(&self) -> Concurrency {
        Concurrency::Pool
    }

    fn bound(&self) -> Option<u32> {
        Some(self.workers)
    }

    fn workers(&self) -> Option<u32> {
        Some(self.workers)
    }

    fn connections(&self) -> Connections {
        self.connections
    }

    fn needs(&self, requests: RequestCount) -> ResourceEstimate {
        let workers = u64::from(self.workers);
        ResourceEstimate {
            descriptors: BASE_DESCRIPTORS + CLIENT_DESCRIPTORS * workers,
            threads: 1 + 2 * workers,
            ports: ports(self.connections, workers, requests),
        }
    }

    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        let source = Clients::new(work)?;
        let pool = ThreadPoolBuilder::new()
            .num_threads(self.workers as usize)
            .build()
            .map_err(|source| StrategyError::Threads { workers: self.workers, source })?;
        let clients: Vec<OnceLock<Result<Blocking<'_>, StrategyError>>> =
            (0..self.workers).map(|_| OnceLock::new()).collect();
        let outcomes: Vec<OnceLock<Outcome>> = (0..work.requests).map(|_| OnceLock::new()).collect();
        pool.scope_fifo(|scope| {
            for (request, place) in (0..).zip(&outcomes) {
                let (source, clients) = (&source, &clients);
                scope.spawn_fifo(move |_| {
                    let worker = rayon::current_thread_index().unwrap_or(0);
                    if let Ok(client) = clients[worker].get_or_init(|| source.blocking()) {
                        let worker = u32::try_from(worker).unwrap_or(u32::MAX);
                        // Each place belongs to one request, so it is empty.
                        let _ = place.set(client.outcome(request, worker, clock.as_ref()));
                    }
                });
            }
        });
        for client in clients {
            client.into_inner().transpose()?;
        }
        Ok(outcomes.into_iter().filter_map(OnceLock::into_inner).collect())
    }
}
