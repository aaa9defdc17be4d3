//! The standard normal law: its tails and its quantiles.

/// The chance of a value above `z`.
#[must_use]
pub(super) fn upper_tail(z: f64) -> f64 {
    let tail = erfc(z.abs() / std::f64::consts::SQRT_2) / 2.0;
    if z < 0.0 { 1.0 - tail } else { tail }
}

/// The value that is exceeded with this chance, 10⁻¹⁵ to ½; by halving, to 10⁻⁹.
#[must_use]
pub fn exceeded_with(chance: f64) -> f64 {
    let (mut low, mut high) = (0.0, 8.0);
    while high - low > 1e-9 {
        let middle = f64::midpoint(low, high);
        if upper_tail(middle) > chance { low = middle } else { high = middle }
    }
    low
}

/// The complementary error function for x ≥ 0, to a relative error of 1.2·10⁻⁷: `erfcc` of Press et al., "Numerical
/// Recipes", 2nd ed. 1992, section 6.2.
fn erfc(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 10] = [
        0.170_872_77,
        -0.822_152_23,
        1.488_515_87,
        -1.135_203_98,
        0.278_868_07,
        -0.186_288_06,
        0.096_784_18,
        0.374_091_96,
        1.000_023_68,
        -1.265_512_23,
    ];
    let t = 1.0 / (1.0 + 0.5 * x);
    t * (-x * x + COEFFICIENTS.iter().fold(0.0, |sum, coefficient| sum * t + coefficient)).exp()
}

#[cfg(test)]
mod tests {
    use super::{erfc, exceeded_with, upper_tail};

    /// Values from scipy, `scipy.special.erfc`.
    #[test]
    fn the_error_function_agrees_with_scipy() {
        for (x, expected) in [
            (0.0, 1.0),
            (0.1, 0.887_537_083_981_715_2),
            (1.0, 0.157_299_207_050_285_16),
            (3.0, 2.209_049_699_858_544_5e-5),
            (5.0, 1.537_459_794_428_034_7e-12),
        ] {
            assert!((erfc(x) / expected - 1.0).abs() < 2e-7, "{x}");
        }
    }

    /// Values from scipy, `scipy.stats.norm.isf` and `.sf`.
    #[test]
    fn tails_and_quantiles_agree_with_scipy() {
        for (chance, z) in
            [(0.5, 0.0), (0.05, 1.644_853_626_951_472_2), (0.2, 0.841_621_233_572_914_2), (1e-6, 4.753_424_308_822_899)]
        {
            assert!((exceeded_with(chance) - z).abs() < 1e-5, "{chance}");
            assert!((upper_tail(z) / chance - 1.0).abs() < 1e-6, "{z}");
        }
        assert!((upper_tail(-1.0) - 0.841_344_746_068_542_9).abs() < 1e-7);
    }
}
