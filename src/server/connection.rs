//! One connection that speaks HTTP/1.1, as a state machine: called when its socket may be ready, it returns what came of
//! it. Any method and path will do. What a client does wrong ends its own connection and nothing else.
//!
//! While a request waits for its answer nothing more is taken from the connection, but its end is noticed.

use std::borrow::Cow;
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;

use bytes::{Buf, BytesMut};
use httparse::{EMPTY_HEADER, Status};
use mio::net::TcpStream;

use super::clients::Holds;
use super::delay_queue::Place;
use super::system;
use crate::framing::{Body, MOST_HEADERS, PartialHead, Unreadable, keeps_alive, words};
use crate::model::Answer;

/// Body of a response that succeeds: 16 bytes.
pub(super) const SUCCESS: &[u8; 16] = b"delayed response";
/// Body of a response that fails: 16 bytes too, so that both cost the same.
pub(super) const FAILURE: &[u8; 16] = b"injected failure";
/// The longest request body that is read, in bytes.
pub(super) const BODY_LIMIT: u64 = 64 << 20;
const SUCCEEDED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 16\r\n\r\ndelayed response";
const FAILED: &[u8] =
    b"HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\ncontent-length: 16\r\n\r\ninjected failure";
/// What is read at most of a client that is being closed.
const DRAIN_LIMIT: usize = 64 * 1024;
/// The longest head of a request, and the most that is read ahead of a request that waits, in bytes.
const HEAD_LIMIT: usize = 8192;
/// Unsent answers of a connection beyond which nothing more is taken from it, in bytes.
const UNSENT_LIMIT: usize = 64 * 1024;
/// What is read of one connection before others have their turn, in bytes.
const READ_AT_ONCE: usize = 256 * 1024;
/// How every connection that speaks HTTP/2 begins.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection.
pub(super) struct Connection {
    stream: TcpStream,
    state: State,
    head: PartialHead,
    request: Request,
    /// Whether a request came over it.
    pub(super) carried_one: bool,
    /// Where its request waits.
    pub(super) place: Option<Place>,
    /// What was read and not looked at yet: requests that follow one that waits. Less than twice [`HEAD_LIMIT`].
    ahead: BytesMut,
    /// Whether there may be more to read although no event will report it.
    unread: bool,
    /// What could not be written yet. Little more than [`UNSENT_LIMIT`].
    unwritten: BytesMut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Head,
    Body,
    /// The request waits for its answer.
    Waiting,
    /// Nothing follows but the client's end, or so many more bytes: to close before that could lose the response.
    Draining(usize),
}

/// What is known of the request under way.
struct Request {
    body: Body,
    is_head: bool,
    keep_alive: bool,
    /// HTTP/1.0, whose clients want to be told that the connection stays.
    is_old: bool,
}

/// What came of a connection's readiness.
pub(super) enum Event {
    /// It waits for its client.
    Nothing,
    /// A request is there, and waits for its answer.
    Request,
    /// It begins like HTTP/2, with these bytes.
    Preface(Vec<u8>),
    /// It has ended.
    End,
}

impl Connection {
    /// A connection that was just accepted.
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            state: State::Head,
            head: PartialHead::nothing(),
            request: Request { body: Body::none(), is_head: false, keep_alive: false, is_old: false },
            carried_one: false,
            place: None,
            ahead: BytesMut::new(),
            unread: false,
            unwritten: BytesMut::new(),
        }
    }

    /// The socket, for those who speak otherwise.
    pub(super) fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// Takes what is there, as far as it may. Call it when the socket may be ready and after an answer. `ends` where the
    /// system says that the client has closed its side.
    pub(super) fn advance(&mut self, ends: bool, buffer: &mut [u8]) -> Event {
        self.unread |= ends;
        if self.flush().is_err() {
            return Event::End;
        }
        if self.may_take_ahead() {
            let mut ahead = std::mem::take(&mut self.ahead);
            let (event, rest) = self.take(&ahead);
            let taken = ahead.len() - rest.len();
            ahead.advance(taken);
            if !ahead.is_empty() {
                self.ahead = ahead;
            }
            if !matches!(event, Event::Nothing) {
                return event;
            }
        }
        self.read(buffer)
    }

    fn read(&mut self, buffer: &mut [u8]) -> Event {
        let mut left = READ_AT_ONCE;
        while self.has_room() && left > 0 {
            // What follows a head may be read ahead, what follows a part of a body is the body's.
            let most = if matches!(self.state, State::Head | State::Waiting) { HEAD_LIMIT } else { buffer.len() };
            let room = &mut buffer[..most];
            let count = match self.stream.read(room) {
                Ok(0) => return Event::End,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.unread = false;
                    return Event::Nothing;
                }
                Err(_) => return Event::End,
            };
            let is_all = system::SHORT_READ_IS_ALL && count < room.len() && !self.unread;
            let (event, rest) = self.take(&buffer[..count]);
            self.ahead.extend_from_slice(rest);
            if !matches!(event, Event::Nothing) || is_all {
                // After an event there may be more to read, unless this was all.
                self.unread = !is_all;
                return event;
            }
            left = left.saturating_sub(count);
        }
        self.unread = true;
        Event::Nothing
    }

    /// Whether its client does not read its answers, so that nothing more is taken from it.
    fn is_behind(&self) -> bool {
        self.unwritten.len() > UNSENT_LIMIT
    }

    /// Whether more may be read. A client that sends far ahead is left to its own buffers.
    fn has_room(&self) -> bool {
        self.ahead.len() < HEAD_LIMIT && !self.is_behind()
    }

    fn may_take_ahead(&self) -> bool {
        self.state != State::Waiting && !self.ahead.is_empty() && !self.is_behind()
    }

    /// Whether there may be something to take although the system will not report it again.
    pub(super) fn may_advance(&self) -> bool {
        self.may_take_ahead() || self.unread && self.has_room()
    }

    /// Takes what may be taken, and returns what follows a request that waits.
    fn take<'d>(&mut self, mut data: &'d [u8]) -> (Event, &'d [u8]) {
        let event = self.take_from(&mut data);
        (event, if self.state == State::Waiting { data } else { &[] })
    }

    fn take_from(&mut self, data: &mut &[u8]) -> Event {
        while !data.is_empty() {
            match self.state {
                State::Head if self.may_be_preface(data) => {
                    let begun = [self.head.as_bytes(), data].concat();
                    if begun.starts_with(PREFACE) {
                        return Event::Preface(begun);
                    }
                    // Too short to be anything else.
                    let _ = self.head.take(data, HEAD_LIMIT, |_| Ok(None));
                    return Event::Nothing;
                }
                State::Head => match self.take_head(data) {
                    Ok(Some(rest)) => *data = rest,
                    Ok(None) => return Event::Nothing,
                    Err(Unreadable::Malformed) => return self.refuse("400 Bad Request"),
                    Err(Unreadable::TooLong) => return self.refuse("431 Request Header Fields Too Large"),
                },
                State::Body => match self.request.body.take(data) {
                    Ok(rest) => *data = rest,
                    Err(_unreadable) => return self.refuse("400 Bad Request"),
                },
                State::Waiting => return Event::Nothing,
                State::Draining(left) if data.len() >= left => return Event::End,
                State::Draining(left) => {
                    self.state = State::Draining(left - data.len());
                    return Event::Nothing;
                }
            }
            if self.request.body.bytes() > BODY_LIMIT {
                return self.refuse("413 Payload Too Large");
            }
            if self.state == State::Body && self.request.body.is_complete() {
                self.state = State::Waiting;
                return Event::Request;
            }
        }
        Event::Nothing
    }

    /// Whether the connection's first bytes are those of HTTP/2, as far as they have come.
    fn may_be_preface(&self, data: &[u8]) -> bool {
        let begun = self.head.as_bytes().iter().chain(data);
        !self.carried_one && begun.zip(PREFACE).all(|(byte, wanted)| byte == wanted)
    }

    fn take_head<'d>(&mut self, data: &'d [u8]) -> Result<Option<&'d [u8]>, Unreadable> {
        let Self { head, request, unwritten, .. } = self;
        let rest = head.take(data, HEAD_LIMIT, |text| {
            let mut headers = [EMPTY_HEADER; MOST_HEADERS];
            let mut head = httparse::Request::new(&mut headers);
            let Status::Complete(length) = head.parse(text)? else { return Ok(None) };
            request.body = Body::after(head.headers, false)?;
            request.is_head = head.method == Some("HEAD");
            request.is_old = head.version != Some(1);
            request.keep_alive = keeps_alive(head.version, head.headers);
            if !request.body.is_complete() && words(head.headers, "expect").any(|word| word == b"100-continue") {
                unwritten.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
            }
            Ok(Some(length))
        })?;
        if rest.is_some() {
            self.state = State::Body;
            let _ = self.flush();
        }
        Ok(rest)
    }

    /// Answers the request that waits. Returns whether the connection goes on.
    pub(super) fn respond(&mut self, answer: Answer) -> bool {
        self.place = None;
        let text = response(answer, &self.request);
        let send = if self.request.keep_alive { write } else { system::write_last };
        let written = self.write(&text, send);
        self.state = if self.request.keep_alive { State::Head } else { State::Draining(DRAIN_LIMIT) };
        let is_done = !self.request.keep_alive && self.unwritten.is_empty() && self.ahead.is_empty() && !self.unread;
        written.is_ok() && !is_done && self.flush().is_ok()
    }

    fn refuse(&mut self, status: &str) -> Event {
        let text = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        self.state = State::Draining(DRAIN_LIMIT);
        match self.write(text.as_bytes(), system::write_last).and_then(|()| self.flush()) {
            Ok(()) => Event::Nothing,
            Err(_) => Event::End,
        }
    }

    /// Writes with `send` as much as can be, and keeps the rest.
    fn write(&mut self, text: &[u8], send: WriteCall) -> io::Result<()> {
        let count = if self.unwritten.is_empty() { write_some(&mut self.stream, text, send)? } else { 0 };
        self.unwritten.extend_from_slice(&text[count..]);
        Ok(())
    }

    /// Writes what is left, and then closes this side if nothing is to follow.
    fn flush(&mut self) -> io::Result<()> {
        if !self.unwritten.is_empty() {
            let count = write_some(&mut self.stream, &self.unwritten, write)?;
            self.unwritten.advance(count);
            if self.unwritten.is_empty() {
                self.unwritten = BytesMut::new();
            }
        }
        match self.state {
            State::Draining(_) if self.unwritten.is_empty() => self.stream.shutdown(Shutdown::Write),
            _ => Ok(()),
        }
    }
}

impl Holds for Connection {
    fn held(&self) -> usize {
        self.head.held() + self.request.body.held() + self.ahead.capacity() + self.unwritten.capacity()
    }

    fn is_unfinished(&self) -> bool {
        match self.state {
            State::Head => !self.head.as_bytes().is_empty(),
            State::Draining(_) => true,
            State::Body | State::Waiting => false,
        }
    }
}

/// One system call that writes what it can.
type WriteCall = fn(&mut TcpStream, &[u8]) -> io::Result<usize>;

fn write(stream: &mut TcpStream, text: &[u8]) -> io::Result<usize> {
    stream.write(text)
}

/// Writes until the socket would have to be waited for, and returns how much.
fn write_some(stream: &mut TcpStream, text: &[u8], send: WriteCall) -> io::Result<usize> {
    let mut written = 0;
    while written < text.len() {
        match send(stream, &text[written..]) {
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

/// The whole response. What nearly every client gets is not even put together.
fn response(answer: Answer, request: &Request) -> Cow<'static, [u8]> {
    let text: &'static [u8] = if answer.fails { FAILED } else { SUCCEEDED };
    let text = if request.is_head { &text[..text.len() - SUCCESS.len()] } else { text };
    let told: &[u8] = match (request.keep_alive, request.is_old) {
        (true, false) => return Cow::Borrowed(text),
        (true, true) => b"connection: keep-alive\r\n",
        (false, _) => b"connection: close\r\n",
    };
    let start =
        if answer.fails { b"HTTP/1.1 500 Internal Server Error\r\n".len() } else { b"HTTP/1.1 200 OK\r\n".len() };
    Cow::Owned([&text[..start], told, &text[start..]].concat())
}
