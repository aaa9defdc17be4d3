//! What can go wrong when a figure is drawn.

use std::path::PathBuf;

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
