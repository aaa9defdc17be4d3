//! One sample of `event-loop` over several processes: each issues its part of the requests, to an address of its own
//! where there are several, all of them from one moment on.
//!
//! The pipe carries lines: first the part as JSON, answered by `ready`; when all are ready, the zero of the sample's
//! clock, which is the start; each answers `done`, and when all are done they are asked to `report` and write a protocol
//! line for each request, then `end`. So no process reports while another one still measures.

use std::fs::File;
use std::io::{self, BufReader, Write};

use super::error::StrategyError;
use super::reactor::Prepared;
use super::work::Work;
use super::worker::{self, Worker, WorkerTask};
use crate::clock::{self, Clock, SharedClock, SystemClock};
use crate::model::{FailureKind, Outcome};
use crate::protocol::{self, Line, Parsed, RequestLine};

/// Issues the requests of `work` from several processes and returns their outcomes in order. The requests of a
/// process that dies have failed with it.
///
/// # Errors
/// When a process cannot be started, or the system has no clock that processes share.
pub(super) fn run(processes: u32, work: &Work, clock: &dyn Clock) -> Result<Vec<Outcome>, StrategyError> {
    let parts = parts(processes, work);
    let mut workers = Vec::with_capacity(parts.len());
    for (part, index) in parts.iter().zip(0..) {
        match begin(part, index) {
            Ok(worker) => workers.push(worker),
            Err(source) => {
                workers.into_iter().for_each(Worker::stop);
                return Err(StrategyError::Worker { worker: index, verb: "start", source });
            }
        }
    }
    let mut alive: Vec<bool> = workers.iter_mut().map(|worker| worker.expect("ready").is_ok()).collect();
    let zero =
        clock::common().ok_or_else(|| StrategyError::EventLoop(io::ErrorKind::Unsupported.into()))? - clock.now();
    let mut each = |step: &dyn Fn(&mut Worker) -> io::Result<()>| {
        workers.iter_mut().zip(&mut alive).for_each(|(worker, alive)| *alive = *alive && step(worker).is_ok());
    };
    each(&|worker| worker.say(&zero.0.to_string()));
    each(&|worker| worker.expect("done"));
    let mut outcomes = Vec::with_capacity(work.requests as usize);
    for ((part, worker), alive) in parts.iter().zip(&mut workers).zip(alive) {
        let first = u32::try_from(outcomes.len()).unwrap_or(work.requests);
        let told = if alive { collect(worker, part.requests) } else { Vec::new() };
        outcomes.extend(whole(told, part.requests, clock).map(|outcome| Outcome {
            request: outcome.request + first,
            worker: worker.index(),
            ..outcome
        }));
    }
    workers.into_iter().for_each(Worker::stop);
    Ok(outcomes)
}

/// The work of each process: an equal share of the requests and of the bound, the larger ones first.
fn parts(processes: u32, work: &Work) -> Vec<Work> {
    let processes = processes.clamp(1, work.width);
    let share = |all: u32, index: u32| all / processes + u32::from(index < all % processes);
    let url = |index: u32| index.checked_sub(1).and_then(|further| work.further_urls.get(further as usize));
    (0..processes)
        .map(|index| Work {
            url: url(index).unwrap_or(&work.url).clone(),
            further_urls: Vec::new(),
            requests: share(work.requests, index),
            width: share(work.width, index),
            ..work.clone()
        })
        .collect()
}

fn begin(part: &Work, index: u32) -> io::Result<Worker> {
    let mut worker = Worker::start(part, serve_copy, index)?;
    // A worker that is gone already shows itself when it is waited for.
    let _ = worker.tell(&WorkerTask::Loop(part.clone()));
    Ok(worker)
}

/// What a process says about its requests; what is no outcome of its own is passed over.
fn collect(worker: &mut Worker, requests: u32) -> Vec<Outcome> {
    let mut told = Vec::with_capacity(requests as usize);
    let asked = worker.say("report");
    while asked.is_ok() {
        match worker.line().map(protocol::parse) {
            Ok(Parsed::Line(Line::Request(line))) if line.request < requests => told.push(line.into_outcome()),
            _ => break,
        }
    }
    told
}

/// Exactly one outcome for each of `requests`: those without a report ended with their process.
fn whole(told: Vec<Outcome>, requests: u32, clock: &dyn Clock) -> impl Iterator<Item = Outcome> {
    let now = clock.now();
    let mut told = told.into_iter().peekable();
    (0..requests).map(move |request| {
        told.next_if(|outcome| outcome.request == request).unwrap_or(Outcome {
            request,
            worker: 0,
            start: now,
            end: now,
            status: None,
            bytes: 0,
            failure: Some(FailureKind::ChildKilled),
        })
    })
}

/// The end of a worker that is a copy of this process.
fn serve_copy(input: File, output: File) -> io::Result<()> {
    match worker::receive(BufReader::new(input))? {
        Some((WorkerTask::Loop(work), lines)) => serve(&work, lines, output),
        _ => Ok(()),
    }
}

/// The process's end: issues its part on command, reports on command. Ends when its input ends.
pub(super) fn serve(
    work: &Work,
    mut lines: impl Iterator<Item = io::Result<String>>,
    mut output: impl Write,
) -> io::Result<()> {
    let mut say = |word: &str| output.write_all(word.as_bytes()).and_then(|()| output.flush());
    let run = Prepared::for_work(work).map_err(io::Error::other)?;
    say("ready\n")?;
    let Some(zero) = lines.next() else { return Ok(()) };
    let zero = crate::model::Nanos(zero?.parse().map_err(io::Error::other)?);
    let clock: SharedClock = std::sync::Arc::new(SystemClock::with_zero(zero));
    let outcomes = run.run(work, clock.as_ref()).map_err(io::Error::other)?;
    say("done\n")?;
    if lines.next().is_none() {
        return Ok(());
    }
    let mut report = Vec::new();
    for outcome in &outcomes {
        serde_json::to_writer(&mut report, &Line::Request(RequestLine::from(outcome)))?;
        report.push(b'\n');
    }
    report.extend_from_slice(b"end\n");
    output.write_all(&report).and_then(|()| output.flush())
}

#[cfg(test)]
mod tests {
    use super::{parts, whole};
    use crate::clock::SystemClock;
    use crate::model::{DelayTarget, FailureKind, Nanos, Outcome, Target};
    use crate::strategy::{Program, Work};

    fn work(requests: u32, width: u32) -> Work {
        let target = DelayTarget { delay: Nanos(1), jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 };
        let program = Program { path: "p".into(), arguments: Vec::new() };
        let work = Work::new(&Target::Delay(target), "http://127.0.0.1:1/", requests, program);
        Work { width, further_urls: vec!["http://127.0.0.2:2/".to_owned()], ..work }
    }

    #[test]
    fn parts_are_the_whole_and_keep_the_bound() {
        for (requests, processes, width, expected) in [
            (10, 3, 10, vec![(4, 4), (3, 3), (3, 3)]),
            (10, 3, 4, vec![(4, 2), (3, 1), (3, 1)]),
            (2, 3, 2, vec![(1, 1), (1, 1)]),
            (9, 3, 2, vec![(5, 1), (4, 1)]),
            (5, 1, 5, vec![(5, 5)]),
        ] {
            let parts = parts(processes, &work(requests, width));
            let found: Vec<_> = parts.iter().map(|part| (part.requests, part.width)).collect();
            assert_eq!(found, expected, "{requests} over {processes}");
            let urls: Vec<&str> = parts.iter().map(|part| part.url.as_str()).collect();
            let all = ["http://127.0.0.1:1/", "http://127.0.0.2:2/", "http://127.0.0.1:1/"];
            assert_eq!(urls, all[..parts.len()]);
        }
    }

    #[test]
    fn requests_without_a_report_died_with_their_process() {
        let told = |request| Outcome {
            request,
            worker: 0,
            start: Nanos(1),
            end: Nanos(2),
            status: Some(200),
            bytes: 16,
            failure: None,
        };
        let whole: Vec<Outcome> = whole(vec![told(0), told(2)], 4, &SystemClock::start()).collect();
        assert!(whole.iter().map(|outcome| outcome.request).eq(0..4));
        let killed = Some(FailureKind::ChildKilled);
        assert!(whole.iter().map(|outcome| outcome.failure).eq([None, killed, None, killed]));
    }
}
