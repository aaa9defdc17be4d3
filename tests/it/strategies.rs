//! The contract of every strategy in the registry: it issues exactly n requests, never more at once than it may, and
//! survives whatever the other side does.

use std::sync::Arc;

use reportgen::clock::{SharedClock, SystemClock};
use reportgen::model::{DelayTarget, FailureKind, Nanos, Outcome, Target};
use reportgen::probe::Spec;
use reportgen::server;
use reportgen::strategy::{self, Strategy, Work};

use crate::peer::{self, MANNERS, Manner, Peer};
use crate::workplace::{programs, spec_of};

/// A delay long enough that requests issued together are served together even on a busy machine.
const DELAY: Nanos = Nanos::from_millis(300);

fn target(delay: Nanos) -> DelayTarget {
    DelayTarget { delay, jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 }
}

fn work(strategy: &dyn Strategy, url: &str, requests: u32) -> Work {
    let mut spec = spec_of(strategy.info().name);
    spec.workers = Some(3);
    let mut work = Work::new(&Target::Delay(target(DELAY)), url, &spec, programs().worker);
    work.requests = requests;
    work
}

fn run(strategy: &dyn Strategy, work: &Work) -> Vec<Outcome> {
    let clock: SharedClock = Arc::new(SystemClock::start());
    let outcomes = strategy.run(work, &clock).unwrap();
    let name = strategy.info().name;
    assert!(
        outcomes.iter().map(|outcome| outcome.request).eq(0..work.requests),
        "{name}: one outcome a request, in order"
    );
    assert!(outcomes.iter().all(|outcome| outcome.start <= outcome.end), "{name}: no request ends before it starts");
    outcomes
}

fn server(target: &DelayTarget) -> server::Handle {
    let program = programs().server;
    server::Handle::start(&program.path, &program.arguments, target).unwrap()
}

#[test]
fn each_sends_exactly_n_requests_and_never_more_at_once_than_it_may() {
    let mut server = server(&target(DELAY));
    for strategy in strategy::STRATEGIES {
        let info = strategy.info();
        for requests in [1, 2, 3, 7] {
            server.begin(1).unwrap();
            let work = work(*strategy, server.url(), requests);
            let outcomes = run(*strategy, &work);
            let witness = server.end().unwrap();
            let mut spec = spec_of(info.name);
            spec.workers = Some(3);
            let width = info.model.width(requests, &spec);
            let context = format!("{} with n = {requests}", info.name);
            assert_eq!(witness.requests, u64::from(requests), "{context}: requests");
            assert_eq!(witness.peak_in_flight, width, "{context}: in flight");
            assert!(
                outcomes.iter().all(|outcome| outcome.failure.is_none() && outcome.status == Some(200)),
                "{context}"
            );
            assert!(outcomes.iter().all(|outcome| outcome.bytes == 16), "{context}: bytes");
            let workers = outcomes.iter().map(|outcome| outcome.worker).max().unwrap();
            assert!(workers < 3.max(requests), "{context}: worker numbers");
        }
    }
}

#[test]
fn keep_alive_uses_a_connection_per_worker_and_per_request_one_per_request() {
    let mut server = server(&target(Nanos::from_millis(30)));
    for strategy in strategy::STRATEGIES {
        for per_request in [false, true] {
            server.begin(1).unwrap();
            let mut work = work(*strategy, server.url(), 6);
            work.connection_per_request = per_request;
            run(*strategy, &work);
            let connections = server.end().unwrap().connections;
            let expected = match strategy.info().name {
                _ if per_request => 6,
                "sequential" => 1,
                "thread-pool" | "process-pool" => 3,
                _ => 6,
            };
            assert_eq!(connections, expected, "{}, per request: {per_request}", strategy.info().name);
        }
    }
}

#[test]
fn async_keeps_to_its_bound_and_spreads_over_threads() {
    let mut server = server(&target(DELAY));
    let strategy = strategy::find("async").unwrap();
    for threads in [1, 2] {
        server.begin(1).unwrap();
        let mut work = work(strategy, server.url(), 10);
        (work.max_in_flight, work.threads) = (Some(4), threads);
        run(strategy, &work);
        let witness = server.end().unwrap();
        assert_eq!((witness.requests, witness.peak_in_flight), (10, 4));
    }
}

#[test]
fn the_event_loop_keeps_its_contract_over_one_two_and_three_processes() {
    let mut server = server(&target(DELAY));
    let strategy = strategy::find("event-loop").unwrap();
    for processes in [1, 2, 3] {
        for (requests, bound) in [(1, None), (2, None), (3, None), (7, None), (7, Some(2))] {
            server.begin(1).unwrap();
            let mut work = work(strategy, server.url(), requests);
            (work.processes, work.max_in_flight) = (processes, bound);
            let outcomes = run(strategy, &work);
            let (witness, context) = (server.end().unwrap(), format!("{requests} by {processes}, bound {bound:?}"));
            let width = bound.unwrap_or(requests);
            // All at once: a common start, and never more than the bound of all processes together.
            assert_eq!((witness.requests, witness.peak_in_flight), (requests.into(), width), "{context}");
            assert!(outcomes.iter().all(|outcome| outcome.failure.is_none() && outcome.bytes == 16), "{context}");
            let workers = outcomes.iter().map(|outcome| outcome.worker).collect::<std::collections::BTreeSet<_>>();
            if processes > 1 {
                assert_eq!(workers.len(), processes.min(width) as usize, "{context}");
            }
        }
    }
    for processes in [1, 2, 3] {
        let (peer, nobody) = (Peer::start(Manner::CloseEarly), peer::nobody());
        for (url, kind) in [(peer.url(), FailureKind::Closed), (nobody, FailureKind::Refused)] {
            let mut work = work(strategy, &url, 5);
            work.processes = processes;
            assert!(run(strategy, &work).iter().all(|outcome| outcome.failure == Some(kind)), "{processes}: {kind}");
        }
    }
}

#[test]
fn async_over_http_2_sends_all_requests_on_one_connection() {
    let mut failing = target(DELAY);
    failing.failure_rate = 0.5;
    let mut server = server(&failing);
    let strategy = strategy::find("async").unwrap();
    let long = "x".repeat(200_000);
    for (method, body, max_in_flight) in [("GET", "", None), ("HEAD", "", Some(7)), ("POST", long.as_str(), None)] {
        server.begin(1).unwrap();
        let mut work = work(strategy, server.url(), 150);
        (work.http2, work.method, work.body) = (true, method.to_owned(), body.to_owned());
        work.max_in_flight = max_in_flight;
        let outcomes = run(strategy, &work);
        let witness = server.end().unwrap();
        let width = max_in_flight.unwrap_or(150);
        let seen = (witness.requests, witness.answered, witness.connections);
        assert_eq!(seen, (150, 150, 1), "{method}, {:?}", outcomes[0].failure);
        assert_eq!((witness.peak_in_flight, witness.in_flight), (width, 0), "{method}");
        let failed = outcomes.iter().filter(|outcome| outcome.status == Some(500)).count();
        assert_eq!(failed as u64, witness.failed, "{method}");
        let bytes = if method == "HEAD" { 0 } else { 16 };
        assert!(outcomes.iter().all(|outcome| outcome.status.is_some() && outcome.bytes == bytes), "{method}");
    }
}

#[test]
fn a_server_that_does_not_speak_http_2_is_a_failure() {
    let strategy = strategy::find("async").unwrap();
    for manner in [Manner::OtherStatus, Manner::Babble, Manner::CloseEarly] {
        let peer = Peer::start(manner);
        let mut work = work(strategy, &peer.url(), 2);
        work.http2 = true;
        assert!(run(strategy, &work).iter().all(|outcome| outcome.failure.is_some()), "{manner:?}");
    }
}

#[test]
fn responses_of_500_are_failures_with_their_status() {
    let mut failing = target(Nanos::from_millis(1));
    failing.failure_rate = 1.0;
    let server = server(&failing);
    for strategy in strategy::STRATEGIES {
        for outcome in run(*strategy, &work(*strategy, server.url(), 4)) {
            assert_eq!((outcome.status, outcome.failure), (Some(500), Some(FailureKind::WrongStatus)));
        }
    }
}

#[test]
fn each_kind_of_bad_peer_is_a_failure_of_its_own_kind() {
    for (manner, kind) in MANNERS {
        let peer = Peer::start(manner);
        for strategy in strategy::STRATEGIES {
            let mut work = work(*strategy, &peer.url(), 2);
            if manner.lasts() {
                work.request_timeout_ns = Nanos::from_millis(100).0;
            }
            for outcome in run(*strategy, &work) {
                assert_eq!(outcome.failure, Some(kind), "{} against {manner:?}", strategy.info().name);
            }
        }
    }
}

#[test]
fn nobody_listening_is_refused_and_a_name_without_address_is_unreachable() {
    for (url, kind) in
        [(peer::nobody(), FailureKind::Refused), ("http://no-such-host.invalid/".to_owned(), FailureKind::Unreachable)]
    {
        for strategy in strategy::STRATEGIES {
            for outcome in run(*strategy, &work(*strategy, &url, 2)) {
                assert_eq!(outcome.failure, Some(kind), "{} to {url}", strategy.info().name);
                assert_eq!((outcome.status, outcome.bytes), (None, 0));
            }
        }
    }
}

#[test]
fn a_server_that_dies_half_way_fails_the_rest() {
    for strategy in strategy::STRATEGIES {
        let server = server(&target(Nanos::SECOND * 60));
        let work = work(*strategy, server.url(), 4);
        let outcomes = std::thread::scope(|scope| {
            let running = scope.spawn(|| run(*strategy, &work));
            // Requests either wait for their answer when it dies, or come when it is dead.
            drop(server);
            running.join().unwrap()
        });
        assert!(outcomes.iter().all(|outcome| outcome.failure.is_some()), "{}", strategy.info().name);
    }
}

#[test]
fn a_sleep_takes_the_place_of_a_request_and_needs_nobody() {
    let delay = Nanos::from_millis(20);
    for strategy in strategy::STRATEGIES {
        let mut work = work(*strategy, "", 7);
        work.sleep_ns = Some(delay.0);
        for outcome in run(*strategy, &work) {
            assert_eq!((outcome.status, outcome.bytes, outcome.failure), (None, 0, None));
            assert!(outcome.end - outcome.start >= delay, "{} woke early", strategy.info().name);
        }
    }
}

#[test]
fn a_spec_survives_the_pipe() {
    for strategy in strategy::STRATEGIES {
        let mut work = work(*strategy, "http://127.0.0.1:1/", 3);
        work.headers = vec![("x-name".to_owned(), "va\"lue".to_owned())];
        let spec = Spec { kind: strategy.info().name.to_owned(), work };
        let text = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<Spec>(&text).unwrap(), spec);
    }
}
