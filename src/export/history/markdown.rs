//! The history for a repository or a pull request.

use std::fmt::Write as _;

use super::rows::{LINE_COLUMNS, heading, line_row, place_columns, place_row, remark};
use crate::export::markdown::escape;
use crate::history::RunSeries;

/// The courses as Markdown; of each the newest `places` places.
#[must_use]
pub fn history_markdown(courses: &[RunSeries<'_>], places: usize) -> String {
    let mut page = "# History\n".to_owned();
    for course in courses {
        let _ = write!(page, "\n## {}\n\n{}\n\n", escape(&heading(course)), escape(&remark(course)));
        row(&mut page, &LINE_COLUMNS.map(str::to_owned));
        rule(&mut page, LINE_COLUMNS.len());
        course.lines.iter().for_each(|line| row(&mut page, &line_row(course, line)));
        page.push('\n');
        let columns = place_columns(course);
        row(&mut page, &columns);
        rule(&mut page, columns.len());
        let newest = (0..course.places.len()).rev().take(places);
        newest.for_each(|index| row(&mut page, &place_row(course, index)));
    }
    page
}

fn row(page: &mut String, texts: &[String]) {
    let texts: Vec<String> = texts.iter().map(|text| escape(text)).collect();
    let _ = writeln!(page, "| {} |", texts.join(" | "));
}

fn rule(page: &mut String, columns: usize) {
    let _ = writeln!(page, "| {} |", vec!["---"; columns].join(" | "));
}
