//! Servers that behave badly on purpose, on a free loopback port each. They serve until the test drops them.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use reportgen::model::FailureKind;

use crate::running::PATIENCE;

/// What a server does with each connection, after it has read a request head.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FaultKind {
    /// Closes without a word.
    CloseEarly,
    /// Promises a body of 100 bytes, sends 10, closes.
    Truncate,
    /// Sends what is not HTTP.
    NotHttp,
    /// Resets the connection.
    Reset,
    /// Holds the connection open and never answers.
    Silence,
    /// Answers with a body that never ends.
    Endless,
    /// Answers 204.
    OtherStatus,
    /// Answers / with a redirect to /end, and anything else with 200. No fault, so it is none of [`FAULTS`].
    Redirect,
}

impl FaultKind {
    /// Whether only the client's own limit of time ends a request.
    pub(crate) fn never_ends(self) -> bool {
        matches!(self, Self::Silence | Self::Endless)
    }
}

/// Each fault with the kind of failure that it is.
pub(crate) const FAULTS: [(FaultKind, FailureKind); 7] = [
    (FaultKind::CloseEarly, FailureKind::Closed),
    (FaultKind::Truncate, FailureKind::Truncated),
    (FaultKind::NotHttp, FailureKind::BadResponse),
    (FaultKind::Reset, FailureKind::Reset),
    (FaultKind::Silence, FailureKind::RequestTimeout),
    (FaultKind::Endless, FailureKind::RequestTimeout),
    (FaultKind::OtherStatus, FailureKind::WrongStatus),
];

/// A running server.
pub(crate) struct Peer {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    heads: Receiver<String>,
    thread: Option<JoinHandle<()>>,
}

impl Peer {
    pub(crate) fn start(fault: FaultKind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let (sender, heads) = channel();
        let thread = thread::spawn(move || {
            let mut held = Vec::new();
            for connection in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                // A client that is gone already is none of our business.
                if let Ok(stream) = connection {
                    held.extend(answer(stream, fault, &sender));
                }
            }
        });
        Self { address, stop, heads, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The head of every request so far, taken away.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.try_iter().collect()
    }

    /// Waits for the head of one more request.
    pub(crate) fn await_head(&self) -> String {
        self.heads.recv_timeout(PATIENCE).expect("a request")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        self.thread.take().map(JoinHandle::join);
    }
}

/// An address at which nothing listens.
pub(crate) fn unused_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

/// Returns the connection if it is to be kept open.
fn answer(mut stream: TcpStream, fault: FaultKind, heads: &Sender<String>) -> Option<TcpStream> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    // Who asks for no heads may have dropped the other end.
    let _ = heads.send(String::from_utf8_lossy(&head).into_owned());
    let written = match fault {
        FaultKind::CloseEarly => Ok(()),
        FaultKind::Truncate => stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0123456789"),
        FaultKind::NotHttp => stream.write_all(b"220 mail.example ESMTP ready\r\n\r\n"),
        FaultKind::OtherStatus => stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"),
        FaultKind::Redirect if head.starts_with(b"GET / ") => {
            stream.write_all(b"HTTP/1.1 302 Found\r\nlocation: /end\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        }
        FaultKind::Redirect => stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
        FaultKind::Silence => return Some(stream),
        FaultKind::Endless => {
            // Until the client has gone.
            thread::spawn(move || {
                let head = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
                while head.is_ok() && stream.write_all(b"x").is_ok() {}
            });
            return None;
        }
        FaultKind::Reset => {
            // With unread bytes of its own in the way, closing sends a reset: lingering for no time asks for it outright.
            let socket = socket2::SockRef::from(&stream);
            return socket.set_linger(Some(std::time::Duration::ZERO)).err().map(|_| stream);
        }
    };
    if written.is_ok() {
        let _ = stream.shutdown(Shutdown::Write);
        // Waits for the client's end, so that nothing unread turns the close into a reset.
        let _ = stream.read(&mut byte);
    }
    None
}
