//! What a comparison is made of: two runs, the strategies that both have, and what is said of each.

use crate::comparison::cell::CellPair;
use crate::comparison::difference::Difference;
use crate::comparison::factor::Factors;
use crate::comparison::failures::Failures;
use crate::comparison::verdict::{Judged, Verdict};
use crate::model::RequestCount;
use crate::report::Report;

/// One of the two runs.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    /// What people call it: the run's id, or the file's name.
    pub name: String,
    /// Its numbers.
    pub report: &'a Report<'a>,
    /// What it was measured on; empty for a bare CSV.
    pub factors: Factors,
}

/// What two runs say about each other.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    /// The run that is compared with.
    pub base: &'a Side<'a>,
    /// The run that is judged.
    pub new: &'a Side<'a>,
    /// A share: slower and faster are beyond it.
    pub threshold: f64,
    /// What a reader must know first, the gravest first.
    pub differences: Vec<Difference>,
    /// Whether the two did not do the same work, and a verdict was not forced.
    pub refused: bool,
    /// Strategies that both runs have, in the order of the new one.
    pub lines: Vec<StrategyPair<'a>>,
}

/// One strategy of both runs.
#[derive(Clone, Debug)]
pub struct StrategyPair<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its place among the new run's strategies.
    pub strategy_index: usize,
    /// Its counts that both runs hold, ascending.
    pub cells: Vec<CellPair<'a>>,
    /// Measured samples that failed, in these cells.
    pub failures: Failures,
    /// What the samples say.
    pub judged: Judged,
    /// Why the verdict is "can't tell", where it is not for want of samples.
    pub open: Option<Open>,
}

/// Why there is no verdict although there are samples.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    /// More samples fail than before: those that are left are a selection.
    FailsMore,
    /// At these counts one run has no valid sample.
    NothingLeft(Vec<RequestCount>),
}

impl Comparison<'_> {
    /// The verdict on a strategy; `None` where it is refused.
    #[must_use]
    pub fn verdict(&self, line: &StrategyPair<'_>) -> Option<Verdict> {
        (!self.refused).then_some(line.judged.verdict)
    }

    /// The worst verdict of all strategies: slower, then can't tell. `None` where verdicts are refused or nothing was
    /// measured by both runs.
    #[must_use]
    pub fn overall(&self) -> Option<Verdict> {
        let verdicts = || self.lines.iter().filter_map(|line| self.verdict(line));
        [Verdict::Slower, Verdict::CannotTell, Verdict::Faster, Verdict::Same]
            .into_iter()
            .find(|worst| verdicts().any(|verdict| verdict == *worst))
    }
}

impl StrategyPair<'_> {
    /// Takes back a verdict that a selection of samples must not carry. "Slower" stands: what is left is slower.
    pub(super) fn open(&mut self) {
        let lost: Vec<RequestCount> =
            self.cells.iter().filter(|cell| cell.ratio.is_none()).map(|c| c.requests).collect();
        let open = if self.failures.more() {
            Some(Open::FailsMore)
        } else {
            (!lost.is_empty()).then_some(Open::NothingLeft(lost))
        };
        if let Some(open) = open.filter(|_| self.judged.verdict != Verdict::Slower) {
            self.judged.verdict = Verdict::CannotTell;
            self.judged.repeats = None;
            self.open = Some(open);
        }
    }

    /// How many more samples of each cell, in both runs, would probably decide; at least one.
    #[must_use]
    pub fn more_repeats(&self) -> Option<u32> {
        let has = self.cells.iter().flat_map(|cell| [cell.base.points.len(), cell.new.points.len()]).min()?;
        let has = u32::try_from(has).unwrap_or(u32::MAX);
        self.judged.repeats.map(|needed| needed.saturating_sub(has).max(1))
    }

    /// The request counts at these positions of the strategy's strata.
    #[must_use]
    pub fn counts_at(&self, positions: &[usize]) -> Vec<RequestCount> {
        let compared: Vec<RequestCount> =
            self.cells.iter().filter(|cell| cell.ratio.is_some()).map(|c| c.requests).collect();
        positions.iter().filter_map(|position| compared.get(*position).copied()).collect()
    }
}
