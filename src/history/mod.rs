//! Many runs of one config → each strategy's median over time, and where it changed for good. In: what is known of each
//! archived run. Out: a series for each config and each kind of conditions: runs that did other work, or ran on
//! another machine, are never joined. Pure: must not know where runs lie or what is printed.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::RequestCount;
use crate::stats::{self, Change, Sorted};

/// The level of the tests for changes, all strategies of a series together.
pub const LEVEL: f64 = 0.05;
/// A smaller change of the median is not marked, however sure it is.
const LEAST: f64 = 0.01;
const SECONDS_PER_DAY: f64 = 86_400.0;

/// What is known of one archived run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryEntry {
    /// The run directory's name.
    pub run_id: String,
    /// Stem of its config.
    pub config: String,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// The commit of the source tree, and whether files differed from it; empty where it is unknown.
    pub commit: String,
    /// Target, machine and way to measure, for people. Runs in which it differs are kept apart.
    pub factors: String,
    /// Address of its report.html, relative to the page that names it; empty where it has none.
    pub link: String,
    /// Its cells.
    pub cells: Vec<EntryCell>,
}

/// One cell of an archived run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntryCell {
    /// The strategy's name.
    pub strategy: String,
    /// Its kind and options, for people. Cells in which it differs are kept apart.
    pub options: String,
    /// Request count.
    pub requests: RequestCount,
    /// Median in seconds; `None` where no sample is valid.
    pub median_s: Option<f64>,
}

/// What the points of a series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Every run, at the day it began.
    Date,
    /// Every commit in the order first measured: the median over its runs.
    Commit,
}

/// Which series are asked for.
#[derive(Clone, Debug)]
pub struct Selection<'a> {
    /// One config alone, by its stem.
    pub config: Option<&'a str>,
    /// What the points are.
    pub by: By,
    /// The request count; by default the largest that the newest run of a series measured.
    pub requests: Option<RequestCount>,
}

/// The runs of one config under the same conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSeries<'a> {
    /// Stem of the config.
    pub config: &'a str,
    /// What all of them have in common.
    pub factors: &'a str,
    /// What the points are.
    pub by: By,
    /// The request count.
    pub requests: RequestCount,
    /// In order of time.
    pub places: Vec<SeriesPoint<'a>>,
    /// In the order first seen.
    pub lines: Vec<StrategySeries>,
    /// Runs that could not be placed, as their commit is unknown.
    pub without_commit: usize,
    /// How many points it takes before any change can be sure.
    pub fewest_for_change: usize,
}

/// One point of time: a run, or all runs of a commit.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesPoint<'a> {
    /// Days since the first run; for commits their number, from 1.
    pub x: f64,
    /// At least one, in order of time.
    pub runs: Vec<&'a HistoryEntry>,
}

/// One strategy.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategySeries {
    /// Its name; with its options where the same name had several.
    pub name: String,
    /// Median in seconds at each place; `None` where it was not measured.
    pub medians: Vec<Option<f64>>,
    /// Changes; `at` is the index of the first place at the new level.
    pub changes: Vec<Change>,
}

/// The series of an archive by config, the newest conditions of each first. Cost: n·log² n in runs.
#[must_use]
pub fn all_series<'a>(entries: &'a [HistoryEntry], selection: &Selection<'_>) -> Vec<RunSeries<'a>> {
    let mut groups: BTreeMap<(&str, &str), Vec<(i128, &HistoryEntry)>> = BTreeMap::new();
    let wanted = entries.iter().filter(|entry| selection.config.is_none_or(|config| config == entry.config));
    for entry in wanted {
        let start = entry.started_at.parse::<Timestamp>().map_or(0, Timestamp::as_nanosecond);
        groups.entry((&entry.config, &entry.factors)).or_default().push((start, entry));
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.iter_mut().for_each(|(_, runs)| runs.sort_by(|a, b| (a.0, &a.1.run_id).cmp(&(b.0, &b.1.run_id))));
    let newest = |runs: &[(i128, &HistoryEntry)]| runs.last().map(|(start, _)| *start);
    groups.sort_by(|((one, _), a), ((other, _), b)| one.cmp(other).then(newest(b).cmp(&newest(a))));
    groups.iter().map(|((config, common), runs)| series(config, common, runs, selection)).collect()
}

fn series<'a>(
    config: &'a str,
    common: &'a str,
    runs: &[(i128, &'a HistoryEntry)],
    selection: &Selection<'_>,
) -> RunSeries<'a> {
    let largest = |(_, entry): &(i128, &HistoryEntry)| entry.cells.iter().map(|cell| cell.requests).max();
    let requests = selection.requests.or_else(|| runs.iter().rev().find_map(largest)).unwrap_or_default();
    let (places, without_commit) = match selection.by {
        By::Date => (by_date(runs), 0),
        By::Commit => by_commit(runs),
    };
    let mut lines = lines(&places, requests);
    let level = LEVEL / lines.len().max(1) as f64;
    lines.iter_mut().for_each(|line| line.mark(level));
    let fewest_for_change = stats::fewest_for_change(level);
    let by = selection.by;
    RunSeries { config, factors: common, by, requests, places, lines, without_commit, fewest_for_change }
}

fn by_date<'a>(runs: &[(i128, &'a HistoryEntry)]) -> Vec<SeriesPoint<'a>> {
    let first = runs.first().map_or(0, |(start, _)| *start);
    let days = |start: i128| (start - first) as f64 / 1e9 / SECONDS_PER_DAY;
    runs.iter().map(|(start, entry)| SeriesPoint { x: days(*start), runs: vec![*entry] }).collect()
}

/// With the number of runs whose commit is unknown.
fn by_commit<'a>(runs: &[(i128, &'a HistoryEntry)]) -> (Vec<SeriesPoint<'a>>, usize) {
    let mut places: Vec<SeriesPoint<'a>> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut without = 0;
    for (_, entry) in runs {
        if entry.commit.is_empty() {
            without += 1;
            continue;
        }
        let index = *known.entry(&entry.commit).or_insert(places.len());
        match places.get_mut(index) {
            Some(place) => place.runs.push(entry),
            None => places.push(SeriesPoint { x: (index + 1) as f64, runs: vec![entry] }),
        }
    }
    (places, without)
}

fn lines(places: &[SeriesPoint<'_>], requests: RequestCount) -> Vec<StrategySeries> {
    let mut order: Vec<(&str, &str)> = Vec::new();
    let mut values: BTreeMap<(&str, &str), Vec<Vec<f64>>> = BTreeMap::new();
    for (index, place) in places.iter().enumerate() {
        for cell in place.runs.iter().flat_map(|run| &run.cells).filter(|cell| cell.requests == requests) {
            let key = (cell.strategy.as_str(), cell.options.as_str());
            let line = values.entry(key).or_insert_with(|| {
                order.push(key);
                vec![Vec::new(); places.len()]
            });
            line[index].extend(cell.median_s.filter(|median| median.is_finite()));
        }
    }
    let line = |&(name, options): &(&str, &str)| {
        let several = order.iter().filter(|(other, _)| *other == name).count() > 1;
        let medians = values[&(name, options)].iter().map(|all| Sorted::new(all.iter().copied()).median());
        let name = if several { format!("{name} ({})", apart(name, options, &order)) } else { name.to_owned() };
        StrategySeries { name, medians: medians.collect(), changes: Vec::new() }
    };
    order.iter().map(line).collect()
}

/// Those parts of the options that not every strategy of this name has.
fn apart(name: &str, options: &str, all: &[(&str, &str)]) -> String {
    let same_name = || all.iter().filter(|(other, _)| *other == name);
    let shared = |part: &&str| same_name().all(|(_, others)| others.split(", ").any(|other| other == *part));
    let parts: Vec<&str> = options.split(", ").filter(|part| !shared(part)).collect();
    if parts.is_empty() { options.to_owned() } else { parts.join(", ") }
}

impl StrategySeries {
    fn mark(&mut self, level: f64) {
        let (at, values): (Vec<usize>, Vec<f64>) =
            self.medians.iter().enumerate().filter_map(|(index, median)| Some((index, (*median)?))).unzip();
        let sure = stats::changes(&values, level).into_iter();
        let large = sure.filter(|change| (change.after / change.before - 1.0).abs() >= LEAST);
        self.changes = large.map(|change| Change { at: at[change.at], ..change }).collect();
    }

    /// The level of the median at each place: that of the stretch between two changes.
    #[must_use]
    pub fn levels(&self) -> Vec<f64> {
        let mut level = self.changes.first().map_or_else(
            || Sorted::new(self.medians.iter().flatten().copied()).median().unwrap_or_default(),
            |change| change.before,
        );
        let mut changes = self.changes.iter().peekable();
        let mut levels = Vec::with_capacity(self.medians.len());
        for index in 0..self.medians.len() {
            if let Some(change) = changes.next_if(|change| change.at == index) {
                level = change.after;
            }
            levels.push(level);
        }
        levels
    }
}
