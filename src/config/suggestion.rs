//! What a misspelled name was meant to be, and how names stand in messages. Text in, text out; the only user of strsim.

use crate::format::visible;

/// The candidate nearest to `word` by edits, upper and lower case alike; `None` when nothing is near: more than a
/// third of the longer one's letters would have to change.
pub(super) fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Edit distance costs the product of both lengths, and no name is this long.
    let word: String = word.to_lowercase().chars().take(250).collect();
    let distance = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let longer = candidate.chars().count().max(word.chars().count());
        let edits = strsim::osa_distance(&word, &candidate);
        (edits <= (longer / 3).max(1) && edits < longer).then_some(edits)
    };
    candidates
        .into_iter()
        .filter_map(|name| Some((distance(name)?, name)))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, n)| n)
}

/// A text from the file as it stands in a message: in backticks, hidden characters escaped, at most 60 characters.
pub(super) fn quoted(text: &str) -> String {
    let escape = |c: char| if matches!(c, '\n' | '\r' | '\t') { c.escape_default().to_string() } else { c.to_string() };
    let escaped: String = visible(text).chars().map(escape).collect();
    if escaped.chars().count() <= 60 {
        return format!("`{escaped}`");
    }
    let start: String = escaped.chars().take(59).collect();
    format!("`{start}…`")
}

/// Names as a list for people, at most twelve of them: `a, b, c`.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(12).map(|name| quoted(name).trim_matches('`').to_owned()).collect();
    match names.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{listed, quoted, suggestion};

    #[test]
    fn small_slips_are_understood_and_strangers_are_not() {
        let names = ["delay", "jitter", "max-concurrent", "thread-pool", "async", "svg"];
        for (word, expected) in [
            ("dely", Some("delay")),
            ("dealy", Some("delay")),
            ("DELAY", Some("delay")),
            ("max_concurrent", Some("max-concurrent")),
            ("threadpool", Some("thread-pool")),
            ("asyncio", Some("async")),
            ("sgv", Some("svg")),
            ("", None),
            ("colour", None),
            ("x", None),
        ] {
            assert_eq!(suggestion(word, names), expected, "{word}");
        }
        assert_eq!(suggestion(&"long".repeat(100_000), names), None);
    }

    #[test]
    fn texts_stay_on_one_line_of_a_message() {
        assert_eq!(quoted("a\nb"), r"`a\nb`");
        assert_eq!(quoted(&"ü".repeat(61)), format!("`{}…`", "ü".repeat(59)));
        assert_eq!(listed(["x"; 14]), "x, x, x, x, x, x, x, x, x, x, x, x and 2 more");
    }
}
