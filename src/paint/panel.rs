//! One panel: its title and axis labels, its ticks, and the room that is left for the plot. Panels above each other share
//! their left edge and their x axis. Must not know plotters or SVG.

use super::geometry::Rect;
use super::placement::{Anchor, Axes, Layout, LayoutContext, PanelLayout, TextLine, TextRole, centred};
use super::scale::{Span, showable};
use super::ticks::{Ticks, choose};
use crate::format::visible_line;
use crate::model::figure::{Arrangement, Axis, Panel, Scale, Spread, Unit};

/// Free height below and above the rows of a timeline, in rows.
const ROW_MARGIN: f64 = 1.0;

/// How much of the height of stacked panels this one gets, relative to the others: rows of bars are of one height. A
/// reason is a line of text.
pub(super) fn weight(panel: &Panel) -> f64 {
    if panel.empty.is_some() {
        return 0.8;
    }
    if !in_rows(panel) { 4.0 } else { f64::from(lanes(panel).clamp(1, 64)) + 2.0 * ROW_MARGIN }
}

/// Height of the rows above a plot.
pub(super) fn head(page: &LayoutContext<'_>, panel: &Panel) -> f64 {
    let rows = [!panel.title.trim().is_empty(), panel.empty.is_none() && has_label(panel)];
    page.sizes.base * 0.65 + page.base().line() * rows.into_iter().filter(|row| *row).count() as f64
}

/// Whether its y axis is rows.
pub(super) fn in_rows(panel: &Panel) -> bool {
    !(panel.bars.is_empty() && panel.estimates.is_empty())
}

fn has_label(panel: &Panel) -> bool {
    let has_unit = matches!(panel.y.unit, Unit::Seconds | Unit::Bytes);
    !panel.y.label.trim().is_empty() || (has_unit && !in_rows(panel))
}

fn lanes(panel: &Panel) -> u32 {
    let named = u32::try_from(panel.y.names.len()).unwrap_or(u32::MAX);
    let rows = panel.bars.iter().map(|bar| bar.lane).chain(panel.estimates.iter().map(|estimate| estimate.row));
    rows.map(|row| row.saturating_add(1)).max().unwrap_or(0).max(named)
}

/// Height of tick labels and axis label below the plot.
pub(super) fn foot(page: &LayoutContext<'_>, panel: &Panel) -> f64 {
    let label = if panel.x.label.trim().is_empty() { 0.0 } else { page.base().line() };
    page.base().line() + page.sizes.base * 0.65 + label
}

/// Puts all panels into their boxes. `overhang` is the room right of the boxes into which tick labels may reach.
pub(super) fn place(page: &LayoutContext<'_>, boxes: &[Rect], overhang: f64, out: &mut Layout) {
    let panels = &page.figure.panels;
    let stacked = page.figure.arrangement == Arrangement::Stacked && panels.len() > 1;
    let shared = stacked.then(|| panels.last().and_then(|last| x_span(&last.x, panels))).flatten();
    let shown = |panel: &Panel| panel.empty.is_none();
    let last_shown = panels.iter().rposition(shown).unwrap_or(0);
    let drafts: Vec<Draft<'_>> = panels
        .iter()
        .zip(boxes)
        .enumerate()
        .map(|(index, (panel, area))| {
            let foot = !stacked || index == last_shown;
            let x = shared.or_else(|| x_span(&panel.x, std::slice::from_ref(panel)));
            Draft::new(page, panel, *area, (x, foot))
        })
        .collect();
    let widest = drafts.iter().map(|draft| draft.left).fold(0.0, f64::max);
    for draft in drafts {
        let left = if stacked { widest } else { draft.left };
        draft.finish(page, (left, overhang), out);
    }
}

/// The range of the x axis that `panels` share.
pub(super) fn x_span(axis: &Axis, panels: &[Panel]) -> Option<Span> {
    let bars = panels.iter().any(|panel| !panel.bars.is_empty());
    let values = panels.iter().filter(|panel| panel.empty.is_none()).flat_map(|panel| {
        let points = panel.series.iter().flat_map(|series| {
            let known = series.points.iter().filter(|point| point.y.is_some()).map(|point| point.x);
            known.chain(series.failures.iter().map(|mark| mark.x))
        });
        let points = points.chain(panel.series.iter().flat_map(|series| series.marks.iter().map(|mark| mark.x)));
        let estimates = panel.estimates.iter().flat_map(|estimate| {
            let (low, high) = estimate.interval.unwrap_or((estimate.value, estimate.value));
            [estimate.value, low, high]
        });
        let zone = panel.zone.into_iter().flat_map(|(low, high)| [low, high]);
        points.chain(panel.bars.iter().flat_map(|bar| [bar.start, bar.end])).chain(estimates).chain(zone)
    });
    Span::of(axis, values, if bars { 0.01 } else { 0.025 })
}

fn y_span(panel: &Panel) -> Option<Span> {
    if in_rows(panel) {
        let (low, high) = (-0.5 - ROW_MARGIN, f64::from(lanes(panel)) - 0.5 + ROW_MARGIN);
        return Some(Span::exact(low, high));
    }
    let values = panel.series.iter().flat_map(|series| {
        let points = series.points.iter().filter(|point| showable(panel.x.scale, point.x));
        let ends = points.flat_map(|point| {
            let interval = point.interval.filter(|_| series.spread != Spread::None && point.y.is_some());
            [point.y, interval.map(|ends| ends.0), interval.map(|ends| ends.1)].into_iter().flatten()
        });
        ends.chain(series.failures.iter().map(|mark| mark.y))
    });
    Span::of(&panel.y, values, 0.04)
}

/// A panel whose height is known, and whose width is not.
struct Draft<'a> {
    panel: &'a Panel,
    area: Rect,
    title: Option<f64>,
    y_label: Option<f64>,
    top: f64,
    bottom: f64,
    foot: bool,
    x_label: bool,
    spans: Option<(Span, Span)>,
    y_ticks: Ticks,
    /// Width of the tick labels and their gap.
    left: f64,
}

impl<'a> Draft<'a> {
    fn new(page: &LayoutContext<'_>, panel: &'a Panel, area: Rect, (x, foot): (Option<Span>, bool)) -> Self {
        let spans = x.zip(y_span(panel)).filter(|_| panel.empty.is_none());
        let mut draft = Self {
            panel,
            area,
            title: None,
            y_label: None,
            top: area.y,
            bottom: area.bottom(),
            foot: false,
            x_label: false,
            spans,
            y_ticks: Ticks::default(),
            left: 0.0,
        };
        draft.reserve_rows(page, foot);
        draft.choose_y_ticks(page);
        draft
    }

    /// Takes the rows of text off the height, the most needed first, as long as a plot remains.
    fn reserve_rows(&mut self, page: &LayoutContext<'_>, foot: bool) {
        let (line, size) = (page.base().line(), page.sizes.base);
        let half = size * 0.65;
        let least = size * if in_rows(self.panel) { 0.05 } else { 1.8 };
        self.bottom -= half;
        let room = |draft: &Self, rows: f64| draft.bottom - draft.top - rows >= least;
        if !self.panel.title.trim().is_empty() && room(self, line) {
            self.title = Some(self.top);
            self.top += line;
        }
        if self.spans.is_none() {
            return;
        }
        if foot && room(self, line) {
            self.foot = true;
            self.bottom -= line;
        }
        if self.foot && !self.panel.x.label.trim().is_empty() && room(self, line) {
            self.x_label = true;
            self.bottom -= line;
        }
        if has_label(self.panel) && room(self, line) {
            self.y_label = Some(self.top);
            self.top += line;
        }
        if !in_rows(self.panel) {
            self.top += half.min((self.bottom - self.top) / 3.0);
        }
    }

    fn choose_y_ticks(&mut self, page: &LayoutContext<'_>) {
        let Some((_, y)) = self.spans else { return };
        let size = page.sizes.base;
        let gap = size * 0.6;
        let (top, height) = (self.top, self.bottom - self.top);
        let widest = |ticks: &Ticks| ticks.major.iter().map(|(_, label)| page.base().width(label)).fold(0.0, f64::max);
        if !in_rows(self.panel) {
            let place = |value: f64| top + height * (1.0 - y.fraction(value));
            let fits = |ticks: &Ticks| {
                let apart = ticks.major.windows(2).all(|pair| place(pair[0].0) - place(pair[1].0) >= size * 1.5);
                apart && height >= size && widest(ticks) <= self.area.width * 0.35
            };
            self.y_ticks = {
                let limit = if y.scale == Scale::Log { 10.0 } else { 7.0 };
                choose(&self.panel.y, &y, whole((height / (size * 1.9)).round(), 2.0, limit), fits)
            };
        } else {
            self.y_ticks = self.lane_names(page, &y, height);
        }
        let width = widest(&self.y_ticks);
        self.left = if width > 0.0 { (width + gap).ceil() } else { 0.0 };
    }

    /// Names of lanes as ticks; where they stand too close, every second, third … one.
    fn lane_names(&self, page: &LayoutContext<'_>, y: &Span, height: f64) -> Ticks {
        let names = &self.panel.y.names;
        let lane = height / (y.high - y.low);
        let every = whole((page.sizes.base * 1.15 / lane).ceil(), 1.0, 1e9);
        let name = |(index, name): (usize, &String)| {
            (index as f64, page.base().elide(&visible_line(name), self.area.width * 0.3))
        };
        let shown = names.iter().enumerate().step_by(every).map(name);
        let middle = |index: f64| height * (1.0 - y.fraction(index));
        let inside = |index: f64| middle(index) >= page.sizes.base * 0.65;
        let major = shown.filter(|(index, label)| !label.is_empty() && inside(*index)).collect();
        Ticks { major, ..Ticks::default() }
    }

    fn finish(self, page: &LayoutContext<'_>, (left, overhang): (f64, f64), out: &mut Layout) {
        let size = page.sizes.base;
        let right = if overhang > 0.0 { self.area.right() } else { self.area.right() - size * 0.6 };
        let plot = Rect::between((self.area.x + left).round(), self.top.round(), right.round(), self.bottom.round());
        let limits = (self.area.x - size * 0.55, self.area.right() + overhang.max(size * 0.2));
        let axes = self.spans.map(|(x, y)| Axes {
            x,
            y,
            x_ticks: x_ticks(page, &self.panel.x, &x, (plot, limits)),
            y_ticks: self.y_ticks.clone(),
            foot: self.foot,
        });
        let layout = PanelLayout { plot, axes };
        self.place_rows(page, &layout, out);
        self.place_ticks(page, &layout, out);
        self.place_notice(page, &layout, out);
        out.panels.push(layout);
    }

    fn place_rows(&self, page: &LayoutContext<'_>, layout: &PanelLayout, out: &mut Layout) {
        let room = self.area.width;
        if let Some(top) = self.title {
            out.labels.extend(page.row((TextRole::PanelTitle, &self.panel.title), (self.area.x, top), room));
        }
        let Some(axes) = &layout.axes else { return };
        if let Some(top) = self.y_label {
            let text = with_unit(&self.panel.y.label, axes.y_ticks.unit);
            out.labels.extend(page.row((TextRole::AxisLabel, &text), (self.area.x, top), room));
        }
        if self.x_label {
            let text = with_unit(&self.panel.x.label, axes.x_ticks.unit);
            let top = self.bottom + page.sizes.base * 0.65 + page.base().line();
            let middle = layout.plot.x + layout.plot.width / 2.0;
            let label = page.row((TextRole::AxisLabel, &text), (middle, top), layout.plot.width);
            out.labels.extend(label.map(|label| TextLine { anchor: Anchor::Middle, ..label }));
        }
    }

    fn place_ticks(&self, page: &LayoutContext<'_>, layout: &PanelLayout, out: &mut Layout) {
        let Some(axes) = &layout.axes else { return };
        let size = page.sizes.base;
        let gap = size * 0.6;
        for (value, text) in &axes.y_ticks.major {
            let label = page.row((TextRole::TickY, text), (layout.plot.x - gap, 0.0), f64::INFINITY);
            let baseline = centred(layout.at_y(*value), size);
            out.labels.extend(label.map(|label| TextLine { anchor: Anchor::End, baseline, ..label }));
        }
        for (value, text) in axes.x_ticks.major.iter().filter(|_| self.foot) {
            let place = (layout.at_x(*value), layout.plot.bottom() + size * 0.65);
            let label = page.row((TextRole::TickX, text), place, f64::INFINITY);
            out.labels.extend(label.map(|label| TextLine { anchor: Anchor::Middle, ..label }));
        }
    }

    /// Why the panel is empty, in its middle.
    fn place_notice(&self, page: &LayoutContext<'_>, layout: &PanelLayout, out: &mut Layout) {
        let Some(reason) = &self.panel.empty else { return };
        let face = page.base();
        let (plot, pad) = (&layout.plot, page.sizes.base);
        let most = whole(plot.height / face.line(), 1.0, 6.0);
        let lines = if plot.height < face.line() {
            Vec::new()
        } else {
            face.wrap(&visible_line(reason), plot.width - 2.0 * pad, most)
        };
        let top = plot.y + (plot.height - face.line() * lines.len() as f64) / 2.0;
        for (index, line) in lines.iter().enumerate() {
            let place = (plot.x + plot.width / 2.0, top + face.line() * index as f64);
            let label = page.row((TextRole::Notice, line), place, plot.width);
            out.labels.extend(label.map(|label| TextLine { anchor: Anchor::Middle, ..label }));
        }
    }
}

fn x_ticks(page: &LayoutContext<'_>, axis: &Axis, span: &Span, (plot, limits): (Rect, (f64, f64))) -> Ticks {
    let size = page.sizes.base;
    let ends = |(value, label): &(f64, String)| {
        let (middle, half) = (plot.x + plot.width * span.fraction(*value), page.base().width(label) / 2.0);
        (middle - half, middle + half)
    };
    let inside = |(left, right): &(f64, f64)| *left >= limits.0 && *right <= limits.1;
    let fits = |ticks: &Ticks| {
        let ends: Vec<(f64, f64)> = ticks.major.iter().map(ends).filter(inside).collect();
        ends.windows(2).all(|pair| pair[1].0 - pair[0].1 >= size * 0.8)
    };
    if axis.names.len() == axis.ticks.len() && !axis.names.is_empty() {
        return named(axis, span, |tick| Some(ends(tick)).filter(inside), size * 0.8);
    }
    let mut ticks = choose(axis, span, whole(plot.width / (size * 5.0), 2.0, 12.0), fits);
    ticks.major.retain(|tick| inside(&ends(tick)));
    ticks
}

/// Ticks with names of their own: the last one, and of the others those that do not come too near to the next.
fn named(axis: &Axis, span: &Span, ends: impl Fn(&(f64, String)) -> Option<(f64, f64)>, gap: f64) -> Ticks {
    let mut free = f64::INFINITY;
    let mut ticks = Ticks::default();
    for (value, name) in axis.ticks.iter().zip(&axis.names).rev().filter(|(value, _)| span.shows(**value)) {
        let tick = (*value, visible_line(name).into_owned());
        match ends(&tick).filter(|(_, right)| right + gap <= free) {
            Some((left, _)) => {
                free = left;
                ticks.major.push(tick);
            }
            None => ticks.minor.push(*value),
        }
    }
    ticks.major.reverse();
    ticks
}

/// `count` as a whole number within `least` and `limit`, all of them positive.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a positive range")]
fn whole(count: f64, least: f64, limit: f64) -> usize {
    count.clamp(least, limit) as usize
}

/// `Duration (s)`; without a label, the unit alone.
fn with_unit(label: &str, unit: &str) -> String {
    match (label.trim(), unit) {
        (label, "") => label.to_owned(),
        ("", unit) => unit.to_owned(),
        (label, unit) => format!("{label} ({unit})"),
    }
}
