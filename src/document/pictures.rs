//! The pictures of a report: painted for pages, and as files.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::chart::WhyNot;
use crate::model::figure::{Figure, Format, Theme};
use crate::paint::{Fonts, Painting, Size, paint};

/// What was drawn for a report.
#[derive(Clone, Debug, Default)]
pub struct Pictures<'a> {
    /// In the order asked for.
    pub drawn: Vec<Picture<'a>>,
    /// Themes of the picture files.
    pub themes: &'a [Theme],
    /// Formats of the picture files.
    pub formats: &'a [Format],
    /// Kinds of charts that could not be drawn, and why.
    pub refused: &'a [(String, WhyNot)],
}

impl Pictures<'_> {
    /// The format that pages show: the first there is.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        Format::ALL.into_iter().find(|format| self.formats.contains(format))
    }
}

/// Names of the files that a page shows of a figure: the light one first.
pub(super) fn files_of(figure: &Figure, themes: &[Theme], format: Format) -> Vec<String> {
    let asked = Theme::ALL.into_iter().filter(|theme| themes.contains(theme));
    asked.map(|theme| format!("{}{}.{}", figure.id, theme.suffix(), format.as_str())).collect()
}

/// One figure, painted for the page, whichever picture files there are. A page's template gets it as `id`, `title`,
/// `language` and both paintings as SVG, in which every text is escaped.
#[derive(Clone, Debug, Serialize)]
pub struct Picture<'a> {
    /// What is drawn.
    #[serde(flatten, serialize_with = "head")]
    pub figure: &'a Figure,
    /// For a screen; also the picture files. Absent where a document only links to those files.
    #[serde(serialize_with = "svg")]
    pub wide: Option<Painting>,
    /// For a phone.
    #[serde(serialize_with = "svg")]
    pub narrow: Option<Painting>,
}

impl<'a> Picture<'a> {
    /// Paints a figure, on a screen in this size.
    #[must_use]
    pub fn of(figure: &'a Figure, size: Size, fonts: &Fonts) -> Self {
        // Both stand in one page, where an id stands once.
        let own = Figure { id: format!("{}-narrow", figure.id), ..figure.clone() };
        let narrow = paint(&own, narrow_size(figure), fonts);
        Self { figure, wide: Some(paint(figure, size, fonts)), narrow: Some(narrow) }
    }

    /// A figure that only links to its files show.
    #[must_use]
    pub fn unpainted(figure: &'a Figure) -> Self {
        Self { figure, wide: None, narrow: None }
    }
}

fn head<S: Serializer>(figure: &Figure, serializer: S) -> Result<S::Ok, S::Error> {
    let texts = [("id", figure.id.as_str()), ("title", &figure.title), ("language", figure.language.as_str())];
    BTreeMap::from(texts).serialize(serializer)
}

fn svg<S: Serializer>(painting: &Option<Painting>, serializer: S) -> Result<S::Ok, S::Error> {
    painting.as_ref().map_or_else(String::new, Painting::inline).serialize(serializer)
}

/// The size in which the page shows a figure on a phone.
fn narrow_size(figure: &Figure) -> Size {
    let panels = u32::try_from(figure.height_in_panels()).unwrap_or(u32::MAX);
    let height = panels.saturating_mul(NARROW_PANEL).clamp(NARROW_HEIGHT, 4 * NARROW_HEIGHT);
    Size { width: NARROW_WIDTH, height }
}

const NARROW_WIDTH: u32 = 400;
const NARROW_HEIGHT: u32 = 440;
/// Height of one panel among several.
const NARROW_PANEL: u32 = 170;
