//! The socket below h2: asynchronous as h2 wants it, without a runtime, and for a bounded turn, so that one client's flood
//! keeps no other client waiting.

use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use mio::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::frames::FrameCounter;

/// What is read of one connection in a turn at most, in bytes: as many requests as are answered in a millisecond or two.
const MOST_READ: usize = 2 << 10;
/// The same, times the number of streams: each frame of SETTINGS, of 15 bytes, can make h2 go through all of them.
const MOST_READ_BY_STREAM: usize = 512 << 10;

/// What a connection may do before others have their turn, and what stopped it.
pub(super) struct IoTurn {
    /// Bytes that may still be read.
    left: Cell<usize>,
    /// Bytes that were read.
    read: Cell<usize>,
    /// Whether it may have something to do that the system will not tell of.
    is_cut: Cell<bool>,
    /// Whether the client does not read, so that nothing could be written. Then nothing is read either: what it asks for
    /// would only be answered into memory.
    is_blocked: Cell<bool>,
    /// Whether the client floods. Then nothing of it goes further.
    is_flood: Cell<bool>,
}

impl IoTurn {
    /// A turn that has not begun: its holder may go on.
    pub(super) const fn new() -> Self {
        Self {
            left: Cell::new(0),
            read: Cell::new(0),
            is_cut: Cell::new(true),
            is_blocked: Cell::new(false),
            is_flood: Cell::new(false),
        }
    }

    /// Begins a turn of a connection with so many streams, in which nothing is read unless it `reads`.
    pub(super) fn begin(&self, streams: usize, reads: bool) {
        let most = MOST_READ.min(MOST_READ_BY_STREAM / streams.max(1)).max(1);
        self.left.set(if reads { most } else { 0 });
        self.read.set(0);
        self.is_cut.set(false);
    }

    /// Bytes that were read in this turn.
    pub(super) fn read(&self) -> usize {
        self.read.get()
    }

    /// Nothing more is to be read in this turn.
    pub(super) fn stop_reading(&self) {
        self.left.set(0);
    }

    /// There is something to do that the system will not tell of.
    pub(super) fn cut(&self) {
        self.is_cut.set(true);
    }

    /// Whether another turn would get further.
    pub(super) fn may_go_on(&self) -> bool {
        self.is_cut.get() && !self.is_blocked.get()
    }

    /// Whether the client floods, so that its connection is to be closed.
    pub(super) fn is_flood(&self) -> bool {
        self.is_flood.get()
    }
}

/// A socket that says "not now" and is asked again when the event loop says so.
pub(super) struct Socket {
    stream: TcpStream,
    begun: Vec<u8>,
    taken: usize,
    frames: FrameCounter,
    turn: Rc<IoTurn>,
}

impl Socket {
    /// A socket of which `begun` was read already.
    pub(super) fn new(stream: TcpStream, begun: Vec<u8>, turn: Rc<IoTurn>) -> Self {
        Self { stream, begun, taken: 0, frames: FrameCounter::new(), turn }
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let begun = &self.begun[self.taken..];
        if !begun.is_empty() {
            let count = begun.len().min(buffer.remaining());
            buffer.put_slice(&begun[..count]);
            self.taken += count;
            return Poll::Ready(Ok(()));
        }
        let left = self.turn.left.get();
        if left == 0 || self.turn.is_blocked.get() {
            self.turn.cut();
            return Poll::Pending;
        }
        let room = buffer.initialize_unfilled();
        let most = left.min(room.len());
        asked(|| self.stream.read(&mut room[..most])).map_ok(|count| {
            self.turn.left.set(left - count);
            self.turn.read.set(self.turn.read.get() + count);
            buffer.advance(count);
        })
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let read = self.read(buffer);
        if self.turn.is_flood() || self.frames.take(&buffer.filled()[before..]) {
            self.turn.is_flood.set(true);
            return Poll::Pending;
        }
        read
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, data: &[u8]) -> Poll<std::io::Result<usize>> {
        let written = asked(|| self.stream.write(data));
        if self.turn.is_blocked.replace(written.is_pending()) && written.is_ready() {
            // What was not read meanwhile is not told of again.
            self.turn.cut();
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(self.stream.shutdown(Shutdown::Write))
    }
}

fn asked(mut call: impl FnMut() -> std::io::Result<usize>) -> Poll<std::io::Result<usize>> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Poll::Pending,
            result => return Poll::Ready(result),
        }
    }
}
