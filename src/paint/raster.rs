//! SVG → PNG at twice its size, by resvg. Glyphs that the bundled font lacks are looked for in the fonts that the config
//! names, and only if those lack them too in the fonts of this machine, which are slow to load.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use super::PaintError;
use super::text::{FAMILY, Fonts};

/// Pixels per CSS pixel.
const DENSITY: f32 = 2.0;

/// Rasterises an SVG that [`svg`](super::svg) made, and returns the characters of `foreign` that no font has; they are
/// drawn as boxes. Cost: some 20 ms for a usual picture.
///
/// # Errors
/// When the picture is too large for memory, or no SVG.
pub fn png(svg: &str, foreign: &[char], fonts: &Fonts) -> Result<(Vec<u8>, Vec<char>), PaintError> {
    let lacks = |database: &Database| -> Vec<char> {
        foreign.iter().copied().filter(|character| !has(database, *character)).collect()
    };
    let mut missing = lacks(&fonts.database);
    let mut database = &fonts.database;
    if !missing.is_empty() {
        database = fonts.with_system();
        missing = lacks(database);
    }
    let options = Options { font_family: FAMILY.to_owned(), fontdb: Arc::clone(database), ..Options::default() };
    let fault = |error: &dyn std::fmt::Display| PaintError::Raster(error.to_string());
    let tree = Tree::from_str(svg, &options).map_err(|error| fault(&error))?;
    let size = tree.size().to_int_size().scale_by(DENSITY).ok_or_else(|| fault(&"it has no size"))?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or_else(|| fault(&"it is too large"))?;
    resvg::render(&tree, Transform::from_scale(DENSITY, DENSITY), &mut pixels.as_mut());
    pixels.encode_png().map(|bytes| (bytes, missing)).map_err(|error| fault(&error))
}

/// Whether any font of the database has the character.
fn has(database: &Database, character: char) -> bool {
    use ab_glyph::{Font, FontRef};

    let known = |bytes: &[u8], index: u32| {
        FontRef::try_from_slice_and_index(bytes, index).is_ok_and(|font| font.glyph_id(character).0 != 0)
    };
    database.faces().any(|face| database.with_face_data(face.id, known).unwrap_or(false))
}
