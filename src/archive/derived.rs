//! The derived files of a folder: which are about to be made there, what of others is in their way, and which are not
//! made any more.
//!
//! A record tells which files of a folder this program made: the manifest of a run, or a hidden list in the report of a
//! table. A file is entered before it is made, without a checksum, and gets one when all are whole: whenever the program
//! is ended, the next one knows what it may replace and remove.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::checksums::checksum;
use super::error::ArchiveError;
use super::files;
use super::folder::{EntryKind, Folder};
use super::layout::RunDirectory;
use super::manifest::Manifest;
use super::writer::{FolderWriter, remove_leftovers};
use crate::input::FileKind;

/// Checksums by path; an empty one is of a file that is being made.
type Checksums = BTreeMap<String, String>;

/// Schema of a list.
const SCHEMA_VERSION: u32 = 1;

/// The list of a folder that is no run directory.
#[derive(Serialize, Deserialize)]
struct ListFile {
    schema_version: u32,
    files: Checksums,
}

/// Makes the derived files of one folder: [`begin`](Self::begin), then writes through the [`writer`](Self::writer), then
/// [`finish`](Self::finish).
pub struct Derived<'a> {
    folder: Arc<Folder>,
    writer: FolderWriter,
    record: Record<'a>,
    /// Whether files of others are overwritten.
    force: bool,
    /// What is made.
    names: Vec<String>,
}

/// What keeps in mind which files were made.
enum Record<'a> {
    /// The manifest of the run that lies in the folder.
    Run { directory: &'a RunDirectory, manifest: &'a mut Manifest },
    /// The same of a run that is copied into the folder.
    Copy { from: &'a RunDirectory, manifest: &'a mut Manifest },
    /// A hidden list, and its name.
    List(Checksums, &'static str),
    /// Nothing: the folder is not written to again.
    Nothing,
}

impl<'a> Derived<'a> {
    /// In a run directory itself.
    #[must_use]
    pub fn of_run(directory: &'a RunDirectory, manifest: &'a mut Manifest) -> Self {
        Self::with(directory.folder().clone(), Record::Run { directory, manifest }, true)
    }

    /// In another folder, which is to hold what was measured as well.
    #[must_use]
    pub fn of_copy(from: &'a RunDirectory, manifest: &'a mut Manifest, folder: Arc<Folder>, force: bool) -> Self {
        Self::with(folder, Record::Copy { from, manifest }, force)
    }

    /// In a folder that holds no run, only a document and its pictures. `list` is the name of the hidden file that tells
    /// what was made of them; documents with different lists may share a folder.
    #[must_use]
    pub fn of_document(folder: Arc<Folder>, list: &'static str, force: bool) -> Self {
        Self::with(folder, Record::List(Checksums::new(), list), force)
    }

    /// In a folder that is soon gone.
    #[must_use]
    pub fn passing(folder: Arc<Folder>) -> Self {
        Self::with(folder, Record::Nothing, true)
    }

    fn with(folder: Arc<Folder>, record: Record<'a>, force: bool) -> Self {
        Self { writer: FolderWriter::of(folder.clone()), folder, record, force, names: Vec::new() }
    }

    /// What writes the files.
    #[must_use]
    pub fn writer(&self) -> &FolderWriter {
        &self.writer
    }

    /// Says which files are about to be made. What was measured is copied, if it is to be.
    ///
    /// # Errors
    /// When files of others are in the way, naming one, or a file cannot be read or written. Where files are in the way,
    /// nothing has been written.
    pub fn begin(&mut self, names: Vec<String>) -> Result<(), ArchiveError> {
        self.names = names;
        let Self { folder, writer, record, force, names } = self;
        for inner in ["", files::CHARTS, files::REFERENCES].map(|part| folder.inner(part.as_ref())) {
            // One that is not there, or no folder, is reported when it is written to.
            inner.iter().for_each(remove_leftovers);
        }
        let check = |known: &Checksums| if *force { Ok(()) } else { check(folder, names, known) };
        match record {
            Record::Run { directory, manifest } => {
                announce(&mut manifest.files, names);
                manifest.record_measured(directory)
            }
            Record::Copy { from, manifest } => {
                let known = manifest.files_of_copy(folder);
                if !*force {
                    check_copy(from, folder, known.is_some())?;
                }
                let mut known = known.unwrap_or_default();
                known.extend(read_list(folder, files::REPORT_LIST));
                check(&known)?;
                for name in measured(from)? {
                    writer.copy(from.folder(), &name)?;
                }
                manifest.files.retain(|name, _| files::is_measured(name));
                manifest.files.extend(known.into_iter().filter(|(name, _)| !files::is_measured(name)));
                announce(&mut manifest.files, names);
                manifest.write(&RunDirectory::of(folder.clone()))?;
                // From here on the manifest tells which files were made.
                writer.remove(files::REPORT_LIST)
            }
            Record::List(list, name) => {
                *list = read_list(folder, name);
                check(list)?;
                announce(list, names);
                write_list(writer, name, list)
            }
            Record::Nothing => Ok(()),
        }
    }

    /// Removes what was made once and is not made any more, syncs the folders and records the checksums of all that was
    /// made.
    ///
    /// # Errors
    /// When a file cannot be read, removed or written.
    pub fn finish(self) -> Result<(), ArchiveError> {
        let Self { folder, writer, record, names, .. } = self;
        let is_run = matches!(record, Record::Run { .. });
        match record {
            Record::Run { manifest, .. } | Record::Copy { manifest, .. } => {
                remove_stale((&folder, &writer), &mut manifest.files, &names, is_run)?;
                writer.finish()?;
                manifest.record_checksums(&RunDirectory::of(folder))
            }
            Record::List(mut list, name) => {
                remove_stale((&folder, &writer), &mut list, &names, false)?;
                for (file, sum) in &mut list {
                    *sum = checksum(&folder, file)?;
                }
                write_list(&writer, name, &list)?;
                writer.finish()
            }
            Record::Nothing => Ok(()),
        }
    }
}

/// Enters files that are about to be made.
fn announce(record: &mut Checksums, names: &[String]) {
    record.extend(names.iter().map(|name| (name.clone(), String::new())));
}

/// Files that others wrote and that would be overwritten.
fn check(folder: &Folder, names: &[String], known: &Checksums) -> Result<(), ArchiveError> {
    if folder.is_link(files::CHARTS.as_ref()) {
        return Err(in_the_way(folder, files::CHARTS));
    }
    match names.iter().find(|name| !is_free(folder, name, known)) {
        Some(name) => Err(in_the_way(folder, name)),
        None => Ok(()),
    }
}

fn in_the_way(folder: &Folder, name: &str) -> ArchiveError {
    let why = "is there and reportgen did not write it; choose another folder with -o, or overwrite with --force";
    ArchiveError::Unusable { path: folder.path().join(name), why }
}

/// Whether a file may be written: nothing is there, or what this program made.
fn is_free(folder: &Folder, name: &str, known: &Checksums) -> bool {
    match folder.kind(name.as_ref()) {
        Ok(None) => true,
        Ok(Some(EntryKind::File)) => known.get(name).is_some_and(|sum| is_made(folder, name, sum)),
        _ => false,
    }
}

/// Whether a file is the one that was made, or one that was being made.
fn is_made(folder: &Folder, name: &str, sum: &str) -> bool {
    sum.is_empty() || checksum(folder, name).is_ok_and(|now| now == sum)
}

/// What was measured is never replaced by something else, nor the manifest of another run.
fn check_copy(from: &RunDirectory, folder: &Folder, same_run: bool) -> Result<(), ArchiveError> {
    if !same_run && !is_free(folder, files::MANIFEST, &Checksums::new()) {
        return Err(in_the_way(folder, files::MANIFEST));
    }
    for name in measured(from)? {
        let same = Checksums::from([(name.clone(), checksum(from.folder(), &name)?)]);
        if !is_free(folder, &name, &same) {
            return Err(in_the_way(folder, &name));
        }
    }
    Ok(())
}

fn measured(directory: &RunDirectory) -> Result<Vec<String>, ArchiveError> {
    Ok(directory.list()?.into_iter().filter(|name| files::is_measured(name)).collect())
}

/// Removes pictures that the record has and that were not made now; in a folder that is not the run's own, only if nothing
/// has changed them. The record lacks them afterwards.
fn remove_stale(
    (folder, writer): (&Folder, &FolderWriter),
    record: &mut Checksums,
    names: &[String],
    whatever_they_hold: bool,
) -> Result<(), ArchiveError> {
    let is_stale = |name: &String| !files::is_measured(name) && !names.contains(name);
    let stale: Vec<String> = record.keys().filter(|name| is_stale(name)).cloned().collect();
    for name in stale {
        let sum = record.remove(&name).unwrap_or_default();
        // A record may come from anywhere: it must not name a file that this program never makes.
        if files::is_picture(&name) && (whatever_they_hold || is_made(folder, &name, &sum)) {
            writer.remove(&name)?;
        }
    }
    Ok(())
}

/// What the list of a folder tells. One that cannot be read tells nothing: then every file there is of others.
fn read_list(folder: &Folder, name: &str) -> Checksums {
    let text = folder.read(name, FileKind::Manifest).ok().flatten().unwrap_or_default();
    let list: Option<ListFile> = serde_json::from_slice(&text).ok();
    list.filter(|list| list.schema_version <= SCHEMA_VERSION).map(|list| list.files).unwrap_or_default()
}

fn write_list(writer: &FolderWriter, name: &str, list: &Checksums) -> Result<(), ArchiveError> {
    writer.write_json(name, &ListFile { schema_version: SCHEMA_VERSION, files: list.clone() })
}
