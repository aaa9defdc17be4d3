//! Two runs beside each other, for people: what differs, the verdicts, the cells.

use std::fmt::Write as _;

use super::printer::shown;
use super::table::{columns, dash, seconds};
use crate::comparison::{CellPair, Comparison, StrategyPair, p_text, ratio_text};

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
        vec![
            shown(line.name, NAME),
            compared.verdict(line).map_or("refused", |verdict| verdict.as_str()).to_owned(),
            line.judged.ratio.map_or_else(dash, |ratio| ratio.text()),
            compared.remark(line),
        ]
    };
    columns(&["strategy", "verdict", "new / base (95 %)", ""], compared.lines.iter().map(row))
}

fn cells(compared: &Comparison<'_>) -> String {
    let row = |(line, cell): (&StrategyPair<'_>, &CellPair<'_>)| {
        vec![
            shown(line.name, NAME),
            cell.requests.to_string(),
            format!("{} / {}", cell.base.points.len(), cell.new.points.len()),
            seconds(cell.base.median()),
            seconds(cell.new.median()),
            cell.ratio.map_or_else(dash, |ratio| {
                ratio_text(ratio, cell.interval.map(|interval| (Some(interval.low), Some(interval.high))))
            }),
            cell.p.map_or_else(dash, p_text),
        ]
    };
    let all = compared.lines.iter().flat_map(|line| line.cells.iter().map(move |cell| (line, cell)));
    columns(&["strategy", "requests", "samples", "base", "new", "new / base (95 %)", "p"], all.map(row))
}
