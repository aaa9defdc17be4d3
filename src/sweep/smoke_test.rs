//! Before a sweep: each program issues one request, so that one that cannot even start (an import that fails, a wrong
//! argument) is reported at once and not as a column of failed samples. Its version is asked for too. A program that starts
//! and then misbehaves is not classified here: that is what samples are for.

use std::collections::BTreeMap;

use thiserror::Error;

use super::ending::SweepError;
use super::execution::Execution;
use crate::clock::SystemClock;
use crate::format::visible_line;
use crate::model::{Nanos, Phase};
use crate::plan::PlannedSample;
use crate::probe::{End, Job, Measured, Probe, Signal, Watchdog};
use crate::strategy::{Invocation, Task};

/// Longest time for one request of a smoke test, the start of the program included.
const LIMIT: Nanos = Nanos(60 * Nanos::SECOND.0);
/// Longest time for a program to tell its version.
const VERSION_LIMIT: Nanos = Nanos(10 * Nanos::SECOND.0);
/// How many lines of a program's standard error are shown.
const LINES: usize = 12;
/// Longest version that is kept, in characters.
const LONGEST_VERSION: usize = 200;

/// What was found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SmokeTest {
    /// Versions, by the strategy's name.
    pub versions: BTreeMap<String, String>,
    /// What may go wrong, a sentence each.
    pub warnings: Vec<String>,
    /// The signal that cut it short.
    pub interrupted: Option<Signal>,
}

/// A program that cannot be measured.
#[derive(Debug, Error)]
pub enum SmokeTestError {
    /// It ended before it did anything.
    #[error("`{command_line}` {ended} before it sent a request{said}")]
    CannotStart {
        /// The command.
        command_line: String,
        /// How.
        ended: String,
        /// The end of what it wrote, each line indented on a line of its own.
        said: String,
    },
    /// It tells no version.
    #[error("`{command_line}` tells no version: it {ended}{said}")]
    NoVersion {
        /// The command.
        command_line: String,
        /// How.
        ended: String,
        /// The end of what it wrote.
        said: String,
    },
    /// The sweep itself cannot go on.
    #[error(transparent)]
    Sweep(#[from] SweepError),
}

impl Execution<'_> {
    /// Lets every program of the sweep issue one request. Without commands nothing is started.
    ///
    /// # Errors
    /// For the first program that cannot be measured.
    pub fn smoke_test(&mut self) -> Result<SmokeTest, SmokeTestError> {
        let mut smoke_test = SmokeTest::default();
        let commands = self.commands;
        if commands.is_empty() {
            return Ok(smoke_test);
        }
        let watchdog = Watchdog::start(&self.programs.watchdog).map_err(SweepError::Watchdog)?;
        let clock = SystemClock::start();
        for (found, names) in commands.distinct() {
            if let Some(version) = &found.version {
                let probe = Probe { time_limit: VERSION_LIMIT, ..self.probe(&watchdog, &clock) };
                let version = self.version(&probe, version)?;
                smoke_test.versions.extend(names.iter().map(|name| ((*name).to_owned(), version.clone())));
            }
            let limit = LIMIT.min(self.sweep.sample_timeout);
            let (measured, requests) = self.smoke_test_one(names[0], limit, &watchdog, &clock)?;
            let did_something = requests > 0 || !measured.output.outcomes.is_empty() || measured.output.done.is_some();
            let command_line = found.invocation.command_line.clone();
            match measured.end {
                End::Interrupted(signal) => {
                    smoke_test.interrupted = Some(signal);
                    return Ok(smoke_test);
                }
                End::TimedOut => smoke_test.warnings.push(format!(
                    "`{command_line}` did not end within {} when asked for a single request",
                    limit.human()
                )),
                End::Exited(0) => {}
                End::Exited(_) | End::Killed(_) if did_something => {}
                End::Exited(_) | End::Killed(_) => {
                    let (ended, said) = (ended(measured.end), said(&measured));
                    return Err(SmokeTestError::CannotStart { command_line, ended, said });
                }
            }
        }
        Ok(smoke_test)
    }

    /// One request by the strategy called `name`; with the number of requests that the server saw.
    fn smoke_test_one(
        &mut self,
        name: &str,
        limit: Nanos,
        watchdog: &Watchdog,
        clock: &SystemClock,
    ) -> Result<(Measured, u64), SweepError> {
        let strategy = self.sweep.strategies.iter().position(|strategy| strategy.name == name).unwrap_or(0);
        let planned =
            PlannedSample { sequence: 0, strategy, requests: 1, repeat: 0, phase: Phase::Warmup, predicted: None };
        let probe = Probe { time_limit: limit, ..self.probe(watchdog, clock) };
        let found = self.measure_alone(&probe, &planned)?;
        Ok((found.measured, found.server_stats.map_or(0, |server_stats| server_stats.requests)))
    }

    /// The first line that a command writes.
    fn version(&self, probe: &Probe<'_>, command: &Invocation) -> Result<String, SmokeTestError> {
        let first = &self.sweep.strategies[0];
        let position = self.sweep.target_position(first);
        let url = self.endpoints.first().map_or("", |endpoint| endpoint.url(position));
        let task = Task::new(self.sweep.target.at(position), url, &first.kind, 1, self.programs.worker.clone());
        let measured = probe.measure(&Job::command(command, &task.work)).map_err(SweepError::from)?;
        let written = measured.output.other.first().or(measured.stderr.first());
        match (measured.end, written) {
            (End::Exited(0), Some(line)) => Ok(line.trim().chars().take(LONGEST_VERSION).collect()),
            (End::Interrupted(_), _) => Ok(String::new()),
            (end, _) => Err(SmokeTestError::NoVersion {
                command_line: command.command_line.clone(),
                ended: if end == End::Exited(0) { "wrote nothing".to_owned() } else { ended(end) },
                said: said(&measured),
            }),
        }
    }
}

fn ended(end: End) -> String {
    match end {
        End::Exited(code) => format!("ended with exit code {code}"),
        End::Killed(signal) => format!("was ended by signal {signal}"),
        End::TimedOut => "took too long".to_owned(),
        End::Interrupted(_) => "was interrupted".to_owned(),
    }
}

/// The last lines of what a program wrote: to standard error, else to standard output.
fn said(measured: &Measured) -> String {
    let tail = if measured.stderr.count() > 0 { &measured.stderr } else { &measured.output.other };
    let lines: Vec<&str> = tail.lines().collect();
    let last = &lines[lines.len().saturating_sub(LINES)..];
    if last.is_empty() {
        return "; it wrote nothing".to_owned();
    }
    let lines: Vec<_> = last.iter().map(|line| visible_line(line)).collect();
    format!(":\n  {}", lines.join("\n  "))
}
