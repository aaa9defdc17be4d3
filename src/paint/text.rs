//! Fonts, and how wide a text is. In: the bundled font and font files that the caller names. Out: widths in CSS pixels
//! that are the same on every machine, wrapped and shortened lines. Must not know figures.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use ab_glyph::{Font, FontRef};
use resvg::usvg::fontdb::{Database, ID, Source};

use super::error::PaintError;
use super::script::Script;
use crate::input::{self, FileKind};

static REGULAR: &[u8] = include_bytes!("font/LiberationSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("font/LiberationSans-Bold.ttf");

/// The bundled font first, then fonts with the same widths.
pub(super) const FAMILY: &str = "Liberation Sans";
pub(super) const FAMILIES: &str = "Liberation Sans, Arimo, Arial, Helvetica, sans-serif";
/// Height above and below the baseline in em, from the bundled font.
pub(super) const ASCENT: f64 = 0.905;
pub(super) const DESCENT: f64 = 0.212;

/// How heavy letters are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Body text.
    #[default]
    Regular,
    /// Titles.
    Bold,
}

/// Everything that text is measured and drawn with. Shared between threads that draw.
#[derive(Debug)]
pub struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
    pub(super) bundled: [ID; 2],
    pub(super) given: Vec<ID>,
    pub(super) database: Arc<Database>,
    system: OnceLock<Arc<Database>>,
}

impl Fonts {
    /// The bundled font, and the font files at `paths` for what it lacks, in that order of preference. Reads the files.
    ///
    /// # Errors
    /// A file that cannot be read or holds no font.
    pub fn load(paths: &[PathBuf]) -> Result<Self, PaintError> {
        let mut database = Database::new();
        let regular = database.load_font_source(Source::Binary(Arc::new(REGULAR)))[0];
        let bold = database.load_font_source(Source::Binary(Arc::new(BOLD)))[0];
        let mut given = Vec::new();
        for path in paths {
            let bytes = input::read(path, FileKind::Font)
                .map_err(|source| PaintError::ReadFont { path: path.clone(), fault: source.to_string() })?;
            let faces = database.load_font_source(Source::Binary(Arc::new(bytes)));
            if faces.is_empty() {
                return Err(PaintError::ReadFont { path: path.clone(), fault: "it holds no font".to_owned() });
            }
            given.extend(faces);
        }
        let parse = |bytes| FontRef::try_from_slice(bytes).expect("the bundled font is a font");
        Ok(Self {
            regular: parse(REGULAR),
            bold: parse(BOLD),
            bundled: [regular, bold],
            given,
            database: Arc::new(database),
            system: OnceLock::new(),
        })
    }

    /// The bundled font alone.
    #[must_use]
    pub fn bundled() -> Self {
        Self::load(&[]).expect("the bundled font is a font")
    }

    /// Whether the bundled font has the character.
    #[must_use]
    pub fn has(&self, character: char) -> bool {
        self.regular.glyph_id(character).0 != 0
    }

    /// The width of `text` in CSS pixels at `size`: exact for the bundled font, estimated on the large side for others.
    #[must_use]
    pub fn width(&self, text: &str, size: f64, weight: Weight) -> f64 {
        let font = match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        };
        let scale = size / f64::from(font.units_per_em().unwrap_or(2048.0));
        let mut previous = None;
        let mut width = 0.0;
        for character in text.chars() {
            let glyph = font.glyph_id(character);
            if glyph.0 == 0 {
                width += Script::of(character).em() * size;
                previous = None;
                continue;
            }
            let kerning = previous.map_or(0.0, |left| f64::from(font.kern_unscaled(left, glyph)));
            width += (f64::from(font.h_advance_unscaled(glyph)) + kerning) * scale;
            previous = Some(glyph);
        }
        width
    }

    /// The database with the fonts of this machine added; slow the first time.
    pub(super) fn with_system(&self) -> &Arc<Database> {
        self.system.get_or_init(|| {
            let mut database = Database::clone(&self.database);
            database.load_system_fonts();
            Arc::new(database)
        })
    }
}

/// A size and weight to measure with.
#[derive(Clone, Copy)]
pub(super) struct Face<'a> {
    pub(super) fonts: &'a Fonts,
    pub(super) size: f64,
    pub(super) weight: Weight,
}

impl Face<'_> {
    pub(super) fn width(&self, text: &str) -> f64 {
        self.fonts.width(text, self.size, self.weight)
    }

    /// Height of one line.
    pub(super) fn line(&self) -> f64 {
        line_height(self.size)
    }

    /// `text` if it fits `width`, else its beginning and `…`; empty where not even that fits.
    pub(super) fn elide(&self, text: &str, width: f64) -> String {
        if self.width(text) <= width {
            return text.to_owned();
        }
        let ends: Vec<usize> = text.char_indices().map(|(index, _)| index).collect();
        let fits = |end: &usize| self.width(&format!("{}…", text[..*end].trim_end())) <= width;
        match ends.partition_point(fits) {
            0 => String::new(),
            count => format!("{}…", text[..ends[count - 1]].trim_end()),
        }
    }

    /// At most `lines` lines no wider than `width`, broken at spaces, after `-` and `_`, or anywhere if need be; what
    /// does not fit is cut with `…`. No line is empty.
    pub(super) fn wrap(&self, text: &str, width: f64, lines: usize) -> Vec<String> {
        let mut rest = text.trim();
        let mut out = Vec::new();
        while !rest.is_empty() && out.len() < lines {
            let line = if out.len() + 1 == lines {
                std::mem::take(&mut rest)
            } else {
                let (line, tail) = rest.split_at(self.break_at(rest, width));
                rest = tail.trim_start();
                line
            };
            out.push(self.elide(line.trim_end(), width));
        }
        out.retain(|line| !line.is_empty());
        out
    }

    /// As [`Face::wrap`], in lines of like length where nothing is cut and no word is broken.
    pub(super) fn balance(&self, text: &str, width: f64, lines: usize) -> Vec<String> {
        let greedy = self.wrap(text, width, lines);
        let even = |share: f64| {
            let even = self.wrap(text, width * share, lines);
            (even.len() == greedy.len() && unbroken(text, &even)).then_some(even)
        };
        let narrower = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];
        if greedy.len() < 2 { greedy } else { narrower.into_iter().find_map(even).unwrap_or(greedy) }
    }

    /// Where the first line of `text` ends.
    fn break_at(&self, text: &str, width: f64) -> usize {
        if self.width(text) <= width {
            return text.len();
        }
        let ends: Vec<usize> = text.char_indices().map(|(index, character)| index + character.len_utf8()).collect();
        let count = ends.partition_point(|end| self.width(text[..*end].trim_end()) <= width).max(1);
        let hard = ends[count - 1];
        ends[..count]
            .iter()
            .rev()
            .copied()
            .find(|end| breakable(text, *end))
            .filter(|end| *end * 3 > hard)
            .unwrap_or(hard)
    }
}

/// Whether a line may end before byte `end` without breaking a word.
fn breakable(text: &str, end: usize) -> bool {
    let before = text[..end].chars().next_back().unwrap_or(' ');
    let after = text[end..].chars().next().unwrap_or(' ');
    before == ' ' || after == ' ' || "-_/".contains(before) || Script::of(before).em() == 1.0
}

/// Whether `lines` are all of `text`, broken only where words may be.
fn unbroken(text: &str, lines: &[String]) -> bool {
    let mut rest = text.trim();
    lines.iter().all(|line| match rest.strip_prefix(line.as_str()) {
        Some(tail) => {
            let allowed = tail.is_empty() || breakable(rest, line.len());
            rest = tail.trim_start();
            allowed
        }
        None => false,
    }) && rest.is_empty()
}

/// Height of a line of text of this size.
pub(super) fn line_height(size: f64) -> f64 {
    (size * 1.3).ceil()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Face, Fonts, Weight};

    #[test]
    fn wrapped_lines_fit_and_lose_nothing_while_there_is_room() {
        let fonts = Fonts::bundled();
        let face = Face { fonts: &fonts, size: 14.0, weight: Weight::Regular };
        for text in
            ["a rather long name of a strategy", "multi_process_pool_with_twenty_workers", "请求次数请求次数请求次数"]
        {
            let lines = face.wrap(text, 90.0, 9);
            assert!(lines.len() > 1, "{lines:?}");
            assert!(lines.iter().all(|line| face.width(line) <= 90.0), "{lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
            let short = face.wrap(text, 90.0, 1);
            assert!(short.len() == 1, "{short:?}");
            assert!(short[0].ends_with('…'), "{short:?}");
            assert!(face.width(&short[0]) <= 90.0, "{short:?}");
        }
        assert!(face.wrap("x", 1.0, 3).is_empty());
    }

    #[test]
    fn an_unreadable_font_names_its_path() {
        for (path, part) in [("/no/such/font.ttf", "/no/such/font.ttf"), ("Cargo.toml", "holds no font")] {
            let fault = Fonts::load(&[PathBuf::from(path)]).unwrap_err().to_string();
            assert!(fault.contains("read font"), "{fault}");
            assert!(fault.contains(part), "{fault}");
        }
    }
}
