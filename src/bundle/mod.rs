//! A run as one file, and runs in either form: a folder, or a pack, whose files are taken out into a private folder that
//! vanishes with the value that was opened.

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
#[cfg(test)]
mod hostile;
mod pack;
mod unpack;

use std::path::Path;

pub use pack::{PACK_SUFFIX, pack, pack_id};
pub use unpack::is_pack;

use crate::archive::{ArchiveError, Loaded, RunDirectory};

/// Opens a run directory or a pack.
///
/// # Errors
/// When it is neither, or holds no manifest.
pub fn open(path: &Path) -> Result<RunDirectory, ArchiveError> {
    open_with(path, |_| true)
}

/// The same with only the files of a pack that are `wanted`.
pub(crate) fn open_with(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<RunDirectory, ArchiveError> {
    let path = std::fs::canonicalize(path).map_err(ArchiveError::io("open run", path))?;
    if path.is_dir() {
        return RunDirectory::open(&path);
    }
    RunDirectory::of_pack(unpack::unpack(&path, wanted)?)
}

/// Reads a run directory or a pack. Rows that were written only in part are left out.
///
/// # Errors
/// When something is missing or damaged, naming it.
pub fn load(path: &Path) -> Result<Loaded, ArchiveError> {
    Loaded::of(&open(path)?)
}
