//! One HTTP exchange, blocking or asynchronous, with the same settings either way.
//!
//! No proxy, no retry, no redirect unless the config asks for it: a request is one exchange with the configured address. `http` targets get a TLS
//! configuration without certificate store (0.14 ms a client instead of 34 ms); `https` targets share one that is
//! built once per process. reqwest's blocking client drives its sockets from a hidden thread of its own, therefore
//! strategies build one client per worker and never share one. Asynchronous requests over plain HTTP/1.1 that follow no
//! redirect go through [`Http1Client`], which takes a fifth of reqwest's memory for ten thousand of them.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use rustls::ClientConfig;

use super::error::StrategyError;
use super::failure::{Stage, classify, reason};
use super::http1::Http1Client;
use super::tls;
use super::work::Work;
use crate::clock::{Clock, SystemClock};
use crate::model::address::masked_address;
use crate::model::secret::HIDDEN;
use crate::model::{Connections, FailureKind, HttpVersion, Nanos, Outcome, StatusSet, TargetSeen};

/// Everything that clients need, prepared once per process. Cheap to share.
pub(super) struct Http {
    url: Url,
    method: Method,
    headers: HeaderMap,
    body: String,
    expect_status: StatusSet,
    follow_redirects: usize,
    timeout: Duration,
    keep_alive: bool,
    http2: bool,
    tls: ClientConfig,
}

/// A blocking client: for one worker.
pub(super) struct BlockingHttp<'a> {
    http: &'a Http,
    client: reqwest::blocking::Client,
}

/// An asynchronous client: for one event loop.
pub(super) struct AsyncHttp {
    client: reqwest::Client,
    prototype: reqwest::Request,
    /// In place of the client where it can do what the request needs.
    http1: Option<Http1Client>,
    timeout: Duration,
    expect_status: StatusSet,
}

/// What came of an exchange, before it is given its place in the sample.
pub(super) struct Exchange {
    status: Option<u16>,
    bytes: u64,
    failure: Option<FailureKind>,
}

impl Http {
    /// Prepares requests for `work`. Reads the system's certificates once if the address is `https`.
    pub(super) fn new(work: &Work) -> Result<Self, StrategyError> {
        let wrong = |what: &str, text: &str| StrategyError::Request(format!("{what} {text:?} is not valid"));
        // An address that cannot be read may hold a password anywhere.
        let url = Url::parse(&work.url).map_err(|_| StrategyError::Request("url is not valid".to_owned()))?;
        let method = Method::from_bytes(work.method.as_bytes()).map_err(|_| wrong("method", &work.method))?;
        let http2 = work.http_version == HttpVersion::Two;
        let mut headers = HeaderMap::new();
        for (name, value) in &work.headers {
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("header name", name))?;
            // The value may be a secret, so only its name is shown.
            let mut value = HeaderValue::from_str(value).map_err(|_| wrong("the value of header", name))?;
            value.set_sensitive(true);
            headers.append(key, value);
        }
        Ok(Self {
            tls: tls::configuration(work, url.scheme() == "https", http2)?,
            url,
            method,
            headers,
            body: work.body.clone(),
            expect_status: work.expect_status.clone(),
            follow_redirects: work.follow_redirects as usize,
            timeout: work.request_timeout().as_duration(),
            keep_alive: work.connections == Connections::KeepAlive,
            http2,
        })
    }

    /// A client of one worker's own. Starts a hidden thread.
    pub(super) fn blocking(&self) -> Result<BlockingHttp<'_>, StrategyError> {
        self.blocking_within(None)
    }

    /// Such a client; `connecting` bounds the time until it is connected, where that is not the whole time-out.
    fn blocking_within(&self, connecting: Option<Duration>) -> Result<BlockingHttp<'_>, StrategyError> {
        let builder = reqwest::blocking::Client::builder();
        // Only the first request to a target, and those that estimate its time, speak HTTP/2 so.
        let builder = if self.http2 { builder.http2_prior_knowledge() } else { builder.http1_only() };
        let client = builder
            .tls_backend_preconfigured(self.tls.clone())
            .no_proxy()
            .redirect(self.redirects())
            .retry(reqwest::retry::never())
            .tcp_nodelay(true)
            .pool_max_idle_per_host(if self.keep_alive { usize::MAX } else { 0 })
            .timeout(self.timeout)
            .connect_timeout(connecting)
            .build()
            .map_err(|source| StrategyError::Client { url: self.shown_url(), source })?;
        Ok(BlockingHttp { http: self, client })
    }

    /// A client for all requests of one event loop.
    pub(super) fn asynchronous(&self) -> Result<AsyncHttp, StrategyError> {
        let failed = |source| StrategyError::Client { url: self.shown_url(), source };
        let builder = reqwest::Client::builder();
        // By prior knowledge: nothing is negotiated, so there is no silent fallback to the other version.
        let builder = if self.http2 { builder.http2_prior_knowledge() } else { builder.http1_only() };
        let client = builder
            .tls_backend_preconfigured(self.tls.clone())
            .no_proxy()
            .redirect(self.redirects())
            .retry(reqwest::retry::never())
            .tcp_nodelay(true)
            .pool_max_idle_per_host(if self.keep_alive { usize::MAX } else { 0 })
            .timeout(self.timeout)
            .build()
            .map_err(failed)?;
        let mut request = client.request(self.method.clone(), self.url.clone()).headers(self.headers.clone());
        if !self.body.is_empty() {
            request = request.body(self.body.clone());
        }
        let prototype = request.build().map_err(failed)?;
        let is_plain = !self.http2 && self.follow_redirects == 0;
        Ok(AsyncHttp {
            http1: if is_plain { Http1Client::new(&prototype, self.keep_alive) } else { None },
            client,
            prototype,
            timeout: self.timeout,
            expect_status: self.expect_status.clone(),
        })
    }

    /// Follows so many redirects; the response after them is the request's, whatever it is.
    fn redirects(&self) -> reqwest::redirect::Policy {
        let most = self.follow_redirects;
        reqwest::redirect::Policy::custom(move |attempt| {
            // The addresses before this one: the first is the request's own.
            if attempt.previous().len() > most { attempt.stop() } else { attempt.follow() }
        })
    }

    fn shown_url(&self) -> String {
        masked_address(self.url.as_str(), |_| HIDDEN.to_owned())
    }
}

impl BlockingHttp<'_> {
    fn health_check(&self) -> Result<TargetSeen, Unanswered> {
        let connected = |kind| Unanswered { kind, connected: true, reason: None };
        let unanswered = |error: reqwest::Error| Unanswered {
            kind: classify(&error, Stage::Head),
            connected: !error.is_connect(),
            reason: reason(&error),
        };
        let mut body = CountingSink::within(self.http.timeout);
        let mut response = self.send().map_err(unanswered)?;
        let server = response.headers().get("server").map(|server| String::from_utf8_lossy(server.as_bytes()));
        let seen = TargetSeen {
            http_version: format!("{:?}", response.version()),
            status: response.status().as_u16(),
            server: server.map(|server| server.chars().filter(|c| !c.is_control()).take(200).collect()),
        };
        io::copy(&mut response, &mut body).map_err(|error| connected(classify(&error, Stage::Body)))?;
        Ok(seen)
    }

    fn send(&self) -> reqwest::Result<reqwest::blocking::Response> {
        let http = self.http;
        let mut request = self.client.request(http.method.clone(), http.url.clone()).headers(http.headers.clone());
        if !http.body.is_empty() {
            request = request.body(http.body.clone());
        }
        request.send()
    }

    /// Sends one request and waits for its last byte. Never fails: a failure is part of the exchange.
    pub(super) fn exchange(&self) -> Exchange {
        let mut body = CountingSink::within(self.http.timeout);
        match self.send() {
            Ok(mut response) => {
                let status = response.status().as_u16();
                let read = io::copy(&mut response, &mut body);
                Exchange::after(status, &self.http.expect_status, body.bytes, read.err())
            }
            Err(error) => Exchange::failed(&error),
        }
    }
}

/// Counts what is written to it, so that the length of a truncated body is known too, and takes nothing after the
/// request's time: a blocking client's own limit is one for each read, and a body that never ends keeps to that.
struct CountingSink {
    bytes: u64,
    clock: SystemClock,
    limit: Nanos,
}

impl CountingSink {
    /// A sink that takes what comes within this time from now.
    fn within(limit: Duration) -> Self {
        Self { bytes: 0, clock: SystemClock::start(), limit: limit.into() }
    }
}

impl io::Write for CountingSink {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if self.clock.now() > self.limit {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.bytes += part.len() as u64;
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncHttp {
    /// The request itself, for a client of another make.
    pub(super) fn into_request(self) -> reqwest::Request {
        self.prototype
    }

    /// Sends one request and reads its last byte. Never fails: a failure is part of the exchange.
    pub(super) async fn exchange(&self) -> Exchange {
        match &self.http1 {
            Some(client) => self.exchange_over(client).await,
            // The larger of two futures decides how much memory each request takes.
            None => Box::pin(self.exchange_with_reqwest()).await,
        }
    }

    async fn exchange_over(&self, client: &Http1Client) -> Exchange {
        let mut response = client.awaited();
        let ended = tokio::time::timeout(self.timeout, client.exchange(&mut response)).await;
        let failure = match ended {
            Err(_) => Some(FailureKind::RequestTimeout),
            Ok(Err(failure)) => Some(failure),
            Ok(Ok(())) if response.status().is_some_and(|status| self.expect_status.contains(status)) => None,
            Ok(Ok(())) => Some(FailureKind::WrongStatus),
        };
        Exchange { status: response.status(), bytes: response.bytes(), failure }
    }

    async fn exchange_with_reqwest(&self) -> Exchange {
        // A body made from a string is always cloneable.
        let Some(request) = self.prototype.try_clone() else { return Exchange::none(FailureKind::Other) };
        let mut response = match self.client.execute(request).await {
            Ok(response) => response,
            Err(error) => return Exchange::failed(&error),
        };
        let status = response.status().as_u16();
        let mut bytes = 0;
        let read = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => bytes += chunk.len() as u64,
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        Exchange::after(status, &self.expect_status, bytes, read)
    }
}

impl Exchange {
    fn failed(error: &(dyn Error + 'static)) -> Self {
        Self { status: None, bytes: 0, failure: Some(classify(error, Stage::Head)) }
    }

    fn after(status: u16, expected: &StatusSet, bytes: u64, broken: Option<impl Error + 'static>) -> Self {
        let failure = match broken {
            Some(error) => Some(classify(&error, Stage::Body)),
            None if !expected.contains(status) => Some(FailureKind::WrongStatus),
            None => None,
        };
        Self { status: Some(status), bytes, failure }
    }

    /// An exchange as its parts say.
    pub(super) const fn new(status: Option<u16>, bytes: u64, failure: Option<FailureKind>) -> Self {
        Self { status, bytes, failure }
    }

    /// Status, bytes and failure.
    pub(super) const fn parts(&self) -> (Option<u16>, u64, Option<FailureKind>) {
        (self.status, self.bytes, self.failure)
    }

    /// Gives the exchange its place in the sample.
    pub(super) fn at(self, request: u32, worker: u32, times: (Nanos, Nanos)) -> Outcome {
        let (start, end) = times;
        Outcome { request, worker, start, end, status: self.status, bytes: self.bytes, failure: self.failure }
    }

    /// A sleep in place of an exchange.
    pub(super) const fn slept() -> Self {
        Self { status: None, bytes: 0, failure: None }
    }

    /// An exchange that never was.
    pub(super) const fn none(failure: FailureKind) -> Self {
        Self { status: None, bytes: 0, failure: Some(failure) }
    }
}

/// How long a first request may wait to be connected.
const CONNECTING: Duration = Duration::from_secs(10);

/// A first request that got no whole response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Why.
    pub kind: FailureKind,
    /// Whether the connection was accepted.
    pub connected: bool,
    /// More about it, where there is: a clause.
    pub reason: Option<&'static str>,
}

/// `tls: its certificate has expired`.
impl fmt::Display for Unanswered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Some(reason) => write!(formatter, "{}: {reason}", self.kind),
            None => write!(formatter, "{}", self.kind),
        }
    }
}

/// Sends one request for `work` and says who answered. Any whole HTTP response counts.
///
/// # Errors
/// When no request can be made of the config. A request without a response is `Ok(Err(why))`.
pub fn health_check(work: &Work) -> Result<Result<TargetSeen, Unanswered>, StrategyError> {
    let http = Http::new(work)?;
    // Less than the whole time-out, so that no server and a silent server can be distinguished.
    let connecting = CONNECTING.min(http.timeout * 3 / 4);
    Ok(http.blocking_within(Some(connecting))?.health_check())
}
