//! Bodies of the fuzz targets of this folder: tables, rows, manifests and packs, as anybody may have made them.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use csv::Writer;
use tar::{Builder, EntryType, Header};
use tempfile::TempDir;

use super::files;
use super::folder::Folder;
use super::foreign::{any_table, load_csv, plain_table};
use super::journal::whole_samples;
use super::layout::RunDirectory;
use super::load::facts;
use super::reader::{Columns, Whole, rows};
use super::requests::{Known, whole_requests};
use super::rows::{RAW_COLUMNS, REQUEST_COLUMNS, raw_fields};
use super::{Manifest, unpack};
use crate::input::{self, FileKind, InputFile};
use crate::model::{Outcome, Run, SampleRow};

thread_local! {
    /// The folder of all inputs: making one takes as long as what is tested.
    static FOLDER: Rc<(TempDir, Folder)> = {
        let private = tempfile::tempdir().expect("a temporary folder can be made");
        let folder = Folder::open(private.path()).expect("a folder that was just made can be opened");
        Rc::new((private, folder))
    };
}

/// A file of the thread's folder, until it is dropped.
struct OneFile {
    place: Rc<(TempDir, Folder)>,
    path: PathBuf,
}

impl OneFile {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let place = FOLDER.with(Rc::clone);
        let path = place.0.path().join(name);
        std::fs::write(&path, bytes).expect("a temporary file can be written");
        Self { place, path }
    }

    fn folder(&self) -> &Folder {
        &self.place.1
    }

    fn open(&self) -> InputFile {
        input::open(&self.path, FileKind::Table).expect("a file that was just written can be opened")
    }
}

impl Drop for OneFile {
    fn drop(&mut self) {
        std::fs::remove_file(&self.path).expect("a file that was written is still there");
    }
}

/// A table is the same whether it is read in blocks or row by row, and again when it was written anew.
pub(crate) fn foreign_csv(data: &[u8]) {
    let file = OneFile::new("table.csv", data);
    if let Ok(Some(table)) = plain_table(file.open(), &file.path) {
        let row_by_row = any_table(file.open(), &file.path).expect("what is read in blocks can be read row by row");
        assert_eq!(table.run(Vec::new()), row_by_row);
    }
    let Ok(run) = load_csv(&file.path) else { return };
    drop(file);
    let again = OneFile::new("table.csv", &written(&run));
    assert_eq!(load_csv(&again.path).expect("what was written can be read"), as_written(run));
}

fn written(run: &Run) -> Vec<u8> {
    let mut writer = Writer::from_writer(Vec::new());
    let mut put = |fields: &[String]| writer.write_record(fields).expect("memory takes any row");
    if run.durations.is_empty() {
        put(&RAW_COLUMNS.map(str::to_owned));
        run.samples.iter().for_each(|sample| put(&raw_fields(sample)));
    } else {
        put(&["strategy", "requests", "duration_s"].map(str::to_owned));
        for ((strategy_index, requests), durations) in &run.durations {
            let name = &run.strategies[*strategy_index].name;
            durations.iter().for_each(|duration| put(&[name.clone(), requests.to_string(), duration.to_string()]));
        }
    }
    writer.into_inner().expect("memory takes any row")
}

fn as_written(mut run: Run) -> Run {
    run.samples.iter_mut().for_each(one_line);
    run
}

/// What a row does not keep: control characters of the error.
fn one_line(sample: &mut SampleRow) {
    sample.error = sample.error.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
}

/// The whole rows of a journal are whole by themselves, and the same when they were written anew.
pub(crate) fn raw_rows(data: &[u8]) {
    let Ok((mut samples, whole)) = whole_samples(OneFile::new(files::RAW, data).folder()) else { return };
    let length = usize::try_from(whole.length).expect("no more is whole than there is");
    let (again, same) =
        whole_samples(OneFile::new(files::RAW, &data[..length]).folder()).expect("whole rows can be read");
    assert_eq!((&again, same), (&samples, whole));
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(RAW_COLUMNS).expect("memory takes any row");
    samples.iter().for_each(|sample| writer.write_record(raw_fields(sample)).expect("memory takes any row"));
    let text = writer.into_inner().expect("memory takes any row");
    let (again, all) = whole_samples(OneFile::new(files::RAW, &text).folder()).expect("what was written can be read");
    samples.iter_mut().for_each(one_line);
    assert_eq!((again, all.length), (samples, text.len() as u64));
}

/// Samples that the rows of requests may be of.
const SAMPLES: &str = "strategy,requests,duration_s,repeat\na,3,1,1\n\"b, \"\"q\"\"\",2,1,1\na,3,1,2\n";

/// Rows of requests are the same in blocks, row by row, and compressed; and those that are whole are so by themselves.
pub(crate) fn request_rows(data: &[u8]) {
    let table = OneFile::new("table.csv", SAMPLES.as_bytes());
    let samples = any_table(table.open(), &table.path).expect("a sound table").samples;
    let known = Known::of(&samples);
    let read = |name: &str, bytes: &[u8]| {
        let mut found: Vec<(usize, Outcome)> = Vec::new();
        let whole = whole_requests(OneFile::new(name, bytes).folder(), name, &known, |sample, outcome| {
            found.push((sample, outcome));
        });
        whole.ok().map(|whole| (found, whole))
    };
    let _ = read(files::REQUESTS_ZST, data);
    let plain = read(files::REQUESTS, data);
    assert_eq!(plain.as_ref().map(|(_, whole)| *whole), row_by_row(data, &known));
    let frame = zstd::encode_all(data, 1).expect("memory takes any frame");
    let compressed = read(files::REQUESTS_ZST, &frame);
    assert_eq!(compressed.map(|(found, _)| found), plain.as_ref().map(|(found, _)| found.clone()));
    if let Some((found, whole)) = plain {
        let length = usize::try_from(whole.length).expect("no more is whole than there is");
        assert_eq!(read(files::REQUESTS, &data[..length]), Some((found, whole)));
    }
}

/// How much of a journal is whole, by the reader of CSV alone.
fn row_by_row(data: &[u8], known: &Known<'_>) -> Option<Whole> {
    let mut columns = Columns::new(&REQUEST_COLUMNS, REQUEST_COLUMNS.len());
    let whole = rows(data, &mut columns, Whole::default(), |fields| {
        let row = fields.request()?;
        Ok(known.sample(&row).is_some())
    });
    whole.ok()
}

/// A manifest that was written is read back as it was, and its facts can be told.
pub(crate) fn manifest(data: &[u8]) {
    let file = OneFile::new(files::MANIFEST, data);
    let directory = RunDirectory::open(file.path.parent().expect("it lies in a folder")).expect("it has a manifest");
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

/// Nothing is taken out of a pack but plain files below its folder, each once, and no more than the bound.
pub(crate) fn pack(data: &[u8]) {
    const BOUND: u64 = 1 << 20;

    let Some((kind, data)) = data.split_first() else { return };
    let bytes = match kind % 3 {
        0 => data.to_vec(),
        1 => zstd::encode_all(data, 1).expect("memory takes any frame"),
        _ => zstd::encode_all(&*tar_of(data), 1).expect("memory takes any frame"),
    };
    let (mut names, mut total) = (BTreeSet::new(), 0);
    let read = unpack::members(&*bytes, BOUND, |name, content| {
        let path = Path::new(name);
        assert!(path.components().all(|part| matches!(part, Component::Normal(_))), "{name:?} leads elsewhere");
        assert!(names.insert(name.to_owned()), "{name:?} comes twice");
        let taken = std::io::copy(content, &mut std::io::sink())?;
        total += taken;
        Ok(taken)
    });
    assert!(total <= BOUND);
    if read.is_ok() {
        let file = OneFile::new("run.tar.zst", &bytes);
        let unpacked = unpack::unpack(&file.path, |_| true).map(|unpacked| {
            let found = super::contents(unpacked.path()).expect("its folder can be read");
            assert!(found.others.is_empty(), "only plain files are taken");
            assert!(found.files.iter().eq(&names), "every file is where its name says");
        });
        // A name may be too long for the file system, or a folder's at once.
        drop(unpacked);
    }
}

/// A tar whose headers have their sums: each member is the length of its name, its type, the length of its content, and
/// then both.
fn tar_of(mut data: &[u8]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    while let [length, kind, size, rest @ ..] = data {
        let (name, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        let (content, rest) = rest.split_at(rest.len().min(usize::from(*size)));
        data = rest;
        let mut header = Header::new_ustar();
        let field = &mut header.as_old_mut().name;
        let end = name.len().min(field.len());
        field[..end].copy_from_slice(&name[..end]);
        header.set_entry_type(EntryType::new(*kind));
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content).expect("memory takes any member");
    }
    builder.into_inner().expect("memory takes any member")
}
