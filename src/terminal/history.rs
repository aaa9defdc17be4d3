//! The courses of an archive, for people: each strategy in a line, then the newest runs.

use std::fmt::Write as _;

use super::printer::shown;
use super::table::{columns, seconds};
use crate::export::{heading, history_changes, place_name, remark};
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
        let measured: Vec<f64> = line.medians.iter().flatten().copied().collect();
        vec![
            shown(&line.name, NAME),
            measured.len().to_string(),
            seconds(measured.first().copied()),
            seconds(measured.last().copied()),
            shown(&history_changes(course, line).join("; "), 400),
        ]
    };
    columns(&["strategy", "measured", "first", "latest", "changes"], course.lines.iter().map(row))
}

fn newest(course: &RunSeries<'_>, places: usize) -> String {
    let first = if course.by == By::Date { "run" } else { "commit" };
    let names: Vec<String> = course.lines.iter().map(|line| shown(&line.name, NAME)).collect();
    let header: Vec<&str> = [first, "began"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let row = |index: usize| {
        let place = &course.places[index];
        let median = |line: &StrategySeries| {
            let mark = match line.changes.iter().find(|change| change.at == index) {
                Some(change) if change.after > change.before => "▲ ",
                Some(_) => "▼ ",
                None => "",
            };
            format!("{mark}{}", seconds(line.medians[index]))
        };
        let began = place.runs[0].started_at.get(..19).unwrap_or(&place.runs[0].started_at).replace('T', " ");
        let first = [shown(&place_name(course.by, place), 60), shown(&began, 30)];
        first.into_iter().chain(course.lines.iter().map(median)).collect()
    };
    columns(&header, (0..course.places.len()).rev().take(places).map(row))
}
