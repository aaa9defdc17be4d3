//! The comparison as figures: the ratio of new to base, a row for each strategy on one scale with the threshold as a band;
//! and both runs over each other, a panel for each strategy.

use crate::comparison::{Comparison, Ratio, StrategyPair};
use crate::format::percent;
use crate::model::figure::{Axis, Estimate, Figure, Panel, Point, Role, Scale, Series, Shape, Spread, Unit};
use crate::report::{Cell, FEWEST_FOR_INTERVAL};

/// Colour and marker of the base and of the new run, where runs are distinguished.
const RUNS: [usize; 2] = [0, 1];
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
        x: counts(comparison.new.report.facts.varied.heading(), line),
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
        ..Figure::default()
    }
}

/// A row for each strategy, from top to bottom.
fn ratios(comparison: &Comparison<'_>) -> Figure {
    let lines = comparison.lines.iter().rev();
    let estimates = lines.clone().zip(0..).filter_map(|(line, row)| {
        let Ratio { value, low, high } = line.judged.ratio?;
        let interval = low.zip(high).map(|(low, high)| (low.min(value), high.max(value)));
        Some(Estimate { row, value, interval, strategy_index: line.strategy_index })
    });
    let threshold = 1.0 + comparison.threshold;
    let panel = Panel {
        x: axis("Duration, new / base", Unit::Ratio, false),
        y: Axis { names: lines.clone().map(|line| line.name.to_owned()).collect(), ..Axis::default() },
        estimates: estimates.collect(),
        zone: Some((threshold.recip(), threshold)),
        ..Panel::default()
    };
    let within = percent(comparison.threshold, 2);
    Figure {
        id: "comparison-ratio".to_owned(),
        title: "New run relative to the base".to_owned(),
        caption: format!(
            "Ratio over all counts with its 95 % interval; left of 1×: faster; shaded: within {within}. Base: {}; \
             new: {}.",
            comparison.base.name, comparison.new.name
        ),
        panels: common_scale(vec![panel]),
        ..Figure::default()
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

fn counts(label: &str, line: &StrategyPair<'_>) -> Axis {
    Axis { ticks: line.cells.iter().map(|cell| cell.requests.into()).collect(), ..axis(label, Unit::Count, false) }
}

fn axis(label: &str, unit: Unit, from_zero: bool) -> Axis {
    Axis { label: label.to_owned(), unit, scale: Scale::Linear, from_zero, ticks: Vec::new(), names: Vec::new() }
}
