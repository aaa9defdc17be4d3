//! Why a strategy broke.

use std::io;

use thiserror::Error;

/// The strategy itself broke; its sample has failed.
#[derive(Debug, Error)]
pub enum StrategyError {
    /// The HTTP client could not be built.
    #[error("cannot build an HTTP client for {url}")]
    Client {
        /// Where it would have sent requests.
        url: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// An external program is started in place of a child of this one.
    #[error("a strategy of kind `command` is a program of its own, which no child of reportgen runs")]
    NotBuiltIn,
    /// The request itself cannot be made from the config.
    #[error("cannot make a request from the config: {0}")]
    Request(String),
    /// TLS could not be set up.
    #[error("cannot set up TLS")]
    Tls(#[source] rustls::Error),
    /// The certificates of `ca-file` cannot be read.
    #[error("cannot read {path}, the `ca-file` of [target]")]
    Certificates {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It holds none.
    #[error("{path}, the `ca-file` of [target], holds no certificate; expected PEM: -----BEGIN CERTIFICATE-----")]
    NoCertificates {
        /// The file.
        path: String,
    },
    /// No threads.
    #[error("cannot start a pool of {workers} threads")]
    Threads {
        /// How many were asked for.
        workers: u32,
        /// Why.
        #[source]
        source: rayon::ThreadPoolBuildError,
    },
    /// No event loop.
    #[error("cannot start the event loop")]
    EventLoop(#[source] io::Error),
    /// A worker process could not be started or spoken to.
    #[error("cannot {verb} worker process {worker}")]
    Worker {
        /// Which one, from 0.
        worker: u32,
        /// What was tried.
        verb: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
}
