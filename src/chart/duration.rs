//! The headline: how long each strategy takes for how many requests, its ideal, its spread and its failures.

use crate::chart::by_count::{self, CellValue, Quantity};
use crate::chart::ideal::Ideal;
use crate::chart::kind::{Chart, DIVIDED, Subject, WhyNot};
use crate::chart::{captions, growth, words};
use crate::config::Label;
use crate::model::figure::{Figure, Role, Scale, Unit};

/// Duration by request count. Without a `y-scale` it draws two figures: beside a strategy that is fifty times slower a
/// linear axis hides the others, so then the logarithmic one comes first.
pub(super) struct DurationChart;

const QUANTITY: Quantity = Quantity {
    label: Label::Duration,
    unit: Unit::Seconds,
    value: |cell| CellValue::of_median(cell, |median| median),
    failures: true,
};

impl Chart for DurationChart {
    fn name(&self) -> &'static str {
        "duration"
    }

    fn options(&self) -> &'static [&'static str] {
        DIVIDED
    }

    fn figures(&self, subject: &Subject<'_>) -> Result<Vec<Figure>, WhyNot> {
        let strategy_indices = subject.strategy_indices()?;
        let divisor = subject.divisor()?;
        let own = || {
            let measured = by_count::panel(subject, &strategy_indices, &QUANTITY, Scale::Linear);
            let wide = by_count::is_wide(measured.series.iter());
            if wide { vec![Scale::Log, Scale::Linear] } else { vec![Scale::Linear, Scale::Log] }
        };
        let scales = subject.spec.y_scale.map_or_else(own, |scale| vec![scale]);
        let figures: Vec<Figure> =
            scales.iter().filter_map(|scale| figure(subject, &strategy_indices, (*scale, divisor))).collect();
        if figures.is_empty() { Err(WhyNot::NoSamples) } else { Ok(figures) }
    }
}

fn figure(subject: &Subject<'_>, strategy_indices: &[usize], (scale, divisor): (Scale, f64)) -> Option<Figure> {
    let mut panel = by_count::panel(subject, strategy_indices, &QUANTITY, scale);
    if panel.series.is_empty() {
        return None;
    }
    let scales = (panel.x.scale, scale);
    panel.series.extend(by_count::ideals(subject, strategy_indices, scales, Ideal::corners));
    by_count::divide(subject, &mut panel, (divisor, Label::RelativeDuration));
    panel
        .series
        .extend(by_count::elsewhere(subject, scales, |line, cell| Some(cell.median_s / subject.delay_of(line)?)));
    by_count::relabel(&mut panel, subject);
    let has_ideal = panel.series.iter().any(|line| line.role == Role::Ideal);
    let failures = strategy_indices
        .iter()
        .flat_map(|strategy_index| subject.report.cells_of(*strategy_index))
        .flat_map(|cell| &cell.recorded.excluded);
    let failed = failures.filter(|sample| sample.duration_s.is_some_and(|y| scale == Scale::Linear || y > 0.0)).count();
    let (id, title) = title(subject, scale);
    Some(Figure {
        id,
        title,
        description: words::sentence(subject.labels, growth::trends(subject, &panel, divisor)),
        caption: captions::caption(
            subject.labels,
            [
                captions::samples(subject, strategy_indices),
                captions::intervals(subject, strategy_indices, &panel),
                has_ideal.then(|| captions::dashed(subject)),
                captions::elsewhere(subject, &panel),
                captions::divided(subject),
                captions::failures(subject.labels, failed),
                captions::not_drawn(subject, strategy_indices),
            ],
        ),
        panels: vec![panel],
        ..Figure::default()
    })
}

fn title(subject: &Subject<'_>, scale: Scale) -> (String, String) {
    let of_run = || Some(subject.report.facts.title.clone()).filter(|title| !title.is_empty());
    let title = subject.title(|| of_run().unwrap_or_else(|| subject.text(Label::DurationTitle)));
    match scale {
        Scale::Linear => ("duration".to_owned(), title),
        Scale::Log => ("duration-log".to_owned(), subject.labels.fill(Label::Logarithmic, &[("title", &title)])),
    }
}

#[cfg(test)]
mod tests {
    use super::{Chart, DurationChart};
    use crate::chart::contract::figures as drawn;
    use crate::chart::{Subject, plain};
    use crate::config::{ChartSpec, Labels};
    use crate::model::figure::{Figure, Role, Scale, Spread, Unit};
    use crate::model::{NotRun, Run, SampleStatus};
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article, reference};

    fn figures(run: &Run) -> Vec<Figure> {
        drawn(&DurationChart, run).unwrap()
    }

    #[test]
    fn the_chart_of_the_article_comes_out() {
        let figures = figures(&article(3));
        assert_eq!(figures.iter().map(|figure| figure.id.as_str()).collect::<Vec<_>>(), ["duration-log", "duration"]);
        let linear = &figures[1];
        let panel = &linear.panels[0];
        assert_eq!(panel.x.ticks, [10.0, 20.0, 30.0, 40.0, 50.0]);
        assert!(panel.y.from_zero && panel.y.scale == Scale::Linear);
        let single = &panel.series[0];
        assert_eq!((single.name.as_str(), single.strategy_index, single.spread), ("single_thread", 0, Spread::Band));
        let values: Vec<_> = single.points.iter().map(|point| point.y.unwrap()).collect();
        assert_eq!(values, [1.002, 2.002, 3.002, 4.002, 5.002]);
        assert_eq!(single.points[0].interval, Some((1.001, 1.003)));
        assert_eq!(
            linear.caption,
            "Median of 3 samples per point, including start-up of threads and processes; band: 95 % bootstrap interval of \
             the median; dashed: ideal for a delay of 100 ms."
        );
        assert_eq!(
            linear.description,
            "single_thread: each further request adds 100 ms; multithread: every further 20 requests (one per worker) add \
             100 ms; multiprocess: every further 20 requests (one per worker) add 100 ms; async_get: \
             nearly constant at 102 ms."
        );
    }

    #[test]
    fn the_linear_axis_comes_first_where_it_hides_nothing() {
        let run = RunBuilder::new().strategy("a", "", None).sample(0, 1, 1.0).sample(0, 50, 50.0);
        let one = run.run();
        let near =
            RunBuilder::new().strategy("a", "", None).strategy("b", "", None).sample(0, 1, 1.0).sample(1, 1, 9.0);
        for run in [one, near.run()] {
            assert_eq!(figures(&run)[0].id, "duration");
        }
    }

    #[test]
    fn words_are_those_of_the_findings_where_a_line_is_nearly_level() {
        let slow = (1..=5).fold(RunBuilder::new().strategy("a", "async", None), |builder, step| {
            builder.sample(0, step * 10, 0.1 + f64::from(step) * 1e-4)
        });
        let text = &figures(&slow.run())[0].description;
        assert_eq!(text, "a: nearly constant at 100 ms.");
    }

    #[test]
    fn equal_ideals_are_one_line_that_names_who_shares_it() {
        let figures = figures(&article(3));
        let ideals = || figures[0].panels[0].series.iter().filter(|line| line.role == Role::Ideal);
        assert!(ideals().all(|line| line.legend == "ideal"), "one entry of the legend");
        let pool: Vec<f64> = ideals().nth(1).unwrap().points.iter().map(|point| point.x).collect();
        assert_eq!(pool, [10.0, 20.0, 20.0, 30.0, 40.0, 40.0, 50.0], "a rise where a round is full");
        assert_eq!(
            ideals().map(|line| (line.name.as_str(), line.strategy_index)).collect::<Vec<_>>(),
            [("ideal (single_thread)", 0), ("ideal (multithread, multiprocess)", 1), ("ideal (async_get)", 3)]
        );
    }

    #[test]
    fn a_subset_keeps_slots_and_labels_follow_the_config() {
        let run = article(3);
        let mut spec = plain("duration");
        spec.strategies = vec!["async_get".into(), "multithread".into()];
        (spec.title, spec.x_label) = (Some("题".into()), Some("请求次数".into()));
        (spec.y_label, spec.y_scale) = (Some("所需用时".into()), Some(Scale::Log));
        let report = Report::of(&run);
        let figures =
            DurationChart.figures(&Subject { report: &report, spec: &spec, labels: &Labels::default() }).unwrap();
        let panel = &figures[0].panels[0];
        assert_eq!(figures.len(), 1);
        assert_eq!(
            (panel.x.label.as_str(), panel.y.label.as_str(), panel.y.scale),
            ("请求次数", "所需用时", Scale::Log)
        );
        let measured = panel.series.iter().filter(|line| line.role == Role::Measured);
        assert_eq!(measured.map(|line| line.strategy_index).collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn failed_samples_are_hollow_at_their_time_and_missing_cells_break_the_line() {
        let run = RunBuilder::new()
            .strategy("a", "", None)
            .strategy("b", "", None)
            .sample(0, 10, 1.0)
            .sample(1, 20, 1.0)
            .sample(0, 30, 7.0)
            .also(|row| row.status = SampleStatus::Failed)
            .sample(0, 30, 3.0)
            .run();
        let figures = figures(&run);
        let line = &figures[0].panels[0].series[0];
        assert_eq!(line.points.iter().map(|point| point.y).collect::<Vec<_>>(), [Some(1.0), None, Some(3.0)]);
        assert_eq!(line.failures.iter().map(|mark| (mark.x, mark.y)).collect::<Vec<_>>(), [(30.0, 7.0)]);
        assert_eq!(line.spread, Spread::None);
        assert_eq!(figures[0].caption, "One sample per point; hollow: one failed sample (not in the median).");
    }

    #[test]
    fn lines_from_elsewhere_are_laid_over_each_divided_by_its_own_delay() {
        let mut run = article(3);
        run.facts.references = vec![reference("there: async_get", "async_get"), reference("there: go", "go")];
        let report = Report::of(&run);
        let drawn = |normalize: bool, strategies: &[&str]| {
            let strategies = strategies.iter().map(|name| (*name).to_owned()).collect();
            let spec = ChartSpec { normalize, strategies, y_scale: Some(Scale::Linear), ..plain("duration") };
            DurationChart
                .figures(&Subject { report: &report, spec: &spec, labels: &Labels::default() })
                .unwrap()
                .remove(0)
        };
        let thin = |figure: &Figure| -> Vec<(String, usize, Vec<f64>)> {
            let lines = figure.panels[0].series.iter().filter(|line| line.role == Role::Reference);
            lines
                .map(|line| (line.name.clone(), line.strategy_index, line.points.iter().filter_map(|p| p.y).collect()))
                .collect()
        };
        let figure = drawn(false, &[]);
        let seconds = vec![5.02, 5.09];
        assert_eq!(
            thin(&figure),
            [("there: async_get".to_owned(), 3, seconds.clone()), ("there: go".to_owned(), 5, seconds)]
        );
        assert!(figure.caption.ends_with("thin: measured elsewhere, with a delay of 5 s."), "{}", figure.caption);
        let figure = drawn(true, &["async_get", "there: go"]);
        assert_eq!(thin(&figure), [("there: go".to_owned(), 5, vec![5.02 / 5.0, 5.09 / 5.0])]);
        let (panel, own) = (&figure.panels[0], &figure.panels[0].series[0]);
        assert_eq!((panel.y.label.as_str(), panel.y.unit), ("Duration / delay", Unit::Ratio));
        assert!((own.points[0].y.unwrap() - 1.02).abs() < 1e-9 && own.points[0].interval.is_some());
        assert!(
            figure.description.ends_with("there: go stays at 1.01× from 10 to 50 requests."),
            "{}",
            figure.description
        );
    }

    #[test]
    fn what_was_not_run_is_said_with_its_reason() {
        let mut run = article(3);
        let cell = |requests| NotRun { strategy: "async_get".into(), requests, reason: "needs too much".into() };
        run.facts.not_run = vec![cell(1_000), cell(10_000)];
        let caption = figures(&run).remove(0).caption;
        let text = "; not run: async_get at 1\u{202f}000 to 10\u{202f}000 requests, needs too much.";
        assert!(caption.ends_with(text), "{caption}");
    }
}
