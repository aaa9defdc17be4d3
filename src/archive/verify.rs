//! Are the files of a run the ones that were written? Each against its checksum, the manifest against its own, what the
//! manifest tells against the rows. Whether the derived files follow from the rows is for those who can draw.

use std::fmt;

use super::checksums::{checksum, matches_own_checksum};
use super::error::ArchiveError;
use super::files;
use super::folder::Contents;
use super::layout::RunDirectory;
use super::load::Loaded;
use super::manifest::{Manifest, RunStatus};
use super::tags::tags;
use crate::input::FileKind;

/// Something about a run that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The file, by its path in the run.
    pub file: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Deviation {
    /// Of a file.
    #[must_use]
    pub fn of(file: &str, problem: impl Into<String>) -> Self {
        Self { file: file.to_owned(), problem: problem.into() }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.file, self.problem)
    }
}

/// Everything about a run that deviates. Cost: reads every file once, the rows twice.
///
/// # Errors
/// When it is no run, is of a newer schema, or cannot be read.
pub fn verify(directory: &RunDirectory) -> Result<Vec<Deviation>, ArchiveError> {
    let manifest = match Manifest::read(directory) {
        Ok(manifest) => manifest,
        // What has rows is a run, whatever became of its manifest.
        Err(ArchiveError::Content { problem, .. }) if directory.folder().has(files::RAW) => {
            return Ok(vec![Deviation::of(files::MANIFEST, problem)]);
        }
        Err(error) => return Err(directory.relocate(error)),
    };
    let contents = directory.folder().contents()?;
    let mut found: Vec<Deviation> = own_checksum(directory, &manifest)?.into_iter().collect();
    found.extend(checksums(directory, &manifest, &contents)?);
    // Rows that are not the ones written would only repeat what their checksum says.
    let is_measured = |deviation: &Deviation| files::is_measured(&deviation.file);
    if !found.iter().any(is_measured) {
        found.extend(facts(directory, &manifest)?);
    }
    found.extend(tags(directory).err().map(|error| Deviation::of(files::TAGS, error.problem())));
    directory.check_there()?;
    Ok(found)
}

/// What was measured, or asked for, and differs from its checksum. Nothing for a run that has none yet.
///
/// # Errors
/// When a file cannot be read.
pub fn changed_measurements(loaded: &Loaded) -> Result<Vec<Deviation>, ArchiveError> {
    let sums = loaded.manifest.files.iter().filter(|(name, _)| files::is_measured(name));
    let deviations = sums.map(|(name, sum)| against(&loaded.directory, name, sum));
    deviations.filter_map(Result::transpose).collect()
}

fn own_checksum(directory: &RunDirectory, manifest: &Manifest) -> Result<Option<Deviation>, ArchiveError> {
    if manifest.schema_version < 2 && manifest.manifest_sha256.is_empty() {
        return Ok(None);
    }
    let text = directory.folder().read(files::MANIFEST, FileKind::Manifest)?.unwrap_or_default();
    Ok((!std::str::from_utf8(&text).is_ok_and(matches_own_checksum))
        .then(|| Deviation::of(files::MANIFEST, "its content differs from its own checksum")))
}

fn checksums(
    directory: &RunDirectory,
    manifest: &Manifest,
    contents: &Contents,
) -> Result<Vec<Deviation>, ArchiveError> {
    let mut found = Vec::new();
    let has_ended = !manifest.files.is_empty() && manifest.status != RunStatus::Running;
    if !has_ended {
        let problem = "has no checksums: the run never came to its end; `reportgen --resume` takes it there";
        found.push(Deviation::of(files::MANIFEST, problem));
    }
    for (name, sum) in &manifest.files {
        if sum.is_empty() {
            let problem = "was being made when the program was ended; `reportgen render` makes it";
            found.push(Deviation::of(name, problem));
        } else if contents.files.binary_search(name).is_err() {
            found.push(Deviation::of(name, "missing"));
        } else {
            found.extend(against(directory, name, sum)?);
        }
    }
    let unknown = |name: &&String| {
        let known = !has_ended || manifest.files.contains_key(*name);
        !known && ![files::MANIFEST, files::TAGS].contains(&name.as_str())
    };
    found.extend(contents.files.iter().filter(unknown).map(|name| Deviation::of(name, "is not of the run")));
    found.extend(contents.others.iter().map(|name| Deviation::of(name, "is not of the run, and no plain file")));
    Ok(found)
}

fn against(directory: &RunDirectory, name: &str, sum: &str) -> Result<Option<Deviation>, ArchiveError> {
    let now = checksum(directory.folder(), name)?;
    Ok((now != sum).then(|| Deviation::of(name, "its content differs from its checksum")))
}

/// What the manifest tells, against the files.
fn facts(directory: &RunDirectory, manifest: &Manifest) -> Result<Vec<Deviation>, ArchiveError> {
    let loaded = match Loaded::read(directory) {
        Ok(loaded) => loaded,
        Err(error @ (ArchiveError::Content { .. } | ArchiveError::NotARun { .. } | ArchiveError::Io { .. })) => {
            let file = error.file_in(directory.path()).unwrap_or_else(|| files::RAW.to_owned());
            return Ok(vec![Deviation::of(&file, error.problem())]);
        }
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    if checksum(directory.folder(), files::CONFIG)? != manifest.config_sha256 {
        found.push(Deviation::of(files::CONFIG, "is not the config that the manifest tells of"));
    }
    let (rows, planned) = (loaded.run.samples.len(), manifest.planned_samples);
    if manifest.status == RunStatus::Finished && u32::try_from(rows) != Ok(planned) {
        found.push(Deviation::of(files::RAW, format!("holds {rows} samples, and the manifest tells of {planned}")));
    }
    for line in loaded.run.strategies.iter().skip(manifest.settings.strategies.len()) {
        found.push(Deviation::of(files::RAW, format!("has the strategy {:?}, which the manifest has not", line.name)));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;
    use std::fs;

    use proptest::prelude::{any, prop, proptest};
    use tempfile::TempDir;

    use super::super::testkit::{rewritten, small_run};
    use super::super::{RunDirectory, files, set_tags};
    use super::verify;

    fn lines(run: &RunDirectory) -> Vec<String> {
        verify(run).unwrap().iter().map(ToString::to_string).collect()
    }

    thread_local!(static RUN: RefCell<(TempDir, RunDirectory)> = {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        RefCell::new((parent, run))
    });

    proptest! {
        #[test]
        fn a_changed_byte_anywhere_is_found(
            file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), change in 1_u8..
        ) {
            RUN.with_borrow(|(_, run)| {
                let names = run.folder().contents().unwrap().files;
                let name = &names[file.index(names.len())];
                let good = fs::read(run.file(name)).unwrap();
                let mut bad = good.clone();
                bad[at.index(good.len())] ^= change;
                fs::write(run.file(name), bad).unwrap();
                let found = verify(run);
                fs::write(run.file(name), good).unwrap();
                // A digit of the schema's number may make it one that is refused.
                assert!(found.is_err() || found.is_ok_and(|found| found.iter().any(|deviation| deviation.file == *name)));
                assert_eq!(lines(run), [""; 0]);
            });
        }
    }

    #[test]
    fn what_deviates_is_named_a_line_each() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        set_tags(&run, ["kept".to_owned()].into()).unwrap();
        assert_eq!(lines(&run), [""; 0], "tags are no deviation");
        fs::remove_file(run.file("summary.csv")).unwrap();
        fs::write(run.file("charts/duration.svg"), "other").unwrap();
        fs::write(run.file("notes.txt"), "mine").unwrap();
        fs::write(run.file(files::TAGS), "{").unwrap();
        let found = lines(&run);
        assert_eq!(found.len(), 4, "{found:?}");
        for (line, expected) in found.iter().zip([
            "charts/duration.svg: its content differs from its checksum",
            "summary.csv: missing",
            "notes.txt: is not of the run",
            "tags.json: no list of tags: ",
        ]) {
            assert!(line.starts_with(expected), "{line}");
        }
    }

    #[test]
    fn facts_of_the_manifest_are_checked_against_the_rows() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        rewritten(&run, |manifest| {
            (manifest.planned_samples, manifest.config_sha256) = (9, "0".repeat(64));
            manifest.settings.strategies.truncate(1);
        });
        let found: BTreeSet<String> = lines(&run).into_iter().collect();
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            [
                "config.toml: is not the config that the manifest tells of",
                "raw.csv: has the strategy \"a,\\\"b\\\"\", which the manifest has not",
                "raw.csv: holds 8 samples, and the manifest tells of 9",
            ]
        );
    }

    #[test]
    fn new_checksums_do_not_make_changed_rows_good() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        let raw = fs::read_to_string(run.file(files::RAW)).unwrap();
        fs::write(run.file(files::RAW), raw.replacen("0.105100000", "0.100100000", 1)).unwrap();
        fs::write(run.file("summary.csv"), "drawn again\n").unwrap();
        rewritten(&run, |_| {});
        assert_eq!(lines(&run), ["raw.csv: its content differs from its checksum"]);
    }

    #[test]
    fn a_run_that_never_ended_and_what_is_no_run_say_so() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        let mut manifest = super::Manifest::read(&run).unwrap();
        manifest.files.clear();
        manifest.write(&run).unwrap();
        assert!(lines(&run)[0].starts_with("manifest.json: has no checksums"));
        fs::write(run.file(files::MANIFEST), "{").unwrap();
        assert!(lines(&run)[0].starts_with("manifest.json: not JSON"));
        fs::remove_file(run.file(files::RAW)).unwrap();
        assert!(verify(&run).is_err());
    }
}
