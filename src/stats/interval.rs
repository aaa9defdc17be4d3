//! How sure the median is.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::stats::normal::NORMAL_975;
use crate::stats::quantile::{Sorted, floor_index};

/// How often a small set is drawn anew.
const RESAMPLES: usize = 2_000;
/// From more values than this the interval comes from order statistics: resampling a million values two thousand times
/// takes a minute and says the same.
const RESAMPLED_UP_TO: usize = 200;

/// A 95 % interval of a median; `low ≤ median ≤ high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// How it was found.
    pub method: Method,
}

/// How an interval was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Percentile bootstrap.
    Bootstrap,
    /// The two values whose ranks bound the median by the binomial law.
    OrderStatistics,
}

/// The 95 % interval of the median; `None` for fewer than two values, which say nothing about spread.
///
/// Up to 200 values: the percentile bootstrap (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter
/// 13), 2 000 resamples drawn with ChaCha8 from `seed`. Above: the distribution-free interval between the order
/// statistics of ranks n/2 ∓ 1.96·√n/2 (Conover, "Practical Nonparametric Statistics", 3rd ed. 1999, section 3.2), which
/// needs no randomness.
///
/// A resample holds only values that were measured, so for few values the interval spans few of them: with two or
/// three it is simply from the least to the greatest, and covers less than 95 %.
///
/// Cost: up to 400 000 draws for 200 values; constant above.
#[must_use]
pub fn of_median(sorted: &Sorted, seed: u64) -> Option<Interval> {
    match sorted.values().len() {
        0 | 1 => None,
        // What resampling finds: 1/4 of two values' resamples, 7/27 of three values', have their median at either end.
        2 | 3 => {
            Some(Interval { low: *sorted.values().first()?, high: *sorted.values().last()?, method: Method::Bootstrap })
        }
        2..=RESAMPLED_UP_TO => bootstrap(sorted, seed),
        _ => Some(order_statistics(sorted.values())),
    }
}

fn bootstrap(sorted: &Sorted, seed: u64) -> Option<Interval> {
    let values = sorted.values();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = vec![0_usize; values.len()];
    let medians = Sorted::new((0..RESAMPLES).map(|_| {
        drawn.fill_with(|| random.random_range(0..values.len()));
        median_of_ranks(values, &mut drawn)
    }));
    Some(Interval { low: medians.quantile(0.025)?, high: medians.quantile(0.975)?, method: Method::Bootstrap })
}

/// The 95 % interval of the ratio of two medians, `new` over `base`, of positive values; `None` for fewer than two values
/// on a side.
///
/// Up to 200 values on each side both are resampled, as in [`of_median`]. Above, the intervals of the two medians are put
/// together on the logarithmic scale: the ends lie √(d₁² + d₂²) from the ratio, d being the distance of each median to its
/// own end (Donner & Zou, "Closed-form confidence intervals for functions of the normal mean and standard deviation",
/// Statistical Methods in Medical Research 21, 2012). Cost: up to 800 000 draws.
#[must_use]
pub fn of_ratio(base: &Sorted, new: &Sorted, seed: u64) -> Option<Interval> {
    let sizes = [base.values().len(), new.values().len()];
    if sizes.iter().any(|size| *size < 2) || base.values()[0] <= 0.0 || new.values()[0] <= 0.0 {
        return None;
    }
    if sizes.iter().any(|size| *size > RESAMPLED_UP_TO) {
        let (below, above) = (of_median(base, seed)?, of_median(new, seed)?);
        let (before, now) = (base.median()?, new.median()?);
        let down = f64::hypot((now / above.low).ln(), (below.high / before).ln());
        let up = f64::hypot((above.high / now).ln(), (before / below.low).ln());
        let ratio = now / before;
        return Some(Interval { low: ratio * (-down).exp(), high: ratio * up.exp(), method: Method::OrderStatistics });
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = sizes.map(|size| vec![0_usize; size]);
    let ratios = Sorted::new((0..RESAMPLES).map(|_| {
        let mut median = |side: usize, values: &[f64]| {
            drawn[side].fill_with(|| random.random_range(0..values.len()));
            median_of_ranks(values, &mut drawn[side])
        };
        let before = median(0, base.values());
        median(1, new.values()) / before
    }));
    Some(Interval { low: ratios.quantile(0.025)?, high: ratios.quantile(0.975)?, method: Method::Bootstrap })
}

/// The median of the values at `ranks`. Selecting ranks finds the same value as sorting the resample would.
fn median_of_ranks(values: &[f64], ranks: &mut [usize]) -> f64 {
    let middle = ranks.len() / 2;
    let even = ranks.len().is_multiple_of(2);
    let (below, &mut upper, _) = ranks.select_nth_unstable(middle);
    let lower = if even { below.iter().copied().max().unwrap_or(upper) } else { upper };
    values[lower] + (values[upper] - values[lower]) / 2.0
}

fn order_statistics(values: &[f64]) -> Interval {
    let n = values.len() as f64;
    let reach = NORMAL_975 * n.sqrt() / 2.0;
    let low = floor_index(n / 2.0 - reach).saturating_sub(1);
    let high = values.len() - 1 - low;
    Interval { low: values[low], high: values[high], method: Method::OrderStatistics }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, prop, prop_assert, prop_assert_eq, proptest};

    use super::{Method, Sorted, of_median, of_ratio};

    fn ramp(n: u32) -> Sorted {
        Sorted::new((0..n).map(f64::from))
    }

    #[test]
    fn one_value_has_no_interval_and_two_span_it() {
        assert_eq!(of_median(&ramp(1), 1), None);
        assert_eq!(of_median(&ramp(0), 1), None);
        for n in [2, 3] {
            let found = of_median(&ramp(n), 1).unwrap();
            assert_eq!((found.low, found.high), (0.0, f64::from(n - 1)), "{n} values");
        }
    }

    /// Ends from scipy, `scipy.stats.bootstrap((arange(n),), numpy.median, method="percentile",
    /// n_resamples=100_000)`; a step either way is the noise of 2 000 resamples.
    #[test]
    fn the_bootstrap_agrees_with_scipy() {
        for (n, low, high) in [(5, 0.0, 4.0), (10, 2.0, 7.0), (31, 10.0, 20.0), (100, 40.0, 59.0), (200, 86.0, 113.0)] {
            let found = of_median(&ramp(n), 7).unwrap();
            assert_eq!(found.method, Method::Bootstrap);
            assert!((found.low - low).abs() <= 1.0, "{n}: {found:?}");
            assert!((found.high - high).abs() <= 1.0, "{n}: {found:?}");
        }
    }

    /// Zero-based ranks from scipy's exact law, `scipy.stats.binom.ppf(0.025, n, 0.5)`; the normal law may take
    /// one rank more on either side.
    #[test]
    fn many_values_agree_with_the_binomial_law() {
        for (n, low) in [(201, 87.0), (1_000, 469.0), (9_999, 4_902.0), (1_000_000, 499_020.0)] {
            let found = of_median(&ramp(n), 1).unwrap();
            assert_eq!(found.method, Method::OrderStatistics);
            assert!((0.0..=1.0).contains(&(low - 1.0 - found.low)), "{n}: {found:?}");
            assert_eq!(found.low + found.high, f64::from(n - 1), "as many values below as above");
        }
    }

    /// Ends from numpy 2.x: percentiles of the ratio of the medians of 100 000 resamples of each side.
    #[test]
    fn the_interval_of_a_ratio_agrees_with_numpy() {
        let set = |n: u32, step: u32, from: f64| Sorted::new((1..=n).map(|i| f64::from(i * step % 101) / 100.0 + from));
        for (n, low, high) in [(5, 0.766, 1.474), (10, 0.839, 1.356), (30, 0.937, 1.283)] {
            let found = of_ratio(&set(n, 37, 1.0), &set(n, 61, 1.2), 7).unwrap();
            assert!((found.low - low).abs() < 0.03, "{n}: {found:?}");
            assert!((found.high - high).abs() < 0.03, "{n}: {found:?}");
        }
        assert_eq!(of_ratio(&ramp(1), &set(5, 37, 1.0), 1), None);
        let (few, many) =
            (of_ratio(&set(100, 37, 1.0), &set(100, 61, 1.2), 1), of_ratio(&set(201, 37, 1.0), &set(201, 61, 1.2), 1));
        let (few, many) = (few.unwrap(), many.unwrap());
        assert_eq!(many.method, Method::OrderStatistics);
        assert!(many.low > few.low, "{few:?} {many:?}");
        assert!(many.high < few.high, "{few:?} {many:?}");
    }

    proptest! {
        // A case draws up to 800 000 numbers.
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn it_holds_the_median_and_the_seed_decides_it(
            values in prop::collection::vec(1e-6..1e3_f64, 2..300), seed in 0..1000_u64,
        ) {
            let sorted = Sorted::new(values);
            let found = of_median(&sorted, seed).unwrap();
            let median = sorted.median().unwrap();
            prop_assert!(found.low <= median && median <= found.high);
            prop_assert!(sorted.values()[0] <= found.low && found.high <= sorted.values()[sorted.values().len() - 1]);
            prop_assert_eq!(Some(found), of_median(&sorted, seed));
        }
    }
}
