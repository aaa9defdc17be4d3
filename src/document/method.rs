//! How a run was measured, in words.

use super::naming::{MOST_LISTED, listed_counts};
use crate::format::counted;
use crate::model::figure::Unit;
use crate::model::{Facts, Nanos, StrategyLine, Target, Targets, Varied};
use crate::report::Report;

/// What was measured, where and how: names, and what is known under each.
pub(super) fn method(report: &Report<'_>) -> Vec<(&'static str, String)> {
    let facts = report.facts;
    let mut lines: Vec<String> = report.strategies.iter().take(MOST_LISTED).map(strategy).collect();
    let more = report.strategies.len() - lines.len();
    lines.extend((more > 0).then(|| format!("{more} more")));
    let baseline = report
        .baseline
        .map(|strategy_index| format!("Speed-ups are relative to {}.", report.strategies[strategy_index].name));
    let medians =
        "Medians of the valid samples, start-up of threads and processes included; 95 % intervals are bootstrapped.";
    let values = if facts.varied == Varied::Requests { "Requests" } else { "Values" };
    let memory = report.knows_all_memory.then(|| "Memory is that of all processes together.".to_owned());
    [
        ("Target", facts.target.as_ref().map(targets)),
        ("Strategies", Some(lines.join("; "))),
        (values, Some(listed_counts(report.counts))),
        ("Repeats", repeats(facts)),
        ("Order", Some(order(facts))),
        (
            "Numbers",
            Some([Some(medians.to_owned()), memory, baseline].into_iter().flatten().collect::<Vec<_>>().join(" ")),
        ),
        ("Machine", Some(facts.machine.clone())),
        ("Limits", Some(facts.limits.clone())),
        ("Measured", period(facts)),
        ("Run", Some(facts.run_id.clone())),
        ("Source tree", Some(facts.source.clone())),
        ("Version", Some(facts.tool_version.clone()).filter(|v| !v.is_empty()).map(|v| format!("reportgen {v}"))),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, text.filter(|text| !text.is_empty())?)))
    .collect()
}

fn strategy(line: &StrategyLine) -> String {
    let workers = line.workers.map(|workers| counted(workers as usize, "worker", "workers"));
    let about: Vec<String> =
        [Some(line.kind.clone()).filter(|kind| !kind.is_empty()), workers].into_iter().flatten().collect();
    if about.is_empty() { line.name.clone() } else { format!("{} ({})", line.name, about.join(", ")) }
}

/// Each with its name, where there are several.
fn targets(targets: &Targets) -> String {
    let told = targets.iter().map(|(name, of)| match name {
        Some(name) => format!("{name}: {}", target(of)),
        None => target(of),
    });
    told.collect::<Vec<_>>().join("; ")
}

/// Passwords, header values and the body stay out: pages are published.
fn target(target: &Target) -> String {
    match target {
        Target::Delay(delay) => {
            let jitter = (delay.jitter > Nanos::ZERO).then(|| format!(" ± {}", delay.jitter.human()));
            let failures =
                (delay.failure_rate > 0.0).then(|| format!(", {} of them fail", Unit::Share.text(delay.failure_rate)));
            let limit =
                (delay.max_concurrent > 0).then(|| format!(", at most {} served at once", delay.max_concurrent));
            let extras: String = [jitter, failures, limit].into_iter().flatten().collect();
            format!("the embedded server, which waits {} before each response{extras}", delay.delay.human())
        }
        Target::Url(url) => {
            let names: Vec<&str> = url.headers.iter().map(|(name, _)| name.as_str()).collect();
            let headers = if names.is_empty() { String::new() } else { format!(", with headers {}", names.join(", ")) };
            format!("{} {}, expecting status {}{headers}", url.method, url.shown_url(), url.expect_status)
        }
        Target::Sleep { delay } => format!("no server: each request is a sleep of {}", delay.human()),
    }
}

/// The word of the manifest in a sentence; empty where it was not recorded.
fn order(facts: &Facts) -> String {
    match facts.order.as_str() {
        "interleaved" => {
            format!("each repeat runs every strategy × count in a new random order (seed {})", facts.seed)
        }
        "listed" => format!("as in the config, one strategy and count after another (seed {})", facts.seed),
        other => other.to_owned(),
    }
}

fn repeats(facts: &Facts) -> Option<String> {
    let repeats = facts.repeats?;
    Some(match repeats.precision {
        None => format!("{} per strategy and count", repeats.min),
        Some(share) => format!(
            "{} to {} per strategy and count, until the interval is at most {} of the median wide",
            repeats.min,
            repeats.max,
            Unit::Share.text(share)
        ),
    })
}

fn period(facts: &Facts) -> Option<String> {
    let started = Some(facts.started_at.as_str()).filter(|time| !time.is_empty())?;
    Some(if facts.ended_at.is_empty() { format!("from {started}") } else { format!("{started} to {}", facts.ended_at) })
}

#[cfg(test)]
mod tests {
    use super::target;
    use crate::model::{Target, UrlTarget};

    #[test]
    fn secrets_of_a_target_stay_out() {
        let told = target(&Target::Url(UrlTarget {
            headers: vec![("Authorization".into(), "Bearer secret".into())],
            ..UrlTarget::at("http://me:secret@host/x")
        }));
        assert!(told.contains("host/x"), "{told}");
        assert!(told.contains("Authorization"), "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
}
