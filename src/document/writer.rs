//! What a writer is: one format, for every kind of document.

use std::io::{self, Write};

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

    /// Writes the whole file. The same source and pictures give the same bytes. Data is written piece by piece, documents
    /// are bounded.
    ///
    /// # Errors
    /// When it cannot be written; an error of another kind than the system's is a fault of the program.
    fn write(&self, source: &DocumentSource<'_>, pictures: &Pictures<'_>, to: &mut dyn Write) -> io::Result<()>;

    /// The whole file in memory.
    ///
    /// # Errors
    /// When the format cannot hold it, which is a fault of the program.
    fn bytes(&self, source: &DocumentSource<'_>, pictures: &Pictures<'_>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.write(source, pictures, &mut bytes)?;
        Ok(bytes)
    }
}
