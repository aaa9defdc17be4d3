//! What a run was measured on, with and against, as far as its manifest and its config tell.

use sha2::{Digest, Sha256};

use crate::archive::{self, Loaded};
use crate::comparison::{Factor, Factors};
use crate::config::{Overlap, Sweep};
use crate::format::percent;
use crate::model::secret::HIDDEN;
use crate::model::{Target, Targets};
use crate::strategy::StrategySpec;

/// What a run was measured on, with and against, without secrets. Of a body only its checksum is kept, where the run keeps
/// it at all.
pub(super) fn factors(loaded: &Loaded) -> Factors {
    let mut facts = Factors::new();
    let manifest = &loaded.manifest;
    let settings = &manifest.settings;
    add_targets(&mut facts, &settings.target);
    add_strategies(&mut facts, &settings.strategies);
    let version = |(name, version): (&String, &String)| (Factor::StrategyVersion(name.clone()), version.clone());
    facts.extend(manifest.versions.iter().map(version));
    facts.insert(Factor::Measuring, manifest.measuring_version.to_string());
    facts.insert(Factor::Tool, manifest.tool_version.clone());
    facts.insert(Factor::Seed, settings.seed.to_string());
    let repeats = settings.repeats;
    let most = if repeats.max > repeats.min { format!(" to {}", repeats.max) } else { String::new() };
    facts.insert(Factor::Repeats, format!("{}{most}", repeats.min));
    if manifest.unreadable.is_some() {
        // The manifest of an older run has no body, and none of what follows.
        facts.remove(&Factor::Body);
    } else {
        facts.insert(Factor::Warmup, settings.warmup.to_string());
        facts.insert(Factor::Overlap, overlap(settings));
        facts.insert(Factor::MaxFailed, percent(settings.max_failed.unwrap_or(0.0), 4));
        facts.insert(Factor::Order, settings.order.as_str().to_owned());
        let (request, sample) = (settings.request_timeout.human(), settings.sample_timeout.human());
        facts.insert(Factor::Timeouts, format!("request {request}, sample {sample}"));
    }
    add_machine(&mut facts, loaded);
    facts
}

fn add_strategies(facts: &mut Factors, strategies: &[StrategySpec]) {
    let options = |strategy: &StrategySpec| (Factor::Strategy(strategy.name.clone()), strategy.masked().options());
    facts.extend(strategies.iter().map(options));
}

/// How samples run side by side.
fn overlap(sweep: &Sweep) -> String {
    match sweep.overlap {
        Overlap::Off => "off".to_owned(),
        Overlap::Auto => format!("auto within {}", percent(sweep.overlap_cpu, 2)),
    }
}

/// What is known of the target; of several, a fact that is not the same for all for each name.
pub(super) fn add_targets(facts: &mut Factors, targets: &Targets) {
    if let Targets::One(target) = targets {
        return add_target(facts, target);
    }
    let of = |(name, target): (Option<&str>, &Target)| {
        let mut own = Factors::new();
        add_target(&mut own, target);
        (name.unwrap_or_default().to_owned(), own)
    };
    let all: Vec<(String, Factors)> = targets.iter().map(of).collect();
    let Some((_, first)) = all.first() else { return };
    for (factor, value) in first {
        let is_shared = all.iter().all(|(_, own)| own.get(factor) == Some(value));
        let told = all.iter().filter_map(|(name, own)| Some(format!("{name}: {}", own.get(factor)?)));
        let told = if is_shared { value.clone() } else { told.collect::<Vec<_>>().join("; ") };
        facts.insert(factor.clone(), told);
    }
}

fn add_target(facts: &mut Factors, target: &Target) {
    match target {
        Target::Delay(delay) => {
            facts.insert(Factor::Target, "the embedded server".to_owned());
            facts.insert(Factor::Delay, delay.delay.human());
            facts.insert(Factor::Jitter, delay.jitter.human());
            facts.insert(Factor::FailureRate, percent(delay.failure_rate, 2));
            facts.insert(Factor::MaxConcurrent, delay.max_concurrent.to_string());
        }
        Target::Sleep { delay } => {
            facts.insert(Factor::Target, "a sleep".to_owned());
            facts.insert(Factor::Delay, delay.human());
        }
        Target::Url(url) => {
            facts.insert(Factor::Target, "a url".to_owned());
            facts.insert(Factor::Url, url.shown_url());
            facts.insert(Factor::Method, url.method.clone());
            facts.insert(Factor::ExpectStatus, url.expect_status.to_string());
            facts.insert(Factor::FollowRedirects, url.follow_redirects.to_string());
            let names: Vec<&str> = url.headers.iter().map(|(name, _)| name.as_str()).collect();
            facts.insert(Factor::Headers, if names.is_empty() { "none".to_owned() } else { names.join(", ") });
            let file = url.body_file.as_ref().map(|path| format!("the file {}", path.display()));
            facts.insert(Factor::Body, file.unwrap_or_else(|| body(&url.body)));
        }
    }
}

fn body(body: &str) -> String {
    if body.is_empty() {
        return "none".to_owned();
    }
    if body == HIDDEN {
        return HIDDEN.to_owned();
    }
    let sum: String = Sha256::digest(body).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{} bytes with checksum {sum}…", body.len())
}

fn add_machine(facts: &mut Factors, loaded: &Loaded) {
    let machine = &loaded.manifest.machine;
    let gib = |bytes: u64| format!("{} GiB", (bytes + (1 << 29)) >> 30);
    let limits = [
        machine.descriptors.map(|[soft, _]| format!("{soft} open files")),
        machine.ports.map(|[first, last]| format!("ports {first} to {last}")),
        machine.backlog.map(|backlog| format!("backlog {backlog}")),
    ];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    let known = [
        (Factor::Host, machine.host.clone()),
        (Factor::Processor, machine.cpu.clone()),
        (Factor::Cores, machine.cores.map(|cores| cores.to_string())),
        (Factor::Memory, machine.memory_bytes.map(gib)),
        (Factor::Architecture, machine.architecture.clone()),
        (Factor::System, machine.os.clone()),
        (Factor::Kernel, machine.kernel.clone()),
        (Factor::Governor, machine.governor.clone()),
        (Factor::Virtualization, machine.virtualization.clone()),
        (Factor::ClockSource, machine.clock_source.clone()),
        (Factor::Limits, (!limits.is_empty()).then(|| limits.join(", "))),
        (Factor::Source, loaded.manifest.git.as_ref().map(archive::Git::summary)),
    ];
    facts.extend(known.into_iter().filter_map(|(factor, value)| Some((factor, value?))));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Factor, Factors, add_strategies, add_targets};
    use crate::comparison::{Comparison, Side};
    use crate::model::{NamedTarget, Run, Target, Targets, UrlTarget};
    use crate::report::Report;
    use crate::strategy::{KINDS, StrategySpec};

    /// Whether two runs, each of one of these strategies, are not comparable.
    fn are_refused(base: &StrategySpec, new: &StrategySpec) -> bool {
        let run = Run::default();
        let report = Report::of(&run);
        let [base, new] = [base, new].map(|strategy| {
            let mut factors = Factors::new();
            add_strategies(&mut factors, &[strategy.masked()]);
            Side { name: String::new(), report: &report, factors }
        });
        Comparison::of(&base, &new, 0.05, false).refused
    }

    /// The strategy with another value of one of its fields, whatever the field takes.
    fn changed(strategy: &Value, field: &str) -> StrategySpec {
        let values = json!([7, 0.5, true, "7ms", "2", "per-request", "async", ["b"], { "B": "1" }]);
        let with = |value: Value| {
            let mut changed = strategy.clone();
            changed[field] = value;
            serde_json::from_value::<StrategySpec>(changed.clone()).ok().filter(|_| changed != *strategy)
        };
        values
            .as_array()
            .unwrap()
            .iter()
            .cloned()
            .find_map(with)
            .unwrap_or_else(|| panic!("none of the values is one of {field}"))
    }

    /// The fields come from the type itself, so that no option can be forgotten.
    #[test]
    fn runs_that_differ_in_any_option_of_a_strategy_are_not_comparable() {
        for kind in KINDS {
            let minimal = json!({ "name": "s", "kind": kind.name, "command": ["a"], "model": "pool" });
            let strategy: StrategySpec = serde_json::from_value(minimal).unwrap();
            assert!(!are_refused(&strategy, &strategy), "{}", kind.name);
            let fields = serde_json::to_value(&strategy).unwrap();
            for field in fields.as_object().unwrap().keys().filter(|field| !["name", "kind"].contains(&field.as_str()))
            {
                assert!(are_refused(&strategy, &changed(&fields, field)), "{}: {field}", kind.name);
            }
        }
    }

    #[test]
    fn of_several_targets_only_what_differs_stands_for_each() {
        let named = |name: &str| NamedTarget {
            name: name.to_owned(),
            target: Target::Url(UrlTarget::at(&format!("http://{name}/"))),
        };
        let mut facts = Factors::new();
        add_targets(&mut facts, &Targets::Several(vec![named("a"), named("b")]));
        assert_eq!(facts[&Factor::Url], "a: http://a/; b: http://b/");
        assert_eq!(facts[&Factor::Method], "GET");
    }
}
