//! What the server sees during one sample. Every connection belongs to the sample it was accepted in, so nothing that a
//! killed sample left behind counts in the next one.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::model::{Answer, DelayTarget, Nanos, schedule};
use crate::server::system;

/// What the server saw since the sample began. In JSON, durations are whole nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
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
    /// The latest response's lateness.
    #[serde(rename = "lateness_max_ns", with = "nanos")]
    pub lateness_max: Option<Nanos>,
    /// CPU time of the server's process; `None` where the system does not tell.
    #[serde(rename = "cpu_ns", with = "nanos")]
    pub cpu: Option<Nanos>,
    /// Connections that could not be accepted, mostly for want of descriptors.
    pub accept_errors: u64,
}

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

/// The running sample.
pub(super) struct Sample {
    answers: RefCell<Box<dyn Iterator<Item = Answer>>>,
    slots: Option<Semaphore>,
    counts: RefCell<Counts>,
    in_flight: Cell<u32>,
    cpu_at_start: Option<Nanos>,
}

#[derive(Default)]
struct Counts {
    seen: Witness,
    service: Nanos,
    lateness: Nanos,
}

impl Sample {
    /// Begins to count, with the answers of `seed`.
    pub(super) fn begin(target: &DelayTarget, seed: u64) -> Rc<Self> {
        let slots = usize::try_from(target.max_concurrent).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Rc::new(Self {
            answers: RefCell::new(Box::new(schedule(target, seed))),
            slots: (slots > 0).then(|| Semaphore::new(slots)),
            counts: RefCell::default(),
            in_flight: Cell::new(0),
            cpu_at_start: system::cpu_time(),
        })
    }

    /// Counts a connection's first request.
    pub(super) fn count_connection(&self) {
        self.counts.borrow_mut().seen.connections += 1;
    }

    /// Counts a connection that could not be accepted.
    pub(super) fn count_accept_error(&self) {
        self.counts.borrow_mut().seen.accept_errors += 1;
    }

    /// Counts a request that was just read and gives it the schedule's next answer. It is in flight until the
    /// returned value is dropped.
    pub(super) fn admit(self: &Rc<Self>) -> InFlight {
        let answer = self.answers.borrow_mut().next().expect("a schedule is endless");
        let in_flight = self.in_flight.get() + 1;
        self.in_flight.set(in_flight);
        let seen = &mut self.counts.borrow_mut().seen;
        seen.requests += 1;
        seen.peak_in_flight = seen.peak_in_flight.max(in_flight);
        InFlight { sample: Rc::clone(self), answer }
    }

    /// What was seen until now.
    pub(super) fn witness(&self) -> Witness {
        let counts = self.counts.borrow();
        let mean = |sum: Nanos| sum.0.checked_div(counts.seen.answered).map(Nanos);
        let cpu = system::cpu_time().zip(self.cpu_at_start).map(|(now, start)| now - start);
        Witness {
            in_flight: self.in_flight.get(),
            service_mean: mean(counts.service),
            lateness_mean: mean(counts.lateness),
            cpu,
            ..counts.seen.clone()
        }
    }
}

/// A request between its arrival and its response.
pub(super) struct InFlight {
    sample: Rc<Sample>,
    answer: Answer,
}

impl InFlight {
    /// How it is to be answered.
    pub(super) fn answer(&self) -> Answer {
        self.answer
    }

    /// Waits until the request may be served, first come, first served; its turn lasts until the permit is dropped.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        match &self.sample.slots {
            Some(slots) => Some(slots.acquire().await.expect("nobody closes the slots")),
            None => None,
        }
    }

    /// Counts the response, `service` after its turn began.
    pub(super) fn count_answer(&self, service: Nanos) {
        let lateness = service - self.answer.delay;
        let counts = &mut *self.sample.counts.borrow_mut();
        counts.seen.answered += 1;
        counts.seen.failed += u64::from(self.answer.fails);
        counts.seen.lateness_max = counts.seen.lateness_max.max(Some(lateness));
        counts.service = counts.service + service;
        counts.lateness = counts.lateness + lateness;
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.sample.in_flight.set(self.sample.in_flight.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::{Sample, Witness};
    use crate::model::{DelayTarget, Nanos};

    const TARGET: DelayTarget =
        DelayTarget { delay: Nanos::from_millis(100), jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 };

    #[test]
    fn nothing_seen_has_no_mean() {
        let witness = Sample::begin(&TARGET, 1).witness();
        assert_eq!(witness, Witness { cpu: witness.cpu, ..Witness::default() });
    }

    #[test]
    fn means_are_over_the_answered_and_the_peak_outlives_its_requests() {
        let sample = Sample::begin(&TARGET, 1);
        let (first, second, third) = (sample.admit(), sample.admit(), sample.admit());
        first.count_answer(Nanos::from_millis(101));
        second.count_answer(Nanos::from_millis(105));
        drop((first, second, third));
        let fourth = sample.admit();
        let witness = sample.witness();
        assert_eq!((witness.requests, witness.answered, witness.peak_in_flight, witness.in_flight), (4, 2, 3, 1));
        assert_eq!(witness.service_mean, Some(Nanos::from_millis(103)));
        assert_eq!(witness.lateness_mean, Some(Nanos::from_millis(3)));
        assert_eq!(witness.lateness_max, Some(Nanos::from_millis(5)));
        drop(fourth);
        assert_eq!(sample.witness().in_flight, 0);
    }

    #[test]
    fn a_witness_survives_json() {
        let witness = Witness { requests: 3, service_mean: Some(Nanos(100_000_007)), ..Witness::default() };
        let text = serde_json::to_string(&witness).unwrap();
        assert!(text.contains(r#""service_mean_ns":100000007"#), "{text}");
        assert_eq!(serde_json::from_str::<Witness>(&text).unwrap(), witness);
    }
}
