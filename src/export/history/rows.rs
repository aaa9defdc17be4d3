//! The tables and sentences of a history, the same in every format.

use crate::format::{counted, requests};
use crate::history::{By, RunSeries, SeriesPoint, StrategySeries};
use crate::model::figure::Unit;

/// Headings of the strategies.
pub(super) const LINE_COLUMNS: [&str; 5] = ["Strategy", "Measured", "First", "Latest", "Changes"];

/// The row of a strategy of the strategies: name, how often measured, first and latest median, changes.
#[must_use]
pub fn line_row(series: &RunSeries<'_>, line: &StrategySeries) -> [String; LINE_COLUMNS.len()] {
    let measured: Vec<f64> = line.medians.iter().flatten().copied().collect();
    let seconds = |median: Option<&f64>| median.map_or_else(String::new, |median| Unit::Seconds.text(*median));
    [
        line.name.clone(),
        measured.len().to_string(),
        seconds(measured.first()),
        seconds(measured.last()),
        changes(series, line).join("; "),
    ]
}

/// Every change of a strategy in words: `since sweep-20261122T183000Z: 10.1 % slower`.
fn changes(series: &RunSeries<'_>, line: &StrategySeries) -> Vec<String> {
    let told = line.changes.iter().map(|change| {
        let word = if change.after > change.before { "slower" } else { "faster" };
        let share = (change.after / change.before - 1.0).abs() * 100.0;
        format!("since {}: {share:.1} % {word}", name(series.by, &series.places[change.at]))
    });
    told.collect()
}

/// What a place is called: its run, or its commit.
pub(super) fn name(by: By, place: &SeriesPoint<'_>) -> String {
    let first = place.runs[0];
    match by {
        By::Date => first.run_id.clone(),
        By::Commit => {
            let (commit, rest) = first.commit.split_at_checked(12).unwrap_or((&first.commit, ""));
            let changed = if rest.contains("changes") { " with changes" } else { "" };
            format!("{commit}{changed}")
        }
    }
}

/// Headings of the table of places.
pub(super) fn place_columns(series: &RunSeries<'_>) -> Vec<String> {
    let first = match series.by {
        By::Date => ["Run", "Began"],
        By::Commit => ["Commit", "First measured"],
    };
    first.into_iter().map(str::to_owned).chain(series.lines.iter().map(|line| line.name.clone())).collect()
}

/// The row of a place, by its index.
#[must_use]
pub fn place_row(series: &RunSeries<'_>, index: usize) -> Vec<String> {
    let place = &series.places[index];
    let median = |line: &StrategySeries| {
        let text = line.medians[index].map_or_else(String::new, |median| Unit::Seconds.text(median));
        match line.changes.iter().find(|change| change.at == index) {
            Some(change) if change.after > change.before => format!("▲ {text}"),
            Some(_) => format!("▼ {text}"),
            None => text,
        }
    };
    let first = [name(series.by, place), place.runs[0].started_at.clone()];
    first.into_iter().chain(series.lines.iter().map(median)).collect()
}

/// The heading of a series.
#[must_use]
pub fn heading(series: &RunSeries<'_>) -> String {
    let runs: usize = series.places.iter().map(|place| place.runs.len()).sum();
    format!("{}: {}, medians at {}", series.config, counted(runs, "run", "runs"), requests(series.requests))
}

/// What should be known of a series beside its numbers.
#[must_use]
pub fn remark(series: &RunSeries<'_>) -> String {
    let without = match series.without_commit {
        0 => String::new(),
        1 => " One run is left out, as nobody knows its commit.".to_owned(),
        many => format!(" {many} runs are left out, as nobody knows their commit."),
    };
    format!("{}.{without}", series.factors)
}
