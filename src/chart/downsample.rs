//! Fewer points that look the same: more of them than a picture has columns cost time and show nothing.

use crate::model::RequestCount;
use crate::model::figure::{Mark, Point, Scale};
use crate::stats::Sorted;

/// Up to this many points are left alone.
const FEW: usize = 1_000;
/// A line of more points than this is drawn by bins.
const MOST_MARKED: usize = 300;
/// The same for all lines of a panel together: a page shows each point of some charts in two sizes and as a number.
const MOST_OF_ALL: usize = 3_000;
/// Into how many bins of equal width the axis is cut then, at most.
const BINS: usize = 100;
/// Fewer values than this have no middle part.
const FEWEST_FOR_BAND: usize = 3;

/// Into how many stretches of equal width the axis is cut where there are more; each keeps its extremes.
const STRETCHES: usize = 200;

/// At most 1 002 points: the first, the last, and of each stretch those with the least and the greatest value, the
/// lowest and the highest interval end, and one gap if it has any.
pub(super) fn points(points: Vec<Point>, scale: Scale) -> Vec<Point> {
    if points.len() <= FEW {
        return points;
    }
    let low = |point: &Point| point.interval.map(|ends| ends.0).or(point.y);
    let high = |point: &Point| point.interval.map(|ends| ends.1).or(point.y);
    let mut kept = vec![0, points.len() - 1];
    for stretch in stretches(points.len(), (scale, STRETCHES), |index| points[index].x) {
        let of = |value: &dyn Fn(&Point) -> Option<f64>| extremes(&stretch, |index| value(&points[index]));
        let gap = stretch.clone().find(|index| points[*index].y.is_none());
        kept.extend(of(&|point| point.y).into_iter().flatten());
        kept.extend(of(&low)[0].into_iter().chain(of(&high)[1]).chain(gap));
    }
    kept.sort_unstable();
    kept.dedup();
    kept.into_iter().map(|index| points[index]).collect()
}

/// Into how many [`bins`] a line of so many points is cut, one of so many lines; `None` where each point is drawn.
pub(super) fn number_of_bins(points: usize, lines: usize) -> Option<usize> {
    let most = MOST_MARKED.min(MOST_OF_ALL / lines.max(1)).max(1);
    (points > most).then_some(BINS.min(most))
}

/// A point for each part of the axis: the median of its values, at the middle one of its places, and as interval the
/// middle 95 % of them. No value where there is none.
pub(super) fn bins(points: &[Point], (scale, number): (Scale, usize)) -> Vec<Point> {
    let bins = stretches(points.len(), (scale, number), |index| points[index].x);
    let bin = |bin: std::ops::Range<usize>| {
        let values = Sorted::new(points[bin.clone()].iter().filter_map(|point| point.y));
        let ends = values.quantile(0.025).zip(values.quantile(0.975));
        Point {
            x: points[usize::midpoint(bin.start, bin.end - 1)].x,
            y: values.median(),
            interval: ends.filter(|_| values.values().len() >= FEWEST_FOR_BAND),
        }
    };
    bins.into_iter().map(bin).collect()
}

/// Most counts of one bin.
pub(super) fn largest_bin(counts: &[RequestCount], (scale, number): (Scale, usize)) -> usize {
    let bins = stretches(counts.len(), (scale, number), |index| counts[index].into());
    bins.into_iter().map(|bin| bin.len()).max().unwrap_or_default()
}

/// At most 400 marks once there are more than 1 000: of each stretch the lowest and the highest.
pub(super) fn marks(mut marks: Vec<Mark>, scale: Scale) -> Vec<Mark> {
    if marks.len() <= FEW {
        return marks;
    }
    marks.sort_by(|a, b| a.x.total_cmp(&b.x));
    let stretches = stretches(marks.len(), (scale, STRETCHES), |index| marks[index].x);
    let kept = stretches.into_iter().flat_map(|stretch| extremes(&stretch, |index| Some(marks[index].y)));
    kept.flatten().map(|index| marks[index]).collect()
}

/// Up to `most` indices of a list of `len`, evenly spread, first and last among them.
pub(super) fn evenly(len: usize, most: usize) -> Vec<usize> {
    if len <= most {
        return (0..len).collect();
    }
    (0..most).map(|step| step * (len - 1) / (most - 1)).collect()
}

/// Indices of a list that ascends in `x`, by the stretch of the axis in which they lie; none empty.
fn stretches(len: usize, (scale, number): (Scale, usize), x: impl Fn(usize) -> f64) -> Vec<std::ops::Range<usize>> {
    let place = |index: usize| if scale == Scale::Log { x(index).ln() } else { x(index) };
    let (first, length) = (place(0), place(len - 1) - place(0));
    let mut stretches = Vec::new();
    let mut start = 0;
    for stretch in 1..=number {
        let edge = first + length * stretch as f64 / number as f64;
        let within = (start..len).take_while(|index| stretch == number || place(*index) < edge).count();
        if within > 0 {
            stretches.push(start..start + within);
        }
        start += within;
    }
    stretches
}

/// Where a stretch has its least and its greatest value.
fn extremes(stretch: &std::ops::Range<usize>, value: impl Fn(usize) -> Option<f64>) -> [Option<usize>; 2] {
    let with_values = || stretch.clone().filter_map(|index| Some((value(index)?, index)));
    let least = with_values().min_by(|a, b| a.0.total_cmp(&b.0));
    let greatest = with_values().max_by(|a, b| a.0.total_cmp(&b.0));
    [least.map(|(_, index)| index), greatest.map(|(_, index)| index)]
}

#[cfg(test)]
mod tests {
    use super::{Mark, Point, Scale, bins, evenly, largest_bin, marks, number_of_bins, points};

    fn wave(n: u32) -> Vec<Point> {
        let y = |index: u32| if index == 777 { 99.0 } else { f64::from(index % 13) };
        (0..n).map(|index| Point { x: index.into(), y: Some(y(index)), interval: Some((-1.0, 50.0)) }).collect()
    }

    #[test]
    fn few_points_stay_as_they_are() {
        assert_eq!(points(wave(1_000), Scale::Linear), wave(1_000));
    }

    #[test]
    fn many_points_keep_ends_extremes_and_gaps() {
        let mut many = wave(100_000);
        many[5_000].y = None;
        many[6_000].interval = Some((-7.0, 60.0));
        let kept = points(many.clone(), Scale::Linear);
        assert!(kept.len() <= 1_002);
        assert!(kept.is_sorted_by_key(|point| point.x));
        assert_eq!((kept.first(), kept.last()), (many.first(), many.last()));
        for extreme in [777, 5_000, 6_000] {
            assert!(kept.contains(&many[extreme]), "{extreme}");
        }
    }

    #[test]
    fn each_part_of_a_logarithmic_axis_keeps_its_share() {
        let mut many = wave(100_000);
        many.remove(0);
        let kept = |scale| points(many.clone(), scale).iter().filter(|point| point.x < 1_000.0).count();
        assert!(kept(Scale::Log) > 200, "{} {}", kept(Scale::Log), kept(Scale::Linear));
        assert!(kept(Scale::Linear) < 20, "{} {}", kept(Scale::Log), kept(Scale::Linear));
    }

    #[test]
    fn a_bin_is_a_median_and_the_middle_of_its_values() {
        let many: Vec<Point> =
            (0..10_000_u32).map(|x| Point { x: x.into(), y: Some((x % 100).into()), interval: None }).collect();
        let binned = bins(&many, (Scale::Linear, 100));
        assert_eq!(binned.len(), 100);
        assert!(binned.iter().all(|bin| (bin.y.unwrap() - 49.5).abs() < 1.0), "{binned:?}");
        assert!(binned.iter().all(|bin| bin.interval.is_some_and(|(low, high)| low < 4.0 && high > 95.0)));
        assert_eq!(
            [(301, 10), (300, 10), (76, 40), (75, 40)].map(|(n, lines)| number_of_bins(n, lines)),
            [Some(100), None, Some(75), None]
        );
        assert_eq!(largest_bin(&(0..10_000).collect::<Vec<_>>(), (Scale::Linear, 100)), 100);
    }

    #[test]
    fn many_marks_keep_their_extremes() {
        let all: Vec<Mark> = (0..5_000_u32).map(|index| Mark { x: index.into(), y: (index % 977).into() }).collect();
        let kept = marks(all, Scale::Linear);
        assert!(kept.len() <= 400);
        assert!(kept.iter().any(|mark| mark.y == 976.0));
        assert!(kept.iter().any(|mark| mark.y == 0.0));
    }

    #[test]
    fn indices_spread_from_first_to_last() {
        assert_eq!(evenly(3, 5), [0, 1, 2]);
        assert_eq!(evenly(101, 5), [0, 25, 50, 75, 100]);
    }
}
