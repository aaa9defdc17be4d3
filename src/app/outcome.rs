//! What every subcommand returns: what it did, or why it could not.

use std::path::{Path, PathBuf};

use crate::bundle::{self, PACK_SUFFIX};
use crate::catalog;

/// What a command did, as a process says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All that was asked is done.
    Done,
    /// The sweep finished and everything is written, but some samples failed or are void.
    SomeFailed,
    /// A document is not what its run makes of it.
    Stale,
    /// A file of a run is not the one that was written.
    Deviates,
    /// Wrong usage or wrong config; nothing was measured.
    Usage,
    /// It could not run or could not write.
    CouldNot,
    /// `compare`: slower than the threshold allows.
    Slower,
    /// `compare`: the data cannot decide, or the runs are not comparable.
    CannotTell,
    /// Everything is written, and a check of the config is not met.
    CheckFailed,
    /// Ended by a signal, everything saved: 130 or 143.
    Signal(u8),
}

impl Exit {
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::SomeFailed | Self::Stale | Self::Deviates => 1,
            Self::Usage => 2,
            Self::CouldNot => 3,
            Self::Slower => 4,
            Self::CannotTell => 5,
            Self::CheckFailed => 6,
            Self::Signal(code) => code,
        }
    }
}

/// Why a command could not do what was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// The command line or the config is wrong: exit code 2.
    Usage(anyhow::Error),
    /// Diagnostics that are laid out already: exit code 2.
    Diagnostics(String),
    /// It could not run or write: exit code 3.
    CouldNot(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::CouldNot(error)
    }
}

/// Whether a path that the command line names is one of a run; else it is one of a table.
pub(super) fn is_run(path: &Path) -> bool {
    path.is_dir() || bundle::is_pack(path) || path.to_string_lossy().ends_with(PACK_SUFFIX)
}

/// The path of a run or a file that the command line names; ids and tags are those of runs in `folder`.
pub(super) fn located(run: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    Ok(catalog::locate(run, folder)?)
}
