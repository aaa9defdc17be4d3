//! The history for a repository or a pull request.

use std::fmt::Write as _;

use super::rows::{LINE_COLUMNS, heading, line_row, place_columns, place_row, remark};
use crate::export::markdown::{escape, grid};
use crate::history::RunSeries;

/// The series as Markdown; of each the newest `places` places.
#[must_use]
pub fn history_markdown(all_series: &[RunSeries<'_>], places: usize) -> String {
    let mut page = "# History\n".to_owned();
    for series in all_series {
        let _ = write!(page, "\n## {}\n\n{}\n\n", escape(&heading(series)), escape(&remark(series)));
        let lines = series.lines.iter().map(|line| line_row(series, line));
        let columns = place_columns(series);
        let newest = (0..series.places.len()).rev().take(places).map(|index| place_row(series, index));
        let _ = writeln!(page, "{}", grid(&LINE_COLUMNS, LINE_COLUMNS.len(), lines));
        page.push_str(&grid(&columns, columns.len(), newest));
    }
    page
}
