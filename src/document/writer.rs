//! What a writer is: one format, for every kind of document.

use thiserror::Error;

use super::pictures::Pictures;
use super::source::DocumentSource;

/// A format: static, listed in [`WRITERS`](super::WRITERS).
pub trait Writer: Sync {
    /// How its files end, without the dot.
    fn extension(&self) -> &'static str;

    /// Whether programs read it, by the rules of its own format: names stand in it letter by letter. In all others
    /// hidden characters are escapes.
    fn is_data(&self) -> bool {
        false
    }

    /// The name of its file about such a source; `None` where there is none.
    fn file_name(&self, source: &DocumentSource<'_>) -> Option<String> {
        Some(format!("{}.{}", source.stem(self.is_data()), self.extension()))
    }

    /// The whole file. The same source and pictures give the same bytes.
    ///
    /// # Errors
    /// When the format cannot hold it, which is a fault of the program.
    fn bytes(&self, source: &DocumentSource<'_>, pictures: &Pictures<'_>) -> Result<Vec<u8>, DocumentError>;
}

/// Why a document could not be written: a fault of the program.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// The page's template.
    #[error("cannot fill the page's template")]
    Template(#[from] minijinja::Error),
    /// A number or text beyond JSON.
    #[error("cannot write JSON")]
    Json(#[from] serde_json::Error),
    /// A row that is no row.
    #[error("cannot write CSV")]
    Csv(#[from] csv::Error),
}
