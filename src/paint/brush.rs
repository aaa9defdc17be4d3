//! plotters' elements in CSS pixels: lines, marks, swatches and texts that need no axes. Knows no figure's data.

use plotters::coord::{CoordTranslate, Shift};
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon, Text};
use plotters::prelude::{DrawingArea, FontFamily, FontStyle, IntoDrawingArea, RGBColor, ShapeStyle, TextStyle};
use plotters_backend::BackendCoord;
use plotters_backend::text_anchor::{HPos, Pos, VPos};

use super::canvas::{Canvas, Pen};
use super::look::{Kind, Look, SWATCH};
use super::markup::fine;
use super::palette::{Colour, IDEAL_DASH, Marker, marker};
use super::placement::{Anchor, TextLine, TextRole};
use super::text::Weight;
use crate::model::figure::Role;

/// Radius of a measured line's marks, in CSS pixels.
const RADIUS: f64 = 4.6;

/// Draws on a canvas.
#[derive(Clone)]
pub(super) struct Brush<'a> {
    pub(super) canvas: Canvas<'a>,
    pub(super) area: DrawingArea<Canvas<'a>, Shift>,
}

impl<'a> Brush<'a> {
    pub(super) fn new(canvas: Canvas<'a>) -> Self {
        Self { area: canvas.clone().into_drawing_area(), canvas }
    }

    /// The colour of a look; grey where it stands for several strategies.
    pub(super) fn colour(look: Look) -> Colour {
        look.strategy_index.map_or(Colour::MUTED, Colour::of_strategy)
    }

    /// Draws an element in this area's coordinates.
    pub(super) fn draw<'e, C: CoordTranslate, E>(&self, area: &DrawingArea<Canvas<'a>, C>, element: &'e E)
    where
        &'e E: PointCollection<'e, C::From>,
        E: Drawable<Canvas<'a>>,
    {
        area.draw(element).expect("the canvas never fails, and is not borrowed while plotters draws");
    }

    /// An open line.
    pub(super) fn path(&self, points: &[(f64, f64)], style: ShapeStyle) {
        let points: Vec<BackendCoord> = points.iter().map(|(x, y)| (fine(*x), fine(*y))).collect();
        self.draw(&self.area, &PathElement::new(points, style));
    }

    /// The style and pen of a line of this look.
    pub(super) fn line(look: Look) -> (ShapeStyle, Pen) {
        let (width, lengths) = match look.role {
            Role::Measured => (2.4, &[][..]),
            Role::Ideal => (1.4, IDEAL_DASH),
            Role::Reference => (1.4, &[][..]),
        };
        (stroke(Self::colour(look), width), Pen { dash: lengths, ..Pen::default() })
    }

    /// The mark of a point, filled; a reference's is small and hollow.
    pub(super) fn mark(&self, (x, y): BackendCoord, look: Look) {
        let (colour, ground) = (Self::colour(look), Colour::BACKGROUND);
        let (radius, inside, around) = match look.role {
            Role::Reference => (RADIUS * 0.65, ground, (colour, 1.4)),
            _ => (RADIUS, colour, (ground, 1.2)),
        };
        let style = stroke(inside, 1.0).filled();
        self.canvas.with(Pen { outline: Some(around), ..Pen::default() }, || {
            match marker(look.strategy_index.unwrap_or(0)) {
                Marker::Circle => self.draw(&self.area, &Circle::new((x, y), fine(radius), style)),
                Marker::Corners(corners) => {
                    let corner = |(dx, dy): &(f64, f64)| (x + fine(dx * radius), y + fine(dy * radius));
                    let corners: Vec<BackendCoord> = corners.iter().map(corner).collect();
                    self.draw(&self.area, &Polygon::new(corners, style));
                }
            }
        });
    }

    /// A failed sample: a hollow circle with a cross.
    pub(super) fn failure(&self, (x, y): BackendCoord, look: Look) {
        let colour = Self::colour(look);
        let ground = stroke(Colour::BACKGROUND, 1.0).filled();
        self.canvas.with(Pen { outline: Some((colour, 1.6)), ..Pen::default() }, || {
            self.draw(&self.area, &Circle::new((x, y), fine(RADIUS * 1.1), ground));
        });
        let arm = fine(RADIUS * 0.5);
        for rise in [-arm, arm] {
            let cross = [(x - arm, y - rise), (x + arm, y + rise)];
            self.draw(&self.area, &PathElement::new(cross, stroke(colour, 1.6)));
        }
    }

    /// A short sample of a line, beginning at `x`.
    pub(super) fn swatch(&self, (x, y): (f64, f64), look: Look, size: f64) {
        let (middle, end) = (x + SWATCH * size / 2.0, x + SWATCH * size);
        if look.kind == Kind::Failure {
            return self.failure((fine(middle), fine(y)), look);
        }
        let (style, pen) = Self::line(look);
        self.canvas.with(pen, || self.path(&[(x, y), (end, y)], style));
        if look.kind == Kind::Marked {
            self.mark((fine(middle), fine(y)), look);
        }
    }

    /// A line of text.
    pub(super) fn text(&self, label: &TextLine) {
        let colour = rgb(match label.role {
            TextRole::Title | TextRole::PanelTitle | TextRole::Legend => Colour::TEXT,
            TextRole::AxisLabel | TextRole::TickX | TextRole::TickY | TextRole::Notice | TextRole::Caption => {
                Colour::MUTED
            }
        });
        let h_pos = match label.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let weight = if label.weight == Weight::Bold { FontStyle::Bold } else { FontStyle::Normal };
        let style = TextStyle::from((FontFamily::SansSerif, label.size, weight))
            .color(&colour)
            .pos(Pos { h_pos, v_pos: VPos::Bottom });
        let place = (fine(label.x), fine(label.baseline));
        self.canvas.with(
            Pen { tooltip: label.full.clone(), strategy_index: label.strategy_index, ..Pen::default() },
            || {
                self.draw(&self.area, &Text::new(label.text.as_str(), place, style));
            },
        );
    }
}

/// plotters' form of a colour.
pub(super) fn rgb(colour: Colour) -> RGBColor {
    let (red, green, blue) = colour.to_plotters();
    RGBColor(red, green, blue)
}

/// A line of `width` CSS pixels.
pub(super) fn stroke(colour: Colour, width: f64) -> ShapeStyle {
    ShapeStyle { color: rgb(colour).into(), filled: false, stroke_width: fine(width).unsigned_abs() }
}
