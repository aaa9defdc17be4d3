//! A sample and its requests, for tests of what reads and writes them.

use crate::model::{FailureKind, Nanos, Outcome, Phase, SampleRow, SampleStatus, Timing};

/// A sample with every value present.
pub(crate) fn sample(strategy: &str, requests: u32, repeat: u32) -> SampleRow {
    SampleRow {
        strategy: strategy.to_owned(),
        kind: "thread-pool".to_owned(),
        workers: Some(20),
        requests,
        repeat,
        phase: Phase::Measure,
        sequence: repeat,
        started_at: "2026-11-22T18:30:00.000Z".to_owned(),
        setup_s: Some(Nanos(1_000_001)),
        duration_s: Some(Nanos(105_100_000)),
        ideal_s: Some(Nanos(100_000_000)),
        timing: Some(Timing::OwnClock),
        succeeded: Some(requests),
        failed: Some(0),
        peak_in_flight: Some(requests.min(20)),
        connections: Some(1),
        bytes_received: Some(160),
        service_mean_s: Some(Nanos(100_010_000)),
        cpu_user_s: Some(Nanos(1)),
        cpu_system_s: Some(Nanos(2)),
        peak_rss_bytes: Some(3),
        voluntary_switches: Some(4),
        involuntary_switches: Some(5),
        status: SampleStatus::Ok,
        error: String::new(),
        processes: Some(6),
        threads: Some(7),
        overlapped: Some(true),
        server_cpu_s: Some(Nanos(8)),
        total_rss_bytes: Some(9),
    }
}

/// A request of it.
pub(crate) fn outcome(request: u32) -> Outcome {
    Outcome {
        request,
        worker: request % 3,
        start: Nanos(u64::from(request)),
        end: Nanos(u64::from(request) + 7),
        status: Some(200),
        bytes: 16,
        failure: (request == 1).then_some(FailureKind::WrongStatus),
    }
}
