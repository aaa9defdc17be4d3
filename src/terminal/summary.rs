//! The table at the end of a sweep: a row for each cell.

use super::printer::shown;
use super::table::{columns, dash, seconds};
use crate::model::figure::Unit;
use crate::report::{Cell, Report};

/// The report as a table for people.
#[must_use]
pub fn summary(report: &Report<'_>) -> String {
    let header = ["strategy", "requests", "samples", "median", "95 % interval", "ideal", "over", "speed-up", "failed"];
    let rows = report.cells.iter().map(|cell| {
        vec![
            shown(&report.strategies[cell.strategy_index].name, 32),
            cell.requests.to_string(),
            cell.points.len().to_string(),
            seconds(cell.median()),
            interval(cell),
            seconds(cell.ideal_s),
            seconds(cell.overhead_s),
            cell.speedup.map_or_else(dash, |ratio| format!("{ratio:.3}×").replace(".000×", "×")),
            cell.excluded.len().to_string(),
        ]
    });
    let elsewhere = report.references.iter().flat_map(|line| {
        let name = shown(&line.about.name, 32);
        line.cells.iter().map(move |cell| {
            let known =
                [name.clone(), cell.requests.to_string(), cell.samples.to_string(), seconds(Some(cell.median_s))];
            known.into_iter().chain(std::iter::repeat_n(dash(), 5)).collect()
        })
    });
    columns(&header, rows.chain(elsewhere))
}

fn interval(cell: &Cell<'_>) -> String {
    cell.interval.as_ref().map_or_else(dash, |interval| {
        format!("{} – {}", Unit::Seconds.text(interval.low), Unit::Seconds.text(interval.high))
    })
}
