//! Reads one response, in whatever pieces it comes. Pure.

use httparse::{EMPTY_HEADER, Status};

use crate::framing::{Body, MOST_HEADERS, PartialHead, Unreadable, keeps_alive};
use crate::model::FailureKind;

/// The longest head, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

/// A response as far as it has come.
pub(crate) struct Response {
    /// The response has no body, whatever its head says: the request was a HEAD.
    bodiless: bool,
    head: PartialHead,
    status: Option<u16>,
    body: Body,
    keep_alive: bool,
}

impl Response {
    /// A response of which nothing has come. `bodiless` where the request's method is HEAD.
    pub(crate) const fn awaited(bodiless: bool) -> Self {
        Self { bodiless, head: PartialHead::nothing(), status: None, body: Body::none(), keep_alive: false }
    }

    /// The status, once the head has come.
    pub(crate) const fn status(&self) -> Option<u16> {
        self.status
    }

    /// Bytes of the body so far, without the framing of chunks.
    pub(crate) const fn bytes(&self) -> u64 {
        self.body.bytes()
    }

    /// Whether all of it has come.
    pub(crate) fn is_complete(&self) -> bool {
        self.status.is_some() && self.body.is_complete()
    }

    /// Whether the peer lets the connection be used again.
    pub(crate) const fn keeps_alive(&self) -> bool {
        self.keep_alive
    }

    /// Takes what was read and returns what is beyond the response's end.
    pub(crate) fn take<'d>(&mut self, mut data: &'d [u8]) -> Result<&'d [u8], Unreadable> {
        while self.status.is_none() && !data.is_empty() {
            data = self.take_head(data)?;
        }
        self.body.take(data)
    }

    /// The connection has ended: `None` where that is also the response's end.
    pub(crate) fn cut_off(&self) -> Option<FailureKind> {
        match self.status {
            None => Some(FailureKind::Closed),
            Some(_) if self.body.is_complete() || self.body.ends_with_connection() => None,
            Some(_) => Some(FailureKind::Truncated),
        }
    }

    fn take_head<'d>(&mut self, data: &'d [u8]) -> Result<&'d [u8], Unreadable> {
        let Self { bodiless, head, status, body, keep_alive } = self;
        let rest = head.take(data, HEAD_LIMIT, |text| {
            let mut headers = [EMPTY_HEADER; MOST_HEADERS];
            let mut head = httparse::Response::new(&mut headers);
            let Status::Complete(length) = head.parse(text)? else { return Ok(None) };
            let code = head.code.ok_or(Unreadable::Malformed)?;
            // An interim answer: the real one follows. 101 would be another protocol, which was not asked for.
            if matches!(code, 100 | 102..=199) {
                return Ok(Some(length));
            }
            let described = Body::after(head.headers, true)?;
            *body = if *bodiless || matches!(code, 101 | 204 | 304) { Body::none() } else { described };
            *keep_alive = code != 101 && !body.ends_with_connection() && keeps_alive(head.version, head.headers);
            *status = Some(code);
            Ok(Some(length))
        })?;
        Ok(rest.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::Response;
    use crate::framing::Unreadable;
    use crate::model::FailureKind;

    /// Takes `text` in pieces of `size`, and returns the response and what was beyond its end.
    fn taken(text: &str, size: usize, bodiless: bool) -> Result<(Response, usize), Unreadable> {
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
                assert!(response.is_complete());
                assert!(response.head.as_bytes().is_empty());
            }
        }
    }

    #[test]
    fn a_body_without_a_length_ends_with_the_connection() {
        for encoding in ["", "Transfer-Encoding: identity\r\nContent-Length: 3\r\n"] {
            let (response, _) = taken(&format!("HTTP/1.1 200 OK\r\n{encoding}\r\nhello"), 4, false).unwrap();
            assert!(!response.is_complete());
            assert!(!response.keeps_alive());
            assert_eq!((response.cut_off(), response.bytes()), (None, 5));
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
            let (response, _) = taken(text, 100, false).unwrap();
            assert_eq!(
                (response.cut_off(), response.status(), response.bytes()),
                (Some(kind), status, bytes),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_is_not_http_is_refused_and_never_kept_without_end() {
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
                assert!(taken(text, size, false).is_err(), "{text:.60} in pieces of {size}");
            }
        }
    }
}
