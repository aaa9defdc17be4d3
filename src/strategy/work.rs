//! What a strategy is to do: plain data that crosses a pipe as JSON. It holds header values in clear, so it
//! travels on standard input only, never in an argument list or a file.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::{Connections, HttpVersion, Nanos, RequestCount, StatusSet, Target};

/// The work of one sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Where requests go: `http` or `https`; empty for sleeps.
    pub url: String,
    /// In place of an HTTP exchange, each request sleeps for so many nanoseconds.
    pub sleep_ns: Option<u64>,
    /// HTTP method.
    pub method: String,
    /// Request body; empty for none.
    pub body: String,
    /// The file that it is from, absolute, if it is from one.
    pub body_file: Option<PathBuf>,
    /// Header names and values, filled in.
    pub headers: Vec<(String, String)>,
    /// The statuses that count as success.
    pub expect_status: StatusSet,
    /// Redirects that a request follows at most.
    pub follow_redirects: u32,
    /// Certificates to trust beside the system's: a PEM file, absolute.
    pub ca_file: Option<PathBuf>,
    /// Whether any certificate is trusted.
    pub insecure: bool,
    /// Longest time for one request, in nanoseconds.
    pub request_timeout_ns: u64,
    /// How many requests to issue: 1 or more.
    pub requests: RequestCount,
    /// The most requests under way at once: 1 to all of them.
    pub width: u32,
    /// Threads or processes of a pool; 1 where there is none.
    pub workers: u32,
    /// Whether a connection serves one request after another.
    pub connections: Connections,
    /// Which HTTP is spoken.
    pub http_version: HttpVersion,
    /// Where the processes after the first one send their requests; `url` where there are none.
    pub further_urls: Vec<String>,
    /// How a process pool starts its workers.
    pub worker_program: Program,
}

/// A program with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

impl Work {
    /// `requests` requests to `url`, which stands for `target`, one after another, without headers.
    pub(super) fn new(target: &Target, url: &str, requests: RequestCount, worker_program: Program) -> Self {
        let (method, body) = match target {
            Target::Delay(_) | Target::Sleep { .. } => ("GET".to_owned(), String::new()),
            Target::Url(target) => (target.method.clone(), target.body.clone()),
        };
        let sleep_ns = match target {
            Target::Sleep { delay } => Some(delay.0),
            Target::Delay(_) | Target::Url(_) => None,
        };
        Self {
            url: url.to_owned(),
            sleep_ns,
            method,
            body,
            body_file: None,
            headers: Vec::new(),
            expect_status: target.expect_status(),
            follow_redirects: match target {
                Target::Url(target) => target.follow_redirects,
                Target::Delay(_) | Target::Sleep { .. } => 0,
            },
            ca_file: None,
            insecure: matches!(target, Target::Url(target) if target.insecure),
            request_timeout_ns: Nanos::SECOND.0 * 30,
            requests,
            width: 1,
            workers: 1,
            connections: Connections::default(),
            http_version: HttpVersion::One,
            further_urls: Vec::new(),
            worker_program,
        }
    }

    /// Longest time for one request.
    #[must_use]
    pub const fn request_timeout(&self) -> Nanos {
        Nanos(self.request_timeout_ns)
    }
}
