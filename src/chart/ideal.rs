//! The best possible duration of a strategy between the measured counts: a pool's rises by steps, one for each round of
//! requests.

use crate::model::{RequestCount, Target, Targets};
use crate::report::Report;

/// More steps than this are drawn from measured count to measured count: they would be too narrow to see.
const MOST_STEPS: u32 = 200;
/// By which share two lengths of a round may differ.
const TOLERANCE: f64 = 1e-6;

/// Corners of a line of ideals: request count and value, ascending in the count.
pub(super) type Corners = Vec<(RequestCount, f64)>;

/// The best possible durations of one strategy.
pub(super) struct Ideal {
    /// At the measured counts, ascending.
    measured: Vec<(RequestCount, f64)>,
    rounds: Option<Rounds>,
}

/// `ceil(n / width)` rounds of equal length.
#[derive(Clone, Copy)]
struct Rounds {
    width: u32,
    seconds: f64,
}

impl Ideal {
    pub(super) fn of(report: &Report<'_>, strategy_index: usize) -> Self {
        let cells = report.cells_of(strategy_index).iter();
        let measured: Vec<_> = cells.filter_map(|cell| Some((cell.requests, cell.recorded.ideal_s?))).collect();
        let rounds = match width(report, strategy_index) {
            Some(width) => rounds(width, &measured),
            // One after another, or all at once, where several counts show which.
            None => [1, u32::MAX].into_iter().filter(|_| measured.len() > 1).find_map(|width| rounds(width, &measured)),
        };
        Self { measured, rounds }
    }

    /// The corners of the line, ascending: the measured counts, and where a round is full both ends of the rise.
    pub(super) fn corners(&self) -> Corners {
        self.along(self.bends(), |requests| self.at(requests), |requests| self.after(requests))
    }

    /// The corners of the line of ideal speed-ups over a baseline.
    pub(super) fn speedup_over(&self, base: &Self) -> Corners {
        let ratio = |base: Option<f64>, own: Option<f64>| Some(base? / own?).filter(|ratio| ratio.is_finite());
        let bends = [self.bends(), base.bends()].concat();
        let at = |requests| ratio(base.at(requests), self.at(requests));
        self.along(bends, at, |requests| ratio(base.after(requests), self.after(requests)))
    }

    /// The ideal at a count; `None` where it is not known.
    fn at(&self, requests: RequestCount) -> Option<f64> {
        let measured = self.measured.binary_search_by_key(&requests, |(count, _)| *count).ok();
        let computed = || self.rounds.map(|rounds| rounds.last(requests.div_ceil(rounds.width)));
        measured.map(|index| self.measured[index].1).or_else(computed)
    }

    /// The ideal just beyond a count, where more than one request makes a round.
    fn after(&self, requests: RequestCount) -> Option<f64> {
        let stairs = self.rounds.filter(|rounds| rounds.width > 1);
        stairs.map(|rounds| rounds.last(requests / rounds.width + 1)).or_else(|| self.at(requests))
    }

    /// The counts at which the line may bend: the measured ones, and those that fill a round.
    fn bends(&self) -> Vec<RequestCount> {
        let (Some((first, _)), Some((last, _))) = (self.measured.first(), self.measured.last()) else {
            return Vec::new();
        };
        let full = |width: u32| first.div_ceil(width)..last.div_ceil(width);
        let width = self.rounds.map(|rounds| rounds.width).filter(|width| *width > 1);
        let few = width.filter(|width| full(*width).len() <= MOST_STEPS as usize);
        let full = few.into_iter().flat_map(|width| full(width).map(move |round| round * width));
        self.measured.iter().map(|(count, _)| *count).chain(full).collect()
    }

    /// Both ends of the rise, if any, at each of these counts between the first and the last measured one.
    fn along(
        &self,
        mut counts: Vec<RequestCount>,
        at: impl Fn(RequestCount) -> Option<f64>,
        after: impl Fn(RequestCount) -> Option<f64>,
    ) -> Corners {
        let (Some((first, _)), Some((last, _))) = (self.measured.first(), self.measured.last()) else {
            return Vec::new();
        };
        counts.retain(|count| (first..=last).contains(&count));
        counts.sort_unstable();
        counts.dedup();
        let ends = |requests: RequestCount| {
            let before = at(requests)?;
            let rise = after(requests).filter(|after| requests < *last && (after - before).abs() > TOLERANCE * before);
            Some(std::iter::once(before).chain(rise).map(move |y| (requests, y)))
        };
        counts.into_iter().filter_map(ends).flatten().collect()
    }
}

impl Rounds {
    /// When so many rounds are done.
    fn last(self, rounds: u32) -> f64 {
        f64::from(rounds) * self.seconds
    }
}

/// How many requests strategy and server have under way at once, where both are known.
fn width(report: &Report<'_>, strategy_index: usize) -> Option<u32> {
    let line = &report.strategies[strategy_index];
    let own = line.bound.or(line.workers);
    let served = match &report.facts.target {
        Some(Targets::One(Target::Delay(target))) if target.max_concurrent > 0 => Some(target.max_concurrent),
        _ => None,
    };
    own.into_iter().chain(served).min().filter(|width| *width > 0)
}

/// The rounds that give all measured ideals; `None` where they are no rounds of one length.
fn rounds(width: u32, measured: &[(RequestCount, f64)]) -> Option<Rounds> {
    let length = |(requests, ideal): &(RequestCount, f64)| ideal / f64::from(requests.div_ceil(width).max(1));
    let seconds = length(measured.first()?);
    let equal = measured.iter().all(|point| (length(point) - seconds).abs() <= TOLERANCE * seconds);
    equal.then_some(Rounds { width, seconds })
}

#[cfg(test)]
mod tests {
    use super::Ideal;
    use crate::model::Nanos;
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    #[test]
    fn a_pool_rises_where_a_round_is_full() {
        let run = article(3);
        let report = Report::of(&run);
        let near = |found: &[(u32, f64)], expected: &[(u32, f64)]| {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 1e-9)
        };
        let pool = Ideal::of(&report, 1).corners();
        let stairs = [(10, 0.1), (20, 0.1), (20, 0.2), (30, 0.2), (40, 0.2), (40, 0.3), (50, 0.3)];
        assert!(near(&pool, &stairs), "{pool:?}");
        let single = Ideal::of(&report, 0);
        assert!(near(&single.corners(), &[10, 20, 30, 40, 50].map(|n| (n, f64::from(n) / 10.0))));
        assert!((single.at(37).unwrap() - 3.7).abs() < 1e-9);
    }

    #[test]
    fn a_speed_up_over_a_pool_has_the_rises_of_both() {
        let run = article(3);
        let report = Report::of(&run);
        let [single, pool, other, all] = [0, 1, 2, 3].map(|index| Ideal::of(&report, index));
        assert!(other.speedup_over(&pool).iter().all(|(_, ratio)| (ratio - 1.0).abs() < 1e-9));
        let counts = |corners: Vec<(u32, f64)>| corners.into_iter().map(|(count, _)| count).collect::<Vec<_>>();
        assert_eq!(counts(all.speedup_over(&pool)), [10, 20, 20, 30, 40, 40, 50]);
        let saw = pool.speedup_over(&single);
        assert_eq!(counts(saw.clone()), [10, 20, 20, 30, 40, 40, 50]);
        assert!((saw[1].1 - 20.0).abs() < 1e-9 && (saw[2].1 - 10.0).abs() < 1e-9, "{saw:?}");
    }

    #[test]
    fn a_strategy_of_which_nothing_is_known_has_the_ideals_that_its_measured_ones_show() {
        let builder = ["a", "b"].iter().fold(RunBuilder::new(), |builder, name| builder.strategy(name, "", None));
        let samples = [(0, 10, 1_000), (0, 20, 2_000), (1, 10, 100), (1, 20, 100)];
        let run = samples.iter().fold(builder, |builder, (index, n, ideal)| {
            builder.sample(*index, *n, 4.0).also(|row| row.ideal_s = Some(Nanos::from_millis(*ideal)))
        });
        let run = run.run();
        let report = Report::of(&run);
        let at_15 = |index| Ideal::of(&report, index).at(15).unwrap();
        assert!((at_15(0) - 1.5).abs() < 1e-9 && (at_15(1) - 0.1).abs() < 1e-9, "{} {}", at_15(0), at_15(1));
    }

    #[test]
    fn ideals_that_are_no_rounds_of_one_length_are_known_where_they_were_measured() {
        let ideals = [(10, 1.0), (30, 2.4), (50, 3.0)];
        let run =
            ideals.iter().fold(RunBuilder::new().strategy("a", "thread-pool", Some(20)), |builder, (n, ideal)| {
                builder.sample(0, *n, 4.0).also(|row| row.ideal_s = Some(Nanos::from_secs_f64(*ideal)))
            });
        let run = run.run();
        let found = Ideal::of(&Report::of(&run), 0);
        assert_eq!(found.corners(), ideals);
        assert_eq!(found.at(20), None);
    }
}
