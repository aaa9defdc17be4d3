//! The body of this folder's fuzz target: tables of any bytes.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use csv::Writer;
use tempfile::TempDir;

use super::plain::plain_table;
use super::table::REQUIRED;
use super::{Imported, TableOptions, any_table, load_csv};
use crate::input::{self, FileKind, InputFile};
use crate::model::{Nanos, Run, SampleRow};

thread_local! {
    /// The folder of all inputs: making one takes as long as what is tested.
    static FOLDER: Rc<TempDir> = Rc::new(tempfile::tempdir().expect("a temporary folder can be made"));
}

/// A file of the thread's folder, until it is dropped.
pub(crate) struct OneFile {
    folder: Rc<TempDir>,
    pub(crate) path: PathBuf,
}

impl OneFile {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        let folder = FOLDER.with(Rc::clone);
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a temporary file can be written");
        Self { folder, path }
    }

    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn open(&self) -> InputFile {
        input::open(&self.path, FileKind::Table).expect("a file that was just written can be opened")
    }
}

impl Drop for OneFile {
    fn drop(&mut self) {
        std::fs::remove_file(&self.path).expect("a file that was written is still there");
    }
}

/// A table is the same whether it is read in chunks or row by row, and again when it was written anew.
pub(crate) fn imported_csv(data: &[u8]) {
    let file = OneFile::new("table.csv", data);
    if let Ok(Some(table)) = plain_table(file.open(), &file.path) {
        let row_by_row = any_table(file.open(), &file.path, &TableOptions::default());
        let row_by_row = row_by_row.expect("what is read in chunks can be read row by row");
        assert_eq!(table.run(Vec::new()), row_by_row.run);
    }
    // Of a table whose columns were guessed, nothing is written in the same form.
    let Ok(Imported { run, guess: None }) = load_csv(&file.path, &TableOptions::default()) else { return };
    drop(file);
    let again = OneFile::new("table.csv", &written(&run));
    let again = load_csv(&again.path, &TableOptions::default()).expect("what was written can be read");
    assert_eq!(again.run, as_written(run));
}

fn written(run: &Run) -> Vec<u8> {
    let mut writer = Writer::from_writer(Vec::new());
    if run.durations.keys().is_empty() {
        run.samples.iter().for_each(|sample| writer.serialize(sample).expect("memory takes any row"));
    } else {
        writer.write_record(REQUIRED).expect("memory takes any row");
        for ((strategy_index, requests), durations) in run.durations.iter() {
            let name = &run.strategies[strategy_index].name;
            let row = |duration: &Nanos| [name.clone(), requests.to_string(), duration.to_string()];
            durations.iter().map(row).for_each(|row| writer.write_record(&row).expect("memory takes any row"));
        }
    }
    writer.into_inner().expect("memory takes any row")
}

fn as_written(mut run: Run) -> Run {
    run.samples.iter_mut().for_each(one_line);
    run
}

/// What a row does not keep: control characters of the error.
pub(crate) fn one_line(sample: &mut SampleRow) {
    sample.error = sample.error.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
}
