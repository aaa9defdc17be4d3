//! Reads one response, in whatever pieces it comes. Keeps nothing of a body, and of a head or a chunk's head only what
//! has come of it so far: in most cases nothing. Pure.

use httparse::{EMPTY_HEADER, Header, Status};

use crate::model::FailureKind;

/// Headers of a response; more are a bad response, as they are to hyper.
const MOST_HEADERS: usize = 100;
/// The longest head, or trailers, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

/// A response as far as it has come.
pub(super) struct Response {
    /// The response has no body, whatever its head says: the request was a HEAD.
    bodiless: bool,
    expected: Part,
    /// The beginning of a part that is only understood as a whole.
    begun: Vec<u8>,
    status: Option<u16>,
    bytes: u64,
    keep_alive: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Head,
    /// A body of known length, of which so much is left.
    Body(u64),
    ChunkHead,
    /// The inside of a chunk, of which so much is left.
    Chunk(u64),
    /// The line end after a chunk, of which so much is left.
    ChunkEnd(u8),
    Trailers,
    /// A body that ends with the connection.
    Rest,
    Nothing,
}

/// What is wrong: not HTTP, or not to be understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Response {
    /// A response of which nothing has come. `bodiless` where the request's method is HEAD.
    pub(super) const fn awaited(bodiless: bool) -> Self {
        Self { bodiless, expected: Part::Head, begun: Vec::new(), status: None, bytes: 0, keep_alive: false }
    }

    /// The status, once the head has come.
    pub(super) const fn status(&self) -> Option<u16> {
        self.status
    }

    /// Bytes of the body so far, without the framing of chunks.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether all of it has come.
    pub(super) fn is_complete(&self) -> bool {
        self.expected == Part::Nothing
    }

    /// Whether the peer lets the connection be used again.
    pub(super) const fn keeps_alive(&self) -> bool {
        self.keep_alive
    }

    /// Takes what was read and returns what is beyond the response's end.
    pub(super) fn take<'d>(&mut self, mut data: &'d [u8]) -> Result<&'d [u8], Malformed> {
        while !data.is_empty() && !self.is_complete() {
            data = match self.expected {
                Part::Head | Part::ChunkHead | Part::Trailers => self.take_whole(data)?,
                Part::ChunkEnd(left) => self.take_line_end(left, data)?,
                Part::Body(_) | Part::Chunk(_) | Part::Rest | Part::Nothing => self.take_inside(data),
            };
        }
        Ok(data)
    }

    /// The connection has ended: `None` where that is also the response's end.
    pub(super) fn cut_off(&mut self) -> Option<FailureKind> {
        match self.expected {
            Part::Nothing => None,
            Part::Rest => {
                self.expected = Part::Nothing;
                None
            }
            Part::Head => Some(FailureKind::Closed),
            _ => Some(FailureKind::Truncated),
        }
    }

    fn take_inside<'d>(&mut self, data: &'d [u8]) -> &'d [u8] {
        let available = data.len() as u64;
        let (taken, next) = match self.expected {
            Part::Body(left) if left <= available => (left, Part::Nothing),
            Part::Body(left) => (available, Part::Body(left - available)),
            Part::Chunk(left) if left <= available => (left, Part::ChunkEnd(2)),
            Part::Chunk(left) => (available, Part::Chunk(left - available)),
            other => (available, other),
        };
        self.bytes += taken;
        self.expected = next;
        &data[usize::try_from(taken).unwrap_or(data.len())..]
    }

    fn take_line_end<'d>(&mut self, left: u8, data: &'d [u8]) -> Result<&'d [u8], Malformed> {
        let wanted = if left == 2 { b'\r' } else { b'\n' };
        if data[0] != wanted {
            return Err(Malformed);
        }
        self.expected = if left == 2 { Part::ChunkEnd(1) } else { Part::ChunkHead };
        Ok(&data[1..])
    }

    /// Takes a part that is understood as a whole, or keeps what has come of it.
    fn take_whole<'d>(&mut self, data: &'d [u8]) -> Result<&'d [u8], Malformed> {
        let before = self.begun.len();
        if before == 0 {
            return match self.understand(data)? {
                Some(length) => Ok(&data[length..]),
                None => self.keep(data),
            };
        }
        let mut whole = std::mem::take(&mut self.begun);
        whole.extend_from_slice(data);
        match self.understand(&whole)? {
            // What had come before was not the whole, so its end is in `data`.
            Some(length) => Ok(&data[length.saturating_sub(before)..]),
            None => {
                whole.truncate(before);
                self.begun = whole;
                self.keep(data)
            }
        }
    }

    fn keep<'d>(&mut self, data: &'d [u8]) -> Result<&'d [u8], Malformed> {
        if self.begun.len() + data.len() > HEAD_LIMIT {
            return Err(Malformed);
        }
        self.begun.extend_from_slice(data);
        Ok(&[])
    }

    /// The length of the part that `text` begins with, if it is all there.
    fn understand(&mut self, text: &[u8]) -> Result<Option<usize>, Malformed> {
        match self.expected {
            Part::Head => self.understand_head(text),
            // httparse takes no digit at all for a zero.
            Part::ChunkHead if !text[0].is_ascii_hexdigit() => Err(Malformed),
            Part::ChunkHead => match httparse::parse_chunk_size(text).map_err(|_| Malformed)? {
                Status::Complete((length, size)) => {
                    self.expected = if size == 0 { Part::Trailers } else { Part::Chunk(size) };
                    Ok(Some(length))
                }
                Status::Partial => Ok(None),
            },
            _ => match httparse::parse_headers(text, &mut [EMPTY_HEADER; MOST_HEADERS]).map_err(|_| Malformed)? {
                Status::Complete((length, _)) => {
                    self.expected = Part::Nothing;
                    Ok(Some(length))
                }
                Status::Partial => Ok(None),
            },
        }
    }

    fn understand_head(&mut self, text: &[u8]) -> Result<Option<usize>, Malformed> {
        let mut headers = [EMPTY_HEADER; MOST_HEADERS];
        let mut head = httparse::Response::new(&mut headers);
        let Status::Complete(length) = head.parse(text).map_err(|_| Malformed)? else { return Ok(None) };
        let status = head.code.ok_or(Malformed)?;
        // An interim answer: the real one follows. 101 would be another protocol, which nobody asked for.
        if matches!(status, 100 | 102..=199) {
            return Ok(Some(length));
        }
        let body = body_of(head.headers)?;
        self.expected = if self.bodiless || matches!(status, 101 | 204 | 304) { Part::Nothing } else { body };
        if self.expected == Part::Body(0) {
            self.expected = Part::Nothing;
        }
        let asks = |word| words(head.headers, "connection").any(|one| one.eq_ignore_ascii_case(word));
        let by_version = if head.version == Some(1) { !asks(b"close") } else { asks(b"keep-alive") };
        self.keep_alive = by_version && self.expected != Part::Rest && status != 101;
        self.status = Some(status);
        Ok(Some(length))
    }
}

/// How the body is delimited: RFC 9112, section 6.3.
fn body_of(headers: &[Header<'_>]) -> Result<Part, Malformed> {
    if let Some(last) = words(headers, "transfer-encoding").last() {
        return Ok(if last.eq_ignore_ascii_case(b"chunked") { Part::ChunkHead } else { Part::Rest });
    }
    let mut lengths = words(headers, "content-length").map(length);
    let Some(first) = lengths.next() else { return Ok(Part::Rest) };
    let length = first?;
    // The same length twice is a clumsy proxy; two lengths are nonsense.
    if lengths.all(|other| other == Ok(length)) { Ok(Part::Body(length)) } else { Err(Malformed) }
}

fn length(word: &[u8]) -> Result<u64, Malformed> {
    if !word.iter().all(u8::is_ascii_digit) {
        return Err(Malformed);
    }
    std::str::from_utf8(word).ok().and_then(|digits| digits.parse().ok()).ok_or(Malformed)
}

/// The comma-separated words of all headers called `name`.
fn words<'h>(headers: &'h [Header<'h>], name: &'h str) -> impl Iterator<Item = &'h [u8]> {
    let named = headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
    named.flat_map(|header| header.value.split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests {
    use super::{Malformed, Response};
    use crate::model::FailureKind;

    /// Takes `text` in pieces of `size`, and returns the response and what was beyond its end.
    fn taken(text: &str, size: usize, bodiless: bool) -> Result<(Response, usize), Malformed> {
        let mut response = Response::awaited(bodiless);
        let mut beyond = 0;
        for piece in text.as_bytes().chunks(size) {
            beyond += response.take(piece)?.len();
        }
        Ok((response, beyond))
    }

    const CHUNKED: &str =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n";

    #[test]
    fn a_response_is_the_same_in_whatever_pieces_it_comes() {
        for (text, bodiless, status, bytes, keeps_alive) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", false, 200, 5, true),
            ("HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\nConnection: x, Close\r\n\r\nhello", false, 200, 5, false),
            ("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n", false, 200, 0, false),
            ("HTTP/1.0 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n", false, 200, 0, true),
            ("HTTP/1.1 204 No Content\r\n\r\n", false, 204, 0, true),
            ("HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n", false, 304, 0, true),
            ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", true, 200, 0, true),
            (
                "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 404 No\r\ncontent-length: 1\r\n\r\nx",
                false,
                404,
                1,
                true,
            ),
            (&format!("{CHUNKED}\r\n"), false, 200, 13, true),
            (&format!("{CHUNKED}Trailer: x\r\n\r\n"), false, 200, 13, true),
        ] {
            for size in [1, 2, 3, 7, 50, 1_000] {
                let (response, beyond) = taken(&format!("{text}HTTP"), size, bodiless).unwrap();
                let seen = (response.status(), response.bytes(), response.keeps_alive(), beyond);
                assert_eq!(seen, (Some(status), bytes, keeps_alive, 4), "{text:?} in pieces of {size}");
                assert!(response.is_complete() && response.begun.capacity() == 0);
            }
        }
    }

    #[test]
    fn a_body_without_a_length_ends_with_the_connection() {
        for encoding in ["", "Transfer-Encoding: identity\r\nContent-Length: 3\r\n"] {
            let (mut response, _) = taken(&format!("HTTP/1.1 200 OK\r\n{encoding}\r\nhello"), 4, false).unwrap();
            assert!(!response.is_complete() && !response.keeps_alive());
            assert_eq!((response.cut_off(), response.bytes(), response.is_complete()), (None, 5, true));
        }
    }

    #[test]
    fn an_early_end_is_told_by_what_had_come() {
        for (text, kind, status, bytes) in [
            ("", FailureKind::Closed, None, 0),
            ("HTTP/1.1 200 OK\r\ncontent-le", FailureKind::Closed, None, 0),
            ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello", FailureKind::Truncated, Some(200), 5),
            (CHUNKED, FailureKind::Truncated, Some(200), 13),
            (&CHUNKED[..CHUNKED.len() - 12], FailureKind::Truncated, Some(200), 6),
        ] {
            let (mut response, _) = taken(text, 100, false).unwrap();
            assert_eq!(
                (response.cut_off(), response.status(), response.bytes()),
                (Some(kind), status, bytes),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_is_not_http_is_malformed_and_never_kept_without_end() {
        let endless = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(70_000));
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(101));
        for text in [
            "220 mail.example ESMTP ready\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n",
            &endless,
            &many,
        ] {
            for size in [1 + text.len() / 200, 1_000] {
                assert_eq!(taken(text, size, false).err(), Some(Malformed), "{text:.60} in pieces of {size}");
            }
        }
    }
}
