//! Requests that waited for their connection: the queue of the server was full, TCP dropped their first attempt, and the
//! next ones come after 1, 3 and 7 seconds (RFC 6298). Such a strategy looks slow and is not.

use crate::model::{CellRequests, Nanos, RequestCount, Run};
use crate::report::caveat::{Caveat, CaveatKind};

/// The fastest request must be quicker than this, or a second more says nothing.
const QUICK: Nanos = Nanos::from_millis(500);
/// How much later than the fastest one a request ends whose second, third or fourth attempt was taken, in milliseconds.
const LATE: [(u64, u64); 3] = [(990, 1_400), (2_900, 3_600), (6_800, 8_000)];
/// No attempt is made at these times: requests that end here are slow for another reason.
const BETWEEN: (u64, u64) = (300, 950);
/// So many late requests for each of those, at least.
const CLEAR: usize = 10;

/// The counts at which requests of a strategy connected late. The numbers are those of the count with most of them.
pub(super) fn late(run: &Run, strategy_index: usize) -> Option<Caveat> {
    let retransmits = run.facts.conditions.syn_retransmits;
    if retransmits == Some(0) {
        return None;
    }
    let own = run.requests.range((strategy_index, 0)..=(strategy_index, RequestCount::MAX));
    let late: Vec<_> =
        own.filter_map(|((_, count), cell)| Some((*count, late_of(cell)?, cell.latencies.len()))).collect();
    let &(requests, late_requests, of) = late.iter().max_by_key(|(_, late, _)| *late)?;
    Some(Caveat {
        kind: CaveatKind::LateConnections { requests, late: late_requests, of, retransmits },
        strategy_index: Some(strategy_index),
        requests: late.iter().map(|(count, ..)| *count).collect(),
    })
}

/// How many requests of a cell connected late; `None` where none did, or it cannot be told.
fn late_of(cell: &CellRequests) -> Option<usize> {
    let first = *cell.latencies.first().filter(|first| **first < QUICK)?;
    let within = |(from, to): (u64, u64)| {
        let before = |limit| cell.latencies.partition_point(|time| *time < first + Nanos::from_millis(limit));
        before(to) - before(from)
    };
    let late: usize = LATE.into_iter().map(within).sum();
    (late > 0 && within(BETWEEN) * CLEAR <= late).then_some(late)
}

#[cfg(test)]
mod tests {
    use crate::model::Run;
    use crate::report::testkit::RunBuilder;
    use crate::report::{CaveatKind, Report};

    /// One sample whose requests take these times, in milliseconds.
    fn run(times: &[u64], retransmits: Option<u64>) -> Run {
        let spans: Vec<_> = times.iter().map(|time| (0, 0, *time)).collect();
        let builder = [1.2; 3]
            .iter()
            .fold(RunBuilder::new().strategy("a", "async", None), |builder, seconds| builder.sample(0, 20, *seconds));
        let mut run = builder.requests(0, 20, &spans).run();
        run.facts.conditions.syn_retransmits = retransmits;
        run
    }

    fn caveats(times: &[u64], retransmits: Option<u64>) -> Vec<CaveatKind> {
        Report::of(&run(times, retransmits)).caveats.into_iter().map(|caveat| caveat.kind).collect()
    }

    #[test]
    fn requests_a_second_late_are_a_full_queue() {
        for retransmits in [None, Some(7)] {
            let kind = CaveatKind::LateConnections { requests: 20, late: 3, of: 5, retransmits };
            assert_eq!(caveats(&[5, 9, 1_020, 3_020, 7_300], retransmits), [kind]);
        }
    }

    #[test]
    fn without_a_retransmission_nothing_connected_late() {
        assert_eq!(caveats(&[5, 9, 1_020], Some(0)), []);
    }

    #[test]
    fn times_of_every_length_are_a_slow_server() {
        assert_eq!(caveats(&[5, 400, 700, 1_020], Some(7)), []);
        assert_eq!(caveats(&[600, 1_700], Some(7)), []);
        assert_eq!(caveats(&[5, 9, 30], Some(7)), []);
    }
}
