//! The contract of every strategy in the registry: it issues exactly n requests, never more at once than it may, and
//! survives whatever the other side does.

use std::sync::Arc;

use reportgen::clock::{SharedClock, SystemClock};
use reportgen::model::{DelayTarget, FailureKind, Nanos, Outcome, Target};
use reportgen::server;
use reportgen::strategy::Task;
use serde_json::{Value, json};

use crate::peer::{self, FAULTS, FaultKind, Peer};
use crate::running::poll;
use crate::test_directory::{built_in_kinds, kind_with, programs};

/// Requests that are issued together mostly meet at the server for this time; no assertion needs them to.
const DELAY: Nanos = Nanos::from_millis(20);
/// No request is answered before its test has ended.
const HOUR: Nanos = Nanos(3_600_000_000_000);

fn target(delay: Nanos) -> DelayTarget {
    DelayTarget { delay, jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 }
}

/// The task of `kind` with three workers.
fn task_of(kind: &str, url: &str, requests: u32) -> Task {
    task_with(kind, json!({ "workers": 3 }), url, requests)
}

fn task_with(kind: &str, options: Value, url: &str, requests: u32) -> Task {
    let target = Target::Delay(target(DELAY));
    Task::new(&target, url, &kind_with(kind, options), requests, programs().worker)
}

fn run(task: &Task) -> Vec<Outcome> {
    let clock: SharedClock = Arc::new(SystemClock::start());
    let outcomes = task.strategy.run(&task.work, &clock).unwrap();
    let name = task.strategy.info().name;
    assert!(
        outcomes.iter().map(|outcome| outcome.request).eq(0..task.work.requests),
        "{name}: one outcome a request, in order"
    );
    assert!(outcomes.iter().all(|outcome| outcome.start <= outcome.end), "{name}: no request ends before it starts");
    outcomes
}

fn server(target: &DelayTarget) -> server::Handle {
    let program = programs().server;
    server::Handle::start(&program.path, &program.arguments, target).unwrap()
}

/// Checks that `requests` of `kind`, answered in an hour, wait at the server `width` at a time, over so many connections.
fn meets(kind: &str, options: Value, requests: u32, (width, connections): (u32, u64)) {
    let mut server = server(&target(HOUR));
    server.begin(1).unwrap();
    let context = format!("{requests} requests of {kind} {options}");
    let task = task_with(kind, options, server.url(), requests);
    std::thread::scope(|scope| {
        let running = scope.spawn(|| run(&task));
        // The server tells what it has seen only when it is asked.
        let met = poll(|| server.end().unwrap().in_flight == width);
        let stats = server.end().unwrap();
        // The end of the server ends all requests.
        drop(server);
        running.join().unwrap();
        assert!(met, "{context}: {width} in flight: {stats:?}");
        assert_eq!(stats.peak_in_flight, width, "{context}: most in flight");
        assert_eq!(stats.connections, connections, "{context}: connections");
    });
}

#[test]
fn each_has_as_many_requests_in_flight_as_it_may() {
    for kind in built_in_kinds() {
        for requests in [1, 2, 7] {
            let width = task_of(kind, "http://127.0.0.1:1/", requests).strategy.width(requests);
            meets(kind, json!({ "workers": 3 }), requests, (width, width.into()));
        }
    }
    for threads in [1, 2] {
        meets("async", json!({ "max-in-flight": 4, "threads": threads }), 10, (4, 4));
    }
    for processes in [2, 3] {
        meets("event-loop", json!({ "processes": processes }), 7, (7, 7));
        meets("event-loop", json!({ "processes": processes, "max-in-flight": 2 }), 7, (2, 2));
    }
    for (bound, width) in [(None, 150), (Some(7), 7)] {
        meets("async", json!({ "http-version": "2", "max-in-flight": bound }), 150, (width, 1));
    }
}

#[test]
fn each_sends_exactly_n_requests_and_never_more_at_once_than_it_may() {
    let mut server = server(&target(DELAY));
    for kind in built_in_kinds() {
        for requests in [1, 2, 3, 7] {
            server.begin(1).unwrap();
            let task = task_of(kind, server.url(), requests);
            let outcomes = run(&task);
            let stats = server.end().unwrap();
            let width = task.strategy.width(requests);
            let context = format!("{kind} with n = {requests}");
            assert_eq!(stats.requests, u64::from(requests), "{context}: requests");
            assert!(stats.peak_in_flight <= width, "{context}: {} in flight", stats.peak_in_flight);
            assert!(outcomes.iter().all(|outcome| outcome.failure.is_none()), "{context}: {outcomes:?}");
            assert!(outcomes.iter().all(|outcome| outcome.status == Some(200)), "{context}: {outcomes:?}");
            assert!(outcomes.iter().all(|outcome| outcome.bytes == 16), "{context}: bytes");
            let workers = outcomes.iter().map(|outcome| outcome.worker).max().unwrap();
            assert!(workers < 3.max(requests), "{context}: worker numbers");
        }
    }
}

#[test]
fn keep_alive_uses_no_more_connections_than_workers_and_per_request_one_per_request() {
    let mut server = server(&target(DELAY));
    for kind in built_in_kinds() {
        for connections in ["keep-alive", "per-request"] {
            server.begin(1).unwrap();
            run(&task_with(kind, json!({ "workers": 3, "connections": connections }), server.url(), 6));
            let opened = server.end().unwrap().connections;
            if connections == "per-request" {
                assert_eq!(opened, 6, "{kind}, {connections}");
            } else {
                let width = task_of(kind, server.url(), 6).strategy.width(6);
                assert!((1..=width.into()).contains(&opened), "{kind}, {connections}: {opened}");
            }
        }
    }
}

#[test]
fn async_keeps_to_its_bound_and_spreads_over_threads() {
    let mut server = server(&target(DELAY));
    for threads in [1, 2] {
        server.begin(1).unwrap();
        run(&task_with("async", json!({ "max-in-flight": 4, "threads": threads }), server.url(), 10));
        let stats = server.end().unwrap();
        assert_eq!(stats.requests, 10, "{threads} threads");
        assert!(stats.peak_in_flight <= 4, "{threads} threads: {} in flight", stats.peak_in_flight);
    }
}

#[test]
fn the_event_loop_keeps_its_contract_over_one_two_and_three_processes() {
    let mut server = server(&target(DELAY));
    for processes in [1, 2, 3] {
        for (requests, bound) in [(1, None), (2, None), (3, None), (7, None), (7, Some(2))] {
            server.begin(1).unwrap();
            let options = json!({ "processes": processes, "max-in-flight": bound });
            let outcomes = run(&task_with("event-loop", options, server.url(), requests));
            let (stats, context) = (server.end().unwrap(), format!("{requests} by {processes}, bound {bound:?}"));
            let width = bound.unwrap_or(requests);
            // Never more than the bound of all processes together.
            assert_eq!(stats.requests, u64::from(requests), "{context}");
            assert!(stats.peak_in_flight <= width, "{context}: {} in flight", stats.peak_in_flight);
            assert!(outcomes.iter().all(|outcome| outcome.failure.is_none()), "{context}: {outcomes:?}");
            assert!(outcomes.iter().all(|outcome| outcome.bytes == 16), "{context}: {outcomes:?}");
            let workers = outcomes.iter().map(|outcome| outcome.worker).collect::<std::collections::BTreeSet<_>>();
            if processes > 1 {
                assert_eq!(workers.len(), processes.min(width) as usize, "{context}");
            }
        }
    }
    for processes in [1, 2, 3] {
        let (peer, nobody) = (Peer::start(FaultKind::CloseEarly), peer::unused_address());
        for (url, kind) in [(peer.url(), FailureKind::Closed), (nobody, FailureKind::Refused)] {
            let task = task_with("event-loop", json!({ "processes": processes }), &url, 5);
            assert!(run(&task).iter().all(|outcome| outcome.failure == Some(kind)), "{processes}: {kind}");
        }
    }
}

#[test]
fn async_over_http_2_sends_all_requests_on_one_connection() {
    let mut failing = target(DELAY);
    failing.failure_rate = 0.5;
    let mut server = server(&failing);
    // All of them together fit into the connection's window, so that all can wait together.
    let long = "x".repeat(20_000);
    for (method, body, max_in_flight) in [("GET", "", None), ("HEAD", "", Some(7)), ("POST", long.as_str(), None)] {
        server.begin(1).unwrap();
        let options = json!({ "http-version": "2", "max-in-flight": max_in_flight });
        let mut task = task_with("async", options, server.url(), 150);
        (task.work.method, task.work.body) = (method.to_owned(), body.to_owned());
        let outcomes = run(&task);
        let stats = server.end().unwrap();
        let width = max_in_flight.unwrap_or(150);
        let seen = (stats.requests, stats.answered, stats.connections);
        assert_eq!(seen, (150, 150, 1), "{method}, {:?}", outcomes[0].failure);
        assert!(stats.peak_in_flight <= width, "{method}: {} in flight", stats.peak_in_flight);
        assert_eq!(stats.in_flight, 0, "{method}");
        let failed = outcomes.iter().filter(|outcome| outcome.status == Some(500)).count();
        assert_eq!(failed as u64, stats.failed, "{method}");
        let bytes = if method == "HEAD" { 0 } else { 16 };
        assert!(outcomes.iter().all(|outcome| outcome.status.is_some()), "{method}");
        assert!(outcomes.iter().all(|outcome| outcome.bytes == bytes), "{method}");
    }
}

#[test]
fn bodies_over_http_2_that_are_longer_than_every_window_arrive() {
    let server = server(&target(DELAY));
    let mut task = task_with("async", json!({ "http-version": "2" }), server.url(), 3);
    (task.work.method, task.work.body) = ("POST".to_owned(), "x".repeat(5_000_000));
    let statuses: Vec<_> = run(&task).iter().map(|outcome| outcome.status).collect();
    assert_eq!(statuses, [Some(200); 3]);
}

#[test]
fn a_server_that_does_not_speak_http_2_is_a_failure() {
    for fault in [FaultKind::OtherStatus, FaultKind::NotHttp, FaultKind::CloseEarly] {
        let peer = Peer::start(fault);
        let task = task_with("async", json!({ "http-version": "2" }), &peer.url(), 2);
        assert!(run(&task).iter().all(|outcome| outcome.failure.is_some()), "{fault:?}");
    }
}

#[test]
fn responses_of_500_are_failures_with_their_status() {
    let mut failing = target(Nanos::from_millis(1));
    failing.failure_rate = 1.0;
    let server = server(&failing);
    for kind in built_in_kinds() {
        for outcome in run(&task_of(kind, server.url(), 4)) {
            assert_eq!((outcome.status, outcome.failure), (Some(500), Some(FailureKind::WrongStatus)));
        }
    }
}

#[test]
fn each_kind_of_bad_peer_is_a_failure_of_its_own_kind() {
    for (fault, kind) in FAULTS {
        let peer = Peer::start(fault);
        for name in built_in_kinds() {
            let mut task = task_of(name, &peer.url(), 2);
            if fault.never_ends() {
                task.work.request_timeout_ns = Nanos::from_millis(100).0;
            }
            for outcome in run(&task) {
                assert_eq!(outcome.failure, Some(kind), "{name} against {fault:?}");
            }
        }
    }
}

#[test]
fn nobody_listening_is_refused_and_a_name_without_address_is_unreachable() {
    for (url, kind) in [
        (peer::unused_address(), FailureKind::Refused),
        ("http://no-such-host.invalid/".to_owned(), FailureKind::Unreachable),
    ] {
        for name in built_in_kinds() {
            for outcome in run(&task_of(name, &url, 2)) {
                assert_eq!(outcome.failure, Some(kind), "{name} to {url}");
                assert_eq!((outcome.status, outcome.bytes), (None, 0));
            }
        }
    }
}

#[test]
fn a_server_that_dies_half_way_fails_the_rest() {
    for kind in built_in_kinds() {
        let server = server(&target(Nanos::SECOND * 60));
        let task = task_of(kind, server.url(), 4);
        let outcomes = std::thread::scope(|scope| {
            let running = scope.spawn(|| run(&task));
            // Requests either wait for their answer when it dies, or come when it is dead.
            drop(server);
            running.join().unwrap()
        });
        assert!(outcomes.iter().all(|outcome| outcome.failure.is_some()), "{kind}");
    }
}

#[test]
fn a_sleep_takes_the_place_of_a_request_and_needs_nobody() {
    let delay = Nanos::from_millis(20);
    for kind in built_in_kinds() {
        let mut task = task_of(kind, "", 7);
        task.work.sleep_ns = Some(delay.0);
        for outcome in run(&task) {
            assert_eq!((outcome.status, outcome.bytes, outcome.failure), (None, 0, None));
            assert!(outcome.end - outcome.start >= delay, "{kind} woke early");
        }
    }
}

#[test]
fn work_survives_the_pipe() {
    for kind in built_in_kinds() {
        let mut task = task_of(kind, "http://127.0.0.1:1/", 3);
        task.work.headers = vec![("x-name".to_owned(), "va\"lue".to_owned())];
        let text = serde_json::to_string(&task).unwrap();
        assert_eq!(serde_json::from_str::<Task>(&text).unwrap(), task);
    }
}
