//! A document that is no report, in a folder: a page, a text, the same for programs, and pictures. `compare` and
//! `history` write one.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use crate::archive::{Derived, Folder, FolderWriter, RunLock};
use crate::terminal::Terminal;

/// Which document, and where it goes.
pub(super) struct Pages<'a> {
    /// What it is called, and its files.
    pub stem: &'static str,
    /// The name of the hidden file that tells what was written.
    pub list: &'static str,
    /// The folder; made where it is missing.
    pub folder: &'a Path,
    /// Whether files of others are overwritten.
    pub force: bool,
}

impl Pages<'_> {
    /// Writes the pictures of the given paths and then the texts: HTML, Markdown and JSON. `make` writes the former and
    /// returns the latter.
    pub(super) fn write(
        &self,
        pictures: impl Iterator<Item = String>,
        terminal: Terminal,
        make: impl FnOnce(&FolderWriter) -> anyhow::Result<[String; 3]>,
    ) -> anyhow::Result<()> {
        let failed = || format!("cannot write the {}", self.stem);
        let names = ["html", "md", "json"].map(|end| format!("{}.{end}", self.stem));
        let folder = Arc::new(Folder::create(self.folder).with_context(failed)?);
        let _lock = RunLock::take(&folder).with_context(failed)?;
        let mut into = Derived::of_document(folder, self.list, self.force);
        into.begin(names.iter().cloned().chain(pictures).collect()).with_context(failed)?;
        for (name, text) in names.iter().zip(make(into.writer())?) {
            into.writer().write(name, text.as_bytes()).with_context(failed)?;
        }
        into.finish().with_context(failed)?;
        terminal.note(&format!("the {} is in {}", self.stem, self.folder.display()));
        Ok(())
    }
}
