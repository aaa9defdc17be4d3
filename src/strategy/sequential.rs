//! One blocking request after another: the floor that every other strategy is compared with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Clients;
use super::error::StrategyError;
use super::interface::{BASE_DESCRIPTORS, CLIENT_DESCRIPTORS, KindInfo, Strategy, ports};
use super::work::Work;
use crate::clock::SharedClock;
use crate::model::{Concurrency, Connections, Outcome, RequestCount, ResourceEstimate};

/// one blocking request after another
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Sequential {
    /// Whether a connection serves one request after another, or only one
    #[serde(default)]
    pub connections: Connections,
}

impl Sequential {
    /// One request after another, with the other options as they are by default.
    #[must_use]
    pub const fn over(connections: Connections) -> Self {
        Self { connections }
    }
}

pub(super) const INFO: KindInfo = KindInfo { name: "sequential", article_name: "single_thread", https: true };

impl Strategy for Sequential {
    fn info(&self) -> KindInfo {
        INFO
    }

    fn concurrency(&self) -> Concurrency {
        Concurrency::Sequential
    }

    fn bound(&self) -> Option<u32> {
        Some(1)
    }

    fn connections(&self) -> Connections {
        self.connections
    }

    fn needs(&self, requests: RequestCount) -> ResourceEstimate {
        ResourceEstimate {
            descriptors: BASE_DESCRIPTORS + CLIENT_DESCRIPTORS,
            threads: 2,
            ports: ports(self.connections, 1, requests),
        }
    }

    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        let clients = Clients::new(work)?;
        let client = clients.blocking()?;
        Ok((0..work.requests).map(|request| client.outcome(request, 0, clock.as_ref())).collect())
    }
}
