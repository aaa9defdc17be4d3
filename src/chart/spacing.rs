//! Whether request counts are spaced by difference or by ratio, which decides the scale of their axis.

use crate::model::RequestCount;
use crate::model::figure::Scale;

/// From this ratio of largest to smallest on, a linear axis pushes the small counts into a corner.
const WIDE: f64 = 50.0;

/// Logarithmic where the counts span a wide range and are nearer to equal ratios than to equal differences: 100, 316,
/// 1 000 … but not 1, 2, 3 … 100. `counts` ascend.
pub(super) fn scale(counts: &[RequestCount]) -> Scale {
    let (Some(first), Some(last)) = (counts.first(), counts.last()) else { return Scale::Linear };
    let wide = f64::from(*last) >= WIDE * f64::from(*first);
    let gaps =
        |place: fn(f64) -> f64| unevenness(counts.windows(2).map(|pair| place(pair[1].into()) - place(pair[0].into())));
    if wide && gaps(f64::ln) < gaps(|count| count) { Scale::Log } else { Scale::Linear }
}

/// Standard deviation over mean; 0 where all are equal.
fn unevenness(gaps: impl Iterator<Item = f64> + Clone) -> f64 {
    let number = gaps.clone().count() as f64;
    let mean = gaps.clone().sum::<f64>() / number;
    (gaps.map(|gap| (gap - mean).powi(2)).sum::<f64>() / number).sqrt() / mean
}

#[cfg(test)]
mod tests {
    use super::scale;
    use crate::model::figure::Scale::{self, Linear, Log};

    #[test]
    fn counts_by_ratio_get_a_logarithmic_axis_and_counts_by_difference_a_linear_one() {
        let check = |counts: &[u32], expected: Scale| assert_eq!(scale(counts), expected, "{counts:?}");
        for counts in [
            &[100, 316, 1_000, 3_162, 10_000][..],
            &[1, 10, 100, 1_000, 10_000, 100_000],
            &[1, 2, 5, 10, 20, 50],
            &[1, 2, 4, 8, 16, 32, 64],
            &[10, 20, 50, 100, 1_000, 10_000],
        ] {
            check(counts, Log);
        }
        for counts in [
            &[][..],
            &[10],
            &[10, 20, 30, 40, 50],
            &[1, 25, 50, 75, 100],
            &[1, 100],
            &[10, 100],
            &[1, 2, 5, 10, 20, 40],
        ] {
            check(counts, Linear);
        }
        check(&(1..=1_000).collect::<Vec<_>>(), Linear);
    }
}
