//! Tables that were measured elsewhere → [`Run`]: any CSV with at least `strategy,requests,duration_s`. Other columns of
//! raw.csv are read where they are there; unknown ones are passed over. Fields are separated by commas or tabs. Names,
//! fields, rows and the number of strategies are bounded, because such a file may come from anywhere.

mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod plain;
mod table;

use std::collections::HashSet;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

use csv::{ByteRecord, StringRecord};

pub use error::ImportError;
use plain::{delimiter, plain_table};
use table::{REQUIRED, Table, is_bare};
pub(crate) use table::{add_unknown, counts};

use crate::input::{self, FileKind, InputFile};
use crate::model::bounds::{LONGEST_NAME, MOST_STRATEGIES};
use crate::model::{Facts, Run, SampleRow, SampleStatus};
use crate::rows::{Header, LONGEST_FIELD, RowReader, not_a_row};

/// Faults of a table listed in one message.
const MOST_PROBLEMS: usize = 10;

/// Reads a CSV. Its stem is part of the title. Rows of which only the required columns are known become durations, not
/// samples. Cost: linear; without quotes on all processors. Memory: the samples; 8 bytes for each duration.
///
/// # Errors
/// When it cannot be read, lacks a column, or holds no row or one that makes no sense, naming line and column.
pub fn load_csv(path: &Path) -> Result<Run, ImportError> {
    read_csv(|| input::open(path, FileKind::Table).map_err(ImportError::io("open", path)), path)
}

/// The same of a file that is opened in another way; twice where it is no plain table.
pub(crate) fn read_csv<E>(open: impl Fn() -> Result<InputFile, E>, path: &Path) -> Result<Run, E>
where
    E: From<ImportError>,
{
    let run = match plain_table(open()?, path) {
        Ok(Some(table)) => table.run(Vec::new()),
        // Row by row all faults are found.
        Ok(None) | Err(_) => any_table(open()?, path)?,
    };
    if run.counts.is_empty() {
        return Err(ImportError::content(path, "holds column names and no rows").into());
    }
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let title = format!("Duration by request count: {stem}");
    Ok(Run { facts: Facts { title, ..Facts::default() }, ..run })
}

/// Reads a table of any kind, row by row.
pub(crate) fn any_table(file: InputFile, path: &Path) -> Result<Run, ImportError> {
    let mut input = BufReader::with_capacity(256 * 1024, file);
    let start = input.fill_buf().map_err(ImportError::io("read", path))?;
    if start.is_empty() {
        return Err(ImportError::content(path, "empty; a CSV with the columns strategy,requests,duration_s is wanted"));
    }
    let delimiter = delimiter(start.split(|byte| *byte == b'\n').next().unwrap_or_default());
    let mut reader = RowReader::new(input, delimiter);
    let mut next = |mut row: ByteRecord| {
        let line = reader.position().line();
        let wrong = |problem| ImportError::content(path, format!("line {line}: {problem}"));
        match reader.next(&mut row) {
            Ok(false) => Ok(None),
            Ok(true) => match StringRecord::from_byte_record(row) {
                Ok(record) => Ok(Some((line, record))),
                Err(error) => Err(wrong(format!("not UTF-8 text: {error}"))),
            },
            Err(error) => Err(match not_a_row(error) {
                Ok(source) if source.kind() == ErrorKind::InvalidData => wrong(source.to_string()),
                Ok(source) => ImportError::io("read", path)(source),
                Err(problem) => wrong(problem),
            }),
        }
    };
    let (_, first_row) = next(ByteRecord::new())?.unwrap_or_default();
    let header = header(path, &first_row)?;
    let bare = is_bare(&header);
    let (mut samples, mut table, mut names, mut row) = (Vec::new(), Table::default(), HashSet::new(), first_row);
    let mut problems = Vec::new();
    loop {
        let (line, record) = match next(row.into_byte_record()) {
            Ok(Some(next)) => next,
            Err(error) if problems.is_empty() => return Err(error),
            Ok(None) | Err(_) => break,
        };
        let sample = sample(&header, &record, samples.len())
            .and_then(|sample| new_name(&mut names, &sample.strategy).map(|()| sample));
        row = record;
        match sample {
            Ok(sample) => match sample.duration_s.filter(|_| bare) {
                Some(duration) => table.add(&sample.strategy, sample.requests, &[duration]),
                None => samples.push(sample),
            },
            Err(problem) => problems.push(format!("line {line}: {problem}")),
        }
        if problems.len() == MOST_PROBLEMS {
            problems.push("later lines are not looked at".to_owned());
            break;
        }
    }
    if problems.is_empty() { Ok(table.run(samples)) } else { Err(ImportError::content(path, problems.join("\n  "))) }
}

/// Takes down a strategy's name, where there may be another one.
fn new_name(names: &mut HashSet<String>, name: &str) -> Result<(), String> {
    if names.contains(name) {
        return Ok(());
    }
    if names.len() == MOST_STRATEGIES {
        return Err(format!("one more strategy than the {MOST_STRATEGIES} that a table may have"));
    }
    names.insert(name.to_owned());
    Ok(())
}

fn header(path: &Path, first_row: &StringRecord) -> Result<Header, ImportError> {
    let header = Header::find::<SampleRow>(first_row);
    let missing = header.missing(usize::MAX).filter(|name| REQUIRED.contains(name)).collect::<Vec<_>>().join(", ");
    if missing.is_empty() {
        return Ok(header);
    }
    let found: Vec<&str> = first_row.iter().take(12).collect();
    let problem = format!(
        "the first row lacks {}; it must name at least strategy,requests,duration_s, and names {}",
        missing,
        if found.is_empty() { "nothing".to_owned() } else { found.join(",") }
    );
    Err(ImportError::content(path, problem))
}

fn sample(header: &Header, record: &StringRecord, index: usize) -> Result<SampleRow, String> {
    if let Some((field, place)) = record.iter().zip(1..).find(|(field, _)| field.len() > LONGEST_FIELD) {
        return Err(format!("field {place} is {} bytes long; at most {LONGEST_FIELD}", field.len()));
    }
    let mut sample: SampleRow = header.read(record)?;
    let length = sample.strategy.chars().count();
    if length > LONGEST_NAME {
        return Err(format!("column strategy: a name of {length} characters; at most {LONGEST_NAME}"));
    }
    if sample.duration_s.is_none() && sample.status == SampleStatus::Ok {
        return Err("column duration_s is empty".to_owned());
    }
    if sample.sequence == 0 {
        sample.sequence = u32::try_from(index + 1).unwrap_or(u32::MAX);
    }
    Ok(sample)
}

#[cfg(test)]
mod tests;
