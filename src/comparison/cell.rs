//! One strategy at one request count, in both runs.

use crate::comparison::verdict::Curve;
use crate::model::RequestCount;
use crate::report::Cell;
use crate::stats::{self, Interval, PairLaw, Sorted, Strata, Stratum};

/// A cell of both runs.
#[derive(Clone, Debug)]
pub struct CellPair<'a> {
    /// Request count.
    pub requests: RequestCount,
    /// The base's cell.
    pub base: &'a Cell<'a>,
    /// The new run's cell.
    pub new: &'a Cell<'a>,
    /// Median of the new run over median of the base; `None` where one of them has no valid sample.
    pub ratio: Option<f64>,
    /// Its 95 % bootstrap interval; `None` for fewer than two samples on a side.
    pub interval: Option<Interval>,
    /// Two-sided p-value of the rank test of Mann & Whitney for this cell alone, uncorrected; `None` where so few samples
    /// cannot reach 0.05, whatever they are.
    pub p: Option<f64>,
}

impl<'a> CellPair<'a> {
    /// `None` where one of the two was not measured at all.
    pub(super) fn of(base: &'a Cell<'a>, new: &'a Cell<'a>, seed: u64) -> Option<Self> {
        let requests = new.requests;
        (base.requests == requests).then(|| {
            let [before, now] = [base, new].map(|cell| Sorted::new(cell.points.iter().copied()));
            let ratio = before.median().zip(now.median()).map(|(before, now)| now / before);
            let seed = seed.wrapping_add((new.strategy_index as u64) << 32 | u64::from(requests));
            Self {
                requests,
                base,
                new,
                ratio: ratio.filter(|ratio| ratio.is_finite() && *ratio > 0.0),
                interval: stats::of_ratio(&before, &now, seed),
                p: two_sided(base, new),
            }
        })
    }
}

/// A p-value that cannot fall below this tells nothing.
const TELLING: f64 = 0.05;

fn two_sided(base: &Cell<'_>, new: &Cell<'_>) -> Option<f64> {
    let stratum = Stratum::of(base.points.iter().copied(), new.points.iter().copied())?;
    let (before, now) = stratum.sizes();
    let (alone, law) = ([&stratum], PairLaw::of(&[(before, now)]));
    if 2.0 * law.at_least(before * now) >= TELLING {
        return None;
    }
    let strata = Strata::new(&alone, &law);
    Some((2.0 * strata.p_above(0.0).min(strata.p_below(0.0))).min(1.0))
}

/// The samples of one strategy.
pub(super) fn curve(cells: &[CellPair<'_>]) -> Curve {
    let mut curve = Curve::default();
    for cell in cells.iter().filter(|cell| cell.ratio.is_some()) {
        curve.add(&cell.base.points, &cell.new.points);
    }
    curve
}
