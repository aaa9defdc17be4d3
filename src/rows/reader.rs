//! A reader of rows, one by one, that gives no more than a row may be long, so that a quote that is never closed, or a
//! file that is no table, is not read into memory whole; and that knows the last row of its input.

use std::io::{self, ErrorKind, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};

/// The longest row, in bytes. No real table comes near it.
const LONGEST_ROW: usize = 1 << 20;

/// Reads rows of any number of fields, the first like every other.
pub(crate) struct RowReader<R>(Reader<RowInput<R>>);

impl<R: Read> RowReader<R> {
    pub(crate) fn new(input: R, delimiter: u8) -> Self {
        let input = RowInput { input, left: LONGEST_ROW, ended: false, line_feed: false };
        let mut builder = ReaderBuilder::new();
        Self(builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(input))
    }

    /// The next row; `false` where there is none. Longer ones than a mebibyte are an error of kind
    /// [`ErrorKind::InvalidData`].
    pub(crate) fn next(&mut self, row: &mut ByteRecord) -> csv::Result<bool> {
        self.0.get_mut().left = LONGEST_ROW;
        self.0.read_byte_record(row)
    }

    /// Whether the input was read to its end: the row at hand is the last one, or one of the last.
    pub(crate) fn has_ended(&self) -> bool {
        self.0.get_ref().ended
    }

    /// Whether the last byte that was read ends a line.
    pub(crate) fn ends_a_line(&self) -> bool {
        self.0.get_ref().line_feed
    }

    /// Behind the row at hand: bytes, lines and rows so far.
    pub(crate) fn position(&self) -> &csv::Position {
        self.0.position()
    }
}

/// Why a row cannot be read: what the system said, or what is wrong with the row.
pub(crate) fn not_a_row(error: csv::Error) -> Result<io::Error, String> {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Ok(source),
        kind => Err(format!("not a CSV row: {kind:?}")),
    }
}

/// An input that fails where a row is too long, and that notes its end.
struct RowInput<R> {
    input: R,
    /// How much of the row at hand may still be read.
    left: usize,
    ended: bool,
    line_feed: bool,
}

impl<R: Read> Read for RowInput<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !buffer.is_empty() {
            let problem = format!("a row of more than {LONGEST_ROW} bytes; is a quote missing?");
            return Err(io::Error::new(ErrorKind::InvalidData, problem));
        }
        let most = self.left.min(buffer.len());
        let count = self.input.read(&mut buffer[..most])?;
        self.left -= count;
        match buffer[..count].last() {
            None => self.ended |= !buffer.is_empty(),
            Some(last) => self.line_feed = *last == b'\n',
        }
        Ok(count)
    }
}
