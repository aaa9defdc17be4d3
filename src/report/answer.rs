//! Which strategy is fastest, and over which request counts: what most readers want to know first.

use super::cell::Cell;
use crate::model::RequestCount;

/// The comparison of all strategies of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Fastest {
    /// Which strategies lead over which counts, ascending and without overlap. Counts at which fewer than two strategies
    /// have a median are in none; empty where there is no other count.
    pub leads: Vec<Lead>,
    /// The largest count of the last lead; without leads, the largest count with a median.
    pub requests: RequestCount,
    /// The strategies with a median at `requests`, the fastest first.
    pub ranking: Vec<RankedStrategy>,
    /// The strategies that were measured at `requests` without a valid sample.
    pub failed: Vec<usize>,
}

/// Consecutive request counts with the same leaders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// The first of the counts.
    pub from: RequestCount,
    /// The last of the counts.
    pub to: RequestCount,
    /// The leaders, ascending; several are too close to call.
    pub strategies: Vec<usize>,
}

/// A strategy at one request count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankedStrategy {
    /// Which one.
    pub strategy_index: usize,
    /// Its median duration, in seconds.
    pub median_s: f64,
    /// CPU time of a sample, in seconds.
    pub cpu_s: Option<f64>,
}

impl Fastest {
    /// The answer of `cells`, which stand by strategy; `None` where none of them has a median. Cost: n·log n in cells.
    pub(super) fn of(cells: &[Cell<'_>]) -> Option<Self> {
        // Keys that lie side by side are sorted several times faster than what they belong to.
        let mut keys: Vec<(RequestCount, u32)> = cells.iter().map(|cell| cell.requests).zip(0..).collect();
        keys.sort();
        let by_count: Vec<&Cell<'_>> = keys.into_iter().map(|(_, index)| &cells[index as usize]).collect();
        let counts: Vec<&[&Cell<'_>]> = by_count.chunk_by(|a, b| a.requests == b.requests).collect();
        let mut leads: Vec<Lead> = Vec::new();
        for (requests, strategies) in counts.iter().filter_map(|cells| leaders(cells)) {
            match leads.last_mut().filter(|lead| lead.strategies == strategies) {
                Some(lead) => lead.to = requests,
                None => leads.push(Lead { from: requests, to: requests, strategies }),
            }
        }
        let has_median = |cells: &&&[&Cell<'_>]| cells.iter().any(|cell| cell.median().is_some());
        let last = leads.last().map(|lead| lead.to);
        let at =
            counts.iter().rev().filter(has_median).find(|cells| last.is_none_or(|last| cells[0].requests == last))?;
        Some(Self { leads, requests: at[0].requests, ranking: ranking(at), failed: failed(at) })
    }
}

/// The leaders among the cells of one count, ascending; `None` where fewer than two have a median.
fn leaders(cells: &[&Cell<'_>]) -> Option<(RequestCount, Vec<usize>)> {
    let ranking = ranking(cells);
    let fastest = ranking.first().filter(|_| ranking.len() > 1)?;
    let first = cells.iter().find(|cell| cell.strategy_index == fastest.strategy_index)?;
    let is_close = |cell: &&&Cell<'_>| {
        let overlap = |(a, b): (crate::stats::Interval, crate::stats::Interval)| a.low <= b.high;
        cell.median() == first.median() || (cell.interval.zip(first.interval)).is_some_and(overlap)
    };
    let close = cells.iter().filter(|cell| cell.median().is_some()).filter(is_close);
    Some((first.requests, close.map(|cell| cell.strategy_index).collect()))
}

fn ranking(cells: &[&Cell<'_>]) -> Vec<RankedStrategy> {
    let ranked = |cell: &&Cell<'_>| {
        let median_s = cell.median()?;
        Some(RankedStrategy { strategy_index: cell.strategy_index, median_s, cpu_s: cell.recorded.cost.cpu_s })
    };
    let mut ranking: Vec<RankedStrategy> = cells.iter().filter_map(ranked).collect();
    ranking.sort_by(|a, b| a.median_s.total_cmp(&b.median_s));
    ranking
}

fn failed(cells: &[&Cell<'_>]) -> Vec<usize> {
    cells.iter().filter(|cell| cell.median().is_none()).map(|cell| cell.strategy_index).collect()
}

#[cfg(test)]
mod tests {
    use super::Lead;
    use crate::model::{Run, SampleStatus};
    use crate::report::testkit::{RunBuilder, article};
    use crate::report::{Fastest, Report};

    fn answer(run: &Run) -> Option<Fastest> {
        Report::of(run).answer
    }

    fn lead(from: u32, to: u32, strategies: &[usize]) -> Lead {
        Lead { from, to, strategies: strategies.to_vec() }
    }

    /// Two strategies at 1, 2, 3 … requests, three samples for each combination, `spread` apart.
    fn race(one: &[f64], other: &[f64], spread: f64) -> RunBuilder {
        let mut builder = RunBuilder::new().strategy("one", "sequential", None).strategy("other", "async", None);
        for (index, medians) in [one, other].into_iter().enumerate() {
            for (median, requests) in medians.iter().zip(1..) {
                for offset in [-spread, 0.0, spread] {
                    builder = builder.sample(index, requests, median + offset);
                }
            }
        }
        builder
    }

    #[test]
    fn the_article_is_a_tie_until_pools_need_a_second_round() {
        let found = answer(&article(3)).unwrap();
        assert_eq!(found.leads, [lead(10, 20, &[1, 2, 3]), lead(30, 50, &[3])]);
        assert_eq!(found.requests, 50);
        assert_eq!(found.ranking.iter().map(|ranked| ranked.strategy_index).collect::<Vec<_>>(), [3, 1, 2, 0]);
        assert_eq!(found.failed, [] as [usize; 0]);
    }

    #[test]
    fn the_lead_changes_where_the_fastest_does() {
        let found = answer(&race(&[1.0, 2.0, 3.0, 4.0], &[2.5; 4], 0.01).run()).unwrap();
        assert_eq!(found.leads, [lead(1, 2, &[0]), lead(3, 4, &[1])]);
    }

    #[test]
    fn overlapping_intervals_and_equal_medians_are_ties() {
        let near = answer(&race(&[1.0, 1.0], &[1.1, 1.1], 0.2).run()).unwrap();
        assert_eq!(near.leads, [lead(1, 2, &[0, 1])]);
        let equal = answer(&race(&[1.0], &[1.0], 0.0).run()).unwrap();
        assert_eq!(equal.leads, [lead(1, 1, &[0, 1])]);
    }

    #[test]
    fn one_strategy_alone_leads_nowhere() {
        let run = RunBuilder::new().strategy("a", "async", None).sample(0, 10, 1.0).sample(0, 20, 2.0).run();
        let found = answer(&run).unwrap();
        assert_eq!((found.leads.len(), found.requests, found.ranking.len()), (0, 20, 1));
    }

    #[test]
    fn who_failed_at_the_largest_count_is_named() {
        let run = race(&[1.0], &[2.0], 0.0).strategy("broken", "async", None).sample(2, 1, 3.0);
        let found = answer(&run.also(|row| row.status = SampleStatus::Failed).run()).unwrap();
        assert_eq!((found.requests, found.failed), (1, vec![2]));
    }

    #[test]
    fn without_a_valid_sample_there_is_no_answer() {
        let run = RunBuilder::new().strategy("a", "async", None).sample(0, 10, 1.0);
        assert_eq!(answer(&run.also(|row| row.status = SampleStatus::Failed).run()), None);
    }
}
