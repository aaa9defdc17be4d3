//! Tables of nothing but the required columns, without quotes: read in chunks, on all processors, by hand. A row of csv
//! and serde takes twice as long: 0.25 s against 0.15 s for a million rows on one core.

use std::collections::HashMap;
use std::path::Path;

use super::error::ImportError;
use super::table::{REQUIRED, Table, is_bare};
use crate::input::InputFile;
use crate::model::bounds::{LONGEST_NAME, MOST_STRATEGIES};
use crate::model::{Durations, Nanos, SampleRow};
use crate::rows::{Chunks, Header, LONGEST_FIELD, number, read_lines};

/// Reads a table that knows nothing but the required columns and quotes nothing; `None` for any other, and for one in
/// which something is wrong.
pub(crate) fn plain_table(file: InputFile, path: &Path) -> Result<Option<Table>, ImportError> {
    let (mut chunks, mut table, mut columns) = (Chunks::new(file), Table::default(), None);
    loop {
        let mut chunk = chunks.next().map_err(ImportError::io("read", path))?;
        let last = chunk.is_empty();
        if last {
            chunk = chunks.rest();
        }
        let mut lines = chunk.as_slice();
        if columns.is_none() {
            let end = lines.iter().position(|byte| *byte == b'\n').unwrap_or(lines.len());
            let Some(found) = PlainColumns::of(&lines[..end]) else { return Ok(None) };
            (columns, lines) = (Some(found), &lines[end..]);
        }
        let Some(parts) = columns.as_ref().and_then(|columns| read_lines(lines, |lines| columns.part(lines))) else {
            return Ok(None);
        };
        for (names, durations) in parts {
            table.add_part(&names, durations);
        }
        if table.strategies() > MOST_STRATEGIES {
            return Ok(None);
        }
        if last {
            return Ok(Some(table));
        }
    }
}

/// What separates fields: what the first line has most of outside quotes; commas where there is nothing else.
pub(super) fn delimiter(first_line: &[u8]) -> u8 {
    let unquoted = || first_line.split(|byte| *byte == b'"').step_by(2).flatten();
    let number_of = |delimiter: u8| unquoted().filter(|byte| **byte == delimiter).count();
    // Of equal numbers the last one counts.
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| number_of(*delimiter)).unwrap_or(b',')
}

/// Where the required columns stand.
struct PlainColumns {
    delimiter: u8,
    positions: [usize; 3],
}

/// Names in order of appearance, and their durations.
type NamedDurations = (Vec<String>, Durations);

impl PlainColumns {
    /// `None` where the first line names other columns of ours too, or not all that are required, or quotes.
    fn of(first_line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(first_line).ok().filter(|text| !text.contains(['"', '\r']))?;
        let delimiter = delimiter(first_line);
        let header = Header::find::<SampleRow>(text.split(char::from(delimiter)));
        let [Some(strategy), Some(requests), Some(duration)] = REQUIRED.map(|name| header.position(name)) else {
            return None;
        };
        is_bare(&header).then_some(Self { delimiter, positions: [strategy, requests, duration] })
    }

    /// Reads lines; `None` where one is wrong.
    fn part(&self, lines: &mut dyn Iterator<Item = &[u8]>) -> Option<NamedDurations> {
        let mut indices: HashMap<&[u8], usize> = HashMap::new();
        let (mut names, mut rows) = (Vec::new(), Vec::new());
        // Most rows are of the strategy of the row before.
        let mut last: (&[u8], usize) = (b"", 0);
        for line in lines {
            let [name, requests, duration] = self.fields(line)?;
            let requests = u32::try_from(number(requests)?).ok().filter(|requests| *requests > 0)?;
            let duration = Nanos::parse_seconds(std::str::from_utf8(duration).ok()?)?;
            if name.is_empty() || name.len() > LONGEST_NAME || line.len() > LONGEST_FIELD {
                return None;
            }
            if name != last.0 {
                let index = *indices.entry(name).or_insert(names.len());
                if index == names.len() {
                    names.push(String::from_utf8(name.to_vec()).ok()?);
                }
                last = (name, index);
            }
            rows.push(((last.1, requests), duration));
        }
        Some((names, Durations::of_rows(rows)))
    }

    fn fields<'a>(&self, line: &'a [u8]) -> Option<[&'a [u8]; 3]> {
        let mut found = [None; 3];
        for (index, field) in line.split(|byte| *byte == self.delimiter).enumerate() {
            for (place, position) in found.iter_mut().zip(self.positions) {
                if position == index {
                    *place = Some(field);
                }
            }
        }
        let [Some(name), Some(requests), Some(duration)] = found else { return None };
        Some([name, requests, duration])
    }
}
