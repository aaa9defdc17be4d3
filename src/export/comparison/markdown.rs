//! comparison.md: for a repository or a pull request. Whatever a user named comes out as text.

use std::fmt::Write as _;

use super::rows::{CELL_COLUMNS, VERDICT_COLUMNS, cell_row, method, verdict_row};
use crate::comparison::Comparison;
use crate::export::markdown::{CHARTS, escape, image};
use crate::export::pictures::Pictures;

/// The comparison as Markdown; with `pictures` it links to the files beside it.
#[must_use]
pub fn comparison_markdown(compared: &Comparison<'_>, pictures: Option<&Pictures<'_>>) -> String {
    let names = format!("{} against {}", escape(&compared.new.name), escape(&compared.base.name));
    let mut page = format!("# Comparison: {names}\n\n{}\n", escape(&compared.headline()));
    if !compared.differences.is_empty() {
        page.push_str("\n## What differs\n\n");
        for difference in &compared.differences {
            let _ = writeln!(page, "- **{}**: {}", difference.grade.as_str(), escape(&difference.text));
        }
    }
    if compared.lines.is_empty() {
        return page;
    }
    page.push_str("\n## Verdicts\n\n");
    table(&mut page, &VERDICT_COLUMNS, compared.lines.iter().map(|line| verdict_row(compared, line)));
    charts(&mut page, pictures);
    page.push_str("\n## Cells\n\n");
    let cells = compared.lines.iter().flat_map(|line| line.cells.iter().map(|cell| cell_row(line, cell)));
    table(&mut page, &CELL_COLUMNS, cells);
    let _ = writeln!(page, "\n## Method\n\n{}", method(compared).join(" "));
    page
}

fn charts(page: &mut String, pictures: Option<&Pictures<'_>>) {
    let Some(pictures) = pictures else { return };
    let Some(format) = pictures.format() else { return };
    page.push_str("\n## Charts\n");
    for picture in &pictures.drawn {
        let _ = write!(page, "\n{}\n", image(picture.figure, pictures.themes, format, CHARTS));
    }
}

fn table<const COLUMNS: usize>(
    page: &mut String,
    header: &[&str; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
) {
    let rule = vec!["---"; COLUMNS].join(" | ");
    let _ = writeln!(page, "| {} |\n| {rule} |", header.join(" | "));
    for row in rows {
        let _ = writeln!(page, "| {} |", row.map(|text| escape(&text)).join(" | "));
    }
}
