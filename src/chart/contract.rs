//! What every chart keeps, whatever the report: checked for each entry of the registry.

use std::collections::BTreeSet;

use crate::chart::{CHARTS, Chart, Subject, WhyNot, draw, named, plain};
use crate::config::Labels;
use crate::model::figure::{Figure, Panel, Role, Scale};
use crate::model::{Run, SampleStatus};
use crate::report::Report;
use crate::report::testkit::{RunBuilder, article, reference};

const MOST_POINTS: usize = 1_100;
const MOST_BARS: usize = 2_100;

fn twelve() -> Run {
    let builder = (0..12).fold(RunBuilder::new(), |builder, strategy_index| {
        builder.strategy(&format!("strategy {strategy_index}"), "async", None)
    });
    let cells = (0..12).flat_map(|strategy_index| [1, 10, 1_000].map(|requests| (strategy_index, requests)));
    cells
        .fold(builder, |builder, (strategy_index, requests)| {
            builder.sample(strategy_index, requests, 0.1 + strategy_index as f64)
        })
        .run()
}

fn failing() -> Run {
    let mut run = article(3);
    for (row, status) in run.samples.iter_mut().zip(SampleStatus::ALL.iter().cycle()) {
        row.status = *status;
        row.duration_s = row.duration_s.filter(|_| *status != SampleStatus::Failed);
    }
    run
}

fn missing() -> Run {
    let mut run = article(3);
    run.samples.retain(|row| row.strategy != "multithread" && (row.strategy != "async_get" || row.requests != 30));
    run
}

fn with_references() -> Run {
    let mut run = article(3);
    run.facts.references = vec![reference("there: async_get", "async_get"), reference("there: go", "go")];
    run
}

fn huge() -> Run {
    let builder = RunBuilder::new().strategy("a", "sequential", None).strategy("b", "async", None);
    let mut run = builder.sample(0, 1, 0.5).sample(1, 1, 0.25).run();
    let rows = run.samples.clone();
    run.counts = (1..=100_000).collect();
    run.samples = run
        .counts
        .iter()
        .map(|requests| (requests, &rows[(requests % 2) as usize]))
        .map(|(requests, row)| crate::model::SampleRow { requests: *requests, ..row.clone() })
        .collect();
    run
}

/// What a chart makes of a run when the config says nothing about it.
pub(super) fn figures(chart: &dyn Chart, run: &Run) -> Result<Vec<Figure>, WhyNot> {
    let (report, spec) = (Report::of(run), plain(chart.name()));
    chart.figures(&Subject { report: &report, spec: &spec, labels: &Labels::default() })
}

/// Runs of every kind that a chart may meet.
pub(super) fn runs() -> Vec<(&'static str, Run)> {
    let alone = || RunBuilder::new().strategy("a", "sequential", None);
    let all_failed = alone().sample(0, 10, 1.0).also(|row| row.status = SampleStatus::Timeout);
    vec![
        ("article", article(3)),
        ("one point", alone().sample(0, 10, 1.0).run()),
        ("zero seconds", alone().sample(0, 10, 0.0).run()),
        ("one strategy", alone().sample(0, 10, 1.0).sample(0, 20, 2.0).run()),
        ("twelve strategies", twelve()),
        ("missing cells", missing()),
        ("failed cells", failing()),
        ("all failed", all_failed.run()),
        ("references", with_references()),
        ("100 000 points", huge()),
    ]
}

/// What the painter relies on.
fn is_sound(figure: &Figure, strategies: usize) -> Result<(), String> {
    let plain_id = figure.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    for (holds, violation) in [
        (plain_id, "id"),
        (!figure.title.is_empty() && figure.description.len() > 1, "title and description"),
        (figure.caption.is_empty() || figure.caption.ends_with('.'), "caption"),
        (!figure.panels.is_empty(), "panels"),
    ] {
        holds.then_some(()).ok_or(violation)?;
    }
    figure.panels.iter().try_for_each(|panel| panel_is_sound(panel, strategies))
}

fn panel_is_sound(panel: &Panel, strategies: usize) -> Result<(), String> {
    let shown = |y: f64, scale: Scale| y.is_finite() && (scale == Scale::Linear || y > 0.0);
    let filled = panel.series.len() + panel.bars.len() > 0;
    (filled != panel.empty.is_some()).then_some(()).ok_or("neither content nor a reason")?;
    (panel.bars.len() <= MOST_BARS && panel.x.ticks.len() <= 100).then_some(()).ok_or("too many bars or ticks")?;
    for line in &panel.series {
        let points = &line.points;
        (points.len() <= MOST_POINTS && line.failures.len() <= 1_000).then_some(()).ok_or("too many points")?;
        (points.is_sorted_by_key(|point| point.x)
            && (line.strategy_index < strategies || line.role == Role::Reference))
            .then_some(())
            .ok_or("order or strategy_index")?;
        for point in points {
            let sound = shown(point.x, panel.x.scale) && point.y.is_none_or(|y| shown(y, panel.y.scale));
            let inside = point.interval.is_none_or(|(low, high)| point.y.is_some_and(|y| low <= y && y <= high));
            let ends = point.interval.is_none_or(|(low, high)| shown(low, panel.y.scale) && high.is_finite());
            (sound && inside && ends).then_some(()).ok_or_else(|| format!("{point:?}"))?;
        }
        let marks = line.failures.iter().all(|mark| shown(mark.y, panel.y.scale));
        marks.then_some(()).ok_or("marks")?;
    }
    panel
        .bars
        .iter()
        .all(|bar| bar.start <= bar.end && bar.strategy_index < strategies)
        .then_some(())
        .ok_or("bars".to_owned())
}

#[test]
fn every_figure_is_sound_or_its_chart_says_why_not() {
    let labels = Labels::default();
    for (name, run) in runs() {
        let report = Report::of(&run);
        for chart in CHARTS {
            // One scale is enough where the number of points is what is tried.
            let scales = if run.counts.len() > 1_000 { 1 } else { 3 };
            for scale in [None, Some(Scale::Linear), Some(Scale::Log)].into_iter().take(scales) {
                let spec = crate::config::ChartSpec { x_scale: scale, y_scale: scale, ..plain(chart.name()) };
                let Ok(figures) = chart.figures(&Subject { report: &report, spec: &spec, labels: &labels }) else {
                    continue;
                };
                assert!(!figures.is_empty(), "{} of {name}", chart.name());
                for figure in &figures {
                    let sound = is_sound(figure, run.strategies.len());
                    assert_eq!(sound, Ok(()), "{} of {name}: {figure:?}", figure.id);
                    assert!(figure.id.starts_with(chart.name()));
                }
            }
        }
    }
}

#[test]
fn a_full_run_has_every_chart_and_an_empty_one_has_none() {
    let run = article(3);
    let drawn = draw(&Report::of(&run), &[], &Labels::default());
    assert_eq!(drawn.refused, []);
    assert_eq!(drawn.figures.len(), CHARTS.len() + 1, "duration is drawn twice");
    let none = draw(&Report::of(&Run::default()), &[], &Labels::default());
    assert!(none.figures.is_empty(), "{none:?}");
    assert!(none.refused.len() == CHARTS.len(), "{none:?}");
}

#[test]
fn a_run_that_only_failed_shows_its_failures_and_no_line() {
    let run =
        RunBuilder::new().strategy("a", "", None).sample(0, 10, 1.0).also(|row| row.status = SampleStatus::Void).run();
    let drawn = draw(&Report::of(&run), &[], &Labels::default());
    assert_eq!(drawn.figures.iter().map(|figure| figure.id.as_str()).collect::<Vec<_>>(), ["duration", "duration-log"]);
    assert_eq!(drawn.figures[0].panels[0].series[0].failures.len(), 1);
    assert_eq!(drawn.figures[0].description, "a has no value.");
}

#[test]
fn names_are_unique_and_found() {
    let names: BTreeSet<&str> = CHARTS.iter().map(|chart| chart.name()).collect();
    assert_eq!(names.len(), CHARTS.len());
    assert!(CHARTS.iter().all(|chart| named(chart.name()).is_some()));
    assert!(named("pie").is_none());
}

#[test]
fn ids_stay_unique_and_what_cannot_be_drawn_is_named() {
    let run = article(3);
    let mut strange = plain("speedup");
    strange.strategies = vec!["nobody".into()];
    let drawn = draw(&Report::of(&run), &[plain("cost"), plain("cost"), plain("pie"), strange], &Labels::default());
    assert_eq!(drawn.figures.iter().map(|figure| figure.id.as_str()).collect::<Vec<_>>(), ["cost", "cost-2"]);
    let unknown = WhyNot::UnknownStrategy("nobody".into());
    assert_eq!(drawn.refused, [("pie".into(), WhyNot::UnknownKind("pie".into())), ("speedup".into(), unknown)]);
}

#[test]
fn the_same_report_gives_the_same_figures() {
    let (first, second) = (article(3), article(3));
    assert_eq!(
        draw(&Report::of(&first), &[], &Labels::default()).figures,
        draw(&Report::of(&second), &[], &Labels::default()).figures
    );
}
