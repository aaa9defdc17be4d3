//! Where everything of a figure goes. In: figure, style, fonts. Out: panels with their axes, and every text as a box
//! with its place, so that a test can see that no two overlap and none is cut. Draws nothing.

use super::Style;
use super::geometry::Rect;
use super::legend::{self, Entry, KeyItem};
use super::panel::{self, PanelLayout};
use super::text::{Face, Fonts, Weight, line_height};
use super::{ASCENT, DESCENT};
use crate::model::figure::{Arrangement, Figure, Role};

/// Space around the picture.
pub(super) const MARGIN: f64 = 14.0;

/// Which way a text extends from its x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// To the right.
    Start,
    /// To both sides.
    Middle,
    /// To the left.
    End,
}

/// The colour of a text, by its part in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// What is read first.
    Strong,
    /// What is read when looked for.
    Muted,
}

/// One line of text, measured and placed. Lengths are CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct TextBox {
    /// What it covers.
    pub rect: Rect,
    /// What is shown.
    pub text: String,
    /// The whole of it, where what is shown was shortened.
    pub full: Option<String>,
    /// Font size.
    pub size: f64,
    /// Font weight.
    pub weight: Weight,
    /// Colour.
    pub tone: Tone,
    /// Where it is anchored.
    pub x: f64,
    /// Where its letters stand.
    pub baseline: f64,
    /// Which way it extends.
    pub anchor: Anchor,
}

impl TextBox {
    /// A line of `text` whose upper edge is at `top`.
    pub(super) fn new(face: &Face<'_>, text: &str, (x, top): (f64, f64), anchor: Anchor, tone: Tone) -> Self {
        let width = face.width(text);
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        let height = face.line();
        let baseline = top + (height + (ASCENT - DESCENT) * face.size) / 2.0;
        Self {
            rect: Rect { x: left, y: top, width, height },
            text: text.to_owned(),
            full: None,
            size: face.size,
            weight: face.weight,
            tone,
            x,
            baseline,
            anchor,
        }
    }
}

/// Font sizes of a picture.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) title: f64,
    pub(super) text: f64,
    pub(super) small: f64,
}

/// A figure with every part in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The whole picture.
    pub picture: Rect,
    /// Title lines and caption lines.
    pub frame: Vec<TextBox>,
    /// The key above the panels.
    pub(super) key: Vec<KeyItem>,
    /// The panels, in the figure's order.
    pub(super) panels: Vec<PanelLayout>,
}

impl Layout {
    /// Every text of the picture.
    pub fn texts(&self) -> impl Iterator<Item = &TextBox> {
        let key = self.key.iter().map(|item| &item.label);
        self.frame.iter().chain(key).chain(self.panels.iter().flat_map(PanelLayout::texts))
    }
}

/// Lays out a figure. Never panics, whatever the figure holds.
#[must_use]
pub fn lay_out(figure: &Figure, style: &Style, fonts: &Fonts) -> Layout {
    let (width, height) = (f64::from(style.width), f64::from(style.height));
    let sizes = if style.width < 480 {
        Sizes { title: 15.0, text: 12.0, small: 11.0 }
    } else {
        Sizes { title: 19.0, text: 14.0, small: 12.5 }
    };
    let picture = Rect { x: 0.0, y: 0.0, width, height };
    let mut frame = Vec::new();
    let top = title(figure, (width, sizes), fonts, &mut frame);
    let bottom = caption(figure, (width, height, sizes), fonts, &mut frame);
    let inner = Rect::between(MARGIN, top, width - MARGIN, bottom);
    let face = Face { fonts, size: sizes.text, weight: Weight::Regular };
    let at_ends = panel::ends_are_free(figure, &inner, &face);
    let entries: Vec<Entry> =
        legend::entries(figure).into_iter().filter(|entry| !(at_ends && entry.names_a_line())).collect();
    let (key, used) = legend::flow(&entries, &inner, &face);
    let area = Rect::between(inner.x, inner.y + used, inner.right(), inner.bottom());
    let panels = panel::lay_out(figure, &area, &panel::Means { fonts, sizes, at_ends });
    Layout { picture, frame, key, panels }
}

/// Returns where the rest begins.
fn title(figure: &Figure, (width, sizes): (f64, Sizes), fonts: &Fonts, frame: &mut Vec<TextBox>) -> f64 {
    let face = Face { fonts, size: sizes.title, weight: Weight::Bold };
    let mut top = MARGIN;
    let lines = face.wrap(&figure.title, width - 2.0 * MARGIN, 2);
    let shortened = lines.last().is_some_and(|line| line.ends_with('…'));
    for (index, line) in lines.iter().enumerate() {
        let mut text = TextBox::new(&face, line, (MARGIN, top), Anchor::Start, Tone::Strong);
        text.full = (shortened && index == 0).then(|| figure.title.clone());
        frame.push(text);
        top += face.line();
    }
    if lines.is_empty() { top } else { top + 4.0 }
}

/// Returns where the rest ends.
fn caption(figure: &Figure, (width, height, sizes): (f64, f64, Sizes), fonts: &Fonts, frame: &mut Vec<TextBox>) -> f64 {
    let face = Face { fonts, size: sizes.small, weight: Weight::Regular };
    let most = if height < 320.0 { 1 } else { 3 };
    let lines = face.wrap(&figure.caption, width - 2.0 * MARGIN, most);
    let bottom = height - MARGIN + 4.0;
    let start = bottom - lines.len() as f64 * face.line();
    for (index, line) in lines.iter().enumerate() {
        let top = start + index as f64 * face.line();
        frame.push(TextBox::new(&face, line, (MARGIN, top), Anchor::Start, Tone::Muted));
    }
    if lines.is_empty() { bottom } else { start - 6.0 }
}

/// Whether panels stand above each other.
pub(super) fn stacked(figure: &Figure) -> bool {
    figure.arrangement == Arrangement::Stacked
}

/// Whether a series is labelled by a line of its own.
pub(super) fn is_named(role: Role, name: &str) -> bool {
    role != Role::Ideal && !name.is_empty()
}

/// Height of a line of text.
pub(super) fn line(size: f64) -> f64 {
    line_height(size)
}
