//! What blocking, pools and an event loop do: every request as a bar on one time axis.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::chart::by_count::value_axis;
use crate::chart::kind::{Chart, Subject, WhyNot};
use crate::chart::{captions, words};
use crate::config::{Label, Labels};
use crate::format::grouped;
use crate::model::figure::{Axis, Bar, Figure, Panel, Scale, Unit};
use crate::model::{Nanos, Outcome};
use crate::report::Cell;

/// A panel for each strategy: the first repeat at one request count, by default the largest recorded.
pub(super) struct TimelineChart;

/// The most rows of a panel; more lanes share rows.
const MOST_ROWS: usize = 64;
/// The most rows of all panels together, as far as each keeps [`LEAST_ROWS`].
const MOST_ROWS_OF_ALL: usize = 160;
const LEAST_ROWS: usize = 8;
/// A strategy that takes longer than the second-slowest by this factor does not fit one time axis with it.
const FAR_SLOWER: f64 = 3.0;
/// About the most bars of all panels together; more are joined with their neighbours.
const MOST_BARS: usize = 6_000;
/// About the most bars of one panel.
const MOST_BARS_OF_ONE: usize = 2_000;

impl Chart for TimelineChart {
    fn name(&self) -> &'static str {
        "timeline"
    }

    fn options(&self) -> &'static [&'static str] {
        &["x-label", "y-label", "requests"]
    }

    fn figures(&self, subject: &Subject<'_>) -> Result<Vec<Figure>, WhyNot> {
        let (report, labels, strategy_indices) = (subject.report, subject.labels, subject.strategy_indices()?);
        let recorded = || {
            strategy_indices
                .iter()
                .flat_map(|strategy_index| report.cells_of(*strategy_index))
                .filter(|cell| !cell.recorded.first_repeat.is_empty())
        };
        let largest = recorded().map(|cell| cell.requests).max();
        let largest = largest.ok_or_else(|| subject.no_valid_sample_or(WhyNot::NoRequests))?;
        let requests = subject.spec.requests.unwrap_or(largest);
        let cells: Vec<&Cell<'_>> = recorded().filter(|cell| cell.requests == requests).collect();
        if cells.is_empty() {
            return Err(WhyNot::NoRequestsAt(requests));
        }
        let most_bars = (MOST_BARS / cells.len().max(1)).min(MOST_BARS_OF_ONE);
        let placed: Vec<Vec<(usize, &Outcome)>> = cells.iter().map(|cell| lanes(cell.recorded.first_repeat)).collect();
        let most_rows = most_rows(&placed.iter().map(|placed| lane_count(placed)).collect::<Vec<_>>());
        let tracks = cells.iter().zip(&placed).map(|(cell, placed)| Tracks::of(cell, placed, (most_bars, most_rows)));
        let tracks: Vec<Tracks> = tracks.collect();
        let cut = Cut::of(&tracks);
        let told = cells.iter().zip(&tracks).map(|(cell, tracks)| finding(subject, cell, tracks));
        let all = words::requests(labels, requests.into());
        Ok(vec![Figure {
            id: "timeline".to_owned(),
            title: subject.title(|| labels.fill(Label::TimelineTitle, &[("requests", &all)])),
            description: words::sentence(labels, told.collect()),
            caption: captions::caption(
                labels,
                [
                    Some(labels.fill(Label::FirstSample, &[("requests", &all)])),
                    Some(rows(subject, &tracks)),
                    cut.map(|cut| labels.fill(Label::CutAxis, &[("time", &Unit::Seconds.text(cut.at))])),
                    selected(labels, &cells),
                    failed(&cells).then(|| subject.text(Label::HollowRequest)),
                    captions::not_drawn_at(subject, &strategy_indices, requests),
                ],
            ),
            panels: cells.iter().zip(tracks).map(|(cell, tracks)| panel(subject, cell, tracks, cut)).collect(),
            ..Figure::default()
        }])
    }
}

/// The most rows that each panel may have, so that all panels together have few enough to see.
fn most_rows(lanes: &[usize]) -> usize {
    let all = |most: usize| lanes.iter().map(|lanes| (*lanes).min(most)).sum::<usize>();
    (LEAST_ROWS..=MOST_ROWS).rev().find(|most| all(*most) <= MOST_ROWS_OF_ALL).unwrap_or(LEAST_ROWS)
}

/// Where the time axis ends before the slowest strategy does.
#[derive(Clone, Copy)]
struct Cut {
    /// Seconds.
    at: f64,
}

impl Cut {
    /// A little after the second-slowest, where one alone is far slower: else its bars would be all there is to see.
    fn of(tracks: &[Tracks]) -> Option<Self> {
        let mut ends: Vec<f64> = tracks.iter().map(|track| track.end.as_secs_f64()).collect();
        ends.sort_by(f64::total_cmp);
        let [.., second, slowest] = ends.as_slice() else { return None };
        let step = 10_f64.powf((second * 1.2).log10().floor() - 1.0);
        let at = (second * 1.2 / step).ceil() * step;
        (*second > 0.0 && *slowest > FAR_SLOWER * second).then_some(Self { at })
    }

    /// Takes away what lies beyond.
    fn apply(self, bars: &mut Vec<Bar>) {
        bars.retain(|bar| bar.start < self.at);
        bars.iter_mut().for_each(|bar| bar.end = bar.end.min(self.at));
    }
}

/// What a bar and a row stand for: with few requests one each, with many as many as share them.
fn rows(subject: &Subject<'_>, tracks: &[Tracks]) -> String {
    let sharing = tracks.iter().map(|track| track.sharing).max().unwrap_or(1);
    if sharing > 1 {
        return subject.labels.fill(Label::SharedRows, &[("number", &grouped(sharing))]);
    }
    subject.text(if tracks.iter().any(|track| track.joined) { Label::JoinedBars } else { Label::Rows })
}

/// How many requests are drawn where they are not all.
fn selected(labels: &Labels, cells: &[&Cell<'_>]) -> Option<String> {
    cells.iter().find(|cell| cell.recorded.left_out > 0)?;
    let drawn = words::span(labels, cells.iter().map(|cell| cell.recorded.first_repeat.len()))?;
    Some(labels.fill(Label::Selection, &[("number", &drawn)]))
}

fn failed(cells: &[&Cell<'_>]) -> bool {
    cells.iter().flat_map(|cell| cell.recorded.first_repeat).any(|outcome| outcome.failure.is_some())
}

fn panel(subject: &Subject<'_>, cell: &Cell<'_>, mut tracks: Tracks, cut: Option<Cut>) -> Panel {
    let spec = subject.spec;
    let time =
        value_axis(spec.x_label.as_deref().unwrap_or(subject.labels.text(Label::Time)), Unit::Seconds, Scale::Linear);
    let lanes = value_axis(spec.y_label.as_deref().unwrap_or(""), Unit::Count, Scale::Linear);
    let name = subject.report.strategies[cell.strategy_index].name.as_str();
    let cut = cut.filter(|cut| tracks.end.as_secs_f64() > cut.at);
    let mut title = name.to_owned();
    if let Some(cut) = cut {
        title = subject.labels.fill(Label::Continues, &[("strategy", name), ("time", &tracks.end.human())]);
        cut.apply(&mut tracks.bars);
    }
    Panel {
        title,
        x: time,
        y: Axis { names: tracks.names, ..lanes },
        bars: tracks.bars,
        cut: cut.is_some(),
        ..Panel::default()
    }
}

fn finding(subject: &Subject<'_>, cell: &Cell<'_>, tracks: &Tracks) -> String {
    let all = cell.recorded.first_repeat.len() as f64 + f64::from(cell.recorded.left_out);
    let values = [
        ("strategy", subject.report.strategies[cell.strategy_index].name.as_str()),
        ("requests", &words::requests(subject.labels, all)),
        ("number", &grouped(tracks.lanes)),
        ("time", &tracks.end.human()),
    ];
    // What a selection has at once, and when it ends, is not what there was.
    let label = if cell.recorded.left_out > 0 { Label::SelectionFinding } else { Label::TimelineFinding };
    subject.labels.fill(label, &values)
}

/// The bars of one panel.
struct Tracks {
    bars: Vec<Bar>,
    /// Names of the rows, bottom to top; empty where rows are no workers.
    names: Vec<String>,
    /// Most requests under way at once.
    lanes: usize,
    /// When the last request ended.
    end: Nanos,
    /// Whether a bar may stand for several requests, one after another.
    joined: bool,
    /// How many lanes share a row.
    sharing: usize,
}

impl Tracks {
    fn of(cell: &Cell<'_>, placed: &[(usize, &Outcome)], (most_bars, most_rows): (usize, usize)) -> Self {
        let lanes = lane_count(placed);
        let end = cell.recorded.first_repeat.iter().map(|outcome| outcome.end).max().unwrap_or_default();
        let rows = lanes.min(most_rows);
        let bar = |(lane, outcome): &(usize, &Outcome)| Bar {
            lane: u32::try_from(lane * rows / lanes.max(1)).unwrap_or(u32::MAX),
            start: outcome.start.as_secs_f64(),
            end: outcome.end.as_secs_f64(),
            strategy_index: cell.strategy_index,
            failed: outcome.failure.is_some(),
        };
        let mut bars: Vec<Bar> = placed.iter().map(bar).collect();
        let joined = lanes > rows || bars.len() > most_bars;
        if joined {
            bars = join(&bars, end.as_secs_f64() * rows as f64 / most_bars as f64);
        }
        let sharing = lanes.div_ceil(rows.max(1));
        Self { bars, names: names(placed, rows), lanes: at_once(cell.recorded.first_repeat), end, joined, sharing }
    }
}

fn lane_count(placed: &[(usize, &Outcome)]) -> usize {
    placed.iter().map(|(lane, _)| lane + 1).max().unwrap_or(0)
}

/// Worker numbers, where each row is exactly one of several workers and there are few enough to read.
fn names(placed: &[(usize, &Outcome)], rows: usize) -> Vec<String> {
    let by_lane: BTreeMap<usize, u32> = placed.iter().map(|(lane, outcome)| (*lane, outcome.worker)).collect();
    let mut workers: Vec<u32> = by_lane.values().copied().collect();
    workers.dedup();
    let readable = workers.len() == rows && by_lane.len() == rows && (2..=8).contains(&rows);
    if readable { workers.iter().map(u32::to_string).collect() } else { Vec::new() }
}

/// Gives each request a lane that is free for its whole time: one lane for each worker, more where a worker has
/// several requests under way. Lanes of one worker lie together. Cost: n·log n.
fn lanes(outcomes: &[Outcome]) -> Vec<(usize, &Outcome)> {
    let mut by_worker: BTreeMap<u32, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        by_worker.entry(outcome.worker).or_default().push(outcome);
    }
    let (mut placed, mut base) = (Vec::with_capacity(outcomes.len()), 0);
    for mut own in by_worker.into_values() {
        own.sort_by_key(|outcome| (outcome.start, outcome.request));
        let (mut busy, mut free, mut used) = (BinaryHeap::new(), BinaryHeap::new(), 0);
        for outcome in own {
            while let Some(&Reverse((end, lane))) = busy.peek()
                && end <= outcome.start
            {
                busy.pop();
                free.push(Reverse(lane));
            }
            let lane = free.pop().map_or(used, |Reverse(lane)| lane);
            used = used.max(lane + 1);
            busy.push(Reverse((outcome.end, lane)));
            placed.push((base + lane, outcome));
        }
        base += used;
    }
    placed
}

/// The most requests under way at one moment.
fn at_once(outcomes: &[Outcome]) -> usize {
    let starts = outcomes.iter().map(|outcome| (outcome.start, 1_i64));
    let mut events: Vec<(Nanos, i64)> = starts.chain(outcomes.iter().map(|outcome| (outcome.end, -1))).collect();
    events.sort_unstable();
    let running = events.iter().scan(0, |running, (_, change)| {
        *running += change;
        Some(*running)
    });
    usize::try_from(running.max().unwrap_or(0)).unwrap_or(0)
}

/// Joins bars of a row that overlap or lie closer than `gap` seconds; failed ones only with failed ones.
fn join(bars: &[Bar], gap: f64) -> Vec<Bar> {
    let mut sorted = bars.to_vec();
    sorted.sort_by(|a, b| (a.lane, a.failed).cmp(&(b.lane, b.failed)).then(a.start.total_cmp(&b.start)));
    let mut joined: Vec<Bar> = Vec::new();
    for bar in sorted {
        match joined.last_mut() {
            Some(last) if (last.lane, last.failed) == (bar.lane, bar.failed) && bar.start <= last.end + gap => {
                last.end = last.end.max(bar.end);
            }
            _ => joined.push(bar),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::{Chart, TimelineChart};
    use crate::chart::contract::figures;
    use crate::chart::{Subject, WhyNot, plain};
    use crate::config::{ChartSpec, Labels};
    use crate::model::FailureKind;
    use crate::model::figure::Figure;
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    fn drawn(spans: &[(u32, u64, u64)]) -> Figure {
        let count = u32::try_from(spans.len()).unwrap();
        let run = RunBuilder::new().strategy("a", "", None).sample(0, count, 1.0).requests(0, count, spans).run();
        figures(&TimelineChart, &run).unwrap().remove(0)
    }

    #[test]
    fn the_article_in_one_picture() {
        let mut run = article(3);
        run.requests.get_mut(&(1, 50)).unwrap().first_repeat[7].failure = Some(FailureKind::Reset);
        let figure = figures(&TimelineChart, &run).unwrap().remove(0);
        let lanes: Vec<_> = figure.panels.iter().map(|panel| panel.bars.iter().map(|bar| bar.lane).max()).collect();
        assert_eq!(lanes, [Some(0), Some(19), Some(19), Some(49)]);
        assert_eq!(figure.panels[1].bars.iter().filter(|bar| bar.failed).count(), 1);
        assert!(
            figure.caption.ends_with(
                "each bar is one request; a row holds one request at a time; time axis cut at 360 ms; hollow: failed."
            ),
            "{}",
            figure.caption
        );
        assert!(figure.description.starts_with(
            "single_thread: 50 requests, at most 1 at once, done after 5 s; multithread: 50 requests, at most 20 at once"
        ));
    }

    #[test]
    fn the_axis_is_cut_where_one_strategy_is_far_slower() {
        let figure = figures(&TimelineChart, &article(3)).unwrap().remove(0);
        let cut: Vec<bool> = figure.panels.iter().map(|panel| panel.cut).collect();
        assert_eq!(cut, [true, false, false, false]);
        assert_eq!(figure.panels[0].title, "single_thread (continues to 5 s)");
        let last = |panel: usize| figure.panels[panel].bars.iter().map(|bar| bar.end).fold(0.0, f64::max);
        assert!(last(0) > last(1) && last(0) < 0.5, "{} {}", last(0), last(1));
    }

    #[test]
    fn many_strategies_share_the_rows_of_a_picture() {
        let names: Vec<String> = (0..12).map(|index| format!("s{index}")).collect();
        let mut builder = names.iter().fold(RunBuilder::new(), |builder, name| builder.strategy(name, "async", None));
        for index in 0..12 {
            let spans: Vec<_> = (0..50).map(|request| (request, 0, 100)).collect();
            builder = builder.sample(index, 50, 1.0).requests(index, 50, &spans);
        }
        let figure = figures(&TimelineChart, &builder.run()).unwrap().remove(0);
        let rows = figure.panels.iter().map(|panel| panel.bars.iter().map(|bar| bar.lane + 1).max().unwrap());
        assert!(rows.sum::<u32>() <= 160);
        assert!(figure.caption.contains("a row holds up to 4 requests at a time"), "{}", figure.caption);
    }

    #[test]
    fn requests_that_overlap_in_one_worker_get_lanes_of_their_own() {
        let figure = drawn(&[(0, 0, 100), (0, 10, 60), (0, 60, 90), (1, 0, 50)]);
        let mut bars: Vec<_> = figure.panels[0].bars.iter().map(|bar| (bar.lane, bar.start)).collect();
        bars.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        assert_eq!(bars, [(0, 0.0), (1, 0.01), (1, 0.06), (2, 0.0)]);
        assert!(figure.panels[0].y.names.is_empty(), "rows are no workers");
        assert_eq!(drawn(&[(4, 0, 10), (6, 0, 10)]).panels[0].y.names, ["4", "6"]);
        assert!(drawn(&[(4, 0, 10), (4, 10, 20)]).panels[0].y.names.is_empty(), "the only one needs no number");
    }

    #[test]
    fn rows_that_several_share_are_said_to_be_shared() {
        let at_once: Vec<_> = (0..10_000).map(|index| (0, index % 7, 1_000 + index)).collect();
        let caption = drawn(&at_once).caption;
        assert!(caption.ends_with("a row holds up to 157 requests at a time."), "{caption}");
        let one_by_one: Vec<_> = (0..3_000).map(|index| (0, index * 10, index * 10 + 4)).collect();
        assert!(drawn(&one_by_one).caption.contains("or several close together; a row holds one request at a time"));
    }

    #[test]
    fn the_config_chooses_the_count() {
        let run = RunBuilder::new().strategy("a", "", None).sample(0, 5, 1.0).sample(0, 9, 1.0);
        let run = run.requests(0, 5, &[(0, 0, 10); 5]).requests(0, 9, &[(0, 0, 10); 9]).run();
        let (report, labels) = (Report::of(&run), Labels::default());
        let drawn = |requests| {
            let spec = ChartSpec { requests: Some(requests), ..plain("timeline") };
            TimelineChart.figures(&Subject { report: &report, spec: &spec, labels: &labels })
        };
        assert_eq!(drawn(5).unwrap()[0].title, "When each of the 5 requests ran");
        assert_eq!(drawn(7), Err(WhyNot::NoRequestsAt(7)));
    }

    #[test]
    fn a_selection_says_that_it_is_one() {
        let mut run = article(3);
        run.requests.get_mut(&(3, 50)).unwrap().left_out = 50;
        let figure = figures(&TimelineChart, &run).unwrap().remove(0);
        assert!(figure.caption.contains("an even selection of 50 requests is drawn"), "{}", figure.caption);
        assert!(figure.description.ends_with("async_get: 100 requests."), "{}", figure.description);
    }

    #[test]
    fn thousands_of_requests_make_a_bounded_number_of_bars() {
        let in_a_row: Vec<_> = (0..20_000).map(|index| (0, index * 10, index * 10 + 4)).collect();
        let at_once: Vec<_> = (0..20_000).map(|index| (0, index % 7, 1_000 + index)).collect();
        for spans in [in_a_row, at_once] {
            let figure = drawn(&spans);
            let bars = &figure.panels[0].bars;
            assert!(bars.len() <= 2_100, "{}", bars.len());
            assert!(bars.iter().all(|bar| bar.start < bar.end && bar.lane < 64));
            let last = bars.iter().map(|bar| bar.end).fold(0.0, f64::max);
            let end = spans.iter().map(|span| span.2).max().unwrap();
            assert!((last - end as f64 / 1_000.0).abs() < 1e-9);
        }
    }
}
