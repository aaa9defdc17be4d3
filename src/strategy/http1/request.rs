//! The bytes of a request: the same for every request of a sample, so they are made once. Pure.

use std::net::{SocketAddr, ToSocketAddrs};

use http::header::{ACCEPT, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use reqwest::Method;

/// A request as it goes over the wire, and where it goes.
pub(crate) struct RequestBytes {
    /// Head and body.
    pub(crate) bytes: Vec<u8>,
    /// Whether the response has no body, whatever it says.
    pub(crate) bodiless: bool,
}

impl RequestBytes {
    /// The same head that reqwest and hyper would send.
    pub(crate) fn of(request: &reqwest::Request) -> Self {
        let url = request.url();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut bytes = format!("{} {}{query} HTTP/1.1\r\n", request.method(), url.path()).into_bytes();
        let mut header = |name: &str, value: &[u8]| {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        };
        let headers = request.headers();
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let chunked = !body.is_empty() && headers.contains_key(TRANSFER_ENCODING);
        for (name, value) in headers.iter().filter(|(name, _)| chunked || *name != TRANSFER_ENCODING) {
            header(name.as_str(), value.as_bytes());
        }
        if !headers.contains_key(ACCEPT) {
            header("accept", b"*/*");
        }
        if !headers.contains_key(HOST) {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            header("host", format!("{}{port}", url.host_str().unwrap_or_default()).as_bytes());
        }
        if !body.is_empty() && !chunked && !headers.contains_key(CONTENT_LENGTH) {
            header("content-length", body.len().to_string().as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        if chunked {
            bytes.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
        }
        bytes.extend_from_slice(body);
        if chunked {
            bytes.extend_from_slice(b"\r\n0\r\n\r\n");
        }
        Self { bytes, bodiless: request.method() == Method::HEAD }
    }
}

/// All addresses of the host, in the order in which they are to be tried; none where the name has none. Asks once for all
/// requests, and waits for the answer.
pub(crate) fn addresses(request: &reqwest::Request) -> Vec<SocketAddr> {
    let url = request.url();
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return Vec::new() };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (host, port).to_socket_addrs().map(Iterator::collect).unwrap_or_default()
}
