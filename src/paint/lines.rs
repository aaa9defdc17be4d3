//! Draws the lines of a panel: spreads, the line itself with its markers, and failed samples.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{PathElement, Polygon};
use plotters::style::{Color, RGBAColor};

use super::backend::Ink;
use super::draw::{Drawn, LINE, Painter, Plot, THIN, colour, stroke};
use super::palette::{IDEAL_DASH, dash};
use super::panel::PanelLayout;
use super::scale::showable;
use crate::model::figure::{Mark, Panel, Role, Scale, Series, Shape, Spread};

impl Painter<'_> {
    pub(super) fn lines(
        &self,
        root: &DrawingArea<Ink, Shift>,
        plot: &mut Plot<'_>,
        panel: &Panel,
        (place, index): (&PanelLayout, usize),
    ) -> Drawn {
        // Ideals lie under everything, bands under lines.
        let order = |role: Role| panel.series.iter().enumerate().filter(move |(_, series)| series.role == role);
        let drawn = order(Role::Ideal).chain(order(Role::Reference)).chain(order(Role::Measured));
        for (number, series) in drawn {
            let class = match series.role {
                Role::Measured => "measured",
                Role::Ideal => "ideal",
                Role::Reference => "reference",
            };
            self.open(&format!("panel{index}-series{number}"), class, &series.name);
            self.series(root, plot, panel, (series, place))?;
            self.close();
        }
        Ok(())
    }

    fn series(
        &self,
        root: &DrawingArea<Ink, Shift>,
        plot: &mut Plot<'_>,
        panel: &Panel,
        (series, place): (&Series, &PanelLayout),
    ) -> Drawn {
        let rgb = self.palette.slot(series.slot);
        let pieces = pieces(panel, series);
        for piece in &pieces {
            self.spread(plot, series, piece, place)?;
        }
        let (width, pattern): (f64, &'static [f64]) = match series.role {
            Role::Measured => (LINE, dash(series.slot)),
            Role::Ideal => (THIN, IDEAL_DASH),
            Role::Reference => (THIN, &[]),
        };
        for piece in &pieces {
            let path = match series.shape {
                Shape::Line => piece.iter().map(|point| (point.x, point.y)).collect(),
                Shape::Steps => steps(piece),
            };
            if path.len() > 1 {
                self.dashed(pattern, || plot.draw_series([PathElement::new(path, stroke(rgb, width))]).map(drop))?;
            }
        }
        let crowded = pieces.iter().map(Vec::len).sum::<usize>() > 60;
        let at = |x: f64, y: f64| place.pixel(x, y);
        for point in pieces.iter().flatten().filter(|_| series.shape == Shape::Line && !crowded) {
            match (series.role, at(point.x, point.y)) {
                (Role::Measured, Some(at)) => self.marker(root, series.slot, at)?,
                (Role::Reference, Some(at)) => self.hollow(root, series.slot, at, 3.2)?,
                _ => {}
            }
        }
        let shown = |mark: &&Mark| showable(panel.x.scale, mark.x) && showable(panel.y.scale, mark.y);
        for mark in series.failures.iter().filter(shown) {
            if let Some(at) = at(mark.x, mark.y) {
                self.failure(root, series.slot, at)?;
            }
        }
        Ok(())
    }

    fn spread(&self, plot: &mut Plot<'_>, series: &Series, piece: &[Shown], place: &PanelLayout) -> Drawn {
        let rgb = self.palette.slot(series.slot);
        let ranged: Vec<(f64, (f64, f64))> =
            piece.iter().filter_map(|point| point.interval.map(|ends| (point.x, ends))).collect();
        match series.spread {
            Spread::Band if ranged.len() > 1 => {
                let upper = ranged.iter().map(|(x, (_, high))| (*x, *high));
                let lower = ranged.iter().rev().map(|(x, (low, _))| (*x, *low));
                let pale: RGBAColor = colour(rgb).mix(0.18);
                plot.draw_series([Polygon::new(upper.chain(lower).collect::<Vec<_>>(), pale.filled())]).map(drop)
            }
            Spread::None => Ok(()),
            Spread::Band | Spread::Bars => {
                let cap = place.spans.map_or(0.0, |(x, _)| (x.high - x.low) * 5.0 / place.plot.width.max(1.0));
                for (x, (low, high)) in ranged {
                    plot.draw_series([PathElement::new([(x, low), (x, high)], stroke(rgb, 1.5))])?;
                    if place.spans.is_some_and(|(x, _)| x.scale == Scale::Linear) {
                        for end in [low, high] {
                            plot.draw_series([PathElement::new([(x - cap, end), (x + cap, end)], stroke(rgb, 1.5))])?;
                        }
                    }
                }
                Ok(())
            }
        }
    }
}

/// A point that can be drawn.
struct Shown {
    x: f64,
    y: f64,
    interval: Option<(f64, f64)>,
}

/// The stretches of a line between missing points.
fn pieces(panel: &Panel, series: &Series) -> Vec<Vec<Shown>> {
    let mut pieces = vec![Vec::new()];
    for point in &series.points {
        let y = point.y.filter(|y| showable(panel.y.scale, *y) && showable(panel.x.scale, point.x));
        match (y, pieces.last_mut()) {
            (Some(y), Some(piece)) => {
                let sound = |end: &f64| showable(panel.y.scale, *end);
                let interval = point.interval.filter(|(low, high)| sound(low) && sound(high));
                piece.push(Shown { x: point.x, y, interval });
            }
            _ => pieces.push(Vec::new()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Level to the next point, then up.
fn steps(piece: &[Shown]) -> Vec<(f64, f64)> {
    let mut path: Vec<(f64, f64)> = Vec::with_capacity(piece.len() * 2);
    for point in piece {
        if let Some(&(_, before)) = path.last() {
            path.push((point.x, before));
        }
        path.push((point.x, point.y));
    }
    path
}

impl PanelLayout {
    fn pixel(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let (x_span, y_span) = self.spans?;
        let at = &self.plot;
        Some((at.x + x_span.fraction(x) * at.width, at.bottom() - y_span.fraction(y) * at.height))
    }
}
