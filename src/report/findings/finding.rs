//! What a finding is, and what findings are made of.

use crate::model::{RequestCount, StrategyLine};
use crate::report::cell::Cell;

/// One statement about the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it says, with the numbers it rests on.
    pub kind: FindingKind,
    /// Whether the data settle the question.
    pub settled: bool,
    /// The strategies it is about.
    pub strategy_indices: Vec<usize>,
    /// The request counts it rests on, ascending.
    pub requests: Vec<RequestCount>,
}

/// What a finding says. Times are seconds.
#[derive(Clone, Debug, PartialEq)]
pub enum FindingKind {
    /// Which strategy is the fastest at the largest count, and which of those near it takes least CPU time.
    Fastest {
        /// The fastest.
        strategy_index: usize,
        /// Its median.
        median_s: f64,
        /// How many are at most [`NEAR`](super::NEAR) slower, itself included.
        near: usize,
        /// CPU time of those of them that say, ascending.
        cpu_s: Vec<(usize, f64)>,
    },
    /// How the first strategy grows with the number of requests.
    Growth(GrowthShape),
    /// Whether the order of strategies changes with the number of requests.
    Order(StrategyOrder),
    /// What the first strategy did with its time at its largest count.
    CpuTime {
        /// CPU time.
        cpu_s: f64,
        /// CPU time over duration.
        cores: f64,
        /// Duration.
        median_s: f64,
    },
    /// CPU time was not recorded.
    NoCpuTime,
}

/// How a strategy grows. Times are seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GrowthShape {
    /// It cannot be told from so few counts.
    TooFewCounts {
        /// How many it takes.
        needed: usize,
    },
    /// By steps.
    Steps {
        /// Requests of one round.
        workers: u32,
        /// What a round adds.
        step_s: f64,
        /// Typical distance of the medians from the steps.
        residual_s: f64,
        /// And from a straight line.
        line_residual_s: f64,
    },
    /// It takes as long at every count.
    Level {
        /// Mean of its medians.
        mean_s: f64,
        /// The line through them.
        fit: LineFit,
    },
    /// Whether it grows cannot be told.
    NoTrend(LineFit),
    /// It grows, or falls.
    Slope {
        /// By the slope of this line.
        fit: LineFit,
        /// Residual over the whole rise, where that is much.
        misfit: Option<f64>,
    },
}

/// What becomes of the order of strategies as requests grow more.
#[derive(Clone, Debug, PartialEq)]
pub enum StrategyOrder {
    /// The first strategy is faster than the second from some count on.
    Overtakes {
        /// The last count at which it is surely not.
        from: RequestCount,
        /// The first at which it surely is.
        to: RequestCount,
        /// Where the lines between the medians cross; `None` where they do so more than once.
        crossing: Option<f64>,
        /// How many more such pairs of strategies are left out.
        further: usize,
    },
    /// No strategy overtakes another.
    Same,
    /// One count shows no change of order.
    OneCount,
    /// Medians change their order, but not surely.
    Unclear {
        /// Pairs of strategies of which that holds.
        pairs: usize,
        /// The first of them.
        named: Vec<(usize, usize)>,
        /// Samples that an interval takes, where no combination has so many.
        fewest: Option<usize>,
    },
    /// There are too many cells to look at every pair of strategies.
    Unsearched {
        /// Pairs that were not looked at.
        left: usize,
        /// Pairs that there are.
        all: usize,
    },
}

/// A straight line through the medians of a strategy. Times are seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineFit {
    /// What a request adds.
    pub slope_s: f64,
    /// Half of the slope's 95 % interval.
    pub margin_s: f64,
    /// Typical distance of the medians from the line.
    pub residual_s: f64,
    /// How many medians.
    pub medians: usize,
}

/// What findings are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingTopic {
    /// The strategy to choose at the largest count.
    Cheapest,
    /// How duration grows with the number of requests.
    Growth,
    /// From where on one strategy is faster than another.
    Overtaking,
    /// How much of the time the CPU worked.
    Waiting,
}

impl FindingTopic {
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
}

impl FindingKind {
    /// What it is about.
    #[must_use]
    pub const fn topic(&self) -> FindingTopic {
        match self {
            Self::Fastest { .. } => FindingTopic::Cheapest,
            Self::Growth(_) => FindingTopic::Growth,
            Self::Order(_) => FindingTopic::Overtaking,
            Self::CpuTime { .. } | Self::NoCpuTime => FindingTopic::Waiting,
        }
    }

    /// The numbers it rests on by name, as in files; a name's end is its unit.
    #[must_use]
    pub fn numbers(&self) -> Vec<(&'static str, f64)> {
        match self {
            Self::Fastest { median_s, cpu_s, .. } => {
                let cpu = cpu_s.first().map(|(_, cpu)| ("cpu_s", *cpu));
                [("fastest_s", *median_s)].into_iter().chain(cpu).collect()
            }
            Self::Growth(GrowthShape::Steps { step_s, residual_s, line_residual_s, .. }) => {
                vec![("step_s", *step_s), ("residual_s", *residual_s), ("line_residual_s", *line_residual_s)]
            }
            Self::Growth(
                GrowthShape::Level { fit, .. } | GrowthShape::NoTrend(fit) | GrowthShape::Slope { fit, .. },
            ) => vec![
                ("slope_s", fit.slope_s),
                ("slope_low_s", fit.slope_s - fit.margin_s),
                ("slope_high_s", fit.slope_s + fit.margin_s),
                ("residual_s", fit.residual_s),
            ],
            Self::Order(StrategyOrder::Overtakes { from, to, crossing, .. }) => {
                let ends = [("from_requests", f64::from(*from)), ("to_requests", f64::from(*to))];
                ends.into_iter().chain(crossing.map(|at| ("crossing_requests", at))).collect()
            }
            Self::Order(StrategyOrder::Unclear { pairs, .. } | StrategyOrder::Unsearched { left: pairs, .. }) => {
                vec![("pairs", *pairs as f64)]
            }
            Self::CpuTime { cpu_s, cores, median_s } => {
                vec![("cpu_s", *cpu_s), ("cores", *cores), ("median_s", *median_s)]
            }
            Self::Growth(GrowthShape::TooFewCounts { .. })
            | Self::Order(StrategyOrder::Same | StrategyOrder::OneCount)
            | Self::NoCpuTime => Vec::new(),
        }
    }
}

/// What findings are made of: cells with a median, by strategy, then by count.
pub(super) struct Measurements<'a> {
    pub(super) lines: &'a [StrategyLine],
    pub(super) by_line: Vec<&'a [&'a Cell<'a>]>,
}
