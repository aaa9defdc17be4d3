//! A document about several runs: printed in one format, or written into a folder in all of them, with its pictures.
//! `compare` and `history` make one.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::gallery::{Gallery, height};
use crate::archive::{Derived, Folder, RunLock};
use crate::cli::ComparisonFormat;
use crate::config::Output;
use crate::document::{DocumentSource, JSON, MARKDOWN, Pictures, TEXT, WRITERS};
use crate::model::figure::Figure;
use crate::terminal::Terminal;

/// Prints a document to standard output.
pub(super) fn print(source: &DocumentSource<'_>, format: ComparisonFormat, terminal: Terminal) -> anyhow::Result<()> {
    let writer = match format {
        ComparisonFormat::Text => TEXT,
        ComparisonFormat::Json => JSON,
        ComparisonFormat::Markdown => MARKDOWN,
    };
    let bytes = writer.bytes(source, &Pictures::default()).context("cannot make the document")?;
    let printed = if writer.is_data() {
        terminal.document(|stdout| stdout.write_all(&bytes))
    } else {
        terminal.paragraph(&String::from_utf8_lossy(&bytes))
    };
    printed.context("cannot write to standard output")
}

/// Which document, and where it goes.
pub(super) struct Pages<'a> {
    /// What it is about.
    pub source: DocumentSource<'a>,
    /// Its figures.
    pub figures: &'a [Figure],
    /// How they look; each is as high as its panels need.
    pub output: Output,
    /// The name of the hidden file that tells what was written.
    pub list: &'static str,
    /// The folder; made where it is missing.
    pub folder: &'a Path,
    /// Whether files of others are overwritten.
    pub force: bool,
}

impl Pages<'_> {
    /// Writes the pictures, then the document in every format that has files.
    pub(super) fn write(mut self, terminal: Terminal) -> anyhow::Result<()> {
        let stem = self.source.stem(false);
        let failed = || format!("cannot write the {stem}");
        let folder = Arc::new(Folder::create(self.folder).with_context(failed)?);
        let _lock = RunLock::take(&folder).with_context(failed)?;
        let mut into = Derived::of_document(folder, self.list, self.force);
        let names = WRITERS.iter().filter_map(|writer| writer.file_name(&self.source));
        into.begin(names.chain(Gallery::names(&self.output, self.figures)).collect()).with_context(failed)?;
        let mut drawn = Vec::new();
        for figure in self.figures {
            self.output.height = height(figure.height_in_panels());
            let gallery = Gallery { output: &self.output, fonts_from: Path::new("."), into: into.writer() };
            let painted = gallery.paint(std::slice::from_ref(figure), terminal);
            drawn.extend(painted.with_context(|| format!("cannot draw the {stem}"))?);
        }
        let (themes, formats) = (&*self.output.themes, &*self.output.formats);
        let pictures = Pictures { drawn, themes, formats, refused: &[] };
        for writer in WRITERS {
            let Some(name) = writer.file_name(&self.source) else { continue };
            let written = into.writer().write_with(&name, |file| writer.write(&self.source, &pictures, file));
            written.with_context(failed)?;
        }
        into.finish().with_context(failed)?;
        terminal.note(&format!("the {stem} is in {}", self.folder.display()));
        Ok(())
    }
}
