//! One program at a time: whoever measures a run holds a lock on its config.toml. The system releases it when its holder
//! ends, however it ends, so that none is ever left behind; and it is no file of its own, so that none is archived.

use std::fs::{File, OpenOptions, TryLockError};

use super::ArchiveError;
use super::layout::{RunDirectory, files};

/// The right to measure a run, until it is dropped.
#[derive(Debug)]
pub struct RunLock {
    _held: Option<File>,
}

impl RunLock {
    /// Takes the lock. Where the system has none, or only such that keep every reader out, nobody is kept out.
    ///
    /// # Errors
    /// When another program holds it, or the file cannot be opened.
    pub fn take(directory: &RunDirectory) -> Result<Self, ArchiveError> {
        if !cfg!(unix) {
            return Ok(Self { _held: None });
        }
        let path = directory.file(files::CONFIG);
        // Some file systems lock only what is open for writing.
        let file = OpenOptions::new().write(true).open(&path).map_err(ArchiveError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _held: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(ArchiveError::Busy { path: directory.path().to_owned() }),
            // A file system without locks is no reason not to measure.
            Err(TryLockError::Error(_)) => Ok(Self { _held: None }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::{RunDirectory, files};
    use super::RunLock;

    #[test]
    fn a_second_holder_is_told_which_run_and_a_dropped_lock_is_free() {
        let folder = tempfile::tempdir().unwrap();
        for name in [files::MANIFEST, files::CONFIG] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let directory = RunDirectory::open(folder.path()).unwrap();
        let held = RunLock::take(&directory).unwrap();
        let refused = RunLock::take(&directory).err().map(|error| error.to_string());
        assert_eq!(refused.is_some(), cfg!(unix));
        assert!(refused.is_none_or(|error| error.contains(directory.id()) && error.contains("another reportgen")));
        drop(held);
        RunLock::take(&directory).unwrap();
    }
}
