//! What an export is: a kind of file in the run directory.

use std::io::{self, Write};

use thiserror::Error;

use crate::export::pictures::Pictures;
use crate::report::Report;

/// A kind of file in the run directory: static, listed in [`EXPORTS`](super::EXPORTS).
pub trait Export: Sync {
    /// Its name in the run directory.
    fn file_name(&self) -> &'static str;

    /// Writes the whole file. The same report and pictures give the same bytes.
    ///
    /// # Errors
    /// When the writer fails; what it took until then is no complete file.
    fn write(&self, report: &Report<'_>, pictures: &Pictures<'_>, to: &mut dyn Write) -> Result<(), ExportError>;
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
