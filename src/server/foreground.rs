//! The delay server in this process, on the thread that calls [`Server::run`].

use std::net::SocketAddr;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::model::DelayTarget;
use crate::server::engine::{self, Command};
use crate::server::error::ServerError;
use crate::server::sample::Witness;
use crate::server::system;

/// A delay server that listens and does not serve yet.
pub struct Server {
    listener: std::net::TcpListener,
    address: SocketAddr,
    target: DelayTarget,
    seed: u64,
    commands: UnboundedReceiver<Command>,
    remote: Remote,
}

impl Server {
    /// Listens on `address`, port 0 for any free one, and raises the process's limit of open files to what it may be.
    ///
    /// # Errors
    /// [`ServerError::AddressInUse`] or [`ServerError::Listen`].
    pub fn bind(address: SocketAddr, target: &DelayTarget, seed: u64) -> Result<Self, ServerError> {
        system::raise_file_limit();
        let listener = engine::listen(address)?;
        let address = listener.local_addr().map_err(|source| ServerError::Listen { address, source })?;
        let (sender, commands) = unbounded_channel();
        Ok(Self { listener, address, target: target.clone(), seed, commands, remote: Remote(sender) })
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
    /// [`Remote::begin`]. Must not be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`ServerError::EventLoop`].
    pub fn run(self) -> Result<Witness, ServerError> {
        engine::run(self.listener, self.target, self.seed, self.commands)
    }
}

/// Commands a running [`Server`] from any thread outside a tokio runtime.
#[derive(Clone)]
pub struct Remote(UnboundedSender<Command>);

impl Remote {
    /// Closes every connection, those that nobody has accepted yet included, and counts anew with the answers of
    /// `seed`. Returns when that is done; `None` if the server has ended.
    #[must_use]
    pub fn begin(&self, seed: u64) -> Option<()> {
        let (done, answer) = oneshot::channel();
        self.0.send(Command::Begin { seed, done }).ok()?;
        answer.blocking_recv().ok()
    }

    /// What was seen since the last beginning; counting goes on. `None` if the server has ended.
    #[must_use]
    pub fn end(&self) -> Option<Witness> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Command::End(reply)).ok()?;
        answer.blocking_recv().ok()
    }

    /// Ends the server soon; nothing happens if it has ended.
    pub fn stop(&self) {
        let _ = self.0.send(Command::Stop);
    }
}
