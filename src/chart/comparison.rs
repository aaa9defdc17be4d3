//! The comparison as figures: both runs over each other, and their ratio against the request count with its threshold. A
//! panel for each strategy: ten lines in one panel would hide what they are there to show.

use crate::comparison::{Comparison, StrategyPair};
use crate::format::percent;
use crate::model::figure::{Arrangement, Axis, Figure, Panel, Point, Role, Scale, Series, Shape, Spread, Unit};
use crate::report::{Cell, FEWEST_FOR_INTERVAL};

/// Colour and marker of the base and of the new run, where runs are distinguished.
const RUNS: [usize; 2] = [0, 1];
/// Colour of the threshold, which is no strategy's: that of the eighth.
const THRESHOLD: usize = 7;

/// Every figure that can be drawn; none where the runs have nothing in common. `verdict` is the whole in a sentence.
#[must_use]
pub fn comparison(comparison: &Comparison<'_>, verdict: &str) -> Vec<Figure> {
    if comparison.lines.is_empty() {
        return Vec::new();
    }
    let described = |figure: Figure| Figure { description: verdict.to_owned(), ..figure };
    [overlay(comparison), ratios(comparison)].map(described).into()
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
    let within = 1.0 + comparison.threshold;
    let panel = |line: &StrategyPair<'_>| {
        let xs = line.cells.iter().map(|cell| f64::from(cell.requests));
        let threshold = xs.map(|x| Point { x, y: Some(1.0), interval: Some((within.recip(), within)) });
        let ratio = line.cells.iter().map(|cell| {
            let enough = cell.base.points.len().min(cell.new.points.len()) >= FEWEST_FOR_INTERVAL;
            let interval = cell.interval.filter(|_| enough).map(|interval| (interval.low, interval.high));
            let held = |(low, high): (f64, f64)| cell.ratio.map(|ratio| (low.min(ratio), high.max(ratio)));
            Point { x: cell.requests.into(), y: cell.ratio, interval: interval.and_then(held) }
        });
        // A band needs a line to lie around.
        let spread = if line.cells.len() > 1 { Spread::Band } else { Spread::Bars };
        Panel {
            title: line.name.to_owned(),
            x: counts(line),
            y: axis("New / base", Unit::Ratio, false),
            series: vec![
                series(
                    &format!("within {}", percent(comparison.threshold, 2)),
                    Role::Ideal,
                    THRESHOLD,
                    spread,
                    threshold,
                ),
                series("", Role::Measured, line.strategy_index, Spread::Bars, ratio),
            ],
            ..Panel::default()
        }
    };
    Figure {
        id: "comparison-ratio".to_owned(),
        title: "Duration of the new run over that of the base".to_owned(),
        caption: format!(
            "Ratio of medians; bars: its 95 % bootstrap interval; above 1× is slower; band: within {} of the base ({}).",
            percent(comparison.threshold, 2),
            comparison.base.name
        ),
        panels: comparison.lines.iter().map(panel).collect(),
        arrangement: Arrangement::Stacked,
        ..Figure::default()
    }
}

fn durations<'a>(name: &str, strategy_index: usize, cells: impl Iterator<Item = &'a Cell<'a>>) -> Series {
    let points = cells.map(|cell| {
        let interval = cell.interval.filter(|_| cell.points.len() >= FEWEST_FOR_INTERVAL);
        Point { x: cell.requests.into(), y: cell.median(), interval: interval.map(|ends| (ends.low, ends.high)) }
    });
    series(name, Role::Measured, strategy_index, Spread::Bars, points)
}

fn series(
    name: &str,
    role: Role,
    strategy_index: usize,
    spread: Spread,
    points: impl Iterator<Item = Point>,
) -> Series {
    let points = points.collect();
    Series { name: name.to_owned(), strategy_index, role, shape: Shape::Line, spread, points, ..Series::default() }
}

fn counts(line: &StrategyPair<'_>) -> Axis {
    Axis { ticks: line.cells.iter().map(|cell| cell.requests.into()).collect(), ..axis("Requests", Unit::Count, false) }
}

fn axis(label: &str, unit: Unit, from_zero: bool) -> Axis {
    Axis { label: label.to_owned(), unit, scale: Scale::Linear, from_zero, ticks: Vec::new(), names: Vec::new() }
}
