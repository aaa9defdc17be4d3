//! raw.csv and requests.csv as journals: a sample is appended when it ends, whole or not at all. The requests of a
//! sample are written and synced first, its raw row last: a sample counts if and only if its raw row is whole. What a
//! crash left half-written is cut off on resume; good bytes are never rewritten.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder, StringRecord, Writer};

use super::ArchiveError;
use super::layout::files;
use super::rows::{Fields, Header, RAW_COLUMNS, RAW_COLUMNS_OF_OLD, REQUEST_COLUMNS, raw_fields, request_fields};
use crate::model::{Outcome, Phase, RequestCount, SampleRow};

/// The two journals of a run, open for appending.
#[derive(Debug)]
pub struct Journal {
    raw: Appender,
    requests: Appender,
}

/// A file that grows by whole pieces.
#[derive(Debug)]
struct Appender {
    path: PathBuf,
    file: File,
    length: u64,
    /// How many columns its rows have: an older one has fewer.
    width: usize,
}

/// What a journal holds.
pub(super) struct Whole {
    /// Bytes up to the end of the last row that is whole.
    length: u64,
    /// Columns of its first row; 0 where not even that one is whole.
    width: usize,
}

impl Journal {
    /// Starts empty journals in `folder`.
    ///
    /// # Errors
    /// When a file exists already or cannot be written.
    pub fn create(folder: &Path) -> Result<Self, ArchiveError> {
        let start = |name: &str, columns: &[&str]| {
            let path = folder.join(name);
            let file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&path)
                .map_err(ArchiveError::io("create", &path))?;
            let mut appender = Appender { path, file, length: 0, width: columns.len() };
            appender.append(|writer| writer.write_record(columns))?;
            Ok(appender)
        };
        Ok(Self { raw: start(files::RAW, &RAW_COLUMNS)?, requests: start(files::REQUESTS, &REQUEST_COLUMNS)? })
    }

    /// Opens the journals of an interrupted run, cuts off what was written only in part, and returns the samples that
    /// are whole. Cost: linear in the files; memory: the samples, not their requests.
    ///
    /// # Errors
    /// When a file cannot be read or written, or is damaged elsewhere than at its end.
    pub fn resume(folder: &Path) -> Result<(Self, Vec<SampleRow>), ArchiveError> {
        let (raw_path, requests_path) = (folder.join(files::RAW), folder.join(files::REQUESTS));
        let (samples, whole_raw) = whole_samples(&raw_path)?;
        let whole_requests = whole_requests(&requests_path, &samples, |_, _| {})?;
        let raw = Appender::reopen(raw_path, &whole_raw, &RAW_COLUMNS)?;
        let requests = Appender::reopen(requests_path, &whole_requests, &REQUEST_COLUMNS)?;
        Ok((Self { raw, requests }, samples))
    }

    /// Appends one sample and its requests, and returns when both are on disk.
    ///
    /// # Errors
    /// When a write fails; the files end with the sample before then, as far as the system lets them be cut.
    pub fn append(&mut self, row: &SampleRow, outcomes: &[Outcome]) -> Result<(), ArchiveError> {
        if !outcomes.is_empty() && row.phase == Phase::Measure {
            let fields = outcomes.iter().map(|outcome| request_fields(row, outcome));
            self.requests.append(|writer| fields.into_iter().try_for_each(|fields| writer.write_record(fields)))?;
        }
        let width = self.raw.width;
        self.raw.append(|writer| writer.write_record(&raw_fields(row)[..width]))
    }
}

impl Appender {
    /// Opens a journal that exists, or makes it, and cuts off what is not whole. An empty one gets its first row.
    fn reopen(path: PathBuf, whole: &Whole, columns: &[&str]) -> Result<Self, ArchiveError> {
        let length = whole.length;
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(ArchiveError::io("open", &path))?;
        file.set_len(length).map_err(ArchiveError::io("cut", &path))?;
        let width = if length == 0 { columns.len() } else { whole.width.min(columns.len()) };
        let mut appender = Self { path, file, length, width };
        appender.file.seek(SeekFrom::Start(length)).map_err(ArchiveError::io("open", &appender.path))?;
        if length == 0 {
            appender.append(|writer| writer.write_record(columns))?;
        }
        Ok(appender)
    }

    fn append<F>(&mut self, write: F) -> Result<(), ArchiveError>
    where
        F: FnOnce(&mut Writer<BufWriter<&File>>) -> csv::Result<()>,
    {
        let written = self.try_append(write);
        if let Err(source) = written {
            // The sample before stays whole; where even cutting fails, resuming cuts.
            let _ = self.file.set_len(self.length).and_then(|()| self.file.seek(SeekFrom::Start(self.length)));
            return Err(ArchiveError::io("write", &self.path)(source));
        }
        Ok(())
    }

    fn try_append<F>(&mut self, write: F) -> std::io::Result<()>
    where
        F: FnOnce(&mut Writer<BufWriter<&File>>) -> csv::Result<()>,
    {
        let mut writer = Writer::from_writer(BufWriter::new(&self.file));
        write(&mut writer).map_err(io_error)?;
        writer.flush()?;
        drop(writer);
        self.file.sync_data()?;
        self.length = self.file.stream_position()?;
        Ok(())
    }
}

/// A write error as what it is; rows of equal length cannot fail otherwise.
fn io_error(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => std::io::Error::other(format!("{kind:?}")),
    }
}

/// The whole samples of a raw.csv of any schema. A file that is missing holds none.
pub(super) fn whole_samples(path: &Path) -> Result<(Vec<SampleRow>, Whole), ArchiveError> {
    let mut samples = Vec::new();
    let whole = whole_rows(path, &RAW_COLUMNS, RAW_COLUMNS_OF_OLD, |fields| {
        samples.push(fields.sample()?);
        Ok(true)
    })?;
    Ok((samples, whole))
}

/// Calls `each` with every request of `samples` in a requests.csv, up to the first row that is of none of them: it
/// and those behind it belong to a sample that was never finished.
pub(super) fn whole_requests(
    path: &Path,
    samples: &[SampleRow],
    mut each: impl FnMut(&SampleRow, Outcome),
) -> Result<Whole, ArchiveError> {
    type Key<'a> = (&'a str, RequestCount, u32);
    let measured = samples.iter().enumerate().filter(|(_, sample)| sample.phase == Phase::Measure);
    let known: std::collections::HashMap<Key<'_>, usize> =
        measured.map(|(index, sample)| ((sample.strategy.as_str(), sample.requests, sample.repeat), index)).collect();
    whole_rows(path, &REQUEST_COLUMNS, REQUEST_COLUMNS.len(), |fields| {
        let row = fields.request()?;
        let Some(&index) = known.get(&(row.strategy.as_str(), row.requests, row.repeat)) else { return Ok(false) };
        each(&samples[index], row.outcome);
        Ok(true)
    })
}

/// Reads rows until the file ends, a row is torn, or `each` says that it wants no more. The first row has to name the
/// first `required` of `columns`.
fn whole_rows(
    path: &Path,
    columns: &'static [&'static str],
    required: usize,
    mut each: impl FnMut(&Fields<'_>) -> Result<bool, String>,
) -> Result<Whole, ArchiveError> {
    let mut whole = Whole { length: 0, width: 0 };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(whole),
        Err(error) => return Err(ArchiveError::io("open", path)(error)),
    };
    let length = file.metadata().map_err(ArchiveError::io("read", path))?.len();
    let terminated = ends_with_line_feed(&file, length).map_err(ArchiveError::io("read", path))?;
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut bytes = ByteRecord::new();
    let mut header = None;
    loop {
        let more = reader.read_byte_record(&mut bytes).map_err(|error| unreadable(path, error))?;
        if !more {
            return Ok(whole);
        }
        let end = reader.position().byte();
        let last = end >= length;
        let wanted = if header.is_some() { whole.width } else { required };
        let short = bytes.len() < wanted;
        if last && (short || !terminated) {
            return Ok(whole);
        }
        let row = reader.position().record();
        let content = |problem: String| ArchiveError::content(path, format!("row {row}: {problem}"));
        // Only now: a torn row may end within a character.
        let record =
            StringRecord::from_byte_record(bytes).map_err(|error| content(format!("not UTF-8 text: {error}")))?;
        match &header {
            None => {
                whole.width = record.len();
                header = Some(header_of(columns, required, &record).map_err(content)?);
            }
            Some(_) if short => return Err(content(format!("{} fields instead of {wanted}", record.len()))),
            Some(header) => {
                if !each(&Fields { header, record: &record }).map_err(content)? {
                    return Ok(whole);
                }
            }
        }
        bytes = record.into_byte_record();
        whole.length = end;
    }
}

fn header_of(columns: &'static [&'static str], required: usize, record: &StringRecord) -> Result<Header, String> {
    let header = Header::find(columns, record);
    let missing: Vec<_> = header.missing().filter(|name| columns[..required].contains(name)).collect();
    if missing.is_empty() { Ok(header) } else { Err(format!("the first row lacks the columns {missing:?}")) }
}

fn ends_with_line_feed(mut file: &File, length: u64) -> std::io::Result<bool> {
    use std::io::Read;

    if length == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(length - 1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(last == *b"\n")
}

/// A row that is not UTF-8, or a file that cannot be read on.
pub(super) fn unreadable(path: &Path, error: csv::Error) -> ArchiveError {
    let place = error.position().map_or_else(String::new, |position| format!("line {}: ", position.line()));
    match error.into_kind() {
        csv::ErrorKind::Io(source) => ArchiveError::io("read", path)(source),
        csv::ErrorKind::Utf8 { err, .. } => ArchiveError::content(path, format!("{place}not UTF-8 text: {err}")),
        kind => ArchiveError::content(path, format!("{place}not a CSV row: {kind:?}")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

    use super::super::rows::tests::{outcome, sample};
    use super::{Journal, files};
    use crate::model::{Outcome, SampleRow};

    fn planned() -> Vec<(SampleRow, Vec<Outcome>)> {
        let names = ["plain", "a,\"b\"", "two\nlines\n", "请求"];
        (1..=2).flat_map(|repeat| names.map(|name| (sample(name, 3, repeat), (0..3).map(outcome).collect()))).collect()
    }

    fn write(folder: &Path, samples: &[(SampleRow, Vec<Outcome>)]) {
        let mut journal = Journal::create(folder).unwrap();
        samples.iter().for_each(|(row, outcomes)| journal.append(row, outcomes).unwrap());
    }

    fn read(folder: &Path, name: &str) -> Vec<u8> {
        fs::read(folder.join(name)).unwrap()
    }

    /// Cuts the two files as a crash may have left them: `cut` counts bytes in the order they were written.
    fn crash(folder: &Path, samples: &[(SampleRow, Vec<Outcome>)], cut: usize) {
        let (mut lengths, mut left) = ([0, 0], cut);
        let pieces = |folder: &Path| [read(folder, files::RAW).len(), read(folder, files::REQUESTS).len()];
        let mut steps = Vec::new();
        let steps_folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(steps_folder.path()).unwrap();
        let mut before = [0, 0];
        let mut note = |before: &mut [usize; 2], folder: &Path| {
            let after = pieces(folder);
            // Within a sample, requests come first; of the two headers, raw comes first.
            let order = if *before == [0, 0] { [0, 1] } else { [1, 0] };
            steps.extend(order.map(|file| (file, after[file] - before[file])));
            *before = after;
        };
        note(&mut before, steps_folder.path());
        for (row, outcomes) in samples {
            journal.append(row, outcomes).unwrap();
            note(&mut before, steps_folder.path());
        }
        for (file, bytes) in steps {
            let taken = bytes.min(left);
            lengths[file] += taken;
            left -= taken;
        }
        for (name, length) in [(files::RAW, lengths[0]), (files::REQUESTS, lengths[1])] {
            let bytes = read(folder, name);
            fs::write(folder.join(name), &bytes[..length]).unwrap();
        }
    }

    fn resumes_to_the_plan(cut: usize, remove_empty: bool) {
        let folder = tempfile::tempdir().unwrap();
        let planned = planned();
        write(folder.path(), &planned);
        let whole = [read(folder.path(), files::RAW), read(folder.path(), files::REQUESTS)];
        crash(folder.path(), &planned, cut);
        for name in [files::RAW, files::REQUESTS] {
            if remove_empty && read(folder.path(), name).is_empty() {
                fs::remove_file(folder.path().join(name)).unwrap();
            }
        }
        let (mut journal, found) = Journal::resume(folder.path()).unwrap();
        let rest = &planned[found.len()..];
        assert!(found.iter().eq(planned.iter().map(|(row, _)| row).take(found.len())), "cut at {cut}");
        rest.iter().for_each(|(row, outcomes)| journal.append(row, outcomes).unwrap());
        assert_eq!(read(folder.path(), files::RAW), whole[0], "cut at {cut}");
        assert_eq!(read(folder.path(), files::REQUESTS), whole[1], "cut at {cut}");
    }

    proptest! {
        #[test]
        fn a_crash_at_any_byte_loses_only_the_sample_under_way(cut in 0_usize..4_500, remove: bool) {
            resumes_to_the_plan(cut, remove);
        }

        #[test]
        fn rubbish_is_refused_and_never_a_panic(
            bytes in prop_oneof![any::<Vec<u8>>(), Just(b"strategy,\"".to_vec()), "[a-z,\"\n]{0,200}".prop_map(String::into_bytes)]
        ) {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(files::RAW), &bytes).unwrap();
            fs::write(folder.path().join(files::REQUESTS), &bytes).unwrap();
            let _ = Journal::resume(folder.path());
        }
    }

    #[test]
    fn a_run_of_schema_1_is_resumed_in_its_own_columns() {
        let folder = tempfile::tempdir().unwrap();
        let mut planned = planned();
        planned.iter_mut().for_each(|(row, _)| (row.processes, row.threads, row.overlapped) = (None, None, None));
        let (before, after) = planned.split_at(3);
        write(folder.path(), before);
        let path = folder.path().join(files::RAW);
        let text = fs::read_to_string(&path).unwrap();
        let old = text.replace(",processes,threads,overlapped\n", "\n").replace(",,,,\n", ",\n");
        assert_eq!(old.len(), text.len() - ",processes,threads,overlapped".len() - 3 * 3);
        fs::write(&path, old).unwrap();
        let (mut journal, found) = Journal::resume(folder.path()).unwrap();
        assert!(found.iter().eq(before.iter().map(|(row, _)| row)));
        after.iter().for_each(|(row, outcomes)| journal.append(row, outcomes).unwrap());
        let (_, found) = Journal::resume(folder.path()).unwrap();
        assert!(found.iter().eq(planned.iter().map(|(row, _)| row)));
        assert!(!fs::read_to_string(&path).unwrap().contains("threads"));
    }

    #[test]
    fn damage_in_the_middle_is_named_and_nothing_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &planned());
        let path = folder.path().join(files::RAW);
        let text = fs::read_to_string(&path).unwrap().replacen("plain,thread-pool,20", "plain,thread-pool,many", 1);
        fs::write(&path, &text).unwrap();
        let error = Journal::resume(folder.path()).unwrap_err().to_string();
        assert!(error.contains("raw.csv: row 2: column workers: \"many\""), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}
