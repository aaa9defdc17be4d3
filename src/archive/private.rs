//! The private folder that a pack is unpacked into. It vanishes with its value; one whose program was killed goes with the
//! next that is made, which knows it by its lock being free.

use std::path::Path;
use std::sync::Once;

use tempfile::TempDir;

use super::error::ArchiveError;
use super::folder::Folder;
use super::lock::RunLock;

/// How the name of every such folder begins; [`RANDOM`] letters and digits follow.
const PREFIX: &str = "reportgen-pack-";
const RANDOM: usize = 6;

/// A folder that only this program and user know, and its lock.
#[derive(Debug)]
pub(crate) struct PrivateFolder {
    // Dropped first: what is still locked is no leftover.
    folder: TempDir,
    _lock: RunLock,
}

impl PrivateFolder {
    /// A new one among the system's temporary files.
    pub(crate) fn new() -> Result<Self, ArchiveError> {
        static LEFTOVERS: Once = Once::new();
        let parent = std::env::temp_dir();
        LEFTOVERS.call_once(|| remove_leftovers(&parent));
        Self::within(&parent)
    }

    fn within(parent: &Path) -> Result<Self, ArchiveError> {
        loop {
            let folder = tempfile::Builder::new().prefix(PREFIX).rand_bytes(RANDOM).tempdir_in(parent);
            let folder = folder.map_err(ArchiveError::io("create folder in", parent))?;
            match Folder::open(folder.path()).and_then(|opened| RunLock::take(&opened)) {
                Ok(lock) => return Ok(Self { folder, _lock: lock }),
                // Before it was locked, another program took it for a leftover.
                Err(_) if !folder.path().exists() => {}
                Err(ArchiveError::Removed { .. } | ArchiveError::Busy { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders of programs that were killed. One that cannot be removed does no harm.
#[cfg(unix)]
fn remove_leftovers(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && entry.file_name().to_str().is_some_and(is_private) {
            let lock = Folder::open(&entry.path()).and_then(|folder| RunLock::take(&folder));
            // Held until the folder is gone, so that its owner cannot take the lock meanwhile.
            let Some(_lock) = lock.ok().filter(RunLock::is_held) else { continue };
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Who holds a folder cannot be told here: what is left stays.
#[cfg(not(unix))]
fn remove_leftovers(_parent: &Path) {}

#[cfg(unix)]
fn is_private(name: &str) -> bool {
    let rest = name.strip_prefix(PREFIX).unwrap_or_default();
    rest.len() == RANDOM && rest.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{PrivateFolder, remove_leftovers};

    #[test]
    fn folders_of_the_killed_go_and_those_of_the_living_and_of_others_stay() {
        let parent = tempfile::tempdir().unwrap();
        let at = |name: &str| parent.path().join(name);
        let living = PrivateFolder::within(parent.path()).unwrap();
        for name in ["reportgen-pack-aB3xY9", "reportgen-pack-of-mine"] {
            fs::create_dir(at(name)).unwrap();
            fs::write(at(name).join("raw.csv"), "rows").unwrap();
        }
        fs::write(at("reportgen-pack-aB3xY8"), "a file").unwrap();
        remove_leftovers(parent.path());
        assert_eq!(at("reportgen-pack-aB3xY9").exists(), !cfg!(unix), "it is not locked");
        assert!(at("reportgen-pack-of-mine").exists(), "its name is another one");
        assert!(at("reportgen-pack-aB3xY8").exists(), "it is no folder");
        let path = living.path().to_owned();
        assert!(path.exists(), "it is in use");
        drop(living);
        assert!(!path.exists(), "its value is gone");
    }
}
