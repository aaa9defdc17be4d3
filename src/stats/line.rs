//! A straight line through points, and how well it fits.

/// Quantiles of Student's t at 97.5 % for 1 to 10 degrees of freedom, to three decimals.
const T_975: [f64; 10] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
/// The standard normal quantile at 97.5 %.
const NORMAL_975: f64 = 1.959_963_984_540_054;

/// `y = intercept + slope · x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeastSquares {
    /// Change of y for a change of x by one.
    pub slope: f64,
    /// y at x = 0.
    pub intercept: f64,
    /// Root mean square of the distances in y: how far a point typically lies from the line.
    pub residual: f64,
    /// Half the width of the 95 % interval of the slope; `None` for two points, through which every line fits.
    pub slope_margin: Option<f64>,
}

impl LeastSquares {
    /// The line of least squares (Gauss 1809); `None` unless two points differ in x. The interval of the slope is that of
    /// Student's t with n − 2 degrees of freedom (Draper & Smith, "Applied Regression Analysis", 3rd ed. 1998,
    /// section 1.4); it takes the distances from the line for chance, so a bent course widens it. Cost: two passes.
    #[must_use]
    pub fn through(points: &[(f64, f64)]) -> Option<Self> {
        let n = points.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
        let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
        let products: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let squares: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        let slope = Some(products / squares).filter(|slope| slope.is_finite())?;
        let intercept = mean_y - slope * mean_x;
        let misses: f64 = points.iter().map(|(x, y)| (y - intercept - slope * x).powi(2)).sum();
        let margin = |free: usize| student(free) * (misses / free as f64 / squares).sqrt();
        let slope_margin = points.len().checked_sub(2).filter(|free| *free > 0).map(margin);
        Some(Self { slope, intercept, residual: (misses / n).sqrt(), slope_margin })
    }

    /// y at `x`.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }
}

/// Student's t at 97.5 %; above ten degrees of freedom by the expansion of Fisher and Cornish (1960), good to 0.003.
fn student(free: usize) -> f64 {
    if let Some(t) = free.checked_sub(1).and_then(|index| T_975.get(index)) {
        return *t;
    }
    let (z, free) = (NORMAL_975, free as f64);
    let first = (z.powi(3) + z) / 4.0;
    let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
    z + first / free + second / free.powi(2)
}

#[cfg(test)]
mod tests {
    use super::{LeastSquares, student};

    #[test]
    fn line_residual_and_margin_are_those_of_the_textbook() {
        let exact = LeastSquares::through(&[(10.0, 1.0), (20.0, 2.0), (30.0, 3.0)]).unwrap();
        assert!((exact.slope - 0.1).abs() < 1e-12 && exact.intercept.abs() < 1e-12 && exact.residual < 1e-12);
        // By hand: means 2 and 7/3, slope 2/2, misses −⅓, ⅔ and −⅓.
        let bent = LeastSquares::through(&[(1.0, 1.0), (2.0, 3.0), (3.0, 3.0)]).unwrap();
        assert!((bent.slope - 1.0).abs() < 1e-12);
        let squares: f64 = 2.0 / 3.0;
        assert!((bent.residual - (squares / 3.0).sqrt()).abs() < 1e-12);
        assert!((bent.slope_margin.unwrap() - 12.706 * (squares / 2.0).sqrt()).abs() < 1e-9);
        assert!((bent.at(4.0) - (7.0 / 3.0 + 2.0)).abs() < 1e-12);
    }

    #[test]
    fn two_points_have_no_margin_and_one_has_no_line() {
        assert_eq!(LeastSquares::through(&[(1.0, 1.0), (3.0, 2.0)]).unwrap().slope_margin, None);
        for points in [&[][..], &[(1.0, 1.0)], &[(1.0, 1.0), (1.0, 2.0)]] {
            assert_eq!(LeastSquares::through(points), None);
        }
    }

    /// From the table of Student's t.
    #[test]
    fn t_agrees_with_its_table() {
        for (free, t) in [(1, 12.706), (10, 2.228), (11, 2.201), (30, 2.042), (1000, 1.962)] {
            assert!((student(free) - t).abs() < 3e-3, "{free}: {}", student(free));
        }
    }
}
