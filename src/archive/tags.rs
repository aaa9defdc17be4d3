//! Tags of a run: words that people give it, beside its other files. They may change at any time, so that the manifest has
//! no checksum of them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::ArchiveError;
use super::files;
use super::layout::RunDirectory;
use super::writer::FolderWriter;
use crate::input::FileKind;

/// Schema of tags.json.
const SCHEMA_VERSION: u32 = 1;
/// Most characters of a tag.
const LONGEST: usize = 64;

#[derive(Serialize, Deserialize)]
struct TagFile {
    schema_version: u32,
    tags: BTreeSet<String>,
}

/// The tags of a run; none where it has no tags.
///
/// # Errors
/// When tags.json cannot be read, holds something else, or is of a newer schema.
pub fn tags(directory: &RunDirectory) -> Result<BTreeSet<String>, ArchiveError> {
    let path = directory.file(files::TAGS);
    let Some(text) = directory.folder().read(files::TAGS, FileKind::Tags)? else { return Ok(BTreeSet::new()) };
    let file: TagFile = serde_json::from_slice(&text)
        .map_err(|error| ArchiveError::content(&path, format!("no list of tags: {error}")))?;
    if file.schema_version > SCHEMA_VERSION {
        return Err(ArchiveError::NewerSchema { path, found: file.schema_version, known: SCHEMA_VERSION });
    }
    match file.tags.iter().find_map(|tag| check_tag(tag).err()) {
        Some(problem) => Err(ArchiveError::content(&path, problem)),
        None => Ok(file.tags),
    }
}

/// Replaces the tags of a run. The caller holds the run's lock from before they were read.
///
/// # Errors
/// When they cannot be written.
pub fn set_tags(directory: &RunDirectory, tags: BTreeSet<String>) -> Result<(), ArchiveError> {
    if tags.is_empty() {
        directory.folder().remove_file(files::TAGS)?;
        return directory.folder().sync();
    }
    let writer = FolderWriter::of(directory.folder().clone());
    writer.write_json(files::TAGS, &TagFile { schema_version: SCHEMA_VERSION, tags })?;
    writer.finish()
}

/// Whether a word may be a tag: letters, digits, `-`, `_` and `.`, at most 64, the first a letter or digit. `latest` is
/// taken.
///
/// # Errors
/// What is wrong with it.
pub fn check_tag(tag: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    if tag.is_empty() || !tag.starts_with(char::is_alphanumeric) || !tag.chars().all(allowed) {
        return Err(format!("{tag:?} is no tag: letters, digits, - _ and . are, and the first is a letter or a digit"));
    }
    if tag.chars().count() > LONGEST {
        return Err(format!("{tag:?} is no tag: it is longer than {LONGEST} characters"));
    }
    if tag == files::LATEST {
        return Err(format!("{tag:?} is no tag: it names the newest run"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::testkit::small_run;
    use super::{check_tag, files, set_tags, tags};

    #[test]
    fn tags_are_kept_sorted_and_leave_no_file_when_all_are_gone() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        assert!(tags(&run).unwrap().is_empty());
        set_tags(&run, ["b", "a"].map(str::to_owned).into()).unwrap();
        assert_eq!(tags(&run).unwrap().into_iter().collect::<Vec<_>>(), ["a", "b"]);
        set_tags(&run, [].into()).unwrap();
        set_tags(&run, [].into()).unwrap();
        assert!(!run.file(files::TAGS).exists());
    }

    #[test]
    fn words_that_are_no_tags_are_named() {
        for good in ["baseline", "v1.2", "vor-dem-Umbau", "基准", "2026_11"] {
            assert_eq!(check_tag(good), Ok(()));
        }
        for bad in ["", "-x", ".x", "a b", "a/b", "..", "a\n", "latest", &"x".repeat(65)] {
            assert!(check_tag(bad).unwrap_err().contains("is no tag"), "{bad:?}");
        }
    }

    #[test]
    fn a_file_that_holds_something_else_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        for (text, message) in [
            ("", "no list of tags"),
            ("[]", "no list of tags"),
            (r#"{"schema_version": 2, "tags": []}"#, "schema version 2"),
            (r#"{"schema_version": 1, "tags": ["../x"]}"#, "\"../x\" is no tag"),
        ] {
            fs::write(run.file(files::TAGS), text).unwrap();
            let error = tags(&run).unwrap_err().to_string();
            assert!(error.contains("tags.json") && error.contains(message), "{text}: {error}");
        }
    }
}
