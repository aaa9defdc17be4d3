//! Names at the right ends of lines: whether there is room, and where each stands so that none overlaps another. The
//! order of the labels is the order of the ends; thin leaders join what had to move.

use super::geometry::Rect;
use super::legend::{at_end, label};
use super::look::{Look, SWATCH, SWATCH_GAP};
use super::panel::x_span;
use super::placement::{Layout, LayoutContext, Leader, PanelLayout, Swatch};
use super::scale::showable;
use crate::format::visible_line;
use crate::model::figure::{Panel, Point, Series, Shape};

/// A column of names beside the plot.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    /// Gap, swatches and names.
    pub(super) width: f64,
    /// Between plot and swatches.
    pub(super) gap: f64,
    names: Vec<Name>,
}

#[derive(Clone, Debug, PartialEq)]
struct Name {
    series: usize,
    lines: Vec<String>,
    full: String,
}

/// The column, or `None` where the legend is the better place: several panels, distribution functions (which all end at
/// the top), a line that ends early (its leader would look like data), a narrow picture, or more names than the height
/// holds.
pub(super) fn plan(page: &LayoutContext<'_>, area: &Rect) -> Option<Column> {
    let [panel] = page.figure.panels.as_slice() else { return None };
    let size = page.sizes.base;
    let named: Vec<(usize, &Series)> = panel
        .series
        .iter()
        .enumerate()
        .filter(|(_, series)| at_end(series) && last_point(panel, series).is_some())
        .collect();
    let all = panel.series.iter().filter(|series| at_end(series)).count();
    let steps = named.iter().any(|(_, series)| series.shape == Shape::Steps);
    let span = x_span(&panel.x, &page.figure.panels)?;
    let early = |series: &Series| last_point(panel, series).is_none_or(|(point, _)| span.fraction(point.x) < 0.94);
    let some_early = named.iter().any(|(_, series)| early(series));
    if panel.empty.is_some() || named.is_empty() || named.len() < all || steps || some_early || page.width < 480.0 {
        return None;
    }
    let room = area.width * 0.3 - (SWATCH + SWATCH_GAP) * size;
    let face = page.base();
    let names: Vec<Name> = named
        .iter()
        .map(|(index, series)| {
            let full = visible_line(&series.name).into_owned();
            Name { series: *index, lines: face.balance(&full, room, 2), full }
        })
        .collect();
    let lines: usize = names.iter().map(|name| name.lines.len()).sum();
    let height = lines as f64 * face.line() + names.len() as f64 * GAP;
    let widest = names.iter().flat_map(|name| &name.lines).map(|line| face.width(line)).fold(0.0, f64::max);
    let gap = size * if named.len() > 1 { 2.2 } else { 0.8 };
    let fits = height <= area.height - 8.0 * size && names.iter().all(|name| !name.lines.is_empty());
    fits.then_some(Column { width: gap + (SWATCH + SWATCH_GAP) * size + widest.ceil(), gap, names })
}

/// Between two names.
const GAP: f64 = 3.0;
/// A name that stands no further from its line's end than this, in lines of text, has its swatch at the height of that
/// end, and so a level leader.
const LEVEL: f64 = 0.25;

/// The rightmost point that the axes can show.
fn last_point<'a>(panel: &Panel, series: &'a Series) -> Option<(&'a Point, f64)> {
    let shown = |point: &'a Point| Some((point, point.y.filter(|y| showable(panel.y.scale, *y))?));
    series.points.iter().filter(|point| showable(panel.x.scale, point.x)).filter_map(shown).next_back()
}

/// Puts names, swatches and leaders beside the plot.
pub(super) fn place(page: &LayoutContext<'_>, column: &Column, layout: &PanelLayout, out: &mut Layout) {
    let panel = &page.figure.panels[0];
    let line = page.base().line();
    let end = |name: &Name| {
        let (point, y) = last_point(panel, &panel.series[name.series])?;
        Some((layout.at_x(point.x), layout.at_y(y)))
    };
    let mut placed: Vec<(&Name, (f64, f64))> =
        column.names.iter().filter_map(|name| Some((name, end(name)?))).collect();
    placed.sort_by(|left, right| left.1.1.total_cmp(&right.1.1));
    let wanted: Vec<(f64, f64)> =
        placed.iter().map(|(name, (_, y))| (*y, name.lines.len() as f64 * line + GAP)).collect();
    let middles = spread(&wanted, (layout.plot.y - line * 0.3, layout.plot.bottom() + line * 0.3));
    let x = layout.plot.right() + column.gap;
    let level = |(_, from): &(&Name, (f64, f64)), middle: &f64| (from.1 - middle).abs() <= line * LEVEL;
    let joined = placed.iter().zip(&middles).any(|(name, middle)| !level(name, middle));
    for (end, middle) in placed.into_iter().zip(middles) {
        let swatch = if level(&end, &middle) { end.1.1 } else { middle };
        let (name, from) = end;
        let series = &panel.series[name.series];
        place_name(page, (name, Look::of(series)), (x, middle), swatch, out);
        if joined {
            out.leaders.push(leader(series.strategy_index, layout.plot.right() + 4.0, from, (x - 4.0, swatch)));
        }
    }
}

fn place_name(
    page: &LayoutContext<'_>,
    (name, look): (&Name, Look),
    (x, middle): (f64, f64),
    swatch: f64,
    out: &mut Layout,
) {
    let line = page.base().line();
    let text_x = x + (SWATCH + SWATCH_GAP) * page.sizes.base;
    let first = middle - line * (name.lines.len() as f64 - 1.0) / 2.0;
    out.swatches.push(Swatch { x, y: swatch, look });
    let shortened = name.lines.last().is_some_and(|last| !name.full.ends_with(last.as_str()));
    for (index, text) in name.lines.iter().enumerate() {
        let mut own = label(page, text.clone(), (text_x, first + line * index as f64));
        own.full = shortened.then(|| name.full.clone());
        own.strategy_index = look.measured_slot();
        out.labels.push(own);
    }
}

/// From just right of the line's end along it to `bend`, and from there to the swatch.
fn leader(strategy_index: usize, bend: f64, from: (f64, f64), to: (f64, f64)) -> Leader {
    let start = (from.0 + 8.0).min(bend);
    Leader { strategy_index, points: vec![(start, from.1), (bend, from.1), to] }
}

/// Middles for boxes of (wanted middle, height), ascending, so that they do not overlap, stay within `limits` and are
/// moved as little as possible in sum of squares (pool adjacent violators).
fn spread(wanted: &[(f64, f64)], (low, high): (f64, f64)) -> Vec<f64> {
    // A block: sum of wanted tops of its boxes (each less the heights above it), how many boxes, their height in all.
    let mut blocks: Vec<(f64, usize, f64)> = Vec::new();
    let top = |block: &(f64, usize, f64)| (block.0 / block.1 as f64).min(high - block.2).max(low);
    for (middle, height) in wanted {
        let mut block = (middle - height / 2.0, 1, *height);
        while let Some(above) = blocks.last().copied().filter(|above| top(above) + above.2 > top(&block)) {
            blocks.pop();
            block = (above.0 + block.0 - above.2 * block.1 as f64, above.1 + block.1, above.2 + block.2);
        }
        blocks.push(block);
    }
    let mut out = Vec::new();
    for block in &blocks {
        let mut edge = top(block);
        for (_, height) in &wanted[out.len()..out.len() + block.1] {
            out.push(edge + height / 2.0);
            edge += height;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::spread;
    use crate::model::figure::{Figure, Panel, Point, Series};
    use crate::paint::{Fonts, Size, layout};

    #[test]
    fn leaders_that_are_nearly_level_are_level() {
        let line = |strategy_index: usize, y: f64| {
            let points = [1.0, 2.0].map(|x| Point { x, y: Some(y), interval: None }).into();
            Series { name: format!("line {strategy_index}"), strategy_index, points, ..Series::default() }
        };
        let series =
            [0.0, 45.0, 49.0, 80.0, 80.1, 100.0].into_iter().enumerate().map(|(index, y)| line(index, y)).collect();
        let panel = Panel { series, ..Panel::default() };
        let figure = Figure { panels: vec![panel], ..Figure::default() };
        let places = layout(&figure, Size { width: 960, height: 600 }, &Fonts::bundled());
        let rises: Vec<f64> = places.leaders.iter().map(|leader| leader.points[2].1 - leader.points[0].1).collect();
        assert_eq!(rises.len(), 6);
        let level = rises.iter().filter(|rise| **rise == 0.0).count();
        assert!(rises.iter().all(|rise| *rise == 0.0 || rise.abs() > 4.0), "{rises:?}");
        assert_eq!(level, 4, "{rises:?}");
    }

    #[test]
    fn labels_move_only_as_far_as_they_must() {
        for (wanted, expected) in [
            (&[][..], &[][..]),
            (&[50.0], &[50.0]),
            (&[20.0, 80.0], &[20.0, 80.0]),
            (&[50.0, 50.0], &[45.0, 55.0]),
            (&[2.0, 3.0, 97.0, 99.0], &[5.0, 15.0, 85.0, 95.0]),
            (&[95.0, 95.0, 95.0, 40.0 + 55.0], &[65.0, 75.0, 85.0, 95.0]),
            (&[48.0, 50.0, 60.0], &[42.666_666_666_666_664, 52.666_666_666_666_664, 62.666_666_666_666_664]),
        ] {
            let boxes: Vec<(f64, f64)> = wanted.iter().map(|middle| (*middle, 10.0)).collect();
            assert_eq!(spread(&boxes, (0.0, 100.0)), expected);
        }
    }
}
