//! How files come to be: under a temporary name beside their own, synced, then renamed, so that readers see the old file
//! or the new one; the folder is synced after that, so that a power cut does not take the name back. A writer holds a
//! lock on its temporary file: one that nobody holds is the leftover of a program that was killed, and goes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::{NamedTempFile, PersistError};

use super::error::ArchiveError;

/// What the name of a temporary file begins with. No file of a run has such a name.
const TEMPORARY: &str = ".writing-";
/// How many letters and digits follow.
const RANDOM: usize = 6;

/// Whether a file of this name is being written, or is the leftover of a program that was killed.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY)
}

/// Writes one file, whole or not at all, and syncs it and its folder, which is made where it is missing.
///
/// # Errors
/// When any step fails; the old file is untouched then, unless only syncing the folder failed.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), ArchiveError> {
    place(path, |file| file.write_all(bytes))?;
    sync_folder(folder_of(path))
}

/// A folder that one command writes files into. What it renames there is synced once, when it is finished.
#[derive(Debug)]
pub struct FolderWriter {
    folder: PathBuf,
    /// Folders that have to be synced.
    changed: Mutex<BTreeSet<PathBuf>>,
}

impl FolderWriter {
    /// For files in `folder`, which is made with the first of them.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), changed: Mutex::default() }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file, by its path in the folder, whole or not at all.
    ///
    /// # Errors
    /// When any step fails; the old file is untouched then.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.place(name, |file| file.write_all(bytes))
    }

    /// The same with the content of another file, which may be larger than memory.
    ///
    /// # Errors
    /// When any step fails; the old file is untouched then.
    pub fn copy(&self, from: &Path, name: &str) -> Result<(), ArchiveError> {
        let mut source = File::open(from).map_err(ArchiveError::io("open", from))?;
        self.place(name, |file| io::copy(&mut source, file).map(drop))
    }

    /// Removes a file; one that is not there is removed already.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn remove(&self, name: &str) -> Result<(), ArchiveError> {
        let path = self.folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ArchiveError::io("remove", &path)(error)),
            _ => {
                self.note(&path);
                Ok(())
            }
        }
    }

    /// Syncs the folders in which names have changed.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(self) -> Result<(), ArchiveError> {
        let changed = self.changed.into_inner().unwrap_or_else(PoisonError::into_inner);
        changed.iter().try_for_each(|folder| sync_folder(folder))
    }

    fn place(&self, name: &str, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), ArchiveError> {
        let path = self.folder.join(name);
        place(&path, fill)?;
        self.note(&path);
        Ok(())
    }

    fn note(&self, path: &Path) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(folder_of(path).to_owned());
    }
}

fn place(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), ArchiveError> {
    make_folder(folder_of(path))?;
    let mut file = NewFile::create(path)?;
    fill(file.file()).map_err(ArchiveError::io("write", path))?;
    file.replace()
}

/// A file that is being written under a temporary name. Nothing is left of one that is dropped.
pub(super) struct NewFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl NewFile {
    /// Begins a file that will be at `path`, and removes what killed programs left in its folder.
    pub(super) fn create(path: &Path) -> Result<Self, ArchiveError> {
        let folder = folder_of(path);
        remove_leftovers(folder);
        let file = temporary_in(folder).map_err(ArchiveError::io("write", path))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// What is being written.
    pub(super) fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Where it is for now.
    pub(super) fn temporary_path(&self) -> &Path {
        self.file.path()
    }

    /// Syncs the file and gives it its name, in place of what was there.
    pub(super) fn replace(self) -> Result<(), ArchiveError> {
        self.finish(|file, path| file.persist(path))
    }

    /// Syncs the file and gives it its name, unless something has that name.
    pub(super) fn add(self) -> Result<(), ArchiveError> {
        self.finish(|file, path| file.persist_noclobber(path))
    }

    fn finish(self, name: impl FnOnce(NamedTempFile, &Path) -> Result<File, PersistError>) -> Result<(), ArchiveError> {
        let Self { file, path } = self;
        let synced = readable_by_all(file.as_file()).and_then(|()| file.as_file().sync_all());
        let named = synced.and_then(|()| name(file, &path).map_err(|error| error.error));
        named.map(drop).map_err(ArchiveError::io("write", &path))
    }
}

/// Temporary files are private; results are as readable as any other new file of a public archive.
#[cfg(unix)]
fn readable_by_all(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_file: &File) -> io::Result<()> {
    Ok(())
}

/// A new temporary file that this program holds the lock of.
#[cfg(unix)]
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::MetadataExt;

    const ATTEMPTS: u32 = 16;
    for _ in 0..ATTEMPTS {
        let file = tempfile::Builder::new().prefix(TEMPORARY).rand_bytes(RANDOM).tempfile_in(folder)?;
        // Where the system has no locks, nobody gets one, and nothing is taken for a leftover.
        let _ = file.as_file().lock();
        // Another program may have taken it for a leftover before it was locked.
        if file.as_file().metadata()?.nlink() > 0 {
            return Ok(file);
        }
    }
    Err(io::Error::other("other programs keep removing the temporary file"))
}

#[cfg(not(unix))]
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(TEMPORARY).rand_bytes(RANDOM).tempfile_in(folder)
}

/// Removes the temporary files of programs that were killed. One that cannot be removed is in nobody's way.
#[cfg(unix)]
pub(super) fn remove_leftovers(folder: &Path) {
    use std::os::unix::fs::OpenOptionsExt;

    let is_ours = |name: &str| {
        let rest = name.strip_prefix(TEMPORARY).unwrap_or_default();
        rest.len() == RANDOM && rest.chars().all(|c| c.is_ascii_alphanumeric())
    };
    // No link is followed, and no pipe waited for.
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        if !entry.file_name().to_str().is_some_and(is_ours) || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let opened = fs::OpenOptions::new().write(true).custom_flags(flags).open(entry.path());
        if opened.is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Who holds a file cannot be told here: what is left stays, and is never taken for a file of a run.
#[cfg(not(unix))]
pub(super) fn remove_leftovers(_folder: &Path) {}

/// Makes a folder and those above it, where they are missing, so that a power cut does not take them back.
///
/// # Errors
/// When one cannot be made or its parent not be synced.
pub(super) fn make_folder(folder: &Path) -> Result<(), ArchiveError> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder_of(folder);
    // Where a file is in the way, making the folder tells so.
    if !parent.exists() {
        make_folder(parent)?;
    }
    match fs::create_dir(folder) {
        Ok(()) => sync_folder(parent),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(ArchiveError::io("create folder", folder)(error)),
    }
}

/// Makes the names in a folder survive a power cut. Where the system cannot do that with folders, they may not.
///
/// # Errors
/// When the system fails to.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> Result<(), ArchiveError> {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};

    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // A folder that one may write to and not read, or a file system without such syncs.
        Err(error) if [InvalidInput, PermissionDenied, Unsupported].contains(&error.kind()) => Ok(()),
        other => other.map_err(ArchiveError::io("sync folder", folder)),
    }
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_folder: &Path) -> Result<(), ArchiveError> {
    Ok(())
}

/// What a path lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{FolderWriter, NewFile, is_temporary, make_folder, write_atomically};

    fn names(folder: &std::path::Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.collect();
        names.sort();
        names
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
        let writer = FolderWriter::new(&folder.path().join("new"));
        writer.write("charts/a.svg", b"picture").unwrap();
        writer.copy(&folder.path().join("new/charts/a.svg"), "b.svg").unwrap();
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
        let temporary = living.temporary_path().to_owned();
        assert!(is_temporary(temporary.file_name().unwrap().to_str().unwrap()));
        write_atomically(&at("two"), b"2").unwrap();
        assert!(temporary.exists(), "it is being written");
        std::io::Write::write_all(living.file(), b"1").unwrap();
        living.add().unwrap();
        assert_eq!(names(folder.path()), [".writing-folder", ".writing-link12", ".writing-notes.txt", "one", "two"]);
        assert_eq!(fs::read(at("one")).unwrap(), b"1");
        assert!(NewFile::create(&at("two")).unwrap().add().is_err(), "what is there stays");
        assert_eq!(fs::read(at("two")).unwrap(), b"2");
    }

    #[test]
    fn folders_are_made_once_and_a_file_in_the_way_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b/c");
        make_folder(&deep).unwrap();
        make_folder(&deep).unwrap();
        assert!(deep.is_dir());
        fs::write(deep.join("file"), "").unwrap();
        let error = make_folder(&deep.join("file/d")).unwrap_err().to_string();
        assert!(error.contains("cannot create folder") && error.contains("file"), "{error}");
    }
}
