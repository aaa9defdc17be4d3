//! A fixed pool of worker processes that make blocking requests. Requests are handed out one at a time over pipes, so
//! that a slow one delays no other: a thread of the parent feeds each worker and stamps both times, hand-over included,
//! because that is what this strategy costs.
//!
//! The pipe carries lines: first the work as JSON, answered by `ready`; then a request index, answered by
//! `status bytes failure`, with `-` for what is absent. A worker ends when its input ends.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Clients;
use super::error::StrategyError;
use super::http::Exchange;
use super::interface::{BASE_DESCRIPTORS, KindInfo, Strategy, default_workers, ports};
use super::work::Work;
use super::worker::{self, Worker, WorkerTask};
use crate::clock::{Clock, SharedClock};
use crate::model::{Concurrency, Connections, FailureKind, Outcome, RequestCount, ResourceEstimate};

/// a pool of processes that make blocking requests, fed over pipes
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ProcessPool {
    /// Threads or processes of a pool; a list makes one line each, such as "multithread (6)"
    #[serde(default = "default_workers")]
    #[schemars(range(min = 1, max = 10_000), extend("x-list" = true))]
    pub workers: u32,
    /// Whether a connection serves one request after another, or only one
    #[serde(default)]
    pub connections: Connections,
}

pub(super) const INFO: KindInfo = KindInfo { name: "process-pool", article_name: "multiprocess", https: true };

impl Strategy for ProcessPool {
    fn info(&self) -> KindInfo {
        INFO
    }

    fn concurrency(&self) -> Concurrency {
        Concurrency::Pool
    }

    fn bound(&self) -> Option<u32> {
        Some(self.workers)
    }

    fn workers(&self) -> Option<u32> {
        Some(self.workers)
    }

    fn connections(&self) -> Connections {
        self.connections
    }

    fn needs(&self, requests: RequestCount) -> ResourceEstimate {
        let workers = u64::from(self.workers);
        // Two pipes a worker; in each worker two threads, and one here that feeds it.
        ResourceEstimate {
            descriptors: BASE_DESCRIPTORS + 2 * workers,
            threads: 1 + 3 * workers,
            ports: ports(self.connections, workers, requests),
        }
    }

    fn run(&self, work: &Work, clock: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        let mut workers = start_all(work, self.workers)?;
        let next = AtomicU32::new(0);
        let outcomes = Mutex::new(Vec::with_capacity(work.requests as usize));
        thread::scope(|scope| {
            for worker in &mut workers {
                let (next, outcomes, clock) = (&next, &outcomes, clock.as_ref());
                scope.spawn(move || {
                    let own = worker.drain(next, work.requests, clock);
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).extend(own);
                });
            }
        });
        workers.into_iter().for_each(Worker::stop);
        let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Workers stop taking requests only when all are taken or all workers are dead.
        let never = || Exchange::none(FailureKind::ChildKilled);
        let taken = u32::try_from(outcomes.len()).unwrap_or(work.requests);
        outcomes.extend((taken..work.requests).map(|request| never().at(request, 0, (clock.now(), clock.now()))));
        outcomes.sort_unstable_by_key(|outcome| outcome.request);
        Ok(outcomes)
    }
}

/// Starts all workers before it speaks to any, so that they start side by side. On failure those already started
/// end with their inputs.
fn start_all(work: &Work, number: u32) -> Result<Vec<Worker>, StrategyError> {
    let mut workers = Vec::with_capacity(number as usize);
    for index in 0..number {
        match Worker::start(work, serve_copy, index) {
            Ok(worker) => workers.push(worker),
            Err(source) => {
                workers.into_iter().for_each(Worker::stop);
                return Err(StrategyError::Worker { worker: index, verb: "start", source });
            }
        }
    }
    for worker in &mut workers {
        // A worker that is gone already shows itself when it is waited for.
        let _ = worker.tell(&WorkerTask::Pool(work.clone()));
    }
    Ok(workers)
}

impl Worker {
    /// Takes one request after another until none is left. A worker that dies loses the request it had and takes no
    /// more; one that never came up takes none.
    fn drain(&mut self, next: &AtomicU32, requests: u32, clock: &dyn Clock) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        let mut alive = self.line().is_ok();
        while alive {
            let request = next.fetch_add(1, Ordering::Relaxed);
            if request >= requests {
                break;
            }
            let start = clock.now();
            let answer = self.issue(request);
            alive = answer.is_ok();
            let exchange = answer.unwrap_or_else(|_| Exchange::none(FailureKind::ChildKilled));
            outcomes.push(exchange.at(request, self.index(), (start, clock.now())));
        }
        outcomes
    }

    fn issue(&mut self, request: u32) -> io::Result<Exchange> {
        self.say(&request.to_string())?;
        Exchange::from_line(self.line()?).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    }
}

/// The end of a worker that is a copy of this process.
fn serve_copy(input: File, output: File) -> io::Result<()> {
    match worker::receive(BufReader::new(input))? {
        Some((WorkerTask::Pool(work), lines)) => serve(&work, lines, output),
        _ => Ok(()),
    }
}

/// The worker's end: answers one request after another until its input ends.
pub(super) fn serve(
    work: &Work,
    lines: impl Iterator<Item = io::Result<String>>,
    mut output: impl Write,
) -> io::Result<()> {
    let clients = Clients::new(work).map_err(io::Error::other)?;
    let client = clients.blocking().map_err(io::Error::other)?;
    output.write_all(b"ready\n")?;
    output.flush()?;
    for line in lines {
        line?;
        output.write_all(client.exchange().to_line().as_bytes())?;
        output.flush()?;
    }
    Ok(())
}

impl Exchange {
    fn to_line(&self) -> String {
        let (status, bytes, failure) = self.parts();
        let status = status.map_or_else(|| "-".to_owned(), |status| status.to_string());
        format!("{status} {bytes} {}\n", failure.map_or("-", FailureKind::as_str))
    }

    fn from_line(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let status = match words.next()? {
            "-" => None,
            word => Some(word.parse().ok()?),
        };
        let bytes = words.next()?.parse().ok()?;
        let failure = match words.next()? {
            "-" => None,
            word => Some(FailureKind::parse(word)?),
        };
        Some(Self::new(status, bytes, failure))
    }
}

#[cfg(test)]
mod tests {
    use super::Exchange;
    use crate::model::FailureKind;

    #[test]
    fn an_exchange_survives_the_pipe() {
        for (status, bytes, failure) in [
            (Some(200), 16, None),
            (Some(500), 0, Some(FailureKind::WrongStatus)),
            (None, 0, Some(FailureKind::Refused)),
        ] {
            let line = Exchange::new(status, bytes, failure).to_line();
            let back = Exchange::from_line(line.trim_end()).unwrap();
            assert_eq!(back.parts(), (status, bytes, failure));
        }
        for rubbish in ["", "200", "x 1 -", "200 16 no-such-kind"] {
            assert!(Exchange::from_line(rubbish).is_none(), "{rubbish}");
        }
    }
}
