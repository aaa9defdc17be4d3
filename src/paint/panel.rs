//! Where the parts of each panel go: its heading, axes with ticks that have room, and labels at the ends of lines.

use super::geometry::Rect;
use super::labels;
use super::layout::{Anchor, MARGIN, Sizes, TextBox, Tone, is_named, line, stacked};
use super::scale::{Span, showable};
use super::text::{Face, Fonts, Weight};
use super::ticks::{self, Ticks};
use crate::model::figure::{Axis, Figure, Panel, Scale, Series, Unit};

/// From the end of a line to its label: room for a leader and a marker.
const LEADER: f64 = 34.0;
/// Most of the picture's width that labels at line ends may take.
const LABEL_SHARE: f64 = 0.27;
/// Between tick labels and their axis.
const TICK_GAP: f64 = 7.0;

/// What panels are laid out with.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    pub(super) fonts: &'a Fonts,
    pub(super) sizes: Sizes,
    /// Lines are labelled at their ends.
    pub(super) at_ends: bool,
}

impl<'a> Means<'a> {
    fn face(&self) -> Face<'a> {
        Face { fonts: self.fonts, size: self.sizes.text, weight: Weight::Regular }
    }

    fn bold(&self) -> Face<'a> {
        Face { fonts: self.fonts, size: self.sizes.text, weight: Weight::Bold }
    }
}

/// A panel with every part in its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PanelLayout {
    /// Between the axes.
    pub(super) plot: Rect,
    pub(super) spans: Option<(Span, Span)>,
    pub(super) x_ticks: Ticks,
    pub(super) y_ticks: Ticks,
    pub(super) words: Vec<TextBox>,
    pub(super) ends: Vec<EndLabel>,
}

/// The label at the end of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EndLabel {
    /// Index into the panel's series.
    pub(super) series: usize,
    /// Where the line ends.
    pub(super) from: (f64, f64),
    /// Where the marker before the name stands.
    pub(super) to: (f64, f64),
    pub(super) lines: Vec<TextBox>,
}

impl PanelLayout {
    pub(super) fn texts(&self) -> impl Iterator<Item = &TextBox> {
        self.words.iter().chain(self.ends.iter().flat_map(|end| &end.lines))
    }
}

/// The last point of a line that can be shown.
fn last_point(panel: &Panel, series: &Series) -> Option<(f64, f64)> {
    let shown = |x: f64, y: f64| showable(panel.x.scale, x) && showable(panel.y.scale, y);
    series.points.iter().rev().find_map(|point| point.y.filter(|y| shown(point.x, *y)).map(|y| (point.x, y)))
}

/// Whether every line of a figure of one panel can be labelled at its right end.
pub(super) fn ends_are_free(figure: &Figure, inner: &Rect, face: &Face<'_>) -> bool {
    let [panel] = figure.panels.as_slice() else { return false };
    let named: Vec<&Series> = panel.series.iter().filter(|series| is_named(series.role, &series.name)).collect();
    let Some((x, _)) = spans(panel) else { return false };
    let reach = |series: &&Series| last_point(panel, series).is_none_or(|(end, _)| x.fraction(end) >= 0.85);
    let room = inner.height - 4.0 * face.line();
    let width = inner.width * LABEL_SHARE;
    let fits = |series: &&Series| face.width(&series.name) <= 2.0 * width - 40.0;
    let lines: usize = named.iter().map(|series| face.wrap(&series.name, width, 2).len()).sum();
    inner.width >= 440.0
        && named.iter().all(|series| reach(series) && fits(series))
        && lines as f64 * face.line() <= room
}

/// The ranges of both axes; `None` where there is nothing to show.
type Spans = Option<(Span, Span)>;

/// The ranges of all panels; panels that stand above each other share the range of x.
fn all_spans(figure: &Figure) -> Vec<Spans> {
    let mut all: Vec<Spans> = figure.panels.iter().map(spans).collect();
    if stacked(figure) {
        let widest =
            |span: Span, other: &Span| Span { low: span.low.min(other.low), high: span.high.max(other.high), ..span };
        let shared = all.iter().flatten().map(|(x, _)| *x).reduce(|span, other| widest(span, &other));
        for (x, _) in all.iter_mut().flatten() {
            *x = shared.unwrap_or(*x);
        }
    }
    all
}

fn spans(panel: &Panel) -> Spans {
    if panel.empty.is_some() {
        return None;
    }
    let points = || panel.series.iter().flat_map(|series| &series.points).filter(|point| point.y.is_some());
    let marks = || panel.series.iter().flat_map(|series| &series.failures);
    let bars = || panel.bars.iter().flat_map(|bar| [bar.start, bar.end]);
    let xs = points().map(|point| point.x).chain(marks().map(|mark| mark.x)).chain(bars());
    let ends = points().filter_map(|point| point.interval).flat_map(|(low, high)| [low, high]);
    let ys = points().filter_map(|point| point.y).chain(ends).chain(marks().map(|mark| mark.y));
    let lanes = panel.bars.iter().map(|bar| f64::from(bar.lane) + 1.0).fold(0.0, f64::max);
    let x = Span::of(&panel.x, xs, if panel.bars.is_empty() { 0.04 } else { 0.02 })?;
    let y = if lanes > 0.0 { Span::exact(0.0, lanes) } else { Span::of(&panel.y, ys, 0.06)? };
    Some((x, y))
}

/// Places all panels of a figure within `area`.
pub(super) fn lay_out(figure: &Figure, area: &Rect, means: &Means<'_>) -> Vec<PanelLayout> {
    let count = figure.panels.len().max(1) as f64;
    let gap = if stacked(figure) { 8.0 } else { 22.0 };
    let places = (0..figure.panels.len()).map(|index| {
        let index = index as f64;
        if stacked(figure) {
            let foot = axis_height(means);
            let height = ((area.height - foot - gap * (count - 1.0)) / count).max(0.0);
            let last = index + 1.0 == count;
            let top = area.y + index * (height + gap);
            Rect::between(area.x, top, area.right(), if last { area.bottom() } else { top + height })
        } else {
            let width = ((area.width - gap * (count - 1.0)) / count).max(0.0);
            let left = area.x + index * (width + gap);
            Rect::between(left, area.y, left + width, area.bottom())
        }
    });
    let mut drafts: Vec<Draft<'_>> = figure
        .panels
        .iter()
        .zip(places)
        .zip(all_spans(figure))
        .enumerate()
        .map(|(index, ((panel, place), spans))| {
            let foot = !stacked(figure) || index + 1 == figure.panels.len();
            Draft::new((panel, spans), place, foot, means)
        })
        .collect();
    if stacked(figure) {
        let left = drafts.iter().map(|draft| draft.left).fold(0.0, f64::max);
        drafts.iter_mut().for_each(|draft| draft.left = left);
    }
    drafts.into_iter().map(|draft| draft.finish(means)).collect()
}

/// Height of tick labels and axis label under a panel.
fn axis_height(means: &Means<'_>) -> f64 {
    2.0 * line(means.sizes.text) + TICK_GAP + 2.0
}

/// A panel whose heights are known and whose left margin is not yet.
struct Draft<'a> {
    panel: &'a Panel,
    place: Rect,
    top: f64,
    bottom: f64,
    left: f64,
    foot: bool,
    spans: Option<(Span, Span)>,
    y_ticks: Ticks,
}

impl<'a> Draft<'a> {
    fn new((panel, spans): (&'a Panel, Spans), place: Rect, foot: bool, means: &Means<'_>) -> Self {
        let face = means.face();
        let bottom = if foot { place.bottom() - axis_height(means) } else { place.bottom() };
        let top = (place.y + face.line() + 6.0).min(bottom);
        let y_ticks = match &spans {
            Some((_, y)) if panel.bars.is_empty() => y_ticks(&panel.y, y, bottom - top, face.line()),
            _ => Ticks::default(),
        };
        let widest = y_ticks.major.iter().map(|(_, label)| face.width(label)).fold(0.0, f64::max);
        let left = if widest > 0.0 { widest + TICK_GAP } else { 2.0 };
        Self { panel, place, top, bottom, left, foot, spans, y_ticks }
    }

    fn finish(self, means: &Means<'_>) -> PanelLayout {
        let face = means.face();
        let names = self.named(means);
        let labels = names.iter().flat_map(|(_, lines)| lines).map(|name| face.width(name)).fold(0.0, f64::max);
        let gutter = if names.is_empty() { 10.0 } else { LEADER + labels };
        let plot = Rect::between(self.place.x + self.left, self.top, self.place.right() - gutter, self.bottom);
        let x_ticks = match &self.spans {
            Some((x, _)) => x_ticks(&self.panel.x, x, &plot, &face),
            None => Ticks::default(),
        };
        let ends = self.ends(&names, &plot, means);
        let mut words = self.headings(&plot, means);
        words.extend(self.tick_words(&x_ticks, &plot, &face));
        let (spans, y_ticks) = (self.spans, self.y_ticks);
        PanelLayout { plot, spans, x_ticks, y_ticks, words, ends }
    }

    /// Series that get a label at their end, with its lines.
    fn named(&self, means: &Means<'_>) -> Vec<(usize, Vec<String>)> {
        if !means.at_ends || self.spans.is_none() {
            return Vec::new();
        }
        let width = self.place.width * LABEL_SHARE;
        let series = self.panel.series.iter().enumerate();
        series
            .filter(|(_, series)| is_named(series.role, &series.name) && last_point(self.panel, series).is_some())
            .map(|(index, series)| (index, means.face().wrap(&series.name, width, 2)))
            .collect()
    }

    fn ends(&self, names: &[(usize, Vec<String>)], plot: &Rect, means: &Means<'_>) -> Vec<EndLabel> {
        let Some((x_span, y_span)) = &self.spans else { return Vec::new() };
        let face = means.face();
        let points: Vec<(f64, f64)> = names
            .iter()
            .filter_map(|(index, _)| last_point(self.panel, &self.panel.series[*index]))
            .map(|(x, y)| (plot.x + x_span.fraction(x) * plot.width, plot.bottom() - y_span.fraction(y) * plot.height))
            .collect();
        let wanted: Vec<f64> = points.iter().map(|(_, y)| *y).collect();
        let heights: Vec<f64> = names.iter().map(|(_, lines)| lines.len() as f64 * face.line()).collect();
        let (low, high) = (self.top - 4.0, (self.bottom + face.line()).min(self.place.bottom()));
        let Some(centres) = labels::spread(&wanted, &heights, low, high) else { return Vec::new() };
        let left = plot.right() + LEADER;
        let placed = names.iter().zip(points.iter().zip(&centres));
        placed
            .map(|((index, lines), (from, centre))| EndLabel {
                series: *index,
                from: *from,
                to: (left - 12.0, *centre),
                lines: self.end_lines(*index, lines, (left, *centre), &face),
            })
            .collect()
    }

    /// The lines of one label, centred at a height.
    fn end_lines(&self, series: usize, lines: &[String], (left, centre): (f64, f64), face: &Face<'_>) -> Vec<TextBox> {
        let top = centre - lines.len() as f64 * face.line() / 2.0;
        let cut = lines.last().is_some_and(|line| line.ends_with('…'));
        let line = |(row, text): (usize, &String)| {
            let mut text =
                TextBox::new(face, text, (left, top + row as f64 * face.line()), Anchor::Start, Tone::Strong);
            text.full = (cut && row == 0).then(|| self.panel.series[series].name.clone());
            text
        };
        lines.iter().enumerate().map(line).collect()
    }

    /// The panel's title, what its y axis counts, and what its x axis counts.
    fn headings(&self, plot: &Rect, means: &Means<'_>) -> Vec<TextBox> {
        let mut words = Vec::new();
        let (face, bold) = (means.face(), means.bold());
        let room = self.place.width;
        let unit = |ticks: &Ticks| ticks.unit;
        let y_label = with_unit(&self.panel.y.label, unit(&self.y_ticks));
        let title = bold.elide(&self.panel.title, room);
        let mut x = self.place.x;
        if !title.is_empty() {
            let text = TextBox::new(&bold, &title, (x, self.place.y), Anchor::Start, Tone::Strong);
            x = text.rect.right() + 10.0;
            words.push(text);
        }
        let y_label = face.elide(&y_label, self.place.right() - x);
        if !y_label.is_empty() {
            words.push(TextBox::new(&face, &y_label, (x, self.place.y), Anchor::Start, Tone::Muted));
        }
        if let Some(reason) = &self.panel.empty {
            words.extend(self.reason(reason, plot, &face));
        }
        words
    }

    fn reason(&self, reason: &str, plot: &Rect, face: &Face<'_>) -> Vec<TextBox> {
        let lines = face.wrap(reason, plot.width - 20.0, 4);
        let fitting = ((self.bottom - self.top) / face.line()).floor().max(0.0);
        let top = self.top + (self.bottom - self.top - lines.len() as f64 * face.line()).max(0.0) / 2.0;
        let place = |(row, text): (usize, &String)| {
            let at = (plot.x + plot.width / 2.0, top + row as f64 * face.line());
            TextBox::new(face, text, at, Anchor::Middle, Tone::Muted)
        };
        lines.iter().enumerate().filter(|(row, _)| (*row as f64) < fitting).map(place).collect()
    }

    fn tick_words(&self, x_ticks: &Ticks, plot: &Rect, face: &Face<'_>) -> Vec<TextBox> {
        let Some((x_span, y_span)) = &self.spans else { return Vec::new() };
        let mut words: Vec<TextBox> = self
            .y_ticks
            .major
            .iter()
            .map(|(value, label)| {
                let y = plot.bottom() - y_span.fraction(*value) * plot.height;
                let at = (plot.x - TICK_GAP, y - face.line() / 2.0);
                TextBox::new(face, label, at, Anchor::End, Tone::Muted)
            })
            .collect();
        if self.foot {
            let top = plot.bottom() + TICK_GAP - 2.0;
            words.extend(x_ticks.major.iter().map(|(value, label)| {
                let x = plot.x + x_span.fraction(*value) * plot.width;
                TextBox::new(face, label, (x, top), Anchor::Middle, Tone::Muted)
            }));
            let label = face.elide(&with_unit(&self.panel.x.label, x_ticks.unit), plot.width);
            if !label.is_empty() {
                let at = (plot.x + plot.width / 2.0, top + face.line());
                words.push(TextBox::new(face, &label, at, Anchor::Middle, Tone::Muted));
            }
        }
        words
    }
}

/// `Duration (s)`.
fn with_unit(label: &str, unit: &str) -> String {
    match (label.is_empty(), unit.is_empty()) {
        (true, _) => unit.to_owned(),
        (false, true) => label.to_owned(),
        (false, false) => format!("{label} ({unit})"),
    }
}

fn y_ticks(axis: &Axis, span: &Span, height: f64, line: f64) -> Ticks {
    let spacing = if axis.scale == Scale::Log { 1.15 } else { 1.9 };
    let most = whole(height / (line * spacing)).clamp(2, 11);
    ticks::choose(axis, span, most, |ticks| {
        let places: Vec<f64> = ticks.major.iter().map(|(value, _)| span.fraction(*value) * height).collect();
        places.windows(2).all(|pair| (pair[1] - pair[0]).abs() >= line) && height >= line
    })
}

fn x_ticks(axis: &Axis, span: &Span, plot: &Rect, face: &Face<'_>) -> Ticks {
    let most = whole(plot.width / 46.0).clamp(2, 14);
    ticks::choose(axis, span, most, |ticks| {
        let places: Vec<(f64, f64)> = ticks
            .major
            .iter()
            .map(|(value, label)| {
                let (centre, half) = (plot.x + span.fraction(*value) * plot.width, face.width(label) / 2.0);
                (centre - half, centre + half)
            })
            .collect();
        let inside = |(left, right): &(f64, f64)| {
            *left >= plot.x - 30.0_f64.min(plot.x - 2.0) && *right <= plot.right() + MARGIN
        };
        plot.width > 0.0 && places.iter().all(inside) && places.windows(2).all(|pair| pair[0].1 + 8.0 <= pair[1].0)
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and made non-negative first")]
fn whole(value: f64) -> usize {
    value.clamp(0.0, 1e4) as usize
}

/// Whether an axis counts lanes and not values.
pub(super) fn is_lanes(panel: &Panel) -> bool {
    !panel.bars.is_empty() && panel.y.unit == Unit::Count
}
