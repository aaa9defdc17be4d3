//! The comparison as figures: the ratio of new to base for each strategy and count in rows on one scale, with the
//! threshold as a band, and below it both runs over each other, a panel for each strategy.

use crate::comparison::{CellPair, Comparison, StrategyPair};
use crate::format::{percent, requests};
use crate::model::figure::{
    Arrangement, Axis, Estimate, Figure, Panel, Point, Role, Scale, Series, Shape, Spread, Unit,
};
use crate::report::{Cell, FEWEST_FOR_INTERVAL};

/// Colour and marker of the base and of the new run, where runs are distinguished.
const RUNS: [usize; 2] = [0, 1];
/// More rows than this are too narrow to read: then each strategy has one, for the largest count.
const MOST_ROWS: usize = 30;
/// From this ratio of the greatest to the least value on, the axis is logarithmic.
const WIDE: f64 = 3.0;

/// Every figure that can be drawn; none where the runs have nothing in common. `verdict` is the whole in a sentence.
#[must_use]
pub fn comparison(comparison: &Comparison<'_>, verdict: &str) -> Vec<Figure> {
    if comparison.lines.is_empty() {
        return Vec::new();
    }
    let described = |figure: Figure| Figure { description: verdict.to_owned(), ..figure };
    [ratios(comparison), overlay(comparison)].map(described).into()
}

fn overlay(comparison: &Comparison<'_>) -> Figure {
    let panel = |line: &StrategyPair<'_>| Panel {
        title: line.name.to_owned(),
        x: counts(line),
        y: axis("Duration", Unit::Seconds, true),
        series: vec![
            durations("base", RUNS[0], line.cells.iter().map(|cell| cell.base)),
            durations("new", RUNS[1], line.cells.iter().map(|cell| cell.new)),
        ],
        ..Panel::default()
    };
    Figure {
        id: "comparison-duration".to_owned(),
        title: "Duration before and now".to_owned(),
        caption: format!(
            "base: {}; new: {}; bars: 95 % interval of the median.",
            comparison.base.name, comparison.new.name
        ),
        panels: comparison.lines.iter().map(panel).collect(),
        arrangement: Arrangement::Stacked,
        ..Figure::default()
    }
}

fn ratios(comparison: &Comparison<'_>) -> Figure {
    let lines = &comparison.lines;
    let each = lines.iter().map(|line| line.cells.len()).sum::<usize>() <= MOST_ROWS;
    let panels = if each && lines.iter().any(|line| line.cells.len() > 1) {
        let names = |line: &StrategyPair<'_>| line.cells.iter().map(|cell| requests(cell.requests)).collect();
        let panel = |line| rows(comparison, &Vec::from_iter(cells(line)), names(line));
        lines.iter().map(|line| Panel { title: line.name.to_owned(), ..panel(line) }).collect()
    } else {
        let largest: Vec<Row<'_>> = lines.iter().filter_map(|line| cells(line).last()).collect();
        let names = largest.iter().map(|(_, line, _)| line.name.to_owned()).collect();
        vec![rows(comparison, &largest, names)]
    };
    let within = percent(comparison.threshold, 2);
    let only = if each { "" } else { " Only the largest request count of each strategy is drawn." };
    Figure {
        id: "comparison-ratio".to_owned(),
        title: "New run relative to the base".to_owned(),
        caption: format!(
            "Ratio of the medians with its 95 % bootstrap interval; left of 1×: faster; shaded: within {within}.{only} Base: \
             {}; new: {}.",
            comparison.base.name, comparison.new.name
        ),
        panels: common_scale(panels),
        arrangement: Arrangement::Stacked,
        ..Figure::default()
    }
}

/// A combination with the strategy that it is of.
type Row<'a> = (usize, &'a StrategyPair<'a>, &'a CellPair<'a>);

fn cells<'a>(line: &'a StrategyPair<'a>) -> impl Iterator<Item = Row<'a>> {
    line.cells.iter().map(move |cell| (line.strategy_index, line, cell))
}

/// A panel with these rows from top to bottom.
fn rows(comparison: &Comparison<'_>, rows: &[Row<'_>], mut names: Vec<String>) -> Panel {
    let within = 1.0 + comparison.threshold;
    names.reverse();
    let estimates = rows.iter().rev().zip(0..).filter_map(|((strategy_index, _, cell), row)| {
        let value = cell.ratio?;
        let enough = cell.base.points.len().min(cell.new.points.len()) >= FEWEST_FOR_INTERVAL;
        let interval = cell.interval.filter(|_| enough);
        let interval = interval.map(|interval| (interval.low.min(value), interval.high.max(value)));
        Some(Estimate { row, value, interval, strategy_index: *strategy_index })
    });
    Panel {
        x: axis("Duration, new / base", Unit::Ratio, false),
        y: Axis { names, ..Axis::default() },
        estimates: estimates.collect(),
        zone: Some((within.recip(), within)),
        ..Panel::default()
    }
}

/// The panels with a logarithmic axis where the ratios are far apart.
fn common_scale(mut panels: Vec<Panel>) -> Vec<Panel> {
    let ends = panels.iter().flat_map(|panel| &panel.estimates);
    let ends = ends.flat_map(|estimate| [estimate.value, estimate.interval.map_or(estimate.value, |ends| ends.0)]);
    let (least, greatest) = ends.fold((1.0_f64, 1.0_f64), |all, end| (all.0.min(end), all.1.max(end)));
    let scale = if least > 0.0 && greatest > WIDE * least { Scale::Log } else { Scale::Linear };
    panels.iter_mut().for_each(|panel| panel.x.scale = scale);
    panels
}

fn durations<'a>(name: &str, strategy_index: usize, cells: impl Iterator<Item = &'a Cell<'a>>) -> Series {
    let points = cells.map(|cell| {
        let interval = cell.interval.filter(|_| cell.points.len() >= FEWEST_FOR_INTERVAL);
        Point { x: cell.requests.into(), y: cell.median(), interval: interval.map(|ends| (ends.low, ends.high)) }
    });
    Series {
        name: name.to_owned(),
        strategy_index,
        role: Role::Measured,
        shape: Shape::Line,
        spread: Spread::Bars,
        points: points.collect(),
        ..Series::default()
    }
}

fn counts(line: &StrategyPair<'_>) -> Axis {
    Axis { ticks: line.cells.iter().map(|cell| cell.requests.into()).collect(), ..axis("Requests", Unit::Count, false) }
}

fn axis(label: &str, unit: Unit, from_zero: bool) -> Axis {
    Axis { label: label.to_owned(), unit, scale: Scale::Linear, from_zero, ticks: Vec::new(), names: Vec::new() }
}
