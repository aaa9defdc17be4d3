//! Failed samples of a run are set aside, so that they can be measured again: retried.csv gets their rows, then
//! requests.csv loses the rows of their requests, and last raw.csv loses theirs. Each file is replaced whole. A row that
//! is still in raw.csv counts there alone, so a kill between two steps changes nothing about the run's samples.

use std::collections::HashSet;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::error::ArchiveError;
use super::files;
use super::folder::Folder;
use super::journal::{samples_of, whole_samples, write_piece};
use super::requests::{KnownSamples, whole_requests};
use super::writer::NewFile;
use crate::model::{Outcome, RequestFile, RequestRow, SampleRow, SampleStatus};
use crate::rows::{first_row, sample_row, write_requests};

/// Takes every sample that is not `ok` out of the journals of a run that nobody has open, and keeps its row in
/// retried.csv. Cost: linear in the files; memory: the samples, and the requests of one.
///
/// # Errors
/// When a file cannot be read or written; it is as it was before then.
pub fn set_failed_aside(folder: &Folder, requests: RequestFile) -> Result<(), ArchiveError> {
    let (samples, valid) = whole_samples(folder)?;
    keep_failed(folder, &samples)?;
    if let Some(name) = requests.file_name().filter(|name| folder.has(name)) {
        keep_requests(folder, name, &samples)?;
    }
    let good = samples.iter().filter(|row| !has_failed(row));
    replace_samples(folder, files::RAW, good, valid.width)?;
    folder.sync()
}

/// Samples that failed and are not among `samples`, which are those of raw.csv: they were measured again, or will be.
pub(super) fn retried(folder: &Folder, samples: &[SampleRow]) -> Result<Vec<SampleRow>, ArchiveError> {
    let mut rows = samples_of(folder, files::RETRIED)?.0;
    let key = |row: &SampleRow| (row.sequence, row.started_at.clone(), row.strategy.clone());
    let known: HashSet<_> = if rows.is_empty() { HashSet::new() } else { samples.iter().map(key).collect() };
    rows.retain(|row| !known.contains(&key(row)));
    Ok(rows)
}

fn has_failed(row: &SampleRow) -> bool {
    row.status != SampleStatus::Ok
}

fn keep_failed(folder: &Folder, samples: &[SampleRow]) -> Result<(), ArchiveError> {
    let before = retried(folder, samples)?;
    let failed = samples.iter().filter(|row| has_failed(row));
    replace_samples(folder, files::RETRIED, before.iter().chain(failed), usize::MAX)
}

/// Writes a file with the first `width` columns of raw.csv.
fn replace_samples<'a>(
    folder: &Folder,
    name: &str,
    samples: impl Iterator<Item = &'a SampleRow>,
    width: usize,
) -> Result<(), ArchiveError> {
    let names = first_row::<SampleRow>();
    let names: Vec<&str> = names.trim_end().split(',').take(width).collect();
    replace(folder, name, |to| {
        writeln!(to, "{}", names.join(",")).map_err(|error| folder.failed("write", name.as_ref(), error))?;
        for row in samples {
            let written = sample_row(row, width).map_err(io::Error::other).and_then(|row| to.write_all(&row));
            written.map_err(|error| folder.failed("write", name.as_ref(), error))?;
        }
        Ok(())
    })
}

/// Copies the requests of the good samples.
fn keep_requests(folder: &Folder, name: &str, samples: &[SampleRow]) -> Result<(), ArchiveError> {
    let compressed = name == files::REQUESTS_ZST;
    replace(folder, name, |to| {
        let mut written = write_piece(to, compressed, |to| to.write_all(first_row::<RequestRow>().as_bytes()));
        // Requests of one sample lie together.
        let mut sample: (usize, Vec<Outcome>) = (0, Vec::new());
        let mut finish = |index: usize, outcomes: &[Outcome]| {
            if written.is_ok() && !outcomes.is_empty() && !has_failed(&samples[index]) {
                written = write_piece(to, compressed, |to| write_requests(to, &samples[index], outcomes));
            }
        };
        whole_requests(folder, name, &KnownSamples::of(samples), |index, outcome| {
            if index != sample.0 {
                finish(sample.0, &sample.1);
                sample = (index, Vec::new());
            }
            sample.1.push(outcome);
        })?;
        finish(sample.0, &sample.1);
        written.map_err(|error| folder.failed("write", name.as_ref(), error))
    })
}

/// Replaces a file, whole or not at all.
fn replace(
    folder: &Folder,
    name: &str,
    fill: impl FnOnce(&mut BufWriter<&mut std::fs::File>) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    let mut file = NewFile::create_in(folder, Path::new(name))?;
    let mut buffer = BufWriter::with_capacity(64 * 1024, file.file());
    fill(&mut buffer)?;
    buffer.flush().map_err(|error| folder.failed("write", name.as_ref(), error))?;
    drop(buffer);
    file.replace()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Folder, keep_failed, keep_requests, retried, set_failed_aside, whole_samples};
    use crate::archive::{Journal, files};
    use crate::model::{Outcome, Phase, RequestFile, SampleRow, SampleStatus};
    use crate::rows::testkit::{outcome, sample};

    /// Eight samples, three of which failed: one of them a warm-up, which has no rows of requests.
    fn samples() -> Vec<SampleRow> {
        let mut rows: Vec<SampleRow> =
            (1..=4).flat_map(|repeat| ["a", "b, \"quoted\""].map(|name| sample(name, 3, repeat))).collect();
        for (row, status) in [(0, SampleStatus::Partial), (3, SampleStatus::Void), (7, SampleStatus::Timeout)] {
            (rows[row].status, rows[row].error) = (status, "reset: 1 of 3 requests".to_owned());
        }
        rows[3].phase = Phase::Warmup;
        rows
    }

    fn write(path: &Path, kind: RequestFile, rows: &[SampleRow]) -> Folder {
        let folder = Folder::open(path).unwrap();
        let mut journal = Journal::create(&folder, kind).unwrap();
        let outcomes: Vec<Outcome> = (0..3).map(outcome).collect();
        rows.iter().for_each(|row| journal.append(row, &outcomes).unwrap());
        folder
    }

    #[test]
    fn wherever_it_is_killed_each_sample_counts_once_and_it_can_be_done_again() {
        let rows = samples();
        let (failed, good): (Vec<SampleRow>, Vec<SampleRow>) =
            rows.iter().cloned().partition(|row| row.status != SampleStatus::Ok);
        for kind in [RequestFile::Csv, RequestFile::CsvZst, RequestFile::None] {
            let of_good = tempfile::tempdir().unwrap();
            write(of_good.path(), kind, &good);
            for steps in 0..3 {
                let place = tempfile::tempdir().unwrap();
                let folder = write(place.path(), kind, &rows);
                if steps > 0 {
                    keep_failed(&folder, &rows).unwrap();
                }
                if let Some(name) = kind.file_name().filter(|_| steps > 1) {
                    keep_requests(&folder, name, &rows).unwrap();
                }
                assert_eq!(whole_samples(&folder).unwrap().0, rows, "{kind}, {steps} steps");
                assert_eq!(retried(&folder, &rows).unwrap(), [], "{kind}, {steps} steps");
                set_failed_aside(&folder, kind).unwrap();
                for name in [Some(files::RAW), kind.file_name()].into_iter().flatten() {
                    let [now, wanted] = [place.path(), of_good.path()].map(|path| fs::read(path.join(name)).unwrap());
                    assert_eq!(now, wanted, "{kind}, {steps} steps: {name}");
                }
                assert_eq!(retried(&folder, &good).unwrap(), failed, "{kind}, {steps} steps");
            }
        }
    }

    #[test]
    fn what_fails_again_is_kept_beside_the_first_and_columns_stay_those_of_the_run() {
        let (place, rows) = (tempfile::tempdir().unwrap(), samples());
        let folder = write(place.path(), RequestFile::None, &rows);
        let raw = place.path().join(files::RAW);
        let old = fs::read_to_string(&raw).unwrap().replace(",total_rss_bytes\n", "\n").replace(",9\n", "\n");
        fs::write(&raw, &old).unwrap();
        set_failed_aside(&folder, RequestFile::None).unwrap();
        let kept = fs::read_to_string(&raw).unwrap();
        assert!(old.starts_with(kept.lines().next().unwrap()), "{kept}");
        assert_eq!(kept.lines().count(), 1 + 5);
        let again = SampleRow { started_at: "2026-11-22T19:30:00.000Z".to_owned(), ..rows[0].clone() };
        Journal::resume(&folder, RequestFile::None).unwrap().0.append(&again, &[]).unwrap();
        set_failed_aside(&folder, RequestFile::None).unwrap();
        let kept = retried(&folder, &whole_samples(&folder).unwrap().0).unwrap();
        assert_eq!(kept.iter().filter(|row| (row.strategy.as_str(), row.repeat) == ("a", 1)).count(), 2);
        assert_eq!(kept.len(), 4);
    }
}
