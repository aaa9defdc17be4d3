//! The child's end: reads its work, lets the strategy run, then writes protocol lines. Nothing is written while the
//! strategy runs, so that reporting costs the measurement nothing.

use std::io::{self, BufRead, Write};
use std::sync::Arc;

use thiserror::Error;

use super::cost::OwnCpu;
use super::memory;
use crate::clock::{SharedClock, SystemClock};
use crate::model::{Nanos, Outcome};
use crate::protocol::{DoneLine, Line, RequestLine};
use crate::strategy::{StrategyError, Task};

/// Why a child could not measure.
#[derive(Debug, Error)]
pub enum ChildError {
    /// No work, or one that cannot be understood.
    #[error("cannot read the sample's work from standard input")]
    Work(#[source] io::Error),
    /// The strategy broke.
    #[error(transparent)]
    Strategy(#[from] StrategyError),
    /// The parent does not listen.
    #[error("cannot write protocol lines to standard output")]
    Report(#[source] io::Error),
}

/// Measures one sample. Ends without a trace when its input ends before its work came: then the parent has died.
///
/// # Errors
/// See [`ChildError`]; the caller prints it to standard error and exits with a non-zero code.
pub fn run_child(mut input: impl BufRead, output: impl Write) -> Result<(), ChildError> {
    let mut line = String::new();
    if input.read_line(&mut line).map_err(ChildError::Work)? == 0 {
        return Ok(());
    }
    let task: Task = serde_json::from_str(&line).map_err(|error| ChildError::Work(error.into()))?;
    let before = OwnCpu::now();
    let clock: SharedClock = Arc::new(SystemClock::start());
    let outcomes = task.strategy.run(&task.work, &clock)?;
    report(&outcomes, before, output).map_err(ChildError::Report)
}

/// `before` is the CPU time at the sample's start.
fn report(outcomes: &[Outcome], before: OwnCpu, output: impl Write) -> io::Result<()> {
    let ended = OwnCpu::now();
    let peak_rss_bytes = memory::peak("self");
    let mut output = io::BufWriter::new(output);
    let mut write = |line: &Line| -> io::Result<()> {
        serde_json::to_writer(&mut output, line)?;
        output.write_all(b"\n")
    };
    for outcome in outcomes {
        write(&Line::Request(RequestLine::from(outcome)))?;
    }
    let setup = outcomes.iter().map(|outcome| outcome.start).min().unwrap_or(Nanos::ZERO);
    let duration = outcomes.iter().map(|outcome| outcome.end).max().unwrap_or(Nanos::ZERO);
    write(&Line::Done(DoneLine {
        setup_s: Some(setup.as_secs_f64()),
        duration_s: duration.as_secs_f64(),
        peak_rss_bytes,
        outside_cpu_s: before.and(OwnCpu::now().since(ended)).seconds(),
    }))?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::{ChildError, OwnCpu, report, run_child};
    use crate::model::{Nanos, Outcome};
    use crate::protocol::{Line, Parsed, parse};

    #[test]
    fn setup_ends_with_the_first_start_and_duration_with_the_last_end() {
        let outcome = |request, start, end| Outcome {
            request,
            worker: 0,
            start: Nanos(start),
            end: Nanos(end),
            status: Some(200),
            bytes: 16,
            failure: None,
        };
        let mut written = Vec::new();
        report(&[outcome(0, 3_000, 9_000), outcome(1, 2_000, 8_000)], OwnCpu::now(), &mut written).unwrap();
        let text = String::from_utf8(written).unwrap();
        assert_eq!(text.lines().count(), 3);
        let Parsed::Line(Line::Done(done)) = parse(text.lines().last().unwrap()) else { panic!("{text}") };
        assert_eq!((done.setup_s, done.duration_s), (Some(2e-6), 9e-6));
        assert_eq!(done.peak_rss_bytes.is_some(), cfg!(target_os = "linux"));
        assert_eq!(done.outside_cpu_s.is_some(), cfg!(unix));
    }

    #[test]
    fn an_input_that_ends_at_once_is_a_dead_parent_and_no_error() {
        let mut written = Vec::new();
        run_child(&b""[..], &mut written).unwrap();
        assert!(written.is_empty());
        assert!(matches!(run_child(&b"{}\n"[..], Vec::new()), Err(ChildError::Work(_))));
    }
}
