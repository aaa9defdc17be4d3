//! The folder itself.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::entry::{Creation, EntryKind};
#[cfg(not(unix))]
pub(crate) use super::portable::FolderPath as FolderHandle;
#[cfg(unix)]
pub(crate) use super::unix::FolderDescriptor as FolderHandle;
use crate::archive::error::ArchiveError;
use crate::input::{FileKind, InputFile};

/// A folder that is open.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    handle: FolderHandle,
}

impl Folder {
    /// Opens a folder. Links in `path` itself are followed.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let handle = FolderHandle::open(path).map_err(ArchiveError::io("open folder", path))?;
        Ok(Self { path: path.to_owned(), handle })
    }

    /// The same; it is made where it is missing, and those above it.
    ///
    /// # Errors
    /// When it can neither be made nor opened.
    pub fn create(path: &Path) -> Result<Self, ArchiveError> {
        make_folder(path)?;
        Self::open(path)
    }

    /// Where it was when it was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether its path leads to something else now, or to nothing: it was removed or renamed.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        !self.handle.is_at(&self.path)
    }

    /// Whether it has a plain file of this name.
    #[must_use]
    pub fn has(&self, name: impl AsRef<Path>) -> bool {
        self.kind(name.as_ref()).is_ok_and(|kind| kind == Some(EntryKind::File))
    }

    /// A file that has to be there, open for reading.
    ///
    /// # Errors
    /// When there is none, it is a link, no plain file or longer than its kind may be, cannot be opened, or the folder was
    /// removed meanwhile.
    pub fn open_file(&self, name: impl AsRef<Path>, kind: FileKind) -> Result<InputFile, ArchiveError> {
        let name = name.as_ref();
        let opened = self.within(name, FolderHandle::read).and_then(|file| InputFile::new(file, kind));
        opened.map_err(|error| self.failed("open", name, error))
    }

    /// The same; `None` where there is none.
    ///
    /// # Errors
    /// Those of [`open_file`](Self::open_file) but for that.
    pub fn find_file(&self, name: impl AsRef<Path>, kind: FileKind) -> Result<Option<InputFile>, ArchiveError> {
        match self.open_file(name, kind) {
            Err(ArchiveError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// The whole content of a file; `None` where there is none.
    ///
    /// # Errors
    /// Those of [`find_file`](Self::find_file), and when it cannot be read.
    pub fn read(&self, name: impl AsRef<Path>, kind: FileKind) -> Result<Option<Vec<u8>>, ArchiveError> {
        let name = name.as_ref();
        let Some(file) = self.find_file(name, kind)? else { return Ok(None) };
        file.read_all().map(Some).map_err(|error| self.failed("read", name, error))
    }

    /// Opens a file for writing, its content kept.
    ///
    /// # Errors
    /// When it is a link or no plain file, cannot be opened, or is there or not as `creation` forbids.
    pub(crate) fn write_file(&self, name: &str, creation: Creation) -> Result<File, ArchiveError> {
        let opened = self.within(name.as_ref(), |folder, last| folder.write(last, creation));
        let verb = if creation == Creation::New { "create" } else { "open" };
        opened.map_err(|error| self.failed(verb, name.as_ref(), error))
    }

    /// Refuses a file that has another name (a hard link): what is written into it would change that one too.
    ///
    /// # Errors
    /// When it has. Where there is no file, nothing is done.
    pub fn refuse_shared(&self, name: &str) -> Result<(), ArchiveError> {
        match self.within(name.as_ref(), FolderHandle::is_shared) {
            Ok(true) => {
                let problem =
                    "has a second name (a hard link), whose rows would change too: put a copy of it in its place";
                Err(ArchiveError::content(&self.path.join(name), problem))
            }
            _ => Ok(()),
        }
    }

    /// Removes a file, or a link itself; where there is none, nothing is done.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove_file(&self, name: impl AsRef<Path>) -> Result<(), ArchiveError> {
        let name = name.as_ref();
        match self.within(name, FolderHandle::remove_file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed("remove", name, error)),
            _ => Ok(()),
        }
    }

    /// Renames a file within the folder, in place of what has the new name.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub(crate) fn rename(&self, from: &str, to: &str) -> Result<(), ArchiveError> {
        let renamed = self.handle.rename(from.as_ref(), to.as_ref());
        renamed.map_err(|error| self.failed("rename", from.as_ref(), error))
    }

    /// Removes a folder in it if that is empty, and leaves it otherwise.
    ///
    /// # Errors
    /// When it is empty and cannot be removed.
    pub(crate) fn remove_empty(&self, name: &str) -> Result<(), ArchiveError> {
        use io::ErrorKind::{DirectoryNotEmpty, NotADirectory, NotFound};
        match self.handle.remove_folder(name.as_ref()) {
            Err(error) if ![NotFound, DirectoryNotEmpty, NotADirectory].contains(&error.kind()) => {
                Err(self.failed("remove", name.as_ref(), error))
            }
            _ => Ok(()),
        }
    }

    /// Makes the names in it survive a power cut. Where the system cannot do that with folders, they may not.
    ///
    /// # Errors
    /// When the system fails to.
    pub fn sync(&self) -> Result<(), ArchiveError> {
        use io::ErrorKind::{InvalidInput, Unsupported};
        match self.handle.sync() {
            // A file system without such syncs.
            Err(error) if [InvalidInput, Unsupported].contains(&error.kind()) => Ok(()),
            other => other.map_err(ArchiveError::io("sync folder", &self.path)),
        }
    }

    /// The folder of this name in it; the folder itself where the name is empty.
    ///
    /// # Errors
    /// When there is none or a link is on the way.
    pub fn inner(&self, name: &Path) -> Result<Self, ArchiveError> {
        self.walk(name, false)
    }

    /// The same; folders that are missing are made.
    ///
    /// # Errors
    /// When one can neither be made nor opened, or a link is on the way.
    pub fn make_inner(&self, name: &Path) -> Result<Self, ArchiveError> {
        self.walk(name, true)
    }

    fn walk(&self, name: &Path, create: bool) -> Result<Self, ArchiveError> {
        let failed = |error| self.failed(if create { "create folder" } else { "open folder" }, name, error);
        let mut folder = Self { path: self.path.clone(), handle: self.handle.again().map_err(failed)? };
        for part in parts(name).map_err(failed)? {
            let handle = match folder.handle.folder(part) {
                Err(error) if create && error.kind() == io::ErrorKind::NotFound => {
                    folder.make(part).map_err(failed)?;
                    folder.sync()?;
                    folder.handle.folder(part).map_err(failed)?
                }
                opened => opened.map_err(failed)?,
            };
            folder = Self { path: folder.path.join(part), handle };
        }
        Ok(folder)
    }

    /// Makes a folder in it, unless another program is faster.
    fn make(&self, name: &OsStr) -> io::Result<()> {
        match self.handle.make_folder(name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            made => made,
        }
    }

    /// The system's hold on it, for what writes files.
    pub(crate) fn handle(&self) -> &FolderHandle {
        &self.handle
    }

    /// Whether a link has this name.
    pub(crate) fn is_link(&self, name: &Path) -> bool {
        self.kind(name).is_ok_and(|kind| kind == Some(EntryKind::Link))
    }

    pub(crate) fn kind(&self, name: &Path) -> io::Result<Option<EntryKind>> {
        match self.within(name, FolderHandle::kind) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            found => found.map(Some),
        }
    }

    /// Does something with the folder in which the last part of `name` lies, and that part.
    fn within<T>(&self, name: &Path, act: impl FnOnce(&FolderHandle, &OsStr) -> io::Result<T>) -> io::Result<T> {
        let mut parts = parts(name)?;
        let last = parts.pop().ok_or(io::ErrorKind::InvalidInput)?;
        let mut inner = None;
        for part in parts {
            inner = Some(inner.as_ref().unwrap_or(&self.handle).folder(part)?);
        }
        act(inner.as_ref().unwrap_or(&self.handle), last)
    }

    /// The error about a file: the link on the way to it, the folder that was removed, or what the system said.
    pub(crate) fn failed(&self, verb: &'static str, name: &Path, error: io::Error) -> ArchiveError {
        let mut way = PathBuf::new();
        for part in name.components() {
            way.push(part);
            if self.is_link(&way) {
                return ArchiveError::link(self.path.join(way));
            }
        }
        if error.kind() == io::ErrorKind::NotFound && self.is_gone() {
            return ArchiveError::Removed { path: self.path.clone() };
        }
        ArchiveError::io(verb, &self.path.join(name))(error)
    }
}

/// The parts of a name, none of which leads out of the folder.
fn parts(name: &Path) -> io::Result<Vec<&OsStr>> {
    let parts = name.components().map(|part| match part {
        Component::Normal(part) => Ok(part),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "its name leads out of its folder")),
    });
    parts.collect()
}

/// Makes a folder and those above it, where they are missing, so that a power cut does not take them back.
///
/// # Errors
/// When one cannot be made or its parent not be synced.
pub(crate) fn make_folder(folder: &Path) -> Result<(), ArchiveError> {
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

/// Makes the names in a folder survive a power cut, as [`Folder::sync`] does.
///
/// # Errors
/// When the system fails to.
pub(crate) fn sync_folder(path: &Path) -> Result<(), ArchiveError> {
    match Folder::open(path) {
        // A folder that one may write to and not read.
        Err(ArchiveError::Io { source, .. }) if source.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        folder => folder?.sync(),
    }
}

/// What a path lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
