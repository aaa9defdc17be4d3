//! Draws any [`Figure`](crate::model::figure::Figure): figure → layout → SVG → PNG. The order is [`layout()`] (where each
//! text and plot stands, pure), [`paint()`] (plotters draws through our backend, which writes the elements) and [`png()`] (that
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

pub use draw::{Painting, paint};
pub use geometry::{Rect, Size};
pub use layout::{Layout, layout};
pub use palette::theme_variables;
pub use raster::png;
pub use text::{Fonts, Weight};

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
