//! Findings for readers: three lines for each topic at most, whatever the number of strategies. What each rests on is
//! told by [`super::statistics`].

use super::model::{Item, Tone};
use super::naming::{Names, joined, range};
use crate::format::counted;
use crate::model::figure::Unit;
use crate::model::{RequestCount, Varied};
use crate::report::{Finding, FindingKind, GrowthShape, LineFit, Report, StrategyOrder};

/// Lines of a topic.
const MOST_LINES: usize = 3;
/// Strategies that one is said to be faster than, in a line.
const MOST_OVERTAKEN: usize = 3;

/// The topics of which something is found, each with its heading; those with nothing certain come last.
pub(super) fn topics(report: &Report<'_>) -> Vec<(&'static str, Vec<Item>)> {
    let [overtakes, adds] = match report.facts.varied {
        Varied::Requests => ["From how many requests on?", "What each further request adds"],
        Varied::Named(_) => ["Which is faster from where on?", "How durations grow"],
    };
    let topics = [(overtakes, order(report)), (adds, growth(report)), ("CPU time", cpu_time(report))];
    let mut found: Vec<_> = topics.into_iter().filter(|(_, items)| !items.is_empty()).collect();
    found.sort_by_key(|(_, items)| items.iter().all(|item| item.tone == Tone::Open));
    found
}

fn settled(text: String) -> Item {
    Item { text, ..Item::default() }
}

fn open(text: String) -> Item {
    Item { text, tone: Tone::Open, ..Item::default() }
}

/// No more lines than a topic has, the first ones joined: those that are open stay by themselves.
fn lines(mut settled_lines: Vec<String>, open_lines: &[String]) -> Vec<Item> {
    let most = if open_lines.is_empty() { MOST_LINES } else { MOST_LINES - 1 };
    while settled_lines.len() > most {
        let first = settled_lines.remove(0);
        settled_lines[0] = format!("{first} {}", settled_lines[0]);
    }
    let open_line = (!open_lines.is_empty()).then(|| open(open_lines.join(" ")));
    settled_lines.into_iter().map(settled).chain(open_line).collect()
}

/// Which strategy is faster than which, and from where on.
fn order(report: &Report<'_>) -> Vec<Item> {
    let told = Names(report);
    let found = report.findings.iter().filter_map(|finding| match &finding.kind {
        FindingKind::Order(order) => Some((finding, order)),
        _ => None,
    });
    let varied = told.varied();
    let (mut changes, mut certain, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
    for (finding, order) in found {
        let [first, last] = ends_of(&finding.requests);
        match order {
            StrategyOrder::Overtakes { from: _, to, crossing, further } => {
                let at = crossing.map_or_else(|| to.to_string(), |at| format!("about {at:.0}"));
                changes.push(Overtaking {
                    strategies: [finding.strategy_indices[0], finding.strategy_indices[1]],
                    at,
                    further: *further,
                });
            }
            StrategyOrder::Same => certain.push(format!("The ranking is the same from {}.", varied.range(first, last))),
            StrategyOrder::OneCount => {
                let only = varied.only();
                unclear.push(format!("All strategies share {only}, {last}, which shows no change of ranking."));
            }
            StrategyOrder::Unclear { pairs, named, fewest } => {
                let pair = |(a, b): &(usize, usize)| format!("{} / {}", told.of(*a), told.of(*b));
                let mut names: Vec<String> = named.iter().take(MOST_OVERTAKEN).map(pair).collect();
                let more = pairs - names.len();
                names.extend((more > 0).then(|| counted(more, "more pair", "more pairs")));
                let head = fewest.map_or_else(
                    || "Too close to call".to_owned(),
                    |fewest| format!("Too few samples to compare, for an interval takes {fewest}"),
                );
                unclear.push(format!("{head}: {}.", names.join("; ")));
            }
            StrategyOrder::Unsearched { left, all } => unclear.push(format!(
                "{left} of {all} pairs of strategies were not compared: there are too many combinations."
            )),
        }
    }
    certain.extend(overtakings(&told, &changes, if unclear.is_empty() { MOST_LINES } else { MOST_LINES - 1 }));
    lines(certain, &unclear)
}

/// The first strategy is faster than the second from some count on.
struct Overtaking {
    strategies: [usize; 2],
    /// From where on, in words.
    at: String,
    /// Further changes that are not listed.
    further: usize,
}

/// One sentence for each strategy that becomes faster than others, so many at most.
fn overtakings(told: &Names<'_>, changes: &[Overtaking], most: usize) -> Vec<String> {
    let same_pair = |a: &Overtaking, b: &Overtaking| {
        let [winner, loser] = b.strategies;
        a.strategies == [winner, loser] || a.strategies == [loser, winner]
    };
    let mut further: usize = changes.iter().map(|change| change.further).sum();
    // A pair that changes its order again is not faster "from there on".
    let (once, again): (Vec<&Overtaking>, Vec<&Overtaking>) =
        changes.iter().partition(|change| changes.iter().filter(|other| same_pair(other, change)).count() == 1);
    let mut winners: Vec<usize> = Vec::new();
    for change in &once {
        if !winners.contains(&change.strategies[0]) {
            winners.push(change.strategies[0]);
        }
    }
    let mut sentences = Vec::new();
    for winner in winners {
        let overtaken: Vec<&&Overtaking> = once.iter().filter(|change| change.strategies[0] == winner).collect();
        let shown = overtaken.len().min(MOST_OVERTAKEN);
        let mut parts: Vec<String> = overtaken[..shown]
            .iter()
            .map(|change| format!("than {} from {} on", told.of(change.strategies[1]), told.varied().told(&change.at)))
            .collect();
        parts.extend((shown < overtaken.len()).then(|| format!("than {} more later", overtaken.len() - shown)));
        sentences.push((overtaken.len(), format!("{} is faster {}.", told.of(winner), joined(parts))));
    }
    sentences.extend(again.iter().map(|change| {
        let [winner, loser] = change.strategies.map(|index| told.of(index));
        (1, format!("At {} {winner} becomes faster than {loser}.", told.varied().told(&change.at)))
    }));
    // What is left out is counted in the last line.
    let room = if sentences.len() > most || further > 0 { most - 1 } else { most };
    further += sentences.iter().skip(room).map(|(changes, _)| changes).sum::<usize>();
    let mut sentences: Vec<String> = sentences.into_iter().take(room).map(|(_, sentence)| sentence).collect();
    sentences.extend((further > 0).then(|| format!("The order of {further} more pairs changes.")));
    sentences
}

/// How the strategies grow, those that grow alike in one line.
fn growth(report: &Report<'_>) -> Vec<Item> {
    let found: Vec<(usize, &GrowthShape, &Finding)> = report
        .findings
        .iter()
        .filter_map(|finding| match &finding.kind {
            FindingKind::Growth(shape) => Some((finding.strategy_indices[0], shape, finding)),
            _ => None,
        })
        .collect();
    let told = Names(report);
    let certain = [slopes(&told, &found), steps(&told, &found), constant(&told, &found)];
    let unclear: Vec<String> = [no_trend(&told, &found), too_few(&told, &found)].into_iter().flatten().collect();
    lines(certain.into_iter().flatten().collect(), &unclear)
}

type Shapes<'a> = [(usize, &'a GrowthShape, &'a Finding)];

fn slopes(told: &Names<'_>, found: &Shapes<'_>) -> Option<String> {
    let mut slopes: Vec<(usize, f64, bool)> = found
        .iter()
        .filter_map(|(index, shape, _)| match shape {
            GrowthShape::Slope { fit, misfit } => Some((*index, fit.slope_s, misfit.is_some())),
            _ => None,
        })
        .collect();
    slopes.sort_by(|a, b| b.1.total_cmp(&a.1));
    if let [(index, slope, bends)] = slopes.as_slice() {
        let about = if *bends { "on average " } else { "" };
        let verb = if *slope < 0.0 { "saves" } else { "adds" };
        let text = Unit::Seconds.text(slope.abs());
        return Some(format!("{}: each further {} {verb} {about}{text}.", told.of(*index), told.varied().step()));
    }
    let values: Vec<(usize, f64)> = slopes.iter().map(|(index, slope, _)| (*index, *slope)).collect();
    let average = if slopes.iter().any(|(.., bends)| *bends) { ", on average" } else { "" };
    (!values.is_empty()).then(|| {
        let (step, values) = (told.varied().step(), told.valued(&values, Unit::Seconds));
        format!("Each further {step} adds{average}: {values}.")
    })
}

fn steps(told: &Names<'_>, found: &Shapes<'_>) -> Option<String> {
    let steps: Vec<(usize, u32, f64)> = found
        .iter()
        .filter_map(|(index, shape, _)| match shape {
            GrowthShape::Steps { workers, step_s, .. } => Some((*index, *workers, *step_s)),
            _ => None,
        })
        .collect();
    let (&(_, workers, _), values) =
        (steps.first()?, steps.iter().map(|(index, _, step)| (*index, *step)).collect::<Vec<_>>());
    if steps.iter().all(|(_, other, _)| *other == workers) {
        let names: Vec<usize> = steps.iter().map(|(index, ..)| *index).collect();
        return Some(format!(
            "{}: every further {workers} requests (one per worker) add {}; within a round, extra requests are free.",
            told.listed(&names),
            range(&values, Unit::Seconds)
        ));
    }
    Some(format!("Each round of one request per worker adds: {}.", told.valued(&values, Unit::Seconds)))
}

fn constant(told: &Names<'_>, found: &Shapes<'_>) -> Option<String> {
    let level: Vec<(usize, f64, &LineFit)> = found
        .iter()
        .filter_map(|(index, shape, _)| match shape {
            GrowthShape::Level { mean_s, fit } => Some((*index, *mean_s, fit)),
            _ => None,
        })
        .collect();
    if let [(index, mean, fit)] = level.as_slice() {
        // A slope whose interval holds zero is none.
        let slope = match fit.slope_s.abs() > fit.margin_s {
            true => format!(", {} per further {}", Unit::Seconds.text(fit.slope_s), told.varied().step()),
            false => String::new(),
        };
        return Some(format!("{}: nearly constant at {}{slope}.", told.of(*index), Unit::Seconds.text(*mean)));
    }
    let values: Vec<(usize, f64)> = level.iter().map(|(index, mean, _)| (*index, *mean)).collect();
    (!values.is_empty()).then(|| format!("Nearly constant: {}.", told.valued(&values, Unit::Seconds)))
}

fn no_trend(told: &Names<'_>, found: &Shapes<'_>) -> Option<String> {
    let unclear: Vec<(usize, [f64; 2])> = found
        .iter()
        .filter_map(|(index, shape, _)| match shape {
            GrowthShape::NoTrend(fit) => Some((*index, [fit.slope_s - fit.margin_s, fit.slope_s + fit.margin_s])),
            _ => None,
        })
        .collect();
    if let [(index, [low, high])] = unclear.as_slice() {
        let range = Unit::Seconds.interval(*low, *high);
        return Some(format!("{}: no clear trend ({range} per further {}).", told.of(*index), told.varied().step()));
    }
    let names: Vec<usize> = unclear.iter().map(|(index, _)| *index).collect();
    (!names.is_empty()).then(|| format!("No clear trend: {}.", told.listed(&names)))
}

fn too_few(told: &Names<'_>, found: &Shapes<'_>) -> Option<String> {
    let few = found.iter().filter_map(|(index, shape, finding)| match shape {
        GrowthShape::TooFewCounts { needed } => Some((*index, *needed, finding.requests.len())),
        _ => None,
    });
    let few: Vec<(usize, usize, usize)> = few.collect();
    let &(_, needed, _) = few.first()?;
    let most = few.iter().map(|(.., counts)| *counts).max().unwrap_or_default();
    let names: Vec<usize> = few.iter().map(|(index, ..)| *index).collect();
    let counts = told.varied().values(most);
    Some(format!("{}: measured at {counts}; a trend takes {needed}.", told.listed(&names)))
}

/// The CPU times at the largest count, the least first.
fn cpu_time(report: &Report<'_>) -> Vec<Item> {
    let known = |finding: &Finding| match finding.kind {
        FindingKind::CpuTime { cpu_s, .. } => Some((*finding.requests.last()?, finding.strategy_indices[0], cpu_s)),
        _ => None,
    };
    let known: Vec<(RequestCount, usize, f64)> = report.findings.iter().filter_map(known).collect();
    let Some(largest) = known.iter().map(|(requests, ..)| *requests).max() else {
        let unknown = report.findings.iter().any(|finding| finding.kind == FindingKind::NoCpuTime);
        return unknown.then(|| open("CPU time was not recorded.".to_owned())).into_iter().collect();
    };
    let at = known.iter().filter(|(requests, ..)| *requests == largest);
    let mut values: Vec<(usize, f64)> = at.map(|(_, index, cpu)| (*index, *cpu)).collect();
    values.sort_by(|a, b| a.1.total_cmp(&b.1));
    let told = Names(report);
    vec![settled(format!("CPU time for {}: {}.", told.varied().at(largest), told.valued(&values, Unit::Seconds)))]
}

/// The least and the largest count.
fn ends_of(requests: &[RequestCount]) -> [RequestCount; 2] {
    [requests.first(), requests.last()].map(|count| count.copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{MOST_LINES, topics};
    use crate::document::Tone;
    use crate::model::{Nanos, Run};
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    const ORDER: &str = "From how many requests on?";
    const GROWTH: &str = "What each further request adds";
    const CPU: &str = "CPU time";

    /// The lines under a heading, open ones marked.
    fn told(run: &Run, heading: &str) -> Vec<String> {
        let topics = topics(&Report::of(run));
        let items = topics.into_iter().filter(|(title, _)| *title == heading).flat_map(|(_, items)| items);
        items.map(|item| format!("{}{}", if item.tone == Tone::Open { "? " } else { "" }, item.text)).collect()
    }

    /// Strategies called `s0`, `s1` …, with three samples at each count, `spread` apart.
    fn race(lines: &[&[(u32, f64)]], spread: f64) -> RunBuilder {
        let named = |builder: RunBuilder, index| builder.strategy(&format!("s{index}"), "async", None);
        let mut builder = (0..lines.len()).fold(RunBuilder::new(), named);
        for (index, line) in lines.iter().enumerate() {
            for (requests, median) in *line {
                for offset in [-spread, 0.0, spread] {
                    builder = builder.sample(index, *requests, median + offset);
                }
            }
        }
        builder
    }

    #[test]
    fn the_article_grows_in_three_lines() {
        assert_eq!(
            told(&article(3), GROWTH),
            [
                "single_thread: each further request adds 100 ms.",
                "multithread and multiprocess: every further 20 requests (one per worker) add 100 ms; within a round, \
                 extra requests are free.",
                "async_get: nearly constant at 102 ms."
            ]
        );
    }

    #[test]
    fn what_is_unclear_is_marked_and_stands_by_itself() {
        let wild: &[(u32, f64)] = &[(10, 1.0), (20, 3.0), (30, 1.5), (40, 2.0)];
        let few: &[(u32, f64)] = &[(10, 1.0), (20, 2.0)];
        let lines = told(&race(&[wild, few], 0.01).run(), GROWTH);
        assert_eq!(
            lines,
            ["? s0: no clear trend (−181 to 211 ms per further request). s1: measured at 2 request counts; a trend \
                 takes 3."]
        );
    }

    #[test]
    fn a_fall_and_a_bend_are_said() {
        let bent: &[(u32, f64)] = &[(10, 0.1), (20, 0.4), (30, 0.9), (40, 1.6), (50, 2.5)];
        assert_eq!(told(&race(&[bent], 0.0).run(), GROWTH), ["s0: each further request adds on average 60.0 ms."]);
        let falling: &[(u32, f64)] = &[(10, 3.0), (20, 2.0), (30, 1.0)];
        assert_eq!(told(&race(&[falling], 0.0).run(), GROWTH), ["s0: each further request saves 100 ms."]);
        let both = told(&race(&[bent, falling], 0.0).run(), GROWTH);
        assert_eq!(both, ["Each further request adds, on average: s0 60.0 ms and s1 −100 ms."]);
    }

    #[test]
    fn no_number_of_strategies_makes_more_lines() {
        let line = |slope: f64| [1, 2, 3, 4].map(|n: u32| (n * 10, 1.0 + f64::from(n) * slope));
        let crossing: Vec<[(u32, f64); 4]> = (0..12)
            .map(|index| line(0.2 * f64::from(index)).map(|(n, y)| (n, y + 6.0 - f64::from(index) / 2.0)))
            .collect();
        let lines: Vec<&[(u32, f64)]> = crossing.iter().map(<[_; 4]>::as_slice).collect();
        for (_, items) in topics(&Report::of(&race(&lines, 0.01).run())) {
            assert!(items.len() <= MOST_LINES, "{items:?}");
        }
    }

    #[test]
    fn a_change_of_the_order_is_told_from_where_on() {
        let other: Vec<(u32, f64)> = [10, 20, 30, 40].map(|n| (n, 2.5)).to_vec();
        let run = race(&[&[(10, 1.0), (20, 2.0), (30, 3.0), (40, 4.0)], &other], 0.1).run();
        assert_eq!(told(&run, ORDER), ["s1 is faster than s0 from about 25 requests on."]);
        // Of two crossings nothing is said "from there on".
        let run = race(&[&[(10, 1.0), (20, 3.0), (30, 1.0), (40, 1.0)], &other], 0.1).run();
        assert_eq!(
            told(&run, ORDER),
            ["At about 18 requests s1 becomes faster than s0.", "At about 22 requests s0 becomes faster than s1."]
        );
    }

    #[test]
    fn an_order_that_stays_or_cannot_be_told() {
        assert_eq!(told(&article(3), ORDER), ["The ranking is the same from 10 to 50 requests."]);
        let close: [&[(u32, f64)]; 2] = [&[(10, 1.0), (20, 2.0)], &[(10, 1.1), (20, 1.9)]];
        assert_eq!(told(&race(&close, 0.2).run(), ORDER), ["? Too close to call: s0 / s1."]);
        let steady: [&[(u32, f64)]; 2] = [&[(10, 1.0), (20, 2.0), (30, 3.0)], &[(10, 1.1), (20, 1.9), (30, 2.9)]];
        let titles: Vec<&str> = topics(&Report::of(&race(&steady, 0.2).run())).iter().map(|topic| topic.0).collect();
        assert_eq!(titles, [GROWTH, ORDER, CPU], "what is certain comes first");
        let mut few = race(&close, 0.0).run();
        few.samples.dedup_by_key(|row| (row.strategy.clone(), row.requests));
        assert_eq!(told(&few, ORDER), ["? Too few samples to compare, for an interval takes 3: s0 / s1."]);
        let single = race(&[&[(10, 1.0)], &[(10, 2.0)]], 0.0).run();
        assert_eq!(
            told(&single, ORDER),
            ["? All strategies share one request count, 10, which shows no change of ranking."]
        );
    }

    #[test]
    fn cpu_times_are_ranked_in_one_line() {
        let mut run = race(&[&[(10, 1.0)], &[(10, 2.0)], &[(10, 3.0)]], 0.0).run();
        for (row, cpu) in run.samples.iter_mut().zip([50, 50, 50, 20, 20, 20]) {
            (row.cpu_user_s, row.cpu_system_s) = (Some(Nanos::from_millis(cpu)), Some(Nanos::ZERO));
        }
        for row in &mut run.samples[6..] {
            (row.cpu_user_s, row.cpu_system_s) = (None, None);
        }
        assert_eq!(told(&run, CPU), ["CPU time for 10 requests: s1 20.0 ms and s0 50.0 ms."]);
        for row in &mut run.samples {
            (row.cpu_user_s, row.cpu_system_s) = (None, None);
        }
        assert_eq!(told(&run, CPU), ["? CPU time was not recorded."]);
    }
}
