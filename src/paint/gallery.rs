//! Figures that resemble real ones, and what must hold for every picture of them. The pictures are left in
//! `target/gallery/paint.html`, to be looked at.

use super::{Fonts, Size, paint, png};
use crate::model::figure::{
    Arrangement, Axis, Bar, Estimate, Figure, Mark, Panel, Point, Role, Scale, Series, Shape, Spread, Theme, Unit,
};
use crate::snapshots::leave_pictures;

/// Requests, then the durations of single_thread, async_get, multithread, multiprocess: the article that this tool began
/// with.
const ARTICLE: [(f64, [f64; 4]); 5] = [
    (10.0, [50.13, 5.02, 5.03, 6.68]),
    (20.0, [100.32, 5.06, 5.06, 7.97]),
    (30.0, [150.6, 5.04, 10.12, 11.95]),
    (40.0, [200.57, 5.07, 10.07, 13.0]),
    (50.0, [250.74, 5.09, 15.1, 17.32]),
];

fn point(x: f64, y: f64, spread: f64) -> Point {
    Point { x, y: Some(y), interval: (spread > 0.0).then_some((y * (1.0 - spread), y * (1.0 + spread))) }
}

fn series(strategy_index: usize, name: &str, points: Vec<Point>) -> Series {
    Series { name: name.to_owned(), strategy_index, points, ..Series::default() }
}

fn axis(label: &str, unit: Unit) -> Axis {
    Axis { label: label.to_owned(), unit, ..Axis::default() }
}

fn counts() -> Axis {
    Axis { ticks: vec![10.0, 20.0, 30.0, 40.0, 50.0], ..axis("Requests", Unit::Count) }
}

fn durations(scale: Scale) -> Axis {
    Axis { scale, from_zero: true, ..axis("Duration", Unit::Seconds) }
}

fn figure(id: &str, title: &str, panels: Vec<Panel>) -> Figure {
    Figure {
        id: id.to_owned(),
        title: title.to_owned(),
        description: format!("{title}, in words."),
        caption: "Median of 3 measurements of each cell; bands span the 95 % confidence interval.".to_owned(),
        panels,
        ..Figure::default()
    }
}

fn article(id: &str, scale: Scale) -> Figure {
    let names = ["single_thread", "async_get", "multithread", "multiprocess"];
    let line = |(strategy_index, name): (usize, &&str)| {
        series(strategy_index, name, ARTICLE.iter().map(|(n, values)| point(*n, values[strategy_index], 0.0)).collect())
    };
    let series = names.iter().enumerate().map(line).collect();
    let panel = Panel { x: counts(), y: durations(scale), series, ..Panel::default() };
    Figure { caption: String::new(), ..figure(id, "Duration by request count", vec![panel]) }
}

/// Five strategies against a delay of 0.1 s, each with its ideal: much coincides.
fn measured(id: &str, scale: Scale) -> Figure {
    let names = ["sequential", "thread-pool (20)", "process-pool (20)", "async", "thread-per-request"];
    let ideal = |strategy_index: usize, n: f64| match strategy_index {
        0 => n * 0.1,
        1 | 2 => (n / 20.0).ceil() * 0.1,
        _ => 0.1,
    };
    let counts_of = [10.0, 20.0, 30.0, 40.0, 50.0];
    let mut lines = Vec::new();
    for (strategy_index, name) in names.iter().enumerate() {
        let noise = [0.012, 0.02, 0.09, 0.015, 0.03][strategy_index];
        let points = counts_of.map(|n| point(n, ideal(strategy_index, n) * (1.0 + noise) + n * 1e-5, noise)).into();
        lines.push(Series { spread: Spread::Band, ..series(strategy_index, name, points) });
        let points = counts_of.map(|n| point(n, ideal(strategy_index, n), 0.0)).into();
        lines.push(Series { role: Role::Ideal, ..series(strategy_index, "ideal", points) });
    }
    lines[4].points[3].y = None;
    lines[4].failures = vec![Mark { x: 40.0, y: 0.35 }, Mark { x: 40.0, y: 0.9 }];
    lines[4].failures_note = "process-pool (20): 2 failed".to_owned();
    let panel = Panel { x: counts(), y: durations(scale), series: lines, ..Panel::default() };
    figure(id, "Duration by request count, delay 100 ms", vec![panel])
}

fn twelve(id: &str) -> Figure {
    let line = |strategy_index: usize| {
        let name = format!("strategy number {strategy_index} with a name of sixty characters, no less");
        let points = (1..=8)
            .map(|n| point(f64::from(n) * 5.0, 0.2 + 0.06 * strategy_index as f64 * f64::from(n), 0.05))
            .collect();
        Series { spread: Spread::Bars, ..series(strategy_index, &name, points) }
    };
    let panel = Panel {
        x: axis("Requests", Unit::Count),
        y: durations(Scale::Linear),
        series: (0..12).map(line).collect(),
        ..Panel::default()
    };
    figure(id, "Twelve strategies", vec![panel])
}

fn timeline(id: &str) -> Figure {
    let lanes = [
        ("sequential", 1),
        ("thread-pool (6)", 6),
        ("process-pool (20)", 20),
        ("async", 50),
        ("thread-per-request", 50),
    ];
    let panel = |(strategy_index, (name, width)): (usize, &(&str, u32))| {
        let bar = |request: u32| {
            let start = f64::from(request / width) * 0.1 + f64::from(request % width) * 2e-4;
            Bar { lane: request % width, start, end: start + 0.1, strategy_index, failed: request == 17 }
        };
        Panel {
            title: (*name).to_owned(),
            x: Axis { from_zero: true, ..axis("Time since start", Unit::Seconds) },
            bars: (0..50).map(bar).collect(),
            ..Panel::default()
        }
    };
    let panels = lanes.iter().enumerate().map(panel).collect();
    Figure {
        caption: "50 requests of 100 ms each; a bar for each request, a row for each worker.".to_owned(),
        ..figure(id, "What 50 requests do", panels)
    }
}

fn distribution(id: &str) -> Figure {
    let line = |(strategy_index, name): (usize, &&str)| {
        let points = (0..200).map(|i| {
            let share = (f64::from(i) + 1.0) / 200.0;
            point(0.1 + 0.004 * (strategy_index as f64 + 1.0) * (1.0 / (1.02 - share)).ln(), share, 0.0)
        });
        Series { shape: Shape::Steps, ..series(strategy_index, name, points.collect()) }
    };
    let names = ["sequential", "thread-pool", "process-pool", "async", "thread-per-request"];
    let panel = Panel {
        x: axis("Latency of one request", Unit::Seconds),
        y: Axis { from_zero: true, ..axis("Share of requests", Unit::Share) },
        series: names.iter().enumerate().map(line).collect(),
        ..Panel::default()
    };
    figure(id, "Latency of single requests", vec![panel])
}

fn cost(id: &str, arrangement: Arrangement) -> Figure {
    let names = ["sequential", "thread-pool", "process-pool", "async"];
    let panel = |title: &str, unit: Unit, scale: f64| {
        let line = |(strategy_index, name): (usize, &&str)| {
            series(
                strategy_index,
                name,
                [10.0, 20.0, 30.0, 40.0, 50.0]
                    .map(|n| point(n, scale * (1.0 + strategy_index as f64 * n / 20.0), 0.0))
                    .into(),
            )
        };
        Panel {
            title: title.to_owned(),
            x: counts(),
            y: Axis { from_zero: true, unit, ..Axis::default() },
            series: names.iter().enumerate().map(line).collect(),
            ..Panel::default()
        }
    };
    let mut panels = vec![
        panel("CPU time", Unit::Seconds, 0.004),
        panel("Peak memory", Unit::Bytes, 6e6),
        panel("Context switches", Unit::Count, 900.0),
    ];
    if arrangement == Arrangement::Stacked {
        panels[1] = Panel {
            title: "Peak memory".to_owned(),
            empty: Some("Not measured: the data has no column peak_rss_bytes.".to_owned()),
            ..Panel::default()
        };
    }
    Figure { arrangement, ..figure(id, "What each strategy pays", panels) }
}

fn scripts(id: &str) -> Figure {
    let mut figure = article(id, Scale::Log);
    figure.title = "所需用时与请求次数 (duration) по числу запросов".to_owned();
    figure.caption = "三次测量的中位数。 الوسيط من ثلاثة قياسات".to_owned();
    let panel = &mut figure.panels[0];
    panel.x.label = "请求次数".to_owned();
    panel.y.label = "所需用时".to_owned();
    for (series, name) in panel.series.iter_mut().zip([
        "单线程 single_thread",
        "асинхронно",
        "متعدد الخيوط 20",
        "मल्टीप्रोसेस 日本語リクエスト",
    ]) {
        series.name = name.to_owned();
    }
    figure
}

/// Every figure of the gallery.
pub(super) fn gallery() -> Vec<Figure> {
    let empty = Panel { empty: Some("No sample succeeded.".to_owned()), ..Panel::default() };
    let mut one_point = article("one-point", Scale::Linear);
    one_point.panels[0].series.truncate(1);
    one_point.panels[0].series[0].points.truncate(1);
    vec![
        article("article", Scale::Linear),
        article("article-log", Scale::Log),
        measured("measured", Scale::Linear),
        measured("measured-log", Scale::Log),
        twelve("twelve"),
        timeline("timeline"),
        distribution("distribution"),
        cost("cost-stacked", Arrangement::Stacked),
        cost("cost-beside", Arrangement::SideBySide),
        scripts("scripts"),
        one_point,
        figure("empty", "Nothing", vec![empty]),
        Figure::default(),
    ]
}

#[test]
fn every_figure_is_drawn_in_both_themes_and_the_same_each_time() {
    let fonts = Fonts::bundled();
    let mut pictures = Vec::new();
    for (index, figure) in gallery().into_iter().enumerate() {
        for (turn, theme) in Theme::ALL.into_iter().enumerate() {
            let size = Size { width: 960, height: 600 };
            let drawn = paint(&figure, size, &fonts).svg(theme);
            assert_eq!(drawn, paint(&figure, size, &Fonts::bundled()).svg(theme), "{}", figure.id);
            // Pixels cost most: of each figure in one theme, by turns.
            if (index + turn) % 2 == 0 {
                let picture = png(&drawn, &fonts).unwrap();
                assert_eq!(&picture.bytes[..8], b"\x89PNG\r\n\x1a\n");
                assert_eq!(picture.bytes[16..24], [0, 0, 7, 128, 0, 0, 4, 176], "{}", figure.id);
            }
            pictures.push((format!("{}, {theme:?}", figure.id), drawn));
        }
    }
    leave_pictures("paint", &pictures);
}

mod any_figure {
    //! Whatever the figure: it is drawn, no two texts overlap, and none is clipped.

    use proptest::prelude::*;

    use super::super::layout;
    use super::*;

    fn text() -> impl Strategy<Value = String> {
        let latin = "[a-zA-Z0-9_ ().-]{1,60}";
        prop_oneof![4 => latin, 1 => "[请求次数并发线程池 ]{1,30}", 1 => "[абвгд ]{1,60}", 1 => "\\PC{0,20}", 1 => Just(String::new())]
    }

    fn value() -> impl Strategy<Value = f64> {
        prop_oneof![
            8 => (-9.0..9.0).prop_map(|exponent: f64| 10_f64.powf(exponent)),
            2 => 0.0..10.0,
            1 => prop::sample::select(vec![0.0, -1.0, f64::NAN, f64::INFINITY, f64::MAX, f64::MIN_POSITIVE, -1e9])
        ]
    }

    prop_compose! {
        fn any_axis()(
            label in text(),
            unit in prop::sample::select(vec![
                Unit::Count, Unit::Seconds, Unit::Ratio, Unit::PerSecond, Unit::Bytes, Unit::Share,
            ]),
            log: bool,
            from_zero: bool,
            ticks in prop::collection::vec(value(), 0..6),
            named: bool,
            name in text(),
        ) -> Axis {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let names = if named { vec![name; ticks.len()] } else { Vec::new() };
            Axis { label, unit, scale, from_zero, ticks, names }
        }
    }

    prop_compose! {
        fn any_series()(
            name in text(),
            strategy_index in 0..14_usize,
            role in prop::sample::select(vec![Role::Measured, Role::Measured, Role::Ideal, Role::Reference]),
            shape in prop::sample::select(vec![Shape::Line, Shape::Line, Shape::Line, Shape::Steps]),
            spread in prop::sample::select(vec![Spread::None, Spread::Band, Spread::Bars]),
            raw in prop::collection::vec((value(), prop::option::weighted(0.9, value()), 0.0..0.5), 0..6),
            failures in prop::collection::vec((value(), value()), 0..2),
            failures_note in text(),
        ) -> Series {
            let point = |(x, y, share): (f64, Option<f64>, f64)| {
                let interval = y.map(|y: f64| (y - y.abs() * share, y + y.abs() * share));
                Point { x, y, interval }
            };
            let mut points: Vec<Point> = raw.into_iter().map(point).collect();
            points.sort_by(|left, right| left.x.total_cmp(&right.x));
            let failures = failures.into_iter().map(|(x, y)| Mark { x, y }).collect();
            Series { name, strategy_index, role, shape, spread, points, failures, failures_note, ..Series::default() }
        }
    }

    prop_compose! {
        fn any_panel()(
            title in text(),
            x in any_axis(),
            y in any_axis(),
            names in prop::collection::vec(text(), 0..6),
            series in prop::collection::vec(any_series(), 0..=12),
            bars in prop::collection::vec((0..30_u32, value(), value(), 0..14_usize, any::<bool>()), 1..20),
            values in prop::collection::vec((0..30_u32, value(), 0.0..0.5), 1..20),
            zone in prop::option::of((value(), value())),
            kind in 0..8,
            reason in text(),
        ) -> Panel {
            let bar = |(lane, start, end, strategy_index, failed)| Bar { lane, start, end, strategy_index, failed };
            let bars: Vec<Bar> = if kind == 0 { bars.into_iter().map(bar).collect() } else { Vec::new() };
            let estimate = |(row, value, share): (u32, f64, f64)| {
                let interval = Some((value - value.abs() * share, value + value.abs() * share));
                Estimate { row, value, interval, strategy_index: row as usize }
            };
            let estimates: Vec<Estimate> =
                if kind == 2 { values.into_iter().map(estimate).collect() } else { Vec::new() };
            let zone = zone.filter(|_| kind == 2);
            let y = Axis { names: if bars.is_empty() && estimates.is_empty() { Vec::new() } else { names }, ..y };
            let cut = kind == 0;
            Panel { title, x, y, series, bars, estimates, zone, cut, empty: (kind == 1).then_some(reason) }
        }
    }

    prop_compose! {
        fn any_figure()(
            title in text(),
            caption in prop_oneof![text(), "[a-z ]{100,400}"],
            panels in prop_oneof![2 => prop::collection::vec(any_panel(), 1..=1), 1 => prop::collection::vec(any_panel(), 0..=4)],
            beside: bool,
        ) -> Figure {
            let arrangement = if beside { Arrangement::SideBySide } else { Arrangement::Stacked };
            Figure { id: "any".to_owned(), title, caption, panels, arrangement, ..Figure::default() }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_overlaps_another_or_is_clipped(
            figure in any_figure(), width in 320..=4096_u32, height in 240..=4096_u32,
        ) {
            let fonts = Fonts::bundled();
            let size = Size { width, height };
            let places = layout(&figure, size, &fonts);
            let boxes = places.text_boxes(&fonts);
            let picture = crate::paint::Rect::between(0.0, 0.0, places.size.0, places.size.1);
            for (index, (text, room)) in boxes.iter().enumerate() {
                prop_assert!(picture.contains(room), "{text:?} {room:?} is clipped");
                for (other, taken) in &boxes[..index] {
                    prop_assert!(!room.overlaps(taken), "{text:?} {room:?} lies on {other:?} {taken:?}");
                }
            }
            let drawn = paint(&figure, size, &fonts).svg(Theme::Light);
            prop_assert!(resvg::usvg::roxmltree::Document::parse(&drawn).is_ok());
        }
    }
}
