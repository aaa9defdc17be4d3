//! The numbers of a run on one screen of a terminal.

use super::checks::check_table;
use super::report::numbers;
use super::table::DataTable;
use crate::report::Report;

/// Rows of a table on a terminal of 24 lines.
const SCREEN: usize = 18;

/// What a terminal shows of the numbers when a sweep ends: 80 columns and one screen, so that of many combinations those
/// at the largest count are left.
#[must_use]
pub fn summary(report: &Report<'_>) -> DataTable {
    let some_failed = report.cells.iter().any(|cell| !cell.recorded.excluded.is_empty());
    let shown =
        ["Strategy", report.facts.varied.heading(), "Median", "95 % interval", "Overhead", "Speed-up", "Failed"];
    let shown = if some_failed { &shown[..] } else { &shown[..shown.len() - 1] };
    let all = numbers(report, SCREEN, None);
    let is_cut = all.omitted.is_some();
    let table = if is_cut { numbers(report, SCREEN, report.counts.last().copied()) } else { all };
    table.select(shown).aligned()
}

/// What a terminal shows of the checks when a sweep ends: the failed ones first, one screen at most.
#[must_use]
pub fn checks_summary(report: &Report<'_>) -> DataTable {
    check_table(report).cut(SCREEN, "summary.json")
}
