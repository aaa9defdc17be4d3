//! One connection that speaks HTTP/2 without TLS, as its client knew beforehand: many requests at once on one socket. The
//! protocol itself is the crate h2's; this makes it a state machine for an event loop that is no async runtime.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use h2::RecvStream;
use h2::server::{self, Builder, Handshake, SendResponse};
use http::{Method, Request, Response, StatusCode};
use mio::net::TcpStream;
use slab::Slab;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::agenda::Place;
use super::connection::{BODY_LIMIT, FAILURE, SUCCESS};
use crate::model::Answer;

/// Streams that a client may have open at once: all of a sample's requests.
const MOST_STREAMS: u32 = 1_000_000;

/// A connection.
pub(super) struct Multiplexed {
    protocol: Protocol,
    /// Requests whose body has not all come.
    coming: Vec<Coming>,
    streams: Slab<Stream>,
    nudge: Arc<Nudge>,
    /// Whether a request came over it.
    pub(super) carried_one: bool,
}

enum Protocol {
    Handshake(Handshake<Socket, Bytes>),
    Open(server::Connection<Socket, Bytes>),
}

struct Coming {
    body: RecvStream,
    left: u64,
    stream: Stream,
}

/// A request that waits for its answer.
struct Stream {
    response: SendResponse<Bytes>,
    is_head: bool,
    place: Option<Place>,
}

/// What came of a connection's readiness.
pub(super) struct Progress {
    /// Requests that are all there: enter each, then say so by [`Multiplexed::wait_at`].
    pub(super) arrived: Vec<usize>,
    /// Whether the connection has ended.
    pub(super) is_over: bool,
}

impl Multiplexed {
    /// Goes on with a connection of which `begun` was read already.
    pub(super) fn new(stream: TcpStream, begun: Vec<u8>) -> Self {
        let socket = Socket { stream, begun, taken: 0 };
        // Windows so wide that bodies of many streams at once are not cut into crumbs, which h2 takes for an attack.
        let handshake = Builder::new()
            .max_concurrent_streams(MOST_STREAMS)
            .initial_connection_window_size(1 << 30)
            .initial_window_size(1 << 20)
            .handshake(socket);
        Self {
            protocol: Protocol::Handshake(handshake),
            coming: Vec::new(),
            streams: Slab::new(),
            nudge: Arc::default(),
            carried_one: false,
        }
    }

    /// Reads and writes as far as it can. Call it when the socket may be ready and after answers.
    pub(super) fn advance(&mut self) -> Progress {
        let waker = Waker::from(Arc::clone(&self.nudge));
        let mut context = Context::from_waker(&waker);
        let mut arrived = Vec::new();
        let is_over = loop {
            self.nudge.0.store(false, Ordering::Relaxed);
            match self.poll(&mut context) {
                Poll::Ready(Some((request, response))) => arrived.extend(self.begin(request, response)),
                Poll::Ready(None) => break true,
                Poll::Pending => {
                    self.discard_bodies(&mut context, &mut arrived);
                    // What a body gave back is told to the client by the next poll.
                    if !self.nudge.0.load(Ordering::Relaxed) {
                        break false;
                    }
                }
            }
        };
        Progress { arrived, is_over }
    }

    /// The next request; `None` at the end.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<(Request<RecvStream>, SendResponse<Bytes>)>> {
        if let Protocol::Handshake(handshake) = &mut self.protocol {
            match Pin::new(handshake).poll(context) {
                Poll::Ready(Ok(connection)) => self.protocol = Protocol::Open(connection),
                Poll::Ready(Err(_)) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
        match &mut self.protocol {
            Protocol::Open(connection) => connection.poll_accept(context).map(|next| next?.ok()),
            Protocol::Handshake(_) => Poll::Pending,
        }
    }

    fn begin(&mut self, request: Request<RecvStream>, response: SendResponse<Bytes>) -> Option<usize> {
        let stream = Stream { response, is_head: request.method() == Method::HEAD, place: None };
        let body = request.into_body();
        if body.is_end_stream() {
            return Some(self.streams.insert(stream));
        }
        self.coming.push(Coming { body, left: BODY_LIMIT, stream });
        None
    }

    /// Reads bodies and keeps none of them.
    fn discard_bodies(&mut self, context: &mut Context<'_>, arrived: &mut Vec<usize>) {
        for mut coming in std::mem::take(&mut self.coming) {
            match coming.discard(context) {
                Poll::Pending => self.coming.push(coming),
                Poll::Ready(Discarded::All) => arrived.push(self.streams.insert(coming.stream)),
                Poll::Ready(Discarded::TooMuch) => {
                    // The client may have given the request up.
                    let _ = send(&mut coming.stream, StatusCode::PAYLOAD_TOO_LARGE, b"");
                }
                Poll::Ready(Discarded::Broken) => {}
            }
        }
    }

    /// Notes where a request waits.
    pub(super) fn wait_at(&mut self, stream: usize, place: Place) {
        self.streams[stream].place = Some(place);
    }

    /// Where its requests wait.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.streams.iter().filter_map(|(_, stream)| stream.place)
    }

    /// Answers a request. Returns whether its client still wants that; it is written by [`Self::advance`].
    pub(super) fn respond(&mut self, stream: usize, answer: Answer) -> bool {
        let mut stream = self.streams.remove(stream);
        if answer.fails {
            send(&mut stream, StatusCode::INTERNAL_SERVER_ERROR, FAILURE)
        } else {
            send(&mut stream, StatusCode::OK, SUCCESS)
        }
    }
}

enum Discarded {
    All,
    TooMuch,
    Broken,
}

impl Coming {
    fn discard(&mut self, context: &mut Context<'_>) -> Poll<Discarded> {
        loop {
            match self.body.poll_data(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(Discarded::All),
                Poll::Ready(Some(Err(_))) => return Poll::Ready(Discarded::Broken),
                Poll::Ready(Some(Ok(data))) => {
                    let Some(left) = self.left.checked_sub(data.len() as u64) else {
                        return Poll::Ready(Discarded::TooMuch);
                    };
                    self.left = left;
                    // Fails only where more is released than came.
                    let _ = self.body.flow_control().release_capacity(data.len());
                }
            }
        }
    }
}

fn send(stream: &mut Stream, status: StatusCode, body: &'static [u8]) -> bool {
    let mut response = Response::new(());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/plain"));
    headers.insert(http::header::CONTENT_LENGTH, body.len().into());
    match stream.response.send_response(response, stream.is_head) {
        Ok(mut sender) => stream.is_head || sender.send_data(Bytes::from_static(body), true).is_ok(),
        Err(_) => false,
    }
}

/// Set by whatever h2 wants to be asked again for.
#[derive(Default)]
struct Nudge(AtomicBool);

impl Wake for Nudge {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A socket that says "not now" and is asked again when the event loop says so.
struct Socket {
    stream: TcpStream,
    begun: Vec<u8>,
    taken: usize,
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let begun = &self.begun[self.taken..];
        if !begun.is_empty() {
            let count = begun.len().min(buffer.remaining());
            buffer.put_slice(&begun[..count]);
            self.taken += count;
            return Poll::Ready(Ok(()));
        }
        asked(|| self.stream.read(buffer.initialize_unfilled())).map_ok(|count| buffer.advance(count))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, data: &[u8]) -> Poll<std::io::Result<usize>> {
        asked(|| self.stream.write(data))
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
