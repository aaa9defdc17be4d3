//! comparison.json: the comparison for programs. A missing number is `null`; a change of the layout changes
//! `schema_version`.

use serde::Serialize;

use super::comparison::{difference_text, headline, remark};
use super::numbers::{rounded, rounded_seconds};
use crate::comparison::{CellPair, Comparison, Side, StrategyPair};

/// Version of the layout below.
const SCHEMA_VERSION: u32 = 1;

/// The whole file.
#[derive(Serialize)]
pub(super) struct ComparisonJson<'a> {
    schema_version: u32,
    base: RunName<'a>,
    new: RunName<'a>,
    threshold: Option<f64>,
    refused: bool,
    verdict: Option<&'static str>,
    headline: String,
    differences: Vec<DifferenceText>,
    strategies: Vec<StrategyVerdict<'a>>,
}

#[derive(Serialize)]
struct RunName<'a> {
    name: &'a str,
    started_at: Option<&'a str>,
    tool_version: Option<&'a str>,
}

#[derive(Serialize)]
struct DifferenceText {
    grade: &'static str,
    text: String,
}

#[derive(Serialize)]
struct StrategyVerdict<'a> {
    strategy: &'a str,
    verdict: Option<&'static str>,
    remark: String,
    ratio: Option<f64>,
    ratio_low: Option<f64>,
    ratio_high: Option<f64>,
    p_slower: Option<f64>,
    p_faster: Option<f64>,
    p_same: Option<f64>,
    slower_at: Vec<u32>,
    faster_at: Vec<u32>,
    more_repeats: Option<u32>,
    base_failed: u32,
    base_samples: u32,
    new_failed: u32,
    new_samples: u32,
    cells: Vec<ComparedCell>,
}

#[derive(Serialize)]
struct ComparedCell {
    requests: u32,
    base_samples: usize,
    new_samples: usize,
    base_median_s: Option<f64>,
    new_median_s: Option<f64>,
    ratio: Option<f64>,
    ratio_low: Option<f64>,
    ratio_high: Option<f64>,
    p: Option<f64>,
}

impl<'a> ComparisonJson<'a> {
    pub(super) fn of(compared: &'a Comparison<'_>) -> Self {
        let differences = compared.differences.iter();
        let differences = differences
            .map(|found| DifferenceText { grade: found.grade.as_str(), text: difference_text(compared, found) });
        Self {
            schema_version: SCHEMA_VERSION,
            base: RunName::of(compared.base),
            new: RunName::of(compared.new),
            threshold: rounded(compared.threshold),
            refused: compared.refused,
            verdict: compared.overall().map(|verdict| verdict.as_str()),
            headline: headline(compared),
            differences: differences.collect(),
            strategies: compared.lines.iter().map(|line| StrategyVerdict::of(compared, line)).collect(),
        }
    }
}

impl<'a> RunName<'a> {
    fn of(side: &'a Side<'_>) -> Self {
        let known = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        let facts = side.report.facts;
        Self { name: &side.name, started_at: known(&facts.started_at), tool_version: known(&facts.tool_version) }
    }
}

impl<'a> StrategyVerdict<'a> {
    fn of(compared: &Comparison<'_>, line: &'a StrategyPair<'_>) -> Self {
        let judged = &line.judged;
        let known = |p: f64| rounded(p).filter(|_| !compared.refused);
        Self {
            strategy: line.name,
            verdict: compared.verdict(line).map(|verdict| verdict.as_str()),
            remark: remark(compared, line),
            ratio: judged.ratio.and_then(|ratio| rounded(ratio.value)),
            ratio_low: judged.ratio.and_then(|ratio| rounded(ratio.low?)),
            ratio_high: judged.ratio.and_then(|ratio| rounded(ratio.high?)),
            p_slower: known(judged.p_slower),
            p_faster: known(judged.p_faster),
            p_same: known(judged.p_same),
            slower_at: line.counts_at(&judged.slower_at),
            faster_at: line.counts_at(&judged.faster_at),
            more_repeats: line.more_repeats(),
            base_failed: line.failures.base.0,
            base_samples: line.failures.base.1,
            new_failed: line.failures.new.0,
            new_samples: line.failures.new.1,
            cells: line.cells.iter().map(ComparedCell::of).collect(),
        }
    }
}

impl ComparedCell {
    fn of(cell: &CellPair<'_>) -> Self {
        Self {
            requests: cell.requests,
            base_samples: cell.base.points.len(),
            new_samples: cell.new.points.len(),
            base_median_s: cell.base.median().and_then(rounded_seconds),
            new_median_s: cell.new.median().and_then(rounded_seconds),
            ratio: cell.ratio.and_then(rounded),
            ratio_low: cell.interval.and_then(|interval| rounded(interval.low)),
            ratio_high: cell.interval.and_then(|interval| rounded(interval.high)),
            p: cell.p.and_then(rounded),
        }
    }
}
