//! An open folder on Unix: every step starts at its descriptor and follows no link.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};

use super::entry::{Creation, EntryKind};
use crate::input;

/// A folder by its descriptor.
#[derive(Debug)]
pub(crate) struct FolderDescriptor(File);

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl FolderDescriptor {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(File::from(rustix::fs::open(path, FOLDER, Mode::empty())?)))
    }

    /// Whether `path` leads to this very folder.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        let identity = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
        matches!((self.0.metadata(), fs::metadata(path)), (Ok(own), Ok(there)) if identity(&own) == identity(&there))
    }

    /// The folder once more, with a descriptor of its own.
    pub(super) fn again(&self) -> io::Result<Self> {
        self.folder(OsStr::new("."))
    }

    /// The folder as a file of its own, which can be locked: what is locked with one descriptor stays locked until that
    /// very one is closed.
    pub(crate) fn lockable(&self) -> io::Result<Option<File>> {
        Ok(Some(self.again()?.0))
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        self.0.sync_all()
    }

    pub(super) fn folder(&self, name: &OsStr) -> io::Result<Self> {
        let opened = rustix::fs::openat(&self.0, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())?;
        Ok(Self(File::from(opened)))
    }

    pub(super) fn make_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(&self.0, name, Mode::from_raw_mode(0o777))?)
    }

    pub(super) fn read(&self, name: &OsStr) -> io::Result<File> {
        input::open_regular_at(&self.0, Path::new(name), OFlags::RDONLY | OFlags::NOFOLLOW, Mode::empty())
    }

    pub(crate) fn write(&self, name: &OsStr, creation: Creation) -> io::Result<File> {
        let (flags, mode) = match creation {
            // Private until it is whole.
            Creation::New => (OFlags::CREATE | OFlags::EXCL, 0o600),
            Creation::IfMissing => (OFlags::CREATE, 0o666),
            Creation::Never => (OFlags::empty(), 0),
        };
        let flags = OFlags::WRONLY | OFlags::NOFOLLOW | flags;
        input::open_regular_at(&self.0, Path::new(name), flags, Mode::from_raw_mode(mode))
    }

    pub(super) fn kind(&self, name: &OsStr) -> io::Result<EntryKind> {
        let found = rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(kind(FileType::from_raw_mode(found.st_mode)))
    }

    /// Whether a file has another name too.
    pub(super) fn is_shared(&self, name: &OsStr) -> io::Result<bool> {
        Ok(rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?.st_nlink > 1)
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.0, from, &self.0, to)?)
    }

    /// Renames a file unless something has the new name.
    pub(crate) fn add(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
        {
            use rustix::fs::RenameFlags;
            use rustix::io::Errno;

            match rustix::fs::renameat_with(&self.0, from, &self.0, to, RenameFlags::NOREPLACE) {
                // Not on this file system.
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
                renamed => return Ok(renamed?),
            }
        }
        rustix::fs::linkat(&self.0, from, &self.0, to, AtFlags::empty())?;
        self.remove_file(from)
    }

    pub(crate) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    pub(super) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    pub(crate) fn entries(&self) -> io::Result<Vec<(OsString, EntryKind)>> {
        let mut found = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let kind = match entry.file_type() {
                // Some file systems do not tell; what vanished meanwhile is not there.
                FileType::Unknown => match self.kind(name) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    kind => kind?,
                },
                known => kind(known),
            };
            found.push((name.to_owned(), kind));
        }
        Ok(found)
    }
}

fn kind(file_type: FileType) -> EntryKind {
    match file_type {
        FileType::RegularFile => EntryKind::File,
        FileType::Directory => EntryKind::Folder,
        FileType::Symlink => EntryKind::Link,
        _ => EntryKind::Other,
    }
}
