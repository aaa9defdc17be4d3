//! Text of others within XML and HTML.

use super::visible::visible_line;

/// Text for element content and for attributes, double-quoted or single-quoted. Line breaks and tabs are spaces, hidden
/// characters escapes, those that XML 1.0 cannot hold among them.
#[must_use]
pub fn escaped(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::{escaped, visible_line};

    #[test]
    fn hostile_text_stays_text() {
        for (text, safe) in [
            ("<script>alert('1')</script>", "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"),
            ("]]> & \"quoted\"", "]]&gt; &amp; &quot;quoted&quot;"),
            ("bell\u{7}null\0esc\u{1b}del\u{7f}c1\u{9b}", "bell\\u{7}null\\u{0}esc\\u{1b}del\\u{7f}c1\\u{9b}"),
            ("a\u{202e}b", r"a\u{202e}b"),
            ("two\nlines\tand\u{ffff}", "two lines and\\u{ffff}"),
        ] {
            assert_eq!(escaped(text), safe);
            assert_eq!(escaped(&visible_line(text)), safe);
        }
    }
}
