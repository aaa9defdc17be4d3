//! One connection: reads requests, waits for their time, answers. Any method and path will do. What a client does wrong
//! ends its own connection and nothing else.

use std::cell::Cell;
use std::rc::Rc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::server::agenda::Agenda;
use crate::server::sample::Sample;

/// Body of a response that succeeds: 16 bytes.
const SUCCESS: &[u8; 16] = b"delayed response";
/// Body of a response that fails: 16 bytes too, so that both cost the same.
const FAILURE: &[u8; 16] = b"injected failure";
/// The longest request body that is read, in bytes.
const BODY_LIMIT: u64 = 64 << 20;
/// hyper's smallest buffer: the server may hold tens of thousands of connections.
const BUFFER_BYTES: usize = 8192;

/// A connection and the sample it was accepted in.
pub(super) struct Connection {
    sample: Rc<Sample>,
    agenda: Rc<Agenda>,
    carried_one: Cell<bool>,
}

impl Connection {
    /// A connection that has carried no request yet.
    pub(super) fn new(sample: Rc<Sample>, agenda: Rc<Agenda>) -> Self {
        Self { sample, agenda, carried_one: Cell::new(false) }
    }

    /// Answers requests until either end closes. Never fails: a client that sends rubbish gets hyper's 400, one that
    /// leaves is forgotten.
    pub(super) async fn serve(self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let this = Rc::new(self);
        // Letting go of the head at once gives its memory back to hyper's read buffer.
        let service = service_fn(move |request: Request<Incoming>| Rc::clone(&this).answer(request.into_body()));
        let _ = http1::Builder::new()
            .max_buf_size(BUFFER_BYTES)
            .header_read_timeout(None)
            .auto_date_header(false)
            .writev(false)
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    async fn answer(self: Rc<Self>, body: Incoming) -> Result<Response<Full<Bytes>>, hyper::Error> {
        if discard(body).await? == Discarded::TooMuch {
            return Ok(response(StatusCode::PAYLOAD_TOO_LARGE, b""));
        }
        if !self.carried_one.replace(true) {
            self.sample.count_connection();
        }
        let request = self.sample.admit();
        let _turn = request.turn().await;
        let start = self.agenda.now();
        let end = self.agenda.wait_until(start + request.answer().delay).await;
        request.count_answer(end - start);
        Ok(match request.answer().fails {
            false => response(StatusCode::OK, SUCCESS),
            true => response(StatusCode::INTERNAL_SERVER_ERROR, FAILURE),
        })
    }
}

#[derive(PartialEq, Eq)]
enum Discarded {
    All,
    TooMuch,
}

/// Reads a body to its end and keeps none of it.
async fn discard(mut body: Incoming) -> Result<Discarded, hyper::Error> {
    let mut left = BODY_LIMIT;
    while let Some(frame) = body.frame().await {
        let length = frame?.data_ref().map_or(0, Bytes::len) as u64;
        let Some(rest) = left.checked_sub(length) else { return Ok(Discarded::TooMuch) };
        left = rest;
    }
    Ok(Discarded::All)
}

fn response(status: StatusCode, body: &'static [u8]) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}
