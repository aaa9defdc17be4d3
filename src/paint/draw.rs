//! Draws a laid-out figure: grid, axes, bands, lines, markers and bars through plotters, texts as the layout placed
//! them.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use plotters::chart::ChartContext;
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::prelude::ChartBuilder;
use plotters::style::{Color, RGBAColor, RGBColor, ShapeStyle};

use super::Style;
use super::backend::{FINENESS, Ink};
use super::layout::{Layout, TextBox, Tone};
use super::legend::{KeyItem, SWATCH, Sample};
use super::palette::{IDEAL_DASH, Marker, Palette, Rgb, dash, marker};
use super::panel::{EndLabel, PanelLayout, is_lanes};
use super::scale::{Coordinate, Span};
use super::sheet::{Head, Sheet, decimal, escape};
use super::text::Fonts;
use crate::model::figure::{Bar, Figure, Panel, Role, Scale, Theme};

type Fault = DrawingAreaErrorKind<Infallible>;
pub(super) type Drawn = Result<(), Fault>;
pub(super) type Plot<'a> = ChartContext<'a, Ink, Cartesian2d<Coordinate, Coordinate>>;

/// Line widths and radii in CSS pixels.
pub(super) const LINE: f64 = 2.4;
pub(super) const THIN: f64 = 1.3;
const HAIR: f64 = 1.0;
const RADIUS: f64 = 4.2;

/// The whole picture.
pub(super) fn figure(figure: &Figure, layout: &Layout, style: &Style, fonts: &Fonts) -> Result<String, Fault> {
    let sheet = Rc::new(RefCell::new(Sheet::default()));
    let size = (canvas(layout.picture.width), canvas(layout.picture.height));
    let ink = Ink { sheet: Rc::clone(&sheet), size };
    let suffix = if style.theme == Theme::Dark { "-dark" } else { "" };
    let id = format!("{}{suffix}", figure.id);
    let painter = Painter { sheet: Rc::clone(&sheet), palette: Palette::of(style.theme), fonts, id: &id };
    let root = ink.into_drawing_area();
    painter.texts("frame", layout.frame.iter());
    painter.key(&root, &layout.key)?;
    for (index, (panel, place)) in figure.panels.iter().zip(&layout.panels).enumerate() {
        painter.panel(&root, index, panel, place)?;
    }
    drop(root);
    let background = painter.palette.background;
    drop(painter);
    let head = Head {
        id: &id,
        title: &figure.title,
        description: &figure.description,
        width: style.width,
        height: style.height,
        background,
    };
    // The drawing area is gone, so nobody else holds the sheet.
    Ok(Rc::try_unwrap(sheet).map(RefCell::into_inner).unwrap_or_default().document(&head))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "lengths within a picture")]
fn canvas(pixels: f64) -> u32 {
    (pixels.max(0.0) * FINENESS).round() as u32
}

#[expect(clippy::cast_possible_truncation, reason = "lengths within a picture")]
fn coordinate(pixels: f64) -> i32 {
    (pixels * FINENESS).round() as i32
}

pub(super) fn colour(Rgb(red, green, blue): Rgb) -> RGBColor {
    RGBColor(red, green, blue)
}

pub(super) fn stroke(rgb: Rgb, width: f64) -> ShapeStyle {
    ShapeStyle { color: colour(rgb).to_rgba(), filled: false, stroke_width: canvas(width) }
}

pub(super) struct Painter<'a> {
    sheet: Rc<RefCell<Sheet>>,
    pub(super) palette: &'static Palette,
    fonts: &'a Fonts,
    id: &'a str,
}

impl Painter<'_> {
    pub(super) fn open(&self, name: &str, class: &str, title: &str) {
        self.sheet.borrow_mut().open(&format!("{}-{name}", self.id), class, title);
    }

    pub(super) fn close(&self) {
        self.sheet.borrow_mut().close();
    }

    pub(super) fn dashed(&self, dash: &'static [f64], draw: impl FnOnce() -> Drawn) -> Drawn {
        self.sheet.borrow_mut().dash = dash;
        let drawn = draw();
        self.sheet.borrow_mut().dash = &[];
        drawn
    }

    fn texts<'t>(&self, name: &str, texts: impl Iterator<Item = &'t TextBox>) {
        self.open(name, "text", "");
        for text in texts {
            let tone = match text.tone {
                Tone::Strong => self.palette.text,
                Tone::Muted => self.palette.muted,
            };
            self.sheet.borrow_mut().text(text, tone, self.fonts);
        }
        self.close();
    }

    fn key(&self, root: &DrawingArea<Ink, Shift>, items: &[KeyItem]) -> Drawn {
        if items.is_empty() {
            return Ok(());
        }
        self.open("key", "key", "");
        for item in items {
            self.sample(root, item)?;
        }
        self.close();
        self.texts("key-names", items.iter().map(|item| &item.label));
        Ok(())
    }

    fn sample(&self, root: &DrawingArea<Ink, Shift>, item: &KeyItem) -> Drawn {
        let (x, y) = item.at;
        let ends = [(coordinate(x), coordinate(y)), (coordinate(x + SWATCH), coordinate(y))];
        let middle = (x + SWATCH / 2.0, y);
        let line = |style: ShapeStyle| root.draw(&PathElement::new(ends, style));
        match item.sample {
            Sample::Measured(slot) => {
                self.dashed(dash(slot), || line(stroke(self.palette.slot(slot), LINE)))?;
                self.marker(root, slot, middle)
            }
            Sample::Reference(slot) => {
                line(stroke(self.palette.slot(slot), THIN))?;
                self.hollow(root, slot, middle, 3.2)
            }
            Sample::Ideal(slot) => {
                let rgb = slot.map_or(self.palette.muted, |slot| self.palette.slot(slot));
                self.dashed(IDEAL_DASH, || line(stroke(rgb, THIN)))
            }
            Sample::Failure(slot) => self.failure(root, slot, middle),
            Sample::Nothing => Ok(()),
        }
    }

    /// A filled marker with a rim of the background, so that markers on top of each other stay apart.
    pub(super) fn marker(&self, root: &DrawingArea<Ink, Shift>, slot: usize, at: (f64, f64)) -> Drawn {
        let fill = colour(self.palette.slot(slot)).filled();
        let rim = stroke(self.palette.background, HAIR);
        let centre = (coordinate(at.0), coordinate(at.1));
        match marker(slot) {
            Marker::Circle => {
                root.draw(&Circle::new(centre, canvas(RADIUS), fill))?;
                root.draw(&Circle::new(centre, canvas(RADIUS), rim))
            }
            Marker::Corners(corners) => {
                let mut points = outline(corners, at, RADIUS);
                root.draw(&Polygon::new(points.clone(), fill))?;
                points.extend(points.first().copied());
                root.draw(&PathElement::new(points, rim))
            }
        }
    }

    pub(super) fn hollow(&self, root: &DrawingArea<Ink, Shift>, slot: usize, at: (f64, f64), radius: f64) -> Drawn {
        let centre = (coordinate(at.0), coordinate(at.1));
        root.draw(&Circle::new(centre, canvas(radius), colour(self.palette.background).filled()))?;
        root.draw(&Circle::new(centre, canvas(radius), stroke(self.palette.slot(slot), 1.5)))
    }

    /// A hollow mark with a cross: a sample that failed.
    pub(super) fn failure(&self, root: &DrawingArea<Ink, Shift>, slot: usize, at: (f64, f64)) -> Drawn {
        self.hollow(root, slot, at, 5.0)?;
        let rgb = self.palette.slot(slot);
        for (dx, dy) in [(3.0, 3.0), (3.0, -3.0)] {
            let ends = [(coordinate(at.0 - dx), coordinate(at.1 - dy)), (coordinate(at.0 + dx), coordinate(at.1 + dy))];
            root.draw(&PathElement::new(ends, stroke(rgb, 1.5)))?;
        }
        Ok(())
    }

    fn panel(&self, root: &DrawingArea<Ink, Shift>, index: usize, panel: &Panel, place: &PanelLayout) -> Drawn {
        let name = |part: &str| format!("panel{index}-{part}");
        if let Some((x, y)) = place.spans {
            let mut plot = self.chart(root, (x, y), place)?;
            self.sheet.borrow_mut().push(axes_group(&format!("{}-{}", self.id, name("axes")), &x, place));
            self.axes(&mut plot, panel, place)?;
            self.close();
            if !panel.bars.is_empty() {
                self.open(&name("bars"), "bars", &panel.title);
                panel.bars.iter().try_for_each(|bar| self.bar(&plot, bar, place))?;
                self.close();
            }
            self.lines(root, &mut plot, panel, (place, index))?;
            self.open(&name("ends"), "ends", "");
            place.ends.iter().try_for_each(|end| self.end(root, panel, end))?;
            self.close();
        }
        self.texts(&name("words"), place.texts());
        Ok(())
    }

    fn chart<'a>(
        &self,
        root: &'a DrawingArea<Ink, Shift>,
        (x, y): (Span, Span),
        place: &PanelLayout,
    ) -> Result<Plot<'a>, Fault> {
        let at = &place.plot;
        let area = root
            .clone()
            .shrink((coordinate(at.x), coordinate(at.y)), (coordinate(at.width).max(1), coordinate(at.height).max(1)));
        let grid = |ticks: &super::ticks::Ticks| ticks.major.iter().map(|(value, _)| *value).collect();
        ChartBuilder::on(&area).build_cartesian_2d(
            Coordinate { span: x, grid: grid(&place.x_ticks) },
            Coordinate { span: y, grid: grid(&place.y_ticks) },
        )
    }

    /// Grid lines at the ticks of y, short marks at those of x, the line of the x axis.
    fn axes(&self, plot: &mut Plot<'_>, panel: &Panel, place: &PanelLayout) -> Drawn {
        let Some((x, y)) = place.spans else { return Ok(()) };
        let grid = stroke(self.palette.grid, HAIR);
        let axis = stroke(self.palette.axis, HAIR);
        if is_lanes(panel) {
            for (value, _) in &place.x_ticks.major {
                plot.draw_series([PathElement::new([(*value, y.low), (*value, y.high)], grid)])?;
            }
        }
        for (value, _) in &place.y_ticks.major {
            plot.draw_series([PathElement::new([(x.low, *value), (x.high, *value)], grid)])?;
        }
        plot.draw_series([PathElement::new([(x.low, y.low), (x.high, y.low)], axis)])?;
        let tick = |length: f64| (y.low, below(&y, place, length));
        for (value, _) in &place.x_ticks.major {
            let (from, to) = tick(-5.0);
            plot.draw_series([PathElement::new([(*value, from), (*value, to)], axis)])?;
        }
        for value in &place.x_ticks.minor {
            let (from, to) = tick(-3.0);
            plot.draw_series([PathElement::new([(*value, from), (*value, to)], axis)])?;
        }
        Ok(())
    }

    fn bar(&self, plot: &Plot<'_>, bar: &Bar, place: &PanelLayout) -> Drawn {
        let Some((_, y)) = place.spans else { return Ok(()) };
        if !bar.start.is_finite() || !bar.end.is_finite() {
            return Ok(());
        }
        let lane = place.plot.height / (y.high - y.low);
        let inset = if lane > 4.0 { 0.12 } else { 0.0 };
        let (low, high) = (f64::from(bar.lane) + inset, f64::from(bar.lane) + 1.0 - inset);
        let rgb = self.palette.slot(bar.slot);
        let corners = [(bar.start, high), (bar.end, low)];
        if bar.failed {
            return plot.plotting_area().draw(&Rectangle::new(corners, stroke(rgb, HAIR)));
        }
        plot.plotting_area().draw(&Rectangle::new(corners, colour(rgb).filled()))?;
        // A seam of the background keeps bars that follow each other in one lane apart.
        let seam = stroke(self.palette.background, 0.8);
        plot.plotting_area().draw(&PathElement::new([(bar.end, low), (bar.end, high)], seam))
    }

    fn end(&self, root: &DrawingArea<Ink, Shift>, panel: &Panel, end: &EndLabel) -> Drawn {
        let series = &panel.series[end.series];
        let (from, to) = (end.from, end.to);
        let path = [
            (coordinate(from.0 + 6.0), coordinate(from.1)),
            (coordinate(to.0 - 8.0), coordinate(to.1)),
            (coordinate(to.0), coordinate(to.1)),
        ];
        let pale: RGBAColor = colour(self.palette.slot(series.slot)).mix(0.6);
        let thin = ShapeStyle { color: pale, filled: false, stroke_width: canvas(HAIR) };
        root.draw(&PathElement::new(path, thin))?;
        match series.role {
            Role::Reference => self.hollow(root, series.slot, to, 3.2),
            Role::Measured | Role::Ideal => self.marker(root, series.slot, to),
        }
    }
}

/// Opens the group of a panel's axes, which tells scripts where the plot lies (left, top, right, bottom) and which range
/// a linear x axis has.
fn axes_group(id: &str, x: &Span, place: &PanelLayout) -> String {
    let at = &place.plot;
    let plot = [at.x, at.y, at.right(), at.bottom()].map(decimal).join(" ");
    let range = match x.scale {
        Scale::Linear => format!(" data-x=\"{} {}\"", x.low, x.high),
        Scale::Log => String::new(),
    };
    format!("<g id=\"{}\" class=\"axes\" data-plot=\"{plot}\"{range}>", escape(id))
}

fn outline(corners: &[(f64, f64)], (x, y): (f64, f64), radius: f64) -> Vec<(i32, i32)> {
    corners.iter().map(|(dx, dy)| (coordinate(x + dx * radius), coordinate(y + dy * radius))).collect()
}

/// The value of y that lies `pixels` above the low end.
fn below(y: &Span, place: &PanelLayout, pixels: f64) -> f64 {
    let share = -pixels / place.plot.height.max(1.0);
    match y.scale {
        Scale::Linear => y.low + (y.high - y.low) * share,
        Scale::Log => y.low * (y.high / y.low).powf(share),
    }
}
