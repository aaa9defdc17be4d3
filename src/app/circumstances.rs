//! What a run was measured on, with and against, as far as its manifest and its config tell.

use sha2::{Digest, Sha256};

use super::render::archived_sweep;
use crate::archive::{self, Loaded};
use crate::comparison::{self, Circumstances, Topic};
use crate::config::Order;
use crate::model::Target;

/// What a run was measured on, with and against. Header values and passwords stay out, and of a body only its checksum
/// is told.
pub(super) fn circumstances(loaded: &Loaded) -> Circumstances {
    let mut facts = Circumstances::new();
    let manifest = &loaded.manifest;
    let sweep = archived_sweep(loaded).ok().map(|(_, sweep)| sweep);
    let target = sweep.as_ref().map_or_else(|| Target::from(&manifest.target), |sweep| sweep.target.clone());
    add_target(&mut facts, &target);
    for strategy in &manifest.strategies {
        facts.insert(Topic::Strategy(strategy.name.clone()), strategy.options());
        if let Some(version) = &strategy.version {
            facts.insert(Topic::StrategyVersion(strategy.name.clone()), version.clone());
        }
    }
    facts.insert(Topic::Measuring, manifest.measuring_version.to_string());
    facts.insert(Topic::Tool, manifest.tool_version.clone());
    facts.insert(Topic::Seed, manifest.seed.to_string());
    let repeats = manifest.repeats;
    let most = if repeats.max > repeats.min { format!(" to {}", repeats.max) } else { String::new() };
    facts.insert(Topic::Repeats, format!("{}{most}", repeats.min));
    if sweep.is_none() {
        // The manifest has no body.
        facts.remove(&Topic::Body);
    }
    if let Some(sweep) = sweep {
        facts.insert(Topic::Warmup, sweep.warmup.to_string());
        let order = if sweep.order == Order::Interleaved { "interleaved" } else { "listed" };
        facts.insert(Topic::Order, order.to_owned());
        let limits = format!("request {}, sample {}", sweep.request_timeout.human(), sweep.sample_timeout.human());
        facts.insert(Topic::Timeouts, limits);
    }
    add_machine(&mut facts, loaded);
    facts
}

pub(super) fn add_target(facts: &mut Circumstances, target: &Target) {
    match target {
        Target::Delay(delay) => {
            facts.insert(Topic::Target, "the embedded server".to_owned());
            facts.insert(Topic::Delay, delay.delay.human());
            facts.insert(Topic::Jitter, delay.jitter.human());
            facts.insert(Topic::FailureRate, comparison::percent(delay.failure_rate));
            facts.insert(Topic::MaxConcurrent, delay.max_concurrent.to_string());
        }
        Target::Sleep { delay } => {
            facts.insert(Topic::Target, "a sleep".to_owned());
            facts.insert(Topic::Delay, delay.human());
        }
        Target::Url(url) => {
            facts.insert(Topic::Target, "a url".to_owned());
            facts.insert(Topic::Url, url.shown_url());
            facts.insert(Topic::Method, url.method.clone());
            facts.insert(Topic::ExpectStatus, url.expect_status.to_string());
            let names: Vec<&str> = url.headers.iter().map(|(name, _)| name.as_str()).collect();
            facts.insert(Topic::Headers, if names.is_empty() { "none".to_owned() } else { names.join(", ") });
            facts.insert(Topic::Body, body(&url.body));
        }
    }
}

fn body(body: &str) -> String {
    if body.is_empty() {
        return "none".to_owned();
    }
    let sum: String = Sha256::digest(body).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{} bytes with checksum {sum}…", body.len())
}

fn add_machine(facts: &mut Circumstances, loaded: &Loaded) {
    let machine = &loaded.manifest.machine;
    let gib = |bytes: u64| format!("{} GiB", (bytes + (1 << 29)) >> 30);
    let limits = [
        machine.descriptors.map(|[soft, _]| format!("{soft} open files")),
        machine.ports.map(|[first, last]| format!("ports {first} to {last}")),
        machine.backlog.map(|backlog| format!("backlog {backlog}")),
    ];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    let known = [
        (Topic::Host, machine.host.clone()),
        (Topic::Processor, machine.cpu.clone()),
        (Topic::Cores, machine.cores.map(|cores| cores.to_string())),
        (Topic::Memory, machine.memory_bytes.map(gib)),
        (Topic::Architecture, machine.architecture.clone()),
        (Topic::System, machine.os.clone()),
        (Topic::Kernel, machine.kernel.clone()),
        (Topic::Governor, machine.governor.clone()),
        (Topic::Virtualization, machine.virtualization.clone()),
        (Topic::ClockSource, machine.clock_source.clone()),
        (Topic::Limits, (!limits.is_empty()).then(|| limits.join(", "))),
        (Topic::Source, loaded.manifest.git.as_ref().map(archive::Git::summary)),
    ];
    facts.extend(known.into_iter().filter_map(|(topic, value)| Some((topic, value?))));
}
