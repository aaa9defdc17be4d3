//! Samples that failed before and now. They are in no median, so they stand beside the verdict: a strategy that fails
//! more than before is not as good as before, however fast the rest is.

use crate::comparison::cell::CellPair;
use crate::comparison::repeats::LEVEL;
use crate::stats;

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
                side.0 += cell.statuses().not_ok();
                side.1 += cell.statuses().ok + cell.statuses().not_ok();
            }
            sum
        })
    }

    /// Whether more samples fail than before, beyond chance at 5 %.
    #[must_use]
    pub fn more(&self) -> bool {
        self.p_more() <= LEVEL
    }

    /// The chance that so many of all failures fall into the new run if both fail alike.
    #[must_use]
    pub fn p_more(&self) -> f64 {
        stats::more_than_chance(self.base, self.new)
    }
}

#[cfg(test)]
mod tests {
    use super::Failures;

    #[test]
    fn more_failures_are_told_from_chance() {
        assert!(Failures { base: (0, 15), new: (5, 15) }.more() && !Failures { base: (1, 15), new: (2, 15) }.more());
    }
}
