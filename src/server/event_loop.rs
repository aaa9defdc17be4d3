//! The event loop: accepts connections, advances those that are ready, answers the requests that are due, obeys commands.
//! One thread does it all, so counting needs no locks.
//!
//! Answers go first: whatever else there is to do is done in small portions, and between two portions everybody whose
//! due is answered. Queued connections are accepted before any is read: a full queue costs a client a second.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};

use crate::clock::{Clock, SystemClock};
use crate::model::{DelayTarget, Nanos};
use crate::server::clients::{ClientTable, Holds};
use crate::server::connection::{Connection, Event};
use crate::server::delay_queue::{DelayQueue, Due, Place};
use crate::server::error::ServerError;
use crate::server::http2::Http2Connection;
use crate::server::listener::listen;
use crate::server::sample::{Sample, ServerStats};
use crate::server::timer::Timer;

/// How long no connection is accepted after one could not be, unless one closes earlier.
const ACCEPT_PAUSE: Nanos = Nanos::from_millis(100);
/// Socket events taken from the kernel at once. Few, because who queues to be accepted waits behind them.
const EVENTS_AT_ONCE: usize = 64;
/// Connections accepted between two looks at the delay queue.
const ACCEPTED_AT_ONCE: usize = 16;
/// Answers, and clients disconnected, between two looks at the sockets: as many as take about a millisecond.
const ANSWERED_AT_ONCE: usize = 64;
/// How long clients are advanced without an event between two looks at the sockets.
const ADVANCED_AT_ONCE: Nanos = Nanos(500_000);
/// One buffer for all connections; nothing stays in it.
const BUFFER_BYTES: usize = 64 * 1024;

const LISTENER: Token = Token(0);
const COMMANDS: Token = Token(1);
const TIMER: Token = Token(2);
/// The token of the first client.
const CLIENTS: usize = 3;

/// What the server can be told while it runs.
pub(super) enum LoopCommand {
    /// Forget everything, connections included, and count anew at another port.
    Begin {
        /// Seed of the new sample's schedule.
        seed: u64,
        /// Told the new address when it is done.
        done: Sender<Result<SocketAddr, ServerError>>,
    },
    /// Say what was seen since the sample began.
    End(Sender<ServerStats>),
    /// Close everything.
    Stop,
}

/// An event loop without sockets, and a way to call it from elsewhere.
pub(super) fn event_loop() -> Result<(Poll, Arc<Waker>), ServerError> {
    let poll = Poll::new().map_err(ServerError::EventLoop)?;
    let waker = Waker::new(poll.registry(), COMMANDS).map_err(ServerError::EventLoop)?;
    Ok((poll, Arc::new(waker)))
}

/// Serves until told to stop, and returns what was seen since the last beginning.
pub(super) fn run(
    poll: Poll,
    listener: TcpListener,
    target: DelayTarget,
    seed: u64,
    commands: Receiver<LoopCommand>,
) -> Result<ServerStats, ServerError> {
    let mut event_loop = ServerLoop::new(poll, listener, target, seed, commands).map_err(ServerError::EventLoop)?;
    event_loop.run().map_err(ServerError::EventLoop)?;
    Ok(event_loop.server_stats())
}

struct ServerLoop {
    poll: Poll,
    listener: TcpListener,
    address: SocketAddr,
    commands: Receiver<LoopCommand>,
    clock: SystemClock,
    timer: Timer,
    target: DelayTarget,
    delay_queue: DelayQueue<Who>,
    sample: Sample,
    clients: ClientTable<Client>,
    /// Whether a connection may be waiting to be accepted.
    is_queued: bool,
    /// Until when no connection is accepted.
    pause: Option<Nanos>,
    buffer: Vec<u8>,
}

enum Client {
    One(Connection),
    Http2(Box<Http2Connection>),
}

impl Holds for Client {
    fn held(&self) -> usize {
        match self {
            Self::One(connection) => connection.held(),
            Self::Http2(connection) => connection.held(),
        }
    }

    fn is_unfinished(&self) -> bool {
        match self {
            Self::One(connection) => connection.is_unfinished(),
            Self::Http2(connection) => connection.is_unfinished(),
        }
    }
}

/// Who waits for an answer: a client, and of one that multiplexes a stream.
#[derive(Clone, Copy)]
struct Who {
    client: usize,
    stream: usize,
}

impl ServerLoop {
    fn new(
        poll: Poll,
        mut listener: TcpListener,
        target: DelayTarget,
        seed: u64,
        commands: Receiver<LoopCommand>,
    ) -> io::Result<Self> {
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        Ok(Self {
            timer: Timer::new(poll.registry(), TIMER)?,
            poll,
            address: listener.local_addr()?,
            listener,
            commands,
            clock: SystemClock::start(),
            delay_queue: DelayQueue::new(target.max_concurrent),
            sample: Sample::begin(&target, seed),
            target,
            clients: ClientTable::new(),
            is_queued: true,
            pause: None,
            buffer: vec![0; BUFFER_BYTES],
        })
    }

    fn server_stats(&self) -> ServerStats {
        self.sample.server_stats(self.delay_queue.len())
    }

    fn run(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS_AT_ONCE);
        loop {
            let deadline =
                [self.delay_queue.next(), self.pause, self.clients.next_overdue()].into_iter().flatten().min();
            let limit = self.timer.set(deadline, self.clock.now())?;
            let is_busy = self.clients.has_pending() || self.is_queued && self.pause.is_none();
            match self.poll.poll(&mut events, if is_busy { Some(std::time::Duration::ZERO) } else { limit }) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                polled => polled?,
            }
            for event in &events {
                self.answer_due();
                match event.token() {
                    LISTENER => self.is_queued = true,
                    COMMANDS => {
                        if self.obey() {
                            return Ok(());
                        }
                    }
                    TIMER => self.timer.clear(),
                    Token(token) => self.receive(token - CLIENTS, event.is_read_closed()),
                }
            }
            self.answer_due();
            self.part_with_overdue();
            self.accept();
            let end = self.clock.now() + ADVANCED_AT_ONCE;
            while self.clock.now() < end
                && let Some(client) = self.clients.next_pending()
            {
                // A client that asks faster than it is answered is not read meanwhile, or all answers would queue behind its own.
                let is_late = self.answer_due();
                self.advance(client, true, !is_late);
            }
        }
    }

    /// Returns whether it has to stop.
    fn obey(&mut self) -> bool {
        while let Ok(command) = self.commands.try_recv() {
            match command {
                LoopCommand::Begin { seed, done } => {
                    let _ = done.send(self.begin(seed));
                }
                LoopCommand::End(reply) => {
                    let _ = reply.send(self.server_stats());
                }
                LoopCommand::Stop => return true,
            }
        }
        false
    }

    /// The new sample's clients start after this, so a connection that is open or queued now is a leftover. They find the
    /// server at a port of their own: after ten thousand connections the system goes on remembering each for a minute, and
    /// a client that connects to the same port has to search for a port of its own that is not remembered.
    fn begin(&mut self, seed: u64) -> Result<SocketAddr, ServerError> {
        let broken = |source| ServerError::Listen { address: self.address, source };
        // First of all: they may hold every descriptor that there is.
        self.clients.clear();
        self.delay_queue = DelayQueue::new(self.target.max_concurrent);
        let mut listener = listen(SocketAddr::new(self.address.ip(), 0))?;
        let address = listener.local_addr().map_err(broken)?;
        self.poll.registry().register(&mut listener, LISTENER, Interest::READABLE).map_err(broken)?;
        // Closing the one before takes it off the event loop, and refuses the queued connections.
        (self.listener, self.address) = (listener, address);
        (self.pause, self.is_queued) = (None, true);
        self.sample = Sample::begin(&self.target, seed);
        Ok(address)
    }

    fn accept(&mut self) {
        if self.pause.is_some_and(|pause| pause <= self.clock.now()) {
            self.pause = None;
        }
        if !self.is_queued || self.pause.is_some() {
            return;
        }
        for _ in 0..ACCEPTED_AT_ONCE {
            if self.clients.are_most() {
                self.pause = Some(self.clock.now() + ACCEPT_PAUSE);
                return;
            }
            match self.listener.accept().and_then(|(stream, _)| self.welcome(stream)) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.is_queued = false;
                    return;
                }
                Err(error) => return self.back_off(&error),
            }
        }
    }

    fn welcome(&mut self, mut stream: TcpStream) -> io::Result<()> {
        let _ = stream.set_nodelay(true);
        let token = Token(CLIENTS + self.clients.next_key());
        self.poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        self.clients.insert(Client::One(Connection::new(stream)));
        Ok(())
    }

    /// Without descriptors every further attempt would fail at once, and the loop would spin.
    fn back_off(&mut self, error: &io::Error) {
        self.sample.count_accept_error();
        if !matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) {
            self.pause = Some(self.clock.now() + ACCEPT_PAUSE);
        }
    }

    /// Goes on with a client of which there is an event, unless it has its turn with those that could go on anyway.
    fn receive(&mut self, client: usize, ends: bool) {
        if !self.clients.is_pending(client) {
            self.advance(client, ends, true);
        }
    }

    /// Goes on with a client whose socket may be ready. `ends` where its own side is closed; `reads` where it may be read.
    fn advance(&mut self, client: usize, ends: bool, reads: bool) {
        // One that has ended may still have an event on its way.
        match self.clients.get_mut(client) {
            None => {}
            Some(Client::Http2(connection)) => {
                let progress = connection.advance(reads);
                self.cancel(progress.cancelled);
                for stream in progress.arrived {
                    self.admit(Who { client, stream });
                }
                if progress.is_over {
                    self.part(client);
                }
            }
            Some(Client::One(_)) if !reads => return self.clients.pend(client),
            Some(Client::One(connection)) => match connection.advance(ends, &mut self.buffer) {
                Event::Nothing => {}
                Event::Request => self.admit(Who { client, stream: 0 }),
                Event::Preface(begun) => self.multiplex(client, begun),
                Event::End => self.part(client),
            },
        }
        self.settle(client);
    }

    /// Counts a request and enters it on the delay queue.
    fn admit(&mut self, who: Who) {
        let answer = self.sample.admit(self.delay_queue.len());
        let place = self.delay_queue.enter(who, answer, self.clock.now());
        let carried_one = match self.clients.get_mut(who.client) {
            None => return,
            Some(Client::One(connection)) => {
                connection.place = Some(place);
                &mut connection.carried_one
            }
            Some(Client::Http2(connection)) => {
                connection.wait_at(who.stream, place);
                &mut connection.carried_one
            }
        };
        if !std::mem::replace(carried_one, true) {
            self.sample.count_connection();
        }
    }

    fn multiplex(&mut self, client: usize, begun: Vec<u8>) {
        if let Some(Client::One(connection)) = self.clients.remove(client) {
            let key =
                self.clients.insert(Client::Http2(Box::new(Http2Connection::new(connection.into_stream(), begun))));
            // The key that was left last is given next, so the socket's token still fits.
            debug_assert_eq!(key, client);
        }
    }

    /// After a step of a client: parts with it where it holds too much, and sees to it that it goes on where it may.
    fn settle(&mut self, client: usize) {
        if !self.clients.settle(client, self.clock.now()) {
            return self.part(client);
        }
        let may_advance = match self.clients.get_mut(client) {
            None => false,
            Some(Client::One(connection)) => connection.may_advance(),
            Some(Client::Http2(connection)) => connection.may_advance(),
        };
        if may_advance {
            self.clients.pend(client);
        }
    }

    /// Answers the requests that are due, as far as that is done in a moment. Returns whether some are left.
    fn answer_due(&mut self) -> bool {
        let mut now = self.clock.now();
        for _ in 0..ANSWERED_AT_ONCE {
            let Some(due) = self.delay_queue.take_due(now) else { return false };
            now = self.answer(&due);
        }
        true
    }

    /// Returns the time after the answer.
    fn answer(&mut self, due: &Due<Who>) -> Nanos {
        let Who { client, stream } = due.who;
        let (answered, stays) = match self.clients.get_mut(client) {
            None => (false, false),
            Some(Client::One(connection)) => (true, connection.respond(due.answer)),
            Some(Client::Http2(connection)) => (connection.respond(stream, due.answer), true),
        };
        let now = self.clock.now();
        if answered {
            self.sample.count_answer(due.answer, now - due.start);
        }
        if stays {
            self.settle(client);
        } else {
            self.part(client);
        }
        now
    }

    /// Parts with those that do not finish what they began, as far as that is done in a moment.
    fn part_with_overdue(&mut self) {
        let now = self.clock.now();
        for _ in 0..ANSWERED_AT_ONCE {
            let Some(client) = self.clients.overdue(now) else { break };
            self.part(client);
        }
    }

    /// Forgets a client and whatever it waits for.
    fn part(&mut self, client: usize) {
        match self.clients.remove(client) {
            None => return,
            Some(Client::One(connection)) => self.cancel(connection.place),
            Some(Client::Http2(connection)) => self.cancel(connection.places()),
        }
        // A descriptor is free again.
        self.pause = None;
    }

    fn cancel(&mut self, places: impl IntoIterator<Item = Place>) {
        let now = self.clock.now();
        places.into_iter().for_each(|place| self.delay_queue.cancel(place, now));
    }
}
