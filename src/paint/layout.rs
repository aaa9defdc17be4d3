//! Where everything stands, before anything is drawn: figure and size in, text boxes, plots and swatches out. Pure, and
//! the same on every machine, since text is measured with the bundled font. Must not know plotters or SVG.

use super::ends;
use super::geometry::{Rect, Size};
use super::key::{self, Look};
use super::markup::printable;
use super::panel::{self, PanelLayout};
use super::text::{ASCENT, DESCENT, Face, Fonts, Weight, line_height};
use crate::model::figure::{Arrangement, Figure};

/// The places of everything in a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Width and height of the picture in CSS pixels.
    pub size: (f64, f64),
    pub(super) labels: Vec<Label>,
    pub(super) swatches: Vec<Swatch>,
    pub(super) leaders: Vec<Leader>,
    pub(super) panels: Vec<PanelLayout>,
}

/// One line of text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    pub(super) text: String,
    /// The whole text where `text` was shortened.
    pub(super) full: Option<String>,
    /// Position of the left end, middle or right end of the baseline, by `anchor`.
    pub(super) x: f64,
    pub(super) baseline: f64,
    pub(super) anchor: Anchor,
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) part: Part,
    /// The strategy that it names, of a measured line.
    pub(super) slot: Option<usize>,
}

/// Which end of a line of text its position is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

/// What a text is to the picture: its group in the SVG, and its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Title,
    Key,
    PanelTitle,
    AxisLabel,
    TickX,
    TickY,
    Notice,
    Caption,
}

/// A short sample of a line beside its name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Swatch {
    /// Left end.
    pub(super) x: f64,
    /// Middle.
    pub(super) y: f64,
    pub(super) look: Look,
}

/// A thin line from a line's end to its label.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Leader {
    pub(super) slot: usize,
    pub(super) points: Vec<(f64, f64)>,
}

/// Sizes of letters in CSS pixels, by the width of the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Ticks, axis labels, names.
    pub(super) base: f64,
    pub(super) title: f64,
    pub(super) caption: f64,
}

/// What every step of the layout needs.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) figure: &'a Figure,
    pub(super) fonts: &'a Fonts,
    pub(super) sizes: Sizes,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Label {
    /// The room that the text takes.
    pub(super) fn bounds(&self, fonts: &Fonts) -> Rect {
        let width = fonts.width(&self.text, self.size, self.weight);
        let left = match self.anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - width / 2.0,
            Anchor::End => self.x - width,
        };
        Rect { x: left, y: self.baseline - ASCENT * self.size, width, height: (ASCENT + DESCENT) * self.size }
    }
}

impl Layout {
    /// The room that each text takes, in drawing order; no two overlap, and all lie within the picture.
    #[must_use]
    pub fn text_boxes(&self, fonts: &Fonts) -> Vec<(String, Rect)> {
        self.labels.iter().map(|label| (label.text.clone(), label.bounds(fonts))).collect()
    }
}

impl<'a> Page<'a> {
    fn new(figure: &'a Figure, size: Size, fonts: &'a Fonts) -> Self {
        let width = f64::from(size.width);
        let base = ((10.0 + width / 240.0) * 2.0).round().clamp(22.0, 30.0) / 2.0;
        let half = |size: f64| (size * 2.0).round() / 2.0;
        let sizes = Sizes { base, title: half(base * 1.4), caption: half((base * 0.9).max(11.0)) };
        Self { figure, fonts, sizes, width, height: f64::from(size.height) }
    }

    pub(super) fn face(&self, size: f64, weight: Weight) -> Face<'a> {
        Face { fonts: self.fonts, size, weight }
    }

    /// The face of ticks, axis labels and names.
    pub(super) fn base(&self) -> Face<'a> {
        self.face(self.sizes.base, Weight::Regular)
    }

    /// A line of `text` whose row begins at `top`, shortened to `room`; `None` where nothing of it fits.
    pub(super) fn row(&self, (part, text): (Part, &str), (x, top): (f64, f64), room: f64) -> Option<Label> {
        let face = match part {
            Part::Title => self.face(self.sizes.title, Weight::Bold),
            Part::PanelTitle => self.face(self.sizes.base, Weight::Bold),
            Part::Caption => self.face(self.sizes.caption, Weight::Regular),
            _ => self.base(),
        };
        let whole = printable(text);
        let shown = face.elide(&whole, room);
        let full = (shown != whole).then_some(whole);
        (!shown.trim().is_empty()).then(|| Label {
            text: shown,
            full,
            x,
            baseline: baseline(top, face.size),
            anchor: Anchor::Start,
            size: face.size,
            weight: face.weight,
            part,
            slot: None,
        })
    }
}

/// The baseline of text in a row that begins at `top`.
pub(super) fn baseline(top: f64, size: f64) -> f64 {
    top + (line_height(size) - (ASCENT + DESCENT) * size) / 2.0 + ASCENT * size
}

/// The baseline of text whose capitals are centred at `middle`.
pub(super) fn centred(middle: f64, size: f64) -> f64 {
    middle + 0.345 * size
}

/// Lays a figure out. Cost: one measuring of each text, one pass over all points.
#[must_use]
pub fn layout(figure: &Figure, size: Size, fonts: &Fonts) -> Layout {
    let page = Page::new(figure, size, fonts);
    let mut out = Layout { size: (page.width, page.height), ..Layout::default() };
    let pad = (page.width / 48.0).clamp(8.0, 20.0).round();
    let mut area = Rect::between(pad, pad * 0.8, page.width - pad, page.height - pad * 0.8);
    place_title(&page, &mut area, &mut out);
    place_caption(&page, &mut area, &mut out);
    let column = ends::plan(&page, &area);
    let entries = key::entries(figure, column.is_some());
    key::place(&page, &entries, &mut area, &mut out);
    if let Some(column) = &column {
        area.width -= column.width;
    }
    panel::place(&page, &boxes(&page, &area), column.as_ref().map_or(0.0, |column| column.gap), &mut out);
    if let (Some(column), Some(panel)) = (&column, out.panels.first().cloned()) {
        ends::place(&page, column, &panel, &mut out);
    }
    out
}

fn place_title(page: &Page<'_>, area: &mut Rect, out: &mut Layout) {
    let face = page.face(page.sizes.title, Weight::Bold);
    let lines = face.wrap(&printable(&page.figure.title), area.width, if page.height >= 320.0 { 2 } else { 1 });
    for line in &lines {
        out.labels.extend(page.row((Part::Title, line), (area.x, area.y), area.width + 1.0));
        area.y += face.line();
        area.height -= face.line();
    }
    shorten(out, &page.figure.title, lines.len());
    if !lines.is_empty() {
        let gap = page.sizes.base * 0.4;
        area.y += gap;
        area.height -= gap;
    }
}

fn place_caption(page: &Page<'_>, area: &mut Rect, out: &mut Layout) {
    let face = page.face(page.sizes.caption, Weight::Regular);
    let most = if page.height >= 400.0 { 4 } else { 1 };
    let lines = face.wrap(&printable(&page.figure.caption), area.width, most);
    let top = area.bottom() - face.line() * lines.len() as f64;
    for (index, line) in lines.iter().enumerate() {
        let y = top + face.line() * index as f64;
        out.labels.extend(page.row((Part::Caption, line), (area.x, y), area.width + 1.0));
    }
    shorten(out, &page.figure.caption, lines.len());
    if !lines.is_empty() {
        area.height = (area.height - face.line() * lines.len() as f64 - page.sizes.base * 0.5).max(0.0);
    }
}

/// Gives the last of the `lines` just placed the whole text, where it ends in an ellipsis that the text does not have.
pub(super) fn shorten(out: &mut Layout, whole: &str, lines: usize) {
    let whole = printable(whole);
    if let Some(label) = out.labels.last_mut().filter(|label| lines > 0 && label.text.ends_with('…')) {
        label.full = (!whole.ends_with(&label.text)).then_some(whole);
    }
}

/// The room of each panel.
fn boxes(page: &Page<'_>, area: &Rect) -> Vec<Rect> {
    let panels = &page.figure.panels;
    let count = panels.len().max(1);
    let gap = page.sizes.base * if count > 1 { 1.0 } else { 0.0 };
    if page.figure.arrangement == Arrangement::Stacked || count == 1 {
        return stack(page, area, gap * 0.4);
    }
    let fitting = (1..=count).rev().find(|columns| area.width / *columns as f64 >= 15.0 * page.sizes.base).unwrap_or(1);
    let columns = count.div_ceil(count.div_ceil(fitting));
    let rows = count.div_ceil(columns);
    let width = (area.width + gap * 1.5) / columns as f64;
    let height = (area.height + gap) / rows as f64;
    let cell = |index: usize| {
        let (x, y) = (area.x + width * (index % columns) as f64, area.y + height * (index / columns) as f64);
        Rect::between(x, y, x + width - gap * 1.5, y + height - gap)
    };
    (0..count).map(cell).collect()
}

/// Panels above each other: lanes of timelines get like heights, and the last panel room for its x axis.
fn stack(page: &Page<'_>, area: &Rect, gap: f64) -> Vec<Rect> {
    let panels = &page.figure.panels;
    let foot = panels.last().map_or(0.0, |last| panel::foot(page, last)).min(area.height * 0.4);
    let heads: Vec<f64> = panels.iter().map(|panel| panel::head(page, panel)).collect();
    let weights: Vec<f64> = panels.iter().map(panel::weight).collect();
    let gaps = gap * (panels.len() as f64 - 1.0);
    let room = (area.height - foot - gaps).max(0.0);
    // In a low picture rows of text give way, so that a plot remains.
    let head = (room * 0.6 / heads.iter().sum::<f64>()).min(1.0);
    let plots = room - heads.iter().sum::<f64>() * head;
    let total: f64 = weights.iter().sum();
    let mut top = area.y;
    let mut out = Vec::new();
    for (index, (weight, own)) in weights.iter().zip(&heads).enumerate() {
        let foot = if index + 1 == weights.len() { foot } else { 0.0 };
        let height = own * head + plots * weight / total + foot;
        out.push(Rect::between(area.x, top, area.right(), (top + height).min(area.bottom())));
        top += height + gap;
    }
    out
}
