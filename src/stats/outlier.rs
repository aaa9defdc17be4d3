//! Values that stand apart. They are flagged and kept: a flag is a question to the reader, no licence to delete.

use crate::stats::quantile::median;

/// Above this modified z-score a value is flagged.
const LIMIT: f64 = 3.5;
/// Makes the median absolute deviation comparable to a standard deviation of normal data: its 75 % quantile.
const NORMAL_75: f64 = 0.674_5;
/// The same for the mean absolute deviation: √(π/2).
const MEAN_FACTOR: f64 = 1.253_314;

/// Positions in `values` of those whose modified z-score exceeds 3.5, ascending.
///
/// Iglewicz & Hoaglin, "How to Detect and Handle Outliers", ASQC 1993: M = 0.6745·(x − median)/MAD, where MAD is the
/// median of |x − median|. Where more than half of the values are equal, MAD is 0 and their mean absolute deviation
/// takes its place: M = (x − median)/(1.253314·MeanAD). Nothing is flagged among fewer than three values. Cost: n.
#[must_use]
pub fn outliers(values: &[f64]) -> Vec<usize> {
    let Some(middle) = median(values.iter().copied()).filter(|_| values.len() > 2) else {
        return Vec::new();
    };
    let distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    let mad = median(distances.iter().copied()).unwrap_or(0.0);
    let unit =
        if mad > 0.0 { mad / NORMAL_75 } else { MEAN_FACTOR * distances.iter().sum::<f64>() / distances.len() as f64 };
    (0..values.len()).filter(|&index| distances[index] > LIMIT * unit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    use super::outliers;

    /// The flags are those of the formula in numpy: `0.6745 * abs(x - median(x)) / median(abs(x - median(x))) > 3.5`.
    #[test]
    fn a_straggler_is_flagged_and_plain_spread_is_not() {
        let cases: [(&[f64], &[usize]); 7] = [
            (&[0.101, 0.102, 0.103, 0.900], &[3]),
            (&[0.101, 0.102, 0.103, 0.104], &[]),
            (&[2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3], &[8, 9]),
            (&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0], &[7]),
            (&[1.0, 1.0, 1.0], &[]),
            (&[1.0, 50.0], &[]),
            (&[], &[]),
        ];
        for (values, expected) in cases {
            assert_eq!(outliers(values), expected, "{values:?}");
        }
    }

    proptest! {
        #[test]
        fn the_unit_does_not_matter_and_the_middle_is_never_flagged(
            values in prop::collection::vec(1e-3..1e3_f64, 3..40),
        ) {
            let scaled: Vec<f64> = values.iter().map(|value| value * 1024.0).collect();
            prop_assert_eq!(outliers(&values), outliers(&scaled));
            prop_assert!(outliers(&values).len() <= values.len() / 2);
        }
    }
}
