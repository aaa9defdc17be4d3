//! Rows of a journal, one by one, up to the first that is torn. A journal grows by whole pieces, so that only its last
//! row can be torn: it has no line end, or it ends within quotes.

use std::io::{self, Read};
use std::path::Path;

use csv::{ByteRecord, StringRecord};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::ArchiveError;
use crate::model::{RequestRow, SampleRow};
use crate::rows::{Header, RowReader, not_a_row};

/// How much of a journal is valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ValidPrefix {
    /// Bytes up to the end of the last row that is whole and wanted.
    pub(super) length: u64,
    /// Columns of its first row; 0 where not even that one is whole.
    pub(super) width: usize,
    /// Rows that are whole and wanted, the first one included.
    pub(super) rows: u64,
}

/// Why rows cannot be read.
pub(super) enum Fault {
    /// The reader.
    Io(io::Error),
    /// What is there, and where.
    Content(String),
}

impl Fault {
    /// The error about a file.
    pub(super) fn of(self, path: &Path) -> ArchiveError {
        match self {
            Self::Io(source) => ArchiveError::io("read", path)(source),
            Self::Content(problem) => ArchiveError::content(path, problem),
        }
    }
}

/// A row of a journal.
pub(super) trait JournalRow: Default + Serialize + DeserializeOwned {
    /// How many of its columns every journal has; the others were added later.
    const REQUIRED: usize;
}

/// The columns of schema 1.
impl JournalRow for SampleRow {
    const REQUIRED: usize = 25;
}

impl JournalRow for RequestRow {
    const REQUIRED: usize = 10;
}

/// Reads rows of `input`, which goes on where `valid` ends, until it ends, a row is torn, or `each` says that it wants
/// no more. The first row of all names the columns: it becomes `columns`.
pub(super) fn rows<T: JournalRow>(
    input: impl Read,
    columns: &mut Option<Header>,
    mut valid: ValidPrefix,
    mut each: impl FnMut(T) -> bool,
) -> Result<ValidPrefix, Fault> {
    let start = valid;
    let mut reader = RowReader::new(input, b',');
    let mut bytes = ByteRecord::new();
    while reader.next(&mut bytes).map_err(|error| not_a_row(error).map_or_else(Fault::Content, Fault::Io))? {
        let wanted = if columns.is_some() { valid.width } else { T::REQUIRED };
        let short = bytes.len() < wanted;
        if reader.has_ended() && (short || !reader.ends_a_line()) {
            return Ok(valid);
        }
        let row = start.rows + reader.position().record();
        let content = |problem: String| Fault::Content(format!("row {row}: {problem}"));
        // Only now: a torn row may end within a character.
        let record =
            StringRecord::from_byte_record(bytes).map_err(|error| content(format!("not UTF-8 text: {error}")))?;
        if short && columns.is_some() {
            return Err(content(format!("{} fields instead of {wanted}", record.len())));
        }
        match columns {
            None => {
                let header = Header::find::<T>(&record);
                let missing: Vec<&str> = header.missing(T::REQUIRED).collect();
                if !missing.is_empty() {
                    return Err(content(format!("the first row lacks the columns {missing:?}")));
                }
                (*columns, valid.width) = (Some(header), record.len());
            }
            Some(header) if !each(header.read(&record).map_err(content)?) => return Ok(valid),
            Some(_) => {}
        }
        valid.length = start.length + reader.position().byte();
        valid.rows += 1;
        bytes = record.into_byte_record();
    }
    Ok(valid)
}
