//! One blocking request after another: the floor that every other strategy is compared with.

use super::client::Clients;
use super::{BASE_DESCRIPTORS, CLIENT_DESCRIPTORS, Strategy, StrategyError, Work, ports};
use crate::clock::SharedClock;
use crate::model::{KindInfo, Model, Needs, Outcome, RequestCount, StrategySpec};

/// One blocking client, one request at a time.
pub(super) struct Sequential;

impl Strategy for Sequential {
    fn info(&self) -> KindInfo {
        KindInfo {
            name: "sequential",
            about: "one blocking request after another",
            model: Model::Sequential,
            options: &["connections"],
            label: "single_thread",
            https: true,
        }
    }

    fn needs(&self, strategy: &StrategySpec, requests: RequestCount) -> Needs {
        Needs { descriptors: BASE_DESCRIPTORS + CLIENT_DESCRIPTORS, threads: 2, ports: ports(strategy, 1, requests) }
    }

    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        let clients = Clients::new(work)?;
        let client = clients.blocking()?;
        Ok((0..work.requests).map(|request| client.outcome(request, 0, clock.as_ref())).collect())
    }
}
