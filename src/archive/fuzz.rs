//! Bodies of the fuzz targets of this folder: rows and manifests of any bytes.

use super::files;
use super::folder::Folder;
use super::journal::whole_samples;
use super::layout::RunDirectory;
use super::load::facts;
use super::manifest::Manifest;
use super::reader::{ValidPrefix, rows};
use super::requests::{KnownSamples, whole_requests};
use crate::importer::fuzz::{OneFile, one_line};
use crate::importer::{TableOptions, any_table};
use crate::model::{Outcome, RequestRow, SampleRow};
use crate::rows::{first_row, sample_row};

fn folder_of(file: &OneFile) -> Folder {
    Folder::open(file.folder()).expect("a folder that was just made can be opened")
}

/// The whole rows of a journal are whole by themselves, and the same when they were written anew.
pub(crate) fn raw_rows(data: &[u8]) {
    let read = |data: &[u8]| whole_samples(&folder_of(&OneFile::new(files::RAW, data)));
    let Ok((mut samples, valid)) = read(data) else { return };
    let length = usize::try_from(valid.length).expect("no more is whole than there is");
    assert_eq!(read(&data[..length]).expect("whole rows can be read"), (samples.clone(), valid));
    let mut text = first_row::<SampleRow>().into_bytes();
    samples.iter().for_each(|sample| text.extend(sample_row(sample, usize::MAX).expect("memory takes any row")));
    let (again, all) = read(&text).expect("what was written can be read");
    samples.iter_mut().for_each(one_line);
    assert_eq!((again, all.length), (samples, text.len() as u64));
}

/// Samples that the rows of requests may be of.
const SAMPLES: &str = "strategy,requests,duration_s,repeat\na,3,1,1\n\"b, \"\"q\"\"\",2,1,1\na,3,1,2\n";

/// Rows of requests are the same in chunks, row by row, and compressed; and those that are whole are so by themselves.
pub(crate) fn request_rows(data: &[u8]) {
    let table = OneFile::new("table.csv", SAMPLES.as_bytes());
    let samples = any_table(table.open(), &table.path, &TableOptions::default()).expect("a sound table").run.samples;
    let known = KnownSamples::of(&samples);
    let read = |name: &str, bytes: &[u8]| {
        let mut found: Vec<(usize, Outcome)> = Vec::new();
        let valid = whole_requests(&folder_of(&OneFile::new(name, bytes)), name, &known, |sample, outcome| {
            found.push((sample, outcome));
        });
        valid.ok().map(|valid| (found, valid))
    };
    let _ = read(files::REQUESTS_ZST, data);
    let plain = read(files::REQUESTS, data);
    assert_eq!(plain.as_ref().map(|(_, valid)| *valid), row_by_row(data, &known));
    let frame = zstd::encode_all(data, 1).expect("memory takes any frame");
    let compressed = read(files::REQUESTS_ZST, &frame);
    assert_eq!(compressed.map(|(found, _)| found), plain.as_ref().map(|(found, _)| found.clone()));
    if let Some((found, valid)) = plain {
        let length = usize::try_from(valid.length).expect("no more is whole than there is");
        assert_eq!(read(files::REQUESTS, &data[..length]), Some((found, valid)));
    }
}

/// How much of a journal is whole, by the reader of CSV alone.
fn row_by_row(data: &[u8], known: &KnownSamples<'_>) -> Option<ValidPrefix> {
    rows(data, &mut None, ValidPrefix::default(), |row: RequestRow| known.sample(&row).is_some()).ok()
}

/// A manifest that was written is read back as it was, and its facts can be told.
pub(crate) fn manifest(data: &[u8]) {
    let file = OneFile::new(files::MANIFEST, data);
    let directory = RunDirectory::open(file.folder()).expect("it has a manifest");
    let Ok(mut given) = Manifest::read(&directory) else { return };
    let _ = facts(&given);
    given.write(&directory).expect("a manifest can be written");
    let again = Manifest::read(&directory).expect("what was written can be read");
    [given.schema_version, ..] = Manifest::schema_versions();
    given.manifest_sha256.clone_from(&again.manifest_sha256);
    // Why the settings of an older run are unknown is found anew at each conversion, and no part of the file.
    given.unreadable = None;
    assert_eq!(again, given);
}
