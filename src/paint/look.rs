//! How a line looks: the line itself, its marks, and the swatch that stands for it beside its name.

use crate::model::figure::{Role, Series, Shape};

/// How a line looks, for the line itself and for its swatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// `None` stands for several strategies.
    pub(super) strategy_index: Option<usize>,
    pub(super) role: Role,
    pub(super) kind: Kind,
}

/// What a swatch shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The line with its marker.
    Marked,
    /// The line alone.
    Plain,
    /// The mark of a failed sample.
    Failure,
}

/// Width of a swatch, and of the gap behind it, in parts of the letters' size.
pub(super) const SWATCH: f64 = 2.1;
pub(super) const SWATCH_GAP: f64 = 0.5;

impl Look {
    pub(super) fn of(series: &Series) -> Self {
        let plain =
            series.role == Role::Ideal || series.binned || (series.shape == Shape::Steps && series.marks.is_empty());
        let kind = if plain { Kind::Plain } else { Kind::Marked };
        let several = series.role == Role::Ideal && !series.shared_with.is_empty();
        let strategy_index = (!several).then_some(series.strategy_index);
        Self { strategy_index, role: series.role, kind }
    }

    /// The strategy whose measured line this is.
    pub(super) fn measured_slot(self) -> Option<usize> {
        self.strategy_index.filter(|_| self.role == Role::Measured && self.kind != Kind::Failure)
    }
}
