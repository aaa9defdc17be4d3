//! Several tests of one question: what their p-values are worth together.

/// Corrects several tests of one question: each p-value becomes the smallest level at which its test still speaks when
/// all are asked together. Order is kept.
///
/// Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6 (1979).
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    holm_weighted(&p_values.iter().map(|p| (*p, 1.0)).collect::<Vec<_>>())
}

/// The same for p-values of unequal weight, above zero: a test of twice the weight is given twice the share of the
/// level (section 4 of the same article). Whichever tests are of true hypotheses, the chance that one of them speaks
/// stays below the level.
#[must_use]
pub fn holm_weighted(tests: &[(f64, f64)]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..tests.len()).collect();
    order.sort_by(|&a, &b| (tests[a].0 / tests[a].1).total_cmp(&(tests[b].0 / tests[b].1)));
    let mut corrected = vec![0.0; tests.len()];
    let mut highest = 0.0_f64;
    for (rank, &index) in order.iter().enumerate() {
        // Summed anew each time: subtracting would leave a rest of rounding where one test remains.
        let left: f64 = order[rank..].iter().map(|&other| tests[other].1).sum();
        highest = highest.max((tests[index].0 * left / tests[index].1).min(1.0));
        corrected[index] = highest;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::{holm, holm_weighted};

    /// The example of R's `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")`.
    #[test]
    fn several_tests_are_corrected_as_in_r() {
        let found = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in found.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - expected).abs() < 1e-12);
        }
        assert!(holm(&[]).is_empty());
    }

    /// By hand: p/w orders them 0.01/2, 0.01/1, 0.2/1; the sums of weights left are 4, 2 and 1.
    #[test]
    fn weights_share_the_level() {
        let found = holm_weighted(&[(0.01, 1.0), (0.2, 1.0), (0.01, 2.0)]);
        for (found, expected) in found.iter().zip([0.02, 0.2, 0.02]) {
            assert!((found - expected).abs() < 1e-12, "{found}");
        }
    }
}
