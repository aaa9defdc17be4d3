//! raw.csv and requests.csv as journals: a sample is appended when it ends, whole or not at all. The requests of a
//! sample are written and synced first, its raw row last: a sample counts if and only if its raw row is whole. What a
//! crash left half-written is cut off on resume; good bytes are never rewritten.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::PathBuf;

use super::error::ArchiveError;
use super::files;
use super::folder::{Creation, Folder};
use super::reader::{ValidPrefix, rows};
use super::requests::{KnownSamples, whole_requests};
use crate::input::FileKind;
use crate::model::{Outcome, Phase, RequestFile, RequestRow, SampleRow};
use crate::rows::{first_row, sample_row, write_requests};

/// How hard requests.csv.zst is compressed: Zstandard's own default.
const LEVEL: i32 = zstd::DEFAULT_COMPRESSION_LEVEL;

/// The journals of a run, open for appending.
#[derive(Debug)]
pub struct Journal {
    raw: Appender,
    /// `None` where requests are not kept.
    requests: Option<Appender>,
    samples: usize,
}

/// A file that grows by whole pieces.
#[derive(Debug)]
struct Appender {
    path: PathBuf,
    file: File,
    length: u64,
    /// How many columns its rows have: an older one has fewer.
    width: usize,
    /// Each piece is a frame of its own.
    compressed: bool,
}

impl Journal {
    /// Starts empty journals in `folder`.
    ///
    /// # Errors
    /// When a file exists already or cannot be written.
    pub fn create(folder: &Folder, requests: RequestFile) -> Result<Self, ArchiveError> {
        let start = |name: &str, first_row: &str| {
            Appender::open(folder, name, Creation::New, ValidPrefix::default(), first_row)
        };
        let raw = start(files::RAW, &first_row::<SampleRow>())?;
        let requests = requests.file_name().map(|name| start(name, &first_row::<RequestRow>())).transpose()?;
        folder.sync()?;
        Ok(Self { raw, requests, samples: 0 })
    }

    /// Opens the journals of an interrupted run, cuts off what was written only in part, and returns the samples that
    /// are whole. Cost: linear in the files; memory: the samples, not their requests.
    ///
    /// # Errors
    /// When a file cannot be read or written, is damaged elsewhere than at its end, or has a second name.
    pub fn resume(folder: &Folder, requests: RequestFile) -> Result<(Self, Vec<SampleRow>), ArchiveError> {
        // Before any is cut.
        [Some(files::RAW), requests.file_name()]
            .into_iter()
            .flatten()
            .try_for_each(|name| folder.refuse_shared(name))?;
        let (samples, valid_raw) = whole_samples(folder)?;
        let reopen = |name: &str| {
            let valid = whole_requests(folder, name, &KnownSamples::of(&samples), |_, _| {})?;
            Appender::open(folder, name, Creation::IfMissing, valid, &first_row::<RequestRow>())
        };
        let requests = requests.file_name().map(reopen).transpose()?;
        let raw = Appender::open(folder, files::RAW, Creation::IfMissing, valid_raw, &first_row::<SampleRow>())?;
        folder.sync()?;
        Ok((Self { raw, requests, samples: samples.len() }, samples))
    }

    /// Appends one sample and its requests, and returns when both are on disk. Cost: linear; memory: a buffer.
    ///
    /// # Errors
    /// When a write fails; the files end with the sample before then, as far as the system lets them be cut.
    pub fn append(&mut self, row: &SampleRow, outcomes: &[Outcome]) -> Result<(), ArchiveError> {
        if !outcomes.is_empty()
            && row.phase == Phase::Measure
            && let Some(requests) = &mut self.requests
        {
            requests.append(|to| write_requests(to, row, outcomes))?;
        }
        let width = self.raw.width;
        self.raw.append(|to| to.write_all(&sample_row(row, width)?))?;
        self.samples += 1;
        Ok(())
    }

    /// How many samples are whole in it.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.samples
    }
}

impl Appender {
    /// Opens a journal and cuts off what is not valid. An empty one gets its first row.
    fn open(
        folder: &Folder,
        name: &str,
        creation: Creation,
        valid: ValidPrefix,
        first_row: &str,
    ) -> Result<Self, ArchiveError> {
        let ValidPrefix { length, width, .. } = valid;
        let (path, file) = (folder.path().join(name), folder.write_file(name, creation)?);
        file.set_len(length).map_err(ArchiveError::io("cut", &path))?;
        let width = if width == 0 { usize::MAX } else { width };
        let mut appender = Self { path, file, length, width, compressed: name == files::REQUESTS_ZST };
        appender.file.seek(SeekFrom::Start(length)).map_err(ArchiveError::io("open", &appender.path))?;
        if length == 0 {
            appender.append(|to| to.write_all(first_row.as_bytes()))?;
        }
        Ok(appender)
    }

    fn append(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), ArchiveError> {
        let written = self.try_append(write);
        if let Err(source) = written {
            // The sample before stays whole; where even cutting fails, resuming cuts.
            let _ = self.file.set_len(self.length).and_then(|()| self.file.seek(SeekFrom::Start(self.length)));
            return Err(ArchiveError::io("write", &self.path)(source));
        }
        Ok(())
    }

    fn try_append(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let mut buffer = BufWriter::with_capacity(64 * 1024, &self.file);
        write_piece(&mut buffer, self.compressed, write)?;
        buffer.flush()?;
        drop(buffer);
        self.file.sync_data()?;
        self.length = self.file.stream_position()?;
        Ok(())
    }
}

/// Writes rows that stand or fall together; compressed, they are a frame of their own.
pub(super) fn write_piece(
    to: &mut impl Write,
    compressed: bool,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    if !compressed {
        return write(to);
    }
    let mut encoder = zstd::stream::write::Encoder::new(to, LEVEL)?;
    encoder.include_checksum(true)?;
    write(&mut encoder)?;
    encoder.finish()?;
    Ok(())
}

/// The whole samples of a raw.csv of any schema. A file that is missing holds none.
pub(crate) fn whole_samples(folder: &Folder) -> Result<(Vec<SampleRow>, ValidPrefix), ArchiveError> {
    samples_of(folder, files::RAW)
}

/// The same of another file with the columns of raw.csv.
pub(super) fn samples_of(folder: &Folder, name: &str) -> Result<(Vec<SampleRow>, ValidPrefix), ArchiveError> {
    let mut samples = Vec::new();
    let Some(file) = folder.find_file(name, FileKind::Table)? else {
        return Ok((samples, ValidPrefix::default()));
    };
    let valid = rows(file, &mut None, ValidPrefix::default(), |sample| {
        samples.push(sample);
        true
    });
    Ok((samples, valid.map_err(|fault| fault.of(&folder.path().join(name)))?))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

    use super::{Folder, Journal, files};
    use crate::model::{Outcome, RequestFile, SampleRow};
    use crate::rows::testkit::{outcome, sample};

    fn open(folder: &Path) -> Folder {
        Folder::open(folder).unwrap()
    }

    fn planned() -> Vec<(SampleRow, Vec<Outcome>)> {
        let names = ["plain", "a,\"b\"", "two\nlines\n", "请求"];
        (1..=2).flat_map(|repeat| names.map(|name| (sample(name, 3, repeat), (0..3).map(outcome).collect()))).collect()
    }

    fn write(folder: &Path, kind: RequestFile, samples: &[(SampleRow, Vec<Outcome>)]) {
        let mut journal = Journal::create(&open(folder), kind).unwrap();
        samples.iter().for_each(|(row, outcomes)| journal.append(row, outcomes).unwrap());
    }

    /// Empty where the file is missing.
    fn read(folder: &Path, name: Option<&str>) -> Vec<u8> {
        name.and_then(|name| fs::read(folder.join(name)).ok()).unwrap_or_default()
    }

    fn both(kind: RequestFile) -> [Option<&'static str>; 2] {
        [Some(files::RAW), kind.file_name()]
    }

    /// Cuts the two files as a crash may have left them: `cut` counts bytes in the order they were written.
    fn crash(folder: &Path, kind: RequestFile, samples: &[(SampleRow, Vec<Outcome>)], cut: usize) {
        let (mut lengths, mut left) = ([0, 0], cut);
        let pieces = |folder: &Path| both(kind).map(|name| read(folder, name).len());
        let mut steps = Vec::new();
        let steps_folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(&open(steps_folder.path()), kind).unwrap();
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
        for (name, length) in both(kind).into_iter().zip(lengths).filter_map(|(name, length)| Some((name?, length))) {
            let bytes = read(folder, Some(name));
            fs::write(folder.join(name), &bytes[..length]).unwrap();
        }
    }

    fn resumes_to_the_plan(kind: RequestFile, cut: usize, remove_empty: bool) {
        let folder = tempfile::tempdir().unwrap();
        let planned = planned();
        write(folder.path(), kind, &planned);
        let whole = both(kind).map(|name| read(folder.path(), name));
        crash(folder.path(), kind, &planned, cut);
        for name in both(kind).into_iter().flatten() {
            if remove_empty && read(folder.path(), Some(name)).is_empty() {
                fs::remove_file(folder.path().join(name)).unwrap();
            }
        }
        let (mut journal, found) = Journal::resume(&open(folder.path()), kind).unwrap();
        let rest = &planned[found.len()..];
        assert!(found.iter().eq(planned.iter().map(|(row, _)| row).take(found.len())), "cut at {cut}");
        rest.iter().for_each(|(row, outcomes)| journal.append(row, outcomes).unwrap());
        assert_eq!(journal.samples(), planned.len());
        for (name, whole) in both(kind).into_iter().zip(whole) {
            assert_eq!(read(folder.path(), name), whole, "{name:?} of {kind}, cut at {cut}");
        }
    }

    proptest! {
        #[test]
        fn a_crash_at_any_byte_loses_only_the_sample_under_way(cut in 0_usize..4_500, remove: bool, kind in 0..3_usize) {
            resumes_to_the_plan(RequestFile::ALL[kind], cut, remove);
        }

        #[test]
        fn rubbish_is_refused_and_never_a_panic(
            bytes in prop_oneof![any::<Vec<u8>>(), Just(b"strategy,\"".to_vec()), "[a-z,\"\n]{0,200}".prop_map(String::into_bytes)]
        ) {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(files::RAW), &bytes).unwrap();
            for kind in [RequestFile::Csv, RequestFile::CsvZst] {
                fs::write(folder.path().join(kind.file_name().unwrap()), &bytes).unwrap();
                let _ = Journal::resume(&open(folder.path()), kind);
            }
        }
    }

    #[test]
    fn a_run_of_schema_1_is_resumed_in_its_own_columns() {
        let folder = tempfile::tempdir().unwrap();
        let mut planned = planned();
        planned.iter_mut().for_each(|(row, _)| {
            (row.processes, row.threads, row.overlapped, row.server_cpu_s) = (None, None, None, None);
            row.total_rss_bytes = None;
        });
        let (before, after) = planned.split_at(3);
        write(folder.path(), RequestFile::None, before);
        let path = folder.path().join(files::RAW);
        let text = fs::read_to_string(&path).unwrap();
        let old = text
            .replace(",processes,threads,overlapped,server_cpu_s,total_rss_bytes\n", "\n")
            .replace(",,,,,,\n", ",\n");
        assert_eq!(old.len(), text.len() - ",processes,threads,overlapped,server_cpu_s,total_rss_bytes".len() - 3 * 5);
        fs::write(&path, old).unwrap();
        let (mut journal, found) = Journal::resume(&open(folder.path()), RequestFile::None).unwrap();
        assert!(found.iter().eq(before.iter().map(|(row, _)| row)));
        after.iter().for_each(|(row, outcomes)| journal.append(row, outcomes).unwrap());
        let (_, found) = Journal::resume(&open(folder.path()), RequestFile::None).unwrap();
        assert!(found.iter().eq(planned.iter().map(|(row, _)| row)));
        assert!(!fs::read_to_string(&path).unwrap().contains("threads"));
    }

    #[test]
    fn damage_in_the_middle_is_named_and_nothing_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), RequestFile::Csv, &planned());
        let path = folder.path().join(files::RAW);
        let text = fs::read_to_string(&path).unwrap().replacen("plain,thread-pool,20", "plain,thread-pool,many", 1);
        fs::write(&path, &text).unwrap();
        let error = Journal::resume(&open(folder.path()), RequestFile::Csv).unwrap_err().to_string();
        assert!(error.contains("raw.csv: row 2: column workers: \"many\""), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}
