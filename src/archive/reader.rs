//! Rows of a journal, one by one, up to the first that is torn. A journal grows by whole pieces, so that only its last
//! row can be torn: it has no line end, or it ends within quotes.

use std::cell::Cell;
use std::io::{self, Read};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use super::bounded::{Allowance, BoundedRows};
use super::error::ArchiveError;
use super::rows::{Fields, Header};

/// What of a journal is whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Whole {
    /// Bytes up to the end of the last row that is whole and wanted.
    pub(super) length: u64,
    /// Columns of its first row; 0 where not even that one is whole.
    pub(super) width: usize,
    /// Rows that are whole and wanted, the first one included.
    pub(super) rows: u64,
}

/// The columns of a file, once its first row was read.
pub(super) struct Columns {
    /// Their names here.
    names: &'static [&'static str],
    /// How many of them every file has.
    required: usize,
    /// Where they stand there.
    pub(super) header: Option<Header>,
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

impl Columns {
    pub(super) fn new(names: &'static [&'static str], required: usize) -> Self {
        Self { names, required, header: None }
    }

    fn find(&mut self, first_row: &StringRecord) -> Result<(), String> {
        let header = Header::find(self.names, first_row);
        let missing: Vec<_> = header.missing().filter(|name| self.names[..self.required].contains(name)).collect();
        self.header = Some(header);
        if missing.is_empty() { Ok(()) } else { Err(format!("the first row lacks the columns {missing:?}")) }
    }
}

/// Reads rows of `input`, which goes on where `whole` ends, until it ends, a row is torn, or `each` says that it wants
/// no more. The first row of all names the columns.
pub(super) fn rows(
    input: impl Read,
    columns: &mut Columns,
    mut whole: Whole,
    mut each: impl FnMut(&Fields<'_>) -> Result<bool, String>,
) -> Result<Whole, Fault> {
    let (start, end, allowance) = (whole, Cell::new(End::default()), Allowance::new());
    let input = Watched { input: BoundedRows::new(input, &allowance), end: &end };
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
    let mut bytes = ByteRecord::new();
    while reader.read_byte_record(&mut bytes).map_err(unreadable)? {
        allowance.renew();
        let End { reached, line_feed } = end.get();
        let wanted = if columns.header.is_some() { whole.width } else { columns.required };
        let short = bytes.len() < wanted;
        if reached && (short || !line_feed) {
            return Ok(whole);
        }
        let row = start.rows + reader.position().record();
        let content = |problem: String| Fault::Content(format!("row {row}: {problem}"));
        // Only now: a torn row may end within a character.
        let record =
            StringRecord::from_byte_record(bytes).map_err(|error| content(format!("not UTF-8 text: {error}")))?;
        if short && columns.header.is_some() {
            return Err(content(format!("{} fields instead of {wanted}", record.len())));
        }
        match &columns.header {
            None => {
                columns.find(&record).map_err(content)?;
                whole.width = record.len();
            }
            Some(header) if !each(&Fields { header, record: &record }).map_err(content)? => return Ok(whole),
            Some(_) => {}
        }
        whole.length = start.length + reader.position().byte();
        whole.rows += 1;
        bytes = record.into_byte_record();
    }
    Ok(whole)
}

/// What is known of the end of an input.
#[derive(Clone, Copy, Default)]
struct End {
    /// It was read to its end: the row at hand is the last one.
    reached: bool,
    /// Its last byte ends a line.
    line_feed: bool,
}

/// An input that notes its end.
struct Watched<'a, R> {
    input: R,
    end: &'a Cell<End>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        let mut end = self.end.get();
        match buffer[..count].last() {
            None => end.reached |= !buffer.is_empty(),
            Some(last) => end.line_feed = *last == b'\n',
        }
        self.end.set(end);
        Ok(count)
    }
}

fn unreadable(error: csv::Error) -> Fault {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Fault::Io(source),
        kind => Fault::Content(format!("not a CSV row: {kind:?}")),
    }
}
