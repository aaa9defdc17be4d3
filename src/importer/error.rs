//! Why a table cannot be read. Every message names it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a table cannot be read.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The operating system said no.
    #[error("cannot {verb} {}", path.display())]
    Io {
        /// What was tried.
        verb: &'static str,
        /// The table.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// It is no such table.
    #[error("{}: {problem}", path.display())]
    Content {
        /// The table.
        path: PathBuf,
        /// Where in it, what is there, what was expected.
        problem: String,
    },
}

impl ImportError {
    pub(super) fn io(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { verb, path: path.to_owned(), source }
    }

    pub(super) fn content(path: &Path, problem: impl Into<String>) -> Self {
        Self::Content { path: path.to_owned(), problem: problem.into() }
    }
}
