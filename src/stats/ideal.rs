//! The best possible duration of a cell: what a client without any cost of its own would need.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::model::strategy::Concurrency;
use crate::model::{Nanos, RequestCount};

/// The ideal for `requests` that each take `delay`, where the strategy has `width` under way at once and the server
/// serves `max_concurrent` (0: any number). See [`Concurrency::ideal`].
#[must_use]
pub fn for_fixed_delay(requests: RequestCount, width: u32, max_concurrent: u32, delay: Nanos) -> Nanos {
    Concurrency::ideal(requests, served_at_once(width, max_concurrent), delay)
}

/// The ideal for requests that take the given delays, issued in this order, with as many under way as strategy
/// (`width`) and server (`max_concurrent`, 0: any number) allow: each request starts as soon as one before it ends.
/// Zero for no delays.
///
/// List scheduling of Graham, "Bounds for Certain Multiprocessing Anomalies", Bell System Technical Journal 45 (1966);
/// another order may be shorter, but a strategy that hands out requests in turn cannot choose one. Cost: n·log width.
#[must_use]
pub fn for_delays(delays: impl IntoIterator<Item = Nanos>, width: u32, max_concurrent: u32) -> Nanos {
    let width = served_at_once(width, max_concurrent) as usize;
    let mut busy_until = BinaryHeap::new();
    let mut last_end = Nanos::ZERO;
    for delay in delays {
        let free_at = if busy_until.len() < width { None } else { busy_until.pop() };
        let end = free_at.map_or(Nanos::ZERO, |Reverse(time)| time) + delay;
        last_end = last_end.max(end);
        busy_until.push(Reverse(end));
    }
    last_end
}

fn served_at_once(width: u32, max_concurrent: u32) -> u32 {
    let width = width.max(1);
    if max_concurrent == 0 { width } else { width.min(max_concurrent) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    use super::{for_delays, for_fixed_delay};
    use crate::model::Nanos;

    #[test]
    fn the_ideals_of_the_article_come_out() {
        let delay = Nanos::from_millis(5_000);
        for (width, max_concurrent, seconds) in [(1, 0, 250), (20, 0, 15), (50, 0, 5), (50, 10, 25), (20, 30, 15)] {
            let found = for_fixed_delay(50, width, max_concurrent, delay);
            assert_eq!(found, Nanos::SECOND * seconds, "{width} at once, server {max_concurrent}");
        }
    }

    #[test]
    fn workers_that_are_free_take_the_next_request() {
        let delays = || [3, 1, 1, 1, 4].map(Nanos);
        assert_eq!(for_delays(delays(), 1, 0), Nanos(10));
        assert_eq!(for_delays(delays(), 2, 0), Nanos(7));
        assert_eq!(for_delays(delays(), 5, 0), Nanos(4));
        assert_eq!(for_delays(delays(), 5, 2), Nanos(7));
        assert_eq!(for_delays([], 5, 0), Nanos::ZERO);
    }

    proptest! {
        #[test]
        fn equal_delays_give_the_fixed_formula(n in 1..200_u32, width in 1..250_u32, cap in 0..50_u32, delay in 1..9999_u64) {
            let listed = for_delays((0..n).map(|_| Nanos(delay)), width, cap);
            prop_assert_eq!(listed, for_fixed_delay(n, width.min(n), cap, Nanos(delay)));
        }

        #[test]
        fn no_schedule_beats_the_longest_request_or_the_mean_load(
            delays in prop::collection::vec(1..1_000_u64, 1..60), width in 1..20_u32,
        ) {
            let found = for_delays(delays.iter().copied().map(Nanos), width, 0).0;
            let total: u64 = delays.iter().sum();
            let longest = delays.iter().copied().max().unwrap();
            prop_assert!(found >= longest && found >= total.div_ceil(u64::from(width)));
            prop_assert!(found <= total / u64::from(width) + longest, "Graham's bound");
        }
    }
}
