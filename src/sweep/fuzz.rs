//! Body of the fuzz target of this folder: what a child may write, through to the row of its sample.

use super::classify::{Evidence, classify};
use crate::framing::in_pieces;
use crate::model::{Nanos, Phase, SampleStatus};
use crate::plan::PlannedSample;
use crate::probe::{End, Measured, OutputTail, fuzz_output};
use crate::server::ServerStats;
use crate::strategy::StrategySpec;

/// A row claims no more than was asked for, `ok` only what was done, and is the same in whatever pieces the output comes.
pub(crate) fn sample(data: &[u8]) {
    let Some(([requests, code, seen, wall, sizes @ ..], written)) = data.split_first_chunk::<7>() else { return };
    let requests = u32::from(requests % 8) + 1;
    let output = fuzz_output([written].into_iter(), requests);
    assert_eq!(fuzz_output(in_pieces(written, *sizes), requests), output);
    assert!(output.outcomes.len() <= requests as usize);
    let end = match code {
        0..128 => End::Exited(0),
        128..200 => End::Exited(i32::from(*code)),
        200..250 => End::Killed(9),
        _ => End::TimedOut,
    };
    let wall = Nanos::SECOND * u64::from(*wall);
    let measured = Measured { end, wall, cost: None, process_count: None, output, stderr: OutputTail::default() };
    let seen = u64::from(*seen);
    let server_stats = ServerStats { requests: seen, answered: seen, ..ServerStats::default() };
    let strategy = StrategySpec::by_default("sequential").expect("a kind without options");
    let row = classify(Evidence {
        planned: &PlannedSample {
            sequence: 1,
            strategy: 0,
            requests,
            repeat: 1,
            phase: Phase::Measure,
            predicted: None,
        },
        strategy: &strategy,
        started_at: String::new(),
        ideal: None,
        expected: None,
        max_failed: 0.0,
        least_service: None,
        measured: &measured,
        server_stats: (seen < 250).then_some(&server_stats),
        overlapped: false,
    });
    let claimed = u64::from(row.succeeded.unwrap_or(0)) + u64::from(row.failed.unwrap_or(0));
    assert!(row.status == SampleStatus::Void || claimed <= u64::from(requests), "{row:?}");
    if row.status == SampleStatus::Ok {
        assert_eq!((row.failed.unwrap_or(0), measured.output.excess), (0, 0));
        assert!(row.succeeded.is_none_or(|succeeded| succeeded == requests), "{row:?}");
        assert!(row.error.is_empty() && end == End::Exited(0));
    } else {
        assert!(!row.error.is_empty(), "what is not ok says why");
    }
}
