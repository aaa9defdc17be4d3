//! Samples → numbers. Seconds (or any other unit) flow in as floats, numbers flow out; each formula names its source.
//! Pure: knows nothing of strategies, files or clocks, and its only randomness comes from a seed that it is given.

mod ideal;
mod interval;
mod line;
mod outlier;
mod quantile;
mod rank;
mod summary;

pub use ideal::{for_delays, for_fixed_delay};
pub use interval::{Interval, Method, of_median};
pub use line::Line;
pub use outlier::outliers;
pub use quantile::{Sorted, median, quantile};
pub use rank::{Trend, holm, seasonal_trend};
pub use summary::Summary;
