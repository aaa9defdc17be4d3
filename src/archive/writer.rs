//! How files come to be: under a temporary name beside their own, synced, then renamed, so that readers see the old file
//! or the new one; the folder is synced after that, so that a power cut does not take the name back. A writer holds a
//! lock on its temporary file: one that is not locked is the leftover of a program that was killed, and goes.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use super::error::ArchiveError;
#[cfg(unix)]
use super::folder::EntryKind;
use super::folder::{Creation, Folder, FolderHandle, TEMPORARY, folder_of};
use crate::input::FileKind;

/// How many letters and digits follow [`TEMPORARY`].
const RANDOM: usize = 6;

/// How much is written at once.
const BUFFER: usize = 64 << 10;

/// Writes one file, whole or not at all, and syncs it and its folder, which is made where it is missing.
///
/// # Errors
/// When any step fails; the old file is untouched then, unless only syncing the folder failed.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), ArchiveError> {
    let folder = Folder::create(folder_of(path))?;
    let name = path.file_name().ok_or_else(|| ArchiveError::io("write", path)(io::ErrorKind::InvalidInput.into()))?;
    let writer = FolderWriter::of(Arc::new(folder));
    writer.place(Path::new(name), |file| file.write_all(bytes))?;
    writer.finish()
}

/// A folder that one command writes files into. What it renames there is synced once, when it is finished. No link is
/// followed that lies in the folder.
#[derive(Debug)]
pub struct FolderWriter {
    folder: Arc<Folder>,
    /// Folders in it that have to be synced, by their paths in it.
    changed: Mutex<BTreeSet<PathBuf>>,
}

impl FolderWriter {
    /// For files in a folder that is open. It is never made again where it is removed meanwhile.
    #[must_use]
    pub fn of(folder: Arc<Folder>) -> Self {
        Self { folder, changed: Mutex::default() }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, by its path in the folder, whole or not at all.
    ///
    /// # Errors
    /// When any step fails; the old file is untouched then.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.place(name.as_ref(), |file| file.write_all(bytes))
    }

    /// The same with what `fill` writes.
    ///
    /// # Errors
    /// When any step fails; the old file is untouched then.
    pub fn write_with(
        &self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), ArchiveError> {
        self.place(name.as_ref(), |file| {
            let mut buffer = BufWriter::with_capacity(BUFFER, file);
            fill(&mut buffer)?;
            buffer.flush()
        })
    }

    /// The same with a value as JSON, for people too.
    ///
    /// # Errors
    /// When any step fails; the old file is untouched then.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), ArchiveError> {
        self.write(name, format!("{}\n", json_text(&self.folder().join(name), value)?).as_bytes())
    }

    /// The same with the content of a file of another folder, which may be larger than memory.
    ///
    /// # Errors
    /// When any step fails; the old file is untouched then.
    pub fn copy(&self, from: &Folder, name: &str) -> Result<(), ArchiveError> {
        let mut source = from.open_file(name, FileKind::Stream)?;
        self.place(name.as_ref(), |file| io::copy(&mut source, file).map(drop))
    }

    /// Removes a file; one that is not there is removed already.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn remove(&self, name: &str) -> Result<(), ArchiveError> {
        self.folder.remove_file(name)?;
        self.note(name.as_ref());
        Ok(())
    }

    /// Syncs the folders in which names have changed.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(self) -> Result<(), ArchiveError> {
        let folder = self.folder;
        let changed = self.changed.into_inner().unwrap_or_else(PoisonError::into_inner);
        changed.iter().try_for_each(|inner| folder.inner(inner)?.sync())
    }

    fn place(&self, name: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), ArchiveError> {
        let mut file = NewFile::create_in(&self.folder, name)?;
        fill(file.file()).map_err(ArchiveError::io("write", &self.folder().join(name)))?;
        file.replace()?;
        self.note(name);
        Ok(())
    }

    fn note(&self, name: &Path) {
        let folder = name.parent().unwrap_or(Path::new("")).to_owned();
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(folder);
    }
}

/// A file that is being written under a temporary name. Nothing is left of one that is dropped.
pub(crate) struct NewFile {
    folder: Folder,
    /// What it will be called.
    name: OsString,
    /// What it is called for now; `None` once it has its name.
    temporary: Option<OsString>,
    file: File,
}

impl NewFile {
    /// Begins a file that will be at `path`, and removes what killed programs left in its folder.
    pub(crate) fn create(path: &Path) -> Result<Self, ArchiveError> {
        let name =
            path.file_name().ok_or_else(|| ArchiveError::io("write", path)(io::ErrorKind::InvalidInput.into()))?;
        Self::create_in(&Folder::open(folder_of(path))?, Path::new(name))
    }

    /// The same by its path in an open folder. Folders on the way are made where they are missing.
    pub(super) fn create_in(folder: &Folder, path: &Path) -> Result<Self, ArchiveError> {
        let invalid = || folder.failed("write", path, io::ErrorKind::InvalidInput.into());
        let name = path.file_name().ok_or_else(invalid)?.to_owned();
        let folder = folder.make_inner(path.parent().ok_or_else(invalid)?)?;
        remove_leftovers(&folder);
        let (temporary, file) =
            temporary_in(&folder).map_err(|error| folder.failed("write", Path::new(&name), error))?;
        Ok(Self { folder, name, temporary: Some(temporary), file })
    }

    /// What is being written.
    pub(crate) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Where it is for now.
    pub(crate) fn temporary_path(&self) -> PathBuf {
        self.folder.path().join(self.temporary.as_ref().unwrap_or(&self.name))
    }

    /// Syncs the file and gives it its name, in place of what was there.
    pub(crate) fn replace(self) -> Result<(), ArchiveError> {
        self.finish(FolderHandle::rename)
    }

    /// Syncs the file and gives it its name, unless something has that name.
    pub(crate) fn add(self) -> Result<(), ArchiveError> {
        self.finish(FolderHandle::add)
    }

    fn finish(mut self, rename: fn(&FolderHandle, &OsStr, &OsStr) -> io::Result<()>) -> Result<(), ArchiveError> {
        let synced = readable_by_all(&self.file).and_then(|()| self.file.sync_all());
        let temporary = self.temporary.clone().unwrap_or_default();
        let named = synced.and_then(|()| rename(self.folder.handle(), &temporary, &self.name));
        // A link that already has the name is what is replaced, so that only the file's own error is reported.
        named.map_err(ArchiveError::io("write", &self.folder.path().join(&self.name)))?;
        self.temporary = None;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some(name) = &self.temporary {
            // Where even this fails, the next program that writes here removes it.
            let _ = self.folder.handle().remove_file(name);
        }
    }
}

/// A value as JSON, for the file at `path`.
pub(super) fn json_text(path: &Path, value: &impl Serialize) -> Result<String, ArchiveError> {
    serde_json::to_string_pretty(value)
        .map_err(|error| ArchiveError::content(path, format!("cannot be written as JSON: {error}")))
}

/// Temporary files are private; results are as readable as any other new file of a public archive.
#[cfg(unix)]
fn readable_by_all(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_file: &File) -> io::Result<()> {
    Ok(())
}

/// A new temporary file that this program holds the lock of, and its name.
fn temporary_in(folder: &Folder) -> io::Result<(OsString, File)> {
    const ATTEMPTS: u32 = 64;
    for _ in 0..ATTEMPTS {
        let name = OsString::from(format!("{TEMPORARY}{}", random_word()));
        let file = match folder.handle().write(&name, Creation::New) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            file => file?,
        };
        // Where the system has no locks, no lock is taken, and nothing is taken for a leftover.
        let _ = file.lock();
        // Another program may have taken it for a leftover before it was locked.
        if has_name(&file)? {
            return Ok((name, file));
        }
    }
    Err(io::Error::other("other programs keep removing the temporary file"))
}

#[cfg(unix)]
fn has_name(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    Ok(file.metadata()?.nlink() > 0)
}

#[cfg(not(unix))]
fn has_name(_file: &File) -> io::Result<bool> {
    Ok(true)
}

/// Letters and digits that no other temporary file is likely to have. A name that is taken is only tried again.
fn random_word() -> String {
    const DIGITS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut number = RandomState::new().build_hasher().finish();
    let mut digit = || {
        let digit = DIGITS[(number % 36) as usize];
        number /= 36;
        char::from(digit)
    };
    (0..RANDOM).map(|_| digit()).collect()
}

/// Whether a name is one that this program gives a temporary file.
pub(crate) fn is_temporary(name: &str) -> bool {
    let rest = name.strip_prefix(TEMPORARY).unwrap_or_default();
    rest.len() == RANDOM && rest.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Removes the temporary files of programs that were killed. One that cannot be removed does no harm.
#[cfg(unix)]
pub(super) fn remove_leftovers(folder: &Folder) {
    for (name, kind) in folder.handle().entries().unwrap_or_default() {
        if kind != EntryKind::File || !name.to_str().is_some_and(is_temporary) {
            continue;
        }
        let Ok(file) = folder.handle().write(&name, Creation::Never) else { continue };
        if file.try_lock().is_ok() {
            let _ = folder.handle().remove_file(&name);
        }
        // Only now is the lock released: a writer that had not locked its new file yet finds it without a name.
        drop(file);
    }
}

/// Who holds a file cannot be told here: what is left stays, and is never taken for a file of a run.
#[cfg(not(unix))]
pub(super) fn remove_leftovers(_folder: &Folder) {}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use super::{Folder, FolderWriter, NewFile, TEMPORARY, write_atomically};

    fn names(folder: &std::path::Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.collect();
        names.sort();
        names
    }

    #[test]
    fn threads_that_write_side_by_side_never_take_each_other_for_killed() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let path = folder.path();
                scope.spawn(move || {
                    for file in 0..150 {
                        write_atomically(&path.join(format!("{thread}-{file}")), b"x").unwrap();
                    }
                });
            }
        });
        assert_eq!(names(folder.path()).len(), 8 * 150);
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er.txt");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        let error = write_atomically(&path.join("x"), b"").unwrap_err();
        assert!(error.to_string().starts_with("cannot create folder"), "{error}");
    }

    #[test]
    fn a_folder_writer_makes_what_is_missing_and_removes_what_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let writer = FolderWriter::of(Arc::new(Folder::create(&folder.path().join("new")).unwrap()));
        writer.write("charts/a.svg", b"picture").unwrap();
        std::fs::write(folder.path().join("b.svg"), "picture").unwrap();
        writer.copy(&Folder::open(folder.path()).unwrap(), "b.svg").unwrap();
        writer.remove("charts/a.svg").unwrap();
        writer.remove("charts/a.svg").unwrap();
        writer.finish().unwrap();
        assert_eq!(names(&folder.path().join("new")), ["b.svg", "charts"]);
        assert_eq!(fs::read(folder.path().join("new/b.svg")).unwrap(), b"picture");
    }

    #[cfg(unix)]
    #[test]
    fn leftovers_of_the_killed_go_and_files_of_the_living_and_of_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at(".writing-aB3xY9"), "torn").unwrap();
        fs::write(at(".writing-notes.txt"), "of somebody else").unwrap();
        fs::create_dir(at(".writing-folder")).unwrap();
        std::os::unix::fs::symlink("nowhere", at(".writing-link12")).unwrap();
        let mut living = NewFile::create(&at("one")).unwrap();
        let temporary = living.temporary_path();
        assert!(temporary.file_name().unwrap().to_str().unwrap().starts_with(TEMPORARY));
        write_atomically(&at("two"), b"2").unwrap();
        assert!(temporary.exists(), "it is being written");
        std::io::Write::write_all(living.file(), b"1").unwrap();
        living.add().unwrap();
        assert_eq!(names(folder.path()), [".writing-folder", ".writing-link12", ".writing-notes.txt", "one", "two"]);
        assert_eq!(fs::read(at("one")).unwrap(), b"1");
        assert!(NewFile::create(&at("two")).unwrap().add().is_err(), "what is there stays");
        assert_eq!(fs::read(at("two")).unwrap(), b"2");
    }
}
