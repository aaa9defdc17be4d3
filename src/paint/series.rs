//! What stands between the axes: bands, lines, marks, intervals, failures, and the bars of a timeline. Each goes through
//! plotters' Cartesian area in the values of the data.

use plotters::coord::cartesian::Cartesian2d;
use plotters::element::{PathElement, Polygon, Rectangle};
use plotters::prelude::{Color, DrawingArea};
use plotters_backend::BackendCoord;

use super::brush::{Brush, rgb, stroke};
use super::canvas::Canvas;
use super::geometry::Rect;
use super::look::{Kind, Look};
use super::markup::{FINE, fine, px};
use super::palette::Colour;
use super::placement::Axes;
use super::scale::{Coordinate, Span, showable};
use crate::format::escaped;
use crate::model::figure::{Bar, Estimate, Mark, Panel, Point, Role, Series, Shape, Spread};

/// Marks that would stand closer than this, in CSS pixels, are drawn at every second, third … point.
const MARK_DISTANCE: f64 = 11.0;

/// A drawing area in the values of two axes.
pub(super) type Plane<'a> = DrawingArea<Canvas<'a>, Cartesian2d<Coordinate, Coordinate>>;

/// plotters' area over `plot` in the values of `axes`.
pub(super) fn plane<'a>(brush: &Brush<'a>, plot: &Rect, axes: &Axes) -> Plane<'a> {
    let grid = |ticks: &[(f64, String)]| ticks.iter().map(|(value, _)| *value).collect();
    let x = Coordinate { span: axes.x, grid: grid(&axes.x_ticks.major) };
    let y = Coordinate { span: axes.y, grid: grid(&axes.y_ticks.major) };
    let pixels = (fine(plot.x)..fine(plot.right()), fine(plot.bottom())..fine(plot.y));
    brush.area.apply_coord_spec(Cartesian2d::new(x, y, pixels))
}

/// Draws everything of a panel that is data. Ids begin with `prefix`.
pub(super) fn draw<'a>(brush: &Brush<'a>, plane: &Plane<'a>, panel: &Panel, prefix: &str) {
    let artist = Artist { brush, plane };
    artist.bars(&panel.bars);
    if panel.cut {
        artist.cut(&panel.bars);
    }
    if let Some(zone) = panel.zone {
        artist.zone(zone);
    }
    artist.estimates(&panel.estimates);
    let order = |series: &&(usize, &Series)| match series.1.role {
        Role::Ideal => 0,
        Role::Reference => 1,
        Role::Measured => 2,
    };
    let numbered: Vec<(usize, &Series)> = panel.series.iter().enumerate().collect();
    for (index, series) in numbered.iter().filter(|(_, series)| series.spread == Spread::Band) {
        let attributes =
            format!("id=\"{prefix}-band-{}\" class=\"band\" data-slot=\"{}\"", index + 1, series.strategy_index);
        brush.canvas.group(&attributes, || artist.bands(series));
    }
    let mut sorted: Vec<&(usize, &Series)> = numbered.iter().collect();
    sorted.sort_by_key(order);
    for (index, series) in sorted {
        let class = match series.role {
            Role::Measured => "measured",
            Role::Ideal => "ideal",
            Role::Reference => "reference",
        };
        let strategy_indices = std::iter::once(&series.strategy_index).chain(&series.shared_with).map(usize::to_string);
        let strategy_indices = strategy_indices.collect::<Vec<_>>().join(" ");
        let attributes =
            format!("id=\"{prefix}-series-{}\" class=\"series {class}\" data-slot=\"{strategy_indices}\"", index + 1);
        brush.canvas.group(&attributes, || {
            brush.canvas.line(&format!("<title>{}</title>", escaped(&series.name)));
            artist.series(series);
        });
    }
}

struct Artist<'a, 'b> {
    brush: &'a Brush<'b>,
    plane: &'a Plane<'b>,
}

impl Artist<'_, '_> {
    /// The ranges of x and y.
    fn spans(&self) -> (Span, Span) {
        let axes = self.plane.as_coord_spec();
        (axes.x_spec().span, axes.y_spec().span)
    }

    /// The points that can be shown, cut where a value is missing.
    fn runs<'p>(&self, series: &'p Series) -> Vec<Vec<(&'p Point, f64)>> {
        let mut runs = vec![Vec::new()];
        for point in series.points.iter().filter(|point| showable(self.spans().0.scale, point.x)) {
            match point.y.filter(|y| showable(self.spans().1.scale, *y)) {
                Some(y) => runs.last_mut().expect("it begins with one run").push((point, y)),
                None => runs.push(Vec::new()),
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    fn series(&self, series: &Series) {
        let look = Look::of(series);
        let (style, pen) = Brush::line(look);
        let runs = self.runs(series);
        self.brush.canvas.with(pen, || {
            for run in runs.iter().filter(|run| run.len() > 1) {
                self.brush.draw(self.plane, &PathElement::new(path(run, series.shape), style));
            }
        });
        if series.spread == Spread::Bars {
            runs.iter().flatten().for_each(|(point, _)| self.interval(point, look));
        }
        let own = look.kind == Kind::Marked && series.shape == Shape::Line;
        let marked = |run: &&Vec<(&Point, f64)>| own || (run.len() == 1 && series.marks.is_empty());
        let every = self.points_between_marks(runs.iter().map(Vec::len).sum());
        for (point, y) in runs.iter().filter(marked).flatten().step_by(every) {
            self.brush.mark(self.pixel(point.x, *y), look);
        }
        let (x, y) = self.spans();
        let shown = |mark: &&Mark| showable(x.scale, mark.x) && showable(y.scale, mark.y);
        for mark in series.marks.iter().filter(shown) {
            self.brush.mark(self.pixel(mark.x, mark.y), look);
        }
        for mark in series.failures.iter().filter(shown) {
            self.brush.failure(self.pixel(mark.x, mark.y), look);
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates, and a width is positive"
    )]
    fn points_between_marks(&self, points: usize) -> usize {
        let (pixels, _) = self.plane.get_pixel_range();
        let width = f64::from(pixels.end - pixels.start) / f64::from(FINE);
        points.div_ceil((width / MARK_DISTANCE) as usize + 1).max(1)
    }

    fn bands(&self, series: &Series) {
        let colour = rgb(Brush::colour(Look::of(series))).mix(0.16).filled();
        for run in self.runs(series) {
            let ends = |(point, y): &(&Point, f64)| (point.x, self.ends(point).unwrap_or((*y, *y)));
            let ends: Vec<(f64, (f64, f64))> = run.iter().map(ends).collect();
            if ends.len() > 1 && ends.iter().any(|(_, (low, high))| low < high) {
                let upper = ends.iter().map(|(x, (_, high))| (*x, *high));
                let lower = ends.iter().rev().map(|(x, (low, _))| (*x, *low));
                self.brush.draw(self.plane, &Polygon::new(upper.chain(lower).collect::<Vec<_>>(), colour));
            }
        }
    }

    /// The interval of a point, as far as the axis can show it.
    fn ends(&self, point: &Point) -> Option<(f64, f64)> {
        let (low, high) = point.interval.filter(|(low, high)| low.is_finite() && high.is_finite())?;
        let inside = |value: f64| value.clamp(self.spans().1.low, self.spans().1.high);
        Some((inside(low), inside(high)))
    }

    fn interval(&self, point: &Point, look: Look) {
        let Some((low, high)) = self.ends(point) else { return };
        let style = stroke(Brush::colour(look), 1.4);
        self.brush.draw(self.plane, &PathElement::new([(point.x, low), (point.x, high)], style));
        let cap = fine(4.0);
        for end in [low, high] {
            let (x, y) = self.pixel(point.x, end);
            self.brush.draw(&self.brush.area, &PathElement::new([(x - cap, y), (x + cap, y)], style));
        }
    }

    fn pixel(&self, x: f64, y: f64) -> BackendCoord {
        self.plane.map_coordinate(&(x, y))
    }

    /// Bars of one look are one element.
    fn bars(&self, bars: &[Bar]) {
        let mut looks: Vec<(usize, bool)> = bars.iter().map(|bar| (bar.strategy_index, bar.failed)).collect();
        looks.sort_unstable();
        looks.dedup();
        for (strategy_index, failed) in looks {
            let colour = Colour::of_strategy(strategy_index).css();
            let attributes = if failed {
                let ground = Colour::BACKGROUND.css();
                format!(
                    "class=\"bars failed\" data-slot=\"{strategy_index}\" fill=\"{ground}\" stroke=\"{colour}\" stroke-width=\"{}\"",
                    px(fine(1.2))
                )
            } else {
                format!("class=\"bars\" data-slot=\"{strategy_index}\" fill=\"{colour}\"")
            };
            self.brush.canvas.batch(&attributes, || {
                for bar in bars.iter().filter(|bar| (bar.strategy_index, bar.failed) == (strategy_index, failed)) {
                    self.bar(bar);
                }
            });
        }
    }

    /// The part of the x axis in which values make no difference.
    fn zone(&self, (low, high): (f64, f64)) {
        let (x, y) = self.spans();
        let inside = |value: f64| value.clamp(x.low, x.high);
        let corners = [self.pixel(inside(low), y.high), self.pixel(inside(high), y.low)];
        let one = [(1.0, y.low), (1.0, y.high)];
        self.brush.canvas.group("class=\"zone\"", || {
            self.brush.draw(&self.brush.area, &Rectangle::new(corners, rgb(Colour::MUTED).mix(0.16).filled()));
            self.brush.draw(self.plane, &PathElement::new(one, stroke(Colour::AXIS, 1.2)));
        });
    }

    fn estimates(&self, estimates: &[Estimate]) {
        for estimate in estimates.iter().filter(|estimate| showable(self.spans().0.scale, estimate.value)) {
            let strategy_index = Some(estimate.strategy_index);
            let look = Look { strategy_index, role: Role::Measured, kind: Kind::Marked };
            let row = f64::from(estimate.row);
            self.brush.canvas.group(&format!("class=\"estimate\" data-slot=\"{}\"", estimate.strategy_index), || {
                if let Some((low, high)) = estimate.interval {
                    self.span(row, (low, high), look);
                }
                self.brush.mark(self.pixel(estimate.value, row), look);
            });
        }
    }

    /// A level line with caps, as far as the axis can show it.
    fn span(&self, row: f64, (low, high): (f64, f64), look: Look) {
        let axis = self.spans().0;
        let style = stroke(Brush::colour(look), 2.0);
        let [low, high] = [low, high].map(|end| end.clamp(axis.low, axis.high));
        self.brush.draw(self.plane, &PathElement::new([(low, row), (high, row)], style));
        let cap = fine(4.0);
        for end in [low, high] {
            let (x, y) = self.pixel(end, row);
            self.brush.draw(&self.brush.area, &PathElement::new([(x, y - cap), (x, y + cap)], style));
        }
    }

    /// Two slanted strokes across the bars where they are broken off.
    fn cut(&self, bars: &[Bar]) {
        let end = bars.iter().map(|bar| bar.end).fold(f64::NEG_INFINITY, f64::max);
        let (_, rows) = self.spans();
        let (right, bottom) = self.pixel(end, rows.low);
        let (x, top) = (right - fine(18.0), self.pixel(end, rows.high).1);
        let stroke_at = |x: i32| [(x - fine(4.0), bottom + fine(4.0)), (x + fine(4.0), top - fine(4.0))];
        let [left, right] = [x, x + fine(7.0)].map(stroke_at);
        let ground = Polygon::new([left[0], left[1], right[1], right[0]], stroke(Colour::BACKGROUND, 1.0).filled());
        self.brush.canvas.group("class=\"cut\"", || {
            self.brush.draw(&self.brush.area, &ground);
            for line in [left, right] {
                self.brush.draw(&self.brush.area, &PathElement::new(line, stroke(Colour::AXIS, 1.4)));
            }
        });
    }

    /// At most 24 CSS pixels thick, a fifth of its lane free unless lanes are hairlines, and never thinner than can be
    /// written. Bars that follow each other without a pause stay apart by a hairline.
    fn bar(&self, bar: &Bar) {
        if !(bar.start.is_finite() && bar.end.is_finite()) {
            return;
        }
        let lane = f64::from(bar.lane);
        let height = self.pixel(bar.start, lane - 0.5).1 - self.pixel(bar.start, lane + 0.5).1;
        let half = if height < fine(1.5) { 0.5 } else { 0.4 };
        let (left, top) = self.pixel(bar.start, lane + half);
        let (right, bottom) = self.pixel(bar.end.max(bar.start), lane - half);
        let excess = ((bottom - top - fine(24.0)) / 2).max(0);
        let hairline = if right - left > fine(3.0) { fine(0.5) } else { 0 };
        let corners = [
            (left, top + excess),
            ((right - hairline).max(left + fine(0.4)), (bottom - excess).max(top + excess + fine(1.2))),
        ];
        let style = stroke(Colour::of_strategy(bar.strategy_index), 1.0).filled();
        self.brush.draw(&self.brush.area, &Rectangle::new(corners, style));
    }
}

/// The points of a line; for steps, the corners of a stair that rises at each point.
fn path(run: &[(&Point, f64)], shape: Shape) -> Vec<(f64, f64)> {
    let points = run.iter().map(|(point, y)| (point.x, *y));
    match shape {
        Shape::Line => points.collect(),
        Shape::Steps => {
            let befores = points.clone().skip(1).zip(points.clone()).map(|((x, _), (_, y))| (x, y));
            let mut corners: Vec<(f64, f64)> = points.clone().take(1).collect();
            corners.extend(befores.zip(points.skip(1)).flat_map(|(before, point)| [before, point]));
            corners
        }
    }
}

#[cfg(test)]
mod tests {
    use super::path;
    use crate::model::figure::{Point, Shape};

    #[test]
    fn steps_rise_at_each_point() {
        let points: Vec<Point> =
            [(1.0, 0.2), (2.0, 0.5), (4.0, 1.0)].map(|(x, y)| Point { x, y: Some(y), interval: None }).into();
        let run: Vec<(&Point, f64)> = points.iter().filter_map(|point| Some((point, point.y?))).collect();
        assert_eq!(path(&run, Shape::Steps), [(1.0, 0.2), (2.0, 0.2), (2.0, 0.5), (4.0, 0.5), (4.0, 1.0)]);
        assert_eq!(path(&run, Shape::Line), [(1.0, 0.2), (2.0, 0.5), (4.0, 1.0)]);
        assert_eq!(path(&run[..1], Shape::Steps), [(1.0, 0.2)]);
    }
}
