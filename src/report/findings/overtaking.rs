//! Which strategy overtakes which, and between which request counts.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::finding::{Finding, FindingKind, Measurements, StrategyOrder};
use crate::model::RequestCount;
use crate::report::cell::{Cell, FEWEST_FOR_INTERVAL};

/// More pairs than this are counted and not told one by one.
const MOST_TOLD: usize = 12;
/// Cells that are compared at most, for there are as many pairs as the square of the strategies: 1 000 strategies at 4
/// counts, or 100 at 400.
const MOST_COMPARED: usize = 4_000_000;

pub(super) fn of(measured: &Measurements<'_>) -> Vec<Finding> {
    search(measured, MOST_COMPARED)
}

/// Cost: linear in `most`, but for a logarithm.
fn search(measured: &Measurements<'_>, most: usize) -> Vec<Finding> {
    if measured.by_line.len() < 2 {
        return Vec::new();
    }
    let strategy_indices = 0..measured.by_line.len();
    let pairs = strategy_indices.flat_map(|second| (0..second).map(move |first| (first, second)));
    let (mut sure, mut doubtful) = (Vec::new(), Doubtful::default());
    let (mut compared, mut searched) = (0, 0);
    // Of so many pairs none is kept that is not told of.
    for (a, b) in pairs {
        compared += measured.by_line[a].len() + measured.by_line[b].len();
        if compared > most {
            break;
        }
        searched += 1;
        let race = Race::of(measured.by_line[a], measured.by_line[b]);
        let found = race.sure();
        if found.is_empty() && race.is_doubtful() {
            doubtful.add(&race);
        }
        sure.extend(found);
    }
    sure.sort_by_key(|finding| finding.requests.last().copied());
    let more = sure.len().saturating_sub(MOST_TOLD);
    sure.truncate(MOST_TOLD);
    if let Some(FindingKind::Order(StrategyOrder::Overtakes { further, .. })) =
        sure.last_mut().map(|last| &mut last.kind)
    {
        *further = more;
    }
    let all = measured.by_line.len() * (measured.by_line.len() - 1) / 2;
    if sure.is_empty() && doubtful.count == 0 && searched == all {
        sure.extend(none(measured));
    }
    sure.extend(doubtful.finding());
    if searched < all {
        let kind = FindingKind::Order(StrategyOrder::Unsearched { left: all - searched, all });
        sure.push(Finding { kind, settled: false, strategy_indices: Vec::new(), requests: Vec::new() });
    }
    sure
}

/// Two strategies at the counts that both were measured at.
struct Race<'a> {
    strategy_indices: (usize, usize),
    pairs: Vec<(&'a Cell<'a>, &'a Cell<'a>)>,
}

impl<'a> Race<'a> {
    fn of(one: &[&'a Cell<'a>], other: &[&'a Cell<'a>]) -> Self {
        // Both ascend.
        let mut rest = other.iter().copied().peekable();
        let partner = |cell: &&'a Cell<'a>| {
            while rest.next_if(|other| other.requests < cell.requests).is_some() {}
            Some((*cell, rest.next_if(|other| other.requests == cell.requests)?))
        };
        let strategy_indices = (one[0].strategy_index, other[0].strategy_index);
        Self { strategy_indices, pairs: one.iter().filter_map(partner).collect() }
    }

    /// Consecutive counts at which `order` sees different strategies in front, those without order left out.
    fn changes(&self, order: fn(&Cell<'_>, &Cell<'_>) -> Ordering) -> Vec<LeadChange> {
        let seen: Vec<(RequestCount, Ordering)> =
            self.pairs.iter().map(|(a, b)| (a.requests, order(a, b))).filter(|(_, order)| order.is_ne()).collect();
        let turned = seen.windows(2).filter(|pair| pair[0].1 != pair[1].1);
        turned.map(|pair| LeadChange { from: pair[0].0, to: pair[1].0, first_leads: pair[1].1.is_lt() }).collect()
    }

    fn sure(&self) -> Vec<Finding> {
        let finding = |change: LeadChange| {
            let (first, second) = self.strategy_indices;
            let strategy_indices = if change.first_leads { vec![first, second] } else { vec![second, first] };
            let (from, to) = (change.from, change.to);
            let order = StrategyOrder::Overtakes { from, to, crossing: self.crossing(&change), further: 0 };
            Finding { kind: FindingKind::Order(order), settled: true, strategy_indices, requests: vec![from, to] }
        };
        self.changes(clearly).into_iter().map(finding).collect()
    }

    /// Where the lines between the medians cross; `None` where they do so more than once.
    fn crossing(&self, change: &LeadChange) -> Option<f64> {
        let from = self.pairs.partition_point(|(a, _)| a.requests < change.from);
        let to = self.pairs.partition_point(|(a, _)| a.requests <= change.to);
        let within = self.pairs[from..to].iter();
        let gaps: Vec<(f64, f64)> =
            within.filter_map(|(a, b)| Some((a.requests.into(), a.median()? - b.median()?))).collect();
        let mut turns = gaps.windows(2).filter(|pair| (pair[0].1 > 0.0) != (pair[1].1 > 0.0));
        let (left, right) = turns.next().map(|pair| (pair[0], pair[1]))?;
        let at = left.0 + (right.0 - left.0) * left.1 / (left.1 - right.1);
        Some(at).filter(|at| at.is_finite() && turns.next().is_none())
    }

    /// Whether the medians change their order; of one of which nothing is sure.
    fn is_doubtful(&self) -> bool {
        !self.changes(by_median).is_empty()
    }
}

/// The lead changes after `from` and not later than `to`.
struct LeadChange {
    from: RequestCount,
    to: RequestCount,
    first_leads: bool,
}

fn by_median(a: &Cell<'_>, b: &Cell<'_>) -> Ordering {
    a.median().zip(b.median()).map_or(Ordering::Equal, |(a, b)| a.total_cmp(&b))
}

/// The order of two cells whose intervals do not touch.
fn clearly(a: &Cell<'_>, b: &Cell<'_>) -> Ordering {
    if a.points.len() < FEWEST_FOR_INTERVAL || b.points.len() < FEWEST_FOR_INTERVAL {
        return Ordering::Equal;
    }
    match (a.interval, b.interval) {
        (Some(a), Some(b)) if a.high < b.low => Ordering::Less,
        (Some(a), Some(b)) if b.high < a.low => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// Rests on the counts that any two strategies share.
fn none(measured: &Measurements<'_>) -> Option<Finding> {
    let mut counts: Vec<RequestCount> =
        measured.by_line.iter().flat_map(|cells| cells.iter().map(|cell| cell.requests)).collect();
    counts.sort_unstable();
    let shared = counts.chunk_by(PartialEq::eq).filter(|same| same.len() > 1);
    let requests: Vec<RequestCount> = shared.map(|same| same[0]).collect();
    let order = match requests.len() {
        0 => return None,
        1 => StrategyOrder::OneCount,
        _ => StrategyOrder::Same,
    };
    let strategy_indices = measured.by_line.iter().map(|cells| cells[0].strategy_index).collect();
    let settled = order == StrategyOrder::Same;
    Some(Finding { kind: FindingKind::Order(order), settled, strategy_indices, requests })
}

/// Pairs of which the data can't tell.
#[derive(Default)]
struct Doubtful {
    count: usize,
    /// The first ones.
    named: Vec<(usize, usize)>,
    strategy_indices: BTreeSet<usize>,
    requests: Vec<RequestCount>,
    /// Whether any cell has samples enough for an interval.
    has_enough: bool,
}

impl Doubtful {
    fn add(&mut self, race: &Race<'_>) {
        self.count += 1;
        if self.named.len() < MOST_TOLD {
            self.named.push(race.strategy_indices);
        }
        self.strategy_indices.extend([race.strategy_indices.0, race.strategy_indices.1]);
        for (a, b) in &race.pairs {
            self.requests.push(a.requests);
            self.has_enough |= a.points.len().max(b.points.len()) >= FEWEST_FOR_INTERVAL;
        }
    }

    fn finding(mut self) -> Option<Finding> {
        self.requests.sort_unstable();
        self.requests.dedup();
        let fewest = (!self.has_enough).then_some(FEWEST_FOR_INTERVAL);
        let order = StrategyOrder::Unclear { pairs: self.count, named: self.named, fewest };
        let (strategy_indices, requests) = (self.strategy_indices.into_iter().collect(), self.requests);
        (self.count > 0).then_some(Finding {
            kind: FindingKind::Order(order),
            settled: false,
            strategy_indices,
            requests,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Measurements, search};
    use crate::report::testkit::{RunBuilder, article};
    use crate::report::{Finding, FindingKind, FindingTopic, Report, StrategyOrder};

    /// Two strategies at 10, 20, 30 …; each cell has three samples, `spread` apart.
    fn race(one: &[f64], other: &[f64], spread: f64) -> Vec<Finding> {
        let mut builder = RunBuilder::new().strategy("one", "async", None).strategy("other", "async", None);
        for (strategy_index, medians) in [one, other].into_iter().enumerate() {
            for (median, step) in medians.iter().zip(1..) {
                for offset in [-spread, 0.0, spread] {
                    builder = builder.sample(strategy_index, step * 10, median + offset);
                }
            }
        }
        let run = builder.run();
        let findings = Report::of(&run).findings.into_iter();
        findings.filter(|finding| finding.kind.topic() == FindingTopic::Overtaking).collect()
    }

    #[test]
    fn an_overtaking_has_its_interval_and_its_place() {
        let found = race(&[1.0, 2.0, 3.0, 4.0], &[2.5, 2.5, 2.5, 2.5], 0.1);
        assert_eq!(found.len(), 1);
        let FindingKind::Order(StrategyOrder::Overtakes { from: 20, to: 30, crossing: Some(at), further: 0 }) =
            found[0].kind
        else {
            panic!("{found:?}")
        };
        assert!((at - 25.0).abs() < 1e-9, "{at}");
        assert_eq!((found[0].strategy_indices.as_slice(), found[0].requests.as_slice()), (&[1, 0][..], &[20, 30][..]));
        let near = race(&[1.0, 2.0, 3.0, 4.0], &[2.5, 2.5, 2.5, 2.5], 0.3);
        assert_eq!(near[0].requests, [10, 40], "ends where the intervals overlap are not sure");
    }

    #[test]
    fn an_order_within_the_noise_is_not_settled() {
        let found = race(&[1.0, 2.0], &[1.1, 1.9], 0.2);
        assert_eq!(found.len(), 1);
        assert!(!found[0].settled);
        let order = StrategyOrder::Unclear { pairs: 1, named: vec![(0, 1)], fewest: None };
        assert_eq!(found[0].kind, FindingKind::Order(order));
        assert!(!race(&[1.0], &[2.0], 0.1)[0].settled, "one count shows no change");
    }

    #[test]
    fn pairs_that_are_too_many_to_search_are_counted() {
        let run = article(3);
        let report = Report::of(&run);
        let cells: Vec<_> = report.cells.iter().collect();
        let by_line = cells.chunk_by(|a, b| a.strategy_index == b.strategy_index).collect();
        // As many as two pairs have at five counts.
        let found = search(&Measurements { lines: report.strategies, by_line }, 20);
        assert_eq!(found.len(), 1, "of the two nothing is sure");
        assert_eq!(found[0].kind, FindingKind::Order(StrategyOrder::Unsearched { left: 4, all: 6 }));
    }

    #[test]
    fn ties_are_no_overtaking() {
        let run = article(3);
        let report = Report::of(&run);
        let found: Vec<_> =
            report.findings.iter().filter(|finding| finding.kind.topic() == FindingTopic::Overtaking).collect();
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0].kind, found[0].settled), (&FindingKind::Order(StrategyOrder::Same), true));
    }
}
