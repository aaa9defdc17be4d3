//! A folder of runs → what `list` and `history` tell of them, newest first. Folders and packs are read alike. What was
//! read once is kept in a hidden file of the folder and read from there for as long as the run's files are the ones that
//! were read; that file is never the truth, and is made again whenever it is missing, old or damaged.

mod cache;
mod entry;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::error::ArchiveError;
use super::files;
use super::pack::PACK_SUFFIX;
use cache::Stamp;
pub use entry::{IndexedCell, RunEntry};

/// The runs of a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// Newest first; of the same moment, by name.
    pub runs: Vec<RunEntry>,
    /// Folders and packs that are no run that can be read, by name.
    pub broken: Vec<Broken>,
}

/// A folder or pack that is no run, or one that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its name in the folder.
    pub name: String,
    /// Why it cannot be read.
    pub reason: String,
}

/// Something in the folder that should be a run.
struct Candidate {
    name: String,
    /// `None` where its files cannot even be looked at.
    stamp: Option<Stamp>,
}

/// Every run of `folder`. Left out are hidden names, files that are no packs, and links to what is listed anyway, such
/// as `latest`. Cost: three file system look-ups for each run that was read before, its rows for every other; memory: a
/// few kilobytes for each run.
///
/// # Errors
/// When the folder cannot be read, or is itself a run.
pub fn scan(folder: &Path) -> Result<Listing, ArchiveError> {
    if folder.join(files::MANIFEST).is_file() {
        return Err(ArchiveError::content(folder, "is one run, not a folder of runs"));
    }
    let (names, mut broken) = names(folder)?;
    let candidates: Vec<Candidate> =
        names.into_par_iter().map(|name| Candidate { stamp: Stamp::of(&folder.join(&name)), name }).collect();
    let mut known = cache::read(folder);
    let remembered = known.len();
    let (mut runs, mut unread) = (Vec::with_capacity(candidates.len()), Vec::new());
    for candidate in candidates {
        match known.remove(&candidate.name) {
            Some((stamp, entry)) if candidate.stamp.as_ref() == Some(&stamp) => runs.push((stamp, entry)),
            _ => unread.push(candidate),
        }
    }
    let kept = runs.len();
    let read: Vec<_> = unread.into_par_iter().map(|candidate| read(folder, candidate)).collect();
    for result in read.into_iter().flatten() {
        match result {
            Ok(run) => runs.push(run),
            Err(reason) => broken.push(reason),
        }
    }
    if runs.len() != kept || remembered != kept {
        cache::write(folder, &runs);
    }
    let mut runs: Vec<RunEntry> = runs.into_iter().map(|(_, entry)| entry).collect();
    // Times are RFC 3339 in UTC with milliseconds, so that they sort as text.
    runs.sort_by(|a, b| b.started_at.cmp(&a.started_at).then_with(|| a.name.cmp(&b.name)));
    broken.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Listing { runs, broken })
}

/// `None` for one that was removed or renamed since the folder was read.
fn read(folder: &Path, candidate: Candidate) -> Option<Result<(Stamp, RunEntry), Broken>> {
    let Candidate { name, stamp } = candidate;
    let path = folder.join(&name);
    let reason = match (RunEntry::read(&path, &name), stamp) {
        (Ok(entry), Some(stamp)) => return Some(Ok((stamp, entry))),
        (Ok(_), None) => "it changed while it was read".to_owned(),
        (Err(error), _) => reason(&error),
    };
    let is_gone = fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    (!is_gone).then_some(Err(Broken { name, reason }))
}

/// An error with its causes, in one line.
fn reason(error: &ArchiveError) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// Names in the folder that should be runs, and those that cannot be.
fn names(folder: &Path) -> Result<(Vec<String>, Vec<Broken>), ArchiveError> {
    let failed = || ArchiveError::io("read folder", folder);
    let own = fs::canonicalize(folder).map_err(failed())?;
    let (mut names, mut broken) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        let lossy = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(failed())?;
        if lossy.starts_with('.') || lossy == files::LATEST {
            continue;
        }
        let named = |reason: &str| Broken { name: lossy.clone(), reason: reason.to_owned() };
        let is_folder = if kind.is_symlink() {
            match fs::canonicalize(entry.path()) {
                Ok(target) if target.parent() == Some(&own) => continue,
                Ok(target) => target.is_dir(),
                Err(_) => {
                    broken.push(named("a link that leads nowhere"));
                    continue;
                }
            }
        } else {
            kind.is_dir()
        };
        match entry.file_name().into_string() {
            Ok(name) if is_folder || name.ends_with(PACK_SUFFIX) => names.push(name),
            Err(_) if is_folder || lossy.ends_with(PACK_SUFFIX) => broken.push(named("its name is not UTF-8")),
            _ => {}
        }
    }
    Ok((names, broken))
}

/// What a cache remembers, by name.
type Known = HashMap<String, (Stamp, RunEntry)>;

#[cfg(test)]
mod tests;
