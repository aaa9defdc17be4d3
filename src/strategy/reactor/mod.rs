//! The loop behind `event-loop`: issues requests as far as it may, asks the kernel which sockets are ready, advances each,
//! ends those whose time is up.
//!
//! In: a [`Work`] and the request. Out: an outcome for each request. All connections share one buffer for reading; a
//! connection's own state is a hundred bytes or so.
//!
//! Connects are paced: at most [`CONNECTING_AT_ONCE`] are under way and not yet taken by the peer, because a queue that
//! overflows costs each client behind it a whole second. A request's time counts from its own connect.

mod connection;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;

use mio::{Events, Poll, Token};
use slab::Slab;

use self::connection::{ClientConnection, RequestProgress};
use super::client::Clients;
use super::error::StrategyError;
use super::failure::{Stage, classify};
use super::http::Exchange;
use super::http1::{RequestBytes, addresses};
use super::work::Work;
use crate::clock::Clock;
use crate::model::{Connections, FailureKind, Nanos, Outcome, StatusSet};

/// Connects under way at once: as many as the shortest queues of common servers hold.
const CONNECTING_AT_ONCE: usize = 511;
/// Requests issued before sockets are looked at again, so that early answers are not stamped late.
const ISSUED_AT_ONCE: usize = 32;
/// Events taken from the kernel at once.
const EVENTS_AT_ONCE: usize = 256;
/// One buffer for all connections; nothing stays in it.
const BUFFER_BYTES: usize = 64 * 1024;

/// Everything that one loop needs before its first request.
pub(super) enum Prepared {
    Requests(Box<reqwest::Request>),
    Sleeps(Nanos),
}

impl Prepared {
    /// Prepares a loop for `work`.
    pub(super) fn for_work(work: &Work) -> Result<Self, StrategyError> {
        Ok(match Clients::new(work)? {
            Clients::Http(http) => Self::Requests(Box::new(http.asynchronous()?.into_request())),
            Clients::Sleep(duration) => Self::Sleeps(duration.into()),
        })
    }

    /// Issues all requests of `work` and returns their outcomes in order.
    pub(super) fn run(&self, work: &Work, clock: &dyn Clock) -> Result<Vec<Outcome>, StrategyError> {
        match self {
            Self::Requests(request) => run(work, request, clock),
            Self::Sleeps(length) => sleep(work, *length, clock),
        }
    }
}

/// Issues the requests of `work` and returns their outcomes in order.
fn run(work: &Work, request: &reqwest::Request, clock: &dyn Clock) -> Result<Vec<Outcome>, StrategyError> {
    let mut reactor = Reactor::new(work, request, clock).map_err(StrategyError::EventLoop)?;
    reactor.run().map_err(StrategyError::EventLoop)?;
    let mut outcomes = reactor.outcomes;
    outcomes.sort_unstable_by_key(|outcome| outcome.request);
    Ok(outcomes)
}

/// In place of requests, sleeps of `length` that the loop waits for as it waits for time limits.
fn sleep(work: &Work, length: Nanos, clock: &dyn Clock) -> Result<Vec<Outcome>, StrategyError> {
    let width = work.width as usize;
    let mut poll = Poll::new().map_err(StrategyError::EventLoop)?;
    let mut events = Events::with_capacity(1);
    let mut starts = VecDeque::new();
    let mut outcomes = Vec::with_capacity(work.requests as usize);
    let mut next = 0..work.requests;
    while outcomes.len() < work.requests as usize {
        let free = width - starts.len();
        starts.extend(next.by_ref().take(free).map(|request| (request, clock.now())));
        let Some(&(request, start)) = starts.front() else { break };
        let left = (start + length) - clock.now();
        if left == Nanos::ZERO {
            starts.pop_front();
            outcomes.push(Exchange::slept().at(request, 0, (start, clock.now())));
        } else if let Err(error) = poll.poll(&mut events, Some(left.as_duration()))
            && error.kind() != io::ErrorKind::Interrupted
        {
            return Err(StrategyError::EventLoop(error));
        }
    }
    Ok(outcomes)
}

struct Reactor<'a> {
    clock: &'a dyn Clock,
    poll: Poll,
    request: RequestBytes,
    addresses: Vec<SocketAddr>,
    expect_status: StatusSet,
    requests: u32,
    width: usize,
    keep_alive: bool,
    timeout: Nanos,
    next: u32,
    connecting: usize,
    in_flight: Slab<InFlight>,
    /// Connections that wait for a request that will not come: to close them is no part of the work.
    idle: Vec<ClientConnection>,
    /// Ascending, because every request has the same limit and they are issued in order.
    deadlines: VecDeque<Deadline>,
    outcomes: Vec<Outcome>,
    buffer: Vec<u8>,
}

/// A request and the connection it is on.
struct InFlight {
    connection: ClientConnection,
    request: u32,
    start: Nanos,
    /// Which of the addresses it was sent to.
    address: usize,
}

struct Deadline {
    at: Nanos,
    key: usize,
    request: u32,
}

impl<'a> Reactor<'a> {
    fn new(work: &Work, request: &reqwest::Request, clock: &'a dyn Clock) -> io::Result<Self> {
        let width = work.width as usize;
        Ok(Self {
            clock,
            poll: Poll::new()?,
            request: RequestBytes::of(request),
            addresses: addresses(request),
            expect_status: work.expect_status.clone(),
            requests: work.requests,
            width,
            keep_alive: work.connections == Connections::KeepAlive,
            timeout: work.request_timeout(),
            next: 0,
            connecting: 0,
            in_flight: Slab::with_capacity(width),
            idle: Vec::new(),
            deadlines: VecDeque::new(),
            outcomes: Vec::with_capacity(work.requests as usize),
            buffer: vec![0; BUFFER_BYTES],
        })
    }

    fn run(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS_AT_ONCE);
        loop {
            self.issue();
            if self.outcomes.len() == self.requests as usize {
                return Ok(());
            }
            let timeout = if self.may_issue() { Some(Nanos::ZERO) } else { self.until_deadline() };
            match self.poll.poll(&mut events, timeout.map(Nanos::as_duration)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                polled => polled?,
            }
            for event in &events {
                self.advance(event.token().0);
            }
            self.expire();
        }
    }

    fn may_issue(&self) -> bool {
        self.next < self.requests && self.in_flight.len() < self.width && self.connecting < CONNECTING_AT_ONCE
    }

    /// Opens connections for the next requests.
    fn issue(&mut self) {
        for _ in 0..ISSUED_AT_ONCE {
            if self.may_issue() {
                self.issue_one();
            }
        }
    }

    fn issue_one(&mut self) {
        let (request, start) = self.begin();
        let key = self.in_flight.vacant_key();
        match self.open(key, 0) {
            Ok((connection, address)) => {
                self.in_flight.insert(InFlight { connection, request, start, address });
                self.connecting += 1;
                self.deadlines.push_back(Deadline { at: start + self.timeout, key, request });
                self.advance(key);
            }
            Err(kind) => self.record(request, start, Exchange::none(kind)),
        }
    }

    /// The next request's number and its start.
    fn begin(&mut self) -> (u32, Nanos) {
        let request = self.next;
        self.next += 1;
        (request, self.clock.now())
    }

    /// Begins to connect to the first address, from number `from` on, that does not refuse at once.
    fn open(&self, key: usize, from: usize) -> Result<(ClientConnection, usize), FailureKind> {
        let mut kind = FailureKind::Unreachable;
        for (index, address) in self.addresses.iter().enumerate().skip(from) {
            match ClientConnection::open(*address, self.request.bodiless, self.poll.registry(), Token(key)) {
                Ok(connection) => return Ok((connection, index)),
                Err(error) => kind = classify(&error, Stage::Head),
            }
        }
        Err(kind)
    }

    /// Called back when the socket of a connection may be ready.
    fn advance(&mut self, key: usize) {
        // One that has ended may still have an event on its way.
        while let Some(in_flight) = self.in_flight.get_mut(key) {
            let connection = &mut in_flight.connection;
            let before = connection.is_established();
            let progress = connection.advance(&self.request.bytes, &mut self.buffer);
            let after = connection.is_established();
            self.connecting -= usize::from(after && !before);
            match progress {
                RequestProgress::Waiting => return,
                RequestProgress::Complete { reusable } if self.complete(key, reusable) => {}
                RequestProgress::Complete { .. } => return,
                RequestProgress::Failed(kind) if after => return self.fail(key, kind),
                RequestProgress::Failed(kind) if !self.connects_elsewhere(key) => return self.fail(key, kind),
                RequestProgress::Failed(_) => {}
            }
        }
    }

    /// The response has come. Returns whether the connection carries the next request.
    fn complete(&mut self, key: usize, reusable: bool) -> bool {
        let end = self.clock.now();
        let in_flight = &mut self.in_flight[key];
        let response = in_flight.connection.response();
        let failure = (!response.status().is_some_and(|status| self.expect_status.contains(status)))
            .then_some(FailureKind::WrongStatus);
        let exchange = Exchange::new(response.status(), response.bytes(), failure);
        self.outcomes.push(exchange.at(in_flight.request, 0, (in_flight.start, end)));
        let stays = self.keep_alive && reusable;
        if stays && self.next < self.requests && in_flight.connection.is_quiet() {
            self.renew(key);
            return true;
        }
        let ended = self.in_flight.remove(key);
        if stays {
            self.idle.push(ended.connection);
        }
        false
    }

    /// Puts the next request on a connection that has just carried one.
    fn renew(&mut self, key: usize) {
        let (request, start) = self.begin();
        let in_flight = &mut self.in_flight[key];
        (in_flight.request, in_flight.start) = (request, start);
        in_flight.connection.renew(self.request.bodiless);
        self.deadlines.push_back(Deadline { at: start + self.timeout, key, request });
    }

    /// Connects to the next address of a host that has several; its time runs on.
    fn connects_elsewhere(&mut self, key: usize) -> bool {
        let Ok((connection, address)) = self.open(key, self.in_flight[key].address + 1) else { return false };
        let in_flight = &mut self.in_flight[key];
        (in_flight.connection, in_flight.address) = (connection, address);
        true
    }

    fn fail(&mut self, key: usize, kind: FailureKind) {
        let ended = self.in_flight.remove(key);
        self.connecting -= usize::from(!ended.connection.is_established());
        let response = ended.connection.response();
        self.record(ended.request, ended.start, Exchange::new(response.status(), response.bytes(), Some(kind)));
    }

    fn record(&mut self, request: u32, start: Nanos, exchange: Exchange) {
        self.outcomes.push(exchange.at(request, 0, (start, self.clock.now())));
    }

    /// Ends requests whose time is up.
    fn expire(&mut self) {
        let now = self.clock.now();
        while let Some(&Deadline { at, key, request }) = self.deadlines.front() {
            let is_open = self.in_flight.get(key).is_some_and(|in_flight| in_flight.request == request);
            if is_open && at > now {
                return;
            }
            self.deadlines.pop_front();
            if is_open {
                self.fail(key, FailureKind::RequestTimeout);
            }
        }
    }

    fn until_deadline(&self) -> Option<Nanos> {
        self.deadlines.front().map(|first| first.at - self.clock.now())
    }
}
