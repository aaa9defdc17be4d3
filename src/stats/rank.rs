//! Whether values rise or fall in the order they were measured, whatever their distribution.

use crate::stats::normal;

/// Fewer values than this leave the normal approximation of the test without ground (Gilbert 1987, section 16.4).
const FEWEST: usize = 10;

/// The outcome of a trend test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// Kendall's S: pairs that rise less pairs that fall.
    pub score: f64,
    /// The chance of an S this far from zero where there is no trend, both directions counted: 0 to 1.
    pub p: f64,
}

/// The seasonal Mann–Kendall test: does what is measured later tend to be larger, or smaller, than what was measured
/// earlier? Each group holds values that may be compared with each other, in the order measured. `None` for fewer than
/// ten values in groups of two or more, and where nothing varies.
///
/// Hirsch, Slack & Smith, "Techniques of Trend Analysis for Monthly Water Quality Data", Water Resources Research 18
/// (1982): S = Σ S_g, Var S = Σ Var S_g over independent groups, with the variance of Kendall ("Rank Correlation
/// Methods", 4th ed. 1975) corrected for ties: Var S_g = (n(n−1)(2n+5) − Σ t(t−1)(2t+5))/18; z = (S ∓ 1)/√Var S.
/// Cost: n·log n.
#[must_use]
pub fn seasonal_trend<'a>(groups: impl IntoIterator<Item = &'a [f64]>) -> Option<Trend> {
    let (mut score, mut variance, mut count) = (0.0, 0.0, 0);
    for group in groups.into_iter().filter(|group| group.len() > 1) {
        let (s, var) = kendall(group);
        score += s;
        variance += var;
        count += group.len();
    }
    if count < FEWEST || variance <= 0.0 {
        return None;
    }
    let z = (score.abs() - 1.0).max(0.0) / variance.sqrt();
    Some(Trend { score, p: 2.0 * normal::upper_tail(z) })
}

/// Kendall's S of one group against its order, and its variance.
fn kendall(values: &[f64]) -> (f64, f64) {
    let pairs = |n: f64| n * (n - 1.0) / 2.0;
    let spread = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0) / 18.0;
    let n = values.len() as f64;
    let mut sorted = values.to_vec();
    let falling = sort_counting_swaps(&mut sorted, &mut values.to_vec());
    let ties = || sorted.chunk_by(|a, b| a == b).map(|run| run.len() as f64);
    let tied_pairs: f64 = ties().map(pairs).sum();
    let score = pairs(n) - tied_pairs - 2.0 * falling;
    (score, spread(n) - ties().map(spread).sum::<f64>())
}

/// So few values are sorted faster by moving each to its place.
const FEW: usize = 16;

/// Insertion sort that counts the pairs it turns round.
fn insert_counting_swaps(values: &mut [f64]) -> f64 {
    let mut swaps = 0_u32;
    for end in 1..values.len() {
        let value = values[end];
        let mut place = end;
        while place > 0 && value < values[place - 1] {
            values[place] = values[place - 1];
            place -= 1;
            swaps += 1;
        }
        values[place] = value;
    }
    swaps.into()
}

/// Merge sort that counts the pairs it turns round: those in which the earlier value is the greater one (Knight, "A
/// Computer Method for Calculating Kendall's Tau with Ungrouped Data", JASA 61, 1966). `spare` is as long as `values`.
fn sort_counting_swaps(values: &mut [f64], spare: &mut [f64]) -> f64 {
    if values.len() <= FEW {
        return insert_counting_swaps(values);
    }
    let middle = values.len() / 2;
    let mut swaps = {
        let (left, right) = values.split_at_mut(middle);
        let (left_spare, right_spare) = spare.split_at_mut(middle);
        sort_counting_swaps(left, left_spare) + sort_counting_swaps(right, right_spare)
    };
    let (mut left, mut right) = (0, middle);
    for slot in spare.iter_mut() {
        let take_right = left == middle || (right < values.len() && values[right] < values[left]);
        let from = if take_right { &mut right } else { &mut left };
        *slot = values[*from];
        *from += 1;
        if take_right {
            swaps += (middle - left) as f64;
        }
    }
    values.copy_from_slice(spare);
    swaps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    use super::{kendall, seasonal_trend};

    fn naive_score(values: &[f64]) -> f64 {
        let pairs = values.iter().enumerate().flat_map(|(i, a)| values[i + 1..].iter().map(move |b| (a, b)));
        pairs
            .map(|(a, b)| {
                if b > a {
                    1.0
                } else if b < a {
                    -1.0
                } else {
                    0.0
                }
            })
            .sum()
    }

    /// S, its variance and p computed in Python from the definition (a double loop over pairs, `collections.Counter`
    /// for ties) and `scipy.stats.norm.sf`.
    #[test]
    fn trends_agree_with_an_independent_computation() {
        let rising = [1.0, 1.1, 1.05, 1.2, 1.3, 1.25, 1.4, 1.5, 1.45, 1.6];
        let still = [1.0, 1.2, 0.9, 1.1, 1.0, 1.2, 0.9, 1.1, 1.0, 1.1];
        let groups = [[0.1, 0.2, 0.3], [1.1, 1.2, 1.3], [5.0, 5.2, 5.1], [7.0, 7.0, 7.5]];
        for (found, (score, p)) in [
            (seasonal_trend([&rising[..]]), (39.0, 0.000_676_764_180_121_045_7)),
            (seasonal_trend([&still[..]]), (1.0, 1.0)),
            (seasonal_trend(groups.iter().map(|group| &group[..])), (9.0, 0.030_463_802_722_688_782)),
        ] {
            let found = found.unwrap();
            assert_eq!(found.score, score);
            assert!((found.p - p).abs() < 1e-7, "{found:?}");
        }
    }

    #[test]
    fn too_little_or_nothing_that_varies_has_no_trend() {
        assert_eq!(seasonal_trend([&[1.0, 2.0, 3.0][..]]), None);
        assert_eq!(seasonal_trend([&[1.0; 20][..]]), None);
        assert_eq!(seasonal_trend([&[1.0][..]; 20]), None);
    }

    proptest! {
        #[test]
        fn the_fast_score_is_the_plain_one(values in prop::collection::vec(0..20_u8, 2..60)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            prop_assert_eq!(kendall(&values).0, naive_score(&values));
        }
    }
}
