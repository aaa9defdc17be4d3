//! The event loop: accepts connections, serves each in a task of its own, obeys commands. One thread does it all, so
//! counting needs no locks.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener as BlockingListener};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::task::coop::unconstrained;
use tokio::task::{JoinSet, spawn_local};

use crate::clock::SystemClock;
use crate::model::{DelayTarget, Nanos};
use crate::server::agenda::{Agenda, Wait};
use crate::server::answer::Connection;
use crate::server::error::ServerError;
use crate::server::sample::{Sample, Witness};

/// Clients that may be waiting to be accepted; the kernel clamps it to its own limit.
const BACKLOG: i32 = 65_535;
/// How long no connection is accepted after one could not be, unless one closes earlier.
const ACCEPT_PAUSE: Nanos = Nanos::from_millis(100);
/// Socket events taken from the kernel at once. Few, because a request whose time has come queues behind them.
const EVENTS_AT_ONCE: usize = 64;

/// What the server can be told while it runs.
pub(super) enum Command {
    /// Forget everything, connections included, and count anew.
    Begin {
        /// Seed of the new sample's schedule.
        seed: u64,
        /// Told when it is done.
        done: oneshot::Sender<()>,
    },
    /// Say what was seen since the sample began.
    End(oneshot::Sender<Witness>),
    /// Close everything.
    Stop,
}

/// Opens a listening socket, ready for the event loop.
pub(super) fn listen(address: SocketAddr) -> Result<BlockingListener, ServerError> {
    try_listen(address).map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => ServerError::AddressInUse(address),
        _ => ServerError::Listen { address, source },
    })
}

fn try_listen(address: SocketAddr) -> io::Result<BlockingListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Elsewhere than on Unix this option lets two servers share a port.
    socket.set_reuse_address(cfg!(unix))?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Serves until told to stop, and returns what was seen since the last beginning.
pub(super) fn run(
    listener: BlockingListener,
    target: DelayTarget,
    seed: u64,
    commands: UnboundedReceiver<Command>,
) -> Result<Witness, ServerError> {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .max_io_events_per_tick(EVENTS_AT_ONCE)
        .build_local(LocalOptions::default())
        .map_err(ServerError::EventLoop)?;
    runtime.block_on(async move {
        let mut engine = Engine::new(listener, target, seed).map_err(ServerError::EventLoop)?;
        spawn_local(Rc::clone(&engine.agenda).keep());
        // Whoever queues is accepted before anybody is served: a full queue costs a client a whole second.
        unconstrained(engine.obey(commands)).await;
        Ok(engine.sample.witness())
    })
}

struct Engine {
    listener: TcpListener,
    target: DelayTarget,
    agenda: Rc<Agenda>,
    sample: Rc<Sample>,
    connections: JoinSet<()>,
    pause: Option<Wait>,
}

enum Event {
    Command(Command),
    Closed,
    Accepted(io::Result<TcpStream>),
}

impl Engine {
    fn new(listener: BlockingListener, target: DelayTarget, seed: u64) -> io::Result<Self> {
        Ok(Self {
            listener: TcpListener::from_std(listener)?,
            agenda: Agenda::new(SystemClock::start())?,
            sample: Sample::begin(&target, seed),
            target,
            connections: JoinSet::new(),
            pause: None,
        })
    }

    async fn obey(&mut self, mut commands: UnboundedReceiver<Command>) {
        loop {
            match poll_fn(|context| self.poll_event(&mut commands, context)).await {
                Event::Command(Command::Begin { seed, done }) => {
                    self.begin(seed).await;
                    let _ = done.send(());
                }
                Event::Command(Command::End(reply)) => {
                    let _ = reply.send(self.sample.witness());
                }
                Event::Command(Command::Stop) => return,
                Event::Closed => self.pause = None,
                Event::Accepted(Ok(stream)) => self.serve(stream),
                Event::Accepted(Err(error)) => self.back_off(&error),
            }
        }
    }

    fn poll_event(&mut self, commands: &mut UnboundedReceiver<Command>, context: &mut Context<'_>) -> Poll<Event> {
        if let Poll::Ready(command) = commands.poll_recv(context) {
            return Poll::Ready(Event::Command(command.unwrap_or(Command::Stop)));
        }
        if let Poll::Ready(Some(_)) = self.connections.poll_join_next(context) {
            return Poll::Ready(Event::Closed);
        }
        if let Some(pause) = &mut self.pause {
            ready!(Pin::new(pause).poll(context));
            self.pause = None;
        }
        self.listener.poll_accept(context).map_ok(|(stream, _)| stream).map(Event::Accepted)
    }

    fn serve(&mut self, stream: TcpStream) {
        let connection = Connection::new(Rc::clone(&self.sample), Rc::clone(&self.agenda));
        self.connections.spawn_local(connection.serve(stream));
    }

    /// Without descriptors every further attempt would fail at once, and the loop would spin.
    fn back_off(&mut self, error: &io::Error) {
        self.sample.count_accept_error();
        if !matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) {
            self.pause = Some(self.agenda.wait_until(self.agenda.now() + ACCEPT_PAUSE));
        }
    }

    /// The new sample's clients start after this, so whoever is connected or queues for it now is a leftover.
    async fn begin(&mut self, seed: u64) {
        self.connections.shutdown().await;
        // Not through tokio, which would not look before the kernel has reported an event.
        while SockRef::from(&self.listener).accept().is_ok() {}
        self.pause = None;
        self.sample = Sample::begin(&self.target, seed);
    }
}
