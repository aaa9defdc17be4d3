//! The series of each strategy over all runs of a config, with its levels and the changes between them. No chart of a
//! run: it is drawn from many.

use crate::chart::downsample;
use crate::format::{counted, requests};
use crate::history::{By, RunSeries, SeriesPoint, StrategySeries};
use crate::model::figure::{Arrangement, Axis, Figure, Mark, Panel, Point, Role, Scale, Series, Shape, Unit};
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
        caption: format!(
            "{}. Dashed: level between changes; crossed circle: first {} after a change.",
            series.factors,
            place_word(series.by)
        ),
        panels: drawn.iter().map(|(strategy_index, line)| panel(series, *strategy_index, line)).collect(),
        arrangement: Arrangement::Stacked,
    })
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
    // Not from zero: a change of a few percent is what is looked for.
    let axis = |label: String, unit: Unit| Axis {
        label,
        unit,
        scale: Scale::Linear,
        from_zero: false,
        ticks: Vec::new(),
        names: Vec::new(),
    };
    Panel {
        title: line.name.clone(),
        x: axis(x_label(series), Unit::Count),
        y: axis("Median".to_owned(), Unit::Seconds),
        series: vec![levels(series, strategy_index, line), measured(series, strategy_index, line)],
        ..Panel::default()
    }
}

fn x_label(series: &RunSeries<'_>) -> String {
    match (series.by, series.places.first()) {
        (By::Commit, _) => "Commits, oldest first".to_owned(),
        (By::Date, Some(SeriesPoint { runs, .. })) => format!("Days since {}", day(&runs[0].started_at)),
        (By::Date, None) => "Days".to_owned(),
    }
}

/// The date of an RFC 3339 time.
fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
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
    fn thousands_of_runs_are_thinned_and_none_is_no_figure() {
        let entries = entries(5_000);
        let found = all_series(&entries, &Selection { config: None, by: By::Date, requests: None });
        assert!(history(&found[0], "history").unwrap().panels[0].series[1].points.len() <= 1_002);
        let found = all_series(&entries[..3], &Selection { config: None, by: By::Date, requests: Some(7) });
        assert_eq!(history(&found[0], "history"), None);
    }
}
