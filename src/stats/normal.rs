//! The standard normal law: its tails and its quantiles. Relative error below 10⁻⁹.

use std::f64::consts::SQRT_2;

use statrs::function::erf::{erfc, erfc_inv};

/// The standard normal quantile at 97.5 %.
pub(super) const NORMAL_975: f64 = 1.959_963_984_540_054;

/// The chance of a value above `z`.
#[must_use]
pub(super) fn upper_tail(z: f64) -> f64 {
    erfc(z / SQRT_2) / 2.0
}

/// The value that is exceeded with this chance.
#[must_use]
pub fn exceeded_with(chance: f64) -> f64 {
    SQRT_2 * erfc_inv(2.0 * chance)
}

#[cfg(test)]
mod tests {
    use super::{NORMAL_975, exceeded_with, upper_tail};

    /// Values from scipy, `scipy.stats.norm.isf` and `.sf`.
    #[test]
    fn tails_and_quantiles_agree_with_scipy() {
        for (chance, z) in [
            (0.5, 0.0),
            (0.2, 0.841_621_233_572_914_2),
            (0.05, 1.644_853_626_951_472_2),
            (0.025, NORMAL_975),
            (1e-6, 4.753_424_308_822_899),
            (1e-15, 7.941_345_326_170_998),
        ] {
            assert!((exceeded_with(chance) - z).abs() < 1e-12, "{chance}");
            assert!((upper_tail(z) / chance - 1.0).abs() < 1e-9, "{z}");
        }
        assert!((upper_tail(-1.0) - 0.841_344_746_068_542_9).abs() < 1e-9);
    }
}
