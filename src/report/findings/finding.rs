//! What a finding is, and what findings are made of.

use crate::model::{RequestCount, StrategyLine};
use crate::report::cell::Cell;

/// Fewer samples than this have no interval that says much.
pub(super) const ENOUGH: usize = 3;

/// One statement about the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it is about.
    pub kind: FindingKind,
    /// Whether the data settle the question; where not, the text says why.
    pub settled: bool,
    /// The strategies it is about.
    pub strategy_indices: Vec<usize>,
    /// The request counts it rests on, ascending.
    pub requests: Vec<RequestCount>,
    /// The numbers it rests on by name; a name's end is its unit, as in files.
    pub numbers: Vec<(&'static str, f64)>,
    /// The statement: one sentence or two.
    pub text: String,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// The strategy to choose at the largest count.
    Cheapest,
    /// How duration grows with the number of requests.
    Growth,
    /// From where on one strategy is faster than another.
    Overtaking,
    /// How much of the time the CPU worked.
    Waiting,
}

impl FindingKind {
    /// Every one, in the order told.
    pub const ALL: [Self; 4] = [Self::Cheapest, Self::Growth, Self::Overtaking, Self::Waiting];

    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cheapest => "cheapest",
            Self::Growth => "growth",
            Self::Overtaking => "overtaking",
            Self::Waiting => "waiting",
        }
    }

    /// A heading over findings of this kind.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Cheapest => "Fastest and cheapest",
            Self::Growth => "Growth with the number of requests",
            Self::Overtaking => "Who overtakes whom",
            Self::Waiting => "Waiting and working",
        }
    }
}

/// What findings are made of: cells with a median, by strategy, then by count.
pub(super) struct Told<'a> {
    pub(super) lines: &'a [StrategyLine],
    pub(super) by_line: Vec<&'a [&'a Cell<'a>]>,
}

impl Told<'_> {
    pub(super) fn name(&self, strategy_index: usize) -> &str {
        &self.lines[strategy_index].name
    }
}
