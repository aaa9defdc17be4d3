//! One connection that speaks HTTP/2 without TLS, as its client knew beforehand: many requests at once on one socket. The
//! protocol itself is the crate h2's; this makes it a state machine for an event loop that is no async runtime.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Buf;
use futures_util::stream::{FuturesUnordered, Stream as _};
use h2::server::{self, Builder, Handshake, SendResponse};
use h2::{Reason, RecvStream};
use http::{Method, Request, Response, StatusCode};
use mio::net::TcpStream;
use slab::Slab;

use super::clients::Holds;
use super::connection::{BODY_LIMIT, FAILURE, SUCCESS};
use super::delay_queue::Place;
use super::socket::{IoTurn, Socket};
use crate::model::Answer;

/// HTTP/2 streams that a client may have open at once, which bounds the requests of a sample that go over one connection.
pub const MOST_STREAMS: u32 = 32_768;
/// What a client may send of all its bodies together before the server has discarded some of it, in bytes. It bounds what
/// of them is in memory at one moment, and only while one connection is advanced.
const CONNECTION_WINDOW: u32 = 4 << 20;
/// The same for one body.
const STREAM_WINDOW: u32 = 1 << 20;
/// The longest list of a request's headers as HTTP/2 counts: 32 bytes for each beside its name and value.
const HEADERS_LIMIT: u32 = 16 << 10;
/// The overhead of small frames that may be unread at once, as h2 counts it: 256 bytes less their length for each. More
/// than can be read in a turn, because a window shared by many bodies is cut into crumbs.
const CRUMBS: usize = 1 << 20;
/// What a connection takes by itself, in bytes: buffers and tables of h2, measured.
const CONNECTION_BYTES: usize = 40 << 10;
/// What a stream takes whose request waits, in bytes, measured.
const STREAM_BYTES: usize = 640;
/// What it takes in addition while its answer is not written.
const UNSENT_BYTES: usize = 1 << 10;
/// What h2 keeps at most of frames and header lists whose end has not come, in bytes.
const PARTIAL_LIMIT: usize = 128 << 10;
/// Streams from which on those are looked for that their client has given up.
const SEARCH_FROM: usize = 4_096;

/// A connection.
pub(super) struct Http2Connection {
    protocol: Protocol,
    /// Requests whose body has not all come. Only those of which something came are looked at.
    coming: FuturesUnordered<Coming>,
    streams: Slab<Stream>,
    turn: Rc<IoTurn>,
    /// Answers that are not written yet.
    unsent: Rc<Cell<usize>>,
    /// The number of streams at which those that their client has given up are looked for.
    search_at: usize,
    /// The most that was read since the last request was whole, in bytes.
    partial: usize,
    nudge: Arc<Nudge>,
    /// Whether a request came over it.
    pub(super) carried_one: bool,
}

enum Protocol {
    Handshake(Handshake<Socket, Text>),
    Open(server::Connection<Socket, Text>),
}

struct Coming {
    body: RecvStream,
    left: u64,
    stream: Option<Stream>,
}

/// A request that waits for its answer.
struct Stream {
    response: SendResponse<Text>,
    is_head: bool,
    place: Option<Place>,
}

/// What came of a connection's readiness.
pub(super) struct Progress {
    /// Requests that are all there: enter each, then announce it with [`Http2Connection::wait_at`].
    pub(super) arrived: Vec<usize>,
    /// Where requests waited that their client has given up.
    pub(super) cancelled: Vec<Place>,
    /// Whether the connection has ended.
    pub(super) is_over: bool,
}

impl Http2Connection {
    /// Goes on with a connection of which `begun` was read already. It may advance.
    pub(super) fn new(stream: TcpStream, begun: Vec<u8>) -> Self {
        let turn = Rc::new(IoTurn::new());
        let socket = Socket::new(stream, begun, Rc::clone(&turn));
        let handshake = Builder::new()
            .max_concurrent_streams(MOST_STREAMS)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .initial_window_size(STREAM_WINDOW)
            .max_header_list_size(HEADERS_LIMIT)
            .data_frame_budget(CRUMBS)
            .handshake(socket);
        Self {
            protocol: Protocol::Handshake(handshake),
            coming: FuturesUnordered::new(),
            streams: Slab::new(),
            turn,
            unsent: Rc::default(),
            search_at: SEARCH_FROM,
            partial: 0,
            nudge: Arc::default(),
            carried_one: false,
        }
    }

    /// Writes, and where it `reads` reads too, as far as it may. Call it when the socket may be ready and after answers.
    pub(super) fn advance(&mut self, reads: bool) -> Progress {
        let waker = Waker::from(Arc::clone(&self.nudge));
        let mut context = Context::from_waker(&waker);
        let mut arrived = Vec::new();
        self.turn.begin(self.live(), reads);
        let is_over = loop {
            self.nudge.0.store(false, Ordering::Relaxed);
            match self.poll(&mut context) {
                Poll::Ready(Some((request, response))) => {
                    // What follows may give up requests that are still to be accepted, and h2 takes many such for an attack.
                    self.turn.stop_reading();
                    arrived.extend(self.begin(request, response));
                }
                Poll::Ready(None) => break true,
                Poll::Pending => {
                    self.discard_bodies(&mut context, &mut arrived);
                    // The window that a body gave back is announced to the client by the next poll.
                    if !self.nudge.0.load(Ordering::Relaxed) {
                        break false;
                    }
                }
            }
        };
        let is_flood = self.turn.is_flood();
        if is_flood {
            self.dismiss(&mut context);
        }
        let before = if arrived.is_empty() { self.partial } else { 0 };
        self.partial = PARTIAL_LIMIT.min(before + self.turn.read());
        Progress { arrived, cancelled: self.search_cancelled(&mut context), is_over: is_over || is_flood }
    }

    /// Whether there is something to read or to write although the system will not report it again.
    pub(super) fn may_advance(&self) -> bool {
        self.turn.may_go_on()
    }

    /// The next request; `None` at the end.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<(Request<RecvStream>, SendResponse<Text>)>> {
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

    /// Tells a client that floods why its connection ends, if it reads that now.
    fn dismiss(&mut self, context: &mut Context<'_>) {
        if let Protocol::Open(connection) = &mut self.protocol {
            connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
            let _ = connection.poll_closed(context);
        }
    }

    fn begin(&mut self, request: Request<RecvStream>, response: SendResponse<Text>) -> Option<usize> {
        let stream = Stream { response, is_head: request.method() == Method::HEAD, place: None };
        let body = request.into_body();
        if body.is_end_stream() {
            return Some(self.streams.insert(stream));
        }
        self.coming.push(Coming { body, left: BODY_LIMIT, stream: Some(stream) });
        None
    }

    /// Reads bodies and keeps none of them.
    fn discard_bodies(&mut self, context: &mut Context<'_>, arrived: &mut Vec<usize>) {
        while let Poll::Ready(Some(discarded)) = Pin::new(&mut self.coming).poll_next(context) {
            match discarded {
                Discarded::All(stream) => arrived.push(self.streams.insert(stream)),
                Discarded::TooMuch(mut stream) => {
                    // The client may have given the request up.
                    let _ = self.send(&mut stream, StatusCode::PAYLOAD_TOO_LARGE, b"");
                }
                Discarded::Broken => {}
            }
        }
    }

    /// Forgets requests that their client has given up, and returns where they waited. They are looked for whenever there
    /// are a quarter more streams than after the last search, so that the cost of a search is that of a few requests.
    fn search_cancelled(&mut self, context: &mut Context<'_>) -> Vec<Place> {
        if self.live() < self.search_at {
            return Vec::new();
        }
        let mut cancelled = Vec::new();
        self.streams.retain(|_, stream| match stream.place {
            Some(place) if stream.response.poll_reset(context).is_ready() => {
                cancelled.push(place);
                false
            }
            _ => true,
        });
        self.search_at = SEARCH_FROM.max(self.live() / 4 * 5);
        cancelled
    }

    /// Streams that take memory: their bodies come, they wait, or their answers are not written.
    fn live(&self) -> usize {
        self.streams.len() + self.coming.len() + self.unsent.get()
    }

    /// Notes where a request waits.
    pub(super) fn wait_at(&mut self, stream: usize, place: Place) {
        self.streams[stream].place = Some(place);
    }

    /// Where its requests wait.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.streams.iter().filter_map(|(_, stream)| stream.place)
    }

    /// Answers a request. Returns whether its client still wants that; it is written by [`Self::advance`], which may be
    /// called then.
    pub(super) fn respond(&mut self, stream: usize, answer: Answer) -> bool {
        self.turn.cut();
        let mut stream = self.streams.remove(stream);
        if answer.fails {
            self.send(&mut stream, StatusCode::INTERNAL_SERVER_ERROR, FAILURE)
        } else {
            self.send(&mut stream, StatusCode::OK, SUCCESS)
        }
    }

    fn send(&self, stream: &mut Stream, status: StatusCode, body: &'static [u8]) -> bool {
        let mut response = Response::new(());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/plain"));
        headers.insert(http::header::CONTENT_LENGTH, body.len().into());
        match stream.response.send_response(response, stream.is_head) {
            Ok(mut sender) => stream.is_head || sender.send_data(Text::new(body, &self.unsent), true).is_ok(),
            Err(_) => false,
        }
    }
}

impl Holds for Http2Connection {
    fn held(&self) -> usize {
        CONNECTION_BYTES + self.partial + self.live() * STREAM_BYTES + self.unsent.get() * UNSENT_BYTES
    }
}

enum Discarded {
    All(Stream),
    TooMuch(Stream),
    Broken,
}

impl Future for Coming {
    type Output = Discarded;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Discarded> {
        let end: fn(Stream) -> Discarded = loop {
            match std::task::ready!(self.body.poll_data(context)) {
                None => break Discarded::All,
                Some(Err(_)) => return Poll::Ready(Discarded::Broken),
                Some(Ok(data)) => {
                    let Some(left) = self.left.checked_sub(data.len() as u64) else { break Discarded::TooMuch };
                    self.left = left;
                    // Fails only where more is released than came.
                    let _ = self.body.flow_control().release_capacity(data.len());
                }
            }
        };
        // It is polled no more once it is ready.
        Poll::Ready(self.stream.take().map_or(Discarded::Broken, end))
    }
}

/// The text of an answer, which counts while it is not written.
struct Text {
    text: &'static [u8],
    unsent: Rc<Cell<usize>>,
}

impl Text {
    fn new(text: &'static [u8], unsent: &Rc<Cell<usize>>) -> Self {
        unsent.set(unsent.get() + 1);
        Self { text, unsent: Rc::clone(unsent) }
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        self.unsent.set(self.unsent.get() - 1);
    }
}

impl Buf for Text {
    fn remaining(&self) -> usize {
        self.text.len()
    }

    fn chunk(&self) -> &[u8] {
        self.text
    }

    fn advance(&mut self, count: usize) {
        self.text.advance(count);
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
