//! A document for a terminal: headings, lists and tables as plain lines. Figures, and what is folded away, are left out.
//! The only user of comfy-table.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::model::{Block, Document, Item};
use super::pictures::Pictures;
use super::source::DocumentSource;
use super::table::{DataTable, NAME, TableColumn};
use super::writer::Writer;
use crate::format::shown;

/// What stands where nothing was measured.
const MISSING: &str = "–";
/// Most characters of a text outside of tables.
const LINE: usize = 2_000;

/// The format for terminals.
pub(super) struct PlainText;

impl Writer for PlainText {
    fn extension(&self) -> &'static str {
        "txt"
    }

    fn file_name(&self, _: &DocumentSource<'_>) -> Option<String> {
        None
    }

    fn write(&self, source: &DocumentSource<'_>, pictures: &Pictures<'_>, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(text(&source.document(pictures)).as_bytes())
    }
}

fn text(document: &Document<'_>) -> String {
    let head = [&document.title, &document.answer, &document.lead].into_iter().filter(|text| !text.is_empty());
    let head = head.map(|text| line(text));
    let sections = document.sections.iter().map(|section| {
        let blocks: String = section.blocks.iter().map(block).collect();
        if blocks.is_empty() || section.title.is_empty() { blocks } else { format!("{}{blocks}", line(&section.title)) }
    });
    head.chain(sections).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn line(text: &str) -> String {
    format!("{}\n", shown(text, LINE))
}

fn block(block: &Block<'_>) -> String {
    match block {
        Block::Paragraph(text) | Block::Note(text) | Block::Code { text, .. } => line(text),
        Block::List(items) => items.iter().map(item).collect(),
        Block::Heading(title) => line(title),
        Block::Facts(facts) => facts.iter().map(|(name, text)| line(&format!("{name}: {text}"))).collect(),
        Block::Table(rows) => format!("\n{}", table(rows)),
        Block::Switches(_) | Block::Figure(_) | Block::Fold(_) => String::new(),
    }
}

fn item(item: &Item) -> String {
    line(&item.sentence())
}

/// A table as lines: columns aligned, numbers to the right, no rules.
#[must_use]
pub fn table(rows: &DataTable) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(rows.columns.iter().map(heading));
    for row in &rows.rows {
        let texts = rows.columns.iter().zip(&row.cells).map(|(column, cell)| match cell.text.as_str() {
            "" if !column.is_text => MISSING.to_owned(),
            text => shown(text, column.width),
        });
        table.add_row(texts);
    }
    for (shape, column) in table.column_iter_mut().zip(&rows.columns) {
        shape.set_padding((0, 2));
        if !column.is_text {
            shape.set_cell_alignment(CellAlignment::Right);
        }
    }
    // All characters of a terminal are of one width.
    let plain = |line: String| line.replace(['\u{2007}', '\u{2008}'], " ");
    let mut text: String = table.lines().map(|line| format!("{}\n", plain(line).trim_end())).collect();
    if let Some(omitted) = &rows.omitted {
        let file = if omitted.file.is_empty() { String::new() } else { format!(": {}", omitted.file) };
        text.push_str(&line(&format!("{}{file}", omitted.text)));
    }
    text
}

/// Headings are words of ours in lower case, and names as they are.
fn heading(column: &TableColumn) -> String {
    let heading = shown(&column.heading, NAME);
    let mut characters = heading.chars();
    match (characters.next(), characters.next()) {
        (Some(first), Some(second)) if column.strategy_index.is_none() && !second.is_uppercase() => {
            first.to_lowercase().chain(heading.chars().skip(1)).collect()
        }
        _ => heading,
    }
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::document::{DataTable, TableColumn};
    use crate::model::figure::Unit;

    #[test]
    fn numbers_stand_to_the_right_and_words_to_the_left() {
        let columns = vec![TableColumn::name("Name"), TableColumn::number("n", Unit::Count)];
        let mut rows = DataTable::new("T", columns);
        rows.row(["a".into(), 1_u32.into()]);
        rows.row(["long".into(), 100_u32.into()]);
        assert_eq!(table(&rows), "name    n\na       1\nlong  100\n");
    }

    #[test]
    fn what_is_missing_is_a_dash_among_numbers_and_nothing_among_words() {
        let strategy = TableColumn::number("Own name", Unit::Seconds).of(0);
        let columns = vec![TableColumn::name("CPU"), strategy, TableColumn::text("Remark").at_most(3)];
        let mut rows = DataTable::new("T", columns);
        rows.row(["a".into(), None.into(), "".into()]);
        rows.row(["b".into(), Some(1.0).into(), "long".into()]);
        assert_eq!(table(&rows), "CPU  Own name  remark\na           –\nb      1.00 s  lo…\n");
    }
}
