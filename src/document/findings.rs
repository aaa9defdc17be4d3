//! Findings in sentences.

use super::model::{Item, Tone};
use crate::format::{counted, percent, requests};
use crate::model::RequestCount;
use crate::model::figure::Unit;
use crate::report::{Finding, FindingKind, FindingTopic, GrowthShape, LineFit, NEAR, Report, StrategyOrder};

/// A heading over the findings of a topic.
pub(super) const fn title(topic: FindingTopic) -> &'static str {
    match topic {
        FindingTopic::Cheapest => "Fastest and cheapest",
        FindingTopic::Growth => "Growth with the number of requests",
        FindingTopic::Overtaking => "From how many requests on",
        FindingTopic::Waiting => "Waiting and working",
    }
}

/// The findings of a topic as statements.
pub(super) fn items(report: &Report<'_>, topic: FindingTopic) -> Vec<Item> {
    let item = |finding: &Finding| Item {
        text: sentence(report, finding),
        tone: if finding.settled { Tone::Plain } else { Tone::Open },
        ..Item::default()
    };
    report.findings.iter().filter(|finding| finding.kind.topic() == topic).map(item).collect()
}

/// A finding in a sentence or two.
pub(super) fn sentence(report: &Report<'_>, finding: &Finding) -> String {
    let name = |strategy_index: usize| report.strategies[strategy_index].name.as_str();
    let own = finding.strategy_indices.first().map_or("", |index| name(*index));
    let at = finding.requests.last().copied().unwrap_or_default();
    match &finding.kind {
        FindingKind::Fastest { strategy_index, median_s, near, cpu_s } => {
            let (fastest, median) = (name(*strategy_index), Unit::Seconds.text(*median_s));
            let cpu_s: Vec<(&str, f64)> = cpu_s.iter().map(|(index, cpu)| (name(*index), *cpu)).collect();
            format!("At {} {fastest} is the fastest with {median}{}", requests(at), cheapest(*near, &cpu_s))
        }
        FindingKind::CpuTime { cpu_s, cores, median_s } => {
            let [cpu, all] = [cpu_s, median_s].map(|time| Unit::Seconds.text(*time));
            let what = if *cores < 1.0 {
                format!("waited {} of {all}", percent(1.0 - cores, 1))
            } else {
                format!("kept {cores:.2} cores busy for all of {all}")
            };
            format!("{own} {what} for {}: its CPU time is {cpu}.", requests(at))
        }
        FindingKind::NoCpuTime => {
            "CPU time was not recorded: the data can't tell how much of the time was waiting.".to_owned()
        }
        FindingKind::Growth(shape) => format!("{own} {}", growth(shape, &finding.requests)),
        FindingKind::Order(order) => order_text(order, finding, name),
    }
}

/// How a strategy grows: the sentence behind its name.
fn growth(shape: &GrowthShape, requests: &[RequestCount]) -> String {
    match shape {
        GrowthShape::TooFewCounts { needed } => {
            let counts = counted(requests.len(), "request count", "request counts");
            format!("was measured at {counts}: the data can't tell how it grows, which takes {needed}.")
        }
        GrowthShape::Steps { workers, step_s, residual_s, line_residual_s } => {
            let [step, stairs, line] = [step_s, residual_s, line_residual_s].map(|time| Unit::Seconds.text(*time));
            format!(
                "grows in steps: {step} for each round of {workers} requests, one per worker. The staircase misses the \
                 medians by {stairs}, a straight line by {line}."
            )
        }
        GrowthShape::Level { mean_s, fit } => {
            let (mean, [first, last]) = (Unit::Seconds.text(*mean_s), ends_of(requests));
            format!("stays level at {mean} from {first} to {last} requests ({}).", line(fit))
        }
        GrowthShape::NoTrend(fit) => {
            let [low, high] = interval(fit);
            format!("may grow or not, the data can't tell: {low} to {high} per request ({}).", line(fit))
        }
        GrowthShape::Slope { fit, misfit } => {
            let verb = if fit.slope_s > 0.0 { "grows" } else { "falls" };
            let (each, [low, high]) = (Unit::Seconds.text(fit.slope_s.abs()), interval(fit));
            let interval = if low == high { String::new() } else { format!("95 % interval {low} to {high}; ") };
            let misfit = misfit.map_or_else(String::new, |share| {
                format!(" A line fits badly: its residual is {:.0} % of the whole rise.", share * 100.0)
            });
            format!("{verb} by {each} per request ({interval}{}).{misfit}", line(fit))
        }
    }
}

/// Which strategy is faster than which, and from where on.
fn order_text<'n>(order: &StrategyOrder, finding: &Finding, name: impl Fn(usize) -> &'n str) -> String {
    let [first, last] = ends_of(&finding.requests);
    match order {
        StrategyOrder::Overtakes { from, to, crossing, further } => {
            let (winner, loser) = (name(finding.strategy_indices[0]), name(finding.strategy_indices[1]));
            let near = crossing.map_or_else(String::new, |at| format!(", at about {at:.0}"));
            let further = match further {
                0 => String::new(),
                more => format!(" The data show {more} more such pairs at larger counts."),
            };
            format!(
                "{winner} overtakes {loser} between {from} and {to} requests{near} (the 95 % intervals of the medians are \
                 apart at both ends).{further}"
            )
        }
        StrategyOrder::Same => {
            let strategies = finding.strategy_indices.len();
            format!("From {first} to {last} requests none of the {strategies} strategies overtakes another.")
        }
        StrategyOrder::OneCount => {
            format!(
                "All strategies share one request count, {last}: the data can't tell whether one overtakes another."
            )
        }
        StrategyOrder::Unclear { pairs, named, fewest } => {
            let mut names: Vec<String> = named.iter().map(|(a, b)| format!("{} and {}", name(*a), name(*b))).collect();
            names.extend((*pairs > named.len()).then(|| format!("{} more pairs", pairs - named.len())));
            let why = fewest.map_or_else(
                || "their 95 % intervals overlap at one end or both".to_owned(),
                |fewest| format!("combinations have fewer than {fewest} samples, so there is no interval to judge by"),
            );
            format!("The medians change their order, but {why}, and the data can't tell: {}.", names.join("; "))
        }
        StrategyOrder::Unsearched { left, all } => {
            format!(
                "{left} of {all} pairs of strategies were not searched for overtaking: there are too many combinations to compare."
            )
        }
    }
}

/// What is said of the CPU time of those that are nearly as fast as the fastest, the cheapest first.
fn cheapest(near: usize, cpu_s: &[(&str, f64)]) -> String {
    let within = format!("within {} of it", percent(NEAR, 1));
    let time = |time: f64| Unit::Seconds.text(time);
    match cpu_s {
        known if known.len() < near => {
            format!("; CPU time was not recorded for all that are {within}, so the data can't tell the cheapest.")
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

fn line(fit: &LineFit) -> String {
    format!("a line through {} medians, residual {}", fit.medians, Unit::Seconds.text(fit.residual_s))
}

/// Ends of the slope's interval.
fn interval(fit: &LineFit) -> [String; 2] {
    [-fit.margin_s, fit.margin_s].map(|reach| Unit::Seconds.text(fit.slope_s + reach))
}

/// The least and the largest count.
fn ends_of(requests: &[RequestCount]) -> [RequestCount; 2] {
    [requests.first(), requests.last()].map(|count| count.copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{items, sentence};
    use crate::document::{Item, Tone};
    use crate::model::{Nanos, Run};
    use crate::report::testkit::{RunBuilder, article};
    use crate::report::{FindingTopic, Report};

    fn told(run: &Run, topic: FindingTopic) -> Vec<Item> {
        items(&Report::of(run), topic)
    }

    fn texts(run: &Run, topic: FindingTopic) -> Vec<String> {
        told(run, topic).into_iter().map(|item| item.text).collect()
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

    fn alone(medians: &[(u32, f64)]) -> Item {
        let builder = RunBuilder::new().strategy("a", "async", None);
        let run = medians.iter().fold(builder, |builder, (requests, y)| builder.sample(0, *requests, *y)).run();
        told(&run, FindingTopic::Growth).remove(0)
    }

    /// Two strategies at 10, 20, 30 …; each combination has `samples` samples, `spread` apart.
    fn race(one: &[f64], other: &[f64], spread: &[f64]) -> Vec<Item> {
        let mut builder = RunBuilder::new().strategy("one", "async", None).strategy("other", "async", None);
        for (index, medians) in [one, other].into_iter().enumerate() {
            for (median, step) in medians.iter().zip(1..) {
                builder =
                    spread.iter().fold(builder, |builder, offset| builder.sample(index, step * 10, median + offset));
            }
        }
        told(&builder.run(), FindingTopic::Overtaking)
    }

    #[test]
    fn waiting_is_told_for_each_strategy_at_its_largest_count() {
        let found = texts(&article(3), FindingTopic::Waiting);
        assert_eq!(found[0], "single_thread waited 99.8 % of 5 s for 50 requests: its CPU time is 10 ms.");
        assert_eq!(found[3], "async_get waited 90.2 % of 102 ms for 50 requests: its CPU time is 10 ms.");
        let busy = texts(&three([Some(2_000), None, None]), FindingTopic::Waiting);
        assert_eq!(busy, ["a kept 2.00 cores busy for all of 1 s for 10 requests: its CPU time is 2 s."]);
        let unknown = texts(&three([None; 3]), FindingTopic::Waiting);
        assert_eq!(unknown, ["CPU time was not recorded: the data can't tell how much of the time was waiting."]);
    }

    #[test]
    fn the_cheapest_of_the_fast_is_told() {
        for (cpu, text) in [
            (
                [Some(90), Some(40), Some(1)],
                "At 10 requests a is the fastest with 1 s; of the 2 within 5 % of it, b is the cheapest with 40 ms of \
                 CPU time (a 90 ms).",
            ),
            (
                [Some(90), None, Some(1)],
                "At 10 requests a is the fastest with 1 s; CPU time was not recorded for all that are within 5 % of it, \
                 so the data can't tell the cheapest.",
            ),
        ] {
            assert_eq!(texts(&three(cpu), FindingTopic::Cheapest), [text]);
        }
        let text = "At 50 requests async_get is the fastest with 102 ms; no other is within 5 % of it. It takes 10 ms of \
                    CPU time.";
        assert_eq!(texts(&article(3), FindingTopic::Cheapest), [text]);
    }

    #[test]
    fn the_article_has_a_line_two_staircases_and_a_level() {
        let stairs = "grows in steps: 100 ms for each round of 20 requests, one per worker. The staircase misses the \
                      medians by 0 s, a straight line by 24.5 ms.";
        assert_eq!(
            texts(&article(3), FindingTopic::Growth),
            [
                "single_thread grows by 100 ms per request (a line through 5 medians, residual 0 s).".to_owned(),
                format!("multithread {stairs}"),
                format!("multiprocess {stairs}"),
                "async_get stays level at 102 ms from 10 to 50 requests (a line through 5 medians, residual 0 s)."
                    .to_owned(),
            ]
        );
    }

    #[test]
    fn what_the_data_cannot_tell_is_said() {
        let few = alone(&[(10, 1.0), (20, 2.0)]);
        assert_eq!(few.text, "a was measured at 2 request counts: the data can't tell how it grows, which takes 3.");
        assert_eq!(few.tone, Tone::Open);
        let wild = alone(&[(10, 1.0), (20, 3.0), (30, 1.5), (40, 2.0)]);
        assert!(wild.text.starts_with("a may grow or not, the data can't tell: −"), "{}", wild.text);
    }

    #[test]
    fn a_bad_fit_and_a_fall_are_said() {
        let bent = alone(&[(10, 0.1), (20, 0.4), (30, 0.9), (40, 1.6), (50, 2.5)]);
        assert!(bent.text.starts_with("a grows by 60 ms per request (95 % interval "), "{}", bent.text);
        assert!(bent.text.ends_with("A line fits badly: its residual is 7 % of the whole rise."), "{}", bent.text);
        let falling = alone(&[(10, 3.0), (20, 2.0), (30, 1.0)]);
        assert!(falling.text.starts_with("a falls by 100 ms per request (a line through 3"), "{}", falling.text);
    }

    #[test]
    fn an_overtaking_has_its_interval_and_its_place() {
        let found = race(&[1.0, 2.0, 3.0, 4.0], &[2.5; 4], &[-0.1, 0.0, 0.1]);
        let text = "other overtakes one between 20 and 30 requests, at about 25 (the 95 % intervals of the medians are \
                    apart at both ends).";
        assert_eq!(found.iter().map(|item| item.text.as_str()).collect::<Vec<_>>(), [text]);
    }

    #[test]
    fn an_order_that_is_not_settled_says_why() {
        let noisy = race(&[1.0, 2.0], &[1.1, 1.9], &[-0.2, 0.0, 0.2]);
        let text = "The medians change their order, but their 95 % intervals overlap at one end or both, and the data \
                    can't tell: one and other.";
        assert_eq!((noisy[0].text.as_str(), noisy[0].tone), (text, Tone::Open));
        let few = race(&[1.0, 2.0], &[1.1, 1.9], &[0.0]);
        assert!(few[0].text.contains("combinations have fewer than 3 samples"), "{}", few[0].text);
        let single = race(&[1.0], &[2.0], &[-0.1, 0.0, 0.1]);
        assert!(single[0].text.starts_with("All strategies share one request count, 10:"), "{}", single[0].text);
        let same = texts(&article(3), FindingTopic::Overtaking);
        assert_eq!(same, ["From 10 to 50 requests none of the 4 strategies overtakes another."]);
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
        let run = builder.run();
        let report = Report::of(&run);
        let last = report.findings.iter().rfind(|finding| finding.kind.topic() == FindingTopic::Overtaking).unwrap();
        let text = sentence(&report, last);
        assert!(text.ends_with(" The data show 16 more such pairs at larger counts."), "{text}");
    }
}
