//! How numbers stand in files: seconds with nanosecond digits, ratios with six significant ones.

use crate::model::Nanos;

/// Digits of a ratio.
const SIGNIFICANT: i32 = 6;

/// Seconds with nanosecond digits and, below zero, a minus: `-0.001500000`.
pub(super) fn seconds(value: f64) -> String {
    let nanos = Nanos::from_secs_f64(value.abs());
    let minus = if value < 0.0 && nanos > Nanos::ZERO { "-" } else { "" };
    format!("{minus}{nanos}")
}

/// A plain number with six significant digits, never in scientific notation: `9.80392`, `0.00166667`, `1234567`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 314, made non-negative first")]
pub(super) fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = (SIGNIFICANT - 1 - magnitude).max(0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// The number that [`seconds`] writes, for files whose numbers are not text.
pub(super) fn rounded_seconds(value: f64) -> Option<f64> {
    seconds(value).parse().ok()
}

/// The number that [`significant`] writes.
pub(super) fn rounded(value: f64) -> Option<f64> {
    significant(value).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{rounded_seconds, seconds, significant};

    #[test]
    fn seconds_have_nine_digits_and_a_sign_only_where_it_means_something() {
        for (value, text) in [
            (0.105_1, "0.105100000"),
            (-0.001_5, "-0.001500000"),
            (-1e-12, "0.000000000"),
            (250.740_000_001, "250.740000001"),
        ] {
            assert_eq!(seconds(value), text);
        }
        assert_eq!(rounded_seconds(0.1 + 0.2), Some(0.3));
    }

    #[test]
    fn ratios_have_six_digits_whatever_their_size() {
        for (value, text) in [
            (5.0 / 0.51, "9.80392"),
            (1.0 / 600.0, "0.00166667"),
            (1.0, "1"),
            (0.0, "0"),
            (1_234_567.4, "1234567"),
            (1e-9, "0.000000001"),
        ] {
            assert_eq!(significant(value), text);
        }
    }
}
