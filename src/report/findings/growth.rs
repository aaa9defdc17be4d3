//! How the duration of each strategy grows with the number of requests: a line, the staircase of a pool, or neither.

use super::finding::{Finding, FindingKind, Told};
use crate::model::figure::Unit;
use crate::model::{Concurrency, RequestCount};
use crate::report::cell::Cell;
use crate::stats::LeastSquares;

/// Fewer counts than this fit any line.
const FEWEST_COUNTS: usize = 3;
/// A series that rises by less than this share of its mean stays level.
const LEVEL: f64 = 0.01;
/// A staircase must miss the medians by less than this share of what a line misses them by.
const BETTER: f64 = 0.5;
/// A typical distance above this share of the whole rise is told as a bad fit.
const POOR: f64 = 0.05;

pub(super) fn of<'a>(told: &'a Told<'_>) -> impl Iterator<Item = Finding> + 'a {
    told.by_line.iter().map(|cells| Growth::of(told, cells).finding())
}

/// The medians of one strategy.
struct Growth<'a> {
    name: &'a str,
    strategy_index: usize,
    /// Width of the staircase, where there may be one.
    workers: Option<u32>,
    points: Vec<(f64, f64)>,
    requests: Vec<RequestCount>,
}

impl<'a> Growth<'a> {
    fn of(told: &'a Told<'_>, cells: &[&Cell<'_>]) -> Self {
        let strategy_index = cells[0].strategy_index;
        let line = &told.lines[strategy_index];
        Self {
            name: told.name(strategy_index),
            strategy_index,
            workers: line.workers.filter(|_| line.model == Some(Concurrency::Pool)),
            points: cells.iter().filter_map(|cell| Some((cell.requests.into(), cell.median()?))).collect(),
            requests: cells.iter().map(|cell| cell.requests).collect(),
        }
    }

    fn finding(self) -> Finding {
        let line = LeastSquares::through(&self.points).filter(|_| self.points.len() >= FEWEST_COUNTS);
        let (settled, numbers, statement) = match line {
            None => (false, Vec::new(), self.too_few()),
            Some(line) => match self.staircase(&line) {
                Some((workers, stairs)) => (true, stairs_numbers(&stairs, &line), steps(workers, &stairs, &line)),
                None => self.straight(&line),
            },
        };
        let text = format!("{} {statement}", self.name);
        let (strategy_indices, requests) = (vec![self.strategy_index], self.requests);
        Finding { kind: FindingKind::Growth, settled, strategy_indices, requests, numbers, text }
    }

    fn too_few(&self) -> String {
        let counts = if self.points.len() == 1 { "count" } else { "counts" };
        format!(
            "was measured at {} request {counts}: the data can't tell how it grows, which takes {FEWEST_COUNTS}.",
            self.points.len()
        )
    }

    /// The line through (rounds, median), where it fits clearly better than the one through (requests, median).
    fn staircase(&self, line: &LeastSquares) -> Option<(u32, LeastSquares)> {
        let workers = self.workers?;
        let rounds = |x: f64| (x / f64::from(workers)).ceil();
        let points: Vec<(f64, f64)> = self.points.iter().map(|(x, y)| (rounds(*x), *y)).collect();
        let stairs = LeastSquares::through(&points)?;
        let better = stairs.residual < line.residual * BETTER && stairs.slope > 0.0;
        better.then_some((workers, stairs))
    }

    fn straight(&self, line: &LeastSquares) -> (bool, Vec<(&'static str, f64)>, String) {
        let margin = line.slope_margin.unwrap_or(f64::INFINITY);
        let numbers = vec![
            ("slope_s", line.slope),
            ("slope_low_s", line.slope - margin),
            ("slope_high_s", line.slope + margin),
            ("residual_s", line.residual),
        ];
        let (first, last) = (self.points[0].0, self.points[self.points.len() - 1].0);
        let rise = (line.slope * (last - first)).abs();
        let mean = self.points.iter().map(|point| point.1).sum::<f64>() / self.points.len() as f64;
        let rests =
            format!("a line through {} medians, residual {}", self.points.len(), Unit::Seconds.text(line.residual));
        if rise < LEVEL * mean && line.residual < LEVEL * mean {
            return (
                true,
                numbers,
                format!("stays level at {} from {first} to {last} requests ({rests}).", Unit::Seconds.text(mean)),
            );
        }
        let [low, high] = [-margin, margin].map(|reach| Unit::Seconds.text(line.slope + reach));
        if line.slope.abs() <= margin {
            let statement = format!("may grow or not, the data can't tell: {low} to {high} per request ({rests}).");
            return (false, numbers, statement);
        }
        let verb = if line.slope > 0.0 { "grows" } else { "falls" };
        let fit = if line.residual > POOR * rise {
            format!(" A line fits badly: its residual is {:.0} % of the whole rise.", line.residual / rise * 100.0)
        } else {
            String::new()
        };
        let each = Unit::Seconds.text(line.slope.abs());
        let sure = if low == high { String::new() } else { format!("95 % interval {low} to {high}; ") };
        (true, numbers, format!("{verb} by {each} per request ({sure}{rests}).{fit}"))
    }
}

fn stairs_numbers(stairs: &LeastSquares, line: &LeastSquares) -> Vec<(&'static str, f64)> {
    vec![("step_s", stairs.slope), ("residual_s", stairs.residual), ("line_residual_s", line.residual)]
}

fn steps(workers: u32, stairs: &LeastSquares, line: &LeastSquares) -> String {
    format!(
        "grows in steps: {} for each round of {workers} requests, one per worker. The staircase misses the medians by \
         {}, a straight line by {}.",
        Unit::Seconds.text(stairs.slope),
        Unit::Seconds.text(stairs.residual),
        Unit::Seconds.text(line.residual)
    )
}

#[cfg(test)]
mod tests {
    use super::{Finding, FindingKind};
    use crate::report::Report;
    use crate::report::testkit::{Sketch, article};

    fn growth(run: &crate::model::Run) -> Vec<Finding> {
        let findings = Report::of(run).findings.into_iter();
        findings.filter(|finding| finding.kind == FindingKind::Growth).collect()
    }

    fn alone(medians: &[(u32, f64)]) -> Finding {
        let sketch = Sketch::new().strategy("a", "async", None);
        let run = medians.iter().fold(sketch, |sketch, (requests, y)| sketch.sample(0, *requests, *y)).run();
        growth(&run).remove(0)
    }

    #[test]
    fn the_article_has_a_line_two_staircases_and_a_level() {
        let found = growth(&article(3));
        let texts: Vec<&str> = found.iter().map(|finding| finding.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "single_thread grows by 100 ms per request (a line through 5 medians, \
                 residual 0 s).",
                "multithread grows in steps: 100 ms for each round of 20 requests, one per worker. The staircase \
                 misses the medians by 0 s, a straight line by 24.5 ms.",
                "multiprocess grows in steps: 100 ms for each round of 20 requests, one per worker. The staircase \
                 misses the medians by 0 s, a straight line by 24.5 ms.",
                "async_get stays level at 102 ms from 10 to 50 requests (a line through 5 medians, residual 0 s).",
            ]
        );
        assert!(found.iter().all(|finding| finding.settled && finding.requests == [10, 20, 30, 40, 50]));
        let slope = found[0].numbers.iter().find(|number| number.0 == "slope_s").unwrap().1;
        assert!((slope - 0.1).abs() < 1e-12);
    }

    #[test]
    fn what_the_data_cannot_tell_is_said() {
        let few = alone(&[(10, 1.0), (20, 2.0)]);
        assert!(!few.settled && few.numbers.is_empty());
        assert_eq!(few.text, "a was measured at 2 request counts: the data can't tell how it grows, which takes 3.");
        let wild = alone(&[(10, 1.0), (20, 3.0), (30, 1.5), (40, 2.0)]);
        assert!(!wild.settled, "{}", wild.text);
        assert!(wild.text.contains("the data can't tell: −"), "{}", wild.text);
    }

    #[test]
    fn a_bad_fit_and_a_fall_are_said() {
        let bent = alone(&[(10, 0.1), (20, 0.4), (30, 0.9), (40, 1.6), (50, 2.5)]);
        assert!(bent.settled && bent.text.contains("a grows by 60 ms per request"), "{}", bent.text);
        assert!(bent.text.ends_with("A line fits badly: its residual is 7 % of the whole rise."), "{}", bent.text);
        let falling = alone(&[(10, 3.0), (20, 2.0), (30, 1.0)]);
        assert!(falling.text.starts_with("a falls by 100 ms per request (a line through 3"));
    }
}
