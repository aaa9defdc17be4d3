//! A fixed pool of OS threads (rayon) that make blocking requests. Requests are handed out one at a time in order; each
//! thread builds its own client when it takes its first request, because reqwest drives all requests of one blocking
//! client from a single hidden thread.

use std::sync::OnceLock;

use rayon::ThreadPoolBuilder;

use super::client::{Blocking, Clients};
use super::{BASE_DESCRIPTORS, CLIENT_DESCRIPTORS, Strategy, StrategyError, Work, ports};
use crate::clock::SharedClock;
use crate::model::{KindInfo, Model, Needs, Outcome, RequestCount, StrategySpec};

/// `workers` threads, blocking requests.
pub(super) struct ThreadPool;

impl Strategy for ThreadPool {
    fn info(&self) -> KindInfo {
        KindInfo {
            name: "thread-pool",
            about: "a pool of OS threads that make blocking requests",
            model: Model::Pool,
            options: &["workers", "connections"],
            label: "multithread",
            https: true,
        }
    }

    fn needs(&self, strategy: &StrategySpec, requests: RequestCount) -> Needs {
        let workers = u64::from(strategy.workers.unwrap_or(1));
        Needs {
            descriptors: BASE_DESCRIPTORS + CLIENT_DESCRIPTORS * workers,
            threads: 1 + 2 * workers,
            ports: ports(strategy, workers, requests),
        }
    }

    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        let source = Clients::new(work)?;
        let pool = ThreadPoolBuilder::new()
            .num_threads(work.workers as usize)
            .build()
            .map_err(|source| StrategyError::Threads { workers: work.workers, source })?;
        let clients: Vec<OnceLock<Result<Blocking<'_>, StrategyError>>> =
            (0..work.workers).map(|_| OnceLock::new()).collect();
        let outcomes: Vec<OnceLock<Outcome>> = (0..work.requests).map(|_| OnceLock::new()).collect();
        pool.scope_fifo(|scope| {
            for (request, slot) in (0..).zip(&outcomes) {
                let (source, clients) = (&source, &clients);
                scope.spawn_fifo(move |_| {
                    let worker = rayon::current_thread_index().unwrap_or(0);
                    if let Ok(client) = clients[worker].get_or_init(|| source.blocking()) {
                        let worker = u32::try_from(worker).unwrap_or(u32::MAX);
                        // Each slot belongs to one request, so it is empty.
                        let _ = slot.set(client.outcome(request, worker, clock.as_ref()));
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
