//! The series of an archive, for people: each strategy in a line, then the newest runs.

use std::fmt::Write as _;

use super::printer::shown;
use super::table::{columns, or_dash};
use crate::export::{heading, line_row, place_row, remark};
use crate::history::{By, RunSeries, StrategySeries};

/// Longest name of a strategy in a table.
const NAME: usize = 32;

/// The series as text; of each the newest `places` places.
#[must_use]
pub fn history(all_series: &[RunSeries<'_>], places: usize) -> String {
    let mut text = String::new();
    for series in all_series {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = write!(text, "{gap}{}\n{}\n\n", shown(&heading(series), 200), shown(&remark(series), 400));
        let _ = write!(text, "{}\n{}", strategies(series), newest(series, places));
        if let Some(more) = series.places.len().checked_sub(places).filter(|more| *more > 0) {
            let _ = writeln!(text, "… and {more} older; --output-format json tells all");
        }
    }
    text
}

fn strategies(series: &RunSeries<'_>) -> String {
    let row = |line: &StrategySeries| {
        let [name, measured, first, latest, changes] = line_row(series, line);
        vec![shown(&name, NAME), measured, or_dash(first), or_dash(latest), shown(&changes, 400)]
    };
    columns(&["strategy", "measured", "first", "latest", "changes"], series.lines.iter().map(row))
}

fn newest(series: &RunSeries<'_>, places: usize) -> String {
    let first = if series.by == By::Date { "run" } else { "commit" };
    let names: Vec<String> = series.lines.iter().map(|line| shown(&line.name, NAME)).collect();
    let header: Vec<&str> = [first, "began"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let row = |index: usize| {
        let mut row = place_row(series, index).into_iter();
        let name = row.next().unwrap_or_default();
        let began = row.next().unwrap_or_default();
        let began = began.get(..19).unwrap_or(&began).replace('T', " ");
        [shown(&name, 60), shown(&began, 30)].into_iter().chain(row.map(or_dash)).collect()
    };
    columns(&header, (0..series.places.len()).rev().take(places).map(row))
}
