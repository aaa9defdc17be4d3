//! `[[reference]]`, raw → valid: complete, with names of their own, and with a delay where a chart divides by it.

use std::collections::{HashMap, HashSet};

use serde_json::Map;

use super::diagnostic::Diagnostic;
use super::raw::Section;
use super::suggestion::quoted;
use super::sweep::{ChartSpec, ReferenceSpec};
use crate::strategy::StrategySpec;

/// The references; `None` only where a diagnostic was added.
pub(super) fn references(
    sections: &[Section],
    strategies: Option<&[StrategySpec]>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<ReferenceSpec>> {
    for section in sections {
        diagnostics.extend(["name", "file", "strategy"].into_iter().filter_map(|name| absent(section, name)));
    }
    let of_strategies: HashSet<&str> =
        strategies.unwrap_or_default().iter().map(|strategy| strategy.name.as_str()).collect();
    let mut first: HashMap<&str, &Section> = HashMap::new();
    for section in sections {
        let Some(name) = section.text("name") else { continue };
        let title = |what: &str| format!("{what} is called {}", quoted(name));
        let diagnostic =
            |title| Diagnostic::new("reference.name", section.place("name"), title, "expected another name");
        let earlier = *first.entry(name).or_insert(section);
        if !std::ptr::eq(earlier, section) {
            diagnostics.push(diagnostic(title("another reference")).beside(earlier.place("name"), "the first one"));
        } else if of_strategies.contains(name) {
            diagnostics.push(diagnostic(title("a strategy")).help("names label the lines of a chart"));
        }
    }
    sections.iter().map(|section| section.read_as(Map::new())).collect()
}

fn absent(section: &Section, name: &str) -> Option<Diagnostic> {
    let title = format!("a reference has no `{name}`");
    let path = section.path_of(name);
    let diagnostic = Diagnostic::new(&path, section.span.clone(), title, format!("expected `{name} = \"…\"` below"));
    (!section.attempted(name)).then_some(diagnostic)
}

/// A chart that divides by the delay needs that of every reference it shows.
pub(super) fn without_delay(sections: &[Section], charts: &[(&Section, ChartSpec)], diagnostics: &mut Vec<Diagnostic>) {
    let dividing = charts.iter().filter(|(_, chart)| chart.normalize);
    let of_all = dividing.clone().find(|(_, chart)| chart.strategies.is_empty()).map(|(section, _)| *section);
    let named =
        dividing.rev().flat_map(|(section, chart)| chart.strategies.iter().map(|name| (name.as_str(), *section)));
    // The first chart of each name, since it comes last.
    let named: HashMap<&str, &Section> = named.collect();
    for section in sections.iter().filter(|section| !section.attempted("delay")) {
        let Some(name) = section.text("name") else { continue };
        let Some(chart) = named.get(name).copied().or(of_all) else { continue };
        let title = format!("the reference {} has no `delay`, and a chart divides by it", quoted(name));
        let diagnostic =
            Diagnostic::new("reference.delay", section.span.clone(), title, "expected `delay = \"…\"` below");
        diagnostics.push(diagnostic.beside(chart.place("normalize"), "the chart"));
    }
}
