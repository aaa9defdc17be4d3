//! history.json: the history for programs. A missing number is `null`; a change of the layout changes `schema_version`.

#![expect(non_camel_case_types, reason = "type parameters of `object!` are keys")]

use serde::Serialize;

use super::history::name;
use super::numbers::{object, rounded, rounded_seconds};
use crate::history::{By, RunSeries, SeriesPoint, StrategySeries};
use crate::stats::Change;

/// Version of the layout below.
const SCHEMA_VERSION: u32 = 1;

/// The whole file; `place` counts from 0 in `places`, oldest first.
pub(super) fn history(all_series: &[RunSeries<'_>]) -> impl Serialize {
    object! {
        schema_version: SCHEMA_VERSION,
        courses: all_series.iter().map(series).collect::<Vec<_>>(),
    }
}

fn series(series: &RunSeries<'_>) -> impl Serialize {
    object! {
        config: series.config,
        circumstances: series.factors,
        by: if series.by == By::Date { "date" } else { "commit" },
        requests: series.requests,
        runs_without_commit: series.without_commit,
        places: series.places.iter().map(|each| point(series.by, each)).collect::<Vec<_>>(),
        strategies: series.lines.iter().map(strategy).collect::<Vec<_>>(),
    }
}

fn point(by: By, point: &SeriesPoint<'_>) -> impl Serialize {
    let first = point.runs[0];
    object! {
        name: name(by, point),
        runs: point.runs.iter().map(|run| &run.run_id).collect::<Vec<_>>(),
        started_at: &first.started_at,
        commit: Some(&first.commit).filter(|commit| !commit.is_empty()),
    }
}

fn strategy(line: &StrategySeries) -> impl Serialize {
    let change = |change: &Change| {
        object! {
            place: change.at,
            before_s: rounded_seconds(change.before),
            after_s: rounded_seconds(change.after),
            ratio: rounded(change.after / change.before),
            p: rounded(change.p),
        }
    };
    object! {
        strategy: &line.name,
        medians_s: line.medians.iter().map(|median| median.and_then(rounded_seconds)).collect::<Vec<_>>(),
        changes: line.changes.iter().map(change).collect::<Vec<_>>(),
    }
}
