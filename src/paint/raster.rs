//! The same SVG in pixels. resvg shapes and draws; which font draws what is decided here: the bundled one first, then
//! the files that the caller named, then the system's, which are read only when something is still missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ab_glyph::{Font as _, FontRef};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, FaceInfo, ID, Style};
use resvg::usvg::{self, FontFamily, FontResolver, Options, Tree, roxmltree};

use super::error::PaintError;
use super::script::{Script, runs};
use super::text::{FAMILY, Fonts};

/// Pixels per CSS pixel.
const SCALE: f32 = 2.0;
/// Twice 96 per inch, so that programs that heed it show the picture in its own size.
const PIXELS_PER_METRE: u32 = 7559;

/// A picture in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Png {
    /// The file's content.
    pub bytes: Vec<u8>,
    /// Characters for which neither the bundled font, nor the given ones, nor the system's have a glyph; ascending.
    pub missing: Vec<char>,
}

/// Draws `svg` at twice its size. The same bytes for the same SVG and fonts on the same kind of processor.
///
/// # Errors
/// Text that is no SVG, or a picture too large to draw.
pub fn png(svg: &str, fonts: &Fonts) -> Result<Png, PaintError> {
    let broken = |fault: &dyn std::fmt::Display| PaintError::Rasterise { fault: fault.to_string() };
    let document = roxmltree::Document::parse(svg).map_err(|fault| broken(&fault))?;
    let fallback = FontFallback::of(&document, fonts);
    let tree = Tree::from_xmltree(&document, &fallback.options(fonts)).map_err(|fault| broken(&fault))?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| broken(&"the picture is too large"))?;
    let mut pixmap = Pixmap::new(size.width(), size.height()).ok_or_else(|| broken(&"the picture is too large"))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
    let bytes = encode(&pixmap).map_err(|fault| broken(&fault))?;
    Ok(Png { bytes, missing: fallback.missing.into_iter().collect() })
}

/// The background is opaque, so that three bytes hold a pixel. No filter: flat colours repeat better as they are.
fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let pixels = without_alpha(pixmap.data());
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: PIXELS_PER_METRE,
        yppu: PIXELS_PER_METRE,
        unit: png::Unit::Meter,
    }));
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(bytes)
}

/// Red, green and blue of pixels of red, green, blue and alpha. Four pixels at a time: one by one, this took two thirds of the
/// time to draw a picture in a build without optimisation, which tests are.
fn without_alpha(pixels: &[u8]) -> Vec<u8> {
    const COLOURS: u128 = 0xFF_FFFF;
    let (fours, rest) = pixels.as_chunks::<16>();
    let mut colours = Vec::with_capacity(pixels.len() / 4 * 3);
    for four in fours {
        let four = u128::from_le_bytes(*four);
        let [first, second] = [four & COLOURS, four >> 8 & COLOURS << 24];
        let [third, fourth] = [four >> 16 & COLOURS << 48, four >> 24 & COLOURS << 72];
        colours.extend_from_slice(&(first | second | third | fourth).to_le_bytes()[..12]);
    }
    for pixel in rest.as_chunks::<4>().0 {
        colours.extend_from_slice(&pixel[..3]);
    }
    colours
}

/// Which fonts draw the text that the bundled font cannot.
#[derive(Debug)]
struct FontFallback {
    database: Arc<Database>,
    /// By script and boldness, best first.
    fonts: BTreeMap<(Script, bool), Vec<ID>>,
    /// Characters that no font has.
    missing: BTreeSet<char>,
}

impl FontFallback {
    fn of(document: &roxmltree::Document<'_>, fonts: &Fonts) -> Self {
        let mut fallback =
            Self { database: Arc::clone(&fonts.database), fonts: BTreeMap::new(), missing: BTreeSet::new() };
        for (script, characters) in foreign(document, fonts) {
            let mut chosen =
                [false, true].map(|bold| choose(&fallback.database, &fonts.given, (script, bold), &characters));
            if !chosen[0].1.is_empty() {
                fallback.database = Arc::clone(fonts.with_system());
                let mut ids = fonts.given.clone();
                ids.extend(fallback.database.faces().map(|face| face.id).filter(|id| !fonts.bundled.contains(id)));
                chosen = [false, true].map(|bold| choose(&fallback.database, &ids, (script, bold), &characters));
            }
            for (bold, (ids, missing)) in [false, true].into_iter().zip(chosen) {
                fallback.missing.extend(missing);
                fallback.fonts.insert((script, bold), ids);
            }
        }
        fallback
    }

    fn options<'a>(&'a self, fonts: &'a Fonts) -> Options<'a> {
        let select_font = move |font: &usvg::Font, _: &mut Arc<Database>| {
            let bold = font.weight() >= 600;
            let script = font.families().iter().find_map(|family| match family {
                FontFamily::Named(name) if name != FAMILY => Script::of_families(name),
                _ => None,
            });
            let foreign = script.and_then(|script| self.fonts.get(&(script, bold))?.first().copied());
            Some(foreign.unwrap_or(fonts.bundled[usize::from(bold)]))
        };
        // Text in several scripts is shaped as a whole with each font in turn. To let the bundled font fall back as well
        // would draw Latin letters in the other script's font.
        let select_fallback = move |character: char, used: &[ID], database: &mut Arc<Database>| {
            let bundled = used.first().is_some_and(|id| fonts.bundled.contains(id));
            let mut others = self.fonts.values().flatten().filter(|id| !bundled && !used.contains(id));
            others.find(|id| has(database, **id, character)).copied()
        };
        Options {
            font_family: FAMILY.to_owned(),
            font_resolver: FontResolver {
                select_font: Box::new(select_font),
                select_fallback: Box::new(select_fallback),
            },
            fontdb: Arc::clone(&self.database),
            ..Options::default()
        }
    }
}

/// The characters in drawn text that the bundled font lacks, by script.
fn foreign(document: &roxmltree::Document<'_>, fonts: &Fonts) -> BTreeMap<Script, BTreeSet<char>> {
    let mut out: BTreeMap<Script, BTreeSet<char>> = BTreeMap::new();
    let drawn = |node: &roxmltree::Node<'_, '_>| {
        node.is_text() && node.parent().is_some_and(|parent| matches!(parent.tag_name().name(), "text" | "tspan"))
    };
    for text in document.descendants().filter(drawn).filter_map(|node| node.text()) {
        for (script, run) in runs(text, |character| fonts.has(character)) {
            let Some(script) = script else { continue };
            out.entry(script)
                .or_default()
                .extend(run.chars().filter(|character| *character != '\u{200e}' && !fonts.has(*character)));
        }
    }
    out
}

/// The fewest fonts of `ids` that have all `characters`, best first, and the characters that none of them has.
fn choose(
    database: &Database,
    ids: &[ID],
    wanted: (Script, bool),
    characters: &BTreeSet<char>,
) -> (Vec<ID>, BTreeSet<char>) {
    let mut left = characters.clone();
    let mut chosen = Vec::new();
    while !left.is_empty() {
        let mut best: Option<(usize, ID)> = None;
        for face in ids.iter().filter_map(|id| database.face(*id)) {
            let covered = left.iter().filter(|character| has(database, face.id, **character)).count();
            let better = best.is_none_or(|(most, id)| match covered.cmp(&most) {
                std::cmp::Ordering::Equal => {
                    database.face(id).is_some_and(|other| rank(face, wanted) < rank(other, wanted))
                }
                order => order.is_gt(),
            });
            if covered > 0 && better {
                best = Some((covered, face.id));
            }
        }
        let Some((_, id)) = best else { break };
        left.retain(|character| !has(database, id, *character));
        chosen.push(id);
    }
    (chosen, left)
}

/// Smaller is better: upright, a preferred family, near the wanted weight, not monospaced; names decide the rest.
fn rank(face: &FaceInfo, (script, bold): (Script, bool)) -> (bool, usize, u16, bool, &str) {
    let named = |family: &&str| face.families.iter().any(|(name, _)| name == family);
    let families = script.families();
    let preference = families.iter().position(named).unwrap_or(families.len());
    let weight = face.weight.0.abs_diff(if bold { 700 } else { 400 });
    (face.style != Style::Normal, preference, weight, face.monospaced, &face.post_script_name)
}

fn has(database: &Database, id: ID, character: char) -> bool {
    let glyph = |bytes: &[u8], index: u32| {
        FontRef::try_from_slice_and_index(bytes, index).is_ok_and(|font| font.glyph_id(character).0 != 0)
    };
    database.with_face_data(id, glyph).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use resvg::usvg::{Node, Tree, roxmltree};

    use super::{FontFallback, png, without_alpha};
    use crate::model::figure::{Figure, Panel, Theme};
    use crate::paint::{Fonts, Size, Weight, paint};

    fn titled(title: &str) -> String {
        let panel = Panel { empty: Some(String::new()), ..Panel::default() };
        let figure = Figure { title: title.to_owned(), panels: vec![panel], ..Figure::default() };
        paint(&figure, Size { width: 960, height: 200 }, &Fonts::bundled()).svg(Theme::Light)
    }

    #[test]
    fn text_is_as_wide_in_pixels_as_it_was_measured() {
        let fonts = Fonts::bundled();
        for text in [
            "Duration by request count",
            "AVATAR To. WAVE Tyf",
            "асинхронно",
            "thread-pool (20), 1,000 × 2.5",
            "fi ffl",
        ] {
            let drawn = titled(text);
            let document = roxmltree::Document::parse(&drawn).unwrap();
            let fallback = FontFallback::of(&document, &fonts);
            assert!(Arc::ptr_eq(&fallback.database, &fonts.database), "the system's fonts were read for {text}");
            let tree = Tree::from_xmltree(&document, &fallback.options(&fonts)).unwrap();
            let mut widths = Vec::new();
            collect(tree.root().children(), &mut widths);
            let measured = fonts.width(text, 19.5, Weight::Bold);
            assert!((widths[0] - measured).abs() < 0.01 * measured, "{text}: {} is not {measured}", widths[0]);
        }
    }

    /// Widths of the texts, from the first glyph's left bearing to the last one's right.
    fn collect(nodes: &[Node], widths: &mut Vec<f64>) {
        for node in nodes {
            match node {
                Node::Group(group) => collect(group.children(), widths),
                Node::Text(text) => widths.push(f64::from(text.bounding_box().width())),
                _ => {}
            }
        }
    }

    #[test]
    fn a_character_that_no_font_has_is_named_once() {
        let fonts = Fonts::bundled();
        let picture = png(&titled("a \u{e123}\u{10fffd} b \u{e123}"), &fonts).unwrap();
        assert_eq!(picture.missing, ['\u{e123}', '\u{10fffd}']);
        assert!(png(&titled("plain, русский, Ελληνικά, µs × …"), &fonts).unwrap().missing.is_empty());
    }

    #[test]
    fn every_fourth_byte_is_left_out() {
        let pixels: Vec<u8> = (0..4 * 11).collect();
        let colours: Vec<u8> = pixels.iter().copied().filter(|byte| byte % 4 != 3).collect();
        assert_eq!(without_alpha(&pixels), colours, "two times four and three more");
        assert!(without_alpha(&[]).is_empty());
    }

    #[test]
    fn what_is_no_svg_is_refused() {
        for text in ["", "<svg", "plain text", "<p/>"] {
            assert!(png(text, &Fonts::bundled()).is_err(), "{text}");
        }
    }
}
