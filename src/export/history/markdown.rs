//! The history for a repository or a pull request.

use std::fmt::Write as _;

use super::rows::{LINE_COLUMNS, heading, line_row, place_columns, place_row, remark};
use crate::export::markdown::{escape, grid};
use crate::history::RunSeries;

/// The courses as Markdown; of each the newest `places` places.
#[must_use]
pub fn history_markdown(courses: &[RunSeries<'_>], places: usize) -> String {
    let mut page = "# History\n".to_owned();
    for course in courses {
        let _ = write!(page, "\n## {}\n\n{}\n\n", escape(&heading(course)), escape(&remark(course)));
        let lines = course.lines.iter().map(|line| line_row(course, line));
        let columns = place_columns(course);
        let newest = (0..course.places.len()).rev().take(places).map(|index| place_row(course, index));
        let _ = writeln!(page, "{}", grid(&LINE_COLUMNS, LINE_COLUMNS.len(), lines));
        page.push_str(&grid(&columns, columns.len(), newest));
    }
    page
}
