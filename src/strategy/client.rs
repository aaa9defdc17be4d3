//! The one place from which strategies get their clients, blocking or asynchronous: those of an HTTP exchange, or those
//! of a sleep that stands in its place. A strategy cannot tell which, so it differs in how it waits and in nothing else.

use std::time::Duration;

use super::error::StrategyError;
use super::http::{self, Exchange, Http};
use super::work::Work;
use crate::clock::Clock;
use crate::model::Outcome;

/// Everything that clients need, prepared once per process. Cheap to share.
pub(super) enum Clients {
    Http(Box<Http>),
    Sleep(Duration),
}

/// A blocking client: for one worker.
pub(super) enum Blocking<'a> {
    Http(http::BlockingHttp<'a>),
    Sleep(Duration),
}

/// An asynchronous client: for one event loop.
pub(super) enum Asynchronous {
    Http(Box<http::AsyncHttp>),
    Sleep(Duration),
}

impl Clients {
    /// Prepares clients for `work`.
    pub(super) fn new(work: &Work) -> Result<Self, StrategyError> {
        match work.sleep_ns {
            Some(nanos) => Ok(Self::Sleep(Duration::from_nanos(nanos))),
            None => Ok(Self::Http(Box::new(Http::new(work)?))),
        }
    }

    /// A client of one worker's own.
    pub(super) fn blocking(&self) -> Result<Blocking<'_>, StrategyError> {
        Ok(match self {
            Self::Http(http) => Blocking::Http(http.blocking()?),
            Self::Sleep(duration) => Blocking::Sleep(*duration),
        })
    }

    /// A client for all requests of one event loop.
    pub(super) fn asynchronous(&self) -> Result<Asynchronous, StrategyError> {
        Ok(match self {
            Self::Http(http) => Asynchronous::Http(Box::new(http.asynchronous()?)),
            Self::Sleep(duration) => Asynchronous::Sleep(*duration),
        })
    }
}

impl Blocking<'_> {
    /// Issues request number `request` and waits for its end. Never fails: a failure is part of the outcome.
    pub(super) fn outcome(&self, request: u32, worker: u32, clock: &dyn Clock) -> Outcome {
        let start = clock.now();
        let exchange = self.exchange();
        exchange.at(request, worker, (start, clock.now()))
    }

    /// One request, without its times.
    #[expect(clippy::disallowed_methods, reason = "here the sleep is the work")]
    pub(super) fn exchange(&self) -> Exchange {
        match self {
            Self::Http(client) => client.exchange(),
            Self::Sleep(duration) => {
                std::thread::sleep(*duration);
                Exchange::slept()
            }
        }
    }
}

impl Asynchronous {
    /// Issues request number `request` and waits for its end. Never fails: a failure is part of the outcome.
    pub(super) async fn outcome(&self, request: u32, worker: u32, clock: &dyn Clock) -> Outcome {
        let start = clock.now();
        let exchange = match self {
            Self::Http(client) => client.exchange().await,
            Self::Sleep(duration) => {
                tokio::time::sleep(*duration).await;
                Exchange::slept()
            }
        };
        exchange.at(request, worker, (start, clock.now()))
    }
}
