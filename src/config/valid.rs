//! Raw mirror → `Sweep`: what values mean together. Each part is looked at even when another is faulty, so that all
//! faults are found at once.

use serde_json::{Map, json};

use super::charts::{ChartContext, charts};
use super::checks::checks;
use super::diagnostic::Diagnostic;
use super::keys::Known;
use super::labels::{Label, Labels};
use super::overlay::{self, Flag};
use super::raw::Section;
use super::references::references;
use super::strategies::{AskedTarget, Demand, strategies};
use super::suggestion::quoted;
use super::sweep::{MOST_SAMPLES, Output, Overlap, Sweep};
use super::target::targets;
use crate::format::counted;
use crate::model::bounds::{MOST_CHARTS, MOST_CHECKS, MOST_REFERENCES, MOST_STRATEGIES};
use crate::model::{Nanos, Target};

/// The sweep; `None` only where a diagnostic was added, here or by the reader.
pub(super) fn sweep(
    root: &Section,
    flags: &[Flag],
    known: &Known<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Sweep> {
    if !root.attempted("target") {
        diagnostics.push(no_target(root));
    }
    let target = targets(root, diagnostics);
    let asked = asked_of_strategies(root);
    if too_many_sections(root, diagnostics) {
        return None;
    }
    let strategies = root.sections("strategy").and_then(|list| strategies(list, &asked, known, diagnostics));
    diagnostics.extend(sleeping_commands(root));
    let labels = root.value("labels").and_then(|labels| Labels::of(&labels.value));
    let output = root.section("output").and_then(|section| section.read_as::<Output>(Map::new()));
    let requests = root.section("sweep").and_then(|section| section.counts("requests"));
    let tables = root.sections("reference").unwrap_or_default();
    let references = root.sections("reference").and_then(|list| references(list, strategies.as_deref(), diagnostics));
    // A chart of a count that the command line does not measure is left out, not wrong.
    let shown = requests.filter(|_| !overlay::gives(flags, "sweep", "requests"));
    let context = ChartContext { strategies: strategies.as_deref(), references: tables, requests: shown, known };
    let charts = root.sections("chart").and_then(|list| charts(list, &context, diagnostics));
    let checks = root.sections("check").and_then(|list| checks(list, strategies.as_deref(), shown, diagnostics));
    let section = root.section("sweep")?;
    let title = match (root.written("title"), &labels) {
        (None, Some(labels)) => labels.text(Label::DurationTitle),
        _ => root.text("title")?,
    };
    let elsewhere = [
        ("title", json!(title)),
        ("target", json!(target?)),
        ("strategies", json!(strategies?)),
        ("charts", json!(charts?)),
        ("references", json!(references?)),
        ("checks", json!(checks?)),
        ("labels", json!(labels?)),
        ("output", json!(output?)),
    ];
    let elsewhere = elsewhere.into_iter().map(|(name, value)| (name.to_owned(), value));
    let mut sweep: Sweep = section.read_as(elsewhere.collect())?;
    sweep.choose(flags, diagnostics);
    diagnostics.extend(too_many(&sweep, section));
    diagnostics.extend(nothing_to_run(&sweep, section));
    diagnostics.extend(too_slow(&sweep, root, section));
    if sweep.target.are_urls() {
        // Samples side by side would load the one server together.
        sweep.overlap = Overlap::Off;
    }
    diagnostics.extend(divided_by_zero(&sweep, root));
    diagnostics.extend(spread_limit(&sweep, root));
    Some(sweep)
}

/// Adds a diagnostic where there are too many sections; then nothing else is checked.
fn too_many_sections(root: &Section, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let before = diagnostics.len();
    let most =
        [("strategy", MOST_STRATEGIES), ("chart", MOST_CHARTS), ("reference", MOST_REFERENCES), ("check", MOST_CHECKS)];
    for (name, most) in most {
        let sections = root.sections(name).unwrap_or_default();
        if let Some(first) = sections.get(most) {
            let title = format!("the config has {} sections [[{name}]]", sections.len());
            diagnostics.push(Diagnostic::new(name, first.span.clone(), title, format!("expected at most {most}")));
        }
    }
    diagnostics.len() > before
}

/// What each target asks of its strategies.
fn asked_of_strategies(root: &Section) -> Vec<AskedTarget<'_>> {
    match root.sections("target") {
        Some(several) => {
            several.iter().map(|target| AskedTarget { name: target.text("name"), demand: demand(target) }).collect()
        }
        None => vec![AskedTarget { name: None, demand: root.section("target").and_then(demand) }],
    }
}

/// What a target asks of a strategy that not every kind can do.
fn demand(target: &Section) -> Option<Demand> {
    let is_https = target.text("url")?.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
    let demand = |ability, key, what, instead| Demand { ability, place: target.place(key), what, instead };
    let https = || demand("speak https", "url", "the address", "or measure it at an http address");
    let follows = target.integer::<u32>("follow-redirects").is_some_and(|most| most > 0);
    let redirects =
        || demand("follow redirects", "follow-redirects", "the redirects", "or measure the address that they lead to");
    is_https.then(https).or_else(|| follows.then(redirects))
}

fn no_target(root: &Section) -> Diagnostic {
    let nothing = root.entries.iter().all(|entry| entry.name.is_none()) && root.unknown_keys.is_empty();
    let title = if nothing { "the config is empty: it needs at least a target" } else { "the config has no [target]" };
    Diagnostic::whole(title)
        .help("what the requests are sent to, for example\n[target]\ndelay = \"100ms\"")
        .help("`reportgen init FILE` writes a config to start from")
}

/// A program needs something to send requests to.
fn sleeping_commands(root: &Section) -> Vec<Diagnostic> {
    let Some(target) = root.section("target").filter(|target| target.text("kind") == Some("sleep")) else {
        return Vec::new();
    };
    let sections = root.sections("strategy").unwrap_or_default();
    let commands = sections.iter().filter(|section| section.text("kind") == Some("command"));
    let diagnostics = commands.map(|section| {
        let title = "a `command` cannot sleep in place of its requests".to_owned();
        let diagnostic = Diagnostic::new("strategy.kind", section.place("kind"), title, "expected a built-in kind");
        diagnostic
            .beside(target.place("kind"), "the target")
            .help("a program needs something to send requests to: a `url`, or a `delay` without this `kind`")
    });
    diagnostics.collect()
}

fn too_many(sweep: &Sweep, section: &Section) -> Option<Diagnostic> {
    let samples = sweep.samples();
    let name = if section.written("repeats").is_some() { "repeats" } else { "requests" };
    let title = format!("the sweep would take {samples} samples");
    let factors = format!(
        "{} × {} × {} repeats and warm-ups",
        counted(sweep.strategies.len(), "strategy", "strategies"),
        counted(sweep.requests.len(), "request count", "request counts"),
        u64::from(sweep.repeats.max) + u64::from(sweep.warmup)
    );
    let diagnostic = Diagnostic::new(
        &section.path_of(name),
        section.place(name),
        title,
        format!("expected at most {MOST_SAMPLES} in all"),
    );
    (samples > MOST_SAMPLES).then(|| diagnostic.help(factors))
}

/// `max-requests` may leave out cells, but not all of them.
fn nothing_to_run(sweep: &Sweep, section: &Section) -> Option<Diagnostic> {
    let least = *sweep.requests.first()?;
    let title = "no strategy is measured at any request count: `max-requests` is below all of them".to_owned();
    let diagnostic =
        Diagnostic::new("sweep.requests", section.place("requests"), title, format!("the least one is {least}"));
    sweep.strategies.iter().all(|strategy| !strategy.runs(least)).then_some(diagnostic)
}

fn too_slow(sweep: &Sweep, root: &Section, section: &Section) -> Option<Diagnostic> {
    let target = root.section("target")?;
    let title = "no request can succeed: `target.delay` is not below `sweep.request-timeout`".to_owned();
    let timeout = sweep.request_timeout.human();
    let diagnostic =
        Diagnostic::new("target.delay", target.place("delay"), title, format!("expected less than {timeout}"));
    let diagnostic = match section.written("request-timeout") {
        Some(_) => diagnostic.beside(section.place("request-timeout"), "the limit"),
        None => diagnostic.help("[sweep] request-timeout sets the limit"),
    };
    sweep.is_hopeless().then_some(diagnostic)
}

/// Servers side by side cannot keep one limit together.
fn spread_limit(sweep: &Sweep, root: &Section) -> Option<Diagnostic> {
    let Target::Delay(target) = sweep.target.one()? else { return None };
    let spread = sweep.strategies.iter().find(|strategy| strategy.kind.processes() > 1)?;
    let title = "`max-concurrent` does not go with several `processes`".to_owned();
    let place = root.section("target")?.place("max-concurrent");
    let diagnostic = Diagnostic::new("target.max-concurrent", place, title, "expected 0, the default");
    let help = format!(
        "{} has {} processes, each with a delay server of its own",
        quoted(&spread.name),
        spread.kind.processes()
    );
    (target.max_concurrent > 0).then(|| diagnostic.help(help))
}

fn divided_by_zero(sweep: &Sweep, root: &Section) -> Option<Diagnostic> {
    let chart = root.sections("chart")?.iter().find(|chart| chart.text("normalize").is_some())?;
    let title = "a chart cannot divide by the delay: `target.delay` is zero".to_owned();
    let diagnostic =
        Diagnostic::new("chart.normalize", chart.place("normalize"), title, "expected a target with a delay");
    let diagnostic = diagnostic.beside(root.section("target")?.place("delay"), "the delay");
    (sweep.target.delay() == Some(Nanos::ZERO)).then_some(diagnostic)
}

#[cfg(test)]
mod tests {
    use crate::config::fixtures::{diagnostic, sweep};

    #[test]
    fn more_sections_than_anybody_writes_are_refused() {
        for (section, most) in [
            ("[[strategy]]\nkind = \"async\"\nname = \"NUMBER\"\n", 1_000),
            ("[[chart]]\nkind = \"duration\"\n", 200),
            ("[[check]]\nat-most = { failed = 0 }\n", 200),
            ("[[reference]]\nname = \"NUMBER\"\nfile = \"a.csv\"\nstrategy = \"a\"\n", 200),
        ] {
            let config = |count: usize| {
                let sections = (0..count).map(|number| section.replace("NUMBER", &format!("n{number}")));
                format!("[target]\ndelay = \"1ms\"\n{}", sections.collect::<String>())
            };
            sweep(&config(most));
            let told = diagnostic(&config(most + 1));
            assert!(told.contains(&format!("the config has {} sections [[", most + 1)), "{told:.400}");
            assert!(told.contains(&format!("expected at most {most}")), "{told:.400}");
        }
    }

    #[test]
    fn each_number_of_workers_counts_as_a_strategy() {
        let numbers: Vec<String> = (1..=501).map(|workers| workers.to_string()).collect();
        let pool = |name: &str| {
            format!("[[strategy]]\nkind = \"thread-pool\"\nname = \"{name}\"\nworkers = [{}]\n", numbers.join(","))
        };
        let told = diagnostic(&format!("[target]\ndelay = \"1ms\"\n{}{}", pool("a"), pool("b")));
        assert!(told.contains("1002 strategies, each number of workers and each target counted"), "{told:.400}");
    }
}
