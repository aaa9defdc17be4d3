//! The answer in words: which strategy is fastest, from how many requests on, by how much, and at what cost.

use super::naming::{MOST_NAMED, Names, joined, range};
use crate::format::percent;
use crate::model::figure::Unit;
use crate::report::{Fastest, Lead, RankedStrategy, Report};

/// More changes of the lead than this are counted.
const MOST_LEADS: usize = 4;
/// Below this ratio a difference is a percentage.
const PERCENTAGES: f64 = 1.1;

/// The answer of a report in two or three sentences.
#[must_use]
pub fn answer(report: &Report<'_>) -> String {
    let Some(answer) = &report.answer else { return "No sample is valid, so there is nothing to compare.".to_owned() };
    let told = Names(report);
    let sentences = [lead(&told, answer), comparison(&told, answer), cost(&told, answer), failed(&told, answer)];
    sentences.into_iter().filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Who leads over which counts.
fn lead(told: &Names<'_>, answer: &Fastest) -> String {
    let names = |lead: &Lead| told.listed(&lead.strategies);
    let clause = |lead: &Lead| match lead.strategies.as_slice() {
        [_] => format!("{} is fastest", names(lead)),
        _ => format!("{} are too close to call", names(lead)),
    };
    let varied = told.varied();
    match answer.leads.as_slice() {
        [] => String::new(),
        [only] if only.from == only.to => format!("At {} {}.", varied.at(only.to), clause(only)),
        [only] => {
            format!("{} at every {} from {} to {}.", clause(only), varied.each_value(), only.from, only.to)
        }
        [first, .., last] if answer.leads.len() > MOST_LEADS => format!(
            "The lead changes {} times from {}; from {} on {}.",
            answer.leads.len() - 1,
            varied.range(first.from, last.to),
            last.from,
            clause(last)
        ),
        [first, rest @ ..] => {
            let mut sentence = format!("Up to {} {}", varied.at(first.to), clause(first));
            for (lead, before) in rest.iter().zip(&answer.leads) {
                let place = match lead {
                    Lead { to, .. } if *to == answer.requests => format!("from {} on", lead.from),
                    Lead { from, to, .. } if from == to => format!("at {from}"),
                    Lead { from, to, .. } => format!("from {from} to {to}"),
                };
                // What was just said of another need not be said again.
                let again = before.strategies.len() == 1 && lead.strategies.len() == 1;
                let clause = if again { names(lead) } else { clause(lead) };
                sentence.push_str(&format!(", {place} {clause}"));
            }
            format!("{sentence}.")
        }
    }
}

/// How much faster the leader is than the others at the largest count, the slowest first.
fn comparison(told: &Names<'_>, answer: &Fastest) -> String {
    let Some((fastest, others)) = answer.ranking.split_first() else { return String::new() };
    let close = answer.leads.last().map_or(&[][..], |lead| &lead.strategies);
    let slower = others.iter().rev().filter(|other| !close.contains(&other.strategy_index));
    let slower: Vec<&RankedStrategy> = slower.collect();
    let (name, time) = (told.of(fastest.strategy_index), Unit::Seconds.text(fastest.median_s));
    let head = match (answer.leads.last(), close) {
        (Some(lead), [_]) if lead.from < lead.to || answer.leads.len() > 1 => {
            format!("At {} it takes {time}", told.varied().at(answer.requests))
        }
        (Some(_), [_]) => format!("It takes {time}"),
        _ => format!("At {} {name} takes {time}", told.varied().at(answer.requests)),
    };
    let shown = if slower.len() > MOST_NAMED { MOST_NAMED - 1 } else { slower.len() };
    let mut parts: Vec<String> = slower[..shown]
        .iter()
        .map(|other| {
            let (name, time) = (told.of(other.strategy_index), Unit::Seconds.text(other.median_s));
            format!("{} faster than {name} ({time})", times(other.median_s / fastest.median_s))
        })
        .collect();
    parts.extend((shown < slower.len()).then(|| format!("faster than {} more", slower.len() - shown)));
    if parts.is_empty() { format!("{head}.") } else { format!("{head}: {}.", joined(parts)) }
}

/// `48×`, `2.94×`, `6 %`.
fn times(ratio: f64) -> String {
    if !ratio.is_finite() {
        return "infinitely".to_owned();
    }
    if ratio < PERCENTAGES { percent(ratio - 1.0, usize::from(ratio < 1.01)) } else { Unit::Ratio.text(ratio) }
}

/// CPU time of the fastest beside the others'.
fn cost(told: &Names<'_>, answer: &Fastest) -> String {
    let cpu: Option<Vec<(usize, f64)>> =
        answer.ranking.iter().map(|ranked| Some((ranked.strategy_index, ranked.cpu_s?))).collect();
    let Some([(fastest, own), others @ ..]) = cpu.as_deref() else { return String::new() };
    let who = match answer.leads.last().map(|lead| lead.strategies.as_slice()) {
        Some([_]) => "It",
        _ => told.of(*fastest),
    };
    let own_text = Unit::Seconds.text(*own);
    let Some(least) = others.iter().min_by(|a, b| a.1.total_cmp(&b.1)) else {
        return format!("It uses {own_text} of CPU time.");
    };
    let (least_text, others) = (Unit::Seconds.text(least.1), range(others, Unit::Seconds));
    if own_text == least_text && others == own_text {
        format!("All use {own_text} of CPU time.")
    } else if own_text == least_text {
        format!("{who} uses {own_text} of CPU time, the others {others}.")
    } else if *own < least.1 {
        format!("{who} also uses the least CPU time: {own_text}, against {others}.")
    } else {
        format!("{who} uses {own_text} of CPU time; the least is {least_text} by {}.", told.of(least.0))
    }
}

fn failed(told: &Names<'_>, answer: &Fastest) -> String {
    match answer.failed.as_slice() {
        [] => String::new(),
        [_] => format!("{} has no valid sample there.", told.listed(&answer.failed)),
        _ => format!("{} have no valid sample there.", told.listed(&answer.failed)),
    }
}

#[cfg(test)]
mod tests {
    use super::{answer, times};
    use crate::model::{Nanos, Run, SampleStatus};
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    fn told(run: &Run) -> String {
        answer(&Report::of(run))
    }

    /// Two strategies at 1, 2, 3 … requests; each combination has three samples, `spread` apart.
    fn race(one: &[f64], other: &[f64], spread: f64) -> RunBuilder {
        let mut builder = RunBuilder::new().strategy("one", "sequential", None).strategy("other", "async", None);
        for (index, medians) in [one, other].into_iter().enumerate() {
            for (median, requests) in medians.iter().zip(1..) {
                for offset in [-spread, 0.0, spread] {
                    builder = builder.sample(index, requests, median + offset);
                }
            }
        }
        builder
    }

    #[test]
    fn one_winner() {
        let text = "other is fastest at every count from 1 to 2. At 2 requests it takes 1.00 s: 48.3× faster than one (48.3 s).";
        assert_eq!(told(&race(&[2.0, 48.3], &[1.0, 1.0], 0.01).run()), text);
        let text = "Up to 20 requests multithread, multiprocess and async_get are too close to call, from 30 on async_get \
                    is fastest. At 50 requests it takes 102 ms: 49.0× faster than single_thread (5.00 s), 2.96× faster than \
                    multiprocess (302 ms) and 2.96× faster than multithread (302 ms). All use 10.0 ms of CPU time.";
        assert_eq!(told(&article(3)), text);
    }

    #[test]
    fn a_lead_that_changes() {
        let text = "Up to 2 requests one is fastest, from 3 on other. At 4 requests it takes 2.50 s: 1.60× faster than one \
                    (4.00 s).";
        assert_eq!(told(&race(&[1.0, 2.0, 3.0, 4.0], &[2.5; 4], 0.01).run()), text);
        let back = told(&race(&[1.0, 3.0, 1.0], &[2.0, 2.0, 2.0], 0.01).run());
        assert!(back.starts_with("Up to 1 request one is fastest, at 2 other, from 3 on one. "), "{back}");
        let often = told(&race(&[1.0, 3.0, 1.0, 3.0, 1.0], &[2.0; 5], 0.01).run());
        assert!(
            often.starts_with("The lead changes 4 times from 1 to 5 requests; from 5 on one is fastest."),
            "{often}"
        );
    }

    #[test]
    fn a_tie() {
        let text = "one and other are too close to call at every count from 1 to 2. At 2 requests one takes 1.00 s.";
        assert_eq!(told(&race(&[1.0, 1.0], &[1.1, 1.1], 0.2).run()), text);
    }

    #[test]
    fn one_strategy() {
        let run = RunBuilder::new().strategy("a", "async", None).sample(0, 10, 1.0).sample(0, 20, 2.0).run();
        assert_eq!(told(&run), "At 20 requests a takes 2.00 s.");
    }

    #[test]
    fn failures_at_the_largest_count() {
        let run = race(&[1.0], &[2.0], 0.0).strategy("broken", "async", None).sample(2, 1, 3.0);
        let told = told(&run.also(|row| row.status = SampleStatus::Failed).run());
        let text = "At 1 request one is fastest. It takes 1.00 s: 2.00× faster than other (2.00 s). broken has no valid sample there.";
        assert_eq!(told, text);
    }

    #[test]
    fn no_valid_sample() {
        let run = RunBuilder::new().strategy("a", "async", None).sample(0, 10, 1.0);
        let run = run.also(|row| row.status = SampleStatus::Failed).run();
        assert_eq!(told(&run), "No sample is valid, so there is nothing to compare.");
    }

    #[test]
    fn the_cost_of_the_fastest_is_told_beside_the_least() {
        let mut run = race(&[1.0], &[2.0], 0.0).run();
        for (row, cpu) in run.samples.iter_mut().zip([50, 50, 50, 20, 20, 20]) {
            (row.cpu_user_s, row.cpu_system_s) = (Some(Nanos::from_millis(cpu)), Some(Nanos::ZERO));
        }
        assert!(told(&run).ends_with("It uses 50.0 ms of CPU time; the least is 20.0 ms by other."), "{}", told(&run));
    }

    #[test]
    fn small_differences_are_percentages() {
        assert_eq!([1.06, 1.004, 1.5, 48.27, 200.0].map(times), ["6 %", "0.4 %", "1.50×", "48.3×", "200×"]);
        assert_eq!(times(f64::INFINITY), "infinitely");
    }
}
