//! Samples → numbers. Seconds (or any other unit) flow in as floats, numbers flow out; each formula names its source.
//! Pure: knows nothing of strategies, files or clocks, and its only randomness comes from a seed that it is given.

mod change;
mod correction;
mod ideal;
mod interval;
mod line;
mod normal;
mod outlier;
mod proportion;
mod quantile;
mod rank;
mod shift;
mod summary;

pub use change::{Change, changes, fewest_for_change};
pub use correction::{holm, holm_weighted};
pub use ideal::{for_delays, for_fixed_delay};
pub use interval::{Interval, Method, of_median, of_ratio};
pub use line::LeastSquares;
pub use normal::exceeded_with;
pub use outlier::outliers;
pub use proportion::more_than_chance;
pub use quantile::{Sorted, median, quantile};
pub use rank::{Trend, seasonal_trend};
pub use shift::{PairLaw, Strata, Stratum};
pub use summary::{Summary, quotient};
