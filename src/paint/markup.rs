//! SVG text: escaping, numbers, and an element per line, so that a small change of data is a small diff. Knows neither
//! plotters nor figures.

use std::fmt::Write as _;

use crate::format::visible_line;

/// Canvas units per CSS pixel: plotters' coordinates are whole numbers, ours need two decimals.
pub(super) const FINE: i32 = 20;

/// Text for element content and double-quoted attributes. Line breaks and tabs are spaces, hidden characters escapes, those
/// that XML 1.0 cannot hold among them.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in visible_line(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            character => out.push(character),
        }
    }
    out
}

/// The same text as it will be seen: measured text and written text must agree.
pub(super) fn printable(text: &str) -> String {
    visible_line(text).into_owned()
}

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
    use super::{escape, fine, identifier, printable, px};

    #[test]
    fn hostile_text_stays_text() {
        for (text, safe) in [
            ("<script>alert('1')</script>", "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"),
            ("]]> & \"quoted\"", "]]&gt; &amp; &quot;quoted&quot;"),
            ("bell\u{7}null\0esc\u{1b}del\u{7f}c1\u{9b}", "bell\\u{7}null\\u{0}esc\\u{1b}del\\u{7f}c1\\u{9b}"),
            ("a\u{202e}b", r"a\u{202e}b"),
            ("two\nlines\tand\u{ffff}", "two lines and\\u{ffff}"),
        ] {
            assert_eq!(escape(text), safe);
            assert_eq!(escape(&printable(text)), safe);
        }
    }

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
