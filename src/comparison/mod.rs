//! Two runs → what became slower, what faster, and whether they may be compared at all. In: the reports of both, and the
//! factors they were measured in. Out: graded differences, a ratio for each cell, and one verdict for each
//! strategy. Pure: must not know where the runs lie or what is printed.

mod cell;
mod difference;
mod factor;
mod failures;
mod pair;
mod repeats;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod tests;
mod verdict;

use std::collections::BTreeSet;

pub use cell::CellPair;
pub use difference::{Difference, DifferenceKind, RunSide};
pub use factor::{Factor, Factors, Grade};
pub use failures::Failures;
pub use pair::{Comparison, Open, Side, StrategyPair};
pub use repeats::LEVEL;
pub use verdict::{Curve, Judged, Ratio, Verdict, judge};

use crate::model::RequestCount;
use crate::report::{CaveatKind, Report};

impl<'a> Comparison<'a> {
    /// Compares two runs. `threshold` is a share, 0 or more; with `force` runs that did different work get verdicts too.
    /// Cost: as [`judge`], and 2 000 resamples of both sides for each cell.
    #[must_use]
    pub fn of(base: &'a Side<'a>, new: &'a Side<'a>, threshold: f64, force: bool) -> Self {
        let mut lines = lines(base.report, new.report, threshold);
        let mut differences = difference::differences(&base.factors, &new.factors);
        let incomparable = differences.iter().any(|difference| difference.grade == Grade::Incomparable);
        differences.extend(failed(&lines));
        differences.extend(missing(base, new));
        differences.extend(caveats(base, RunSide::Base).chain(caveats(new, RunSide::New)));
        differences.sort_by_key(|difference| std::cmp::Reverse(difference.grade));
        lines.iter_mut().for_each(StrategyPair::open);
        Self { base, new, threshold, differences, refused: incomparable && !force, lines }
    }
}

fn lines<'a>(base: &'a Report<'a>, new: &'a Report<'a>, threshold: f64) -> Vec<StrategyPair<'a>> {
    let mut found = Vec::new();
    for (strategy_index, line) in new.strategies.iter().enumerate() {
        let Some(before) = base.strategies.iter().position(|other| other.name == line.name) else { continue };
        let pair =
            |cell: &'a crate::report::Cell<'a>| CellPair::of(base.cell(before, cell.requests)?, cell, new.facts.seed);
        let cells: Vec<CellPair<'a>> = new.cells_of(strategy_index).iter().filter_map(pair).collect();
        if !cells.is_empty() {
            found.push((line.name.as_str(), strategy_index, cells));
        }
    }
    let curves: Vec<Curve> = found.iter().map(|(.., cells)| cell::curve(cells)).collect();
    let judged = judge(&curves, threshold);
    let line = |((name, strategy_index, cells), judged): ((&'a str, usize, Vec<CellPair<'a>>), Judged)| {
        let failures = Failures::of(&cells);
        StrategyPair { name, strategy_index, cells, failures, judged, open: None }
    };
    found.into_iter().zip(judged).map(line).collect()
}

/// Strategies that failed in either run.
fn failed<'l>(lines: &'l [StrategyPair<'_>]) -> impl Iterator<Item = Difference> + 'l {
    lines.iter().filter(|line| line.failures.base.0 + line.failures.new.0 > 0).map(|line| Difference {
        grade: if line.failures.more() { Grade::Warning } else { Grade::Note },
        kind: DifferenceKind::Failures { strategy: line.name.to_owned(), failures: line.failures },
    })
}

/// Strategies and counts that only one of the runs has.
fn missing(base: &Side<'_>, new: &Side<'_>) -> Vec<Difference> {
    let counts = |report: &Report<'_>, strategy_index| -> BTreeSet<RequestCount> {
        report.cells_of(strategy_index).iter().map(|cell| cell.requests).collect()
    };
    let only = |side: RunSide, own: &Report<'_>, other: &Report<'_>| {
        let mut kinds = Vec::new();
        for (strategy_index, line) in own.strategies.iter().enumerate() {
            let theirs = other.strategies.iter().position(|known| known.name == line.name);
            let lost: Vec<RequestCount> = match theirs {
                Some(theirs) => counts(own, strategy_index).difference(&counts(other, theirs)).copied().collect(),
                None => Vec::new(),
            };
            if theirs.is_none() || !lost.is_empty() {
                kinds.push(DifferenceKind::OnlyIn { side, strategy: line.name.clone(), counts: lost });
            }
        }
        kinds
    };
    let kinds =
        only(RunSide::Base, base.report, new.report).into_iter().chain(only(RunSide::New, new.report, base.report));
    kinds.map(|kind| Difference { grade: Grade::Note, kind }).collect()
}

/// What a run's own report warns of, where it bears on a comparison.
fn caveats(run: &Side<'_>, side: RunSide) -> impl Iterator<Item = Difference> {
    let stands_elsewhere = |kind: &CaveatKind| {
        matches!(kind, CaveatKind::FewSamples { .. } | CaveatKind::FailedSamples { .. } | CaveatKind::Spread { .. })
    };
    let caveats = run.report.caveats.iter().filter(move |caveat| !stands_elsewhere(&caveat.kind));
    caveats.map(move |caveat| Difference {
        grade: Grade::Note,
        kind: DifferenceKind::Caveat { side, caveat: caveat.clone() },
    })
}
