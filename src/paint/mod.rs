//! Any [`Figure`] → SVG → PNG. Charts say what to draw; this floor decides where, and draws it.
//!
//! Lines, bands, bars, markers and axes go through plotters onto a backend of our own that writes SVG on a canvas
//! sixteen times finer than the picture, because plotters' coordinates are whole pixels. Ticks, legend, margins and
//! labels are laid out here from measured text. The PNG is that same SVG, rasterised at twice its size. The same
//! figure and style give the same bytes: no date, no random id, one bundled font.

mod backend;
mod draw;
mod geometry;
mod labels;
mod layout;
mod legend;
mod lines;
mod number;
mod palette;
mod panel;
mod raster;
mod scale;
mod script;
mod sheet;
mod text;
mod ticks;

use std::path::PathBuf;

use thiserror::Error;

use crate::model::figure::{Figure, Theme};

pub use geometry::Rect;
pub use layout::{Layout, TextBox, lay_out};
pub use raster::png;
use text::{ASCENT, DESCENT};
pub use text::{Fonts, Weight};

/// How a figure is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Colours.
    pub theme: Theme,
    /// CSS pixels, 320 to 4096.
    pub width: u32,
    /// CSS pixels, 240 to 4096.
    pub height: u32,
}

/// A figure as SVG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Svg {
    /// The document.
    pub text: String,
    /// Characters that the bundled font lacks; whether another font has them is seen when it is rasterised.
    pub foreign: Vec<char>,
}

/// Why a figure could not be drawn.
#[derive(Debug, Error)]
pub enum PaintError {
    /// A font file.
    #[error("cannot read font {}: {fault}", path.display())]
    ReadFont {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
    /// The drawing library refused.
    #[error("cannot draw chart {id}: {fault}")]
    Draw {
        /// The figure.
        id: String,
        /// Its words.
        fault: String,
    },
    /// The SVG could not be made into pixels.
    #[error("cannot make a PNG of a chart: {0}")]
    Raster(String),
}

/// Draws a figure. Deterministic. Cost: about a millisecond, and linear in the points.
///
/// # Errors
/// When the drawing library refuses, which no finite figure makes it do.
pub fn svg(figure: &Figure, style: &Style, fonts: &Fonts) -> Result<Svg, PaintError> {
    let layout = lay_out(figure, style, fonts);
    let text = draw::figure(figure, &layout, style, fonts)
        .map_err(|fault| PaintError::Draw { id: figure.id.clone(), fault: fault.to_string() })?;
    let mut foreign: Vec<char> = layout.texts().flat_map(|text| text.text.chars()).collect();
    foreign.retain(|character| !fonts.has(*character) && !character.is_whitespace());
    foreign.sort_unstable();
    foreign.dedup();
    Ok(Svg { text, foreign })
}
