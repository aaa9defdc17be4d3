//! What can be wrong with files of a run. Every message names the file and what was tried.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::importer::ImportError;

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
    /// A file or folder that is not in a state to work with.
    #[error("{} {why}", path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// What it is, and what to do.
        why: &'static str,
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
    /// What is not done to a run or a pack.
    #[error("cannot {verb} {}: {why}", path.display())]
    Refused {
        /// What was asked for.
        verb: &'static str,
        /// The folder or pack.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A word that names no run, or more than one.
    #[error("{0}")]
    Word(String),
}

impl ArchiveError {
    /// Gives an I/O error its path and verb.
    pub(crate) fn io(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { verb, path: path.to_owned(), source }
    }

    /// The problem alone, where a path says nothing: of a temporary file.
    pub(crate) fn problem(self) -> String {
        match self {
            Self::Refused { why: problem, .. } | Self::Content { problem, .. } => problem,
            Self::Io { source, .. } => source.to_string(),
            other => other.to_string(),
        }
    }

    /// The file below `folder` that it is about.
    pub(crate) fn file_in(&self, folder: &Path) -> Option<String> {
        match self {
            Self::Io { path, .. } | Self::Content { path, .. } => {
                Some(path.strip_prefix(folder).ok()?.to_string_lossy().into_owned())
            }
            Self::NotARun { missing, .. } => Some((*missing).to_owned()),
            _ => None,
        }
    }

    /// The same error about the same file, where `private` is the temporary folder of what `shown` names.
    pub(crate) fn relocated(mut self, private: &Path, shown: &Path) -> Self {
        if let Self::Io { path, .. }
        | Self::Content { path, .. }
        | Self::NewerSchema { path, .. }
        | Self::NotARun { path, .. }
        | Self::Unusable { path, .. }
        | Self::Removed { path, .. }
        | Self::Busy { path, .. }
        | Self::Refused { path, .. } = &mut self
            && let Ok(rest) = path.strip_prefix(private)
        {
            *path = if rest.as_os_str().is_empty() { shown.to_owned() } else { shown.join(rest) };
        }
        self
    }

    /// A link where a file or folder of a run should be.
    pub(super) fn link(path: PathBuf) -> Self {
        Self::Unusable { path, why: "is a link, and a run holds none: put what it leads to in its place, or remove it" }
    }

    /// A file that holds something else than it should.
    pub(crate) fn content(path: &Path, problem: impl Into<String>) -> Self {
        Self::Content { path: path.to_owned(), problem: problem.into() }
    }
}

impl From<ImportError> for ArchiveError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Io { verb, path, source } => Self::Io { verb, path, source },
            ImportError::Content { path, problem } => Self::Content { path, problem },
        }
    }
}
