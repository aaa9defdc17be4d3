//! Numbers as text, with no more digits than needed.

/// Digits of a ratio in files.
const SIGNIFICANT: i32 = 6;
/// Between groups of three digits: a narrow space, since a comma is a decimal sign to half of the readers (ISO 80000-1).
const THIN: char = '\u{202f}';

/// At most so many decimals, without zeros at the end: `1.5`, `2`.
#[must_use]
pub fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Three significant digits for people, with zeros at the end; digits before the point are never rounded away: `0.123`,
/// `9.80`, `101`, `12345`, `0`.
#[must_use]
pub fn three_digits(value: f64) -> String {
    format!("{value:.*}", decimals(value, 3))
}

/// Decimals with which a number has so many significant digits; 0 for 0.
#[must_use]
pub fn decimals(value: f64, digits: usize) -> usize {
    // Its exponent once it is rounded: 9.996 is 10.0.
    let rounded = format!("{value:.*e}", digits - 1);
    let exponent = rounded.rsplit('e').next().and_then(|exponent| exponent.parse::<i32>().ok());
    let shift =
        exponent.filter(|_| value != 0.0).map_or(0, |exponent| i32::try_from(digits - 1).unwrap_or(0) - exponent);
    usize::try_from(shift).unwrap_or(0)
}

/// At most two decimals, fewer where there are digits before the point: `0.12`, `9.8`, `101`.
#[must_use]
pub fn short(value: f64) -> String {
    let decimals = match value.abs() {
        large if large >= 100.0 => 0,
        middle if middle >= 10.0 => 1,
        _ => 2,
    };
    trimmed(value, decimals)
}

/// A share with at most so many decimals: `5 %`, `2.5 %`.
#[must_use]
pub fn percent(share: f64, decimals: usize) -> String {
    format!("{} %", trimmed(share * 100.0, decimals))
}

/// Six significant digits for files, never in scientific notation: `9.80392`, `0.00166667`, `1234567`.
#[must_use]
pub fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    trimmed(value, significant_decimals(value) as usize)
}

/// The number that [`significant`] writes, as a whole number and how often it is divided by ten: without making a text of
/// it, which takes ten times as long. `None` where a float cannot tell how it is rounded.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10⁹")]
pub fn significant_parts(value: f64) -> Option<(u64, u32)> {
    if !(SMALL..LARGE).contains(&value) {
        return None;
    }
    let decimals = significant_decimals(value);
    let scaled = value * 10_f64.powi(decimals as i32);
    let is_between = (scaled.fract() - 0.5).abs() < UNSURE;
    (!is_between).then_some((scaled.round() as u64, decimals))
}

/// Values for which [`significant_parts`] are exact: powers of ten up to the 22nd are exact floats.
const SMALL: f64 = 1e-9;
const LARGE: f64 = 1e9;
/// Nearer to the middle between two whole numbers than this, multiplying may have moved a number to the other side.
const UNSURE: f64 = 1e-5;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 314, made non-negative first")]
fn significant_decimals(value: f64) -> u32 {
    let magnitude = value.abs().log10().floor() as i32;
    (SIGNIFICANT - 1 - magnitude).max(0) as u32
}

/// A whole number with its digits in groups of three: `10 000`.
#[must_use]
pub fn grouped(number: impl ToString + Copy) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(THIN);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{grouped, percent, short, significant, significant_parts, three_digits};

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

    proptest! {
        #[test]
        fn the_parts_of_a_ratio_are_those_of_its_text(digits in 1..10_000_000_u64, exponent in -16_i32..4) {
            // Short decimals are often in the middle between two texts.
            let value = digits as f64 * 10_f64.powi(exponent);
            if let Some((whole, decimals)) = significant_parts(value) {
                let text = format!("{:.*}", decimals as usize, whole as f64 / 10_f64.powi(decimals as i32));
                let number = |text: &str| text.parse::<f64>().unwrap();
                prop_assert_eq!(number(&significant(value)), number(&text));
                prop_assert_eq!(number(&significant(value)), whole as f64 / 10_f64.powi(decimals as i32));
            }
        }
    }

    #[test]
    fn most_numbers_have_parts() {
        assert_eq!(significant_parts(5.0 / 0.51), Some((980_392, 5)));
        assert_eq!([0.0, -1.0, 1e10, 1e-10, 1.000_005, f64::NAN].map(significant_parts), [None; 6]);
    }

    #[test]
    fn measured_numbers_have_three_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.001_234, "0.00123"),
            (0.5, "0.500"),
            (2.0, "2.00"),
            (9.996, "10.0"),
            (99.51, "99.5"),
            (99.96, "100"),
            (12_345.6, "12346"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(three_digits(value), text);
        }
    }

    #[test]
    fn other_numbers_have_no_more_digits_than_needed() {
        for (value, text) in
            [(0.0, "0"), (0.123, "0.12"), (9.804, "9.8"), (99.51, "99.5"), (498.2, "498"), (100.0, "100")]
        {
            assert_eq!(short(value), text);
        }
        assert_eq!(
            [(0.05, 2), (0.025, 2), (0.9876, 1)].map(|(share, most)| percent(share, most)),
            ["5 %", "2.5 %", "98.8 %"]
        );
    }

    #[test]
    fn digits_stand_in_groups_of_three() {
        assert_eq!([1, 123, 1_234, 1_234_567].map(grouped), ["1", "123", "1\u{202f}234", "1\u{202f}234\u{202f}567"]);
    }
}
