//! Two runs → what became slower, what faster, and whether they may be compared at all. In: the reports of both, and the
//! circumstances they were measured in. Out: graded differences, a ratio for each cell, one verdict for each strategy,
//! and the figures of it. Pure: must not know where the runs lie or what is printed.

mod cell;
mod circumstance;
mod failures;
mod figure;
mod repeats;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

use std::collections::BTreeSet;

pub use cell::CellPair;
pub use circumstance::{Circumstances, Difference, Grade, Topic};
pub use failures::Failures;
pub use figure::figures;
pub use verdict::{Curve, Judged, LEVEL, Ratio, Verdict, judge};
pub use words::{p_text, percent, ratio_text};

use crate::model::RequestCount;
use crate::report::{CaveatKind, Report};

/// One of the two runs.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    /// What people call it: the run's id, or the file's name.
    pub name: String,
    /// Its numbers.
    pub report: &'a Report<'a>,
    /// What it was measured on; empty for a bare CSV.
    pub circumstances: Circumstances,
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
    /// Whether the two did not do the same work, and nobody asked for a verdict all the same.
    pub refused: bool,
    /// Strategies that both runs have, in the order of the new one.
    pub lines: Vec<Line<'a>>,
}

/// One strategy of both runs.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its place among the new run's strategies.
    pub slot: usize,
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
    /// At these counts one run has no sample that counts.
    NothingLeft(Vec<RequestCount>),
}

impl<'a> Comparison<'a> {
    /// Compares two runs. `threshold` is a share, 0 or more; with `force` runs that did different work get verdicts too.
    /// Cost: as [`judge`], and 2 000 resamples of both sides for each cell.
    #[must_use]
    pub fn of(base: &'a Side<'a>, new: &'a Side<'a>, threshold: f64, force: bool) -> Self {
        let mut lines = lines(base.report, new.report, threshold);
        let mut differences = circumstance::differences(&base.circumstances, &new.circumstances);
        let incomparable = differences.iter().any(|difference| difference.grade == Grade::Incomparable);
        differences.extend(failures::differences(&lines));
        differences.extend(missing(base, new));
        differences.extend([base, new].into_iter().flat_map(caveats));
        differences.sort_by_key(|difference| std::cmp::Reverse(difference.grade));
        lines.iter_mut().for_each(Line::open);
        Self { base, new, threshold, differences, refused: incomparable && !force, lines }
    }

    /// The verdict on a strategy; `None` where it is refused.
    #[must_use]
    pub fn verdict(&self, line: &Line<'_>) -> Option<Verdict> {
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

impl Line<'_> {
    /// Takes back a verdict that a selection of samples must not carry. "Slower" stands: what is left is slower.
    fn open(&mut self) {
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

fn lines<'a>(base: &'a Report<'a>, new: &'a Report<'a>, threshold: f64) -> Vec<Line<'a>> {
    let mut found = Vec::new();
    for (slot, line) in new.strategies.iter().enumerate() {
        let Some(before) = base.strategies.iter().position(|other| other.name == line.name) else { continue };
        let pair =
            |cell: &'a crate::report::Cell<'a>| CellPair::of(base.cell(before, cell.requests)?, cell, new.facts.seed);
        let cells: Vec<CellPair<'a>> = new.cells_of(slot).iter().filter_map(pair).collect();
        if !cells.is_empty() {
            found.push((line.name.as_str(), slot, cells));
        }
    }
    let curves: Vec<Curve> = found.iter().map(|(.., cells)| cell::curve(cells)).collect();
    let judged = judge(&curves, threshold);
    let line = |((name, slot, cells), judged): ((&'a str, usize, Vec<CellPair<'a>>), Judged)| {
        let failures = Failures::of(&cells);
        Line { name, slot, cells, failures, judged, open: None }
    };
    found.into_iter().zip(judged).map(line).collect()
}

/// Strategies and counts that only one of the runs has.
fn missing(base: &Side<'_>, new: &Side<'_>) -> Vec<Difference> {
    let only = |one: &Side<'_>, other: &Side<'_>, which: &str| {
        let mut texts = Vec::new();
        for (slot, line) in one.report.strategies.iter().enumerate() {
            let Some(theirs) = other.report.strategies.iter().position(|known| known.name == line.name) else {
                texts.push(format!("strategy {} is only in the {which}", line.name));
                continue;
            };
            let counts = |report: &Report<'_>, slot| -> BTreeSet<RequestCount> {
                report.cells_of(slot).iter().map(|cell| cell.requests).collect()
            };
            let own = counts(one.report, slot);
            let lost: Vec<String> = own.difference(&counts(other.report, theirs)).map(u32::to_string).collect();
            if !lost.is_empty() {
                texts.push(format!("{} at {} requests is only in the {which}", line.name, lost.join(", ")));
            }
        }
        texts
    };
    let texts = only(base, new, "base").into_iter().chain(only(new, base, "new run"));
    texts.map(|text| Difference { grade: Grade::Note, text }).collect()
}

/// What each run's own report warns of, where it bears on a comparison.
fn caveats(side: &Side<'_>) -> Vec<Difference> {
    const ASIDE: [CaveatKind; 3] = [CaveatKind::FewSamples, CaveatKind::FailedSamples, CaveatKind::Spread];
    let told = side.report.caveats.iter().filter(|caveat| !ASIDE.contains(&caveat.kind));
    let text = |caveat: &crate::report::Caveat| {
        let who = caveat.slot.map_or_else(String::new, |slot| format!("{}: ", side.report.strategies[slot].name));
        format!("{}: {who}{}", side.name, caveat.evidence.trim_end_matches('.'))
    };
    told.map(|caveat| Difference { grade: Grade::Note, text: text(caveat) }).collect()
}
