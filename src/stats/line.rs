//! A straight line through points, and how well it fits.

use statrs::distribution::{ContinuousCDF, StudentsT};

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
    /// section 1.4); it takes the distances from the line for chance, so a bent series widens it. Cost: two passes.
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

/// The quantile of Student's t at 97.5 %, for at least one degree of freedom.
fn student(free: usize) -> f64 {
    let law = StudentsT::new(0.0, 1.0, free as f64).expect("the degrees of freedom are above zero");
    law.inverse_cdf(0.975)
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
        assert!((bent.slope_margin.unwrap() - 12.706_204_736_432_095 * (squares / 2.0).sqrt()).abs() < 1e-9);
        assert!((bent.at(4.0) - (7.0 / 3.0 + 2.0)).abs() < 1e-12);
    }

    #[test]
    fn two_points_have_no_margin_and_one_has_no_line() {
        assert_eq!(LeastSquares::through(&[(1.0, 1.0), (3.0, 2.0)]).unwrap().slope_margin, None);
        for points in [&[][..], &[(1.0, 1.0)], &[(1.0, 1.0), (1.0, 2.0)]] {
            assert_eq!(LeastSquares::through(points), None);
        }
    }

    /// Values from scipy, `scipy.stats.t.ppf`.
    #[test]
    fn quantiles_agree_with_scipy() {
        for (free, t) in [
            (1, 12.706_204_736_432_095),
            (2, 4.302_652_729_911_275),
            (10, 2.228_138_851_964_938_5),
            (30, 2.042_272_456_301_237_3),
            (1000, 1.962_339_080_826_407_8),
        ] {
            assert!((student(free) / t - 1.0).abs() < 1e-9, "{free}: {}", student(free));
        }
    }
}
