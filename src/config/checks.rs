//! `[[check]]`, raw → valid: something is demanded, of strategies and request counts that the sweep has.

use serde_json::Map;

use super::diagnostic::Diagnostic;
use super::raw::Section;
use super::suggestion::{listed, quoted, suggestion};
use crate::model::RequestCount;
use crate::model::check::Check;
use crate::strategy::StrategySpec;

const SIDES: [&str; 2] = ["at-most", "at-least"];

/// The checks; `None` only where a diagnostic was added. `strategies` and `requests` are `None` where they are faulty
/// themselves, or where the command line decides.
pub(super) fn checks(
    sections: &[Section],
    strategies: Option<&[StrategySpec]>,
    requests: Option<&[RequestCount]>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Check>> {
    for section in sections {
        diagnostics.extend(demands_nothing(section));
        let Some(strategies) = strategies else { continue };
        let named = section.text("strategy");
        let spec = named.and_then(|name| strategies.iter().find(|spec| spec.name == name));
        match (named, spec) {
            (Some(name), None) => diagnostics.push(stranger(section, name, strategies)),
            _ => diagnostics.extend(not_swept(section, spec, strategies, requests)),
        }
    }
    sections.iter().map(|section| section.read_as(Map::new())).collect()
}

fn demands_nothing(section: &Section) -> Option<Diagnostic> {
    let expected = "such as `at-most = { latency-p99 = \"200ms\" }`";
    if !SIDES.iter().any(|side| section.attempted(side)) {
        let title = "a check has neither `at-most` nor `at-least`".to_owned();
        return Some(Diagnostic::new("check", section.span.clone(), title, expected));
    }
    let is_empty = |side: &&&str| {
        let table = section.written(side).and_then(|_| section.section(side));
        table.is_some_and(|table| table.unknown_keys.is_empty() && table.entries.iter().all(|key| key.name.is_none()))
    };
    let side = SIDES.iter().find(is_empty)?;
    let path = section.path_of(side);
    Some(Diagnostic::new(&path, section.place(side), format!("`{path}` demands nothing"), expected))
}

fn stranger(section: &Section, name: &str, strategies: &[StrategySpec]) -> Diagnostic {
    let names = || strategies.iter().map(|spec| spec.name.as_str());
    let near = suggestion(name, names()).map(|near| format!("did you mean {}?", quoted(near)));
    let title = format!("no strategy is called {}", quoted(name));
    Diagnostic::new("check.strategy", section.place("strategy"), title, near.unwrap_or_default())
        .help(format!("the strategies of this config: {}", listed(names())))
}

/// A count that the strategy is not measured at.
fn not_swept(
    section: &Section,
    spec: Option<&StrategySpec>,
    strategies: &[StrategySpec],
    requests: Option<&[RequestCount]>,
) -> Option<Diagnostic> {
    let wanted: RequestCount = section.integer("requests")?;
    let runs = |count: RequestCount| match spec {
        Some(spec) => spec.runs(count),
        None => strategies.iter().any(|spec| spec.runs(count)),
    };
    let swept: Vec<RequestCount> = requests?.iter().copied().filter(|count| runs(*count)).collect();
    if swept.contains(&wanted) {
        return None;
    }
    let (who, whose) = match spec {
        Some(spec) => (quoted(&spec.name), "this strategy"),
        None => ("the sweep".to_owned(), "this config"),
    };
    let counts: Vec<String> = swept.iter().map(ToString::to_string).collect();
    let title = format!("`check.requests` is {wanted}, which {who} does not measure");
    let diagnostic = Diagnostic::new("check.requests", section.place("requests"), title, "expected one of its counts");
    Some(diagnostic.help(format!("the request counts of {whose}: {}", listed(counts.iter().map(String::as_str)))))
}
