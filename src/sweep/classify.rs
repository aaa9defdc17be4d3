//! What a measured sample is worth: its row of raw.csv. Pure. A sample is `ok` only if every request of its cell was
//! issued once, succeeded, and was seen by the server; whatever else happened, the row says so and why.

use std::collections::BTreeMap;

use crate::model::{FailureKind, Nanos, Outcome, SampleRow, SampleStatus, StatusSet, Timing};
use crate::plan::PlannedSample;
use crate::probe::{End, Measured};
use crate::server::ServerStats;
use crate::strategy::StrategySpec;

/// Everything that is known of one sample.
pub(super) struct Evidence<'a> {
    /// Which sample.
    pub planned: &'a PlannedSample,
    /// Its strategy.
    pub strategy: &'a StrategySpec,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// The best possible duration.
    pub ideal: Option<Nanos>,
    /// The statuses that the config expects; `None` where it cannot say.
    pub expected: Option<&'a StatusSet>,
    /// The share of requests that may fail.
    pub max_failed: f64,
    /// The shortest time that the target takes for a request.
    pub least_service: Option<Nanos>,
    /// What its process did.
    pub measured: &'a Measured,
    /// What the embedded server saw.
    pub server_stats: Option<&'a ServerStats>,
    /// Whether another sample ran at the same time.
    pub overlapped: bool,
}

/// The row of a sample.
pub(super) fn classify(evidence: Evidence<'_>) -> SampleRow {
    let Evidence { planned, strategy, started_at, ideal, expected, least_service, measured, server_stats, .. } =
        evidence;
    let (overlapped, max_failed) = (evidence.overlapped, evidence.max_failed);
    let answered = server_stats.and_then(|server_stats| server_stats.service_mean);
    let least = answered.and(least_service);
    let verdict =
        Classification::of(planned.requests, measured, server_stats, (least, expected)).tolerating(max_failed);
    let cost = measured.cost.as_ref();
    let done = measured.output.done.as_ref();
    let (duration, timing) = duration(measured);
    let outcomes = &measured.output.outcomes;
    SampleRow {
        strategy: strategy.name.clone(),
        kind: strategy.kind.info().name.to_owned(),
        workers: strategy.kind.workers(),
        requests: planned.requests,
        repeat: planned.repeat,
        phase: planned.phase,
        sequence: planned.sequence,
        started_at,
        setup_s: done.and_then(|done| done.setup_s).map(Nanos::from_secs_f64),
        duration_s: duration,
        ideal_s: ideal,
        timing,
        succeeded: verdict.succeeded,
        failed: verdict.failed,
        peak_in_flight: server_stats.and_then(ServerStats::peak),
        connections: server_stats.and_then(|server_stats| u32::try_from(server_stats.connections).ok()),
        bytes_received: (!outcomes.is_empty())
            .then(|| outcomes.iter().fold(0, |sum: u64, outcome| sum.saturating_add(outcome.bytes))),
        service_mean_s: server_stats.and_then(|server_stats| server_stats.service_mean),
        cpu_user_s: cost.map(|cost| cost.user),
        cpu_system_s: cost.map(|cost| cost.system),
        peak_rss_bytes: cost.and_then(|cost| cost.peak_rss_bytes),
        voluntary_switches: cost.map(|cost| cost.voluntary_switches),
        involuntary_switches: cost.map(|cost| cost.involuntary_switches),
        status: verdict.status,
        error: verdict.error,
        processes: measured.process_count.map(|process_count| process_count.processes),
        threads: measured.process_count.map(|process_count| process_count.threads),
        overlapped: Some(overlapped),
        server_cpu_s: server_stats.and_then(|server_stats| server_stats.cpu),
        total_rss_bytes: total_memory(measured),
    }
}

/// The memory of all its processes together: what was seen at once, and no less than the largest one's peak.
fn total_memory(measured: &Measured) -> Option<u64> {
    let seen = measured.process_count.map(|count| count.total_bytes).filter(|bytes| *bytes > 0)?;
    Some(measured.cost.and_then(|cost| cost.peak_rss_bytes).map_or(seen, |peak| peak.max(seen)))
}

/// How long the sample took, and who says so. A sample that was cut short took the time after which it was.
fn duration(measured: &Measured) -> (Option<Nanos>, Option<Timing>) {
    match (&measured.output.done, measured.end) {
        (_, End::TimedOut) => (Some(measured.wall), Some(Timing::Process)),
        (Some(done), _) => (Some(Nanos::from_secs_f64(done.duration_s)), Some(Timing::OwnClock)),
        (None, End::Exited(0)) => (Some(measured.wall), Some(Timing::Process)),
        (None, _) => (None, None),
    }
}

struct Classification {
    status: SampleStatus,
    succeeded: Option<u32>,
    failed: Option<u32>,
    error: String,
}

impl Classification {
    fn of(
        requests: u32,
        measured: &Measured,
        server_stats: Option<&ServerStats>,
        (least, expected): (Option<Nanos>, Option<&StatusSet>),
    ) -> Self {
        let outcomes = &measured.output.outcomes;
        let count = |failed: bool| {
            let matching = outcomes.iter().filter(|outcome| outcome.failure.is_some() == failed).count();
            (!outcomes.is_empty()).then(|| u32::try_from(matching).unwrap_or(u32::MAX))
        };
        let (succeeded, failed) = (count(false), count(true));
        let verdict = |status, error: String| Self { status, succeeded, failed, error };
        if let Some((status, error)) = broken(measured, least) {
            return verdict(status, error);
        }
        if let Some(error) = unequal_work(requests, measured, server_stats) {
            return verdict(SampleStatus::Void, error);
        }
        // A program that tells nothing of its requests is known by what the server answered.
        let answered = server_stats
            .filter(|_| outcomes.is_empty())
            .map(|server_stats| (server_stats.answered, server_stats.failed));
        let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let (succeeded, failed) = match answered {
            Some((all, bad)) => (Some(number(all.saturating_sub(bad))), Some(number(bad))),
            None => (succeeded, failed),
        };
        let verdict = |status, error: String| Self { status, succeeded, failed, error };
        let failures = || match (outcomes.is_empty(), failed) {
            (true, Some(failed)) => told(FailureKind::WrongStatus, failed, requests),
            _ => failures(requests, outcomes, expected),
        };
        match (succeeded, failed) {
            (_, None | Some(0)) => verdict(SampleStatus::Ok, String::new()),
            (Some(0), Some(_)) => verdict(SampleStatus::Failed, failures()),
            _ => verdict(SampleStatus::Partial, failures()),
        }
    }
}

impl Classification {
    /// The same where so large a share of the requests may fail: the failures stay told.
    fn tolerating(self, max_failed: f64) -> Self {
        let (succeeded, failed) = (f64::from(self.succeeded.unwrap_or(0)), f64::from(self.failed.unwrap_or(0)));
        match self.status {
            SampleStatus::Partial if failed <= max_failed * (succeeded + failed) => {
                Self { status: SampleStatus::Ok, ..self }
            }
            _ => self,
        }
    }
}

/// A sample whose process did not end as it should, or said what cannot be.
fn broken(measured: &Measured, least: Option<Nanos>) -> Option<(SampleStatus, String)> {
    let told = |kind: FailureKind, what: String| {
        let last = measured.stderr.lines().chain(measured.output.other.lines()).rfind(|line| !line.is_empty());
        match last {
            Some(line) => format!("{kind}: {what}: {line}"),
            None => format!("{kind}: {what}"),
        }
    };
    match measured.end {
        End::TimedOut => {
            let error = format!("{}: killed after {}", FailureKind::SampleTimeout, measured.wall.human());
            Some((SampleStatus::Timeout, error))
        }
        End::Interrupted(_) => Some((SampleStatus::Failed, told(FailureKind::ChildKilled, "interrupted".to_owned()))),
        End::Killed(signal) => {
            Some((SampleStatus::Failed, told(FailureKind::ChildKilled, format!("ended by signal {signal}"))))
        }
        End::Exited(0) => {
            let wrong = measured.output.wrong.first().map(|line| format!("{}: {}", line.why, line.text));
            let wrong = wrong.or_else(|| impossible(measured, least))?;
            Some((SampleStatus::Failed, format!("{}: {wrong}", FailureKind::ChildOutput)))
        }
        End::Exited(code) => Some((SampleStatus::Failed, told(FailureKind::ChildExit, format!("exit code {code}")))),
    }
}

/// How far two clocks, or two ways of rounding, may be apart before a time is impossible.
const CLOCK_TOLERANCE: Nanos = Nanos::from_millis(5);

/// A time that cannot be: longer than the process lived, shorter than its own requests or than the `least` time of an
/// answer. What the server itself measured is no bound: on a busy machine it may note an answer long after giving it.
fn impossible(measured: &Measured, least: Option<Nanos>) -> Option<String> {
    let Measured { output, wall, .. } = measured;
    let beyond = |time: Nanos, limit: Nanos| time > limit + CLOCK_TOLERANCE + Nanos(limit.0 / 100);
    let last = output.outcomes.iter().max_by_key(|outcome| outcome.end);
    if let Some(last) = last.filter(|last| beyond(last.end, *wall)) {
        let (end, wall) = (last.end.human(), wall.human());
        return Some(format!("request {} ends after {end}, but the process lived for {wall}", last.request));
    }
    let duration = Nanos::from_secs_f64(output.done.as_ref()?.duration_s);
    let shown = duration.human();
    if beyond(duration, *wall) {
        return Some(format!("duration_s is {shown}, but the process lived for {}", wall.human()));
    }
    if let Some(last) = last.filter(|last| beyond(last.end, duration)) {
        return Some(format!("duration_s is {shown}, but request {} ends after {}", last.request, last.end.human()));
    }
    let least = least.filter(|least| beyond(*least, duration))?;
    Some(format!("duration_s is {shown}, but the server takes {} for a request", least.human()))
}

/// Why the sample did not do the work of its cell; `None` if it did.
fn unequal_work(requests: u32, measured: &Measured, server_stats: Option<&ServerStats>) -> Option<String> {
    let outcomes = &measured.output.outcomes;
    if !outcomes.is_empty() {
        let reported = outcomes.len() as u64 + measured.output.excess;
        if reported != u64::from(requests) {
            return Some(format!("reported {reported} requests instead of {requests}"));
        }
        let mut indices: Vec<u32> = outcomes.iter().map(|outcome| outcome.request).collect();
        indices.sort_unstable();
        if !indices.into_iter().eq(0..requests) {
            return Some(format!("did not report each of the requests 0 to {} once", requests - 1));
        }
    }
    let seen = server_stats?.requests;
    let wanted = u64::from(requests);
    // A request that failed may have died before the server saw it; one that was answered was seen.
    let answered = outcomes.iter().filter(|outcome| outcome.status.is_some()).count();
    if outcomes.is_empty() {
        return (seen != wanted).then(|| format!("the server saw {seen} requests instead of {requests}"));
    }
    (seen < answered as u64 || seen > wanted)
        .then(|| format!("the server saw {seen} requests, the strategy reported {answered} answered of {requests}"))
}

/// How many different statuses an error names.
const STATUSES: usize = 3;

/// `wrong-status: 404 in 5 of 50 requests; the config expects 200, refused: 1 of 50 requests`, the most frequent first.
fn failures(requests: u32, outcomes: &[Outcome], expected: Option<&StatusSet>) -> String {
    let kinds = most_frequent(outcomes.iter().filter_map(|outcome| outcome.failure));
    let parts = kinds.into_iter().map(|(kind, count)| match kind {
        FailureKind::WrongStatus => wrong_statuses(requests, outcomes, expected),
        _ => told(kind, count, requests),
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// `wrong-status: 404 in 5 and 500 in 2 of 50 requests; the config expects 200`.
fn wrong_statuses(requests: u32, outcomes: &[Outcome], expected: Option<&StatusSet>) -> String {
    let wrong = outcomes.iter().filter(|outcome| outcome.failure == Some(FailureKind::WrongStatus));
    let statuses = most_frequent(wrong.filter_map(|outcome| outcome.status));
    let named = statuses.iter().take(STATUSES).map(|(status, count)| format!("{status} in {count}"));
    let others: u32 = statuses.iter().skip(STATUSES).map(|(_, count)| count).sum();
    let parts: Vec<String> = named.chain((others > 0).then(|| format!("others in {others}"))).collect();
    let expected = expected.map(|expected| format!("; the config expects {expected}")).unwrap_or_default();
    format!("{}: {} of {requests} requests{expected}", FailureKind::WrongStatus, parts.join(" and "))
}

/// How often each occurs, the most frequent first.
fn most_frequent<T: Copy + Ord>(all: impl Iterator<Item = T>) -> Vec<(T, u32)> {
    let mut counts: BTreeMap<T, u32> = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    counts
}

fn told(kind: FailureKind, count: u32, requests: u32) -> String {
    format!("{kind}: {count} of {requests} requests")
}
