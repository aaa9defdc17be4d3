//! Numbers that were measured elsewhere, to be laid over a run's own.

use crate::model::units::{Nanos, RequestCount};

/// A line of another table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The line's label.
    pub name: String,
    /// Where the table is kept: a path within the run directory.
    pub file: String,
    /// Its strategy in that table.
    pub strategy: String,
    /// How long each of its requests had to wait, where that is known.
    pub delay: Option<Nanos>,
    /// Durations of its valid samples, in the table's order.
    pub durations: Vec<(RequestCount, Nanos)>,
}
