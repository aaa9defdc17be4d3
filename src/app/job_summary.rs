//! The summary page of a CI job: where the environment names one, the run's story is appended to it. A page that cannot
//! be written is a warning: the run itself is whole.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use crate::document::{self, Pictures};
use crate::report::Report;
use crate::terminal::Terminal;

/// Names the file whose content GitHub shows.
const VARIABLE: &str = "GITHUB_STEP_SUMMARY";
/// More than this, and GitHub shows nothing of a step.
const MOST_BYTES: usize = 1 << 20;

/// Appends to the page, if there is one.
pub(super) fn append(report: &Report<'_>, pictures: &Pictures<'_>, terminal: Terminal) {
    let Some(path) = std::env::var_os(VARIABLE).filter(|path: &OsString| !path.is_empty()) else { return };
    let path = Path::new(&path);
    match write(path, report, pictures) {
        Ok(true) => terminal.detail(&format!("appended the summary to {}", path.display())),
        Ok(false) => terminal.warn(&format!("{} ({VARIABLE}) has no room left for a summary", path.display())),
        Err(error) => terminal.warn(&format!("cannot append the summary to {} ({VARIABLE}): {error}", path.display())),
    }
}

/// Says whether there was room.
fn write(path: &Path, report: &Report<'_>, pictures: &Pictures<'_>) -> io::Result<bool> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let taken = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    // What others wrote may end without a line break.
    let gap = if taken > 0 { "\n\n" } else { "" };
    let room = MOST_BYTES.saturating_sub(taken).saturating_sub(gap.len() + 1);
    let Some(page) = document::job_summary(report, pictures, room) else { return Ok(false) };
    file.write_all(format!("{gap}{page}").as_bytes())?;
    Ok(true)
}
