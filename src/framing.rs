//! Where the parts of an HTTP/1.1 message end: heads, bodies of known length, chunks. Understands messages in whatever
//! pieces they come and keeps nothing of a body; of a part that is only understood as a whole it keeps what has come so
//! far, in most cases nothing. Shared by the event loop's client and the delay server. Pure.

use httparse::{EMPTY_HEADER, Header, Status};

/// Headers of a message; more are refused, as hyper refuses them.
pub const MOST_HEADERS: usize = 100;
/// The longest chunk head or trailers, in bytes.
const CHUNK_HEAD_LIMIT: usize = 16 * 1024;

/// Why a message cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not HTTP/1.1.
    Malformed,
    /// A head that does not end, or has too many headers.
    TooLong,
}

impl From<httparse::Error> for Unreadable {
    fn from(error: httparse::Error) -> Self {
        if error == httparse::Error::TooManyHeaders { Self::TooLong } else { Self::Malformed }
    }
}

/// The beginning of a part that is only understood as a whole.
#[derive(Default)]
pub struct PartialHead(Vec<u8>);

impl PartialHead {
    /// Nothing has come yet.
    #[must_use]
    pub const fn nothing() -> Self {
        Self(Vec::new())
    }

    /// What has come of the part so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Bytes of memory that it holds.
    #[must_use]
    pub fn held(&self) -> usize {
        self.0.capacity()
    }

    /// Shows `parse` all that has come of the part, `data` included. `parse` returns the part's length where it is all
    /// there: then what follows it in `data` is returned. Else `data` is kept and `None` returned.
    ///
    /// # Errors
    /// Those of `parse`, and [`Unreadable::TooLong`] where `limit` bytes do not hold the part.
    pub fn take<'d>(
        &mut self,
        data: &'d [u8],
        limit: usize,
        parse: impl FnOnce(&[u8]) -> Result<Option<usize>, Unreadable>,
    ) -> Result<Option<&'d [u8]>, Unreadable> {
        let before = self.0.len();
        let length = if before == 0 {
            parse(data)?
        } else {
            self.0.extend_from_slice(data);
            parse(&self.0)?
        };
        match length {
            Some(length) => {
                self.0 = Vec::new();
                // What had come before was not the whole, so its end is in `data`.
                Ok(Some(&data[length.saturating_sub(before)..]))
            }
            None if before + data.len() >= limit => Err(Unreadable::TooLong),
            None => {
                if before == 0 {
                    self.0.extend_from_slice(data);
                }
                Ok(None)
            }
        }
    }
}

/// A body as far as it has come.
pub struct Body {
    expected: Part,
    begun: PartialHead,
    bytes: u64,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// A body of known length, of which so much is left.
    Length(u64),
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

impl Body {
    /// No body at all.
    #[must_use]
    pub const fn none() -> Self {
        Self { expected: Part::Nothing, begun: PartialHead::nothing(), bytes: 0 }
    }

    /// The body that follows a head with these headers: RFC 9112, section 6.3. Where they do not say how it is delimited,
    /// a response's body ends with the connection and a request has none.
    ///
    /// # Errors
    /// When they contradict each other.
    pub fn after(headers: &[Header<'_>], of_response: bool) -> Result<Self, Unreadable> {
        let expected = match (words(headers, "transfer-encoding").last(), length(headers)?) {
            (Some(last), _) if last.eq_ignore_ascii_case(b"chunked") => Part::ChunkHead,
            (Some(_), _) if !of_response => return Err(Unreadable::Malformed),
            (None, Some(0)) => Part::Nothing,
            (None, Some(length)) => Part::Length(length),
            (None, None) if !of_response => Part::Nothing,
            _ => Part::Rest,
        };
        Ok(Self { expected, ..Self::none() })
    }

    /// Whether all of it has come.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.expected == Part::Nothing
    }

    /// Whether only the end of the connection ends it.
    #[must_use]
    pub fn ends_with_connection(&self) -> bool {
        self.expected == Part::Rest
    }

    /// Bytes of it so far, without the framing of chunks.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes of memory that it holds: none of the body, but the beginning of a chunk's head or of trailers.
    #[must_use]
    pub fn held(&self) -> usize {
        self.begun.held()
    }

    /// Takes what was read and returns what is beyond the body's end.
    ///
    /// # Errors
    /// Where the framing of chunks is broken.
    pub fn take<'d>(&mut self, mut data: &'d [u8]) -> Result<&'d [u8], Unreadable> {
        while !data.is_empty() && !self.is_complete() {
            data = match self.expected {
                Part::ChunkHead => self.take_chunk_head(data)?,
                Part::Trailers => self.take_trailers(data)?,
                Part::ChunkEnd(left) => self.take_line_end(left, data)?,
                Part::Length(_) | Part::Chunk(_) | Part::Rest | Part::Nothing => self.take_inside(data),
            };
        }
        Ok(data)
    }

    fn take_inside<'d>(&mut self, data: &'d [u8]) -> &'d [u8] {
        let available = data.len() as u64;
        let (taken, next) = match self.expected {
            Part::Length(left) if left <= available => (left, Part::Nothing),
            Part::Length(left) => (available, Part::Length(left - available)),
            Part::Chunk(left) if left <= available => (left, Part::ChunkEnd(2)),
            Part::Chunk(left) => (available, Part::Chunk(left - available)),
            other => (available, other),
        };
        self.bytes += taken;
        self.expected = next;
        &data[usize::try_from(taken).unwrap_or(data.len())..]
    }

    fn take_line_end<'d>(&mut self, left: u8, data: &'d [u8]) -> Result<&'d [u8], Unreadable> {
        let wanted = if left == 2 { b'\r' } else { b'\n' };
        if data[0] != wanted {
            return Err(Unreadable::Malformed);
        }
        self.expected = if left == 2 { Part::ChunkEnd(1) } else { Part::ChunkHead };
        Ok(&data[1..])
    }

    fn take_chunk_head<'d>(&mut self, data: &'d [u8]) -> Result<&'d [u8], Unreadable> {
        let mut size = 0;
        let rest = self.begun.take(data, CHUNK_HEAD_LIMIT, |text| {
            // httparse takes no digit at all for a zero.
            if !text[0].is_ascii_hexdigit() {
                return Err(Unreadable::Malformed);
            }
            match httparse::parse_chunk_size(text).map_err(|_invalid| Unreadable::Malformed)? {
                Status::Complete((length, read)) => {
                    size = read;
                    Ok(Some(length))
                }
                Status::Partial => Ok(None),
            }
        })?;
        if rest.is_some() {
            self.expected = if size == 0 { Part::Trailers } else { Part::Chunk(size) };
        }
        Ok(rest.unwrap_or_default())
    }

    fn take_trailers<'d>(&mut self, data: &'d [u8]) -> Result<&'d [u8], Unreadable> {
        let rest = self.begun.take(data, CHUNK_HEAD_LIMIT, |text| {
            match httparse::parse_headers(text, &mut [EMPTY_HEADER; MOST_HEADERS])? {
                Status::Complete((length, _)) => Ok(Some(length)),
                Status::Partial => Ok(None),
            }
        })?;
        if rest.is_some() {
            self.expected = Part::Nothing;
        }
        Ok(rest.unwrap_or_default())
    }
}

/// The content length, where there is one. The same one twice is a clumsy proxy; two different ones are nonsense.
fn length(headers: &[Header<'_>]) -> Result<Option<u64>, Unreadable> {
    let mut lengths = words(headers, "content-length").map(number);
    let Some(first) = lengths.next() else { return Ok(None) };
    let first = first.ok_or(Unreadable::Malformed)?;
    if lengths.all(|other| other == Some(first)) { Ok(Some(first)) } else { Err(Unreadable::Malformed) }
}

fn number(word: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(word).ok()?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// Whether a connection outlives the message with this head: the default of its version (`httparse`'s: 1 is HTTP/1.1),
/// unless a header says otherwise.
#[must_use]
pub fn keeps_alive(version: Option<u8>, headers: &[Header<'_>]) -> bool {
    let asks = |word: &[u8]| words(headers, "connection").any(|one| one.eq_ignore_ascii_case(word));
    if version == Some(1) { !asks(b"close") } else { asks(b"keep-alive") }
}

/// The comma-separated words of all headers called `name`.
pub fn words<'h>(headers: &'h [Header<'h>], name: &'h str) -> impl Iterator<Item = &'h [u8]> {
    let named = headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
    named.flat_map(|header| header.value.split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

/// A message in pieces whose lengths are one more than these, in turn: whatever the pieces, it is to be the same message.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn in_pieces(mut data: &[u8], sizes: [u8; 3]) -> impl Iterator<Item = &[u8]> {
    let mut sizes = sizes.into_iter().cycle();
    std::iter::from_fn(move || {
        let size = sizes.next().map_or(data.len(), |size| usize::from(size) + 1);
        let (piece, rest) = data.split_at(size.min(data.len()));
        data = rest;
        Some(piece).filter(|piece| !piece.is_empty())
    })
}
