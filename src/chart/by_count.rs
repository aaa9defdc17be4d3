//! Lines over request counts: what the charts of a quantity by request count have in common.

use crate::chart::ideal::{Corners, Ideal};
use crate::chart::kind::Subject;
use crate::chart::{downsample, spacing, words};
use crate::config::Label;
use crate::format::grouped;
use crate::model::RequestCount;
use crate::model::figure::{Axis, Mark, Panel, Point, Role, Scale, Series, Spread, Unit};
use crate::report::{Cell, FEWEST_FOR_INTERVAL, ReferenceCell, ReferenceLine};

/// More counts than this are no tick positions.
const MOST_TICKS: usize = 60;
/// Fewer points than this show intervals as bars: a band needs a line to lie around.
const FEWEST_FOR_BAND: usize = 4;

/// A quantity of a cell, by request count.
pub(super) struct Quantity {
    /// Label of the y axis, without unit.
    pub(super) label: Label,
    /// Unit of the y axis.
    pub(super) unit: Unit,
    /// The value and its interval, where the cell has them.
    pub(super) value: fn(&Cell<'_>) -> Option<CellValue>,
    /// Whether failed samples stand at their duration.
    pub(super) failures: bool,
}

/// A value and the ends of its interval, in either order.
pub(super) struct CellValue {
    pub(super) y: f64,
    pub(super) interval: Option<(f64, f64)>,
}

impl CellValue {
    /// A value without an interval.
    pub(super) fn plain(y: Option<f64>) -> Option<Self> {
        y.map(|y| Self { y, interval: None })
    }

    /// A function of a cell's median; its interval follows from that of the median.
    pub(super) fn of_median(cell: &Cell<'_>, function: impl Fn(f64) -> f64) -> Option<Self> {
        let interval = cell.interval.map(|ends| (function(ends.low), function(ends.high)));
        Some(Self { y: function(cell.median()?), interval })
    }
}

/// One panel with a measured line for each strategy that has any value or failure.
pub(super) fn panel(subject: &Subject<'_>, strategy_indices: &[usize], quantity: &Quantity, scale: Scale) -> Panel {
    let x = count_axis(subject);
    let bins = downsample::number_of_bins(subject.report.counts.len(), strategy_indices.len());
    let series = strategy_indices
        .iter()
        .map(|strategy_index| measured(subject, *strategy_index, (quantity, bins), (x.scale, scale)));
    Panel {
        title: String::new(),
        series: series.filter(|line| has_values(line) || !line.failures.is_empty()).collect(),
        x,
        y: value_axis(subject.labels.text(quantity.label), quantity.unit, scale),
        ..Panel::default()
    }
}

/// From this ratio of the greatest to the least value of several lines on, a linear axis hides the small ones.
const WIDE: f64 = 10.0;

/// Whether the values of these lines, of several strategies, are so far apart that a logarithmic axis shows them better.
pub(super) fn is_wide<'a>(lines: impl Iterator<Item = &'a Series> + Clone) -> bool {
    let values = lines.clone().flat_map(|line| line.points.iter().filter_map(|point| point.y));
    let (least, greatest) = values.fold((f64::INFINITY, 0.0_f64), |ends, y| (ends.0.min(y), ends.1.max(y)));
    lines.filter(|line| line.role == Role::Measured).count() > 1 && least > 0.0 && greatest > WIDE * least
}

/// A panel with the ideals of some strategies, on the scale that the config names, else on the one that shows all of it
/// best.
pub(super) fn panel_with_ideals(
    subject: &Subject<'_>,
    strategy_indices: &[usize],
    quantity: &Quantity,
    with_ideal: &[usize],
    corners: impl Fn(&Ideal) -> Corners,
) -> Panel {
    let drawn = |scale| {
        let mut panel = panel(subject, strategy_indices, quantity, scale);
        relabel(&mut panel, subject);
        panel.series.extend(ideals(subject, with_ideal, (panel.x.scale, scale), &corners));
        panel
    };
    match subject.spec.y_scale {
        Some(scale) => drawn(scale),
        None => Some(drawn(Scale::Linear))
            .filter(|panel| !is_wide(panel.series.iter()))
            .unwrap_or_else(|| drawn(Scale::Log)),
    }
}

/// Replaces labels that the config names.
pub(super) fn relabel(panel: &mut Panel, subject: &Subject<'_>) {
    let spec = subject.spec;
    panel.x.label = spec.x_label.clone().unwrap_or_else(|| std::mem::take(&mut panel.x.label));
    panel.y.label = spec.y_label.clone().unwrap_or_else(|| std::mem::take(&mut panel.y.label));
}

fn count_axis(subject: &Subject<'_>) -> Axis {
    let counts = subject.report.counts;
    let elsewhere = subject.references().flat_map(|line| line.cells.iter().map(|cell| cell.requests));
    let mut ticks: Vec<RequestCount> = counts.iter().copied().chain(elsewhere).collect();
    ticks.sort_unstable();
    ticks.dedup();
    Axis {
        label: subject.text(Label::Requests),
        unit: Unit::Count,
        scale: subject.spec.x_scale.unwrap_or_else(|| spacing::scale(counts)),
        from_zero: false,
        ticks: if ticks.len() > MOST_TICKS { Vec::new() } else { ticks.into_iter().map(f64::from).collect() },
        names: Vec::new(),
    }
}

/// An axis of values that starts at zero where it can.
pub(super) fn value_axis(label: &str, unit: Unit, scale: Scale) -> Axis {
    let from_zero = scale == Scale::Linear;
    Axis { label: label.to_owned(), unit, scale, from_zero, ticks: Vec::new(), names: Vec::new() }
}

fn measured(
    subject: &Subject<'_>,
    strategy_index: usize,
    (quantity, bins): (&Quantity, Option<usize>),
    (x_scale, scale): (Scale, Scale),
) -> Series {
    let report = subject.report;
    // Both ascend: of a hundred thousand counts a search for each takes longer than all else.
    let mut cells = report.cells_of(strategy_index).iter().peekable();
    let point = |&requests: &u32| {
        while cells.next_if(|cell| cell.requests < requests).is_some() {}
        let cell = cells.next_if(|cell| cell.requests == requests);
        let value = cell.and_then(quantity.value).filter(|value| drawable(value.y, scale));
        let enough = cell.is_some_and(|cell| cell.points.len() >= FEWEST_FOR_INTERVAL);
        let interval = value.as_ref().and_then(|value| interval(value, scale)).filter(|_| enough);
        Point { x: requests.into(), y: value.map(|value| value.y), interval }
    };
    let points: Vec<Point> = report.counts.iter().map(point).collect();
    let points = match bins {
        Some(number) => downsample::bins(&points, (x_scale, number)),
        None => points,
    };
    let cells = if quantity.failures { report.cells_of(strategy_index) } else { &[] };
    let marks = cells.iter().flat_map(|cell| {
        let durations = cell.recorded.excluded.iter().filter_map(|sample| sample.duration_s);
        durations.filter(|y| drawable(*y, scale)).map(|y| Mark { x: cell.requests.into(), y })
    });
    let marks: Vec<Mark> = marks.collect();
    let name = report.strategies[strategy_index].name.clone();
    Series {
        failures_note: failures_note(subject, &name, marks.len()),
        name,
        strategy_index,
        spread: spread(&points),
        failures: downsample::marks(marks, x_scale),
        points,
        binned: bins.is_some(),
        ..Series::default()
    }
}

fn failures_note(subject: &Subject<'_>, name: &str, number: usize) -> String {
    let number_told = grouped(number);
    let note = || subject.labels.fill(Label::Failed, &[("strategy", name), ("number", &number_told)]);
    (number > 0).then(note).unwrap_or_default()
}

fn spread(points: &[Point]) -> Spread {
    if points.iter().all(|point| point.interval.is_none()) {
        Spread::None
    } else if points.iter().filter(|point| point.y.is_some()).count() < FEWEST_FOR_BAND {
        Spread::Bars
    } else {
        Spread::Band
    }
}

fn drawable(y: f64, scale: Scale) -> bool {
    y.is_finite() && (scale == Scale::Linear || y > 0.0)
}

/// The ends in order, where both can be shown.
fn interval(value: &CellValue, scale: Scale) -> Option<(f64, f64)> {
    let (a, b) = value.interval?;
    let (low, high) = (a.min(b), a.max(b));
    (drawable(low, scale) && drawable(high, scale)).then_some((low.min(value.y), high.max(value.y)))
}

/// Dashed lines of the best possible values between these corners. Strategies with the same ideal share one line, which
/// names them.
pub(super) fn ideals(
    subject: &Subject<'_>,
    strategy_indices: &[usize],
    (x_scale, scale): (Scale, Scale),
    corners: impl Fn(&Ideal) -> Corners,
) -> Vec<Series> {
    let mut lines: Vec<(Vec<Point>, Vec<usize>)> = Vec::new();
    for &strategy_index in strategy_indices {
        let corners = corners(&Ideal::of(subject.report, strategy_index)).into_iter();
        let drawn = corners.filter(|(_, y)| drawable(*y, scale));
        let points: Vec<Point> = drawn.map(|(x, y)| Point { x: x.into(), y: Some(y), interval: None }).collect();
        match lines.iter_mut().find(|(other, _)| *other == points) {
            Some((_, sharing)) => sharing.push(strategy_index),
            None => lines.push((points, vec![strategy_index])),
        }
    }
    let lines = lines.into_iter().filter(|(points, _)| !points.is_empty());
    lines.map(|(points, sharing)| ideal_line(subject, downsample::points(points, x_scale), &sharing)).collect()
}

fn ideal_line(subject: &Subject<'_>, points: Vec<Point>, sharing: &[usize]) -> Series {
    let name = |strategy_index: usize| subject.report.strategies[strategy_index].name.as_str();
    let labels = subject.labels;
    let who = match sharing {
        [one] => name(*one).to_owned(),
        [one, two] => labels.fill(Label::Pair, &[("first", name(*one)), ("second", name(*two))]),
        [one, rest @ ..] => {
            labels.fill(Label::AndMore, &[("strategy", name(*one)), ("number", &rest.len().to_string())])
        }
        [] => String::new(),
    };
    Series {
        name: labels.fill(Label::Ideal, &[("strategies", &who)]),
        legend: labels.text(Label::IdealOfAll).to_owned(),
        strategy_index: sharing.first().copied().unwrap_or_default(),
        shared_with: sharing.iter().skip(1).copied().collect(),
        role: Role::Ideal,
        points,
        ..Series::default()
    }
}

/// Thin lines of what was measured elsewhere.
pub(super) fn elsewhere(
    subject: &Subject<'_>,
    (x_scale, scale): (Scale, Scale),
    value: impl Fn(&ReferenceLine<'_>, &ReferenceCell) -> Option<f64>,
) -> Vec<Series> {
    let lines = subject.references().map(|line| {
        let values = line.cells.iter().filter_map(|cell| Some((cell.requests, value(line, cell)?)));
        let points = values.filter(|(_, y)| drawable(*y, scale));
        let points = points.map(|(x, y)| Point { x: x.into(), y: Some(y), interval: None }).collect();
        Series {
            name: line.about.name.clone(),
            strategy_index: line.strategy_index,
            role: Role::Reference,
            points: downsample::points(points, x_scale),
            ..Series::default()
        }
    });
    lines.filter(has_values).collect()
}

/// Divides every value of a panel of durations by the delay, where the config asks for it, and says so on the y axis.
pub(super) fn divide(subject: &Subject<'_>, panel: &mut Panel, (divisor, label): (f64, Label)) {
    if !subject.spec.normalize {
        return;
    }
    (panel.y.label, panel.y.unit) = (subject.text(label), Unit::Ratio);
    for line in &mut panel.series {
        for point in &mut line.points {
            point.y = point.y.map(|y| y / divisor);
            point.interval = point.interval.map(|(low, high)| (low / divisor, high / divisor));
        }
        line.failures.iter_mut().for_each(|mark| mark.y /= divisor);
    }
}

/// Whether a line has anything to join.
pub(super) fn has_values(line: &Series) -> bool {
    line.points.iter().any(|point| point.y.is_some())
}

/// The trend of each line but the ideal ones, in words.
pub(super) fn trends(subject: &Subject<'_>, panel: &Panel) -> Vec<String> {
    let lines = panel.series.iter().filter(|line| line.role != Role::Ideal);
    lines.map(|line| words::line(subject.labels, line, panel.y.unit)).collect()
}
