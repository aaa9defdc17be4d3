//! Tables that other programs wrote, read by the columns that were found in them.

use std::collections::HashSet;

use csv::StringRecord;

use super::columns::{Columns, Headings, Lines, TableOptions};
use super::error::ImportError;
use super::measured::{Imported, TableRows, checked_length, new_name, stem};
use super::table::Table;
use super::values::{count, is_missing, time};
use crate::model::{Facts, Run, SampleRow, SampleStatus, Varied};

/// Why a sample without a duration failed, where no column says it.
const NO_DURATION: &str = "no duration";

/// Reads the rows behind `first_row`, which names the columns.
pub(super) fn read(
    mut rows: TableRows<'_>,
    first_row: &StringRecord,
    options: &TableOptions,
) -> Result<Imported, ImportError> {
    let decimal_comma = rows.delimiter != b',';
    let path = rows.path;
    let Some((line, second_row)) = rows.next(csv::ByteRecord::new())? else {
        return Err(ImportError::content(path, "holds column names and no rows"));
    };
    let headings: Vec<&str> = first_row.iter().map(|heading| heading.trim_start_matches('\u{feff}')).collect();
    let name = stem(path);
    let headings = Headings { headings, first_row: second_row.iter().collect(), decimal_comma, stem: &name };
    let columns = headings.columns(options).map_err(|problem| ImportError::content(path, problem))?;
    let guess = told(&columns, &headings);
    let headings = headings.headings.iter().map(|heading| heading.trim().to_owned()).collect();
    let mut foreign = Foreign {
        columns,
        headings,
        decimal_comma,
        table: Table::default(),
        failed: Vec::new(),
        names: HashSet::new(),
    };
    let first =
        foreign.take(&second_row).err().map(|problem| ImportError::content(path, format!("line {line}: {problem}")));
    let rest = rows.each(second_row, |record| foreign.take(record));
    if let Some(error) = first {
        return Err(match rest {
            Err(ImportError::Content { problem, .. }) => {
                ImportError::content(path, format!("{}\n  {problem}", problem_of(error)))
            }
            _ => error,
        });
    }
    rest?;
    let varied = match foreign.columns {
        Columns { counts_requests: true, .. } => Varied::Requests,
        Columns { x: (_, name), .. } => Varied::Named(name),
    };
    let run = foreign.table.run(foreign.failed);
    Ok(Imported { run: Run { facts: Facts { varied, ..run.facts }, ..run }, guess: Some(guess) })
}

fn problem_of(error: ImportError) -> String {
    match error {
        ImportError::Content { problem, .. } => problem,
        ImportError::Io { .. } => error.to_string(),
    }
}

/// How the columns were understood.
fn told(columns: &Columns, headings: &Headings<'_>) -> String {
    let (x, name) = &columns.x;
    let own = if headings.headings[*x].trim().is_empty() {
        "the column without a name".to_owned()
    } else {
        format!("{name:?}")
    };
    let lines = match &columns.lines {
        Lines::Column(_, name) => format!("a line for each {name:?}"),
        Lines::Columns(names) if names.len() == 1 => "a single line".to_owned(),
        Lines::Columns(names) => format!("a line for each of {} columns", names.len()),
    };
    let (index, unit) = columns.y[0];
    let y = match columns.y.len() {
        1 => format!("{:?} as durations in {unit}", headings.headings[index].trim()),
        _ if columns.y.iter().all(|(_, other)| *other == unit) => format!("durations in {unit}"),
        _ => "durations in the units that they name".to_owned(),
    };
    format!("reading {own} as the x axis, {y}, {lines}; --x, --y, --series and --unit say otherwise")
}

/// A table that is being read.
struct Foreign {
    columns: Columns,
    headings: Vec<String>,
    decimal_comma: bool,
    table: Table,
    failed: Vec<SampleRow>,
    names: HashSet<String>,
}

impl Foreign {
    fn take(&mut self, record: &StringRecord) -> Result<(), String> {
        let field = |index: usize| record.get(index).unwrap_or_default();
        let (x, name) = &self.columns.x;
        let requests = count(field(*x), self.decimal_comma).map_err(|problem| format!("column {name}: {problem}"))?;
        for (place, (index, unit)) in self.columns.y.iter().enumerate() {
            let duration = time(field(*index), *unit, self.decimal_comma)
                .map_err(|problem| format!("column {}: {problem}", self.headings[*index]))?;
            let strategy = match &self.columns.lines {
                Lines::Column(column, _) => field(*column).trim(),
                Lines::Columns(names) => names[place].as_str(),
            };
            if let Lines::Column(_, name) = &self.columns.lines {
                if strategy.is_empty() {
                    return Err(format!("column {name} is empty"));
                }
                checked_length(strategy, name)?;
            }
            new_name(&mut self.names, strategy)?;
            match duration {
                Some(duration) => self.table.add(strategy, requests, duration),
                // In a column of its own, a line may simply not have been measured there.
                None if self.columns.y.len() > 1 => {}
                None => {
                    let error = self.columns.error.map(field).filter(|error| !is_missing(error));
                    self.failed.push(SampleRow {
                        strategy: strategy.to_owned(),
                        requests,
                        repeat: 1,
                        sequence: u32::try_from(self.failed.len() + 1).unwrap_or(u32::MAX),
                        status: SampleStatus::Failed,
                        error: error.unwrap_or(NO_DURATION).to_owned(),
                        ..SampleRow::default()
                    });
                }
            }
        }
        Ok(())
    }
}
