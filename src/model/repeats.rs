//! How often a cell is measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often a cell is measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Repeats {
    /// At least this often: 1 or more.
    pub min: u32,
    /// At most this often: `min` or more.
    pub max: u32,
    /// Between the two, until the 95 % interval of the median is at most this share of the median wide: above 0, at
    /// most 1. `None` where `min` is `max`.
    pub precision: Option<f64>,
}

impl Repeats {
    /// Exactly `number` times.
    #[must_use]
    pub const fn fixed(number: u32) -> Self {
        Self { min: number, max: number, precision: None }
    }
}
