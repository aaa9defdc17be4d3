//! How data stand in files: seconds with nanosecond digits, ratios with six significant ones, objects with their keys in
//! order.

use crate::format::{significant, significant_parts};
use crate::model::Nanos;

/// Seconds with nanosecond digits and, below zero, a minus: `-0.001500000`.
pub(super) fn seconds(value: f64) -> String {
    let nanos = Nanos::from_secs_f64(value.abs());
    let minus = if value < 0.0 && nanos > Nanos::ZERO { "-" } else { "" };
    format!("{minus}{nanos}")
}

/// Up to this whole number floats are exact, and a quotient of two of them is the float nearest to it.
const EXACT: u64 = 1 << 53;

/// The number that [`seconds`] writes, for files whose numbers are not text.
pub(super) fn rounded_seconds(value: f64) -> Option<f64> {
    let nanos = Nanos::from_secs_f64(value.abs());
    if nanos.0 < EXACT && nanos > Nanos::ZERO {
        return Some(nanos.as_secs_f64().copysign(value));
    }
    seconds(value).parse().ok()
}

/// The number that [`significant`] writes.
pub(super) fn rounded(value: f64) -> Option<f64> {
    match significant_parts(value) {
        Some((whole, decimals)) => Some(whole as f64 / 10_u64.pow(decimals) as f64),
        None => significant(value).parse().ok(),
    }
}

/// Appends what [`seconds`] writes.
pub(super) fn append_seconds(out: &mut Vec<u8>, value: f64) {
    let nanos = Nanos::from_secs_f64(value.abs());
    if value < 0.0 && nanos > Nanos::ZERO {
        out.push(b'-');
    }
    append_decimal(out, (nanos.0, 9), false);
}

/// Appends what [`significant`] writes.
pub(super) fn append_ratio(out: &mut Vec<u8>, value: f64) {
    match significant_parts(value) {
        Some(parts) => append_decimal(out, parts, true),
        None => out.extend_from_slice(significant(value).as_bytes()),
    }
}

/// Appends a whole number, so often divided by ten, with or without zeros at its end.
fn append_decimal(out: &mut Vec<u8>, (whole, decimals): (u64, u32), is_trimmed: bool) {
    let unit = 10_u64.pow(decimals);
    append_count(out, whole / unit);
    let (mut rest, mut digits) = (whole % unit, decimals);
    while is_trimmed && digits > 0 && rest % 10 == 0 {
        (rest, digits) = (rest / 10, digits - 1);
    }
    if digits > 0 {
        out.push(b'.');
        let start = out.len();
        for _ in 0..digits {
            out.push(b'0' + (rest % 10) as u8);
            rest /= 10;
        }
        out[start..].reverse();
    }
}

/// Appends a whole number.
pub(super) fn append_count(out: &mut Vec<u8>, mut number: u64) {
    let start = out.len();
    loop {
        out.push(b'0' + (number % 10) as u8);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out[start..].reverse();
}

/// An object of JSON with these keys, in this order: a struct whose fields have the types of the values. Its type
/// parameters are called like its fields.
macro_rules! object {
    ($($(#[$attribute:meta])* $key:ident: $value:expr,)*) => {{
        #[derive(serde::Serialize)]
        struct Object<$($key),*> {
            $($(#[$attribute])* $key: $key,)*
        }
        Object { $($key: $value,)* }
    }};
}

pub(super) use object;

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{append_count, append_ratio, append_seconds, rounded, rounded_seconds, seconds};
    use crate::format::significant;

    fn appended(append: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        append(&mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_appended_is_what_is_written(digits in 0..100_000_000_u64, exponent in -16_i32..4, whole in 0_u64..) {
            for value in [digits as f64 * 10_f64.powi(exponent), -(digits as f64)] {
                prop_assert_eq!(appended(|out| append_seconds(out, value)), seconds(value));
                prop_assert_eq!(appended(|out| append_ratio(out, value)), significant(value));
                prop_assert_eq!(rounded_seconds(value), seconds(value).parse().ok());
                prop_assert_eq!(rounded(value), significant(value).parse().ok());
            }
            prop_assert_eq!(appended(|out| append_count(out, whole)), whole.to_string());
        }
    }

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
}
