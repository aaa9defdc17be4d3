//! The usual numbers about a set of values.

use crate::stats::quantile::Sorted;

/// Count, centre, spread and extremes of at least one value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many values.
    pub count: usize,
    /// The middle one, or the mean of the two in the middle.
    pub median: f64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation, by n − 1 (Bessel's correction); `None` for a single value.
    pub stddev: Option<f64>,
    /// The least value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
}

impl Summary {
    /// `None` without values.
    #[must_use]
    pub fn of(sorted: &Sorted) -> Option<Self> {
        let values = sorted.values();
        let (&min, &max) = (values.first()?, values.last()?);
        let mean = (values.iter().sum::<f64>() / values.len() as f64).clamp(min, max);
        // Two passes: the one-pass formula loses all digits where the spread is small beside the mean.
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let stddev = (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt());
        Some(Self { count: values.len(), median: sorted.median()?, mean, stddev, min, max })
    }
}

/// A quotient, where it is a number.
#[must_use]
pub fn quotient(above: f64, below: f64) -> Option<f64> {
    Some(above / below).filter(|quotient| quotient.is_finite())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, proptest};

    use super::{Sorted, Summary};

    /// Vectors from Python 3.11, `statistics.median`, `.mean`, `.stdev`.
    #[test]
    fn numbers_agree_with_python() {
        for (values, median, mean, stddev) in [
            (&[0.31, 0.12, 0.5, 0.47, 0.22, 0.9, 0.05, 0.33, 0.61][..], 0.33, 0.39, 0.263_248_931_621_763_66),
            (&[5.0183, 5.0179, 5.0212, 5.0175][..], 5.0181, 5.018_725, 0.001_682_012_683_265_837_6),
            (&[1e6 + 0.1, 1e6 + 0.2][..], 1_000_000.15, 1_000_000.15, 0.070_710_678_102_191_14),
        ] {
            let found = Summary::of(&Sorted::new(values.iter().copied())).unwrap();
            let close = |a: f64, b: f64| (a - b).abs() <= b.abs() * 1e-9;
            assert!(close(found.median, median) && close(found.mean, mean), "{found:?}");
            assert!(close(found.stddev.unwrap(), stddev), "{found:?}");
            assert_eq!(found.count, values.len());
        }
    }

    #[test]
    fn one_value_has_no_deviation_and_none_has_no_summary() {
        let one = Summary { count: 1, median: 2.0, mean: 2.0, stddev: None, min: 2.0, max: 2.0 };
        assert_eq!(Summary::of(&Sorted::new([2.0])), Some(one));
        assert_eq!(Summary::of(&Sorted::default()), None);
    }

    proptest! {
        #[test]
        fn centres_lie_between_extremes_and_scaling_scales(values in prop::collection::vec(1e-6..1e3_f64, 2..60)) {
            let plain = Summary::of(&Sorted::new(values.iter().copied())).unwrap();
            let scaled = Summary::of(&Sorted::new(values.iter().rev().map(|value| value * 4.0))).unwrap();
            prop_assert!(plain.min <= plain.median && plain.median <= plain.max);
            prop_assert!(plain.min <= plain.mean && plain.mean <= plain.max);
            prop_assert!((scaled.stddev.unwrap() - plain.stddev.unwrap() * 4.0).abs() < 1e-8);
        }
    }
}
