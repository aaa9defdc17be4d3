//! Where the requests of a sweep go: the embedded delay server, started here, or an address that is served already.

use thiserror::Error;

use super::{Access, Programs};
use crate::config::Sweep;
use crate::model::{FailureKind, Target};
use crate::server::{self, ServerError, Witness};
use crate::strategy::{self, StrategyError, Work};

/// An endpoint that answers; a sleep has none and needs none.
pub struct Endpoint {
    url: String,
    server: Option<server::Handle>,
}

/// Why there is nobody to send requests to.
#[derive(Debug, Error)]
pub enum EndpointError {
    /// The embedded server has a problem.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// Nobody answers.
    #[error("target {url} does not answer ({kind}); start its server or correct `url` in [target]")]
    Unreachable {
        /// The address, without password.
        url: String,
        /// Why.
        kind: FailureKind,
    },
    /// No request can be made for it.
    #[error(transparent)]
    Request(#[from] StrategyError),
}

impl Endpoint {
    /// Starts the delay server, or sends one request to the `url` to see that somebody answers.
    ///
    /// # Errors
    /// When nobody is there to answer.
    pub fn open(sweep: &Sweep, programs: &Programs, access: &Access) -> Result<Self, EndpointError> {
        match &sweep.target {
            Target::Delay(target) => {
                let server = server::Handle::start(&programs.server.path, &programs.server.arguments, target)?;
                Ok(Self { url: server.url().to_owned(), server: Some(server) })
            }
            Target::Sleep { .. } => Ok(Self { url: String::new(), server: None }),
            Target::Url(target) => {
                let mut work = Work::new(&sweep.target, &access.url, &sweep.strategies[0], programs.worker.clone());
                work.headers = access.headers.clone();
                work.request_timeout_ns = sweep.request_timeout.0;
                match strategy::check_reachable(&work)? {
                    Ok(_) => Ok(Self { url: access.url.clone(), server: None }),
                    Err(kind) => Err(EndpointError::Unreachable { url: target.shown_url(), kind }),
                }
            }
        }
    }

    /// Where requests go; empty for a sleep.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A sample begins: the embedded server counts from zero and draws its delays from `seed`.
    pub(super) fn begin(&mut self, seed: u64) -> Result<(), ServerError> {
        self.server.as_mut().map_or(Ok(()), |server| server.begin(seed))
    }

    /// The sample has ended: what the embedded server saw of it.
    pub(super) fn end(&mut self) -> Result<Option<Witness>, ServerError> {
        self.server.as_mut().map(server::Handle::end).transpose()
    }
}
