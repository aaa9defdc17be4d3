//! SVG text: numbers, ids, and an element per line, so that a small change of data is a small diff. Knows neither
//! plotters nor figures.

use std::fmt::Write as _;

/// Canvas units per CSS pixel: plotters' coordinates are whole numbers, ours need two decimals.
pub(super) const FINE: i32 = 20;

/// Only lower-case letters, digits and hyphens, as an id must be; `figure` where nothing is left.
pub(super) fn identifier(text: &str) -> String {
    let kept: String = text
        .to_lowercase()
        .chars()
        .filter(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || *character == '-')
        .collect();
    if kept.is_empty() { "figure".to_owned() } else { kept }
}

/// A length in canvas units as CSS pixels with at most two decimals.
pub(super) fn px(fine: i32) -> String {
    let sign = if fine < 0 { "-" } else { "" };
    let (whole, hundredths) = (fine.unsigned_abs() / 20, fine.unsigned_abs() % 20 * 5);
    match (hundredths, hundredths % 10) {
        (0, _) => format!("{sign}{whole}"),
        (_, 0) => format!("{sign}{whole}.{}", hundredths / 10),
        _ => format!("{sign}{whole}.{hundredths:02}"),
    }
}

/// A length in CSS pixels as canvas units.
#[expect(clippy::cast_possible_truncation, reason = "a float cast saturates, and no picture is that large")]
pub(super) fn fine(length: f64) -> i32 {
    (length * f64::from(FINE)).round() as i32
}

/// Points as `x,y x,y`.
pub(super) fn points(points: impl Iterator<Item = (i32, i32)>) -> String {
    let mut out = String::new();
    for (x, y) in points {
        let gap = if out.is_empty() { "" } else { " " };
        let _ = write!(out, "{gap}{},{}", px(x), px(y));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{fine, identifier, px};

    #[test]
    fn lengths_have_at_most_two_decimals() {
        for (length, text) in [(0.0, "0"), (1.0, "1"), (-0.5, "-0.5"), (12.05, "12.05"), (3.333, "3.35"), (0.01, "0")] {
            assert_eq!(px(fine(length)), text);
        }
    }

    #[test]
    fn ids_are_plain() {
        for (text, id) in [("duration-log", "duration-log"), ("Ä \"x\" 1", "x1"), ("时间", "figure")] {
            assert_eq!(identifier(text), id);
        }
    }
}
