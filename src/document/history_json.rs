//! The history for programs. A missing number is `null`; a change of the layout changes `schema_version`.

use serde::Serialize;

use super::history::name;
use super::numbers::{rounded, rounded_seconds};
use crate::history::{By, RunSeries, StrategySeries};

/// Version of the layout below.
const SCHEMA_VERSION: u32 = 1;

/// The whole file; `place` counts from 0 in `places`, oldest first.
#[derive(Serialize)]
pub(super) struct HistoryJson<'a> {
    schema_version: u32,
    courses: Vec<SeriesNumbers<'a>>,
}

#[derive(Serialize)]
struct SeriesNumbers<'a> {
    config: &'a str,
    circumstances: &'a str,
    by: &'static str,
    requests: u32,
    runs_without_commit: usize,
    places: Vec<PlaceText<'a>>,
    strategies: Vec<LineNumbers<'a>>,
}

#[derive(Serialize)]
struct PlaceText<'a> {
    name: String,
    runs: Vec<&'a str>,
    started_at: &'a str,
    commit: Option<&'a str>,
}

#[derive(Serialize)]
struct LineNumbers<'a> {
    strategy: &'a str,
    medians_s: Vec<Option<f64>>,
    changes: Vec<ChangeNumbers>,
}

#[derive(Serialize)]
struct ChangeNumbers {
    place: usize,
    before_s: Option<f64>,
    after_s: Option<f64>,
    ratio: Option<f64>,
    p: Option<f64>,
}

impl<'a> HistoryJson<'a> {
    pub(super) fn of(all_series: &'a [RunSeries<'_>]) -> Self {
        Self { schema_version: SCHEMA_VERSION, courses: all_series.iter().map(SeriesNumbers::of).collect() }
    }
}

impl<'a> SeriesNumbers<'a> {
    fn of(series: &'a RunSeries<'_>) -> Self {
        let places = series.places.iter().map(|place| PlaceText {
            name: name(series.by, place),
            runs: place.runs.iter().map(|run| run.run_id.as_str()).collect(),
            started_at: &place.runs[0].started_at,
            commit: Some(place.runs[0].commit.as_str()).filter(|commit| !commit.is_empty()),
        });
        Self {
            config: series.config,
            circumstances: series.factors,
            by: if series.by == By::Date { "date" } else { "commit" },
            requests: series.requests,
            runs_without_commit: series.without_commit,
            places: places.collect(),
            strategies: series.lines.iter().map(LineNumbers::of).collect(),
        }
    }
}

impl<'a> LineNumbers<'a> {
    fn of(line: &'a StrategySeries) -> Self {
        let changes = line.changes.iter().map(|change| ChangeNumbers {
            place: change.at,
            before_s: rounded_seconds(change.before),
            after_s: rounded_seconds(change.after),
            ratio: rounded(change.after / change.before),
            p: rounded(change.p),
        });
        Self {
            strategy: &line.name,
            medians_s: line.medians.iter().map(|median| median.and_then(rounded_seconds)).collect(),
            changes: changes.collect(),
        }
    }
}
