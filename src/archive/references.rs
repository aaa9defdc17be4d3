//! Tables that were measured elsewhere: copied into the run directory when a run begins, so that it can be drawn again
//! without the originals, and read from there ever after.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ArchiveError;
use super::files;
use super::layout::{RunDirectory, safe_stem};
use super::writer::FolderWriter;
use crate::config::ReferenceSpec;
use crate::importer::{TableOptions, load_csv, read_csv};
use crate::input::{self, FileKind};
use crate::model::{Nanos, Reference, RequestCount, Run, SampleStatus};

/// One reference, as the manifest keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ManifestReference {
    /// The line's label.
    pub name: String,
    /// The table's path within the run directory.
    pub file: String,
    /// Its strategy in that table.
    pub strategy: String,
    /// How long each of its requests had to wait, in seconds; absent where the config does not say.
    #[serde(default)]
    pub delay_s: Option<f64>,
}

/// Reads what the references of a config name, to find what is wrong before anything is measured. `from` is what their
/// paths are relative to.
///
/// # Errors
/// When a table cannot be read, is no table, or does not hold the strategy.
pub fn check_references(specs: &[ReferenceSpec], from: &Path) -> Result<(), ArchiveError> {
    let mut tables = Tables::default();
    specs.iter().try_for_each(|spec| {
        let path = from.join(&spec.file);
        tables.durations(&path, &spec.strategy, || Ok(load_csv(&path, &TableOptions::default())?.run)).map(drop)
    })
}

/// Copies the tables into a run directory, each once.
///
/// # Errors
/// When a table cannot be read or its copy not be written.
pub fn copy_references(
    specs: &[ReferenceSpec],
    from: &Path,
    directory: &RunDirectory,
) -> Result<Vec<ManifestReference>, ArchiveError> {
    let mut copies: Vec<(&PathBuf, String)> = Vec::new();
    let mut kept = Vec::new();
    for spec in specs {
        let file = match copies.iter().find(|(original, _)| *original == &spec.file) {
            Some((_, copy)) => copy.clone(),
            None => {
                let copy = free_name(&spec.file, &copies);
                let original = from.join(&spec.file);
                let bytes = input::read(&original, FileKind::Table).map_err(ArchiveError::io("read", &original))?;
                FolderWriter::of(directory.folder().clone()).write(&copy, &bytes)?;
                copies.push((&spec.file, copy.clone()));
                copy
            }
        };
        let (name, strategy) = (spec.name.clone(), spec.strategy.clone());
        kept.push(ManifestReference { name, file, strategy, delay_s: spec.delay.map(Nanos::as_secs_f64) });
    }
    Ok(kept)
}

/// `references/<stem>.csv`, with `-2`, `-3` … where another table has that name.
fn free_name(original: &Path, copies: &[(&PathBuf, String)]) -> String {
    let stem = original.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let base = format!("{}/{}", files::REFERENCES, safe_stem(&stem));
    let is_free = |name: &String| copies.iter().all(|(_, taken)| taken != name);
    files::numbered(base.clone(), ".csv").find(is_free).unwrap_or(base)
}

/// The references of an archived run, out of its own copies.
pub(super) fn read_references(
    directory: &RunDirectory,
    kept: &[ManifestReference],
) -> Result<Vec<Reference>, ArchiveError> {
    let mut tables = Tables::default();
    let read = |reference: &ManifestReference| {
        // A manifest may come from anywhere, and drawing a run elsewhere copies its tables.
        if !files::is_measured(&reference.file) {
            let path = directory.file(files::MANIFEST);
            return Err(ArchiveError::content(
                &path,
                format!("the reference {:?} is no table of the run", reference.file),
            ));
        }
        let (folder, path) = (directory.folder(), directory.file(&reference.file));
        let open = || folder.open_file(&reference.file, FileKind::Table);
        let table = || Ok(read_csv::<ArchiveError>(open, &path, &TableOptions::default())?.run);
        Ok(Reference {
            name: reference.name.clone(),
            file: reference.file.clone(),
            strategy: reference.strategy.clone(),
            delay: reference.delay_s.map(Nanos::from_secs_f64),
            durations: tables.durations(&path, &reference.strategy, table)?,
        })
    };
    kept.iter().map(read).collect()
}

/// Tables that were read, each once: many references may name the same.
#[derive(Default)]
struct Tables(HashMap<PathBuf, Run>);

impl Tables {
    /// What a strategy's samples took, where they count.
    fn durations(
        &mut self,
        path: &Path,
        strategy: &str,
        read: impl FnOnce() -> Result<Run, ArchiveError>,
    ) -> Result<Vec<(RequestCount, Nanos)>, ArchiveError> {
        let run = match self.0.entry(path.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(read()?),
        };
        let of_strategy = |index: usize| run.strategies[index].name == strategy;
        let samples = run.samples.iter().filter(|row| row.strategy == strategy && row.status == SampleStatus::Ok);
        let samples = samples.filter_map(|row| Some((row.requests, row.duration_s?)));
        let bare = run.durations.iter().filter(|((index, _), _)| of_strategy(*index));
        let bare = bare.flat_map(|((_, requests), found)| found.iter().map(move |duration| (requests, *duration)));
        let durations: Vec<_> = samples.chain(bare).collect();
        if durations.is_empty() {
            let mut names: Vec<&str> = run.strategies.iter().map(|line| line.name.as_str()).collect();
            names.sort_unstable();
            names.truncate(12);
            let problem = format!("no row of strategy {strategy:?} counts; it holds {}", names.join(", "));
            return Err(ArchiveError::content(path, problem));
        }
        Ok(durations)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{ManifestReference, check_references, copy_references, read_references};
    use crate::archive::{RunDirectory, files};
    use crate::config::ReferenceSpec;
    use crate::model::Nanos;

    #[test]
    fn a_manifest_cannot_name_a_table_outside_its_run() {
        let folder = tempfile::tempdir().unwrap();
        for name in [files::MANIFEST, "table.csv"] {
            fs::write(folder.path().join(name), TABLE).unwrap();
        }
        let directory = RunDirectory::open(folder.path()).unwrap();
        for file in
            ["../table.csv", "references/../table.csv", "/etc/passwd", "table.csv", "references/", "charts/x.csv"]
        {
            let kept = ManifestReference { name: "a".into(), file: file.into(), strategy: "a".into(), delay_s: None };
            let error = read_references(&directory, &[kept]).unwrap_err().to_string();
            assert!(error.contains("is no table of the run"), "{file}: {error}");
        }
    }

    const TABLE: &str = "strategy,requests,duration_s\na,10,5.5\na,10,6.5\nb,20,1\n";

    fn spec(name: &str, file: &str, strategy: &str) -> ReferenceSpec {
        let delay = Some(Nanos::SECOND * 5);
        ReferenceSpec { name: name.into(), file: file.into(), strategy: strategy.into(), delay }
    }

    #[test]
    fn a_run_keeps_its_own_copies() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path();
        fs::create_dir_all(from.join("other")).unwrap();
        fs::write(from.join("table.csv"), TABLE).unwrap();
        let with_status = "strategy,requests,duration_s,status\na,7,1,ok\na,7,9,failed\n";
        fs::write(from.join("other/table.csv"), with_status).unwrap();
        let run = from.join("run");
        fs::create_dir_all(&run).unwrap();
        fs::write(run.join(files::MANIFEST), "{}").unwrap();
        let directory = RunDirectory::open(&run).unwrap();
        let specs = [spec("x", "table.csv", "a"), spec("y", "other/table.csv", "a"), spec("z", "table.csv", "b")];
        check_references(&specs, from).unwrap();
        let kept = copy_references(&specs, from, &directory).unwrap();
        let names: Vec<&str> = kept.iter().map(|reference| reference.file.as_str()).collect();
        assert_eq!(names, ["references/table.csv", "references/table-2.csv", "references/table.csv"]);
        fs::remove_file(from.join("table.csv")).unwrap();
        let read = read_references(&directory, &kept).unwrap();
        assert_eq!(read[0].durations, [(10, Nanos::from_millis(5_500)), (10, Nanos::from_millis(6_500))]);
        assert_eq!((read[1].durations.len(), read[2].durations.len()), (1, 1));
        assert_eq!(read[0].delay, Some(Nanos::SECOND * 5));
        assert_eq!(fs::read_to_string(run.join("references/table.csv")).unwrap(), TABLE);
    }

    #[test]
    fn what_is_not_there_is_said_before_anything_is_measured() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("table.csv"), TABLE).unwrap();
        let fault = |spec| check_references(&[spec], folder.path()).unwrap_err().to_string();
        let strange = fault(spec("x", "table.csv", "c"));
        assert!(strange.ends_with("no row of strategy \"c\" counts; it holds a, b"), "{strange}");
        let absent = fault(spec("x", "nowhere.csv", "a"));
        assert!(absent.contains("nowhere.csv"), "{absent}");
    }
}
