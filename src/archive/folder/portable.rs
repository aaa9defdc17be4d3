//! An open folder where the system has no descriptors of folders: a path, and every step looks for links before it is
//! taken. A link put there between the two is not detected.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::entry::{Creation, EntryKind};
use crate::input;

/// A folder by its path.
#[derive(Debug)]
pub(crate) struct FolderPath(PathBuf);

impl FolderPath {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if fs::metadata(path)?.is_dir() { Ok(Self(path.to_owned())) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// Whether `path` leads to a folder; that it is another one cannot be told here.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        path.is_dir()
    }

    pub(super) fn again(&self) -> io::Result<Self> {
        Ok(Self(self.0.clone()))
    }

    /// There is nothing to lock.
    pub(crate) fn lockable(&self) -> io::Result<Option<File>> {
        Ok(None)
    }

    /// Names cannot be synced here.
    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn folder(&self, name: &OsStr) -> io::Result<Self> {
        match self.kind(name)? {
            EntryKind::Folder => Ok(Self(self.0.join(name))),
            _ => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    pub(super) fn make_folder(&self, name: &OsStr) -> io::Result<()> {
        fs::create_dir(self.0.join(name))
    }

    pub(super) fn read(&self, name: &OsStr) -> io::Result<File> {
        self.refuse_link(name)?;
        input::open_regular(&self.0.join(name), OpenOptions::new().read(true))
    }

    pub(crate) fn write(&self, name: &OsStr, creation: Creation) -> io::Result<File> {
        self.refuse_link(name)?;
        let mut options = OpenOptions::new();
        options.write(true).create(creation == Creation::IfMissing).create_new(creation == Creation::New);
        input::open_regular(&self.0.join(name), options.truncate(false))
    }

    pub(super) fn kind(&self, name: &OsStr) -> io::Result<EntryKind> {
        Ok(kind(fs::symlink_metadata(self.0.join(name))?.file_type()))
    }

    /// Whether a file has another name too, which cannot be told here.
    pub(super) fn is_shared(&self, _name: &OsStr) -> io::Result<bool> {
        Ok(false)
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.0.join(from), self.0.join(to))
    }

    /// Renames a file unless something has the new name.
    pub(crate) fn add(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::hard_link(self.0.join(from), self.0.join(to))?;
        self.remove_file(from)
    }

    pub(crate) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    pub(super) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_dir(self.0.join(name))
    }

    pub(crate) fn entries(&self) -> io::Result<Vec<(OsString, EntryKind)>> {
        let entry = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            Ok((entry.file_name(), kind(entry.file_type()?)))
        };
        fs::read_dir(&self.0)?.map(entry).collect()
    }

    fn refuse_link(&self, name: &OsStr) -> io::Result<()> {
        match self.kind(name) {
            Ok(EntryKind::Link) => Err(io::ErrorKind::InvalidInput.into()),
            _ => Ok(()),
        }
    }
}

fn kind(file_type: FileType) -> EntryKind {
    if file_type.is_symlink() {
        EntryKind::Link
    } else if file_type.is_dir() {
        EntryKind::Folder
    } else if file_type.is_file() {
        EntryKind::File
    } else {
        EntryKind::Other
    }
}
