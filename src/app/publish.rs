//! Everything that is made of a run's rows: pictures and summaries. A pure function of what the run holds, so that it
//! can be done again at any time; charts are painted side by side.

use std::io;
use std::path::Path;

use anyhow::Context;

use super::gallery::Gallery;
use super::job_summary;
use crate::archive::{Derived, files};
use crate::chart::{self, Drawn};
use crate::cli::OutputFormat;
use crate::config::{ChartSpec, Labels, Output};
use crate::document::{self, DocumentSource, JSON, Pictures, WRITERS};
use crate::format::visible_line;
use crate::model::{Run, SampleStatus};
use crate::report::Report;
use crate::terminal::Terminal;

/// Says where a run and its report are: the last line of the results, the path alone if only results are asked for, or
/// a note beside a document.
pub(super) fn tell_where(path: &Path, print: OutputFormat, terminal: Terminal) -> anyhow::Result<()> {
    match print {
        OutputFormat::Text if terminal.is_quiet() => terminal.result(&format!("{}\n", path.display())),
        OutputFormat::Text => terminal.result(&format!("Report: {}\n", path.join(files::REPORT).display())),
        OutputFormat::Json => {
            terminal.note(&format!("the run is in {}", path.display()));
            Ok(())
        }
    }
    .context("cannot write to standard output")
}

/// What the rows of a run say of it.
#[derive(Clone, Copy)]
pub(super) struct Published {
    /// Whether a sample failed or is void.
    pub some_failed: bool,
    /// Whether a check of the config is not met.
    pub check_failed: bool,
}

/// What is published, and where.
pub(super) struct Publisher<'a> {
    /// The run.
    pub run: &'a Run,
    /// Charts to draw; empty for every kind once.
    pub charts: &'a [ChartSpec],
    /// The words that charts write by themselves.
    pub labels: &'a Labels,
    /// Formats, themes, size and fonts.
    pub output: &'a Output,
    /// What relative paths of fonts are relative to.
    pub fonts_from: &'a Path,
    /// What stands on standard output.
    pub print: OutputFormat,
}

impl Publisher<'_> {
    /// Makes all files and shows the table.
    pub(super) fn publish(&self, mut into: Derived<'_>, terminal: Terminal) -> anyhow::Result<Published> {
        let report = Report::of(self.run);
        let drawn = chart::draw(&report, self.charts, self.labels);
        let source = DocumentSource::Report(&report);
        let names = WRITERS.iter().filter_map(|writer| writer.file_name(&source));
        into.begin(names.chain(Gallery::names(self.output, &drawn.figures)).collect())?;
        let write = |is_data: bool, pictures: &Pictures<'_>| -> anyhow::Result<()> {
            for writer in WRITERS.iter().filter(|writer| writer.is_data() == is_data) {
                let Some(name) = writer.file_name(&source) else { continue };
                into.writer().write_with(&name, |file| writer.write(&source, pictures, file))?;
            }
            Ok(())
        };
        // Of many combinations the files of data are long, and wait for the disk meanwhile.
        let (data, pictures) = std::thread::scope(|scope| {
            let data = scope.spawn(|| write(true, &Pictures::default()));
            let pictures = self.pictures(&drawn, &into, terminal);
            (data.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), pictures)
        });
        let pictures = pictures?;
        data?;
        write(false, &pictures)?;
        into.finish()?;
        if self.print == OutputFormat::Json {
            let write = |stdout: &mut dyn io::Write| JSON.write(&source, &pictures, stdout);
            terminal.document(write).context("cannot write to standard output")?;
        }
        job_summary::append(&report, &pictures, terminal);
        if !terminal.is_quiet() {
            if self.print == OutputFormat::Text {
                let numbers = document::summary(&report);
                if !numbers.rows.is_empty() {
                    let table = document::table(&numbers) + "\n";
                    terminal.result(&table).context("cannot write to standard output")?;
                }
                let answer = document::answer(&report);
                let answer = format!("{}\n", visible_line(&answer));
                terminal.paragraph(&answer).context("cannot write to standard output")?;
                let checks = document::checks_summary(&report);
                if !checks.rows.is_empty() {
                    let table = format!("\n{}\n", document::table(&checks));
                    terminal.result(&table).context("cannot write to standard output")?;
                }
            }
            for caveat in document::caveats(&report) {
                terminal.warn(&caveat.sentence());
            }
        }
        for check in report.checks.iter().filter(|check| !check.passed()) {
            terminal.warn(&document::check_sentence(check));
        }
        Ok(Published {
            some_failed: self.run.samples.iter().any(|sample| sample.status != SampleStatus::Ok),
            check_failed: report.checks.iter().any(|check| !check.passed()),
        })
    }

    /// Paints every figure and writes the picture files that the config asks for.
    fn pictures<'d>(
        &'d self,
        drawn: &'d Drawn,
        into: &Derived<'_>,
        terminal: Terminal,
    ) -> anyhow::Result<Pictures<'d>> {
        // Charts of one reason share a line.
        let mut kinds_by_reason: Vec<(String, Vec<&str>)> = Vec::new();
        for (kind, why) in &drawn.refused {
            let why = why.to_string();
            match kinds_by_reason.iter_mut().find(|(reason, _)| *reason == why) {
                Some((_, kinds)) => kinds.push(kind),
                None => kinds_by_reason.push((why, vec![kind])),
            }
        }
        for (why, kinds) in kinds_by_reason {
            terminal.note(&format!("no {} chart: {why}", kinds.join(", ")));
        }
        let gallery = Gallery { output: self.output, fonts_from: self.fonts_from, into: into.writer() };
        let pictures = gallery.paint(&drawn.figures, terminal)?;
        let (themes, formats) = (&*self.output.themes, &*self.output.formats);
        Ok(Pictures { drawn: pictures, themes, formats, refused: &drawn.refused })
    }
}
