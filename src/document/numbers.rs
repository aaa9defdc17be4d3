//! How data stand in files: seconds with nanosecond digits, ratios with six significant ones, objects with their keys in
//! order.

use crate::format::significant;
use crate::model::Nanos;

/// Seconds with nanosecond digits and, below zero, a minus: `-0.001500000`.
pub(super) fn seconds(value: f64) -> String {
    let nanos = Nanos::from_secs_f64(value.abs());
    let minus = if value < 0.0 && nanos > Nanos::ZERO { "-" } else { "" };
    format!("{minus}{nanos}")
}

/// The number that [`seconds`] writes, for files whose numbers are not text.
pub(super) fn rounded_seconds(value: f64) -> Option<f64> {
    seconds(value).parse().ok()
}

/// The number that [`significant`] writes.
pub(super) fn rounded(value: f64) -> Option<f64> {
    significant(value).parse().ok()
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
    use super::{rounded_seconds, seconds};

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
