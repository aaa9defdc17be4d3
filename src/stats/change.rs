//! Where the level of a series changes for good, by ranks.

use crate::stats::quantile::Sorted;
use crate::stats::shift::PairLaw;

/// Fewer values than this on one side of a change are never tested.
const FEWEST: usize = 3;
/// Shorter stretches than this hold no change that could be proven.
const SHORTEST: usize = 8;
/// No level in use needs a longer series for a change that is as clear as can be.
const MOST_LOOKED_AT: usize = 40;

/// A change of level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Position of the first value at the new level.
    pub at: usize,
    /// Median before, back to the change before it.
    pub before: f64,
    /// Median after, up to the next change.
    pub after: f64,
    /// The chance of a change so clear anywhere in a series without one; an upper bound.
    pub p: f64,
}

/// Every change that is sure at `level`, ascending.
///
/// Seeded binary segmentation (Kovács, Bühlmann, Li & Munk, "Seeded binary segmentation", Biometrika 110, 2023, with decay
/// ½): stretches of each length T, T/2, T/4 … that overlap by half are looked at for one change each, so that a change
/// which is taken back later does not hide. The statistic of a split is that of Mann & Whitney, its p-value times the
/// splits of the stretch times the number of stretches (Bonferroni). Of the stretches that speak the shortest is believed
/// first (Baranowski, Chen & Fryzlewicz, "Narrowest-over-threshold detection", JRSS B 81, 2019). Values are taken to be
/// independent; no randomness. Cost: n·log² n.
#[must_use]
pub fn changes(values: &[f64], level: f64) -> Vec<Change> {
    let stretches = stretches(values.len());
    let number = stretches.len() as f64;
    let best = stretches.into_iter().filter_map(|(start, end)| {
        let found = best_split(&values[start..end], level / number)?;
        Some(ChangePoint { start, end, at: start + found.0, p: (found.1 * number).min(1.0) })
    });
    let mut candidates: Vec<ChangePoint> = best.filter(|candidate| candidate.p <= level).collect();
    candidates.sort_by(|a, b| (a.end - a.start).cmp(&(b.end - b.start)).then(a.p.total_cmp(&b.p)));
    let mut found = Vec::new();
    believe(&candidates, 0, values.len(), &mut found);
    found.sort_unstable_by_key(|(at, _)| *at);
    settle(values, &mut found);
    with_levels(values, &found)
}

/// The length of the shortest series in which a change can be sure at `level`: one that rises at its middle for good.
/// Cost: that of [`changes`] at each length below.
#[must_use]
pub fn fewest_for_change(level: f64) -> usize {
    let step = |length: usize| (0..length).map(|at| f64::from(u8::from(at >= length / 2))).collect::<Vec<_>>();
    // Each of its values is different, so that ties weaken nothing.
    let rising =
        |length: usize| step(length).iter().zip(0..).map(|(y, at)| y + f64::from(at) * 1e-6).collect::<Vec<_>>();
    (SHORTEST..MOST_LOOKED_AT).find(|length| !changes(&rising(*length), level).is_empty()).unwrap_or(MOST_LOOKED_AT)
}

struct ChangePoint {
    start: usize,
    end: usize,
    at: usize,
    p: f64,
}

/// Starts and ends, the whole series first.
fn stretches(length: usize) -> Vec<(usize, usize)> {
    let mut stretches = Vec::new();
    let mut parts = 1;
    while length / parts >= SHORTEST {
        let (size, number) = (length.div_ceil(parts), 2 * parts - 1);
        for index in 0..number {
            let start = if number == 1 { 0 } else { (length - size) * index / (number - 1) };
            stretches.push((start, start + size));
        }
        parts *= 2;
    }
    stretches
}

/// The clearest split of a stretch and its p-value, corrected for the splits; `None` where it is above `level`.
fn best_split(values: &[f64], level: f64) -> Option<(usize, f64)> {
    let length = values.len();
    let splits = (length + 1).checked_sub(2 * FEWEST)? as f64;
    let (at, pairs, z) = clearest(values);
    // Whole tables of the exact law are not worth their time where nothing speaks.
    if z < 2.0 {
        return None;
    }
    let p = 2.0 * PairLaw::of(&[(at, length - at)]).at_least(pairs / 2) * splits;
    (p <= level).then_some((at, p))
}

/// The split whose sides differ most, twice the pairs that say so, and how many standard deviations that is.
fn clearest(values: &[f64]) -> (usize, usize, f64) {
    let length = values.len();
    let ranks = doubled_ranks(values);
    let mut sum = 0;
    let mut best = (0, 0, 0.0);
    for (after, rank) in (1..).zip(&ranks) {
        sum += rank;
        let (first, second) = (after, length - after);
        if first < FEWEST || second < FEWEST {
            continue;
        }
        // Twice the pairs in which the later value is the greater one, ties by half.
        let rising = 2 * first * second + first * (first + 1) - sum;
        let pairs = rising.max(2 * first * second - rising);
        let deviation = ((first * second * (length + 1)) as f64 / 12.0).sqrt();
        let z = (pairs as f64 / 2.0 - (first * second) as f64 / 2.0) / deviation;
        if z > best.2 {
            best = (after, pairs, z);
        }
    }
    best
}

/// Puts each change where the values between its neighbours differ most: the stretch that proved it may hold only the
/// rim of one side.
fn settle(values: &[f64], found: &mut [(usize, f64)]) {
    for index in 0..found.len() {
        let start = index.checked_sub(1).map_or(0, |before| found[before].0);
        let end = found.get(index + 1).map_or(values.len(), |after| after.0);
        let (at, _, z) = clearest(&values[start..end]);
        if z > 0.0 {
            found[index].0 = start + at;
        }
    }
}

/// Twice the ranks from 1, equal values sharing their mean rank.
fn doubled_ranks(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0; values.len()];
    let mut done = 0;
    for equal in order.chunk_by(|a, b| values[*a].total_cmp(&values[*b]).is_eq()) {
        equal.iter().for_each(|index| ranks[*index] = 2 * done + equal.len() + 1);
        done += equal.len();
    }
    ranks
}

fn believe(candidates: &[ChangePoint], start: usize, end: usize, found: &mut Vec<(usize, f64)>) {
    let within = |candidate: &&ChangePoint| start <= candidate.start && candidate.end <= end;
    if let Some(candidate) = candidates.iter().find(within) {
        found.push((candidate.at, candidate.p));
        believe(candidates, start, candidate.at, found);
        believe(candidates, candidate.at, end, found);
    }
}

fn with_levels(values: &[f64], found: &[(usize, f64)]) -> Vec<Change> {
    let starts = std::iter::once(0).chain(found.iter().map(|(at, _)| *at));
    let ends = found.iter().map(|(at, _)| *at).chain([values.len()]);
    let medians = starts.zip(ends).map(|(start, end)| Sorted::new(values[start..end].iter().copied()).median());
    let levels: Vec<f64> = medians.map(|median| median.unwrap_or(f64::NAN)).collect();
    let change = |(&(at, p), levels): (&(usize, f64), &[f64])| Change { at, before: levels[0], after: levels[1], p };
    found.iter().zip(levels.windows(2)).map(change).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, proptest};

    use super::{changes, fewest_for_change, stretches};

    /// Values that differ within a stretch, around the levels given with their lengths.
    fn series(levels: &[(f64, usize)]) -> Vec<f64> {
        let of = |(level, length): &(f64, usize)| (0..*length).map(|i| level + ((i * 7) % 11) as f64 / 100.0).collect();
        levels.iter().flat_map(|stretch| -> Vec<f64> { of(stretch) }).collect()
    }

    fn places(levels: &[(f64, usize)]) -> Vec<usize> {
        changes(&series(levels), 0.05).iter().map(|change| change.at).collect()
    }

    #[test]
    fn a_level_that_stays_has_no_change_and_one_that_moves_has_one() {
        assert!(places(&[(1.0, 100)]).is_empty());
        assert_eq!(places(&[(1.0, 60), (1.2, 40)]), [60]);
        assert_eq!(places(&[(1.2, 12), (1.0, 14)]), [12]);
    }

    #[test]
    fn a_change_that_is_taken_back_does_not_hide() {
        assert_eq!(places(&[(1.0, 40), (1.3, 24), (1.0, 40)]), [40, 64]);
        assert_eq!(places(&[(1.0, 32), (1.3, 32), (1.6, 32), (1.0, 32)]), [32, 64, 96]);
    }

    #[test]
    fn levels_are_medians_of_the_stretches_between_changes() {
        let found = changes(&series(&[(1.0, 33), (2.0, 33)]), 0.05);
        assert_eq!(found.len(), 1);
        assert!((found[0].before - 1.05).abs() < 0.011 && (found[0].after - 2.05).abs() < 0.011, "{found:?}");
        assert!(found[0].p <= 0.05);
    }

    #[test]
    fn few_or_equal_values_have_none() {
        for values in [&[][..], &[1.0], &[1.0, 1.0, 1.0, 9.0, 9.0, 9.0], &[1.0; 50]] {
            assert!(changes(values, 0.05).is_empty());
        }
    }

    #[test]
    fn the_fewest_values_that_show_a_change() {
        // Five against five: 2/252 for each of five splits.
        assert_eq!(fewest_for_change(0.05), 10);
        assert!(fewest_for_change(0.01) > 10);
    }

    #[test]
    fn stretches_cover_everything_and_overlap_by_half() {
        assert_eq!(stretches(16), [(0, 16), (0, 8), (4, 12), (8, 16)]);
        assert!(stretches(7).is_empty());
    }

    proptest! {
        #[test]
        fn changes_ascend_within_the_series(values in prop::collection::vec(0.0..1.0_f64, 0..80)) {
            let found = changes(&values, 0.5);
            prop_assert!(found.windows(2).all(|pair| pair[0].at < pair[1].at));
            prop_assert!(found.iter().all(|change| (1..values.len()).contains(&change.at) && change.p <= 0.5));
        }
    }
}
