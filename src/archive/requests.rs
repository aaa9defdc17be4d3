//! The requests of a run: requests.csv, or requests.csv.zst, in which the first row and the rows of each sample are a
//! whole Zstandard frame (RFC 8878). Both are read from the beginning in bounded memory, on all processors where nothing
//! is quoted. Such rows are read by hand: csv and serde take 0.25 s for a million of them on one core, and this 0.15 s,
//! which is most of the 0.2 s in which docs/volume.md promises that they are drawn.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use super::error::ArchiveError;
use super::files;
use super::folder::Folder;
use super::reader::{Fault, ValidPrefix, rows};
use crate::input::{FileKind, InputFile};
use crate::model::{FailureKind, Nanos, Outcome, Phase, RequestCount, RequestFile, RequestRow, SampleRow};
use crate::rows::{Chunks, Header, first_row, number, read_lines};

impl RequestFile {
    /// Its name in a run; `None` where requests are not kept.
    #[must_use]
    pub const fn file_name(self) -> Option<&'static str> {
        match self {
            Self::Csv => Some(files::REQUESTS),
            Self::CsvZst => Some(files::REQUESTS_ZST),
            Self::None => None,
        }
    }
}

/// Finds the samples of a run by what a row of a request says of its own.
pub(super) struct KnownSamples<'a> {
    by_key: HashMap<(&'a [u8], RequestCount, u32), usize>,
}

impl<'a> KnownSamples<'a> {
    pub(super) fn of(samples: &'a [SampleRow]) -> Self {
        let measured = samples.iter().enumerate().filter(|(_, sample)| sample.phase == Phase::Measure);
        let key = |sample: &'a SampleRow| (sample.strategy.as_bytes(), sample.requests, sample.repeat);
        Self { by_key: measured.map(|(index, sample)| (key(sample), index)).collect() }
    }

    /// The sample that a row is of.
    pub(super) fn sample(&self, row: &RequestRow) -> Option<usize> {
        self.by_key.get(&(row.strategy.as_bytes(), row.requests, row.repeat)).copied()
    }
}

/// Calls `each` with every request of the known samples and the index of its sample, up to the first row that is of
/// none of them: it and those behind it belong to a sample that was never finished. A file that is missing holds none.
pub(super) fn whole_requests(
    folder: &Folder,
    name: &str,
    known: &KnownSamples<'_>,
    mut each: impl FnMut(usize, Outcome),
) -> Result<ValidPrefix, ArchiveError> {
    let Some(file) = folder.find_file(name, FileKind::Stream)? else { return Ok(ValidPrefix::default()) };
    let mut columns = None;
    let read = if name == files::REQUESTS_ZST {
        frames(file, &mut columns, known, &mut each)
    } else {
        chunked_rows(file, &mut columns, ValidPrefix::default(), known, &mut each)
    };
    read.map_err(|fault| fault.of(&folder.path().join(name)))
}

/// Reads rows from where `valid` ends, in chunks as long as all is plain.
fn chunked_rows(
    input: impl Read,
    columns: &mut Option<Header>,
    mut valid: ValidPrefix,
    known: &KnownSamples<'_>,
    each: &mut impl FnMut(usize, Outcome),
) -> Result<ValidPrefix, Fault> {
    let mut chunks = Chunks::new(input);
    let mut chunk = chunks.next().map_err(Fault::Io)?;
    let first_row = first_row::<RequestRow>();
    if valid.width == 0 && chunk.starts_with(first_row.as_bytes()) {
        // The columns stand as they always do: what follows can be read without their names.
        valid = rows(first_row.as_bytes(), columns, valid, |_: RequestRow| true)?;
        chunk.drain(..first_row.len());
    }
    // Behind the last row there may be empty lines.
    let mut read = valid.length;
    while columns.as_ref().is_some_and(Header::in_order) {
        if chunk.is_empty() {
            chunk = chunks.next().map_err(Fault::Io)?;
        }
        let Some(parts) = read_lines(&chunk, |lines| part(lines, known)).filter(|_| !chunk.is_empty()) else { break };
        for (sample, outcome) in parts.into_iter().flatten() {
            each(sample, outcome);
            valid.rows += 1;
        }
        if let Some(last) = chunk.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')) {
            let line_end = chunk[last..].iter().position(|byte| *byte == b'\n').map_or(chunk.len(), |at| last + at + 1);
            valid.length = read + line_end as u64;
        }
        read += chunk.len() as u64;
        chunk.clear();
    }
    let rest = rows(chunks.from(chunk), columns, ValidPrefix { length: read, ..valid }, |row: RequestRow| {
        let Some(sample) = known.sample(&row) else { return false };
        each(sample, row.outcome());
        true
    })?;
    Ok(if rest.rows == valid.rows { valid } else { rest })
}

/// Reads plain lines; `None` where one is wrong, or of no known sample.
fn part(lines: &mut dyn Iterator<Item = &[u8]>, known: &KnownSamples<'_>) -> Option<Vec<(usize, Outcome)>> {
    let mut found = Vec::new();
    let mut last: Option<([&[u8]; 3], usize)> = None;
    for line in lines {
        let mut fields = line.split(|byte| *byte == b',');
        let key @ [strategy, requests, repeat] = [fields.next()?, fields.next()?, fields.next()?];
        let sample = match last {
            // Requests of one sample lie together.
            Some((same, sample)) if same == key => sample,
            _ => *known.by_key.get(&(strategy, small(requests)?, small(repeat)?))?,
        };
        last = Some((key, sample));
        let outcome = Outcome {
            request: small(fields.next()?)?,
            worker: small(fields.next()?)?,
            start: seconds(fields.next()?)?,
            end: seconds(fields.next()?)?,
            status: optional(fields.next()?, |text| number(text)?.try_into().ok())?,
            bytes: number(fields.next()?)?,
            failure: optional(fields.next()?, |text| FailureKind::parse(std::str::from_utf8(text).ok()?))?,
        };
        if fields.next().is_some() {
            return None;
        }
        found.push((sample, outcome));
    }
    Some(found)
}

fn small(text: &[u8]) -> Option<u32> {
    number(text)?.try_into().ok()
}

fn seconds(text: &[u8]) -> Option<Nanos> {
    Nanos::parse_seconds(std::str::from_utf8(text).ok()?)
}

/// `None` for what is wrong, `Some(None)` for what is missing.
fn optional<T>(text: &[u8], parse: impl Fn(&[u8]) -> Option<T>) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { parse(text).map(Some) }
}

/// Reads whole frames until the file ends, a frame is torn, or the rows of one are of no known sample. Lengths are
/// those of the compressed file.
fn frames(
    file: InputFile,
    columns: &mut Option<Header>,
    known: &KnownSamples<'_>,
    each: &mut impl FnMut(usize, Outcome),
) -> Result<ValidPrefix, Fault> {
    let mut input = BufReader::new(file);
    let mut valid = ValidPrefix::default();
    while !input.fill_buf().map_err(Fault::Io)?.is_empty() {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(&mut input).map_err(Fault::Io)?.single_frame();
        let read = chunked_rows(&mut decoder, columns, ValidPrefix { length: 0, ..valid }, known, each);
        // Only at its end a frame shows that it is whole.
        let read = read.and_then(|read| io::copy(&mut decoder, &mut io::sink()).map(|_| read).map_err(Fault::Io));
        drop(decoder);
        match read {
            Ok(read) if read.rows > valid.rows => {
                let length = input.get_ref().position() - input.buffer().len() as u64;
                valid = ValidPrefix { length, ..read };
            }
            Ok(_) => return Ok(valid),
            Err(Fault::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(valid),
            Err(Fault::Io(error)) => {
                return Err(Fault::Content(format!("the frame at byte {} is damaged: {error}", valid.length)));
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(valid)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::super::Journal;
    use super::{Folder, KnownSamples, whole_requests};
    use crate::model::{Outcome, RequestFile, SampleRow};
    use crate::rows::testkit::{outcome, sample};

    fn requests(kind: RequestFile, names: [&str; 2], each: u32) -> (tempfile::TempDir, PathBuf, Vec<SampleRow>) {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(&Folder::open(folder.path()).unwrap(), kind).unwrap();
        let samples: Vec<SampleRow> = (1..=3).flat_map(|repeat| names.map(|name| sample(name, each, repeat))).collect();
        let outcomes: Vec<Outcome> = (0..each).map(outcome).collect();
        samples.iter().for_each(|sample| journal.append(sample, &outcomes).unwrap());
        let path = folder.path().join(kind.file_name().unwrap());
        (folder, path, samples)
    }

    fn read(path: &std::path::Path, samples: &[SampleRow]) -> Result<Vec<(usize, u32)>, String> {
        let mut found = Vec::new();
        let (folder, name) = (Folder::open(path.parent().unwrap()).unwrap(), path.file_name().unwrap());
        whole_requests(&folder, name.to_str().unwrap(), &KnownSamples::of(samples), |sample, outcome| {
            assert_eq!(outcome, self::outcome(outcome.request));
            found.push((sample, outcome.request));
        })
        .map_err(|error| error.to_string())?;
        Ok(found)
    }

    #[test]
    fn plain_and_quoted_names_are_read_alike_compressed_or_not() {
        let expected: Vec<(usize, u32)> =
            (0..6).flat_map(|sample| (0..7_000).map(move |request| (sample, request))).collect();
        for kind in [RequestFile::Csv, RequestFile::CsvZst] {
            for names in [["a", "b"], ["a", "b, \"quoted\""]] {
                let (_folder, path, samples) = requests(kind, names, 7_000);
                assert_eq!(read(&path, &samples).unwrap(), expected, "{kind}, {names:?}");
                // Rows of a sample that never got its row of raw.csv end the reading.
                assert_eq!(read(&path, &samples[..2]).unwrap(), expected[..14_000], "{kind}, {names:?}");
            }
        }
    }

    #[test]
    fn a_damaged_frame_is_named_and_a_torn_one_is_not_read() {
        let (_folder, path, samples) = requests(RequestFile::CsvZst, ["a", "b"], 50);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        assert_eq!(read(&path, &samples[..5]).unwrap().len(), 250);
        let mut damaged = whole.clone();
        let middle = whole.len() / 2;
        damaged[middle] ^= 0xff;
        fs::write(&path, damaged).unwrap();
        let error = read(&path, &samples).unwrap_err();
        assert!(error.contains("requests.csv.zst: the frame at byte") && error.contains("is damaged"), "{error}");
    }

    #[test]
    fn a_wrong_row_among_plain_ones_is_named() {
        let (_folder, path, samples) = requests(RequestFile::Csv, ["a", "b"], 50);
        let text = fs::read_to_string(&path).unwrap().replacen("a,50,2,3,", "a,50,2,three,", 1);
        fs::write(&path, text).unwrap();
        let error = read(&path, &samples).unwrap_err();
        assert!(error.contains("row 105: column request: \"three\""), "{error}");
    }
}
