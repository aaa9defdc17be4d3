//! What can go wrong with the delay server, at either end.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitStatus;

use thiserror::Error;

/// Why the delay server cannot serve, or cannot be asked.
#[derive(Debug, Error)]
pub enum ServerError {
    /// Another program listens there.
    #[error("{0} is already in use; choose another port, or end the program that holds it")]
    AddressInUse(SocketAddr),
    /// The system refuses to listen there.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where it was to listen.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// No event loop, timer or thread.
    #[error("cannot start the delay server's event loop")]
    EventLoop(#[source] io::Error),
    /// The event loop broke down; the panic is on standard error.
    #[error("the delay server's event loop broke down")]
    Broken,
    /// The server's process cannot be started.
    #[error("cannot start the delay server as `{}`", program.display())]
    Spawn {
        /// The program that was to be started.
        program: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The server's process said why it gave up.
    #[error("the delay server gave up: {0}")]
    GaveUp(String),
    /// The other end of the pipe is gone.
    #[error("the delay server's process ended before its time{}", ending(*.0))]
    Ended(Option<ExitStatus>),
    /// A pipe failed.
    #[error("cannot {verb} the pipe between the delay server and its parent")]
    Pipe {
        /// `read` or `write`.
        verb: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// A line that is not part of the conversation.
    #[error("the delay server's pipe carried an unexpected line: {0}")]
    UnexpectedLine(String),
}

fn ending(status: Option<ExitStatus>) -> String {
    status.map(|status| format!(" ({status})")).unwrap_or_default()
}
