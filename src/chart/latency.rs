//! How long the single requests took: their distribution at the largest request count.

use crate::chart::by_count::{self, value_axis};
use crate::chart::kind::{BY_COUNT, Chart, Subject, WhyNot};
use crate::chart::{captions, downsample, words};
use crate::config::{Label, Labels};
use crate::model::figure::{Axis, Figure, Mark, Panel, Point, Scale, Series, Shape, Unit};
use crate::model::{Nanos, RequestCount};
use crate::report::{self, Cell};

/// The empirical distribution function of request times, a line for each strategy.
pub(super) struct LatencyChart;

/// The most steps of one line.
const MOST_STEPS: usize = 400;
/// From this ratio of longest to shortest on, the axis of times is logarithmic.
const WIDE: f64 = 100.0;

impl Chart for LatencyChart {
    fn name(&self) -> &'static str {
        "latency"
    }

    fn options(&self) -> &'static [&'static str] {
        BY_COUNT
    }

    fn figures(&self, subject: &Subject<'_>) -> Result<Vec<Figure>, WhyNot> {
        let (report, labels, strategy_indices) = (subject.report, subject.labels, subject.strategy_indices()?);
        let recorded = || {
            strategy_indices
                .iter()
                .flat_map(|strategy_index| report.cells_of(*strategy_index))
                .filter(|cell| cell.recorded.latency.is_some())
        };
        let requests = recorded().map(|cell| cell.requests).max();
        let requests = requests.ok_or_else(|| subject.no_valid_sample_or(WhyNot::NoRequests))?;
        let cells: Vec<_> = recorded().filter(|cell| cell.requests == requests).collect();
        let latencies: Vec<_> =
            cells.iter().filter_map(|cell| Some((*cell, cell.recorded.latency.as_ref()?))).collect();
        let mut panel = panel(subject, &latencies);
        by_count::relabel(&mut panel, subject);
        let told = latencies
            .iter()
            .map(|(cell, latency)| finding(labels, &report.strategies[cell.strategy_index].name, latency));
        let each = words::span(labels, latencies.iter().map(|(_, latency)| latency.ascending.len()));
        Ok(vec![Figure {
            id: "latency".to_owned(),
            title: subject.title(|| title(labels, requests)),
            description: words::sentence(labels, told.collect()),
            caption: captions::caption(
                labels,
                [
                    each.map(|each| labels.fill(Label::EachLine, &[("number", &each)])),
                    Some(subject.text(Label::Marked)),
                    captions::not_drawn_at(subject, &strategy_indices, requests),
                ],
            ),
            panels: vec![panel],
            ..Figure::default()
        }])
    }
}

fn title(labels: &Labels, requests: RequestCount) -> String {
    labels.fill(Label::LatencyTitle, &[("requests", &words::requests(labels, requests.into()))])
}

fn panel(subject: &Subject<'_>, latencies: &[(&Cell<'_>, &report::Latency<'_>)]) -> Panel {
    let (spec, labels) = (subject.spec, subject.labels);
    let ends = latencies.iter().filter_map(|(_, latency)| {
        let values = latency.ascending;
        Some((values.first()?.as_secs_f64(), values.last()?.as_secs_f64()))
    });
    let (least, greatest) = ends.fold((f64::MAX, 0.0_f64), |all, ends| (all.0.min(ends.0), all.1.max(ends.1)));
    let own = if least > 0.0 && greatest / least > WIDE { Scale::Log } else { Scale::Linear };
    let scale = spec.x_scale.unwrap_or(own);
    let series = latencies.iter().map(|(cell, latency)| Series {
        name: subject.report.strategies[cell.strategy_index].name.clone(),
        strategy_index: cell.strategy_index,
        shape: Shape::Steps,
        marks: [(latency.p50, 0.5), (latency.p99, 0.99)].map(|(x, y)| Mark { x, y }).into(),
        points: steps(latency.ascending, (scale, spec.y_scale.unwrap_or_default())),
        ..Series::default()
    });
    Panel {
        title: String::new(),
        x: Axis { from_zero: false, ..value_axis(labels.text(Label::Latency), Unit::Seconds, scale) },
        y: Axis {
            ticks: vec![0.0, 0.25, 0.5, 0.75, 0.99],
            ..value_axis(labels.text(Label::Share), Unit::Share, spec.y_scale.unwrap_or_default())
        },
        series: series.collect(),
        ..Panel::default()
    }
}

/// The share of values up to each value, from 0 to 1, as far as axes of these scales can show it.
fn steps(sorted: &[Nanos], (x_scale, scale): (Scale, Scale)) -> Vec<Point> {
    let share = |index: usize| (index + 1) as f64 / sorted.len() as f64;
    let point = |x: f64, y: f64| Point { x, y: Some(y), interval: None };
    let start = sorted.first().filter(|_| scale == Scale::Linear).map(|x| point(x.as_secs_f64(), 0.0));
    let kept = downsample::evenly(sorted.len(), MOST_STEPS);
    let is_last_of_equals = |index: &usize| sorted.get(index + 1) != Some(&sorted[*index]);
    let risen = kept.into_iter().map(|index| index.max(last_equal(sorted, index))).filter(is_last_of_equals);
    let mut points: Vec<Point> =
        start.into_iter().chain(risen.map(|index| point(sorted[index].as_secs_f64(), share(index)))).collect();
    points.retain(|point| x_scale == Scale::Linear || point.x > 0.0);
    points.dedup();
    points
}

/// The last position of the value at `index`.
fn last_equal(sorted: &[Nanos], index: usize) -> usize {
    sorted.partition_point(|value| *value <= sorted[index]) - 1
}

fn finding(labels: &Labels, name: &str, latency: &report::Latency<'_>) -> String {
    let seconds = |number| Unit::Seconds.text(number);
    let longest = latency.ascending.last().map_or(latency.p99, |longest| longest.as_secs_f64());
    let (half, most) = (seconds(latency.p50), seconds(latency.p99));
    let values = [("strategy", name), ("half", &half), ("most", &most), ("longest", &seconds(longest))];
    labels.fill(Label::LatencyFinding, &values)
}

#[cfg(test)]
mod tests {
    use super::{LatencyChart, Scale, steps};
    use crate::chart::contract::figures;
    use crate::model::Nanos;
    use crate::report::testkit::article;

    fn shares(values: &[f64]) -> Vec<(f64, f64)> {
        let values: Vec<Nanos> = values.iter().copied().map(Nanos::from_secs_f64).collect();
        steps(&values, (Scale::Linear, Scale::Linear)).iter().map(|point| (point.x, point.y.unwrap())).collect()
    }

    #[test]
    fn steps_rise_from_nothing_to_all() {
        assert_eq!(shares(&[1.0, 2.0, 2.0, 4.0]), [(1.0, 0.0), (1.0, 0.25), (2.0, 0.75), (4.0, 1.0)]);
        assert_eq!(shares(&[1.0]), [(1.0, 0.0), (1.0, 1.0)]);
    }

    #[test]
    fn many_requests_are_thinned_and_keep_both_ends() {
        let many: Vec<f64> = (1..=1_000_000).map(f64::from).collect();
        let found = shares(&many);
        assert!(found.len() <= 401);
        assert_eq!((found[0], found[found.len() - 1]), ((1.0, 0.0), (1_000_000.0, 1.0)));
        assert!(found.iter().skip(1).all(|(x, share)| (share - x / 1e6).abs() < 1e-12), "no share is wrong");
    }

    #[test]
    fn the_largest_recorded_count_is_drawn() {
        let mut run = article(3);
        let latencies = run.requests[&(0, 50)].clone();
        run.requests.insert((0, 40), latencies);
        run.requests.get_mut(&(3, 50)).unwrap().latencies[49] = Nanos(50_000_000_000);
        let drawn = figures(&LatencyChart, &run).unwrap();
        let figure = &drawn[0];
        assert_eq!(figure.title, "Response times at 50 requests");
        assert_eq!(figure.caption, "Each line: 50 requests that succeeded, all repeats; marks: p50 and p99.");
        assert_eq!(figure.panels[0].x.scale, Scale::Log, "50 s beside 100 ms");
        let marks: Vec<f64> = figure.panels[0].series[0].marks.iter().map(|mark| mark.y).collect();
        assert_eq!(marks, [0.5, 0.99]);
        assert!(figure.description.starts_with("single_thread: half within 100 ms, 99 % within 100 ms, the longest"));
    }
}
