//! Bodies of the fuzz targets of this folder: what a client sends, over a pair of sockets.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use mio::net::TcpStream;

use super::connection::{Connection, Event};
use super::http2::Http2Connection;
use crate::framing::in_pieces;
use crate::model::{Answer, Nanos};

const ANSWER: Answer = Answer { delay: Nanos(0), fails: false };

/// Both ends of a connection; neither waits.
fn connected() -> (UnixStream, TcpStream) {
    let (client, server) = UnixStream::pair().expect("sockets can be made");
    client.set_nonblocking(true).expect("a socket can be told not to wait");
    server.set_nonblocking(true).expect("a socket can be told not to wait");
    // The calls that are made of it are those of any stream socket.
    (client, TcpStream::from_std(OwnedFd::from(server).into()))
}

/// What came of a connection.
#[derive(Debug, PartialEq, Eq)]
struct ServerExchange {
    requests: usize,
    is_http2: bool,
    answers: Vec<u8>,
}

/// The answers of the server are the same in whatever pieces the requests come.
pub(crate) fn http1(data: &[u8]) {
    let Some((sizes, data)) = data.split_first_chunk::<3>() else { return };
    let whole = exchange([data].into_iter());
    assert_eq!(exchange(in_pieces(data, *sizes)), whole);
    assert!(whole.requests <= data.len() / b"GET / HTTP/1.0\r\n\r\n".len() || whole.requests <= data.len() / 16);
}

fn exchange<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> ServerExchange {
    let (mut client, stream) = connected();
    let mut connection = Connection::new(stream);
    let mut exchange = ServerExchange { requests: 0, is_http2: false, answers: Vec::new() };
    // At least as long as the longest head.
    let mut buffer = vec![0; 16 << 10];
    let mut is_open = true;
    for piece in pieces {
        // A server that has ended reads no more.
        if !is_open || client.write_all(piece).is_err() {
            break;
        }
        is_open = step(&mut connection, &mut buffer, false, &mut exchange);
        take(&mut client, &mut exchange.answers);
    }
    let _ = client.shutdown(Shutdown::Write);
    if is_open {
        step(&mut connection, &mut buffer, true, &mut exchange);
    }
    take(&mut client, &mut exchange.answers);
    exchange
}

/// Goes on until the connection waits for its client; says whether it does.
fn step(connection: &mut Connection, buffer: &mut [u8], ends: bool, exchange: &mut ServerExchange) -> bool {
    loop {
        match connection.advance(ends, buffer) {
            Event::Nothing if connection.may_advance() => {}
            Event::Nothing => return true,
            Event::Request => {
                exchange.requests += 1;
                if !connection.respond(ANSWER) {
                    return false;
                }
            }
            Event::Preface(_) => {
                exchange.is_http2 = true;
                return false;
            }
            Event::End => return false,
        }
    }
}

fn take(client: &mut UnixStream, answers: &mut Vec<u8>) {
    match client.read_to_end(answers) {
        Ok(_) => {}
        // Reset: the server went with something unread.
        Err(error) => assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::ConnectionReset), "{error}"),
    }
}

/// Whatever frames a client sends, the connection goes on or ends, and ends once the client has.
pub(crate) fn http2(data: &[u8]) {
    let Some((sizes, data)) = data.split_first_chunk::<3>() else { return };
    let (mut client, stream) = connected();
    let mut connection = Http2Connection::new(stream, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec());
    let (mut answers, mut requests) = (Vec::new(), 0);
    for piece in in_pieces(data, *sizes) {
        if client.write_all(piece).is_err() {
            break;
        }
        let (arrived, is_over) = turn(&mut connection, &mut client, &mut answers);
        requests += arrived;
        if is_over {
            return;
        }
    }
    // The head of a frame alone is nine bytes.
    assert!(requests <= data.len() / 9, "{requests} requests");
    client.shutdown(Shutdown::Write).expect("its own side can be closed");
    let (_, is_over) = turn(&mut connection, &mut client, &mut answers);
    assert!(is_over, "the client has ended and the connection goes on");
}

/// Lets the connection go on until it waits for its client; returns how many requests came, and whether it has ended.
fn turn(connection: &mut Http2Connection, client: &mut UnixStream, answers: &mut Vec<u8>) -> (usize, bool) {
    /// More than it takes to read and to answer so little.
    const MOST_STEPS: usize = 10_000;

    let mut requests = 0;
    for _ in 0..MOST_STEPS {
        let progress = connection.advance(true);
        let waits = progress.arrived.is_empty();
        requests += progress.arrived.len();
        for stream in progress.arrived {
            connection.respond(stream, ANSWER);
        }
        take(client, answers);
        if progress.is_over || (waits && !connection.may_advance()) {
            return (requests, progress.is_over);
        }
    }
    panic!("the connection never waits for its client");
}
