//! Request counts: an ascending list, from a file, a range or the command line. Numbers in, counts or a fault out.

use crate::model::RequestCount;

/// The most requests, repeats or other things that may be counted.
pub(super) const MOST: i64 = 1_000_000;

/// Why a list holds no request counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CountFault {
    /// Below 1 or above a million.
    #[error("{0} is no request count: it is not within 1 to 1000000")]
    OutOfBounds(i64),
    /// The same count again.
    #[error("{0} is listed twice")]
    Repeated(i64),
    /// A count after a larger one.
    #[error("{later} comes after {earlier}: request counts ascend")]
    Descending {
        /// The count before it.
        earlier: i64,
        /// The count at fault.
        later: i64,
    },
}

/// Every fault of a list of counts, with the index of the number it is about.
pub(super) fn faults(numbers: &[i64]) -> Vec<(usize, CountFault)> {
    let mut largest = 0;
    let mut found = Vec::new();
    for (index, &number) in numbers.iter().enumerate() {
        if !(1..=MOST).contains(&number) {
            found.push((index, CountFault::OutOfBounds(number)));
        } else if number > largest {
            largest = number;
        } else if numbers[..index].contains(&number) {
            found.push((index, CountFault::Repeated(number)));
        } else {
            found.push((index, CountFault::Descending { earlier: largest, later: number }));
        }
    }
    found
}

/// The counts from `from` to at most `to`, `step` apart; empty where `from` is above `to`. `step` is 1 or more.
pub(super) fn range(from: u32, to: u32, step: u32) -> Vec<RequestCount> {
    (from..=to).step_by(usize::try_from(step.max(1)).unwrap_or(usize::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::{CountFault, faults, range};

    #[test]
    fn a_range_ends_at_its_last_step() {
        assert_eq!(range(10, 50, 20), [10, 30, 50]);
        assert_eq!(range(10, 55, 20), [10, 30, 50]);
        assert!(range(5, 4, 1).is_empty());
    }

    #[test]
    fn every_wrong_number_is_found() {
        let descending = |earlier, later| CountFault::Descending { earlier, later };
        for (numbers, expected) in [
            (vec![0, 10], vec![(0, CountFault::OutOfBounds(0))]),
            (vec![-1], vec![(0, CountFault::OutOfBounds(-1))]),
            (vec![1_000_001], vec![(0, CountFault::OutOfBounds(1_000_001))]),
            (vec![10, 10], vec![(1, CountFault::Repeated(10))]),
            (vec![30, 10, 20, 40], vec![(1, descending(30, 10)), (2, descending(30, 20))]),
            (vec![10, 30, 10], vec![(2, CountFault::Repeated(10))]),
        ] {
            assert_eq!(faults(&numbers), expected, "{numbers:?}");
        }
    }
}
