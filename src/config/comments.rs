//! Comments of a config: where they stand, and whether one holds what looks like a secret. Knows nothing of keys.

use std::ops::Range;

use crate::model::secret::HIDDEN;
use crate::model::secret_text::places_in_text;

/// A shorter text is a part of ordinary words.
const SHORTEST: usize = 4;

/// Where the comments in a part of a text stand, without their `#` and line end. The part lies between text values.
pub(super) fn comments(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let (bytes, mut found, mut at) = (text.as_bytes(), Vec::new(), within.start);
    while at < within.end {
        let line_end = || text[at..within.end].find('\n').map_or(within.end, |length| at + length);
        match bytes[at] {
            b'#' => {
                let end = line_end();
                found.push(at + 1..if bytes[end - 1] == b'\r' { end - 1 } else { end });
                at = end;
            }
            // A key may be quoted, and hold a `#` then.
            b'"' | b'\'' => at = quote_end(bytes, at, line_end()),
            _ => at += 1,
        }
    }
    found
}

/// Behind the quote that closes the one at `start`, if it does so before `line_end`.
fn quote_end(bytes: &[u8], start: usize, line_end: usize) -> usize {
    let mut at = start + 1;
    while at < line_end {
        match bytes[at] {
            b'\\' if bytes[start] == b'"' => at += 2,
            byte if byte == bytes[start] => return at + 1,
            _ => at += 1,
        }
    }
    start + 1
}

/// Whether a comment repeats one of the masked `literals`, or holds what looks like a secret by itself. One that lost a
/// password in a run of an earlier version counts.
pub(super) fn holds_secret(comment: &str, literals: &[String]) -> bool {
    let repeats = |literal: &String| literal.len() >= SHORTEST && comment.contains(literal.as_str());
    literals.iter().any(repeats) || comment.contains(&format!("{HIDDEN}@")) || !places_in_text(comment).is_empty()
}

#[cfg(test)]
mod tests {
    use super::comments;

    #[test]
    fn a_sign_within_a_quoted_key_begins_no_comment() {
        let text = "# one\r\n\"a#b\" = 1 # two\n'c#' = 2 #\n\"d\\\"#\" = 3 # it's \"three\nx = 4";
        let found: Vec<&str> = comments(text, 0..text.len()).into_iter().map(|place| &text[place]).collect();
        assert_eq!(found, [" one", " two", "", " it's \"three"]);
    }
}
