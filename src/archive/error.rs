//! What can be wrong with files of a run. Every message names the file and what was tried.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a run could not be written or read.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// The operating system said no.
    #[error("cannot {verb} {}", path.display())]
    Io {
        /// What was tried.
        verb: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A file holds something else than it should.
    #[error("{}: {problem}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Where in it, what is there, what was expected.
        problem: String,
    },
    /// A run that a newer program wrote.
    #[error("{} has schema version {found}; this program reads up to {known}, so take a newer one", path.display())]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// Not a run directory.
    #[error("{} is not a run directory: it holds no {missing}", path.display())]
    NotARun {
        /// The folder.
        path: PathBuf,
        /// The file that is not there.
        missing: &'static str,
    },
    /// A run directory of a sweep that was stopped before its first sample.
    #[error(
        "{} is no run yet: it holds no manifest.json, since its sweep is only beginning or was killed at its beginning; \
         `reportgen remove` takes away what was killed", path.display()
    )]
    Unfinished {
        /// The folder.
        path: PathBuf,
    },
    /// A link where a file or folder of a run should be.
    #[error("{} is a link, and a run holds none: put what it leads to in its place, or remove it", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// A run that vanished while it was worked on.
    #[error("{} was removed or renamed meanwhile", path.display())]
    Removed {
        /// The folder.
        path: PathBuf,
    },
    /// A run that another program writes to.
    #[error("{} is being written by another reportgen; wait until that has ended, then try again", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// A pack that cannot be read or written.
    #[error("cannot {verb} pack {}: {problem}", path.display())]
    Pack {
        /// What was tried.
        verb: &'static str,
        /// The pack.
        path: PathBuf,
        /// Why not.
        problem: String,
    },
    /// A word that names no run.
    #[error("no run {word:?}: it is no path, nor the name, id or tag of a run in {}; `reportgen list` shows them", folder.display())]
    Unknown {
        /// The word.
        word: String,
        /// Where it was looked up.
        folder: PathBuf,
    },
    /// A word that names several runs.
    #[error("{word:?} names more than one run: {found}; say which")]
    Ambiguous {
        /// The word.
        word: String,
        /// Their names.
        found: String,
    },
    /// A file of somebody else's that would be overwritten.
    #[error(
        "{} is there and reportgen did not write it; choose another folder with -o, or overwrite with --force",
        path.display()
    )]
    InTheWay {
        /// The file.
        path: PathBuf,
    },
    /// A run that must not be removed.
    #[error("{} is not removed: {why}", path.display())]
    Kept {
        /// The folder or pack.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A run that must not be resumed.
    #[error("cannot resume {}: {why}", path.display())]
    Resume {
        /// The folder.
        path: PathBuf,
        /// What differs.
        why: String,
    },
}

impl ArchiveError {
    /// Gives an I/O error its path and verb.
    pub(super) fn io(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { verb, path: path.to_owned(), source }
    }

    /// The problem alone, where a path says nothing: of a temporary file.
    pub(super) fn problem(self) -> String {
        match self {
            Self::Pack { problem, .. } | Self::Content { problem, .. } => problem,
            Self::Io { source, .. } => source.to_string(),
            other => other.to_string(),
        }
    }

    /// The file below `folder` that it is about.
    pub(super) fn file_in(&self, folder: &Path) -> Option<String> {
        match self {
            Self::Io { path, .. } | Self::Content { path, .. } => {
                Some(path.strip_prefix(folder).ok()?.to_string_lossy().into_owned())
            }
            Self::NotARun { missing, .. } => Some((*missing).to_owned()),
            _ => None,
        }
    }

    /// The same error about the same file, where `private` is the temporary folder of what `shown` names.
    pub(super) fn relocated(mut self, private: &Path, shown: &Path) -> Self {
        if let Self::Io { path, .. }
        | Self::Content { path, .. }
        | Self::NewerSchema { path, .. }
        | Self::NotARun { path, .. }
        | Self::Unfinished { path }
        | Self::Link { path, .. }
        | Self::Removed { path, .. }
        | Self::Busy { path, .. }
        | Self::Pack { path, .. }
        | Self::InTheWay { path, .. }
        | Self::Kept { path, .. }
        | Self::Resume { path, .. } = &mut self
            && let Ok(rest) = path.strip_prefix(private)
        {
            *path = if rest.as_os_str().is_empty() { shown.to_owned() } else { shown.join(rest) };
        }
        self
    }

    /// A file that holds something else than it should.
    pub(super) fn content(path: &Path, problem: impl Into<String>) -> Self {
        Self::Content { path: path.to_owned(), problem: problem.into() }
    }
}
