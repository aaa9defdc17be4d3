//! What the server sees during one sample. A sample begins without connections, so nothing that a killed one left behind
//! counts in the next.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::model::{Answer, DelayTarget, Nanos, schedule};
use crate::server::system;

/// What the server saw since the sample began. In JSON, durations are whole nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerStats {
    /// Requests read, bodies included.
    pub requests: u64,
    /// Most requests that were read and not yet answered, those that waited for their turn included.
    pub peak_in_flight: u32,
    /// Requests that are read and not yet answered now. One whose client has left is no longer among them.
    pub in_flight: u32,
    /// Connections that carried at least one request.
    pub connections: u64,
    /// Responses handed to the network, failed ones included. Less than `requests` where clients left or still wait.
    pub answered: u64,
    /// HTTP 500 among them.
    pub failed: u64,
    /// Mean time from the start of a request's turn to its response; `None` while nothing was answered.
    #[serde(rename = "service_mean_ns", with = "nanos")]
    pub service_mean: Option<Nanos>,
    /// Mean time that responses were later than scheduled.
    #[serde(rename = "lateness_mean_ns", with = "nanos")]
    pub lateness_mean: Option<Nanos>,
    /// Half of the responses were at most so late.
    #[serde(rename = "lateness_p50_ns", with = "nanos")]
    pub lateness_p50: Option<Nanos>,
    /// All but a hundredth of the responses were at most so late.
    #[serde(rename = "lateness_p99_ns", with = "nanos")]
    pub lateness_p99: Option<Nanos>,
    /// The latest response's lateness.
    #[serde(rename = "lateness_max_ns", with = "nanos")]
    pub lateness_max: Option<Nanos>,
    /// CPU time of the server's process; `None` where the system does not tell.
    #[serde(rename = "cpu_ns", with = "nanos")]
    pub cpu: Option<Nanos>,
    /// When the last request was admitted, on the machine's common clock.
    #[serde(rename = "last_admitted_ns", with = "nanos")]
    pub last_admitted: Option<Nanos>,
    /// When the first one was answered, likewise.
    #[serde(rename = "first_answered_ns", with = "nanos")]
    pub first_answered: Option<Nanos>,
    /// Connections that could not be accepted, mostly for want of descriptors.
    pub accept_errors: u64,
}

/// Longer ones count as this in the distribution: an hour in nanoseconds.
const MOST_LATENESS: u64 = 3_600_000_000_000;

mod nanos {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::model::Nanos;

    #[expect(clippy::ref_option, reason = "serde's `with` prescribes this signature")]
    pub(super) fn serialize<S: Serializer>(value: &Option<Nanos>, serializer: S) -> Result<S::Ok, S::Error> {
        value.map(|nanos| nanos.0).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Nanos>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Nanos))
    }
}

impl ServerStats {
    /// Most requests at once; `None` where several servers saw the sample and their peaks need not have been one.
    #[must_use]
    pub fn peak(&self) -> Option<u32> {
        (self.peak_in_flight > 0 || self.requests == 0).then_some(self.peak_in_flight)
    }

    /// What several servers saw of one sample together. Their peaks are added where all requests were in flight at one
    /// moment: after the last one came, at whichever server, and before the first answer. Else the sum would be too
    /// much, and the peak is 0 for unknown. The quantiles of lateness are those of the worst server.
    #[must_use]
    pub fn together(parts: &[Self]) -> Self {
        let sum = |field: fn(&Self) -> u64| parts.iter().map(field).sum::<u64>();
        let last_admitted = parts.iter().filter_map(|part| part.last_admitted).max();
        let first_answered = parts.iter().filter_map(|part| part.first_answered).min();
        let (requests, answered) = (sum(|part| part.requests), sum(|part| part.answered));
        let at_once = last_admitted < first_answered && answered == requests;
        let peak = u32::try_from(requests).ok().filter(|_| at_once).unwrap_or(0);
        let mean = |field: fn(&Self) -> Option<Nanos>| {
            let weighted = parts.iter().filter_map(|part| Some(u128::from(field(part)?.0) * u128::from(part.answered)));
            let mean = weighted.sum::<u128>().checked_div(u128::from(answered))?;
            u64::try_from(mean).ok().map(Nanos)
        };
        let worst = |field: fn(&Self) -> Option<Nanos>| parts.iter().filter_map(field).max();
        Self {
            requests,
            peak_in_flight: peak,
            in_flight: parts.iter().map(|part| part.in_flight).sum(),
            connections: sum(|part| part.connections),
            answered,
            failed: sum(|part| part.failed),
            service_mean: mean(|part| part.service_mean),
            lateness_mean: mean(|part| part.lateness_mean),
            lateness_p50: worst(|part| part.lateness_p50),
            lateness_p99: worst(|part| part.lateness_p99),
            lateness_max: worst(|part| part.lateness_max),
            cpu: parts.iter().map(|part| part.cpu).sum(),
            last_admitted,
            first_answered,
            accept_errors: sum(|part| part.accept_errors),
        }
    }
}

/// The running sample.
pub(super) struct Sample {
    answers: Box<dyn Iterator<Item = Answer>>,
    seen: ServerStats,
    service: Nanos,
    lateness: Nanos,
    /// Of every response, in nanoseconds, each to a hundredth of itself.
    latenesses: Histogram<u32>,
    cpu_at_start: Option<Nanos>,
}

impl Sample {
    /// Begins to count, with the answers of `seed`.
    pub(super) fn begin(target: &DelayTarget, seed: u64) -> Self {
        Self {
            answers: Box::new(schedule(target, seed)),
            seen: ServerStats::default(),
            service: Nanos::ZERO,
            lateness: Nanos::ZERO,
            latenesses: Histogram::new_with_bounds(1_000, MOST_LATENESS, 2).expect("constant bounds that are in order"),
            cpu_at_start: system::cpu_time(),
        }
    }

    /// Counts a connection's first request.
    pub(super) fn count_connection(&mut self) {
        self.seen.connections += 1;
    }

    /// Counts a connection that could not be accepted.
    pub(super) fn count_accept_error(&mut self) {
        self.seen.accept_errors += 1;
    }

    /// Counts a request that was just read, beside `in_flight` others, and gives it the schedule's next answer.
    pub(super) fn admit(&mut self, in_flight: usize) -> Answer {
        self.seen.requests += 1;
        self.seen.last_admitted = clock::common();
        let in_flight = u32::try_from(in_flight + 1).unwrap_or(u32::MAX);
        self.seen.peak_in_flight = self.seen.peak_in_flight.max(in_flight);
        self.answers.next().expect("a schedule is endless")
    }

    /// Counts a response, `service` after its request's turn began.
    pub(super) fn count_answer(&mut self, answer: Answer, service: Nanos) {
        let lateness = service - answer.delay;
        self.seen.answered += 1;
        self.seen.first_answered = self.seen.first_answered.or_else(clock::common);
        self.seen.failed += u64::from(answer.fails);
        self.seen.lateness_max = self.seen.lateness_max.max(Some(lateness));
        self.service = self.service + service;
        self.lateness = self.lateness + lateness;
        self.latenesses.saturating_record(lateness.0);
    }

    /// What was seen until now, where `in_flight` requests wait.
    pub(super) fn server_stats(&self, in_flight: usize) -> ServerStats {
        let mean = |sum: Nanos| sum.0.checked_div(self.seen.answered).map(Nanos);
        let quantile = |share| (self.seen.answered > 0).then(|| Nanos(self.latenesses.value_at_quantile(share)));
        let cpu = system::cpu_time().zip(self.cpu_at_start).map(|(now, start)| now - start);
        ServerStats {
            in_flight: u32::try_from(in_flight).unwrap_or(u32::MAX),
            service_mean: mean(self.service),
            lateness_mean: mean(self.lateness),
            lateness_p50: quantile(0.5),
            lateness_p99: quantile(0.99),
            cpu,
            ..self.seen.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sample, ServerStats};
    use crate::model::{DelayTarget, Nanos};

    const TARGET: DelayTarget =
        DelayTarget { delay: Nanos::from_millis(100), jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 };

    #[test]
    fn nothing_seen_has_no_mean() {
        let server_stats = Sample::begin(&TARGET, 1).server_stats(0);
        assert_eq!(server_stats, ServerStats { cpu: server_stats.cpu, ..ServerStats::default() });
    }

    #[test]
    fn means_are_over_the_answered_and_the_peak_outlives_its_requests() {
        let mut sample = Sample::begin(&TARGET, 1);
        let [first, second, _] = [0, 1, 2].map(|in_flight| sample.admit(in_flight));
        sample.count_answer(first, Nanos::from_millis(101));
        sample.count_answer(second, Nanos::from_millis(105));
        sample.admit(0);
        let server_stats = sample.server_stats(1);
        assert_eq!(
            (server_stats.requests, server_stats.answered, server_stats.peak_in_flight, server_stats.in_flight),
            (4, 2, 3, 1)
        );
        assert_eq!(server_stats.service_mean, Some(Nanos::from_millis(103)));
        assert_eq!(server_stats.lateness_mean, Some(Nanos::from_millis(3)));
        assert_eq!(server_stats.lateness_max, Some(Nanos::from_millis(5)));
        let near = |nanos: Option<Nanos>, millis: u64| {
            nanos.is_some_and(|nanos| nanos.0.abs_diff(millis * 1_000_000) < millis * 10_000)
        };
        assert!(near(server_stats.lateness_p50, 1), "{server_stats:?}");
        assert!(near(server_stats.lateness_p99, 5), "{server_stats:?}");
    }

    #[test]
    fn several_servers_peaks_are_one_only_when_all_requests_were_there_at_once() {
        let part = |requests, last_admitted, first_answered| ServerStats {
            requests,
            answered: requests,
            peak_in_flight: 2,
            service_mean: Some(Nanos(requests * 10)),
            last_admitted: Some(Nanos(last_admitted)),
            first_answered: Some(Nanos(first_answered)),
            ..ServerStats::default()
        };
        let together = ServerStats::together(&[part(3, 10, 20), part(1, 15, 30)]);
        assert_eq!((together.requests, together.peak(), together.service_mean), (4, Some(4), Some(Nanos(25))));
        assert_eq!(ServerStats::together(&[part(3, 25, 30), part(1, 15, 20)]).peak(), None);
        assert_eq!(ServerStats::together(&[]).peak(), Some(0));
    }

    #[test]
    fn a_witness_survives_json() {
        let server_stats =
            ServerStats { requests: 3, service_mean: Some(Nanos(100_000_007)), ..ServerStats::default() };
        let text = serde_json::to_string(&server_stats).unwrap();
        assert!(text.contains(r#""service_mean_ns":100000007"#), "{text}");
        assert_eq!(serde_json::from_str::<ServerStats>(&text).unwrap(), server_stats);
    }
}
