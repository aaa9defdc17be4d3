//! Sorted values and the one definition of a quantile.

/// Finite values in ascending order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sorted(Vec<f64>);

impl Sorted {
    /// Sorts `values`; what is not finite is no measurement and is left out. Cost: n·log n.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        values.sort_unstable_by(f64::total_cmp);
        Self(values)
    }

    /// The values, ascending.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The quantile at `share` of 0 to 1; `None` without values.
    ///
    /// Type 7 of Hyndman & Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996):
    /// with h = (n − 1)·share, the value at ⌊h⌋ moved towards its successor by the fraction of h. The same as numpy's
    /// and R's default.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        quantile(&self.0, share, |value| *value)
    }

    /// The quantile at one half.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        self.quantile(0.5)
    }
}

/// [`Sorted::quantile`] of anything that ascends by its `value`. Cost: constant.
#[must_use]
pub fn quantile<T>(ascending: &[T], share: f64, value: impl Fn(&T) -> f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    let position = last as f64 * share.clamp(0.0, 1.0);
    let below = floor_index(position).min(last);
    let above = (below + 1).min(last);
    let (low, high) = (value(&ascending[below]), value(&ascending[above]));
    Some((low + (high - low) * (position - below as f64)).clamp(low, high))
}

/// The median of values in any order, without sorting them; the same as [`Sorted::median`]. Cost: n.
#[must_use]
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    let middle = values.len().checked_sub(1)? / 2;
    let even = values.len().is_multiple_of(2);
    let (_, &mut low, above) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let high = if even { above.iter().copied().min_by(f64::total_cmp).unwrap_or(low) } else { low };
    Some((low + (high - low) * 0.5).clamp(low, high))
}

/// The whole part of a position in a list; 0 for negative and non-finite ones.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates at both ends")]
pub(super) fn floor_index(position: f64) -> usize {
    position as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

    use super::Sorted;

    pub(in crate::stats) fn values() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(1e-6..1e3_f64, 1..60)
    }

    /// Vectors from numpy 2.x, `numpy.quantile(values, share)`.
    #[test]
    fn quantiles_agree_with_numpy() {
        let nine = [0.31, 0.12, 0.5, 0.47, 0.22, 0.9, 0.05, 0.33, 0.61];
        for (values, share, expected) in [
            (&nine[..], 0.0, 0.05),
            (&nine[..], 0.1, 0.106),
            (&nine[..], 0.25, 0.22),
            (&nine[..], 0.9, 0.668),
            (&nine[..], 0.99, 0.8768),
            (&nine[..], 1.0, 0.9),
            (&nine[..4], 0.5, 0.39),
            (&nine[..1], 0.9, 0.31),
        ] {
            let found = Sorted::new(values.iter().copied()).quantile(share).unwrap();
            assert!((found - expected).abs() < 1e-12, "{share}: {found} instead of {expected}");
        }
    }

    #[test]
    fn nothing_has_no_quantile_and_rubbish_is_nothing() {
        assert_eq!((Sorted::new([]).median(), super::median([])), (None, None));
        assert_eq!(Sorted::new([f64::NAN, f64::INFINITY]).median(), None);
    }

    proptest! {
        #[test]
        fn quantiles_rise_from_the_least_to_the_greatest(values in values(), a in 0.0..1.0_f64, b in 0.0..1.0_f64) {
            let sorted = Sorted::new(values.iter().copied());
            let (low, high) = (sorted.quantile(a.min(b)).unwrap(), sorted.quantile(a.max(b)).unwrap());
            prop_assert!(low <= high);
            prop_assert_eq!(sorted.quantile(0.0), values.iter().copied().reduce(f64::min));
            prop_assert_eq!(sorted.quantile(1.0), values.iter().copied().reduce(f64::max));
        }

        #[test]
        fn the_quick_median_is_the_median(values in values()) {
            prop_assert_eq!(super::median(values.iter().copied()), Sorted::new(values).median());
        }

        #[test]
        fn order_does_not_matter_and_scaling_scales(mut values in values(), share in 0.0..1.0_f64) {
            let before = Sorted::new(values.iter().copied()).quantile(share).unwrap();
            values.reverse();
            let scaled = Sorted::new(values.iter().map(|value| value * 8.0)).quantile(share).unwrap();
            prop_assert!((scaled - before * 8.0).abs() <= before * 1e-12);
        }
    }
}
