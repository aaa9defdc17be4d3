//! Clients that flood the delay server: whatever one sends, the server's memory stays bounded and it goes on serving.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use reportgen::limits;
use reportgen::model::{DelayTarget, Nanos};
use reportgen::server::Handle;

use crate::test_directory::programs;

const MOST_MEMORY: u64 = 64 << 20;
/// How long a flood waits for a server that does not read, or does not answer.
const PATIENCE: Duration = Duration::from_secs(2);
const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
const HOUR: Nanos = Nanos(3_600_000_000_000);

struct Flooded(Handle);

impl Flooded {
    fn start(delay: Nanos) -> Self {
        limits::raise_descriptors();
        let target = DelayTarget { delay, jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 };
        Self(Handle::start(&programs().server.path, &programs().server.arguments, &target).unwrap())
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.0.url().trim_start_matches("http://").trim_end_matches('/')).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// Sends as much as the server takes; it may disconnect.
    fn flood(&self, data: &[u8]) -> TcpStream {
        let mut stream = self.connect();
        let _ = stream.write_all(data);
        stream
    }

    fn answer(&self) -> String {
        let mut stream = self.connect();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(GET).unwrap();
        let mut start = [0; 15];
        stream.read_exact(&mut start).unwrap();
        String::from_utf8(start.to_vec()).unwrap()
    }

    /// The most memory that the server's process ever had, in bytes.
    fn peak(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim_end_matches("kB").trim().parse::<u64>().unwrap() * 1024
    }

    /// The server obeys, and has stayed below the limit.
    fn assert_bounded(&mut self) {
        self.0.end().unwrap();
        let peak = self.peak();
        assert!(peak < MOST_MEMORY, "the server took {} KiB", peak / 1024);
    }
}

/// A frame of HTTP/2: kind, flags, stream, payload.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GO_AWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ACK: u8 = 1;

fn preface() -> Vec<u8> {
    [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS, 0, 0, &[]), &frame(SETTINGS, ACK, 0, &[])].concat()
}

/// `GET` or `POST`, by flags: with the end of the stream or without.
fn request(stream: u32, flags: u8) -> Vec<u8> {
    let method = if flags & END_STREAM == 0 { 0x83 } else { 0x82 };
    frame(HEADERS, flags, stream, &[method, 0x86, 0x84, 0x41, 1, b'x'])
}

/// The streams that a client may open, from the `first`-th on.
fn ids(first: u32, count: u32) -> impl Iterator<Item = u32> {
    (first..first + count).map(|index| 2 * index + 1)
}

fn requests(count: u32) -> Vec<u8> {
    ids(0, count).flat_map(|id| request(id, END_STREAM | END_HEADERS)).collect()
}

/// The next frame: kind, flags, stream, payload.
fn read_frame(stream: &mut TcpStream) -> io::Result<(u8, u8, u32, Vec<u8>)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head)?;
    let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
    stream.read_exact(&mut payload)?;
    Ok((head[3], head[4], u32::from_be_bytes([head[5], head[6], head[7], head[8]]), payload))
}

/// Waits until all that was sent has been taken: the answer to a ping comes after it. Returns by how much the connection's
/// window was widened meanwhile.
fn ping(stream: &mut TcpStream) -> io::Result<u32> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.write_all(&frame(PING, 0, 0, b"received"))?;
    let mut window = 0;
    loop {
        match read_frame(stream)? {
            (PING, ACK, ..) => return Ok(window),
            (WINDOW_UPDATE, _, 0, payload) => window += payload.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)),
            _ => {}
        }
    }
}

#[test]
fn bodies_over_http2_fit_into_a_window_of_four_mebibytes() {
    let mut server = Flooded::start(Nanos::ZERO);
    let mut client = server.flood(&preface());
    let mut window = 65_535 + ping(&mut client).unwrap();
    assert!(window <= 4 << 20, "{window}");
    let body = vec![b'x'; 16_384];
    for id in ids(0, 1_000) {
        client.write_all(&request(id, END_HEADERS)).unwrap();
        for _ in 0..3 {
            client.write_all(&frame(0, 0, id, &body)).unwrap();
            window -= 16_384;
            while window < 16_384 {
                window += ping(&mut client).unwrap();
            }
        }
    }
    server.assert_bounded();
    assert_eq!(server.answer(), "HTTP/1.1 200 OK");
}

#[test]
fn pipelined_requests_whose_answers_nobody_reads_are_left_to_their_sender() {
    let mut server = Flooded::start(Nanos::ZERO);
    let mut client = server.connect();
    let data = GET.repeat(1_000);
    let end = (0..1_000).find_map(|_| client.write_all(&data).err());
    assert_eq!(end.map(|error| error.kind()), Some(ErrorKind::WouldBlock));
    server.assert_bounded();
    assert_eq!(server.answer(), "HTTP/1.1 200 OK");
}

#[test]
fn beginnings_that_never_end_are_bounded_in_all() {
    let head = format!("GET / HTTP/1.1\r\nx: {}", "y".repeat(8_000));
    let chunk = format!("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n5;x={}", "y".repeat(16_000));
    let block = [preface(), request(1, 0), frame(CONTINUATION, 0, 1, b"\0\x01a\x7f\xff\xff\x7f")].concat();
    let blocks = [block, frame(CONTINUATION, 0, 1, &[b'v'; 16_000]).repeat(80)].concat();
    for (what, data, connections) in
        [("head", head.as_bytes(), 8_000), ("chunk", chunk.as_bytes(), 4_000), ("header block", &blocks, 60)]
    {
        let mut server = Flooded::start(Nanos::ZERO);
        let clients: Vec<TcpStream> = (0..connections).map(|_| server.flood(data)).collect();
        // It was accepted after all the others, so they have been read once.
        assert_eq!(server.answer(), "HTTP/1.1 200 OK", "{what}");
        server.assert_bounded();
        drop(clients);
    }
}

#[test]
fn requests_read_ahead_of_one_that_waits_are_bounded_in_all() {
    let mut server = Flooded::start(HOUR);
    let data = GET.repeat(2_000);
    let clients: Vec<TcpStream> = (0..2_000).map(|_| server.flood(&data)).collect();
    server.assert_bounded();
    drop(clients);
}

#[test]
fn streams_that_wait_are_bounded_in_all() {
    let mut server = Flooded::start(HOUR);
    let data = [preface(), requests(32_000)].concat();
    let mut clients: Vec<TcpStream> = (0..5).map(|_| server.flood(&data)).collect();
    for client in &mut clients {
        // Some have been disconnected.
        let _ = ping(client);
    }
    server.assert_bounded();
    drop(clients);
}

#[test]
fn answers_over_http2_that_may_not_be_sent_are_bounded_in_all() {
    let mut server = Flooded::start(Nanos::ZERO);
    let no_window = frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]);
    let data = [preface(), no_window, requests(32_000)].concat();
    let mut clients: Vec<TcpStream> = (0..5).map(|_| server.flood(&data)).collect();
    for client in &mut clients {
        // Some have been disconnected.
        let _ = ping(client);
    }
    server.assert_bounded();
    assert_eq!(server.answer(), "HTTP/1.1 200 OK");
    drop(clients);
}

#[test]
fn streams_that_their_client_resets_are_forgotten() {
    let mut server = Flooded::start(HOUR);
    let mut client = server.flood(&preface());
    for round in 0..300 {
        let ids: Vec<u32> = ids(round * 400, 400).collect();
        let asked: Vec<u8> = ids.iter().flat_map(|id| request(*id, END_STREAM | END_HEADERS)).collect();
        client.write_all(&asked).unwrap();
        ping(&mut client).unwrap();
        let resets: Vec<u8> = ids.iter().flat_map(|id| frame(RESET, 0, *id, &[0, 0, 0, 8])).collect();
        client.write_all(&resets).unwrap();
    }
    ping(&mut client).unwrap();
    let seen = server.0.end().unwrap();
    assert_eq!(seen.requests, 120_000);
    assert!(seen.in_flight < 10_000, "{}", seen.in_flight);
    server.assert_bounded();
}

/// Sends frames, which the server takes, and one more, upon which it ends the connection. Returns the reason that it gives.
fn reason_after(server: &Flooded, frames: &[u8], one_more: &[u8]) -> u8 {
    let mut client = server.flood(&[&preface(), frames].concat());
    ping(&mut client).unwrap();
    client.write_all(one_more).unwrap();
    loop {
        if let (GO_AWAY, _, _, payload) = read_frame(&mut client).unwrap() {
            assert_eq!(read_frame(&mut client).unwrap_err().kind(), ErrorKind::UnexpectedEof);
            return payload[7];
        }
    }
}

#[test]
fn frames_that_ask_for_nothing_end_their_connection_and_no_other() {
    const ENHANCE_YOUR_CALM: u8 = 11;

    let mut server = Flooded::start(Nanos::ZERO);
    let mut other = server.flood(&preface());
    let narrow = frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 1]);
    let widen = frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1]);
    // With what the preface and the ping add.
    assert_eq!(reason_after(&server, &narrow.repeat(255), &narrow), ENHANCE_YOUR_CALM);
    assert_eq!(reason_after(&server, &widen.repeat(9_998), &widen), ENHANCE_YOUR_CALM);
    let asked = [requests(100), widen.repeat(10_798)].concat();
    assert_eq!(reason_after(&server, &asked, &widen), ENHANCE_YOUR_CALM);
    ping(&mut other).unwrap();
    assert_eq!(server.answer(), "HTTP/1.1 200 OK");
    assert_eq!(server.0.end().unwrap().requests, 101);
}

#[test]
fn a_client_is_answered_while_others_send_without_end() {
    let server = Flooded::start(Nanos::ZERO);
    let is_over = AtomicBool::new(false);
    let narrow = frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 1]).repeat(1_000);
    let widen = frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1]).repeat(1_000);
    thread::scope(|scope| {
        for data in [&narrow, &widen] {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let mut client = server.flood(&preface());
                    while client.write_all(data).is_ok() {}
                }
            });
        }
        let answers: Vec<String> = (0..200).map(|_| server.answer()).collect();
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(answers, vec!["HTTP/1.1 200 OK"; 200]);
    });
}
