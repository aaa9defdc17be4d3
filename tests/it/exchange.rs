//! What goes over the wire, compared between strategies: the same request to the byte, and the same reading of whatever
//! kind of response comes back.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use reportgen::clock::{SharedClock, SystemClock};
use reportgen::model::{FailureKind, Outcome, Target, UrlTarget};
use reportgen::strategy::Task;
use serde_json::json;

use crate::test_directory::{built_in_kinds, kind_with, programs};

/// Answers so many connections with a fixed text and returns the requests that it read.
struct ScriptedServer {
    url: String,
    thread: JoinHandle<Vec<String>>,
}

impl ScriptedServer {
    fn start(connections: usize, response: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://me:pass%20word@{}/path?query=1", listener.local_addr().unwrap());
        let thread =
            thread::spawn(move || (0..connections).map(|_| serve(&listener.accept().unwrap().0, response)).collect());
        Self { url, thread }
    }
}

fn serve(mut stream: &TcpStream, response: &str) -> String {
    let mut request = String::new();
    let mut buffer = [0; 4096];
    while !is_whole(&request) {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "half a request: {request}");
        request.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    // Byte by byte, so that every part of the response comes in pieces. A client that has seen enough may be gone.
    let _ = stream.set_nodelay(true);
    let sent = response.bytes().try_for_each(|byte| stream.write_all(&[byte]));
    let _ = sent.and_then(|()| stream.shutdown(Shutdown::Write));
    let _ = stream.read(&mut buffer);
    request
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() == length.map_or(0, |length| length.parse().unwrap())
}

fn outcomes(kind: &str, url: &str, method: &str, body: &str) -> Vec<Outcome> {
    let target = UrlTarget { method: method.to_owned(), body: body.to_owned(), ..UrlTarget::at(url) };
    let strategy = kind_with(kind, json!({ "workers": 1 }));
    let mut work = Task::new(&Target::Url(target), url, &strategy, 1, programs().worker).work;
    work.headers = vec![("X-Name".to_owned(), "value".to_owned()), ("accept-language".to_owned(), "en, de".to_owned())];
    let clock: SharedClock = Arc::new(SystemClock::start());
    strategy.run(&work, &clock).unwrap()
}

#[test]
fn every_strategy_sends_the_same_request() {
    for (method, body) in [("GET", ""), ("HEAD", ""), ("POST", ""), ("POST", "some text"), ("PUT", "x"), ("DELETE", "")]
    {
        let requests = built_in_kinds().map(|kind| {
            let server = ScriptedServer::start(1, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            outcomes(kind, &server.url, method, body);
            let request = server.thread.join().unwrap().remove(0);
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            let lines: BTreeSet<String> =
                head.lines().filter(|line| !line.starts_with("host: ")).map(str::to_owned).collect();
            assert_eq!(lines.len() + 1, head.lines().count(), "one host, no line twice: {head}");
            (kind, lines, body.to_owned())
        });
        let requests: Vec<_> = requests.collect();
        let (_, lines, sent) = &requests[0];
        assert!(lines.contains(&format!("{method} /path?query=1 HTTP/1.1")), "{lines:?}");
        assert!(lines.contains("authorization: Basic bWU6cGFzcyB3b3Jk"), "{lines:?}");
        assert_eq!(sent, body);
        for (name, other_lines, other_sent) in &requests[1..] {
            assert_eq!((other_lines, other_sent), (lines, sent), "{name}, {method} {body:?}");
        }
    }
}

#[test]
fn every_strategy_reads_every_kind_of_response_alike() {
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n2;x=y\r\n, \r\n";
    for (method, response, status, bytes, failure) in [
        ("GET", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", Some(200), 5, None),
        ("GET", "HTTP/1.1 200 OK\r\n\r\nuntil the end", Some(200), 13, None),
        ("GET", "HTTP/1.0 200 OK\r\n\r\nold", Some(200), 3, None),
        ("GET", const_str(&[CHUNKED, "0\r\n\r\n"]), Some(200), 7, None),
        ("GET", const_str(&[CHUNKED, "0\r\nx-trailer: y\r\n\r\n"]), Some(200), 7, None),
        ("GET", CHUNKED, Some(200), 7, Some(FailureKind::Truncated)),
        ("HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", Some(200), 0, None),
        ("GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Some(200), 0, None),
        ("GET", "HTTP/1.1 404 No\r\ncontent-length: 2\r\n\r\nno", Some(404), 2, Some(FailureKind::WrongStatus)),
        ("GET", "HTTP/1.1 200 O", None, 0, Some(FailureKind::Closed)),
    ] {
        for kind in built_in_kinds() {
            let server = ScriptedServer::start(1, response);
            let outcome = outcomes(kind, &server.url, method, "").remove(0);
            let seen = (outcome.status, outcome.bytes, outcome.failure);
            assert_eq!(seen, (status, bytes, failure), "{kind}: {method} {response:?}");
            server.thread.join().unwrap();
        }
    }
}

/// Lives as long as the test binary.
fn const_str(parts: &[&str]) -> &'static str {
    parts.concat().leak()
}
