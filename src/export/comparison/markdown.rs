//! comparison.md: for a repository or a pull request. Whatever a user named comes out as text.

use std::fmt::Write as _;

use super::rows::{CELL_COLUMNS, VERDICT_COLUMNS, cell_row, method, verdict_row};
use crate::comparison::Comparison;
use crate::export::markdown::{CHARTS, escape, grid, image};
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
    let verdicts = compared.lines.iter().map(|line| verdict_row(compared, line));
    let _ = write!(page, "\n## Verdicts\n\n{}", grid(&VERDICT_COLUMNS, VERDICT_COLUMNS.len(), verdicts));
    charts(&mut page, pictures);
    let cells = compared.lines.iter().flat_map(|line| line.cells.iter().map(|cell| cell_row(line, cell)));
    let _ = write!(page, "\n## Cells\n\n{}", grid(&CELL_COLUMNS, CELL_COLUMNS.len(), cells));
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
