//! The numbers of a run on one screen of a terminal.

use super::checks::check_table;
use super::report::numbers;
use super::table::{DataTable, OmittedRows};
use crate::format::counted;
use crate::report::Report;

/// Rows of a table on a terminal of 24 lines.
const SCREEN: usize = 18;

/// What a terminal shows of the numbers when a sweep ends: 80 columns and one screen, so that of many combinations those
/// at the largest count are left.
#[must_use]
pub fn summary(report: &Report<'_>) -> DataTable {
    let some_failed = report.cells.iter().any(|cell| !cell.excluded.is_empty());
    let shown =
        ["Strategy", report.facts.varied.heading(), "Median", "95 % interval", "Overhead", "Speed-up", "Failed"];
    let shown = if some_failed { &shown[..] } else { &shown[..shown.len() - 1] };
    let mut table = numbers(report).select(shown);
    let all = table.rows.len();
    if all > SCREEN {
        let largest = report.counts.last().map(|count| f64::from(*count));
        table.rows.retain(|row| row.cells[1].number == largest);
        table.rows.truncate(SCREEN);
        let text = format!("… and {}", counted(all - table.rows.len(), "more row", "more rows"));
        table.omitted = Some(OmittedRows { text, file: "summary.csv" });
    }
    table.aligned()
}

/// What a terminal shows of the checks when a sweep ends: the failed ones first, one screen at most.
#[must_use]
pub fn checks_summary(report: &Report<'_>) -> DataTable {
    check_table(report).cut(SCREEN, "summary.json")
}
