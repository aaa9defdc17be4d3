//! How a sweep ends, and why one could not go on.

use std::error::Error;

use thiserror::Error;

use super::endpoint::EndpointError;
use crate::probe::{ProbeError, Signal};
use crate::server::ServerError;

/// How a sweep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All samples of the plan were taken.
    Finished,
    /// The target refused every request of the last samples; the others were not taken.
    Refused,
    /// By a signal; the samples under way were dropped.
    Interrupted(Signal),
}

/// Why a sweep could not go on. What was measured before is with the observers.
#[derive(Debug, Error)]
pub enum SweepError {
    /// The process that cleans up could not be started.
    #[error("cannot start the process that cleans up after a crash")]
    Watchdog(#[source] std::io::Error),
    /// The thread that waits for a sample could not be started.
    #[error("cannot start a thread for a sample")]
    Thread(#[source] std::io::Error),
    /// A further delay server could not be started.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// A sample could not be started.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The embedded server failed.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// An observer could not do its work.
    #[error(transparent)]
    Observer(#[from] Box<dyn Error + Send + Sync>),
}
