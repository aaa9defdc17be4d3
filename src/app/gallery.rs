//! Figures → picture files in the `charts` folder, painted side by side.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::archive::{FolderWriter, files};
use crate::config::Output;
use crate::document::Picture;
use crate::model::figure::{Figure, Format, Theme};
use crate::paint::{self, Fonts, Size};
use crate::terminal::Terminal;

/// Where pictures go, and how they look.
pub(super) struct Gallery<'a> {
    /// Formats, themes, size and fonts.
    pub output: &'a Output,
    /// What relative paths of fonts are relative to.
    pub fonts_from: &'a Path,
    /// Writes into the folder that has the `charts` folder.
    pub into: &'a FolderWriter,
}

/// The height of a picture with so many panels above each other, in CSS pixels.
pub(super) fn height(panels: usize) -> u32 {
    const HEAD: u32 = 170;
    const PANEL: u32 = 150;
    const MOST: u32 = 40;
    HEAD + PANEL * u32::try_from(panels).unwrap_or(MOST).clamp(1, MOST)
}

/// The path of a picture file in the folder that has the `charts` folder.
fn name(id: &str, theme: Theme, format: Format) -> String {
    format!("{}/{id}{}.{}", files::CHARTS, theme.suffix(), format.as_str())
}

impl Gallery<'_> {
    /// Paths of all picture files that `output` asks for.
    pub(super) fn names<'f>(
        output: &'f Output,
        figures: impl IntoIterator<Item = &'f Figure>,
    ) -> impl Iterator<Item = String> {
        figures.into_iter().flat_map(move |figure| {
            let formats = move |theme| output.formats.iter().map(move |format| name(&figure.id, theme, *format));
            output.themes.iter().flat_map(move |theme| formats(*theme))
        })
    }

    /// Paints every figure and writes the picture files that `output` asks for.
    pub(super) fn paint<'f>(&self, figures: &'f [Figure], terminal: Terminal) -> anyhow::Result<Vec<Picture<'f>>> {
        let fonts = self.fonts(terminal)?;
        let painted = figures.par_iter().map(|figure| self.picture(figure, &fonts));
        let (pictures, missing): (Vec<_>, Vec<_>) = painted.collect::<anyhow::Result<Vec<_>>>()?.into_iter().unzip();
        for character in missing.into_iter().flatten().collect::<BTreeSet<char>>() {
            let code = u32::from(character);
            terminal.warn(&format!(
                "no font has the character {character} (U+{code:04X}), so the PNG shows a box; \
                 name a font that has it in `fonts` of [output]"
            ));
        }
        Ok(pictures)
    }

    /// Paints one figure and writes its files. With the characters that no font has.
    fn picture<'f>(&self, figure: &'f Figure, fonts: &Fonts) -> anyhow::Result<(Picture<'f>, Vec<char>)> {
        let picture = Picture::of(figure, Size { width: self.output.width, height: self.output.height }, fonts);
        let mut missing = Vec::new();
        if let Some(painting) = &picture.wide {
            for theme in Theme::ALL.into_iter().filter(|theme| self.output.themes.contains(theme)) {
                missing.extend(self.files(&figure.id, theme, &painting.svg(theme), fonts)?);
            }
        }
        Ok((picture, missing))
    }

    /// Writes a picture in all formats and returns the characters that no font has.
    fn files(&self, id: &str, theme: Theme, svg: &str, fonts: &Fonts) -> anyhow::Result<Vec<char>> {
        let mut missing = Vec::new();
        for format in &self.output.formats {
            match format {
                Format::Svg => self.into.write(&name(id, theme, Format::Svg), svg.as_bytes())?,
                Format::Png => {
                    let picture = paint::png(svg, fonts)?;
                    missing = picture.missing;
                    self.into.write(&name(id, theme, Format::Png), &picture.bytes)?;
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
