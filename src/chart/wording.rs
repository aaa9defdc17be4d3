//! The words that charts write by themselves: all of them come from the config's labels, and all labels are in use.

use super::contract::runs;
use super::{CHARTS, MOST_LINES, Subject, plain};
use crate::config::{ChartSpec, Label, Labels};
use crate::model::figure::Figure;
use crate::model::{DelayTarget, Nanos, NotRun, Reference, Run, SampleRow, Target, TargetEstimate};
use crate::report::Report;
use crate::report::testkit::{RunBuilder, article, reference};

/// Every text of a figure, the one for readers who do not see it included.
fn texts(figure: &Figure) -> impl Iterator<Item = &str> {
    let panels = figure.panels.iter().flat_map(|panel| {
        let lines = panel.series.iter().flat_map(|line| [line.name.as_str(), &line.legend, &line.failures_note]);
        let own = [panel.title.as_str(), &panel.x.label, &panel.y.label];
        own.into_iter().chain(lines).chain(panel.empty.as_deref())
    });
    [figure.title.as_str(), &figure.description, &figure.caption].into_iter().chain(panels)
}

/// Runs drawn up for single words.
fn built_runs() -> [Run; 11] {
    let many = (1..=301).fold(RunBuilder::new().strategy("A", "", None), |builder, n| builder.sample(0, n, 1.0));
    let near = (1..=5)
        .fold(RunBuilder::new().strategy("A", "", None), |builder, n| builder.sample(0, n, 0.1 + f64::from(n) * 1e-5));
    let wild = [1.0, 3.0, 1.5, 2.0].into_iter().zip(1..);
    let wild =
        wild.fold(RunBuilder::new().strategy("A", "", None), |builder, (seconds, n)| builder.sample(0, n, seconds));
    let two_points = RunBuilder::new().strategy("A", "", None).sample(0, 1, 1.0).sample(0, 20, 0.2).run();
    let falling =
        [9.0, 8.0, 7.0].iter().zip(1..).fold(RunBuilder::new().strategy("A", "", None), |builder, (seconds, n)| {
            [0.0, 0.01, 0.02].iter().fold(builder, |builder, more| builder.sample(0, n * 10, seconds + more))
        });
    let busy: Vec<_> = (0..3_000).map(|index| (0, index * 10, index * 10 + 4)).collect();
    let crowd: Vec<_> = (0..100).map(|index| (index, 0, 10 + u64::from(index))).collect();
    let lined = |count, spans: &[(u32, u64, u64)]| {
        RunBuilder::new().strategy("A", "", None).sample(0, count, 1.0).requests(0, count, spans).run()
    };
    let crowded = (0..13)
        .fold(RunBuilder::new(), |builder, strategy_index| builder.strategy(&format!("S{strategy_index}"), "", None));
    let crowded = (0..13).fold(crowded, |builder, strategy_index| {
        builder.sample(strategy_index, 1, 2.0).also(|row| row.ideal_s = Some(Nanos::SECOND))
    });
    let often = (0..201).fold(RunBuilder::new().strategy("A", "", None), |builder, _| builder.sample(0, 10, 1.0));
    let mut uneven = article(3);
    uneven.samples.pop();
    let mut short = article(3);
    short.samples.retain(|row| row.strategy != "async_get" || row.requests < 30);
    [
        two_points,
        falling.run(),
        lined(3_000, &busy),
        lined(100, &crowd),
        uneven,
        short,
        crowded.run(),
        often.run(),
        wild.run(),
        near.run(),
        many.run(),
    ]
}

/// The runs of every kind, and those that only make a difference to words.
fn all_runs() -> Vec<Run> {
    let changed = |change: fn(&mut Run)| {
        let mut run = article(3);
        change(&mut run);
        run
    };
    let without = |change: fn(&mut SampleRow)| {
        let mut run = article(3);
        run.samples.iter_mut().for_each(change);
        run
    };
    let mut runs: Vec<Run> =
        runs().into_iter().filter(|(name, _)| !name.starts_with("100")).map(|(_, run)| run).collect();
    runs.extend([
        changed(|run| run.facts.title = String::new()),
        changed(|run| run.facts.target = Some(Target::Sleep { delay: Nanos::SECOND }.into())),
        changed(|run| run.facts.target = None),
        changed(|run| run.requests.values_mut().for_each(|cell| cell.left_out = 9)),
        changed(|run| {
            run.facts.estimates = vec![TargetEstimate { before: Some(Nanos::SECOND), ..TargetEstimate::default() }];
        }),
        changed(|run| {
            let (delay, jitter) = (Nanos::SECOND, Nanos::from_millis(1));
            run.facts.target =
                Some(Target::Delay(DelayTarget { delay, jitter, failure_rate: 0.0, max_concurrent: 8 }).into());
        }),
        changed(|run| {
            run.requests.get_mut(&(1, 50)).into_iter().for_each(|cell| {
                cell.first_repeat[0].failure = Some(crate::model::FailureKind::Reset);
            });
        }),
        without(|row| row.peak_rss_bytes = None),
        without(|row| row.peak_rss_bytes = Some(u64::from(row.requests))),
        changed(|run| run.samples.iter_mut().for_each(|row| row.total_rss_bytes = Some(u64::from(row.requests)))),
        without(|row| (row.processes, row.threads) = (Some(3), Some(40))),
        without(|row| (row.cpu_user_s, row.cpu_system_s) = (None, None)),
        without(|row| (row.voluntary_switches, row.involuntary_switches) = (None, None)),
        changed(|run| run.facts.references = vec![reference("R", "async_get")]),
        changed(|run| {
            let cell = |requests| NotRun { strategy: "async_get".into(), requests, reason: "R".into() };
            run.facts.not_run = vec![cell(100), cell(200)];
        }),
        changed(|run| {
            let unknown = Reference { delay: None, ..reference("R2", "multithread") };
            run.facts.references = vec![reference("R1", "async_get"), unknown];
        }),
    ]);
    runs.extend(built_runs());
    let names = (0..=MOST_LINES).map(|index| format!("{index}"));
    let many = names.fold(RunBuilder::new(), |builder, name| builder.strategy(&name, "async", None));
    runs.push((0..=MOST_LINES).fold(many, |many, index| many.sample(index, 10, 1.0 + index as f64)).run());
    runs
}

/// What every chart makes of every run with these labels.
fn drawn(labels: &Labels) -> Vec<(Run, Vec<Figure>)> {
    let of = |run: &Run| {
        let report = Report::of(run);
        let each = CHARTS.iter().flat_map(|chart| [false, true].map(|normalize| (chart, normalize)));
        let figures = each.filter_map(|(chart, normalize)| {
            let spec = ChartSpec { normalize, ..plain(chart.name()) };
            chart.figures(&Subject { report: &report, spec: &spec, labels }).ok()
        });
        figures.flatten().collect()
    };
    all_runs().into_iter().map(|run| (of(&run), run)).map(|(figures, run)| (run, figures)).collect()
}

#[test]
fn every_label_is_in_a_picture() {
    let labels = Labels::marked();
    let drawn = drawn(&labels);
    let all: String = drawn.iter().flat_map(|(_, figures)| figures).flat_map(texts).collect();
    let unused: Vec<&Label> = Label::ALL
        .iter()
        .filter(|label| {
            let text = labels.text(**label);
            !all.contains(&text[..=text.find(']').unwrap()])
        })
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
    assert!(!all.contains('{'), "a placeholder that nothing fills in");
}

#[test]
fn no_english_is_left_where_labels_are_chinese() {
    let foreign = |text: &str, run: &Run| {
        let title = run.facts.title.clone();
        let elsewhere = run.facts.references.iter().map(|line| &line.name);
        let names = elsewhere.chain(run.strategies.iter().map(|line| &line.name)).chain([&title]);
        let names = names.filter(|name| !name.is_empty());
        let rest = names.fold(text.to_owned(), |text, name| text.replace(name, ""));
        let words = rest.split(|character: char| !character.is_ascii_alphabetic()).filter(|word| word.len() > 1);
        words.filter(|word| !["CPU", "ms", "ns", "min", "MiB"].contains(word)).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut checked = 0;
    for (run, figures) in drawn(&Labels::chinese()) {
        for text in figures.iter().flat_map(texts).filter(|text| !text.is_empty()) {
            assert_eq!(foreign(text, &run), Vec::<String>::new(), "{text}");
            checked += 1;
        }
    }
    assert!(checked > 500, "{checked}");
}
