//! Tables that were measured elsewhere → [`Run`]. One with the columns `strategy,requests,duration_s` is read as raw.csv
//! is: its other columns count where they are there, unknown ones are passed over. Of any other table the columns are
//! guessed, or named on the command line. Fields are separated by commas, semicolons or tabs. Names, fields, rows and the
//! number of strategies are bounded, because such a file may come from anywhere.

mod columns;
mod error;
mod foreign;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod hyperfine;
mod measured;
mod plain;
mod table;
mod values;

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::Path;

use csv::{ByteRecord, StringRecord};

pub use columns::TableOptions;
pub use error::ImportError;
pub use measured::Imported;
use measured::{TableRows, checked_length, new_name, stem};
use plain::plain_table;
use table::{REQUIRED, Table, is_bare};
pub(crate) use table::{add_unknown, counts};
pub use values::TimeUnit;

use crate::input::{self, FileKind, InputFile};
use crate::model::{Facts, Run, SampleRow, SampleStatus};
use crate::rows::Header;

/// Reads a CSV. Its stem is part of the title. Rows of which only the required columns are known become durations, not
/// samples. Cost: linear; without quotes on all processors. Memory: the samples; 8 bytes for each
/// duration and 24 for each combination, twice while they are put together.
///
/// # Errors
/// When it cannot be read, lacks a column, or holds no row or one that makes no sense, naming line and column.
pub fn load_csv(path: &Path, options: &TableOptions) -> Result<Imported, ImportError> {
    read_csv(|| input::open(path, FileKind::Table).map_err(ImportError::io("open", path)), path, options)
}

/// The same of a file that is opened in another way; twice where it is no plain table.
pub(crate) fn read_csv<E>(
    open: impl Fn() -> Result<InputFile, E>,
    path: &Path,
    options: &TableOptions,
) -> Result<Imported, E>
where
    E: From<ImportError>,
{
    if let Some(imported) = json(open()?, path, options)? {
        return Ok(titled(imported, path));
    }
    let plain = if *options == TableOptions::default() { plain_table(open()?, path).ok().flatten() } else { None };
    let imported = match plain {
        Some(table) => Imported { run: table.run(Vec::new()), guess: None },
        // Row by row all faults are found.
        None => any_table(open()?, path, options)?,
    };
    if imported.run.counts.is_empty() {
        return Err(ImportError::content(path, "holds column names and no rows").into());
    }
    Ok(titled(imported, path))
}

fn titled(Imported { run, guess }: Imported, path: &Path) -> Imported {
    let title = format!("Duration by {}: {}", run.facts.varied.by(), stem(path));
    Imported { run: Run { facts: Facts { title, ..run.facts }, ..run }, guess }
}

/// What a program wrote as JSON; `None` where the file begins as no JSON object does.
fn json(file: InputFile, path: &Path, options: &TableOptions) -> Result<Option<Imported>, ImportError> {
    let mut input = BufReader::new(file);
    let start = input.fill_buf().map_err(ImportError::io("read", path))?;
    if start.trim_ascii_start().first() != Some(&b'{') {
        return Ok(None);
    }
    let imported = hyperfine::read(input, options, &stem(path));
    imported.map(Some).map_err(|problem| ImportError::content(path, problem))
}

/// Reads a table of any kind, row by row.
pub(crate) fn any_table(file: InputFile, path: &Path, options: &TableOptions) -> Result<Imported, ImportError> {
    let mut rows = TableRows::of(file, path)?;
    let (_, first_row) = rows.next(ByteRecord::new())?.unwrap_or_default();
    let header = Header::find::<SampleRow>(&first_row);
    if *options != TableOptions::default() || REQUIRED.iter().any(|name| header.position(name).is_none()) {
        return foreign::read(rows, &first_row, options);
    }
    let bare = is_bare(&header);
    let (mut samples, mut table, mut names) = (Vec::new(), Table::default(), HashSet::new());
    rows.each(first_row, |record| {
        let sample = sample(&header, record, samples.len())?;
        new_name(&mut names, &sample.strategy)?;
        match sample.duration_s.filter(|_| bare) {
            Some(duration) => table.add(&sample.strategy, sample.requests, duration),
            None => samples.push(sample),
        }
        Ok(())
    })?;
    Ok(Imported { run: table.run(samples), guess: None })
}

fn sample(header: &Header, record: &StringRecord, index: usize) -> Result<SampleRow, String> {
    let mut sample: SampleRow = header.read(record)?;
    checked_length(&sample.strategy, "strategy")?;
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
