//! One connection as a state machine: called when its socket may be ready, it does what can be done without waiting, and
//! says how far it came.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use super::super::failure::{Stage, classify};
use super::super::http1::Response;
use crate::model::FailureKind;

/// A socket with one exchange on it.
pub(super) struct ClientConnection {
    stream: TcpStream,
    /// Whether the peer has taken the connection.
    established: bool,
    /// Bytes of the request that are written.
    written: usize,
    response: Response,
}

/// How far a connection came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestProgress {
    /// It waits for its socket.
    Waiting,
    /// The response is complete; whether the connection may carry another request.
    Complete {
        /// Nothing stands in the way of another request.
        reusable: bool,
    },
    /// The exchange has failed, and the connection with it.
    Failed(FailureKind),
}

impl ClientConnection {
    /// Begins to connect to `address`, with an exchange on it, and asks once and for all for events as `token`.
    pub(super) fn open(address: SocketAddr, bodiless: bool, registry: &Registry, token: Token) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        // A request that takes several writes would else wait for the peer's acknowledgement.
        let _ = stream.set_nodelay(true);
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self { stream, established: false, written: 0, response: Response::awaited(bodiless) })
    }

    /// Puts the next exchange on a connection that is at rest.
    pub(super) fn renew(&mut self, bodiless: bool) {
        self.written = 0;
        self.response = Response::awaited(bodiless);
    }

    /// Whether the peer has taken the connection.
    pub(super) const fn is_established(&self) -> bool {
        self.established
    }

    /// The response as far as it has come.
    pub(super) const fn response(&self) -> &Response {
        &self.response
    }

    /// Writes and reads until the socket would have to be waited for, or the exchange is over.
    pub(super) fn advance(&mut self, request: &[u8], buffer: &mut [u8]) -> RequestProgress {
        if let Err(error) = self.write(request) {
            return RequestProgress::Failed(classify(&error, Stage::Head));
        }
        if self.established { self.read(request.len(), buffer) } else { RequestProgress::Waiting }
    }

    fn write(&mut self, request: &[u8]) -> io::Result<()> {
        while self.written < request.len() {
            match self.stream.write(&request[self.written..]) {
                Ok(count) => {
                    self.established = true;
                    self.written += count;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if self.would_wait(&error) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Some systems say of a connection that is not there yet that it is not connected.
    fn would_wait(&self, error: &io::Error) -> bool {
        error.kind() == ErrorKind::WouldBlock || (!self.established && error.kind() == ErrorKind::NotConnected)
    }

    fn read(&mut self, request: usize, buffer: &mut [u8]) -> RequestProgress {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => {
                    return match self.response.cut_off() {
                        Some(kind) => RequestProgress::Failed(kind),
                        None => RequestProgress::Complete { reusable: false },
                    };
                }
                Ok(count) => match self.response.take(&buffer[..count]) {
                    Ok(beyond) if self.response.is_complete() => {
                        let clean = beyond.is_empty() && self.written == request;
                        return RequestProgress::Complete { reusable: clean && self.response.keeps_alive() };
                    }
                    Ok(_) => {}
                    Err(_unreadable) => return RequestProgress::Failed(FailureKind::BadResponse),
                },
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return RequestProgress::Waiting,
                Err(error) => {
                    let stage = if self.response.status().is_some() { Stage::Body } else { Stage::Head };
                    return RequestProgress::Failed(classify(&error, stage));
                }
            }
        }
    }

    /// Whether the peer is silent and has not closed: only then may another request follow.
    pub(super) fn is_quiet(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
    }
}
