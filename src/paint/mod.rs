//! Draws any [`Figure`](crate::model::figure::Figure): figure → layout → SVG → PNG. The order is [`layout()`] (where each
//! text and plot stands, pure), [`svg()`] (plotters draws through our backend, which writes the elements) and [`png()`] (that
//! same SVG in pixels). Must not know charts, runs or files, but for the font files that a caller names.
//!
//! Reading order: `geometry`, `text`, `script`, `palette` (what is drawn with); `scale`, `number`, `ticks` (axes); `key`,
//! `ends`, `panel`, `layout` (where); `markup`, `canvas`, `brush`, `series`, `draw` (how); `raster` (pixels).

mod brush;
mod canvas;
mod draw;
mod ends;
mod geometry;
mod key;
mod layout;
mod markup;
mod number;
mod palette;
mod panel;
mod raster;
mod scale;
mod script;
mod series;
mod text;
mod ticks;

#[cfg(test)]
mod gallery;

use std::path::PathBuf;

use crate::model::figure::Theme;

pub use draw::svg;
pub use geometry::Rect;
pub use layout::{Layout, layout};
pub use raster::png;
pub use text::{Fonts, Weight};

/// How large a picture is, and on which background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Light or dark.
    pub theme: Theme,
    /// In CSS pixels; values outside 160 to 8000 are moved to the nearer end.
    pub width: u32,
    /// In CSS pixels; values outside 120 to 8000 are moved to the nearer end.
    pub height: u32,
}

impl Style {
    fn usable(&self) -> Self {
        Self { theme: self.theme, width: self.width.clamp(160, 8000), height: self.height.clamp(120, 8000) }
    }
}

/// A picture in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Png {
    /// The file's content.
    pub bytes: Vec<u8>,
    /// Characters for which neither the bundled font, nor the given ones, nor the system's have a glyph; ascending.
    pub missing: Vec<char>,
}

/// Why something could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PaintError {
    /// A font file that the caller named is of no use.
    #[error("read font {}: {fault}", path.display())]
    ReadFont {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
    /// The SVG could not be turned into pixels.
    #[error("rasterise SVG: {fault}")]
    Rasterise {
        /// What is wrong with it.
        fault: String,
    },
}
