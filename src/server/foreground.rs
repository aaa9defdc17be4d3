//! The delay server in this process, on the thread that calls [`Server::run`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use mio::net::TcpListener;
use mio::{Poll, Waker};

use crate::limits;
use crate::model::DelayTarget;
use crate::server::error::ServerError;
use crate::server::event_loop::{self, LoopCommand};
use crate::server::listener::listen;
use crate::server::sample::ServerStats;

/// A delay server that listens and does not serve yet.
pub struct Server {
    poll: Poll,
    listener: TcpListener,
    address: SocketAddr,
    target: DelayTarget,
    seed: u64,
    commands: Receiver<LoopCommand>,
    remote: Remote,
}

impl Server {
    /// Listens on `address`, port 0 for any free one, and raises the process's limit of open files to what it may be.
    ///
    /// # Errors
    /// [`ServerError::AddressInUse`], [`ServerError::Listen`] or [`ServerError::EventLoop`].
    pub fn bind(address: SocketAddr, target: &DelayTarget, seed: u64) -> Result<Self, ServerError> {
        limits::raise_descriptors();
        limits::reserve_descriptors();
        let listener = listen(address)?;
        let address = listener.local_addr().map_err(|source| ServerError::Listen { address, source })?;
        let (poll, waker) = event_loop::event_loop()?;
        let (sender, commands) = channel();
        let remote = Remote { sender, waker };
        Ok(Self { poll, listener, address, target: target.clone(), seed, commands, remote })
    }

    /// Where it listens, with the port that was chosen.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A way to command it from other threads while it runs.
    #[must_use]
    pub fn remote(&self) -> Remote {
        self.remote.clone()
    }

    /// Serves until [`Remote::stop`], then drops every connection and returns what was seen since the last
    /// [`Remote::begin`].
    ///
    /// # Errors
    /// [`ServerError::EventLoop`].
    pub fn run(self) -> Result<ServerStats, ServerError> {
        event_loop::run(self.poll, self.listener, self.target, self.seed, self.commands)
    }
}

/// Commands a running [`Server`] from any thread.
#[derive(Clone)]
pub struct Remote {
    sender: Sender<LoopCommand>,
    waker: Arc<Waker>,
}

impl Remote {
    /// Closes every connection, those not accepted yet included, and counts anew with the answers of `seed`.
    /// Returns the address from then on, with a port that was free; `None` if the server has ended.
    #[must_use]
    pub fn begin(&self, seed: u64) -> Option<Result<SocketAddr, ServerError>> {
        let (done, answer) = channel();
        self.tell(LoopCommand::Begin { seed, done })?;
        answer.recv().ok()
    }

    /// What was seen since the last beginning; counting goes on. `None` if the server has ended.
    #[must_use]
    pub fn end(&self) -> Option<ServerStats> {
        let (reply, answer) = channel();
        self.tell(LoopCommand::End(reply))?;
        answer.recv().ok()
    }

    /// Ends the server soon; nothing happens if it has ended.
    pub fn stop(&self) {
        let _ = self.tell(LoopCommand::Stop);
    }

    fn tell(&self, command: LoopCommand) -> Option<()> {
        self.sender.send(command).ok()?;
        // Without an event loop there is no answer.
        self.waker.wake().ok()
    }
}
