//! The promises of every writer, held by every kind of document; and the documents as a reader gets them, on file.

use std::collections::BTreeSet;

use super::{Archived, DocumentSource, HTML, Picture, Pictures, WRITERS};
use crate::chart;
use crate::comparison::{Comparison, Factor, Side};
use crate::config::Labels;
use crate::format::is_hidden;
use crate::history::{By, EntryCell, HistoryEntry, Selection, all_series};
use crate::model::figure::{Figure, Format, Theme};
use crate::model::{Nanos, Run, SampleStatus, Varied};
use crate::paint::{Fonts, Size};
use crate::report::Report;
use crate::report::testkit::{RunBuilder, article};
use crate::snapshots::assert_snapshots;

/// Moves text, hides, ends lines.
const HOSTILE: &str = "a\u{202e}b\u{1b}[2J\u{9b}\0\u{200b}";

fn runs() -> Vec<Run> {
    let alone = || RunBuilder::new().strategy("=cmd|'/c calc'!A1, \"二\"\n<b>", "", None).sample(0, 10, 1.0);
    let failed = alone().also(|row| row.status = SampleStatus::Failed);
    let zero = RunBuilder::new().strategy("a", "", None).sample(0, 1, 0.0);
    vec![Run::default(), article(3), article(1), alone().run(), failed.run(), zero.run()]
}

fn hostile_run() -> Run {
    let mut run = RunBuilder::new().strategy(HOSTILE, HOSTILE, None).sample(0, 10, 1.0).sample(0, 20, 2.0).run();
    (run.facts.title, run.facts.machine) = (HOSTILE.into(), HOSTILE.into());
    run.facts.command = vec![HOSTILE.into()];
    run.samples[1].status = SampleStatus::Failed;
    run.samples[1].error = HOSTILE.into();
    run
}

/// Three repeats of two lines over threads, and a third that crosses one of them.
fn by_threads() -> Run {
    let named = |builder: RunBuilder, name: &&str| builder.strategy(name, "", None);
    let mut builder = ["flat", "falls", "steep"].iter().fold(RunBuilder::new(), named);
    for threads in [1, 2, 4, 8, 16] {
        for repeat in 0..3 {
            let (threads_s, offset) = (f64::from(threads), f64::from(repeat) * 0.001);
            for (index, seconds) in [0.5, 1.0 / threads_s, 0.1 * threads_s].into_iter().enumerate() {
                builder = builder.sample(index, threads, seconds + offset);
            }
        }
    }
    let mut run = builder.run();
    run.facts.title = "Duration by threads".to_owned();
    run.facts.varied = Varied::Named("threads".to_owned());
    run
}

#[test]
fn where_something_else_is_varied_nothing_speaks_of_requests() {
    let run = by_threads();
    let report = Report::of(&run);
    let labels = Labels::default().of_varied(&run.facts.varied);
    let drawn = chart::draw(&report, &[], &labels);
    assert!(drawn.figures.iter().any(|figure| figure.id == "duration"), "{:?}", drawn.refused);
    let source = DocumentSource::Report(&report);
    let pictures = Pictures { drawn: painted(&drawn.figures), ..Pictures::default() };
    for writer in WRITERS.iter().filter(|writer| !writer.is_data()) {
        let text = String::from_utf8(writer.bytes(&source, &pictures).unwrap()).unwrap();
        let text = if writer.extension() == "html" { without_assets(&text) } else { text };
        assert!(text.contains("At threads = 16 "), "{text}");
        let told: Vec<&str> = text.lines().filter(|line| line.to_lowercase().contains("request")).collect();
        assert_eq!(told, Vec::<&str>::new(), "{}", writer.extension());
    }
}

/// The article's run, with one strategy slower by a third at every count but one.
fn slower() -> Run {
    let mut run = article(3);
    for row in run.samples.iter_mut().filter(|row| row.strategy == "async_get" && row.requests > 10) {
        row.duration_s = row.duration_s.map(|duration| Nanos(duration.0 * 4 / 3));
    }
    run
}

/// What a comparison of two runs is, with `look` at it; `delays` are the values of one factor.
fn compared<T>(runs: [&Run; 2], delays: [&str; 2], look: impl FnOnce(&DocumentSource<'_>) -> T) -> T {
    let reports = runs.map(Report::of);
    let side = |at: usize, name: &str| {
        let factors = [(Factor::Delay, delays[at]), (Factor::Kernel, name)];
        let factors = factors.map(|(factor, value)| (factor, value.to_owned())).into();
        Side { name: name.to_owned(), report: &reports[at], factors }
    };
    let (base, new) = (side(0, "before"), side(1, "after"));
    look(&DocumentSource::Comparison(&Comparison::of(&base, &new, 0.05, false)))
}

/// A run a day: strategy `a` takes a tenth longer from the twelfth on.
fn entries(name: &str) -> Vec<HistoryEntry> {
    let entry = |day: u32| HistoryEntry {
        run_id: format!("sweep-202611{day:02}T080000Z"),
        config: "sweep".into(),
        started_at: format!("2026-11-{day:02}T08:00:00.000Z"),
        commit: if day == 3 { String::new() } else { format!("{:040x}", day / 2) },
        factors: "delay 100 ms, 2 cores".into(),
        link: if day == 20 { "sweep/report.html".into() } else { String::new() },
        cells: vec![EntryCell {
            strategy: name.into(),
            requests: 50,
            median_s: Some(if day < 12 { 0.1 } else { 0.11 } + f64::from(day % 3) * 1e-5),
            ..EntryCell::default()
        }],
    };
    (1..=20).map(entry).collect()
}

fn archived<T>(entries: &[HistoryEntry], by: By, look: impl FnOnce(&DocumentSource<'_>) -> T) -> T {
    let series = all_series(entries, &Selection { config: None, by, requests: None });
    let broken = [("odd|name".to_owned(), "holds no manifest".to_owned())];
    look(&DocumentSource::History(&Archived { series: &series, broken: &broken, newest: 3 }))
}

/// A source of each kind, and of each kind of emptiness, with a name.
fn each_source(mut look: impl FnMut(&str, &DocumentSource<'_>)) {
    for (run, index) in runs().iter().zip(0..) {
        look(&format!("report {index}"), &DocumentSource::Report(&Report::of(run)));
    }
    let (base, new, other) = (article(3), slower(), RunBuilder::new().strategy("x", "", None).sample(0, 1, 1.0).run());
    compared([&base, &new], ["100 ms"; 2], |source| look("comparison", source));
    compared([&base, &new], ["100 ms", "5 s"], |source| look("not comparable", source));
    compared([&base, &other], ["100 ms"; 2], |source| look("nothing in common", source));
    archived(&entries("a"), By::Date, |source| look("history", source));
    archived(&entries("a"), By::Commit, |source| look("history by commit", source));
    archived(&[], By::Date, |source| look("no history", source));
}

fn painted(figures: &[Figure]) -> Vec<Picture<'_>> {
    let fonts = Fonts::bundled();
    figures.iter().map(|figure| Picture::of(figure, Size { width: 960, height: 600 }, &fonts)).collect()
}

#[test]
fn every_format_is_text_that_ends_its_line_and_never_says_nan() {
    each_source(|name, source| {
        for writer in WRITERS {
            let write = || String::from_utf8(writer.bytes(source, &Pictures::default()).unwrap()).unwrap();
            let text = write();
            let about = format!("{name} as {}", writer.extension());
            assert!(text.is_empty() == (writer.extension() == "csv" && !name.starts_with("report")), "{about}");
            assert!(text.is_empty() || text.ends_with('\n'), "{about}: {text}");
            assert!(!text.contains('\r'), "{about}: {text}");
            assert!(!["NaN", "inf"].iter().any(|word| text.contains(word)), "{about}: {text}");
            assert_eq!(text, write(), "{about}: the same source gives the same bytes");
        }
    });
}

#[test]
fn files_of_a_source_have_names_of_their_own() {
    let names = |source: &DocumentSource<'_>| -> Vec<String> {
        WRITERS.iter().filter_map(|writer| writer.file_name(source)).collect()
    };
    let run = article(1);
    let report = Report::of(&run);
    assert_eq!(
        names(&DocumentSource::Report(&report)),
        ["summary.csv", "summary.json", "report.md", "report.html"],
        "the order written"
    );
    let comparison = compared([&run, &run], [""; 2], names);
    assert_eq!(comparison, ["comparison.json", "comparison.md", "comparison.html"]);
    assert_eq!(archived(&[], By::Date, names), ["history.json", "history.md", "history.html"]);
}

#[test]
fn what_hides_in_a_name_is_an_escape_for_people_and_itself_for_programs() {
    let run = hostile_run();
    let report = Report::of(&run);
    let drawn = chart::draw(&report, &[], &Labels::default());
    let pictures = Pictures { drawn: painted(&drawn.figures), ..Pictures::default() };
    let check = |source: &DocumentSource<'_>, pictures: &Pictures<'_>| {
        for writer in WRITERS {
            let text = String::from_utf8(writer.bytes(source, pictures).unwrap()).unwrap();
            let name = writer.extension();
            if writer.is_data() {
                assert!(text.is_empty() || text.contains('\u{202e}'), "{name}");
            } else {
                assert_eq!(text.chars().find(|c| is_hidden(*c) && *c != '\n'), None, "{name}");
                assert!(text.contains("202e"), "{name}");
            }
        }
    };
    check(&DocumentSource::Report(&report), &pictures);
    compared([&run, &run], [HOSTILE; 2], |source| check(source, &Pictures::default()));
    archived(&entries(HOSTILE), By::Date, |source| check(source, &Pictures::default()));
    for picture in &pictures.drawn {
        let hidden = |text: &str| text.chars().any(|c| is_hidden(c) && c != '\n');
        assert!(!hidden(&picture.wide.as_ref().unwrap().svg(Theme::Light)), "{}", picture.figure.id);
    }
}

#[test]
fn a_page_shows_the_figures_of_every_kind_of_document() {
    let run = article(3);
    let report = Report::of(&run);
    let drawn = chart::draw(&report, &[], &Labels::default());
    let check = |source: &DocumentSource<'_>, figures: &[Figure]| {
        let pictures = Pictures { drawn: painted(figures), ..Pictures::default() };
        let page = String::from_utf8(HTML.bytes(source, &pictures).unwrap()).unwrap();
        for figure in figures {
            assert_eq!(page.matches(&format!("<figure data-figure=\"{}\"", figure.id)).count(), 1);
            assert_eq!(
                page.matches(&format!("<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{}\"", figure.id)).count(),
                1
            );
        }
    };
    check(&DocumentSource::Report(&report), &drawn.figures);
    compared([&run, &run], ["100 ms"; 2], |source| {
        let DocumentSource::Comparison(compared) = source else { panic!("a comparison") };
        check(source, &chart::comparison(compared, "Same."));
    });
    archived(&entries("a"), By::Date, |source| {
        let DocumentSource::History(archived) = source else { panic!("a history") };
        check(source, &[chart::history(&archived.series[0], &chart::history_id(1, 1)).unwrap()]);
    });
}

/// Style and script of the page are files of their own.
fn without_assets(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>").unwrap();
    let (body, _) = rest.split_once("<script>").unwrap();
    let (before, policy) = head.split_once("content=\"default-src").unwrap();
    let (_, after) = policy.split_once("\">").unwrap();
    format!("{before}…\">{after}…{body}…")
}

/// Documents without pictures, as people get them.
#[test]
fn documents_are_as_they_were() {
    let mut texts = Vec::new();
    each_source(|name, source| {
        if !["report 1", "report 4", "comparison", "not comparable", "history", "history by commit"].contains(&name) {
            return;
        }
        let refused = [("timeline".to_owned(), chart::WhyNot::NoRequests)];
        let pictures = Pictures { formats: &[Format::Svg], refused: &refused, ..Pictures::default() };
        for writer in WRITERS.iter().filter(|writer| !writer.is_data()) {
            let text = String::from_utf8(writer.bytes(source, &pictures).unwrap()).unwrap();
            let text = if writer.extension() == "html" { without_assets(&text) } else { text };
            let name = format!("{}-{}", name.replace(' ', "-"), writer.extension());
            texts.push((name, text.trim_end().to_owned()));
        }
    });
    let names: BTreeSet<&String> = texts.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), 18);
    assert_snapshots("tests/golden/documents", texts);
}
