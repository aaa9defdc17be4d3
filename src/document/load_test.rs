//! The page of a large run: how many bytes it is. Time is the business of the benches. The page is left in
//! `target/gallery/large.html`, to be looked at.

use super::{DocumentSource, HTML, Picture, Pictures};
use crate::chart;
use crate::config::Labels;
use crate::model::figure::{Format, Theme};
use crate::model::{Concurrency, Nanos, Outcome, Run, SampleRow};
use crate::paint::{Fonts, Painting, Size};
use crate::report::Report;
use crate::report::testkit::RunBuilder;
use crate::snapshots::leave;

const STRATEGIES: usize = 12;
const COUNTS: usize = 40;
const REPEATS: u32 = 30;
const MOST_BYTES: usize = 2_000_000;

/// Requests of one sample, 20 at once, none as long as the other.
fn requests(count: u32, salt: u32) -> Vec<Outcome> {
    let one = |request: u32| {
        let start =
            Nanos::from_millis(u64::from(request / 20) * 110) + Nanos(u64::from(request * 7_919 + salt) % 900_000);
        let took = Nanos::from_millis(100) + Nanos(u64::from(request.wrapping_mul(2_654_435_761) ^ salt) % 9_000_000);
        Outcome { request, worker: request % 20, start, end: start + took, status: Some(200), bytes: 16, failure: None }
    };
    (0..count).map(one).collect()
}

fn large() -> Run {
    let names = (0..STRATEGIES).map(|strategy_index| format!("strategy number {strategy_index}"));
    let mut run = names.fold(RunBuilder::new(), |builder, name| builder.strategy(&name, "thread-pool", Some(20))).run();
    let pattern = RunBuilder::new().strategy("", "thread-pool", Some(20)).sample(0, 1, 1.0).run().samples.remove(0);
    run.counts = (1..).step_by(5).take(COUNTS).collect();
    for (strategy_index, line) in run.strategies.iter().enumerate() {
        for &count in &run.counts {
            let ideal = Concurrency::ideal(count, 20, Nanos::from_millis(100));
            let cell = run.requests.entry((strategy_index, count)).or_default();
            for repeat in 1..=REPEATS {
                let salt = count * 31 + repeat * 7 + u32::try_from(strategy_index).unwrap() * 1_009;
                let outcomes = requests(count, salt);
                cell.latencies.extend(outcomes.iter().map(|outcome| outcome.end - outcome.start));
                let over = Nanos(u64::from(salt.wrapping_mul(2_654_435_761) >> 8) + strategy_index as u64 * 3_000_000);
                run.samples.push(SampleRow {
                    strategy: line.name.clone(),
                    workers: Some(20),
                    requests: count,
                    repeat,
                    duration_s: Some(ideal + over),
                    ideal_s: Some(ideal),
                    cpu_user_s: Some(Nanos(u64::from(salt) * 20_000)),
                    peak_rss_bytes: Some(8 << 20 | u64::from(salt)),
                    voluntary_switches: Some(u64::from(salt)),
                    ..pattern.clone()
                });
                if repeat == 1 {
                    cell.first_repeat = outcomes;
                }
            }
            cell.latencies.sort_unstable();
        }
    }
    run
}

#[test]
fn a_page_of_twelve_strategies_forty_counts_and_thirty_repeats_is_below_two_megabytes() {
    let run = large();
    assert_eq!(run.samples.len(), STRATEGIES * COUNTS * REPEATS as usize);
    let report = Report::of(&run);
    let drawn = chart::draw(&report, &[], &Labels::default());
    assert!(drawn.refused.is_empty(), "{:?}", drawn.refused);
    assert!(drawn.figures.len() >= 8, "{:?}", drawn.refused);
    let fonts = Fonts::load(&[]).unwrap();
    let pictures = Pictures {
        drawn: drawn
            .figures
            .iter()
            .map(|figure| Picture::of(figure, Size { width: 960, height: 600 }, &fonts))
            .collect(),
        themes: &Theme::ALL,
        formats: &Format::ALL,
        refused: &drawn.refused,
    };
    let page = HTML.bytes(&DocumentSource::Report(&report), &pictures).unwrap();
    let length = |painting: &Option<Painting>| painting.as_ref().map_or(0, |painting| painting.inline().len());
    let parts = pictures.drawn.iter().map(|p| (p.figure.id.as_str(), length(&p.wide), length(&p.narrow)));
    let parts: Vec<_> = parts.collect();
    assert!(page.len() < MOST_BYTES, "{} bytes: {parts:?}", page.len());
    assert!(page.len() > 400_000, "{} bytes are too few to hold it all", page.len());
    leave("large.html", &page);
}
