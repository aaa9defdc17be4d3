//! Each finding with the statistics that it rests on, in a sentence or two.

use super::model::{Block, Fold, Item};
use crate::format::percent;
use crate::model::figure::Unit;
use crate::model::{RequestCount, Varied};
use crate::report::{Finding, FindingKind, GrowthShape, LineFit, NEAR, Report, StrategyOrder};

/// More are in summary.json alone.
const MOST_SENTENCES: usize = 500;

/// The sentences of all findings, folded.
pub(super) fn fold<'a>(report: &Report<'_>) -> Option<Block<'a>> {
    let sentences = report.findings.iter().map(|finding| sentence(report, finding));
    let items: Vec<Item> = sentences.take(MOST_SENTENCES).map(|text| Item { text, ..Item::default() }).collect();
    let left = report.findings.len() - items.len();
    let more = (left > 0).then(|| Block::Note(format!("summary.json has {left} more.")));
    let blocks: Vec<Block<'a>> = std::iter::once(Block::List(items)).chain(more).collect();
    (!report.findings.is_empty()).then_some(Block::Fold(Fold { summary: "Statistics", blocks }))
}

/// A finding in a sentence or two.
pub(super) fn sentence(report: &Report<'_>, finding: &Finding) -> String {
    let name = |strategy_index: usize| report.strategies[strategy_index].name.as_str();
    let own = finding.strategy_indices.first().map_or("", |index| name(*index));
    let at = finding.requests.last().copied().unwrap_or_default();
    let varied = &report.facts.varied;
    match &finding.kind {
        FindingKind::Fastest { strategy_index, median_s, near, cpu_s } => {
            let (fastest, median) = (name(*strategy_index), Unit::Seconds.text(*median_s));
            let cpu_s: Vec<(&str, f64)> = cpu_s.iter().map(|(index, cpu)| (name(*index), *cpu)).collect();
            format!("At {} {fastest} is the fastest with {median}{}", varied.at(at), cheapest(*near, &cpu_s))
        }
        FindingKind::CpuTime { cpu_s, median_s, .. } => {
            let [cpu, all] = [cpu_s, median_s].map(|time| Unit::Seconds.text(*time));
            format!("{own} used {cpu} of CPU time for {} in {all}.", varied.at(at))
        }
        FindingKind::NoCpuTime => "CPU time was not recorded.".to_owned(),
        FindingKind::Growth(shape) => format!("{own} {}", growth(shape, &finding.requests, varied)),
        FindingKind::Order(order) => order_text(order, finding, varied, name),
    }
}

/// How a strategy grows: the sentence behind its name.
fn growth(shape: &GrowthShape, requests: &[RequestCount], varied: &Varied) -> String {
    match shape {
        GrowthShape::TooFewCounts { needed } => {
            let counts = varied.values(requests.len());
            format!("was measured at {counts}; a trend takes {needed}.")
        }
        GrowthShape::Steps { workers, step_s, residual_s, line_residual_s } => {
            let [step, stairs, line] = [step_s, residual_s, line_residual_s].map(|time| Unit::Seconds.text(*time));
            format!(
                "grows by {step} with each round of {workers} requests, one per worker (residual {stairs}, of a straight \
                 line {line})."
            )
        }
        GrowthShape::Level { mean_s, fit } => {
            let (mean, [first, last]) = (Unit::Seconds.text(*mean_s), ends_of(requests));
            format!("is nearly constant: {mean} on average from {}, {}.", varied.range(first, last), line(fit, varied))
        }
        GrowthShape::NoTrend(fit) => format!("has no clear trend: {}.", line(fit, varied)),
        GrowthShape::Slope { fit, misfit } => {
            let verb = if fit.slope_s > 0.0 { "grows" } else { "falls" };
            let misfit = misfit.map_or_else(String::new, |share| {
                format!(" A straight line fits badly: its residual is {:.0} % of the whole rise.", share * 100.0)
            });
            format!("{verb}: {}.{misfit}", line(fit, varied))
        }
    }
}

/// Which strategy is faster than which, and from where on.
fn order_text<'n>(
    order: &StrategyOrder,
    finding: &Finding,
    varied: &Varied,
    name: impl Fn(usize) -> &'n str,
) -> String {
    let [first, last] = ends_of(&finding.requests);
    match order {
        StrategyOrder::Overtakes { from, to, crossing, further } => {
            let (winner, loser) = (name(finding.strategy_indices[0]), name(finding.strategy_indices[1]));
            let near = crossing.map_or_else(String::new, |at| format!(", at about {at:.0}"));
            let further = match further {
                0 => String::new(),
                more => format!(" {more} more such pairs at larger counts are not listed."),
            };
            format!(
                "{winner} becomes faster than {loser} between {}{near}: the 95 % intervals of the medians are apart at both \
                 ends.{further}",
                varied.told(&format!("{from} and {to}"))
            )
        }
        StrategyOrder::Same => {
            format!("From {} the medians of all strategies have the same order.", varied.range(first, last))
        }
        StrategyOrder::OneCount => {
            format!("All strategies share {}, {last}, which shows no change of order.", varied.only())
        }
        StrategyOrder::Unclear { pairs, named, fewest } => {
            let mut names: Vec<String> = named.iter().map(|(a, b)| format!("{} and {}", name(*a), name(*b))).collect();
            names.extend((*pairs > named.len()).then(|| format!("{} more pairs", pairs - named.len())));
            let why = fewest.map_or_else(
                || "their 95 % intervals overlap at one end or both".to_owned(),
                |fewest| format!("combinations have fewer than {fewest} samples, so there is no interval to judge by"),
            );
            format!("Too close to call, since {why}, though the medians change their order: {}.", names.join("; "))
        }
        StrategyOrder::Unsearched { left, all } => {
            format!("{left} of {all} pairs of strategies were not compared: there are too many combinations.")
        }
    }
}

/// What is said of the CPU time of those that are nearly as fast as the fastest, the cheapest first.
fn cheapest(near: usize, cpu_s: &[(&str, f64)]) -> String {
    let within = format!("within {} of it", percent(NEAR, 1));
    let time = |time: f64| Unit::Seconds.text(time);
    match cpu_s {
        known if known.len() < near => {
            format!("; CPU time was not recorded for all that are {within}.")
        }
        [] => ".".to_owned(),
        [(_, cpu)] => format!("; no other is {within}. It takes {} of CPU time.", time(*cpu)),
        [(name, cpu), rest @ ..] => {
            let rest: Vec<String> = rest.iter().map(|(name, cpu)| format!("{name} {}", time(*cpu))).collect();
            let (cpu, rest) = (time(*cpu), rest.join(", "));
            format!("; of the {near} {within}, {name} is the cheapest with {cpu} of CPU time ({rest}).")
        }
    }
}

/// The line through the medians: its slope with the 95 % interval, and how well it fits.
fn line(fit: &LineFit, varied: &Varied) -> String {
    let (slope, residual) = (Unit::Seconds.text(fit.slope_s), Unit::Seconds.text(fit.residual_s));
    let [low, high] = [-fit.margin_s, fit.margin_s].map(|reach| fit.slope_s + reach);
    let interval = Unit::Seconds.interval(low, high);
    let interval = if interval == slope { String::new() } else { format!(" (95 % interval {interval})") };
    let (step, medians) = (varied.step(), fit.medians);
    format!("{slope} per {step}{interval}, by a line through {medians} medians with a residual of {residual}")
}

/// The least and the largest count.
fn ends_of(requests: &[RequestCount]) -> [RequestCount; 2] {
    [requests.first(), requests.last()].map(|count| count.copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::sentence;
    use crate::model::{Nanos, Run};
    use crate::report::testkit::{RunBuilder, article};
    use crate::report::{FindingTopic, Report};

    fn texts(run: &Run, topic: FindingTopic) -> Vec<String> {
        let report = Report::of(run);
        let found = report.findings.iter().filter(|finding| finding.kind.topic() == topic);
        found.map(|finding| sentence(&report, finding)).collect()
    }

    /// Strategies `a`, `b`, `c` at 10 requests: 1 s, 1.05 s and 1.2 s.
    fn three(cpu_ms: [Option<u64>; 3]) -> Run {
        let builder =
            ["a", "b", "c"].iter().fold(RunBuilder::new(), |builder, name| builder.strategy(name, "async", None));
        let samples = cpu_ms.into_iter().zip([1.0, 1.05, 1.2]).enumerate();
        let add = |builder: RunBuilder, (index, (cpu, seconds)): (usize, (Option<u64>, f64))| {
            builder.sample(index, 10, seconds).also(|row| {
                (row.cpu_user_s, row.cpu_system_s) = (cpu.map(Nanos::from_millis), Some(Nanos::ZERO));
            })
        };
        samples.fold(builder, add).run()
    }

    fn alone(medians: &[(u32, f64)]) -> String {
        let builder = RunBuilder::new().strategy("a", "async", None);
        let run = medians.iter().fold(builder, |builder, (requests, y)| builder.sample(0, *requests, *y)).run();
        texts(&run, FindingTopic::Growth).remove(0)
    }

    /// Two strategies at 10, 20, 30 …; each combination has a sample at each of the offsets.
    fn race(one: &[f64], other: &[f64], spread: &[f64]) -> Vec<String> {
        let mut builder = RunBuilder::new().strategy("one", "async", None).strategy("other", "async", None);
        for (index, medians) in [one, other].into_iter().enumerate() {
            for (median, step) in medians.iter().zip(1..) {
                builder =
                    spread.iter().fold(builder, |builder, offset| builder.sample(index, step * 10, median + offset));
            }
        }
        texts(&builder.run(), FindingTopic::Overtaking)
    }

    #[test]
    fn cpu_time_is_told_for_each_strategy_at_its_largest_count() {
        let found = texts(&article(3), FindingTopic::Waiting);
        assert_eq!(found[0], "single_thread used 10.0 ms of CPU time for 50 requests in 5.00 s.");
        assert_eq!(texts(&three([None; 3]), FindingTopic::Waiting), ["CPU time was not recorded."]);
    }

    #[test]
    fn the_cheapest_of_the_fast_is_told() {
        for (cpu, text) in [
            (
                [Some(90), Some(40), Some(1)],
                "At 10 requests a is the fastest with 1.00 s; of the 2 within 5 % of it, b is the cheapest with 40.0 ms of \
                 CPU time (a 90.0 ms).",
            ),
            (
                [Some(90), None, Some(1)],
                "At 10 requests a is the fastest with 1.00 s; CPU time was not recorded for all that are within 5 % of it.",
            ),
        ] {
            assert_eq!(texts(&three(cpu), FindingTopic::Cheapest), [text]);
        }
        let text = "At 50 requests async_get is the fastest with 102 ms; no other is within 5 % of it. It takes 10.0 ms \
                    of CPU time.";
        assert_eq!(texts(&article(3), FindingTopic::Cheapest), [text]);
    }

    #[test]
    fn the_article_has_a_line_two_staircases_and_a_level() {
        let stairs = "grows by 100 ms with each round of 20 requests, one per worker (residual 0 s, of a straight line 24.5 ms).";
        assert_eq!(
            texts(&article(3), FindingTopic::Growth),
            [
                "single_thread grows: 100 ms per request, by a line through 5 medians with a residual of 0 s."
                    .to_owned(),
                format!("multithread {stairs}"),
                format!("multiprocess {stairs}"),
                "async_get is nearly constant: 102 ms on average from 10 to 50 requests, 0 s per request, by a line \
                 through 5 medians with a residual of 0 s."
                    .to_owned(),
            ]
        );
    }

    #[test]
    fn a_trend_that_is_unclear_bent_or_falling() {
        assert_eq!(alone(&[(10, 1.0), (20, 2.0)]), "a was measured at 2 request counts; a trend takes 3.");
        let wild = alone(&[(10, 1.0), (20, 3.0), (30, 1.5), (40, 2.0)]);
        assert!(wild.starts_with("a has no clear trend: 15.0 ms per request (95 % interval −181 to 211 ms)"), "{wild}");
        let bent = alone(&[(10, 0.1), (20, 0.4), (30, 0.9), (40, 1.6), (50, 2.5)]);
        assert!(bent.ends_with(" A straight line fits badly: its residual is 7 % of the whole rise."), "{bent}");
        let falling = alone(&[(10, 3.0), (20, 2.0), (30, 1.0)]);
        assert!(falling.starts_with("a falls: −100 ms per request, by a line through 3 medians"), "{falling}");
    }

    #[test]
    fn an_overtaking_has_its_interval_and_its_place() {
        let found = race(&[1.0, 2.0, 3.0, 4.0], &[2.5; 4], &[-0.1, 0.0, 0.1]);
        let text = "other becomes faster than one between 20 and 30 requests, at about 25: the 95 % intervals of the \
                    medians are apart at both ends.";
        assert_eq!(found, [text]);
    }

    #[test]
    fn an_order_that_is_not_settled_says_why() {
        let noisy = race(&[1.0, 2.0], &[1.1, 1.9], &[-0.2, 0.0, 0.2]);
        let text = "Too close to call, since their 95 % intervals overlap at one end or both, though the medians change \
                    their order: one and other.";
        assert_eq!(noisy, [text]);
        let few = race(&[1.0, 2.0], &[1.1, 1.9], &[0.0]);
        assert!(few[0].contains("combinations have fewer than 3 samples"), "{}", few[0]);
        let single = race(&[1.0], &[2.0], &[-0.1, 0.0, 0.1]);
        assert_eq!(single, ["All strategies share one request count, 10, which shows no change of order."]);
        let same = texts(&article(3), FindingTopic::Overtaking);
        assert_eq!(same, ["From 10 to 50 requests the medians of all strategies have the same order."]);
    }

    #[test]
    fn of_many_overtakings_the_rest_is_counted() {
        let names: Vec<String> = (0..8).map(|index| format!("s{index}")).collect();
        let mut builder = names.iter().fold(RunBuilder::new(), |builder, name| builder.strategy(name, "async", None));
        for index in 0..8_u32 {
            for (requests, seconds) in [(10, 1.0 + f64::from(index)), (20, 9.0 - f64::from(index))] {
                for offset in [-0.1, 0.0, 0.1] {
                    builder = builder.sample(index as usize, requests, seconds + offset);
                }
            }
        }
        let found = texts(&builder.run(), FindingTopic::Overtaking);
        let text = found.last().unwrap();
        assert!(text.ends_with(" 16 more such pairs at larger counts are not listed."), "{text}");
    }
}
