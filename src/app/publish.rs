//! Everything that is made of a run's rows: pictures and summaries. A pure function of what the run holds, so that it
//! can be done again at any time; charts are painted side by side.

use std::path::{Path, PathBuf};

use anyhow::Context;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::archive::{files, write_atomically};
use crate::chart;
use crate::config::{ChartSpec, Output};
use crate::export;
use crate::model::figure::{Figure, Format, Theme};
use crate::model::{Run, SampleStatus};
use crate::paint::{self, Fonts, Style};
use crate::report::Report;
use crate::terminal::{self, Terminal};

/// What is published, and where.
pub(super) struct Edition<'a> {
    /// The run.
    pub run: &'a Run,
    /// Charts to draw; empty for every kind once.
    pub charts: &'a [ChartSpec],
    /// Formats, themes, size and fonts.
    pub output: &'a Output,
    /// What relative paths of fonts are relative to.
    pub fonts_from: &'a Path,
    /// The folder that receives the files of a run.
    pub into: &'a Path,
}

impl Edition<'_> {
    /// Writes all files and shows the table. Returns whether a sample failed or is void.
    pub(super) fn publish(&self, terminal: Terminal) -> anyhow::Result<bool> {
        let report = Report::of(self.run);
        for export in export::EXPORTS {
            let mut bytes = Vec::new();
            let name = export.file_name();
            export.write(&report, &mut bytes).with_context(|| format!("cannot make {name}"))?;
            write_atomically(&self.into.join(name), &bytes)?;
        }
        self.charts(&report, terminal)?;
        if !terminal.is_quiet() {
            terminal.result(&terminal::summary(&report)).context("cannot write to standard output")?;
            report.caveats.iter().for_each(|caveat| terminal.warn(&format!("{} {}", caveat.evidence, caveat.advice)));
        }
        Ok(self.run.samples.iter().any(|sample| sample.status != SampleStatus::Ok))
    }

    fn charts(&self, report: &Report<'_>, terminal: Terminal) -> anyhow::Result<()> {
        let drawn = chart::draw(report, self.charts);
        for (kind, why) in &drawn.refused {
            terminal.note(&format!("no {kind} chart: {why}"));
        }
        let fonts = self.fonts(terminal)?;
        let pictures: Vec<(&Figure, Theme)> = drawn
            .figures
            .iter()
            .flat_map(|figure| self.output.themes.iter().map(move |theme| (figure, *theme)))
            .collect();
        let folder = self.into.join(files::CHARTS);
        let missing = pictures
            .par_iter()
            .map(|(figure, theme)| self.paint(figure, *theme, (&fonts, &folder)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let mut missing: Vec<char> = missing.into_iter().flatten().collect();
        missing.sort_unstable();
        missing.dedup();
        for character in missing {
            let code = u32::from(character);
            terminal.warn(&format!(
                "no font has the character {character} (U+{code:04X}), so the PNG shows a box; \
                 name a font that has it in `fonts` of [output]"
            ));
        }
        Ok(())
    }

    /// Paints one picture in all formats and returns the characters that no font has.
    fn paint(&self, figure: &Figure, theme: Theme, (fonts, folder): (&Fonts, &Path)) -> anyhow::Result<Vec<char>> {
        let style = Style { theme, width: self.output.width, height: self.output.height };
        let svg = paint::svg(figure, &style, fonts);
        let path = |format: Format| folder.join(format!("{}{}.{}", figure.id, theme.suffix(), format.as_str()));
        let mut missing = Vec::new();
        for format in &self.output.formats {
            match format {
                Format::Svg => write_atomically(&path(Format::Svg), svg.as_bytes())?,
                Format::Png => {
                    let picture = paint::png(&svg, fonts)?;
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
