//! What all importers share: the rows of a table, bounds of names and fields, what they make of it.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

use csv::{ByteRecord, StringRecord};

use super::error::ImportError;
use super::plain::delimiter;
use crate::input::InputFile;
use crate::model::Run;
use crate::model::bounds::{LONGEST_NAME, MOST_STRATEGIES};
use crate::rows::{LONGEST_FIELD, RowReader, not_a_row};

/// Faults of a table listed in one message.
const MOST_PROBLEMS: usize = 10;

/// A table that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// What it holds.
    pub run: Run,
    /// How its columns were understood, where that was guessed: a sentence.
    pub guess: Option<String>,
}

/// The name of a file without what stands behind its last dot.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

/// The rows of a table, one by one.
pub(super) struct TableRows<'a> {
    reader: RowReader<BufReader<InputFile>>,
    pub path: &'a Path,
    pub delimiter: u8,
}

impl<'a> TableRows<'a> {
    pub(super) fn of(file: InputFile, path: &'a Path) -> Result<Self, ImportError> {
        let mut input = BufReader::with_capacity(256 * 1024, file);
        let start = input.fill_buf().map_err(ImportError::io("read", path))?;
        if start.is_empty() {
            return Err(ImportError::content(
                path,
                "empty; a CSV with the columns strategy,requests,duration_s is wanted",
            ));
        }
        let delimiter = delimiter(start.split(|byte| *byte == b'\n').next().unwrap_or_default());
        Ok(Self { reader: RowReader::new(input, delimiter), path, delimiter })
    }

    /// The next row with its line, read into `row`; `None` behind the last.
    pub(super) fn next(&mut self, mut row: ByteRecord) -> Result<Option<(u64, StringRecord)>, ImportError> {
        let line = self.reader.position().line();
        let wrong = |problem| ImportError::content(self.path, format!("line {line}: {problem}"));
        match self.reader.next(&mut row) {
            Ok(false) => Ok(None),
            Ok(true) => match StringRecord::from_byte_record(row) {
                Ok(record) => match too_long(&record) {
                    Some(problem) => Err(wrong(problem)),
                    None => Ok(Some((line, record))),
                },
                Err(error) => Err(wrong(format!("not UTF-8 text: {error}"))),
            },
            Err(error) => Err(match not_a_row(error) {
                Ok(source) if source.kind() == ErrorKind::InvalidData => wrong(source.to_string()),
                Ok(source) => ImportError::io("read", self.path)(source),
                Err(problem) => wrong(problem),
            }),
        }
    }

    /// Hands every row to `take`, which says what is wrong with it; the first faults are reported together.
    pub(super) fn each(
        &mut self,
        row: StringRecord,
        mut take: impl FnMut(&StringRecord) -> Result<(), String>,
    ) -> Result<(), ImportError> {
        let (mut problems, mut row) = (Vec::new(), row);
        loop {
            let (line, record) = match self.next(row.into_byte_record()) {
                Ok(Some(next)) => next,
                Err(error) if problems.is_empty() => return Err(error),
                Ok(None) | Err(_) => break,
            };
            problems.extend(take(&record).err().map(|problem| format!("line {line}: {problem}")));
            row = record;
            if problems.len() == MOST_PROBLEMS {
                problems.push("later lines are not looked at".to_owned());
                break;
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(ImportError::content(self.path, problems.join("\n  "))) }
    }
}

/// Takes down a strategy's name, where there may be another one.
pub(super) fn new_name(names: &mut HashSet<String>, name: &str) -> Result<(), String> {
    if names.contains(name) {
        return Ok(());
    }
    if names.len() == MOST_STRATEGIES {
        return Err(format!("one more strategy than the {MOST_STRATEGIES} that a table may have"));
    }
    names.insert(name.to_owned());
    Ok(())
}

/// What is wrong with a row that has a field beyond the limit.
fn too_long(record: &StringRecord) -> Option<String> {
    let (field, place) = record.iter().zip(1..).find(|(field, _)| field.len() > LONGEST_FIELD)?;
    Some(format!("field {place} is {} bytes long; at most {LONGEST_FIELD}", field.len()))
}

/// Refuses a name that is too long.
pub(super) fn checked_length(name: &str, column: &str) -> Result<(), String> {
    let length = name.chars().count();
    if length > LONGEST_NAME {
        return Err(format!("column {column}: a name of {length} characters; at most {LONGEST_NAME}"));
    }
    Ok(())
}
