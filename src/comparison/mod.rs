//! Two runs → what became slower, what faster, and whether they may be compared at all. In: the reports of both, and the
//! conditions they were measured in. Out: graded differences, a ratio for each cell, one verdict for each strategy,
//! and the figures of it. Pure: must not know where the runs lie or what is printed.

mod cell;
mod factor;
mod failures;
mod figure;
mod pair;
mod repeats;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

use std::collections::BTreeSet;

pub use cell::CellPair;
pub use factor::{Difference, Factor, Factors, Grade};
pub use failures::Failures;
pub use figure::figures;
pub use pair::{Comparison, Open, Side, StrategyPair};
pub use repeats::LEVEL;
pub use verdict::{Curve, Judged, Ratio, Verdict, judge};
pub use words::{p_text, ratio_text};

use crate::model::RequestCount;
use crate::report::{CaveatKind, Report};

impl<'a> Comparison<'a> {
    /// Compares two runs. `threshold` is a share, 0 or more; with `force` runs that did different work get verdicts too.
    /// Cost: as [`judge`], and 2 000 resamples of both sides for each cell.
    #[must_use]
    pub fn of(base: &'a Side<'a>, new: &'a Side<'a>, threshold: f64, force: bool) -> Self {
        let mut lines = lines(base.report, new.report, threshold);
        let mut differences = factor::differences(&base.factors, &new.factors);
        let incomparable = differences.iter().any(|difference| difference.grade == Grade::Incomparable);
        differences.extend(failed(&lines));
        differences.extend(missing(base, new));
        differences.extend([base, new].into_iter().flat_map(caveats));
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
fn failed(lines: &[StrategyPair<'_>]) -> Vec<Difference> {
    let failing = lines.iter().filter(|line| line.failures.base.0 + line.failures.new.0 > 0);
    let told = failing.map(|line| {
        let Failures { base, new } = line.failures;
        let what = format!(
            "{}: {} of {} samples failed in the new run, {} of {} in the base",
            line.name, new.0, new.1, base.0, base.1
        );
        if line.failures.more() {
            let text = format!("{what}, which is more than chance (p = {})", p_text(line.failures.p_more()));
            return Difference { grade: Grade::Warning, text };
        }
        Difference { grade: Grade::Note, text: what }
    });
    told.collect()
}

/// Strategies and counts that only one of the runs has.
fn missing(base: &Side<'_>, new: &Side<'_>) -> Vec<Difference> {
    let only = |one: &Side<'_>, other: &Side<'_>, which: &str| {
        let mut texts = Vec::new();
        for (strategy_index, line) in one.report.strategies.iter().enumerate() {
            let Some(theirs) = other.report.strategies.iter().position(|known| known.name == line.name) else {
                texts.push(format!("strategy {} is only in the {which}", line.name));
                continue;
            };
            let counts = |report: &Report<'_>, strategy_index| -> BTreeSet<RequestCount> {
                report.cells_of(strategy_index).iter().map(|cell| cell.requests).collect()
            };
            let own = counts(one.report, strategy_index);
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
        let who = caveat
            .strategy_index
            .map_or_else(String::new, |strategy_index| format!("{}: ", side.report.strategies[strategy_index].name));
        format!("{}: {who}{}", side.name, caveat.evidence.trim_end_matches('.'))
    };
    told.map(|caveat| Difference { grade: Grade::Note, text: text(caveat) }).collect()
}
