//! The series of an archive → text of one file each: a page that indexes the archive, Markdown, and JSON. Computes
//! nothing.

mod html;
mod json;
mod markdown;
mod rows;

pub use html::history_html;
pub use json::history_json;
pub use markdown::history_markdown;
pub use rows::{heading, line_row, place_row, remark};
