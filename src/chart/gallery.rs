//! Every chart of every kind of run, painted in both themes: nothing panics, texts stay apart, and the same run gives
//! the same bytes. The pictures are left in `target/gallery/charts.html`, to be looked at.

use super::contract::runs;
use super::{comparison, draw};
use crate::comparison::{Comparison, Factors, Side};
use crate::config::Labels;
use crate::model::figure::{Figure, Panel, Series, Theme};
use crate::model::{Nanos, Run, SampleStatus};
use crate::paint::{Fonts, Rect, Size, layout, paint, png};
use crate::report::Report;
use crate::report::testkit::{RunBuilder, article};
use crate::snapshots::{assert_snapshots, leave_pictures};

/// Lines of a picture that one sample may change: its line, band and marks, and the sentence about it.
const MOST_CHANGED: usize = 6;

/// Each strategy forty times slower than the one before, and one that fails from a hundred requests on.
fn from_microseconds_to_minutes() -> Run {
    let names = ["a", "b", "c", "d"];
    let builder = names.iter().fold(RunBuilder::new(), |builder, name| builder.strategy(name, "async", None));
    let cells =
        (0..4).flat_map(|strategy_index| [1, 10, 100, 1_000, 10_000].map(|requests| (strategy_index, requests)));
    let seconds =
        |strategy_index: usize, requests: u32| 1e-6 * 40_f64.powf(strategy_index as f64) * f64::from(requests);
    cells
        .fold(builder, |builder, (strategy_index, requests)| {
            let failed = strategy_index == 1 && requests >= 100;
            let builder = builder.sample(strategy_index, requests, seconds(strategy_index, requests).min(600.0));
            builder.also(|row| row.status = if failed { SampleStatus::Timeout } else { SampleStatus::Ok })
        })
        .run()
}

fn four_scripts() -> Run {
    let mut run = article(2);
    let names = ["单线程 (顺序)", "многопоточный пул", "تعدد العمليات", "<script>\"&' – async"];
    let old: Vec<String> = run.strategies.iter().map(|line| line.name.clone()).collect();
    for (line, name) in run.strategies.iter_mut().zip(names) {
        line.name = name.into();
    }
    for row in &mut run.samples {
        let strategy_index = old.iter().position(|name| *name == row.strategy).unwrap();
        row.strategy = names[strategy_index].into();
    }
    run.facts.title = "请求次数与所需用时 — зависимость от числа запросов — عدد الطلبات".into();
    run
}

/// Two hundred counts, and names that no legend holds.
fn long_names_and_many_counts() -> Run {
    let name = |index: usize| {
        format!("strategy number {index} with a name that is longer than any legend or label has room for")
    };
    let builder = (0..12).fold(RunBuilder::new(), |builder, index| builder.strategy(&name(index), "async", None));
    let cells = (0..12).flat_map(|index| (1..=200).map(move |requests| (index, requests)));
    cells
        .fold(builder, |builder, (index, requests)| {
            builder.sample(index, requests, 0.1 * (index + 1) as f64 + f64::from(requests) * 1e-3)
        })
        .run()
}

/// The article's run beside one in which a strategy takes a third longer, and another half as long but uncertainly so.
fn compared() -> Vec<Figure> {
    let (base, mut new) = (article(3), article(3));
    for (row, sample) in new.samples.iter_mut().zip(0_u64..) {
        let duration = row.duration_s.unwrap_or_default().0;
        row.duration_s = Some(Nanos(match row.strategy.as_str() {
            "multiprocess" => duration / 2 + sample % 3 * duration / 4,
            "async_get" => duration * 4 / 3,
            _ => duration,
        }));
    }
    let reports = [&base, &new].map(Report::of);
    let [base, new] = [("before", &reports[0]), ("after", &reports[1])].map(|(name, report)| Side {
        name: name.to_owned(),
        report,
        factors: Factors::new(),
    });
    comparison(&Comparison::of(&base, &new, 0.05, false), "Slower: async_get.")
}

fn gallery() -> Vec<(&'static str, Vec<Figure>)> {
    let mut runs = runs();
    runs.push(("nothing", Run::default()));
    runs.push(("1 µs to 10 min", from_microseconds_to_minutes()));
    runs.push(("four scripts", four_scripts()));
    runs.push(("long names, 200 counts", long_names_and_many_counts()));
    let drawn = |run: &Run| draw(&Report::of(run), &[], &Labels::default()).figures;
    runs.iter().map(|(name, run)| (*name, drawn(run))).chain([("comparison", compared())]).collect()
}

fn assert_texts_apart(figure: &Figure, size: Size, fonts: &Fonts) {
    let picture = Rect { x: 0.0, y: 0.0, width: size.width.into(), height: size.height.into() };
    let boxes = layout(figure, size, fonts).text_boxes(fonts);
    for (index, (text, place)) in boxes.iter().enumerate() {
        assert!(picture.contains(place), "{}: {text:?} is clipped", figure.id);
        for (other, taken) in &boxes[..index] {
            assert!(!place.overlaps(taken), "{}: {text:?} lies on {other:?}", figure.id);
        }
    }
}

#[test]
fn every_chart_of_every_run_is_painted_twice_the_same_in_both_themes_with_its_texts_apart() {
    let (fonts, mut pictures) = (Fonts::bundled(), Vec::new());
    for (name, figures) in gallery() {
        assert_eq!(figures.is_empty(), name == "nothing", "{name}");
        for (index, figure) in figures.iter().enumerate() {
            // Colours move no text: each size with one theme, by turns, is half the work.
            for (turn, (width, height)) in [(960, 600), (400, 300)].into_iter().enumerate() {
                let (size, theme) = (Size { width, height }, Theme::ALL[(index + turn) % Theme::ALL.len()]);
                let place = format!("{} of {name} in {size:?}", figure.id);
                assert_texts_apart(figure, size, &fonts);
                let painted = paint(figure, size, &fonts).svg(theme);
                assert!(painted == paint(figure, size, &fonts).svg(theme), "{place} differs");
                assert!(!painted.contains("<script"), "{place} lets markup in");
                pictures.push((format!("{}, {name}, {width} px, {:?}", figure.id, theme), painted));
            }
        }
    }
    leave_pictures("charts", &pictures);
}

/// A figure as text, a line for each point and bar, so that a change is a small diff.
fn as_data(figure: &Figure) -> String {
    let mut lines = vec![format!("{:?}", Figure { panels: Vec::new(), ..figure.clone() })];
    for panel in &figure.panels {
        let head = Panel { series: Vec::new(), bars: Vec::new(), estimates: Vec::new(), ..panel.clone() };
        lines.push(format!("{head:?}"));
        for series in &panel.series {
            lines.push(format!("  {:?}", Series { points: Vec::new(), ..series.clone() }));
            lines.extend(series.points.iter().map(|point| format!("    {point:?}")));
        }
        lines.extend(panel.bars.iter().map(|bar| format!("  {bar:?}")));
        lines.extend(panel.estimates.iter().map(|estimate| format!("  {estimate:?}")));
    }
    lines.join("\n")
}

#[test]
fn the_figures_of_the_article_and_of_a_comparison_are_those_on_file() {
    let mut figures = draw(&Report::of(&article(3)), &[], &Labels::default()).figures;
    figures.extend(compared());
    assert_snapshots("tests/golden/figures", figures.iter().map(|figure| (figure.id.clone(), as_data(figure))));
}

#[test]
fn another_duration_of_one_sample_changes_few_lines_of_a_picture() {
    let (fonts, size) = (Fonts::bundled(), Size { width: 960, height: 600 });
    let painted = |run: &Run| -> Vec<(String, String)> {
        let figures = draw(&Report::of(run), &[], &Labels::default()).figures;
        figures.iter().map(|figure| (figure.id.clone(), paint(figure, size, &fonts).inline())).collect()
    };
    let (before, mut run) = (painted(&article(3)), article(3));
    let mut rows = run.samples.iter_mut();
    let row = rows.find(|row| (row.strategy.as_str(), row.requests, row.repeat) == ("async_get", 30, 3)).unwrap();
    row.duration_s = row.duration_s.map(|duration| duration + Nanos::from_millis(1));
    for ((id, old), (_, new)) in before.iter().zip(painted(&run)) {
        let old: Vec<&str> = old.lines().collect();
        let fresh = new.lines().filter(|line| !old.contains(line)).count();
        let shown = ["duration-log", "overhead"].contains(&id.as_str());
        assert!(fresh > 0 || !shown, "{id} shows nothing of it");
        assert!(fresh <= MOST_CHANGED, "{id}: {fresh} of {} lines", old.len());
        assert!(new.lines().count() == old.len(), "{id}: {fresh} of {} lines", old.len());
    }
}

#[test]
fn a_picture_in_pixels_has_twice_the_size() {
    let fonts = Fonts::bundled();
    let figures = draw(&Report::of(&article(2)), &[], &Labels::default()).figures;
    for (figure, theme) in figures.iter().take(3).zip(Theme::ALL.iter().cycle()) {
        let painted = paint(figure, Size { width: 480, height: 300 }, &fonts).svg(*theme);
        let picture = png(&painted, &fonts).unwrap();
        assert!(picture.missing.is_empty());
        let bytes = picture.bytes;
        // Signature, length and name of the header, then width and height (PNG specification, 11.2.2).
        assert_eq!(bytes[..8], *b"\x89PNG\r\n\x1a\n");
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!((number(16), number(20)), (960, 600), "{}", figure.id);
    }
}

#[test]
fn an_axis_of_x_has_its_numbers_where_there_is_room() {
    let fonts = Fonts::bundled();
    for figure in draw(&Report::of(&article(2)), &[], &Labels::default()).figures {
        let layout = layout(&figure, Size { width: 960, height: 600 }, &fonts);
        let boxes = layout.text_boxes(&fonts);
        let numbers = boxes.iter().filter(|(text, _)| text.parse::<f64>().is_ok());
        let mut rows: Vec<f64> = numbers.map(|(_, place)| place.y).collect();
        rows.sort_by(f64::total_cmp);
        let longest = rows.chunk_by(|left, right| left == right).map(<[f64]>::len).max().unwrap_or(0);
        assert!(longest >= 5, "{}: {rows:?}", figure.id);
    }
}
