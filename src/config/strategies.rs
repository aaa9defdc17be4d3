//! `[[strategy]]`, raw → valid: defaults of the kind, one line for each number of workers, unique names, and no
//! option that a kind does not take.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::{Map, json};

use super::diagnostic::Diagnostic;
use super::keys::Known;
use super::raw::{Section, Spanned, Value};
use super::strategy_keys::{ALL_KINDS, KindKeys, STRATEGY};
use super::suggestion::{listed, quoted, suggestion};
use crate::model::bounds::MOST_STRATEGIES;
use crate::strategy::{KindInfo, Strategy, StrategyKind, StrategySpec, built_in};

/// What a target asks of a strategy that only some kinds can do.
pub(super) struct Demand {
    /// After "kinds that".
    pub ability: &'static str,
    /// Where the target asks for it.
    pub place: Range<usize>,
    /// What that place holds.
    pub what: &'static str,
    /// The other way out.
    pub instead: &'static str,
}

/// A target as its strategies meet it.
pub(super) struct AskedTarget<'s> {
    /// Its name, where there are several targets.
    pub name: Option<&'s str>,
    /// What it asks of them.
    pub demand: Option<Demand>,
}

/// The strategies, at least one; `None` only where a diagnostic was added.
pub(super) fn strategies(
    sections: &[Section],
    targets: &[AskedTarget<'_>],
    known: &Known<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<StrategySpec>> {
    if sections.is_empty() {
        let named = built_in().map(|spec| StrategySpec { name: unnamed(spec.kind.info(), known).to_owned(), ..spec });
        let can = |spec: &StrategySpec, target: &AskedTarget<'_>| spec.kind.info().https || target.demand.is_none();
        let at_each = |spec: StrategySpec| {
            let able = targets.iter().filter(|target| can(&spec, target));
            able.map(|target| at(&spec, target.name)).collect::<Vec<_>>()
        };
        return Some(named.flat_map(at_each).collect());
    }
    let before = diagnostics.len();
    let mut lines = Vec::new();
    for section in sections {
        let Some(kind) = kind_of(section, diagnostics) else { continue };
        diagnostics.extend(strange_options(section, kind));
        let own = own_targets(section, targets, diagnostics);
        let demand = own.iter().find_map(|target| target.demand.as_ref()).filter(|_| !kind.info.https);
        diagnostics.extend(demand.map(|demand| unable(section, kind, demand)));
        diagnostics.extend(missing_options(section, kind));
        let each = expand(section, kind, known).unwrap_or_default();
        let at_each = each.iter().flat_map(|spec| own.iter().map(move |target| at(spec, target.name)));
        lines.extend(at_each.map(|spec| (spec, section.place("name"))));
    }
    diagnostics.extend(duplicates(&lines));
    if let Some((_, span)) = lines.get(MOST_STRATEGIES) {
        let title =
            format!("the config has {} strategies, each number of workers and each target counted", lines.len());
        let expected = format!("expected at most {MOST_STRATEGIES}");
        diagnostics.push(Diagnostic::new("strategy", span.clone(), title, expected));
    }
    let sound = diagnostics.len() == before && sections.iter().all(Section::is_sound);
    sound.then(|| lines.into_iter().map(|(spec, _)| spec).collect())
}

/// The strategy as it is measured at a target.
fn at(spec: &StrategySpec, target: Option<&str>) -> StrategySpec {
    match target {
        Some(target) => {
            StrategySpec { name: format!("{} on {target}", spec.name), target: Some(target.to_owned()), ..spec.clone() }
        }
        None => spec.clone(),
    }
}

/// The targets that a strategy is measured at: the one that it names, else each.
fn own_targets<'t, 's>(
    section: &Section,
    targets: &'t [AskedTarget<'s>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<&'t AskedTarget<'s>> {
    let Some(name) = section.text("target").filter(|_| section.written("target").is_some()) else {
        return targets.iter().collect();
    };
    let own: Vec<_> = targets.iter().filter(|target| target.name == Some(name)).collect();
    if own.is_empty() {
        let names = || targets.iter().filter_map(|target| target.name);
        let near = suggestion(name, names()).map(|near| format!("did you mean {}?", quoted(near)));
        let title = format!("no target is called {}", quoted(name));
        let diagnostic = Diagnostic::new("strategy.target", section.place("target"), title, near.unwrap_or_default());
        diagnostics.push(match names().next() {
            Some(_) => diagnostic.help(format!("the targets of this config: {}", listed(names()))),
            None => diagnostic.help("the config has one target, without a name; several are written as [[target]]"),
        });
    }
    own
}

fn kind_of(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Option<&'static KindKeys> {
    if !section.attempted("kind") {
        let title = "a strategy has no `kind`".to_owned();
        let help = format!("one of {}", listed(STRATEGY.kinds.iter().map(|kind| kind.info.name)));
        let diagnostic = Diagnostic::new("strategy.kind", section.span.clone(), title, "expected `kind = \"…\"` below");
        diagnostics.push(diagnostic.help(help));
    }
    let kind = section.text("kind")?;
    STRATEGY.kinds.iter().find(|known| known.info.name == kind)
}

fn unable(section: &Section, kind: &KindKeys, demand: &Demand) -> Diagnostic {
    let Demand { ability, place, what, instead } = demand;
    let title = format!("the kind `{}` does not {ability}", kind.info.name);
    let able = listed(STRATEGY.kinds.iter().filter(|kind| kind.info.https).map(|kind| kind.info.name));
    Diagnostic::new("strategy.kind", section.place("kind"), title, "expected a kind that does")
        .beside(place.clone(), *what)
        .help(format!("kinds that {ability}: {able}"))
        .help(*instead)
}

/// Options that are written although the kind does not take them.
fn strange_options(section: &Section, kind: &KindKeys) -> Vec<Diagnostic> {
    let written = section.entries.iter().filter_map(|entry| Some((entry.key.name, entry.name.clone()?)));
    let strange = written.filter(|(name, _)| !ALL_KINDS.contains(name) && !kind.options.contains(name));
    let diagnostics = strange.map(|(name, span)| {
        let takers = STRATEGY.kinds.iter().filter(|other| other.options.contains(&name));
        let help = format!("kinds that take `{name}`: {}", listed(takers.map(|other| other.info.name)));
        let title = format!("`strategy.{name}` means nothing to the kind `{}`", kind.info.name);
        let diagnostic = Diagnostic::new(&section.path_of(name), span, title, "not an option of this kind");
        diagnostic.beside(section.place("kind"), "the kind").help(help)
    });
    diagnostics.collect()
}

fn missing_options(section: &Section, kind: &KindKeys) -> Vec<Diagnostic> {
    let needed = kind.needed.iter().filter(|name| !section.attempted(name));
    let diagnostics = needed.map(|name| {
        let help = match *name {
            "model" => "one of sequential, pool, async: how its requests overlap, which names its ideal",
            _ => r#"for example command = ["python3", "client.py"]"#,
        };
        let title = format!("a strategy of kind `{}` has no `{name}`", kind.info.name);
        let expected = format!("expected `{name}` too");
        Diagnostic::new(&section.path_of(name), section.place("kind"), title, expected).help(help)
    });
    diagnostics.collect()
}

/// What a strategy of this kind is called that has no name.
const fn unnamed(kind: KindInfo, known: &Known<'_>) -> &'static str {
    if known.article_names { kind.article_name } else { kind.name }
}

/// One line, or one for each value of an option that is given as a list; `None` where a value is faulty.
fn expand(section: &Section, kind: &KindKeys, known: &Known<'_>) -> Option<Vec<StrategySpec>> {
    let name = match section.attempted("name") {
        true => section.text("name")?,
        false => unnamed(kind.info, known),
    };
    let taken = |name: &str| ALL_KINDS.contains(&name) || kind.options.contains(&name);
    let written = section.entries.iter().filter(|entry| entry.name.is_some() && taken(entry.key.name));
    let mut options = Map::new();
    let mut list: Option<(&str, &[Spanned<Value>])> = None;
    for entry in written {
        match &entry.value.as_ref()?.value {
            Value::List(values) => list = Some((entry.key.name, values)),
            single => drop(options.insert(entry.key.name.to_owned(), single.json()?)),
        }
    }
    let spec = |name: String, more: Option<(&str, serde_json::Value)>| {
        let mut options = options.clone();
        options.insert("name".to_owned(), json!(name));
        options.extend(more.map(|(key, value)| (key.to_owned(), value)));
        let mut spec: StrategySpec = serde_json::from_value(serde_json::Value::Object(options)).ok()?;
        if let StrategyKind::Command(command) = &mut spec.kind {
            command.workers = command.workers();
        }
        Some(spec)
    };
    let Some((key, values)) = list else { return Some(vec![spec(name.to_owned(), None)?]) };
    let each = values.iter().map(|item| {
        let value = item.value.json()?;
        spec(format!("{name} ({value})"), Some((key, value)))
    });
    each.collect()
}

fn duplicates(lines: &[(StrategySpec, Range<usize>)]) -> Vec<Diagnostic> {
    let mut seen: HashMap<&str, &Range<usize>> = HashMap::new();
    let mut diagnostics = Vec::new();
    for (spec, span) in lines {
        let Some(earlier) = seen.insert(&spec.name, span) else { continue };
        let title = format!("two strategies are called {}", quoted(&spec.name));
        diagnostics.push(
            Diagnostic::new("strategy.name", span.clone(), title, "expected another name")
                .beside(earlier.clone(), "the first one")
                .help("names label the lines of a chart; without `name` a strategy is called after its kind"),
        );
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use crate::config::fixtures::sweep;
    use crate::strategy::built_in;

    #[test]
    fn an_https_address_is_measured_by_the_kinds_that_speak_it() {
        let measured = |scheme: &str| sweep(&format!("[target]\nurl = \"{scheme}://localhost/\"")).strategies;
        let able: Vec<_> = built_in().filter(|spec| spec.kind.info().https).collect();
        assert_eq!(measured("http"), built_in().collect::<Vec<_>>());
        assert_eq!(measured("https"), able);
        assert!(able.len() < built_in().count());
    }
}
