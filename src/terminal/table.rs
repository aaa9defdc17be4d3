//! Tables for people: columns aligned, numbers to the right, no lines.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::model::figure::Unit;

/// Rows under a header. Columns whose cells all start like a number or are a dash stand to the right.
#[must_use]
pub fn columns(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(header);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if rows.iter().all(|row| row.get(index).is_some_and(|cell| is_numeric(cell))) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.add_rows(rows);
    let mut text: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if text.is_empty() {
        text.push('\n');
    }
    text
}

/// What stands where nobody measured.
pub(super) fn dash() -> String {
    "–".to_owned()
}

/// A text, or a dash in place of none.
pub(super) fn or_dash(text: String) -> String {
    if text.is_empty() { dash() } else { text }
}

/// A duration, or a dash.
pub(super) fn seconds(value: Option<f64>) -> String {
    value.map_or_else(dash, |seconds| Unit::Seconds.text(seconds))
}

fn is_numeric(cell: &str) -> bool {
    let first = cell.trim_start_matches(['-', '−', '+', '(', '<', '▲', '▼', ' ']).chars().next();
    first.is_none_or(|first| first.is_ascii_digit() || first == '–') || cell == "unknown"
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn numbers_stand_to_the_right_and_words_to_the_left() {
        let rows = [vec!["a".to_owned(), "1".to_owned()], vec!["long".to_owned(), "100".to_owned()]];
        assert_eq!(columns(&["name", "n"], rows), "name    n\na       1\nlong  100\n");
    }
}
