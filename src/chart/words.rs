//! What a figure says in words: captions built from the data, findings for readers who do not see the picture.

use crate::model::figure::Unit;
use crate::model::{Nanos, Target};
use crate::report::{Cell, Report};
use crate::stats::{Method, Sorted};

/// Values that differ by less than this share stay the same to a reader.
const SAME: f64 = 0.10;
/// How far a value may lie from a straight line, as a share of the whole rise.
const STRAIGHT: f64 = 0.05;
/// More lines than this are not told one by one.
const TOLD: usize = 12;
/// More strategies than this are not told one by one in a caption.
const HELD: usize = 6;

/// How a line runs: `async stays at 101 ms from 10 to 50 requests`. Points are (request count, value), ascending.
pub(super) fn course(name: &str, points: &[(f64, f64)], unit: Unit) -> String {
    let value = |number| value(number, unit);
    let (Some(&(first_x, first)), Some(&(last_x, last))) = (points.first(), points.last()) else {
        return format!("{name} has no value");
    };
    let sorted = Sorted::new(points.iter().map(|point| point.1));
    let (least, greatest) = (sorted.quantile(0.0).unwrap_or(first), sorted.quantile(1.0).unwrap_or(last));
    if points.len() == 1 {
        return format!("{name} is at {} for {}", value(first), requests(first_x));
    }
    if greatest - least <= SAME * greatest.abs().min(least.abs()) {
        let middle = sorted.median().unwrap_or(first);
        return format!("{name} stays at {} from {first_x} to {}", value(middle), requests(last_x));
    }
    match slope(points) {
        Some(slope) if points.len() > 2 => {
            let word = if slope > 0.0 { "grows" } else { "falls" };
            format!("{name} {word} by {} per request", value(slope.abs()))
        }
        _ => format!("{name} goes from {} at {first_x} to {} at {}", value(first), value(last), requests(last_x)),
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
pub(super) fn sentence(mut findings: Vec<String>) -> String {
    if findings.len() > TOLD {
        let more = findings.len() - TOLD;
        findings.truncate(TOLD);
        findings.push(format!("and {more} more"));
    }
    format!("{}.", findings.join("; "))
}

/// A number for people: `101 ms`, `9.8×`, `498 per second`, `8 MiB`, `50`.
#[must_use]
pub fn value(number: f64, unit: Unit) -> String {
    match unit {
        Unit::Seconds if number < 0.0 => format!("−{}", Nanos::from_secs_f64(-number).human()),
        Unit::Seconds => Nanos::from_secs_f64(number).human(),
        Unit::Ratio => format!("{}×", short(number)),
        Unit::PerSecond => format!("{} per second", short(number)),
        Unit::Count => short(number),
        Unit::Share => format!("{} %", short(number * 100.0)),
        Unit::Bytes => {
            let step = [(1_073_741_824.0, "GiB"), (1_048_576.0, "MiB"), (1_024.0, "KiB"), (1.0, "B")];
            let (size, name) = step.into_iter().find(|(size, _)| number >= *size).unwrap_or((1.0, "B"));
            format!("{} {name}", short(number / size))
        }
    }
}

/// Three significant digits, no trailing zeros.
fn short(number: f64) -> String {
    let decimals = if number.abs() >= 100.0 {
        0
    } else if number.abs() >= 10.0 {
        1
    } else {
        2
    };
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `1 request`, `50 requests`.
pub(super) fn requests(count: f64) -> String {
    if count == 1.0 { "1 request".to_owned() } else { format!("{count} requests") }
}

/// `3`, or `2 to 3` where they differ; `None` for none.
pub(super) fn span(numbers: impl Iterator<Item = usize>) -> Option<String> {
    let (least, greatest) = numbers.fold(None, |ends: Option<(usize, usize)>, number| {
        Some(ends.map_or((number, number), |(least, greatest)| (least.min(number), greatest.max(number))))
    })?;
    Some(if least == greatest { least.to_string() } else { format!("{least} to {greatest}") })
}

/// Joins the parts of a caption that apply.
pub(super) fn caption(parts: impl IntoIterator<Item = Option<String>>) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!("{}.", parts.join("; ")) }
}

/// How many samples stand behind each point, and whether their set-up is in them.
pub(super) fn samples(report: &Report<'_>, slots: &[usize]) -> Option<String> {
    let counts = cells(report, slots).map(|cell| cell.points.len()).filter(|count| *count > 0);
    let text = match span(counts)?.as_str() {
        "1" => "One sample per point".to_owned(),
        many => format!("Median of {many} samples per point"),
    };
    Some(if report.facts.target.is_some() { format!("{text}, set-up included") } else { text })
}

/// What a band or bar means; `None` where no cell has one.
pub(super) fn intervals(report: &Report<'_>, slots: &[usize], drawn_as: Option<&str>) -> Option<String> {
    let bootstrap = |cell: &Cell<'_>| cell.interval.is_none_or(|interval| interval.method == Method::Bootstrap);
    let method = if cells(report, slots).all(bootstrap) { "bootstrap " } else { "" };
    Some(format!("{}: 95 % {method}interval of the median", drawn_as?))
}

/// What a dashed line means.
pub(super) fn ideal(report: &Report<'_>) -> String {
    if let Some((delay, _)) = report.facts.estimated_delay {
        return format!("dashed: ideal for an estimated delay of {}", delay.human());
    }
    let target = match &report.facts.target {
        Some(Target::Delay(target)) => target,
        Some(Target::Sleep { delay }) => return format!("dashed: ideal for a sleep of {}", delay.human()),
        _ => return "dashed: ideal".to_owned(),
    };
    let jitter = if target.jitter == Nanos::ZERO { String::new() } else { format!(" ± {}", target.jitter.human()) };
    let limit = match target.max_concurrent {
        0 => String::new(),
        limit => format!(", at most {limit} served at once"),
    };
    format!("dashed: ideal for a delay of {}{jitter}{limit}", target.delay.human())
}

/// What hollow marks mean; `None` where there are none.
pub(super) fn failures(number: usize) -> Option<String> {
    match number {
        0 => None,
        1 => Some("hollow: one sample that failed, in no median".to_owned()),
        many => Some(format!("hollow: {many} samples that failed, in no median")),
    }
}

/// Threads at the largest count of the strategies drawn; `None` where nobody counted them, and for so many strategies
/// that no caption holds them.
pub(super) fn threads(report: &Report<'_>, slots: &[usize]) -> Option<String> {
    let requests = cells(report, slots).filter(|cell| cell.cost.threads.is_some()).map(|cell| cell.requests).max()?;
    let at_largest = cells(report, slots).filter(|cell| cell.requests == requests);
    let told = at_largest.filter_map(|cell| {
        let name = &report.strategies[cell.slot].name;
        let threads = cell.cost.threads?;
        let processes = cell.cost.processes.filter(|processes| *processes > 1);
        Some(format!("{name} {threads}{}", processes.map_or_else(String::new, |of| format!(" in {of} processes"))))
    });
    let told: Vec<String> = told.collect();
    (told.len() <= HELD).then(|| format!("threads at {}: {}", self::requests(requests.into()), told.join(", ")))
}

fn cells<'a>(report: &'a Report<'_>, slots: &'a [usize]) -> impl Iterator<Item = &'a Cell<'a>> {
    slots.iter().flat_map(|slot| report.cells_of(*slot))
}

#[cfg(test)]
mod tests {
    use super::{Unit, course, span, value};

    #[test]
    fn a_line_is_told_by_its_course() {
        let told = |ys: &[f64]| {
            let points: Vec<_> = ys.iter().zip(1..).map(|(y, step)| (f64::from(step * 10), *y)).collect();
            course("a", &points, Unit::Seconds)
        };
        for (ys, text) in [
            (&[0.1, 0.102, 0.101, 0.1, 0.104][..], "a stays at 101 ms from 10 to 50 requests"),
            (&[1.0, 2.0, 3.01, 4.0, 5.0], "a grows by 100 ms per request"),
            (&[0.1, 0.1, 0.2, 0.2, 0.3], "a goes from 100 ms at 10 to 300 ms at 50 requests"),
            (&[5.0, 4.0, 3.0], "a falls by 100 ms per request"),
            (&[1.0, 2.0], "a goes from 1 s at 10 to 2 s at 20 requests"),
            (&[1.0], "a is at 1 s for 10 requests"),
            (&[], "a has no value"),
        ] {
            assert_eq!(told(ys), text);
        }
    }

    #[test]
    fn values_have_three_digits_and_their_unit() {
        for (number, unit, text) in [
            (-0.001_5, Unit::Seconds, "−1.5 ms"),
            (9.804, Unit::Ratio, "9.8×"),
            (498.2, Unit::PerSecond, "498 per second"),
            (8_388_608.0, Unit::Bytes, "8 MiB"),
            (0.0, Unit::Bytes, "0 B"),
            (0.995, Unit::Share, "99.5 %"),
            (101.0, Unit::Count, "101"),
        ] {
            assert_eq!(value(number, unit), text);
        }
    }

    #[test]
    fn a_span_is_one_number_where_all_agree() {
        assert_eq!(span([3, 3].into_iter()).as_deref(), Some("3"));
        assert_eq!(span([3, 2, 5].into_iter()).as_deref(), Some("2 to 5"));
        assert_eq!(span(std::iter::empty()), None);
    }
}
