//! Everything that is made of a run's rows: pictures and summaries. A pure function of what the run holds, so that it
//! can be done again at any time; charts are painted side by side.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::job_summary;
use crate::archive::{files, write_atomically};
use crate::chart::{self, Drawn};
use crate::cli::OutputFormat;
use crate::config::{ChartSpec, Labels, Output};
use crate::export::{self, Picture, Pictures};
use crate::model::figure::{Figure, Format, Theme};
use crate::model::{Run, SampleStatus};
use crate::paint::{self, Fonts};
use crate::report::Report;
use crate::terminal::{self, Terminal};

/// Says where a run is: the last line of the results, or a note beside a document.
pub(super) fn tell_where(path: &Path, print: OutputFormat, terminal: Terminal) -> anyhow::Result<()> {
    match print {
        OutputFormat::Text => terminal.result(&format!("{}\n", path.display())),
        OutputFormat::Json => {
            terminal.note(&format!("the run is in {}", path.display()));
            Ok(())
        }
    }
    .context("cannot write to standard output")
}

/// What is published, and where.
pub(super) struct Edition<'a> {
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
    /// The folder that receives the files of a run.
    pub into: &'a Path,
    /// What stands on standard output.
    pub print: OutputFormat,
}

impl Edition<'_> {
    /// Writes all files and shows the table. Returns whether a sample failed or is void.
    pub(super) fn publish(&self, terminal: Terminal) -> anyhow::Result<bool> {
        let report = Report::of(self.run);
        let drawn = chart::draw(&report, self.charts, self.labels);
        let pictures = self.pictures(&drawn, terminal)?;
        for export in export::EXPORTS {
            let mut bytes = Vec::new();
            let name = export.file_name();
            export.write(&report, &pictures, &mut bytes).with_context(|| format!("cannot make {name}"))?;
            write_atomically(&self.into.join(name), &bytes)?;
            if self.print == OutputFormat::Json && name == export::SUMMARY_JSON {
                terminal.document(&bytes).context("cannot write to standard output")?;
            }
        }
        job_summary::append(&report, &pictures, terminal);
        if !terminal.is_quiet() {
            if self.print == OutputFormat::Text {
                terminal.result(&terminal::summary(&report)).context("cannot write to standard output")?;
            }
            report.caveats.iter().for_each(|caveat| terminal.warn(&format!("{} {}", caveat.evidence, caveat.advice)));
        }
        Ok(self.run.samples.iter().any(|sample| sample.status != SampleStatus::Ok))
    }

    /// Paints every figure and writes the picture files that the config asks for.
    fn pictures<'d>(&'d self, drawn: &'d Drawn, terminal: Terminal) -> anyhow::Result<Pictures<'d>> {
        for (kind, why) in &drawn.refused {
            terminal.note(&format!("no {kind} chart: {why}"));
        }
        let fonts = self.fonts(terminal)?;
        let painted = drawn.figures.par_iter().map(|figure| self.picture(figure, &fonts));
        let (pictures, missing): (Vec<_>, Vec<_>) = painted.collect::<anyhow::Result<Vec<_>>>()?.into_iter().unzip();
        for character in missing.into_iter().flatten().collect::<BTreeSet<char>>() {
            let code = u32::from(character);
            terminal.warn(&format!(
                "no font has the character {character} (U+{code:04X}), so the PNG shows a box; \
                 name a font that has it in `fonts` of [output]"
            ));
        }
        let (themes, formats) = (&*self.output.themes, &*self.output.formats);
        Ok(Pictures { drawn: pictures, themes, formats, refused: &drawn.refused })
    }

    /// Paints one figure and writes its files. With the characters that no font has.
    fn picture<'f>(&self, figure: &'f Figure, fonts: &Fonts) -> anyhow::Result<(Picture<'f>, Vec<char>)> {
        let picture = Picture::of(figure, (self.output.width, self.output.height), fonts);
        let mut missing = Vec::new();
        for (theme, svg) in [(Theme::Light, &picture.wide.light), (Theme::Dark, &picture.wide.dark)] {
            if self.output.themes.contains(&theme) {
                missing.extend(self.files(&format!("{}{}", figure.id, theme.suffix()), svg, fonts)?);
            }
        }
        Ok((picture, missing))
    }

    /// Writes a picture in all formats and returns the characters that no font has.
    fn files(&self, stem: &str, svg: &str, fonts: &Fonts) -> anyhow::Result<Vec<char>> {
        let folder = self.into.join(files::CHARTS);
        let path = |format: Format| folder.join(format!("{stem}.{}", format.as_str()));
        let mut missing = Vec::new();
        for format in &self.output.formats {
            match format {
                Format::Svg => write_atomically(&path(Format::Svg), svg.as_bytes())?,
                Format::Png => {
                    let picture = paint::png(svg, fonts)?;
                    missing = picture.missing;
                    write_atomically(&path(Format::Png), &picture.bytes)?;
                }
            }
        }
        Ok(missing)
    }

    /// The bundled font and those of the config. A font that is not there any more is no reason not to draw.
    fn fonts(&self, terminal: Terminal) -> anyhow::Result<Fonts> {
        let (found, lost): (Vec<PathBuf>, Vec<PathBuf>) =
            self.output.fonts.iter().map(|font| self.fonts_from.join(font)).partition(|path| path.is_file());
        for path in lost {
            terminal.warn(&format!("font {} is not there; characters it has may be missing", path.display()));
        }
        Fonts::load(&found).context("cannot load the fonts of [output]")
    }
}
