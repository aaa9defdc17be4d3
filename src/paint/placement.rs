//! Places of texts, swatches and plots in a picture, and what every step of the layout needs. Must not know plotters or SVG.

use super::geometry::{Rect, Size};
use super::look::Look;
use super::scale::Span;
use super::text::{ASCENT, DESCENT, Face, Fonts, Weight, line_height};
use super::ticks::Ticks;
use crate::format::visible_line;
use crate::model::figure::Figure;

/// The places of everything in a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Width and height of the picture in CSS pixels.
    pub size: (f64, f64),
    pub(super) labels: Vec<TextLine>,
    pub(super) swatches: Vec<Swatch>,
    pub(super) leaders: Vec<Leader>,
    pub(super) panels: Vec<PanelLayout>,
}

/// One line of text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TextLine {
    pub(super) text: String,
    /// The whole text where `text` was shortened.
    pub(super) full: Option<String>,
    /// Position of the left end, middle or right end of the baseline, by `anchor`.
    pub(super) x: f64,
    pub(super) baseline: f64,
    pub(super) anchor: Anchor,
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) role: TextRole,
    /// The strategy that it names, of a measured line.
    pub(super) strategy_index: Option<usize>,
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
pub(super) enum TextRole {
    Title,
    Legend,
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
    pub(super) strategy_index: usize,
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
pub(super) struct LayoutContext<'a> {
    pub(super) figure: &'a Figure,
    pub(super) fonts: &'a Fonts,
    pub(super) sizes: Sizes,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl TextLine {
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

impl<'a> LayoutContext<'a> {
    pub(super) fn new(figure: &'a Figure, size: Size, fonts: &'a Fonts) -> Self {
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
    pub(super) fn row(&self, (role, text): (TextRole, &str), (x, top): (f64, f64), room: f64) -> Option<TextLine> {
        let face = match role {
            TextRole::Title => self.face(self.sizes.title, Weight::Bold),
            TextRole::PanelTitle => self.face(self.sizes.base, Weight::Bold),
            TextRole::Caption => self.face(self.sizes.caption, Weight::Regular),
            _ => self.base(),
        };
        let whole = visible_line(text).into_owned();
        let shown = face.elide(&whole, room);
        let full = (shown != whole).then_some(whole);
        (!shown.trim().is_empty()).then(|| TextLine {
            text: shown,
            full,
            x,
            baseline: baseline(top, face.size),
            anchor: Anchor::Start,
            size: face.size,
            weight: face.weight,
            role,
            strategy_index: None,
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

/// Where one panel stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PanelLayout {
    pub(super) plot: Rect,
    /// `None` where there is nothing to show: then no axes either.
    pub(super) axes: Option<Axes>,
}

/// Ranges and ticks of both axes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axes {
    pub(super) x: Span,
    pub(super) y: Span,
    pub(super) x_ticks: Ticks,
    pub(super) y_ticks: Ticks,
    /// Whether the x axis has ticks and labels; of stacked panels only the last one has.
    pub(super) foot: bool,
}

impl PanelLayout {
    /// The position of a value on the x axis.
    pub(super) fn at_x(&self, value: f64) -> f64 {
        self.plot.x + self.plot.width * self.axes.as_ref().map_or(0.5, |axes| axes.x.fraction(value))
    }

    /// The position of a value on the y axis.
    pub(super) fn at_y(&self, value: f64) -> f64 {
        self.plot.bottom() - self.plot.height * self.axes.as_ref().map_or(0.5, |axes| axes.y.fraction(value))
    }
}
