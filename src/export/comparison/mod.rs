//! A comparison → text of one file each: for people in a browser, for a pull request, for programs. Computes nothing.

mod html;
mod json;
mod markdown;
mod rows;

pub use html::comparison_html;
pub use json::comparison_json;
pub use markdown::comparison_markdown;
pub use rows::{cell_row, verdict_row};
