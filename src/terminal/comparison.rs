//! Two runs beside each other, for people: what differs, the verdicts, the cells.

use std::fmt::Write as _;

use super::printer::shown;
use super::table::{columns, or_dash};
use crate::comparison::{Comparison, StrategyPair};
use crate::export::{cell_row, verdict_row};

/// Longest name of a strategy in a table.
const NAME: usize = 32;

/// The comparison as text.
#[must_use]
pub fn comparison(compared: &Comparison<'_>) -> String {
    let mut text = format!("base: {}\nnew:  {}\n\n", shown(&compared.base.name, 80), shown(&compared.new.name, 80));
    for difference in &compared.differences {
        let _ = writeln!(text, "{}: {}", difference.grade.as_str(), shown(&difference.text, 400));
    }
    let gap = if compared.differences.is_empty() { "" } else { "\n" };
    let _ = writeln!(text, "{gap}{}", shown(&compared.headline(), 2_000));
    if !compared.lines.is_empty() {
        let _ = write!(text, "\n{}\n{}", verdicts(compared), cells(compared));
    }
    text
}

fn verdicts(compared: &Comparison<'_>) -> String {
    let row = |line: &StrategyPair<'_>| {
        let [name, verdict, ratio, remark] = verdict_row(compared, line);
        vec![shown(&name, NAME), verdict, or_dash(ratio), remark]
    };
    columns(&["strategy", "verdict", "new / base (95 %)", ""], compared.lines.iter().map(row))
}

fn cells(compared: &Comparison<'_>) -> String {
    let row = |(line, cell)| {
        let [name, numbers @ ..] = cell_row(line, cell);
        std::iter::once(shown(&name, NAME)).chain(numbers.map(or_dash)).collect()
    };
    let all = compared.lines.iter().flat_map(|line| line.cells.iter().map(move |cell| (line, cell)));
    columns(&["strategy", "requests", "samples", "base", "new", "new / base (95 %)", "p"], all.map(row))
}
