//! The courses of an archive, for people: each strategy in a line, then the newest runs.

use std::fmt::Write as _;

use super::printer::shown;
use super::table::{columns, or_dash};
use crate::export::{heading, line_row, place_row, remark};
use crate::history::{By, RunSeries, StrategySeries};

/// Longest name of a strategy in a table.
const NAME: usize = 32;

/// The courses as text; of each the newest `places` places.
#[must_use]
pub fn history(courses: &[RunSeries<'_>], places: usize) -> String {
    let mut text = String::new();
    for course in courses {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = write!(text, "{gap}{}\n{}\n\n", shown(&heading(course), 200), shown(&remark(course), 400));
        let _ = write!(text, "{}\n{}", strategies(course), newest(course, places));
        if let Some(more) = course.places.len().checked_sub(places).filter(|more| *more > 0) {
            let _ = writeln!(text, "… and {more} older; --output-format json tells all");
        }
    }
    text
}

fn strategies(course: &RunSeries<'_>) -> String {
    let row = |line: &StrategySeries| {
        let [name, measured, first, latest, changes] = line_row(course, line);
        vec![shown(&name, NAME), measured, or_dash(first), or_dash(latest), shown(&changes, 400)]
    };
    columns(&["strategy", "measured", "first", "latest", "changes"], course.lines.iter().map(row))
}

fn newest(course: &RunSeries<'_>, places: usize) -> String {
    let first = if course.by == By::Date { "run" } else { "commit" };
    let names: Vec<String> = course.lines.iter().map(|line| shown(&line.name, NAME)).collect();
    let header: Vec<&str> = [first, "began"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let row = |index: usize| {
        let mut row = place_row(course, index).into_iter();
        let name = row.next().unwrap_or_default();
        let began = row.next().unwrap_or_default();
        let began = began.get(..19).unwrap_or(&began).replace('T', " ");
        [shown(&name, 60), shown(&began, 30)].into_iter().chain(row.map(or_dash)).collect()
    };
    columns(&header, (0..course.places.len()).rev().take(places).map(row))
}
