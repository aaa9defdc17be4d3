//! What a figure says in words: findings for readers who do not see the picture, numbers for people.

use crate::config::{Label, Labels};
use crate::format::{grouped, three_digits};
use crate::model::figure::{Series, Unit};
use crate::stats::Sorted;

/// Values that differ by less than this share stay the same to a reader.
const SAME: f64 = 0.10;
/// How far a value may lie from a straight line, as a share of the whole rise.
const STRAIGHT: f64 = 0.05;
/// More lines than this are not told one by one.
const TOLD: usize = 12;

/// How the line of a figure runs.
pub(super) fn line(labels: &Labels, line: &Series, unit: Unit) -> String {
    let points = line.points.iter().filter_map(|point| Some((point.x, point.y?)));
    series(labels, &line.name, &points.collect::<Vec<_>>(), unit)
}

/// How a line runs: `async stays at 101 ms from 10 to 50 requests`. Points are (request count, value), ascending.
fn series(labels: &Labels, name: &str, points: &[(f64, f64)], unit: Unit) -> String {
    let value = |number| told(labels, number, unit);
    let fill = |label, values: &[(&str, &str)]| labels.fill(label, &[&[("strategy", name)], values].concat());
    let (Some(&(first_x, first)), Some(&(last_x, last))) = (points.first(), points.last()) else {
        return fill(Label::NoValue, &[]);
    };
    let (start, until) = (grouped(first_x), requests(labels, last_x));
    let sorted = Sorted::new(points.iter().map(|point| point.1));
    let (least, greatest) = (sorted.quantile(0.0).unwrap_or(first), sorted.quantile(1.0).unwrap_or(last));
    if points.len() == 1 {
        return fill(Label::At, &[("value", &value(first)), ("requests", &until)]);
    }
    if greatest - least <= SAME * greatest.abs().min(least.abs()) {
        let middle = value(sorted.median().unwrap_or(first));
        return fill(Label::Stays, &[("value", &middle), ("first", &start), ("requests", &until)]);
    }
    match slope(points) {
        Some(slope) if points.len() > 2 => {
            let label = if slope > 0.0 { Label::Grows } else { Label::Falls };
            fill(label, &[("value", &value(slope.abs()))])
        }
        _ => {
            let ends = (value(first), value(last));
            fill(Label::Goes, &[("start", &ends.0), ("first", &start), ("end", &ends.1), ("requests", &until)])
        }
    }
}

/// The slope of the least-squares line (Gauss 1809), where all points lie close to it.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let n = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
    let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
    let products: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let squares: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let slope = products / squares;
    let rise = slope.abs() * (points.last()?.0 - points.first()?.0);
    let close = |(x, y): &(f64, f64)| (y - mean_y - slope * (x - mean_x)).abs() <= STRAIGHT * rise;
    (slope.is_finite() && points.iter().all(close)).then_some(slope)
}

/// Several findings in one sentence.
pub(super) fn sentence(labels: &Labels, mut findings: Vec<String>) -> String {
    if findings.len() > TOLD {
        let more = (findings.len() - TOLD).to_string();
        findings.truncate(TOLD);
        findings.push(labels.fill(Label::Others, &[("number", &more)]));
    }
    joined(labels, findings)
}

/// The parts of a sentence, with its end; empty where there are none.
pub(super) fn joined(labels: &Labels, parts: impl IntoIterator<Item = String>) -> String {
    let join = |before: String, next: String| labels.fill(Label::Join, &[("first", &before), ("second", &next)]);
    let all = parts.into_iter().reduce(join);
    all.map_or_else(String::new, |text| labels.fill(Label::Sentence, &[("text", &text)]))
}

/// A number in a sentence: as [`Unit::text`], in the words of `labels`.
pub(super) fn told(labels: &Labels, number: f64, unit: Unit) -> String {
    match unit {
        Unit::PerSecond => labels.fill(Label::PerSecond, &[("number", &three_digits(number))]),
        _ => unit.text(number),
    }
}

/// `1 request`, `50 requests`, `10 000 requests`.
pub(super) fn requests(labels: &Labels, count: f64) -> String {
    if count == 1.0 {
        return labels.text(Label::OneRequest).to_owned();
    }
    labels.fill(Label::SomeRequests, &[("number", &grouped(count))])
}

/// `3`, or `2 to 3` where they differ; `None` for none.
pub(super) fn span(labels: &Labels, numbers: impl Iterator<Item = usize>) -> Option<String> {
    let (least, greatest) = numbers.fold(None, |ends: Option<(usize, usize)>, number| {
        Some(ends.map_or((number, number), |(least, greatest)| (least.min(number), greatest.max(number))))
    })?;
    let [low, high] = [least, greatest].map(grouped);
    Some(if least == greatest { low } else { labels.fill(Label::Range, &[("least", &low), ("greatest", &high)]) })
}

#[cfg(test)]
mod tests {
    use super::{Labels, Unit, series, span};

    #[test]
    fn a_line_is_told_by_its_course() {
        let told = |ys: &[f64]| {
            let points: Vec<_> = ys.iter().zip(1..).map(|(y, step)| (f64::from(step * 10), *y)).collect();
            series(&Labels::default(), "a", &points, Unit::Seconds)
        };
        for (ys, text) in [
            (&[0.1, 0.102, 0.101, 0.1, 0.104][..], "a stays at 101 ms from 10 to 50 requests"),
            (&[1.0, 2.0, 3.01, 4.0, 5.0], "a: each further request adds 100 ms"),
            (&[0.1, 0.1, 0.2, 0.2, 0.3], "a goes from 100 ms at 10 to 300 ms at 50 requests"),
            (&[5.0, 4.0, 3.0], "a: each further request subtracts 100 ms"),
            (&[1.0, 2.0], "a goes from 1.00 s at 10 to 2.00 s at 20 requests"),
            (&[1.0], "a is at 1.00 s for 10 requests"),
            (&[], "a has no value"),
        ] {
            assert_eq!(told(ys), text);
        }
    }

    #[test]
    fn a_span_is_one_number_where_all_agree() {
        let labels = Labels::default();
        assert_eq!(span(&labels, [3, 3].into_iter()).as_deref(), Some("3"));
        assert_eq!(span(&labels, [3, 2, 5].into_iter()).as_deref(), Some("2 to 5"));
        assert_eq!(span(&labels, [1_000, 12_345].into_iter()).as_deref(), Some("1\u{202f}000 to 12\u{202f}345"));
        assert_eq!(span(&labels, std::iter::empty()), None);
    }
}
