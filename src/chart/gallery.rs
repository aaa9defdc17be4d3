//! Every chart of every kind of run, painted in both themes: nothing panics, texts stay apart, and the same run gives
//! the same bytes.

use super::contract::runs;
use super::draw;
use crate::config::Labels;
use crate::model::figure::{Figure, Theme};
use crate::model::{Run, SampleStatus};
use crate::paint::{Fonts, Rect, Style, layout, png, svg};
use crate::report::Report;
use crate::report::testkit::{Sketch, article};

/// Each strategy forty times slower than the one before, and one that fails from a hundred requests on.
fn from_microseconds_to_minutes() -> Run {
    let names = ["a", "b", "c", "d"];
    let sketch = names.iter().fold(Sketch::new(), |sketch, name| sketch.strategy(name, "async", None));
    let cells = (0..4).flat_map(|slot| [1, 10, 100, 1_000, 10_000].map(|requests| (slot, requests)));
    let seconds = |slot: usize, requests: u32| 1e-6 * 40_f64.powf(slot as f64) * f64::from(requests);
    cells
        .fold(sketch, |sketch, (slot, requests)| {
            let failed = slot == 1 && requests >= 100;
            let sketch = sketch.sample(slot, requests, seconds(slot, requests).min(600.0));
            sketch.also(|row| row.status = if failed { SampleStatus::Timeout } else { SampleStatus::Ok })
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
        let slot = old.iter().position(|name| *name == row.strategy).unwrap();
        row.strategy = names[slot].into();
    }
    run.facts.title = "请求次数与所需用时 — зависимость от числа запросов — عدد الطلبات".into();
    run
}

fn gallery() -> Vec<(&'static str, Vec<Figure>)> {
    let mut runs = runs();
    runs.push(("nothing", Run::default()));
    runs.push(("1 µs to 10 min", from_microseconds_to_minutes()));
    runs.push(("four scripts", four_scripts()));
    runs.into_iter().map(|(name, run)| (name, draw(&Report::of(&run), &[], &Labels::default()).figures)).collect()
}

fn assert_texts_apart(figure: &Figure, style: &Style, fonts: &Fonts) {
    let picture = Rect { x: 0.0, y: 0.0, width: style.width.into(), height: style.height.into() };
    let boxes = layout(figure, style, fonts).text_boxes(fonts);
    for (index, (text, place)) in boxes.iter().enumerate() {
        assert!(picture.contains(place), "{}: {text:?} is clipped", figure.id);
        for (other, taken) in &boxes[..index] {
            assert!(!place.overlaps(taken), "{}: {text:?} lies on {other:?}", figure.id);
        }
    }
}

#[test]
fn every_chart_of_every_run_is_painted_twice_the_same_in_both_themes_with_its_texts_apart() {
    let fonts = Fonts::bundled();
    for (name, figures) in gallery() {
        assert_eq!(figures.is_empty(), name == "nothing", "{name}");
        for (figure, theme) in figures.iter().flat_map(|figure| Theme::ALL.map(|theme| (figure, theme))) {
            for (width, height) in [(960, 600), (400, 300)] {
                let style = Style { theme, width, height };
                let place = format!("{} of {name} in {style:?}", figure.id);
                assert_texts_apart(figure, &style, &fonts);
                let painted = svg(figure, &style, &fonts);
                assert!(painted == svg(figure, &style, &fonts), "{place} differs");
                assert!(!painted.contains("<script"), "{place} lets markup in");
            }
        }
    }
}

#[test]
fn a_picture_in_pixels_has_twice_the_size() {
    let fonts = Fonts::bundled();
    let figures = draw(&Report::of(&article(2)), &[], &Labels::default()).figures;
    for (figure, theme) in figures.iter().take(3).zip(Theme::ALL.iter().cycle()) {
        let painted = svg(figure, &Style { theme: *theme, width: 480, height: 300 }, &fonts);
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
        let layout = layout(&figure, &Style { theme: Theme::Light, width: 960, height: 600 }, &fonts);
        let boxes = layout.text_boxes(&fonts);
        let numbers = boxes.iter().filter(|(text, _)| text.parse::<f64>().is_ok());
        let mut rows: Vec<f64> = numbers.map(|(_, place)| place.y).collect();
        rows.sort_by(f64::total_cmp);
        let longest = rows.chunk_by(|left, right| left == right).map(<[f64]>::len).max().unwrap_or(0);
        assert!(longest >= 5, "{}: {rows:?}", figure.id);
    }
}
