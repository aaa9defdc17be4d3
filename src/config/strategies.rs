//! `[[strategy]]`, raw → valid: defaults of the kind, one line for each number of workers, unique names, and no
//! option that a kind does not take.

use std::collections::HashMap;
use std::ops::Range;

use super::Known;
use super::complaint::Complaint;
use super::nearest::{listed, quoted};
use super::raw::{Section, Value};
use crate::model::{CommandSpec, Connections, HttpVersion, KindInfo, Model, StrategySpec};

/// Keys that every kind takes.
pub(super) const ALL_KINDS: [&str; 3] = ["name", "kind", "max-requests"];

/// Options that a kind which takes them cannot do without.
pub(super) const NEEDED: [&str; 2] = ["command", "model"];

/// The workers of a pool where the config lists no strategy, or none for this one; as in the table of keys.
pub(super) const WORKERS: u32 = 20;

/// The strategies, at least one; `None` only where something was complained about. `https` is the place of an https address.
pub(super) fn strategies(
    sections: &[Section],
    https: Option<&Range<usize>>,
    known: &Known<'_>,
    complaints: &mut Vec<Complaint>,
) -> Option<Vec<StrategySpec>> {
    if sections.is_empty() {
        let fitting = known.kinds.iter().filter(|info| info.is_built_in() && (info.https || https.is_none()));
        return Some(fitting.map(by_default).collect());
    }
    let before = complaints.len();
    let mut lines = Vec::new();
    for section in sections {
        let Some(info) = kind_of(section, known, complaints) else { continue };
        complaints.extend(strange_options(section, info, known));
        complaints.extend(https.filter(|_| !info.https).map(|url| without_https(section, info, url, known)));
        complaints.extend(missing_options(section, info));
        lines.extend(expand(section, info).unwrap_or_default().into_iter().map(|spec| (spec, section.place("name"))));
    }
    complaints.extend(duplicates(&lines));
    let sound = complaints.len() == before && sections.iter().all(Section::is_sound);
    sound.then(|| lines.into_iter().map(|(spec, _)| spec).collect())
}

fn by_default(info: &KindInfo) -> StrategySpec {
    StrategySpec {
        name: info.label.to_owned(),
        kind: info.name.to_owned(),
        model: info.model,
        workers: info.options.contains(&"workers").then_some(WORKERS),
        max_in_flight: None,
        threads: 1,
        processes: 1,
        connections: Connections::default(),
        http_version: HttpVersion::default(),
        max_requests: None,
        command: None,
    }
}

fn kind_of<'k>(section: &Section, known: &Known<'k>, complaints: &mut Vec<Complaint>) -> Option<&'k KindInfo> {
    if !section.attempted("kind") {
        let title = "a strategy has no `kind`".to_owned();
        let help = format!("one of {}", listed(known.kinds.iter().map(|kind| kind.name)));
        let complaint = Complaint::new("strategy.kind", section.span.clone(), title, "expected `kind = \"…\"` below");
        complaints.push(complaint.help(help));
    }
    let kind = section.text("kind")?;
    known.kinds.iter().find(|info| info.name == kind)
}

fn without_https(section: &Section, info: &KindInfo, url: &Range<usize>, known: &Known<'_>) -> Complaint {
    let title = format!("the kind `{}` does not speak https", info.name);
    let able = listed(known.kinds.iter().filter(|kind| kind.https).map(|kind| kind.name));
    Complaint::new("strategy.kind", section.place("kind"), title, "expected a kind that does")
        .beside(url.clone(), "the address")
        .help(format!("kinds that speak https: {able}"))
        .help("or measure it at an http address")
}

/// Options that are written although the kind does not take them.
fn strange_options(section: &Section, info: &KindInfo, known: &Known<'_>) -> Vec<Complaint> {
    let written = section.entries.iter().filter_map(|entry| Some((entry.key.name, entry.name.clone()?)));
    let strange = written.filter(|(name, _)| !ALL_KINDS.contains(name) && !info.options.contains(name));
    let complaints = strange.map(|(name, span)| {
        let takers = listed(known.kinds.iter().filter(|kind| kind.options.contains(&name)).map(|kind| kind.name));
        let help = match takers.as_str() {
            "" => "no kind takes it".to_owned(),
            takers => format!("kinds that take `{name}`: {takers}"),
        };
        let title = format!("`strategy.{name}` means nothing to the kind `{}`", info.name);
        let complaint = Complaint::new(&section.path_of(name), span, title, "not an option of this kind");
        complaint.beside(section.place("kind"), "the kind").help(help)
    });
    complaints.collect()
}

fn missing_options(section: &Section, info: &KindInfo) -> Vec<Complaint> {
    let needed = NEEDED.into_iter().filter(|name| info.options.contains(name) && !section.attempted(name));
    let complaints = needed.map(|name| {
        let help = match name {
            "model" => "one of sequential, pool, async: how its requests overlap, which names its ideal",
            _ => r#"for example command = ["python3", "client.py"]"#,
        };
        let title = format!("a strategy of kind `{}` has no `{name}`", info.name);
        let expected = format!("expected `{name}` too");
        Complaint::new(&section.path_of(name), section.place("kind"), title, expected).help(help)
    });
    complaints.collect()
}

/// The program of a `command`; `None` for the other kinds, and where a value is faulty.
fn command(section: &Section, info: &KindInfo) -> Option<CommandSpec> {
    if info.is_built_in() {
        return None;
    }
    Some(CommandSpec {
        words: section.words("command")?.to_vec(),
        working_directory: section.text("working-directory")?.into(),
        environment: section.pairs("environment")?.to_vec(),
        version_command: section.words("version-command").unwrap_or_default().to_vec(),
    })
}

/// One line, or one for each number of workers; `None` where a value is faulty.
fn expand(section: &Section, info: &KindInfo) -> Option<Vec<StrategySpec>> {
    let name = match section.attempted("name") {
        true => section.text("name")?,
        false => info.label,
    };
    let connections = match section.text("connections")? {
        "per-request" => Connections::PerRequest,
        _ => Connections::KeepAlive,
    };
    let base = StrategySpec {
        name: name.to_owned(),
        max_in_flight: section.integer("max-in-flight"),
        threads: section.integer("threads")?,
        processes: section.integer("processes")?,
        connections,
        http_version: if section.text("http-version")? == "2" { HttpVersion::Two } else { HttpVersion::One },
        max_requests: section.integer("max-requests"),
        model: section.text("model").and_then(Model::parse).unwrap_or(info.model),
        command: command(section, info),
        ..by_default(info)
    };
    // A program of one's own has a number of workers if it says so or is a pool.
    let countless = !info.is_built_in() && base.model != Model::Pool && section.written("workers").is_none();
    if countless || !info.options.contains(&"workers") {
        return Some(vec![StrategySpec { workers: None, ..base }]);
    }
    match &section.value("workers")?.value {
        Value::List(list) => list
            .iter()
            .map(|item| {
                let workers = item.value.as_integer()?;
                Some(StrategySpec { name: format!("{name} ({workers})"), workers: Some(workers), ..base.clone() })
            })
            .collect(),
        one => Some(vec![StrategySpec { workers: Some(one.as_integer()?), ..base }]),
    }
}

fn duplicates(lines: &[(StrategySpec, Range<usize>)]) -> Vec<Complaint> {
    let mut seen: HashMap<&str, &Range<usize>> = HashMap::new();
    let mut complaints = Vec::new();
    for (spec, span) in lines {
        let Some(earlier) = seen.insert(&spec.name, span) else { continue };
        let title = format!("two strategies are called {}", quoted(&spec.name));
        complaints.push(
            Complaint::new("strategy.name", span.clone(), title, "expected another name")
                .beside(earlier.clone(), "the first one")
                .help("names label the lines of a chart; without `name` a strategy is called after its kind"),
        );
    }
    complaints
}

#[cfg(test)]
mod tests {
    use crate::config::trial::{KNOWN, sweep};

    #[test]
    fn an_https_address_is_measured_by_the_kinds_that_speak_it() {
        let kinds = |scheme: &str| {
            let sweep = sweep(&format!("[target]\nurl = \"{scheme}://localhost/\""));
            sweep.strategies.into_iter().map(|line| line.kind).collect::<Vec<_>>()
        };
        let built_in = || KNOWN.kinds.iter().filter(|kind| kind.is_built_in());
        let able = built_in().filter(|kind| kind.https).map(|kind| kind.name);
        assert_eq!((kinds("http").len(), kinds("https")), (built_in().count(), able.map(str::to_owned).collect()));
    }
}
