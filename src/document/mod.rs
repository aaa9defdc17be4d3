//! Numbers → documents: report, comparison and history become one kind of document, and each format has one writer for
//! all of them. All sentences about runs are written here. Nothing here computes a statistic or opens a file. A new
//! format is a file here and its entry in [`WRITERS`]; a new kind of document is a function that builds it.

mod answer;
mod caveats;
mod checks;
mod comparison;
mod comparison_json;
mod csv;
mod findings;
mod fragment;
mod history;
mod history_json;
mod html;
mod job_summary;
mod json;
#[cfg(test)]
mod load_test;
mod markdown;
mod markers;
mod mermaid;
mod method;
mod model;
mod naming;
mod numbers;
mod pictures;
mod report;
mod screen;
mod source;
mod statistics;
mod stream;
mod summary_json;
mod summary_row;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod writer;

pub use answer::answer;
pub use caveats::caveats;
pub use checks::check_sentence;
pub use comparison::headline;
pub use fragment::{Fragment, fragment};
pub use history::Archived;
pub use job_summary::job_summary;
pub use markers::{MarkedPlace, MarkerFault, fill, places};
pub use model::{Block, Document, DocumentSection, FigureBlock, Fold, Item, Tone};
pub use pictures::{Picture, Pictures};
pub use screen::{checks_summary, summary};
pub use source::DocumentSource;
pub use table::{DataTable, OmittedRows, TableCell, TableColumn, TableRow, TableValue};
pub use text::table;
pub use writer::Writer;

/// Every format, in the order written.
pub const WRITERS: &[&dyn Writer] = &[&csv::Csv, &json::Json, &markdown::Markdown, &html::Html, &text::PlainText];

/// The format for spreadsheets.
pub const CSV: &dyn Writer = WRITERS[0];
/// The format for programs.
pub const JSON: &dyn Writer = WRITERS[1];
/// The format for repositories.
pub const MARKDOWN: &dyn Writer = WRITERS[2];
/// The format for browsers.
pub const HTML: &dyn Writer = WRITERS[3];
/// The format for terminals.
pub const TEXT: &dyn Writer = WRITERS[4];
