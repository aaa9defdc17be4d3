//! Text → [`Sweep`]: a raw mirror of the file, then the valid form, every complaint with its place in the text.

mod sweep;

pub use sweep::{ChartSpec, Order, Output, Sweep};
