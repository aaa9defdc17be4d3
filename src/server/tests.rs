//! The server as its clients and its parent see it: real sockets, real pipes, the child's whole loop on a thread. It knows
//! nothing of the inside.

use std::io::{self, BufRead, BufReader, ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::handle::Conversation;
use super::{Handle, Server, ServerError, ServerStats, run_child};
use crate::clock::{Clock, SystemClock};
use crate::model::{DelayTarget, Nanos, schedule};

const HOUR: Nanos = Nanos(3_600_000_000_000);
const PATIENCE: Duration = Duration::from_secs(60);
const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const GET_AND_CLOSE: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

fn after(delay: Nanos) -> DelayTarget {
    DelayTarget { delay, jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 }
}

/// A server's child loop on a thread, and the parent's pipes to it.
struct Session {
    conversation: Conversation<BufReader<PipeReader>, PipeWriter>,
    child: JoinHandle<Result<(), ServerError>>,
    address: SocketAddr,
}

impl Session {
    fn start(target: &DelayTarget) -> Self {
        let (orders, send) = std::io::pipe().unwrap();
        let (receive, replies) = std::io::pipe().unwrap();
        let child = thread::spawn(move || run_child(orders, replies));
        let mut conversation = Conversation { receive: BufReader::new(receive), send };
        let url = conversation.start_at(std::net::Ipv4Addr::LOCALHOST, target).unwrap();
        Self { conversation, child, address: address(&url) }
    }

    fn begin(&mut self, seed: u64) -> Result<(), ServerError> {
        self.address = address(&self.conversation.begin(seed)?);
        Ok(())
    }

    /// Waits until the server has seen enough. It tells what it has seen only when it is asked, so it is asked again and
    /// again, with pauses.
    fn until(&mut self, enough: impl Fn(&ServerStats) -> bool) -> ServerStats {
        let (_open, silence) = channel::<()>();
        for _ in 0..PATIENCE.as_millis() {
            let server_stats = self.conversation.end().unwrap();
            if enough(&server_stats) {
                return server_stats;
            }
            assert_eq!(silence.recv_timeout(Duration::from_millis(1)), Err(RecvTimeoutError::Timeout));
        }
        panic!("not within {PATIENCE:?}: {:?}", self.conversation.end());
    }

    fn client(&self) -> Client {
        Client::connect(self.address)
    }
}

fn address(url: &str) -> SocketAddr {
    url.strip_prefix("http://").unwrap().strip_suffix('/').unwrap().parse().unwrap()
}

/// A connection that speaks HTTP byte by byte.
struct Client(BufReader<TcpStream>);

impl Client {
    /// Never waits for ever, so that a broken server fails a test and does not hang it.
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    fn send(mut self, text: &str) -> Self {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
        self
    }

    /// Status and body of the next response, whose head must announce `length` bytes; `None` if the connection closed.
    fn read(&mut self, length: usize) -> Option<(u16, String)> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if is_end(self.0.read_line(&mut head)) {
                return None;
            }
        }
        assert!(head.contains(&format!("content-length: {length}\r\n")), "{head}");
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        Some((head[9..12].parse().unwrap(), String::from_utf8(body).unwrap()))
    }

    fn ask(self, text: &str) -> (Self, u16) {
        let mut client = self.send(text);
        let (status, _) = client.read(16).unwrap();
        (client, status)
    }

    fn is_closed(&mut self) -> bool {
        is_end(self.0.read(&mut [0]))
    }
}

fn is_end(read: io::Result<usize>) -> bool {
    match read {
        Ok(count) => count == 0,
        Err(error) if error.kind() == ErrorKind::ConnectionReset => true,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn every_request_and_connection_is_counted_once() {
    let mut session = Session::start(&after(Nanos(1_000)));
    for (connections, each) in [(1, 1), (1, 7), (4, 3), (5, 1)] {
        session.begin(1).unwrap();
        for _ in 0..connections {
            (0..each).fold(session.client(), |client, _| client.ask(GET).0);
        }
        let server_stats = session.conversation.end().unwrap();
        let requests = connections * each;
        assert_eq!(
            (server_stats.requests, server_stats.answered, server_stats.connections),
            (requests, requests, connections)
        );
        assert_eq!((server_stats.failed, server_stats.accept_errors), (0, 0));
        assert_eq!(server_stats.peak_in_flight, 1, "one after another");
    }
}

#[test]
fn a_connection_that_is_asked_to_close_does_and_the_next_request_needs_another() {
    let mut session = Session::start(&after(Nanos::ZERO));
    for _ in 0..3 {
        assert!(session.client().ask(GET_AND_CLOSE).0.is_closed());
    }
    assert_eq!(session.conversation.end().unwrap().connections, 3);
}

#[test]
fn requests_that_wait_are_in_flight_together_even_for_their_turn() {
    for max_concurrent in [0, 1, 7] {
        let mut session = Session::start(&DelayTarget { max_concurrent, ..after(HOUR) });
        let clients: Vec<Client> = (0..50).map(|_| session.client().send(GET)).collect();
        let server_stats = session.until(|server_stats| server_stats.requests == 50);
        assert_eq!((server_stats.peak_in_flight, server_stats.in_flight, server_stats.answered), (50, 50, 0));
        assert_eq!(
            (server_stats.service_mean, server_stats.lateness_mean, server_stats.lateness_max),
            (None, None, None)
        );
        drop(clients);
    }
}

#[test]
fn no_response_is_earlier_than_scheduled() {
    let target = DelayTarget { jitter: Nanos::from_millis(4), ..after(Nanos::from_millis(5)) };
    let mut session = Session::start(&target);
    session.begin(7).unwrap();
    let clock = SystemClock::start();
    let mut client = session.client();
    for answer in schedule(&target, 7).take(20) {
        let start = clock.now();
        client = client.ask(GET).0;
        assert!(clock.now() - start >= answer.delay);
    }
    let scheduled: Nanos = schedule(&target, 7).take(20).map(|answer| answer.delay).sum();
    let server_stats = session.conversation.end().unwrap();
    assert!(server_stats.service_mean.unwrap() >= Nanos(scheduled.0 / 20));
    assert!(server_stats.lateness_max >= server_stats.lateness_mean);
}

#[test]
fn failures_are_exactly_those_of_the_schedule() {
    for failure_rate in [0.0, 0.3, 1.0] {
        let target = DelayTarget { failure_rate, ..after(Nanos::ZERO) };
        let mut session = Session::start(&target);
        for seed in [1, 2] {
            session.begin(seed).unwrap();
            let mut client = session.client();
            let mut expected = 0;
            for answer in schedule(&target, seed).take(40) {
                let status;
                (client, status) = client.ask(GET);
                assert_eq!(status, if answer.fails { 500 } else { 200 });
                expected += u64::from(answer.fails);
            }
            assert_eq!(session.conversation.end().unwrap().failed, expected);
        }
    }
}

#[test]
fn with_one_slot_requests_are_served_one_after_another() {
    let delay = Nanos::from_millis(5);
    let mut session = Session::start(&DelayTarget { max_concurrent: 1, ..after(delay) });
    let clock = SystemClock::start();
    let clients: Vec<Client> = (0..6).map(|_| session.client().send(GET)).collect();
    for mut client in clients {
        assert_eq!(client.read(16).unwrap().0, 200);
    }
    assert!(clock.now() >= delay * 6);
    assert_eq!(session.conversation.end().unwrap().answered, 6);
}

#[test]
fn a_client_that_leaves_is_no_longer_in_flight_and_frees_its_slot() {
    let mut session = Session::start(&DelayTarget { max_concurrent: 1, ..after(HOUR) });
    let clients: Vec<Client> = (0..3).map(|_| session.client().send(GET)).collect();
    session.until(|server_stats| server_stats.requests == 3);
    drop(clients);
    let server_stats = session.until(|server_stats| server_stats.in_flight == 0);
    assert_eq!((server_stats.requests, server_stats.peak_in_flight, server_stats.answered), (3, 3, 0));
}

#[test]
fn beginning_resets_the_counts_and_closes_what_was_open() {
    let mut session = Session::start(&after(HOUR));
    let mut waiting = session.client().send(GET);
    let mut idle = session.client();
    session.until(|server_stats| server_stats.requests == 1);
    let before = session.address;
    session.begin(2).unwrap();
    assert_ne!(session.address, before, "a port that no connection of an earlier sample is remembered at");
    assert!(TcpStream::connect(before).is_err());
    let server_stats = session.conversation.end().unwrap();
    assert_eq!(server_stats, ServerStats { cpu: server_stats.cpu, ..ServerStats::default() });
    assert!(waiting.is_closed());
    assert!(idle.is_closed());
}

#[test]
fn what_an_earlier_sample_left_in_the_queue_never_counts() {
    let mut session = Session::start(&after(Nanos::ZERO));
    for seed in 0..20 {
        let mut leftovers: Vec<Client> = (0..5).map(|_| session.client().send(GET)).collect();
        session.begin(seed).unwrap();
        session.client().ask(GET);
        let server_stats = session.conversation.end().unwrap();
        assert_eq!((server_stats.requests, server_stats.connections), (1, 1));
        // Some may have been answered before the beginning; none is open after it.
        assert!(leftovers.iter_mut().all(|client| client.read(16).is_none() || client.is_closed()));
    }
}

#[test]
fn any_method_path_and_body_is_answered() {
    let session = Session::start(&after(Nanos::ZERO));
    let long = format!("POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{}", "x".repeat(100_000));
    for request in [
        "DELETE /x/y HTTP/1.1\r\nHost: x\r\n\r\n",
        "BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        &long,
    ] {
        let (client, status) = session.client().ask(request);
        assert_eq!((status, client.ask(GET).1), (200, 200), "{request:.30}");
    }
}

#[test]
fn the_answer_to_head_has_no_body() {
    let session = Session::start(&after(Nanos::ZERO));
    let mut client = session.client().send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        client.0.read_line(&mut head).unwrap();
    }
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("content-length: 16"), "{head}");
    assert_eq!(client.read(16), Some((200, "delayed response".to_owned())));
}

#[test]
fn who_never_finishes_a_request_or_never_closes_is_disconnected_and_who_waits_is_not() {
    let session = Session::start(&after(Nanos::ZERO));
    let mut silent = session.client();
    let mut slow = session.client().send("GET / HT");
    let mut stays = session.client().send(GET_AND_CLOSE);
    stays.read(16).unwrap();
    assert!(stays.is_closed(), "the server's side");
    assert!(slow.is_closed());
    silent = silent.ask(GET).0;
    assert_eq!(silent.ask(GET).1, 200, "between requests there is no time limit");
}

#[test]
fn rubbish_gets_400_and_neither_it_nor_a_silent_client_counts() {
    let mut session = Session::start(&after(Nanos::ZERO));
    let _silent = session.client();
    let _slow = session.client().send("GET / HT");
    let _bodiless = session.client().send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
    // As long as the server's buffer: were a byte left unread, closing would reset the connection.
    let bloated = format!("{:y<8192}", "GET / HTTP/1.1\r\nx: ");
    for (rubbish, status) in [("\u{1}\u{2}rubbish\r\n\r\n", 400), (bloated.as_str(), 431)] {
        assert_eq!(session.client().send(rubbish).read(0).map(|(status, _)| status), Some(status));
    }
    session.client().ask(GET);
    let server_stats = session.conversation.end().unwrap();
    assert_eq!((server_stats.requests, server_stats.connections), (1, 1));
}

#[test]
fn the_end_of_its_input_ends_the_server_and_whoever_waits_for_it() {
    let mut session = Session::start(&after(HOUR));
    let mut client = session.client().send(GET);
    session.until(|server_stats| server_stats.requests == 1);
    drop(session.conversation.send);
    session.child.join().unwrap().unwrap();
    assert!(client.is_closed());
    assert!(TcpStream::connect(session.address).is_err());
}

#[test]
fn a_wrong_order_ends_the_server_and_it_says_why() {
    let mut session = Session::start(&after(Nanos::ZERO));
    session.conversation.send.write_all(b"hello\n").unwrap();
    let error = session.begin(1).unwrap_err();
    assert!(matches!(&error, ServerError::GaveUp(why) if why.contains("hello")), "{error}");
    assert!(matches!(session.child.join().unwrap(), Err(ServerError::UnexpectedLine(line)) if line == "hello"));
}

#[test]
fn a_server_in_the_foreground_stops_when_told_and_returns_its_totals() {
    let server = Server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), &after(Nanos::ZERO), 1).unwrap();
    let (address, remote) = (server.address(), server.remote());
    assert!(
        matches!(Server::bind(address, &after(Nanos::ZERO), 1), Err(ServerError::AddressInUse(taken)) if taken == address)
    );
    let serving = thread::spawn(|| server.run());
    Client::connect(address).ask(GET);
    remote.stop();
    assert_eq!(serving.join().unwrap().unwrap().answered, 1);
    assert!(remote.begin(1).is_none());
    assert!(remote.end().is_none());
}

#[test]
#[cfg(unix)]
fn a_program_that_is_no_server_is_named_or_explained() {
    let start = |program: &str| Handle::start(Path::new(program), [""; 0], &after(Nanos::ZERO)).err().unwrap();
    assert!(
        matches!(start("/nowhere/at-all"), ServerError::Spawn { program, .. } if program == Path::new("/nowhere/at-all"))
    );
    assert!(matches!(start("false"), ServerError::Ended(Some(status)) if status.code() == Some(1)));
    assert!(matches!(start("cat"), ServerError::UnexpectedLine(line) if line.contains("start")));
}
