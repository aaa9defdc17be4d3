//! Text of others, safe to show: characters that a reader does not see, or that move what is around them, become escapes
//! such as `\u{202e}`. Every output but CSV and JSON passes through here. Letters that look alike are not told apart.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A text of several lines: line ends (`\n`, `\r\n`) and tabs stay. Borrowed where nothing is escaped. Showing the result
/// again changes nothing. Cost: one pass.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    replaced(text, |character, next| match character {
        '\n' | '\t' => Some(character),
        '\r' if next == Some('\n') => Some(character),
        _ => None,
    })
}

/// A text that stands on one line, such as a name: line ends and tabs are spaces.
#[must_use]
pub fn visible_line(text: &str) -> Cow<'_, str> {
    replaced(text, |character, _| matches!(character, '\n' | '\r' | '\t').then_some(' '))
}

/// A name as it may be shown on a terminal: one line, hidden characters as escapes, at most `width` characters.
#[must_use]
pub fn shown(name: &str, width: usize) -> String {
    let clean = visible_line(name).into_owned();
    if clean.chars().count() <= width {
        return clean;
    }
    clean.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// As [`visible`], for a text that this program has put colours into: sequences that only set them (`ESC [ 1 ; 31 m`)
/// stay.
#[must_use]
pub fn visible_styled(text: &str) -> String {
    let mut pieces = text.split('\u{1b}');
    let mut out = visible(pieces.next().unwrap_or_default()).into_owned();
    for piece in pieces {
        let end = piece.strip_prefix('[').and_then(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
            rest[end..].starts_with('m').then_some(end + 2)
        });
        let (escape, rest) = piece.split_at(end.unwrap_or(0));
        out.push_str(if end.is_some() { "\u{1b}" } else { r"\u{1b}" });
        out.push_str(escape);
        out.push_str(&visible(rest));
    }
    out
}

/// Whether a character alone is shown as an escape. Line ends and tabs are, too.
#[must_use]
pub const fn is_hidden(character: char) -> bool {
    hides(character, None)
}

/// `white_space` says what stands in place of a control character with the one after it, if it is no escape.
fn replaced(text: &str, white_space: impl Fn(char, Option<char>) -> Option<char>) -> Cow<'_, str> {
    let Some(first) = text.char_indices().find_map(|(at, c)| (!is_plain(c)).then_some(at)) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    let mut before = text[..first].chars().next_back();
    let mut rest = text[first..].chars().peekable();
    while let Some(character) = rest.next() {
        match white_space(character, rest.peek().copied()) {
            Some(shown) => out.push(shown),
            // Writing to a string cannot fail.
            None if hides(character, before) => drop(write!(out, "{}", character.escape_unicode())),
            None => out.push(character),
        }
        before = Some(character);
    }
    if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

/// Whether a character can be passed over fast: most of all text.
const fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{4e00}'..='\u{9fff}')
}

/// Controls; line and paragraph separators; what Unicode calls `Default_Ignorable_Code_Point`, which a reader does not
/// see; annotation marks and noncharacters. `before` is the character before it.
const fn hides(character: char, before: Option<char>) -> bool {
    match character {
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' => true,
        '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}' => true,
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' => true,
        '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' => true,
        '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180d}' | '\u{180f}' => !is_joined(before),
        '\u{fe00}'..='\u{fe0f}' => !has_variants(before),
        '\u{e0100}'..='\u{e01ef}' => !is_ideograph(before),
        '\u{e0000}'..='\u{e0fff}' => true,
        _ => character as u32 & 0xfffe == 0xfffe,
    }
}

/// Whether a joiner behind this character is spelling: scripts whose letters join, and emoji.
const fn is_joined(before: Option<char>) -> bool {
    matches!(
        before,
        // Arabic and its neighbours, the scripts of India, Myanmar, Khmer, Mongolian, and their further blocks.
        Some(
            '\u{600}'..='\u{61b}' | '\u{61d}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17b3}'
            | '\u{17b6}'..='\u{180a}' | '\u{1810}'..='\u{18af}' | '\u{1900}'..='\u{1cff}' | '\u{a800}'..='\u{abff}'
            | '\u{fb50}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10a00}'..='\u{11fff}'
            // Emoji, and the selector that makes a symbol one.
            | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}' | '\u{fe0f}'
        )
    )
}

/// Whether a variation selector behind this character chooses between pictures of it.
const fn has_variants(before: Option<char>) -> bool {
    let of_ascii = matches!(before, Some('0'..='9' | '#' | '*' | '©' | '®'));
    let symbol = matches!(before, Some('\u{203c}'..='\u{205f}' | '\u{2070}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}'));
    of_ascii
        || symbol
        || is_ideograph(before)
        || matches!(before, Some('\u{1000}'..='\u{109f}' | '\u{a840}'..='\u{a87f}'))
}

const fn is_ideograph(before: Option<char>) -> bool {
    matches!(
        before,
        Some('\u{2e80}'..='\u{3163}' | '\u{3165}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
    )
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::{any, proptest};

    use super::{shown, visible, visible_line, visible_styled};

    /// What an outsider may put into a name to move or hide text.
    const HOSTILE: [(&str, &str); 14] = [
        ("a\u{202e}b", r"a\u{202e}b"),
        ("a\u{2066}b\u{2069}", r"a\u{2066}b\u{2069}"),
        ("\u{200e}\u{200f}\u{61c}", r"\u{200e}\u{200f}\u{61c}"),
        ("a\u{1b}[2Jb", r"a\u{1b}[2Jb"),
        ("nul\0bell\u{7}del\u{7f}", r"nul\u{0}bell\u{7}del\u{7f}"),
        ("c1\u{9b}31m\u{85}", r"c1\u{9b}31m\u{85}"),
        ("zero\u{200b}width\u{2060}\u{feff}", r"zero\u{200b}width\u{2060}\u{feff}"),
        ("soft\u{ad}hyphen", r"soft\u{ad}hyphen"),
        ("tags\u{e0041}\u{e007f}", r"tags\u{e0041}\u{e007f}"),
        ("filler\u{3164}\u{115f}\u{ffa0}", r"filler\u{3164}\u{115f}\u{ffa0}"),
        ("ad\u{200d}min\u{200c}", r"ad\u{200d}min\u{200c}"),
        ("a\u{fe0f}b\u{e0100}", r"a\u{fe0f}b\u{e0100}"),
        ("line\u{2028}paragraph\u{2029}", r"line\u{2028}paragraph\u{2029}"),
        ("no\u{fffe}\u{1ffff}\u{fdd0}", r"no\u{fffe}\u{1ffff}\u{fdd0}"),
    ];

    #[test]
    fn hidden_characters_are_escapes() {
        for (text, shown) in HOSTILE {
            assert_eq!(visible(text), shown);
            assert_eq!(visible_line(text), shown);
        }
    }

    #[test]
    fn spelling_stays() {
        for text in [
            "multithread (6)",
            "请求次数 · Größe ±µ",
            "👩\u{200d}💻 ❤\u{fe0f}\u{200d}🔥 1\u{fe0f}\u{20e3} 🏳\u{fe0f}\u{200d}🌈",
            "می\u{200c}خواهم",
            "क\u{94d}\u{200d}ष",
            "葛\u{e0100}飾",
            "עברית العربية",
            r"C:\dir\u{202e}",
            "a\u{301}e\u{308}",
        ] {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
            assert_eq!(visible_line(text), text);
        }
    }

    #[test]
    fn lines_and_tabs_stay_in_a_text_and_are_spaces_in_a_name() {
        let text = "one\ntwo\r\n\tthree\r";
        assert_eq!(visible(text), "one\ntwo\r\n\tthree\\u{d}");
        assert_eq!(visible_line(text), "one two   three ");
    }

    #[test]
    fn of_terminal_sequences_only_colours_stay() {
        let text = "\u{1b}[1m\u{1b}[38;5;9merror\u{1b}[0m \u{1b}[2J\u{1b}]0;title\u{7}\u{1b}[m \u{202e}\u{1b}";
        let shown = "\u{1b}[1m\u{1b}[38;5;9merror\u{1b}[0m \\u{1b}[2J\\u{1b}]0;title\\u{7}\u{1b}[m \\u{202e}\\u{1b}";
        assert_eq!(visible_styled(text), shown);
    }

    #[test]
    fn names_cannot_move_the_cursor() {
        assert_eq!(shown("a\u{1b}[2Jb\nc\u{202e}", 40), r"a\u{1b}[2Jb c\u{202e}");
        assert_eq!(shown("abcdef", 4), "abc…");
        assert_eq!(shown("请求次数", 4), "请求次数");
    }

    proptest! {
        #[test]
        fn nothing_changes_a_second_time_and_no_control_is_left(text in any::<String>()) {
            let once = visible_line(&text).into_owned();
            assert!(!once.contains(char::is_control));
            assert_eq!(visible_line(&once), once.as_str());
            let whole = visible(&text).into_owned();
            assert_eq!(visible(&whole), whole.as_str());
        }
    }
}
