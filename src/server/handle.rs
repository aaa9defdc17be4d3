//! The parent's end of the delay server: starts the process, talks to it, ends it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::model::DelayTarget;
use crate::server::error::ServerError;
use crate::server::sample::ServerStats;
use crate::server::system;
use crate::server::wire::{self, Behaviour, Reply, WireCommand};

/// A delay server in a process of its own, and in a process group of its own. Dropping it ends and reaps the process.
pub struct Handle {
    conversation: Conversation<BufReader<ChildStdout>, ChildStdin>,
    process: Process,
    url: String,
}

impl Handle {
    /// Starts `program` with `arguments`, which must lead it to [`run_child`](crate::server::run_child), and waits until it listens.
    ///
    /// # Errors
    /// [`ServerError::Spawn`], [`ServerError::GaveUp`] with the server's own words, and those of [`Self::begin`].
    pub fn start(
        program: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        target: &DelayTarget,
    ) -> Result<Self, ServerError> {
        Self::start_at(Ipv4Addr::LOCALHOST, program, arguments, target)
    }

    /// [`Self::start`] at another loopback address than the usual one.
    ///
    /// # Errors
    /// Those of [`Self::start`].
    pub fn start_at(
        host: Ipv4Addr,
        program: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        target: &DelayTarget,
    ) -> Result<Self, ServerError> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        system::own_group(&mut command);
        let child = command.spawn().map_err(|source| ServerError::Spawn { program: program.to_owned(), source })?;
        let mut process = Process(child);
        let mut conversation = Conversation {
            receive: BufReader::new(process.0.stdout.take().expect("standard output is piped")),
            send: process.0.stdin.take().expect("standard input is piped"),
        };
        let url = conversation.start_at(host, target).map_err(|error| process.explain(error))?;
        Ok(Self { conversation, process, url })
    }

    /// Its address: `http://127.0.0.1:PORT/`, with another port for each sample.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process id, which is also that of its process group.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.0.id()
    }

    /// Begins a sample: closes all connections, resets all counters, moves to another port, and answers by the schedule of
    /// `seed` from here on. Start clients only after it returns.
    ///
    /// # Errors
    /// [`ServerError::Ended`] if the process is gone, else [`ServerError::Pipe`] or [`ServerError::UnexpectedLine`].
    pub fn begin(&mut self, seed: u64) -> Result<(), ServerError> {
        self.url = self.conversation.begin(seed).map_err(|error| self.process.explain(error))?;
        Ok(())
    }

    /// What the server saw since [`Self::begin`].
    ///
    /// # Errors
    /// Those of [`Self::begin`].
    pub fn end(&mut self) -> Result<ServerStats, ServerError> {
        self.conversation.end().map_err(|error| self.process.explain(error))
    }
}

/// A child that never outlives its owner, nor stays a zombie.
struct Process(Child);

impl Process {
    /// A broken pipe means that the process is gone; its exit status says more.
    fn explain(&mut self, error: ServerError) -> ServerError {
        match error {
            ServerError::Pipe { .. } | ServerError::Ended(None) => {
                let _ = self.0.kill();
                ServerError::Ended(self.0.wait().ok())
            }
            other => other,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The end of its input would do for a healthy one; this does for a stopped one too, and it has nothing to save.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The parent's part of the conversation, over any pair of pipes.
pub(super) struct Conversation<R, W> {
    pub(super) receive: R,
    pub(super) send: W,
}

impl<R: BufRead, W: Write> Conversation<R, W> {
    /// Returns the server's address as a URL.
    pub(super) fn start_at(&mut self, host: Ipv4Addr, target: &DelayTarget) -> Result<String, ServerError> {
        let mut behaviour = Behaviour::from(target);
        behaviour.host = host;
        match self.ask(&WireCommand::Start(behaviour))? {
            Reply::Listening { address } => Ok(url(address)),
            other => Err(unexpected(other)),
        }
    }

    /// Returns the server's new address as a URL.
    pub(super) fn begin(&mut self, seed: u64) -> Result<String, ServerError> {
        match self.ask(&WireCommand::Begin { seed })? {
            Reply::PartialHead { address } => Ok(url(address)),
            other => Err(unexpected(other)),
        }
    }

    pub(super) fn end(&mut self) -> Result<ServerStats, ServerError> {
        match self.ask(&WireCommand::End {})? {
            Reply::Ended(server_stats) => Ok(server_stats),
            other => Err(unexpected(other)),
        }
    }

    fn ask(&mut self, order: &WireCommand) -> Result<Reply, ServerError> {
        let said = wire::send(&mut self.send, order);
        // A server that gave up no longer reads, but its last line says why.
        match wire::receive(&mut self.receive)? {
            Some(reply) => Ok(reply),
            None => said.and(Err(ServerError::Ended(None))),
        }
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}/")
}

fn unexpected(reply: Reply) -> ServerError {
    match reply {
        Reply::Failed { message } => ServerError::GaveUp(message),
        other => ServerError::UnexpectedLine(format!("{other:?}")),
    }
}
