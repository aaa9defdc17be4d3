//! The series of each strategy over all runs of a config, with its levels and the changes between them. No chart of a
//! run: it is drawn from many.

use crate::chart::downsample;
use crate::format::{counted, requests};
use crate::history::{By, HistoryEntry, RunSeries, SeriesPoint, StrategySeries};
use crate::model::figure::{Axis, Figure, Mark, Panel, Point, Role, Scale, Series, Shape, Unit};
use crate::stats::Change;

/// What the figure of one of so many series is called; `number` counts from 1.
#[must_use]
pub fn history_id(series: usize, number: usize) -> String {
    if series == 1 { "history".to_owned() } else { format!("history-{number}") }
}

/// `10.1 % slower`.
#[must_use]
pub fn change_text(change: &Change) -> String {
    let word = if change.after > change.before { "slower" } else { "faster" };
    format!("{:.1} % {word}", (change.after / change.before - 1.0).abs() * 100.0)
}

/// The figure of a series; `None` where nothing was measured. `id` names its files.
#[must_use]
pub fn history(series: &RunSeries<'_>, id: &str) -> Option<Figure> {
    let drawn: Vec<(usize, &StrategySeries)> =
        series.lines.iter().enumerate().filter(|(_, line)| line.medians.iter().any(Option::is_some)).collect();
    if drawn.is_empty() {
        return None;
    }
    let runs: usize = series.places.iter().map(|place| place.runs.len()).sum();
    Some(Figure {
        id: id.to_owned(),
        title: format!(
            "{}: median at {} over {}",
            series.config,
            requests(series.requests),
            counted(runs, "run", "runs")
        ),
        description: format!("{}.", drawn.iter().map(|(_, line)| told(line)).collect::<Vec<_>>().join("; ")),
        caption: caption(series),
        panels: drawn.iter().map(|(strategy_index, line)| panel(series, *strategy_index, line)).collect(),
        ..Figure::default()
    })
}

fn caption(series: &RunSeries<'_>) -> String {
    let changed = series.lines.iter().any(|line| !line.changes.is_empty());
    match (series.places.len(), changed) {
        (0 | 1, _) => format!("{}.", series.factors),
        (_, false) => format!("{}. Dashed: level.", series.factors),
        (_, true) => {
            let place = place_word(series.by);
            format!("{}. Dashed: level between changes; crossed circle: first {place} after a change.", series.factors)
        }
    }
}

fn place_word(by: By) -> &'static str {
    match by {
        By::Date => "run",
        By::Commit => "commit",
    }
}

fn told(line: &StrategySeries) -> String {
    let changes: Vec<String> = line.changes.iter().map(change_text).collect();
    match changes.as_slice() {
        [] => format!("{} keeps its level", line.name),
        changes => format!("{} becomes {}", line.name, changes.join(", then ")),
    }
}

fn panel(series: &RunSeries<'_>, strategy_index: usize, line: &StrategySeries) -> Panel {
    let medians = || line.medians.iter().flatten().copied();
    let least = medians().fold(f64::INFINITY, f64::min);
    let greatest = medians().fold(0.0, f64::max);
    // A change of a few percent is what is looked for: only a great one is seen on an axis from zero too.
    let from_zero = greatest > WIDE * least;
    let label = if from_zero { "Median" } else { "Median, axis not from zero" };
    Panel {
        title: line.name.clone(),
        x: times(series),
        y: Axis { label: label.to_owned(), unit: Unit::Seconds, from_zero, ..Axis::default() },
        series: vec![levels(series, strategy_index, line), measured(series, strategy_index, line)],
        ..Panel::default()
    }
}

/// From this ratio of the greatest to the least median on, the axis of medians starts at zero.
const WIDE: f64 = 2.0;

/// More places than this are no tick positions.
const MOST_TICKS: usize = 60;

/// The axis of the places: when runs began, or which commits they measured.
fn times(series: &RunSeries<'_>) -> Axis {
    let places: Vec<&SeriesPoint<'_>> =
        downsample::evenly(series.places.len(), MOST_TICKS).into_iter().map(|index| &series.places[index]).collect();
    let firsts = || places.iter().map(|place| place.runs[0]);
    let (label, names) = match series.by {
        By::Commit => {
            let short = |run: &HistoryEntry| run.commit.chars().take(SHORT_COMMIT).collect();
            ("Commit, oldest first".to_owned(), firsts().map(short).collect())
        }
        By::Date => start_names(&firsts().map(|run| run.started_at.as_str()).collect::<Vec<_>>()),
    };
    Axis { label, unit: Unit::Count, ticks: places.iter().map(|place| place.x).collect(), names, ..Axis::default() }
}

const SHORT_COMMIT: usize = 7;

/// Label of an axis of starts (RFC 3339, ascending), and what is written at each: dates alone where each run has its
/// own, times alone within one day.
fn start_names(starts: &[&str]) -> (String, Vec<String>) {
    let parts = |start: &&str| {
        let (day, time) = start.split_once('T').unwrap_or((start, ""));
        (day.to_owned(), time.get(..8).unwrap_or(time).to_owned())
    };
    let mut parts: Vec<(String, String)> = starts.iter().map(parts).collect();
    let minute = |(day, time): &(String, String)| (day.clone(), time.get(..5).map(str::to_owned));
    if parts.windows(2).all(|pair| minute(&pair[0]) != minute(&pair[1])) {
        parts.iter_mut().for_each(|(_, time)| time.truncate(5));
    }
    let same_day = |pair: &[(String, String)]| pair[0].0 == pair[1].0;
    let pairs = || parts.windows(2);
    if parts.len() > 1 && pairs().all(same_day) {
        let label = format!("Start on {} (UTC)", parts[0].0);
        return (label, parts.into_iter().map(|(_, time)| time).collect());
    }
    let dates_alone = parts.len() > 1 && !pairs().any(same_day);
    let name = |(day, time): &(String, String)| if dates_alone { day.clone() } else { format!("{day} {time}") };
    ("Start (UTC)".to_owned(), parts.iter().map(name).collect())
}

fn measured(series: &RunSeries<'_>, strategy_index: usize, line: &StrategySeries) -> Series {
    let points = series.places.iter().zip(&line.medians).map(|(place, y)| Point { x: place.x, y: *y, interval: None });
    let mark = |at: usize| Some(Mark { x: series.places[at].x, y: line.medians[at]? });
    Series {
        name: String::new(),
        strategy_index,
        role: Role::Measured,
        shape: Shape::Line,
        points: downsample::points(points.collect(), Scale::Linear),
        failures: line.changes.iter().filter_map(|change| mark(change.at)).collect(),
        ..Series::default()
    }
}

/// The levels, with a step at each change.
fn levels(series: &RunSeries<'_>, strategy_index: usize, line: &StrategySeries) -> Series {
    let levels = line.levels();
    let point = |at: usize, y: f64| Point { x: series.places[at].x, y: Some(y), interval: None };
    let mut points = vec![point(0, levels[0])];
    for change in &line.changes {
        points.extend([point(change.at, change.before), point(change.at, change.after)]);
    }
    let last = levels.len() - 1;
    points.push(point(last, levels[last]));
    Series { strategy_index, role: Role::Ideal, shape: Shape::Line, points, ..Series::default() }
}

#[cfg(test)]
mod tests {
    use super::history;
    use crate::history::{By, EntryCell, HistoryEntry, Selection, all_series};
    use crate::model::figure::Role;
    use crate::paint::{Fonts, Size, paint};

    fn entries(runs: u32) -> Vec<HistoryEntry> {
        let entry = |run: u32| {
            let median_s = Some(if run < runs / 2 { 1.0 } else { 1.2 } + f64::from(run % 7) / 1_000.0);
            HistoryEntry {
                run_id: format!("sweep-{run}"),
                config: "sweep".into(),
                started_at: format!("2026-{:02}-{:02}T{:02}:00:00Z", run / 600 % 12 + 1, run / 24 % 25 + 1, run % 24),
                factors: "2 cores".into(),
                cells: vec![EntryCell { strategy: "a <b>".into(), requests: 50, median_s, ..EntryCell::default() }],
                ..HistoryEntry::default()
            }
        };
        (0..runs).map(entry).collect()
    }

    #[test]
    fn a_change_is_a_step_a_mark_and_a_sentence() {
        let entries = entries(40);
        let found = all_series(&entries, &Selection { config: None, by: By::Date, requests: None });
        let figure = history(&found[0], "history").unwrap();
        assert_eq!(figure.title, "sweep: median at 50 requests over 40 runs");
        assert_eq!(figure.description, "a <b> becomes 19.9 % slower.");
        let [levels, measured] = figure.panels[0].series.as_slice() else { panic!("two series") };
        assert_eq!((levels.role, levels.points.len()), (Role::Ideal, 4));
        assert_eq!((measured.points.len(), measured.failures.len()), (40, 1));
        let painted = paint(&figure, Size { width: 960, height: 320 }, &Fonts::bundled()).inline();
        assert!(painted.contains("a &lt;b&gt;"));
    }

    #[test]
    fn the_axis_has_dates_or_times_and_says_that_it_is_not_from_zero() {
        let axes = |starts: &[&str]| {
            let mut entries = entries(u32::try_from(starts.len()).unwrap());
            entries.iter_mut().zip(starts).for_each(|(entry, start)| entry.started_at = (*start).to_owned());
            let found = all_series(&entries, &Selection { config: None, by: By::Date, requests: None });
            let panel = history(&found[0], "history").unwrap().panels.remove(0);
            (panel.x.label, panel.x.names, panel.y.label)
        };
        let not_zero = "Median, axis not from zero".to_owned();
        let (label, names, y) = axes(&["2026-11-22T18:30:00Z"]);
        assert_eq!((label.as_str(), names), ("Start (UTC)", vec!["2026-11-22 18:30".to_owned()]));
        assert_eq!(y, not_zero);
        let (label, names, _) = axes(&["2026-11-22T18:30:00Z", "2026-11-22T19:05:00Z"]);
        assert_eq!(
            (label.as_str(), names),
            ("Start on 2026-11-22 (UTC)", vec!["18:30".to_owned(), "19:05".to_owned()])
        );
        let (_, names, _) = axes(&["2026-11-22T18:30:00Z", "2026-11-23T19:05:00Z"]);
        assert_eq!(names, ["2026-11-22", "2026-11-23"]);
        let (_, names, _) = axes(&["2026-11-22T18:30:00Z", "2026-11-22T18:30:07Z"]);
        assert_eq!(names, ["18:30:00", "18:30:07"]);
        let (_, names, _) = axes(&["2026-11-22T18:30:00Z", "2026-11-22T19:05:00Z", "2026-11-23T19:05:00Z"]);
        assert_eq!(names[0], "2026-11-22 18:30");
    }

    #[test]
    fn thousands_of_runs_are_thinned_and_none_is_no_figure() {
        let entries = entries(5_000);
        let found = all_series(&entries, &Selection { config: None, by: By::Date, requests: None });
        assert!(history(&found[0], "history").unwrap().panels[0].series[1].points.len() <= 1_002);
        let found = all_series(&entries[..3], &Selection { config: None, by: By::Date, requests: Some(7) });
        assert_eq!(history(&found[0], "history"), None);
    }
}
