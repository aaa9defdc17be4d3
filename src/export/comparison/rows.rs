//! The tables of a comparison and what they mean, the same in every format.

use crate::comparison::{CellPair, Comparison, StrategyPair, p_text, ratio_text};
use crate::format::percent;
use crate::model::figure::Unit;

/// Headings of the verdicts.
pub(super) const VERDICT_COLUMNS: [&str; 4] = ["Strategy", "Verdict", "New / base (95 %)", "Remark"];
/// Headings of the cells.
pub(super) const CELL_COLUMNS: [&str; 7] = ["Strategy", "Requests", "Samples", "Base", "New", "New / base (95 %)", "p"];

/// The row of a strategy of the verdicts: name, verdict, ratio, remark.
#[must_use]
pub fn verdict_row(compared: &Comparison<'_>, line: &StrategyPair<'_>) -> [String; VERDICT_COLUMNS.len()] {
    [
        line.name.to_owned(),
        compared.verdict(line).map_or("refused", |verdict| verdict.as_str()).to_owned(),
        line.judged.ratio.map_or_else(String::new, |ratio| ratio.text()),
        compared.remark(line),
    ]
}

/// The row of a cell of the cells: name, requests, samples, medians of base and new, ratio, p; empty where nobody measured.
#[must_use]
pub fn cell_row(line: &StrategyPair<'_>, cell: &CellPair<'_>) -> [String; CELL_COLUMNS.len()] {
    let seconds = |median: Option<f64>| median.map_or_else(String::new, |median| Unit::Seconds.text(median));
    let ends = cell.interval.map(|interval| (Some(interval.low), Some(interval.high)));
    [
        line.name.to_owned(),
        cell.requests.to_string(),
        format!("{} / {}", cell.base.points.len(), cell.new.points.len()),
        seconds(cell.base.median()),
        seconds(cell.new.median()),
        cell.ratio.map_or_else(String::new, |ratio| ratio_text(ratio, ends)),
        cell.p.map_or_else(String::new, p_text),
    ]
}

/// What the numbers mean, in sentences.
pub(super) fn method(compared: &Comparison<'_>) -> [String; 3] {
    let within = percent(compared.threshold, 2);
    [
        format!(
            "A strategy is slower or faster where ranks show a difference of more than {within} at one request count or \
             over all of them, at a level of 5 % over all tests of this comparison (Holm). It is the same where all counts \
             together are shown to lie within {within} and none looks as if it lay beyond. Otherwise nobody can tell."
        ),
        "The ratio over all counts is the median of all ratios between a new sample and a base sample of one cell, with \
         its exact 95 % interval; the ratio of a cell is that of its medians, with a bootstrap interval; p is that of the \
         rank test of Mann and Whitney for the cell alone, uncorrected."
            .to_owned(),
        "Two runs show the difference between two occasions. What changed beside the code between them, the samples \
         cannot tell."
            .to_owned(),
    ]
}
