//! How the duration of each strategy grows with the number of requests: a line, the staircase of a pool, or neither.

use super::finding::{Finding, FindingKind, GrowthShape, LineFit, Measurements};
use crate::model::Concurrency;
use crate::stats::LeastSquares;

/// Fewer counts than this fit any line.
const FEWEST_COUNTS: usize = 3;
/// A series that rises by less than this share of its mean is nearly constant.
const LEVEL: f64 = 0.05;
/// A staircase must miss the medians by less than this share of what a line misses them by.
const BETTER: f64 = 0.5;
/// A typical distance above this share of the whole rise is reported as a bad fit.
const POOR: f64 = 0.05;

pub(super) fn of<'a>(measured: &'a Measurements<'_>) -> impl Iterator<Item = Finding> + 'a {
    measured.by_line.iter().map(|cells| {
        let strategy_index = cells[0].strategy_index;
        let line = &measured.lines[strategy_index];
        let growth = Growth {
            workers: line.workers.filter(|_| line.model == Some(Concurrency::Pool)),
            points: cells.iter().filter_map(|cell| Some((cell.requests.into(), cell.median()?))).collect(),
        };
        let shape = growth.shape();
        let settled = !matches!(shape, GrowthShape::TooFewCounts { .. } | GrowthShape::NoTrend(_));
        Finding {
            kind: FindingKind::Growth(shape),
            settled,
            strategy_indices: vec![strategy_index],
            requests: cells.iter().map(|cell| cell.requests).collect(),
        }
    })
}

/// The medians of one strategy.
struct Growth {
    /// Width of the staircase, where there may be one.
    workers: Option<u32>,
    points: Vec<(f64, f64)>,
}

impl Growth {
    fn shape(&self) -> GrowthShape {
        let line = LeastSquares::through(&self.points).filter(|_| self.points.len() >= FEWEST_COUNTS);
        let Some(line) = line else { return GrowthShape::TooFewCounts { needed: FEWEST_COUNTS } };
        self.staircase(&line).unwrap_or_else(|| self.straight(&line))
    }

    /// The line through (rounds, median), where it fits clearly better than the one through (requests, median).
    fn staircase(&self, line: &LeastSquares) -> Option<GrowthShape> {
        let workers = self.workers?;
        let rounds = |x: f64| (x / f64::from(workers)).ceil();
        let points: Vec<(f64, f64)> = self.points.iter().map(|(x, y)| (rounds(*x), *y)).collect();
        let stairs = LeastSquares::through(&points)?;
        let better = stairs.residual < line.residual * BETTER && stairs.slope > 0.0;
        let (step_s, residual_s, line_residual_s) = (stairs.slope, stairs.residual, line.residual);
        better.then_some(GrowthShape::Steps { workers, step_s, residual_s, line_residual_s })
    }

    fn straight(&self, line: &LeastSquares) -> GrowthShape {
        let medians = self.points.len();
        let margin_s = line.slope_margin.unwrap_or(f64::INFINITY);
        let fit = LineFit { slope_s: line.slope, margin_s, residual_s: line.residual, medians };
        let rise = (line.slope * (self.points[medians - 1].0 - self.points[0].0)).abs();
        let mean_s = self.points.iter().map(|point| point.1).sum::<f64>() / medians as f64;
        if rise < LEVEL * mean_s && line.residual < LEVEL * mean_s {
            GrowthShape::Level { mean_s, fit }
        } else if line.slope.abs() <= margin_s {
            GrowthShape::NoTrend(fit)
        } else {
            GrowthShape::Slope { fit, misfit: (line.residual > POOR * rise).then_some(line.residual / rise) }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Run;
    use crate::report::testkit::{RunBuilder, article};
    use crate::report::{Finding, FindingKind, FindingTopic, GrowthShape, Report};

    fn growth(run: &Run) -> Vec<Finding> {
        let findings = Report::of(run).findings.into_iter();
        findings.filter(|finding| finding.kind.topic() == FindingTopic::Growth).collect()
    }

    fn alone(medians: &[(u32, f64)]) -> Finding {
        let builder = RunBuilder::new().strategy("a", "async", None);
        let run = medians.iter().fold(builder, |builder, (requests, y)| builder.sample(0, *requests, *y)).run();
        growth(&run).remove(0)
    }

    #[test]
    fn the_article_has_a_line_two_staircases_and_a_level() {
        let found = growth(&article(3));
        assert!(found.iter().all(|finding| finding.settled && finding.requests == [10, 20, 30, 40, 50]));
        let FindingKind::Growth(GrowthShape::Slope { fit, misfit: None }) = &found[0].kind else {
            panic!("{:?}", found[0])
        };
        assert!((fit.slope_s - 0.1).abs() < 1e-12 && fit.medians == 5, "{fit:?}");
        for pool in &found[1..3] {
            let FindingKind::Growth(GrowthShape::Steps { workers: 20, step_s, .. }) = pool.kind else {
                panic!("{pool:?}")
            };
            assert!((step_s - 0.1).abs() < 1e-12, "{step_s}");
        }
        let FindingKind::Growth(GrowthShape::Level { mean_s, .. }) = found[3].kind else { panic!("{:?}", found[3]) };
        assert!((mean_s - 0.102).abs() < 1e-12, "{mean_s}");
    }

    #[test]
    fn what_the_data_cannot_tell_is_open() {
        let few = alone(&[(10, 1.0), (20, 2.0)]);
        assert_eq!((few.settled, few.kind), (false, FindingKind::Growth(GrowthShape::TooFewCounts { needed: 3 })));
        let wild = alone(&[(10, 1.0), (20, 3.0), (30, 1.5), (40, 2.0)]);
        assert!(!wild.settled && matches!(wild.kind, FindingKind::Growth(GrowthShape::NoTrend(_))), "{wild:?}");
    }

    #[test]
    fn a_line_that_misses_the_medians_is_marked() {
        let bent = alone(&[(10, 0.1), (20, 0.4), (30, 0.9), (40, 1.6), (50, 2.5)]);
        assert!(
            matches!(bent.kind, FindingKind::Growth(GrowthShape::Slope { misfit: Some(share), .. }) if share > 0.06),
            "{bent:?}"
        );
    }
}
