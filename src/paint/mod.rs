//! Draws any [`Figure`](crate::model::figure::Figure): figure → layout → SVG → PNG. The order is [`layout()`] (where each
//! text and plot stands, pure), [`paint()`] (plotters draws through our backend, which writes the elements) and [`png()`] (that
//! same SVG in pixels). Must not know charts, runs or files, but for the font files that a caller names.
//!
//! Reading order: `geometry`, `text`, `script`, `palette` (what is drawn with); `scale`, `number`, `ticks` (axes); `look`,
//! `placement`, `legend`, `panel`, `end_labels`, `layout` (where); `markup`, `canvas`, `brush`, `series`, `draw` (how); `raster` (pixels).

mod brush;
mod canvas;
mod draw;
mod end_labels;
mod error;
mod geometry;
mod layout;
mod legend;
mod look;
mod markup;
mod number;
mod palette;
mod panel;
mod placement;
mod raster;
mod scale;
mod script;
mod series;
mod text;
mod ticks;

#[cfg(test)]
mod gallery;

pub use draw::{Painting, paint};
pub use error::PaintError;
pub use geometry::{Rect, Size};
pub use layout::layout;
pub use palette::theme_variables;
pub use placement::Layout;
pub use raster::{Png, png};
pub use text::{Fonts, Weight};
