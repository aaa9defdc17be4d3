//! comparison.json: the comparison for programs. A missing number is `null`; a change of the layout changes
//! `schema_version`.

#![expect(non_camel_case_types, reason = "type parameters of `object!` are keys")]

use serde::Serialize;

use super::comparison::{difference_text, headline, remark};
use super::numbers::{object, rounded, rounded_seconds};
use crate::comparison::{CellPair, Comparison, Side, StrategyPair};

/// Version of the layout below.
const SCHEMA_VERSION: u32 = 1;

/// The whole file.
pub(super) fn comparison(compared: &Comparison<'_>) -> impl Serialize {
    let differences = compared.differences.iter().map(|found| {
        object! {
            grade: found.grade.as_str(),
            text: difference_text(compared, found),
        }
    });
    object! {
        schema_version: SCHEMA_VERSION,
        base: run(compared.base),
        new: run(compared.new),
        threshold: rounded(compared.threshold),
        refused: compared.refused,
        verdict: compared.overall().map(|verdict| verdict.as_str()),
        headline: headline(compared),
        differences: differences.collect::<Vec<_>>(),
        strategies: compared.lines.iter().map(|line| strategy(compared, line)).collect::<Vec<_>>(),
    }
}

fn run(side: &Side<'_>) -> impl Serialize {
    let (known, facts) = (|text| Some(text).filter(|text: &&String| !text.is_empty()), side.report.facts);
    object! {
        name: &side.name,
        started_at: known(&facts.started_at),
        tool_version: known(&facts.tool_version),
    }
}

fn strategy(compared: &Comparison<'_>, line: &StrategyPair<'_>) -> impl Serialize {
    let judged = &line.judged;
    let known = |p: f64| rounded(p).filter(|_| !compared.refused);
    object! {
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
        cells: line.cells.iter().map(cell).collect::<Vec<_>>(),
    }
}

fn cell(cell: &CellPair<'_>) -> impl Serialize + use<> {
    object! {
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
