//! Samples that failed before and now. They are in no median, so they stand beside the verdict: a strategy that fails
//! more than before is not as good as before, however fast the rest is.

use crate::comparison::cell::CellPair;
use crate::comparison::repeats::LEVEL;

/// Failed and all measured samples of a strategy.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Failures {
    /// Failed samples of the base, and all of its samples.
    pub base: (u32, u32),
    /// The same of the new run.
    pub new: (u32, u32),
}

impl Failures {
    pub(super) fn of(cells: &[CellPair<'_>]) -> Self {
        cells.iter().fold(Self::default(), |mut sum, cell| {
            for (side, cell) in [(&mut sum.base, cell.base), (&mut sum.new, cell.new)] {
                side.0 += cell.statuses.not_ok();
                side.1 += cell.statuses.ok + cell.statuses.not_ok();
            }
            sum
        })
    }

    /// Whether more samples fail than before, beyond chance at 5 %.
    #[must_use]
    pub fn more(&self) -> bool {
        self.p_more() <= LEVEL
    }

    /// The chance that so many of all failures fall into the new run if both fail alike: the exact test of Fisher,
    /// "Statistical Methods for Research Workers", 5th ed. 1934, section 21.02.
    pub(super) fn p_more(&self) -> f64 {
        let ((failed_before, before), (failed_now, now)) = (self.base, self.new);
        let (failed, all) = (failed_before + failed_now, before + now);
        let log_ways = |of: u32, taken: u32| log_factorial(of) - log_factorial(taken) - log_factorial(of - taken);
        let chance =
            |in_new: u32| (log_ways(now, in_new) + log_ways(before, failed - in_new) - log_ways(all, failed)).exp();
        let most = failed.min(now);
        (failed_now.max(failed.saturating_sub(before))..=most).map(chance).sum::<f64>().min(1.0)
    }
}

fn log_factorial(number: u32) -> f64 {
    (2..=number).map(|factor| f64::from(factor).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::Failures;

    /// From R: `fisher.test(matrix(c(…), 2), alternative = "less")$p.value`, and by hand 1/C(6, 3) for the second.
    #[test]
    fn more_failures_are_told_from_chance() {
        for (base, new, p) in [
            ((0, 15), (0, 15), 1.0),
            ((0, 3), (3, 3), 0.05),
            ((0, 15), (5, 15), 0.021_072_796_934_865_9),
            ((1, 15), (2, 15), 0.5),
            ((5, 15), (0, 15), 1.0),
        ] {
            let found = Failures { base, new }.p_more();
            assert!((found - p).abs() < 1e-9, "{base:?} {new:?}: {found}");
        }
        assert!(Failures { base: (0, 15), new: (5, 15) }.more() && !Failures { base: (1, 15), new: (2, 15) }.more());
    }
}
