//! Samples and requests as rows of CSV. Each row is one struct of `model`, whose fields are the columns: serde tells their
//! names and order, writes them and reads them again. Missing is an empty field.

mod chunks;
mod reader;
mod record;
#[cfg(test)]
pub(crate) mod testkit;

use std::io::{self, Write};

use csv::WriterBuilder;

pub(crate) use chunks::{Chunks, number, read_lines};
pub(crate) use reader::{RowReader, not_a_row};
pub(crate) use record::{Header, first_row};

use crate::model::{FailureKind, Outcome, SampleRow};

/// The longest field of a table that comes from elsewhere, in bytes.
pub(crate) const LONGEST_FIELD: usize = 64 << 10;

/// The row of a sample, cut after its first `width` columns: a file of an older schema has no more.
pub(crate) fn sample_row(row: &SampleRow, width: usize) -> csv::Result<Vec<u8>> {
    let written = |writer: csv::Writer<Vec<u8>>| writer.into_inner().map_err(|error| error.into_error().into());
    let new_writer = || WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    let mut writer = new_writer();
    writer.serialize(row)?;
    let all: Vec<u8> = written(writer)?;
    let mut record = csv::ByteRecord::new();
    RowReader::new(&all[..], b',').next(&mut record)?;
    if width >= record.len() {
        return Ok(all);
    }
    record.truncate(width);
    let mut writer = new_writer();
    writer.write_byte_record(&record)?;
    written(writer)
}

/// Writes the requests of a sample as rows. What all of them begin with is made once, and the rest by hand: serde takes
/// 0.39 s for a million rows and this 0.24 s, on the way of a journal that docs/volume.md promises in 0.31 s.
pub(crate) fn write_requests(to: &mut dyn Write, sample: &SampleRow, outcomes: &[Outcome]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([&sample.strategy, &sample.requests.to_string(), &sample.repeat.to_string()])?;
    let mut start = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    // In place of the line end.
    start.pop();
    start.push(b',');
    for Outcome { request, worker, start: issued, end, status, bytes, failure } in outcomes {
        to.write_all(&start)?;
        write!(to, "{request},{worker},{issued},{end},")?;
        status.map_or(Ok(()), |status| write!(to, "{status}"))?;
        writeln!(to, ",{bytes},{}", failure.map_or("", FailureKind::as_str))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
