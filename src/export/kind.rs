//! What an export is: a kind of file in the run directory.

use std::borrow::Cow;
use std::io::{self, Write};

use thiserror::Error;

use crate::export::pictures::Pictures;
use crate::format::visible;
use crate::report::Report;

/// A kind of file in the run directory: static, listed in [`EXPORTS`](super::EXPORTS).
pub trait Export: Sync {
    /// Its name in the run directory.
    fn file_name(&self) -> &'static str;

    /// Whether programs read it, by the rules of its own format: names stand in it letter by letter.
    fn is_data(&self) -> bool {
        false
    }

    /// Writes the whole file. The same report and pictures give the same bytes.
    ///
    /// # Errors
    /// When the writer fails; what it took until then is no complete file.
    fn write(&self, report: &Report<'_>, pictures: &Pictures<'_>, to: &mut dyn Write) -> Result<(), ExportError>;
}

/// The bytes of a file. In one for people, hidden characters are escapes, whatever its export writes.
///
/// # Errors
/// When the export fails.
pub fn bytes(export: &dyn Export, report: &Report<'_>, pictures: &Pictures<'_>) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    export.write(report, pictures, &mut bytes)?;
    if export.is_data() {
        return Ok(bytes);
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| ExportError { file: export.file_name(), source: io::Error::other(error) })?;
    Ok(match visible(&text) {
        Cow::Borrowed(_) => text.into_bytes(),
        Cow::Owned(shown) => shown.into_bytes(),
    })
}

/// The file that programs read.
pub const SUMMARY_JSON: &str = "summary.json";

/// Why a file could not be written.
#[derive(Debug, Error)]
#[error("cannot write {file}")]
pub struct ExportError {
    /// The export's file name; the caller knows the folder.
    pub file: &'static str,
    /// What the writer said.
    pub source: io::Error,
}
