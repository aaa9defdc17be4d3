//! Which script a character is written in, and which font families are likely to have it. Text that the bundled font
//! cannot show is cut into runs of one script each, so that one font draws a whole run. Knows no font files.

/// A writing system, as far as fonts differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Script {
    Chinese,
    Japanese,
    Korean,
    Arabic,
    Hebrew,
    Devanagari,
    Thai,
    Other,
}

/// Script, its families in order of preference, and the average width of a character in em, on the large side.
const SCRIPTS: &[(Script, &[&str], f64)] = &[
    (
        Script::Chinese,
        &["Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei"],
        1.0,
    ),
    (Script::Japanese, &["Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", "IPAGothic"], 1.0),
    (Script::Korean, &["Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic"], 1.0),
    (Script::Arabic, &["Noto Sans Arabic", "Geeza Pro", "Segoe UI", "Noto Naskh Arabic"], 0.8),
    (Script::Hebrew, &["Noto Sans Hebrew", "Arial Hebrew", "Segoe UI"], 0.7),
    (Script::Devanagari, &["Noto Sans Devanagari", "Kohinoor Devanagari", "Nirmala UI"], 0.8),
    (Script::Thai, &["Noto Sans Thai", "Thonburi", "Leelawadee UI"], 0.7),
    (Script::Other, &["Noto Sans", "Noto Sans Symbols", "Noto Sans Symbols 2", "Segoe UI Symbol"], 1.1),
];

impl Script {
    /// The script of a character that the bundled font lacks.
    pub(super) fn of(character: char) -> Self {
        match u32::from(character) {
            0x0590..=0x05FF | 0xFB1D..=0xFB4F => Self::Hebrew,
            0x0600..=0x06FF | 0x0750..=0x077F | 0x08A0..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => Self::Arabic,
            0x0900..=0x097F | 0xA8E0..=0xA8FF => Self::Devanagari,
            0x0E00..=0x0E7F => Self::Thai,
            0x3040..=0x30FF | 0x31F0..=0x31FF => Self::Japanese,
            0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7FF => Self::Korean,
            0x2E80..=0x303F | 0x3100..=0x312F | 0x31A0..=0x9FFF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F => Self::Chinese,
            0xFF00..=0xFFEF | 0x20000..=0x3FFFF => Self::Chinese,
            _ => Self::Other,
        }
    }

    /// Families that are likely to have it, best first; the first one names the script in an SVG.
    pub(super) fn families(self) -> &'static [&'static str] {
        self.entry().1
    }

    /// The script that a family list starting with `first` stands for.
    pub(super) fn of_families(first: &str) -> Option<Self> {
        SCRIPTS.iter().find(|(_, families, _)| families[0] == first).map(|(script, ..)| *script)
    }

    /// Estimated advance in em.
    pub(super) fn em(self) -> f64 {
        self.entry().2
    }

    /// Whether its letters join, so that a font may draw several with one glyph.
    pub(super) fn joins(self) -> bool {
        matches!(self, Self::Arabic | Self::Hebrew | Self::Devanagari | Self::Thai)
    }

    fn entry(self) -> &'static (Self, &'static [&'static str], f64) {
        SCRIPTS.iter().find(|(script, ..)| *script == self).expect("each script has its line in SCRIPTS")
    }
}

/// Cuts `text` into runs: `None` is drawn by the bundled font, `Some` by a font for that script. Spaces between two
/// characters of one script stay with it. In a text with kana, Han characters count as Japanese.
pub(super) fn runs(text: &str, bundled: impl Fn(char) -> bool) -> Vec<(Option<Script>, &str)> {
    let japanese = text.chars().any(|character| Script::of(character) == Script::Japanese);
    let script = |character: char| match Script::of(character) {
        _ if bundled(character) => None,
        Script::Chinese if japanese => Some(Script::Japanese),
        other => Some(other),
    };
    let mut runs: Vec<(Option<Script>, usize)> = Vec::new();
    for (start, character) in text.char_indices() {
        let own = script(character);
        let next = text[start..].chars().find(|character| *character != ' ').and_then(script);
        match runs.last() {
            Some((last, _)) if *last == own || (character == ' ' && *last == next) => {}
            _ => runs.push((own, start)),
        }
    }
    let ends = runs.iter().skip(1).map(|(_, start)| *start).chain([text.len()]);
    runs.iter().zip(ends).map(|((script, start), end)| (*script, &text[*start..end])).collect()
}

#[cfg(test)]
mod tests {
    use super::{Script, runs};

    #[test]
    fn a_run_is_one_script() {
        let latin = |character: char| character.is_ascii();
        type Runs = &'static [(Option<Script>, &'static str)];
        let cases: &[(&str, Runs)] = &[
            ("", &[]),
            ("async", &[(None, "async")]),
            ("线程 pool", &[(Some(Script::Chinese), "线程"), (None, " pool")]),
            ("عدد الطلبات", &[(Some(Script::Arabic), "عدد الطلبات")]),
            ("n 東京リク x", &[(None, "n "), (Some(Script::Japanese), "東京リク"), (None, " x")]),
            ("한국 ☃", &[(Some(Script::Korean), "한국"), (None, " "), (Some(Script::Other), "☃")]),
        ];
        for (text, expected) in cases {
            assert_eq!(&runs(text, latin), expected, "{text}");
        }
    }

    #[test]
    fn a_scripts_first_family_names_it() {
        for script in [Script::Chinese, Script::Japanese, Script::Arabic, Script::Other] {
            assert_eq!(Script::of_families(script.families()[0]), Some(script));
        }
        assert_eq!(Script::of_families("Comic Sans MS"), None);
    }
}
