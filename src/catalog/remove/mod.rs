//! Taking a run out of the archive. Only what is a run goes: a folder or a pack with manifest, config and rows, never a
//! link, never a tagged one; and of a folder only the files that a run consists of. What else is in it stays, and so does
//! the folder then.
//!
//! A removal can be killed anywhere. A folder that goes whole gets a hidden name first; one that stays loses its manifest
//! first. From then on it is no run, and both names tell how to go on.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::scan::scan;
use crate::archive::files::{self, is_picture};
use crate::archive::{
    ArchiveError, Contents, Folder, Manifest, RunDirectory, RunLock, RunStatus, is_temporary, stem_of, sync_folder,
    tags, whole_samples,
};
use crate::bundle;
use crate::model::figure::Theme;

/// What the names of folders that are being removed begin with.
const HIDDEN: &str = ".removing-";
/// The manifest of a run that is being removed from a folder that stays.
const LEAVING: &str = ".removing-manifest.json";

/// A run that may be removed.
#[derive(Debug)]
pub struct Removable {
    path: PathBuf,
    /// Where it lies.
    parent: PathBuf,
    /// `None` for a pack.
    files: Option<RunFiles>,
}

/// The files of a run in its folder, which nothing else writes to.
#[derive(Debug)]
struct RunFiles {
    folder: Arc<Folder>,
    /// The manifest is the last.
    own: Vec<String>,
    /// What else is there.
    left: Vec<String>,
    _lock: RunLock,
}

impl Removable {
    /// Looks whether a run may be removed, and keeps others from writing to it; changes nothing. `charts` are the kinds
    /// of charts, which name pictures.
    ///
    /// # Errors
    /// When it is no run, a link, tagged, of a newer schema, or is being written.
    pub fn check(path: &Path, charts: &[&str]) -> Result<Self, ArchiveError> {
        // A slash or a dot at the end would be the folder that a link leads to.
        let path: PathBuf = path.components().collect();
        let metadata = fs::symlink_metadata(&path).map_err(ArchiveError::io("remove", &path))?;
        if metadata.is_symlink() {
            return Err(kept(&path, "it is a link; name the run itself"));
        }
        let path = fs::canonicalize(&path).map_err(ArchiveError::io("remove", &path))?;
        let Some(parent) = path.parent().map(Path::to_owned) else {
            return Err(kept(&path, "it is the root of the file system"));
        };
        let files = if metadata.is_dir() { Some(RunFiles::of(&path, charts)?) } else { None };
        if files.is_none() {
            let parts = [files::MANIFEST, files::TAGS, files::CONFIG, files::RAW];
            let pack = bundle::open_with(&path, |name| parts.contains(&name))?;
            check_run(&pack).map_err(|error| pack.relocate(error))?;
        }
        Ok(Self { path, parent, files })
    }

    /// Removes it; `latest` leads to the newest run that is left, or goes too. Returns what the folder still holds: it
    /// stays then.
    ///
    /// # Errors
    /// When the system refuses; the next removal goes on where this one stopped.
    pub fn remove(self) -> Result<Vec<String>, ArchiveError> {
        let Self { path, parent, files } = self;
        let latest = parent.join(files::LATEST);
        let is_latest = fs::canonicalize(&latest).is_ok_and(|target| target == path);
        let left = match files {
            Some(files) => files.remove(&path, &parent)?,
            None => {
                fs::remove_file(&path).map_err(ArchiveError::io("remove", &path))?;
                sync_folder(&parent)?;
                Vec::new()
            }
        };
        finish_removals(&parent);
        let leads_nowhere = latest.is_symlink() && !latest.exists();
        if is_latest || leads_nowhere {
            repoint_latest(&parent)?;
        }
        Ok(left)
    }
}

fn kept(path: &Path, why: impl Into<String>) -> ArchiveError {
    ArchiveError::Refused { verb: "remove", path: path.to_owned(), why: why.into() }
}

/// A run has manifest, config and rows, and is not tagged.
fn check_run(directory: &RunDirectory) -> Result<Manifest, ArchiveError> {
    let manifest = Manifest::read(directory)?;
    [files::CONFIG, files::RAW].into_iter().try_for_each(|name| directory.demand(name))?;
    let tags = tags(directory)?;
    if !tags.is_empty() {
        let tags = tags.into_iter().collect::<Vec<_>>().join(", ");
        return Err(kept(directory.path(), format!("it is tagged {tags}; `reportgen untag` it first")));
    }
    Ok(manifest)
}

impl RunFiles {
    /// # Errors
    /// When the folder is no run, nor what is left of one.
    fn of(path: &Path, charts: &[&str]) -> Result<Self, ArchiveError> {
        let folder = Arc::new(Folder::open(path)?);
        let lock = RunLock::take(&folder)?;
        let directory = RunDirectory::of(folder.clone());
        let manifest = if folder.has(LEAVING) && !folder.has(files::MANIFEST) {
            Manifest::read_from(&directory, LEAVING).map(Some)
        } else if is_beginning(&directory)? {
            Ok(None)
        } else {
            check_run(&directory).map(Some)
        };
        let named: Option<BTreeSet<String>> = manifest?.map(|manifest| {
            let tables = manifest.references.into_iter().map(|reference| reference.file);
            manifest.files.into_keys().chain(tables).collect()
        });
        let is_named = |name: &str| named.as_ref().is_some_and(|named| named.contains(name));
        let is_own = |name: &str| {
            is_fixed(name)
                || (is_picture(name) && (is_named(name) || is_of_chart(name, charts)))
                || (files::is_measured(name) && (named.is_none() || is_named(name)))
        };
        let (own, left) = divided(folder.contents()?, is_own);
        Ok(Self { folder, own, left, _lock: lock })
    }

    fn remove(self, path: &Path, parent: &Path) -> Result<Vec<String>, ArchiveError> {
        if !self.left.is_empty() {
            if self.folder.has(files::MANIFEST) {
                self.folder.rename(files::MANIFEST, LEAVING)?;
            }
            remove_files(&self.folder, &self.own)?;
            self.folder.remove_file(LEAVING)?;
            self.folder.sync()?;
            return Ok(self.left);
        }
        let hidden = free_name(path, parent);
        fs::rename(path, &hidden).map_err(ArchiveError::io("remove", path))?;
        remove_files(&self.folder, &self.own)?;
        match fs::remove_dir(&hidden) {
            Ok(()) => sync_folder(parent).map(|()| Vec::new()),
            Err(error) => {
                restore(&hidden, path, error)?;
                let (_, left) = divided(self.folder.contents()?, |_| false);
                Ok(left)
            }
        }
    }
}

/// Whether a folder is what a sweep makes before there is a manifest or a row, and holds nothing else.
fn is_beginning(directory: &RunDirectory) -> Result<bool, ArchiveError> {
    let folder = directory.folder();
    let begun = match folder.has(files::MANIFEST) {
        // Programs before this one wrote the manifest before the rows.
        true => !folder.has(files::RAW) && Manifest::read(directory)?.status == RunStatus::Running,
        false => true,
    };
    if !begun || stem_of(directory.id()).is_none() {
        return Ok(false);
    }
    let is_begun = |name: &String| name == files::MANIFEST || files::is_measured(name) || is_unfinished(name);
    let Contents { files, folders, others, temporary } = folder.contents()?;
    let nothing_else = files.iter().chain(&temporary).all(is_begun)
        && folders.iter().all(|name| [files::CHARTS, files::REFERENCES].contains(&name.as_str()))
        && others.is_empty();
    Ok(nothing_else && whole_samples(folder)?.0.is_empty())
}

/// What a folder holds: files that go, the manifest last, and the names of all else.
fn divided(contents: Contents, is_own: impl Fn(&str) -> bool) -> (Vec<String>, Vec<String>) {
    let found = contents.files.into_iter().chain(contents.temporary);
    let (mut own, mut left): (Vec<_>, Vec<_>) = found.partition(|name| is_own(name));
    own.sort_by_key(|name| [files::MANIFEST, LEAVING].contains(&name.as_str()));
    // A folder that holds what stays is reported with it.
    let folders =
        contents.folders.into_iter().filter(|name| ![files::CHARTS, files::REFERENCES].contains(&name.as_str()));
    left.extend(folders.filter(|folder| !left.iter().any(|name| part_of(name, folder).is_some())).collect::<Vec<_>>());
    left.extend(contents.others);
    left.sort();
    (own, left)
}

fn remove_files(folder: &Folder, own: &[String]) -> Result<(), ArchiveError> {
    own.iter().try_for_each(|name| folder.remove_file(name))?;
    [files::CHARTS, files::REFERENCES].into_iter().try_for_each(|name| folder.remove_empty(name))
}

/// A hidden name beside a run that nothing has.
fn free_name(path: &Path, parent: &Path) -> PathBuf {
    let base = format!("{HIDDEN}{}", path.file_name().unwrap_or_default().to_string_lossy());
    let mut paths = files::numbered(base.clone(), "").map(|name| parent.join(name));
    paths.find(|path| path.symlink_metadata().is_err()).unwrap_or_else(|| parent.join(&base))
}

/// Goes on with every removal in a folder of runs that was killed. One that cannot be finished does no harm.
pub fn finish_removals(parent: &Path) {
    let entries = fs::read_dir(parent).into_iter().flatten().filter_map(Result::ok);
    let hidden = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(HIDDEN));
    for entry in hidden.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        let _ = finish_removal(&entry.path());
    }
}

fn finish_removal(hidden: &Path) -> Result<(), ArchiveError> {
    let folder = Folder::open(hidden)?;
    let _lock = RunLock::take(&folder)?;
    let is_own = |name: &str| is_fixed(name) || files::is_measured(name) || is_picture(name);
    let (own, _) = divided(folder.contents()?, is_own);
    remove_files(&folder, &own)?;
    let name = hidden.file_name().and_then(|name| name.to_str()?.strip_prefix(HIDDEN)).unwrap_or_default();
    fs::remove_dir(hidden).or_else(|error| restore(hidden, &hidden.with_file_name(name), error))
}

/// Gives a folder that could not be removed its old name, if it is because something is in it that is not of the run.
fn restore(hidden: &Path, path: &Path, error: io::Error) -> Result<(), ArchiveError> {
    if error.kind() == io::ErrorKind::DirectoryNotEmpty && path.symlink_metadata().is_err() {
        return fs::rename(hidden, path).map_err(ArchiveError::io("rename", hidden));
    }
    Err(ArchiveError::io("remove", hidden)(error))
}

/// Whether a file has a name that every run gives it.
fn is_fixed(name: &str) -> bool {
    [files::MANIFEST, LEAVING, files::TAGS].contains(&name)
        || files::MEASURED.contains(&name)
        || files::DERIVED.contains(&name)
        || is_unfinished(name)
}

/// Whether a file was being written to its place in a run when its writer was killed.
fn is_unfinished(name: &str) -> bool {
    let (folder, name) = name.rsplit_once('/').unwrap_or(("", name));
    ["", files::CHARTS, files::REFERENCES].contains(&folder) && is_temporary(name)
}

/// The rest of a name within a folder.
fn part_of<'a>(name: &'a str, folder: &str) -> Option<&'a str> {
    name.strip_prefix(folder)?.strip_prefix('/')
}

/// `charts/duration.svg`, `charts/duration-2-dark.png`: whether a picture is of a chart of one of these kinds.
fn is_of_chart(picture: &str, kinds: &[&str]) -> bool {
    let stem = part_of(picture, files::CHARTS).and_then(|name| name.rsplit_once('.')).unwrap_or_default().0;
    let stem = stem.strip_suffix(Theme::Dark.suffix()).unwrap_or(stem);
    let number = |rest: &str| rest.strip_prefix('-').is_some_and(|digits| digits.parse::<u32>().is_ok());
    kinds.iter().any(|kind| stem.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || number(rest)))
}

fn repoint_latest(parent: &Path) -> Result<(), ArchiveError> {
    // No sweep begins a run meanwhile, to which it leads then.
    let folder = Folder::open(parent)?;
    let _lock = RunLock::wait(&folder)?;
    let runs = scan(parent)?.runs;
    if let Some(newest) = runs.iter().find(|run| !run.packed) {
        return RunDirectory::open(&parent.join(&newest.name))?.point_latest(&folder);
    }
    let latest = parent.join(files::LATEST);
    match fs::remove_file(&latest) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ArchiveError::io("remove", &latest)(error)),
        _ => folder.sync(),
    }
}

#[cfg(test)]
mod tests;
