//! `[[chart]]`, raw → valid: no option that a kind does not take, strategies and request counts that the sweep has.

use std::collections::HashSet;

use serde_json::Map;

use super::diagnostic::Diagnostic;
use super::keys::Known;
use super::raw::{Section, Spanned, Value};
use super::references::without_delay;
use super::suggestion::{listed, quoted, suggestion};
use super::sweep::ChartSpec;
use crate::model::RequestCount;
use crate::model::figure::ChartInfo;
use crate::strategy::StrategySpec;

/// Keys that every kind takes.
pub(super) const ALWAYS: [&str; 3] = ["kind", "title", "strategies"];

/// What a chart is checked against; `None` where that is faulty itself.
pub(super) struct ChartContext<'a> {
    pub(super) strategies: Option<&'a [StrategySpec]>,
    /// Raw: only their names matter, and whether they have a delay.
    pub(super) references: &'a [Section],
    pub(super) requests: Option<&'a [RequestCount]>,
    pub(super) known: &'a Known<'a>,
}

impl ChartContext<'_> {
    /// What a chart may show.
    fn names(&self) -> impl Iterator<Item = &str> {
        let references = self.references.iter().filter_map(|reference| reference.text("name"));
        self.strategies.unwrap_or_default().iter().map(|strategy| strategy.name.as_str()).chain(references)
    }
}

/// The charts; `None` only where a diagnostic was added.
pub(super) fn charts(
    sections: &[Section],
    context: &ChartContext<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<ChartSpec>> {
    for section in sections.iter().filter(|section| !section.attempted("kind")) {
        let title = "a chart has no `kind`".to_owned();
        let diagnostic = Diagnostic::new("chart.kind", section.span.clone(), title, "expected `kind = \"…\"` below");
        diagnostics
            .push(diagnostic.help(format!("one of {}", listed(context.known.charts.iter().map(|chart| chart.name)))));
    }
    let names: HashSet<&str> = context.names().collect();
    for section in sections {
        let named = section.list("strategies").unwrap_or_default();
        let strange = named.iter().filter(|name| name.value.as_text().is_some_and(|text| !names.contains(text)));
        diagnostics.extend(strange.filter_map(|name| stranger(name, context)));
        diagnostics.extend(strange_options(section, context.known));
        diagnostics.extend(not_swept(section, context));
    }
    let charts: Vec<(&Section, ChartSpec)> =
        sections.iter().filter_map(|section| Some((section, section.read_as(Map::new())?))).collect();
    without_delay(context.references, &charts, diagnostics);
    (charts.len() == sections.len()).then(|| charts.into_iter().map(|(_, chart)| chart).collect())
}

fn stranger(name: &Spanned<Value>, context: &ChartContext<'_>) -> Option<Diagnostic> {
    let text = name.value.as_text()?;
    context.strategies?;
    let near = suggestion(text, context.names()).map(|near| format!("did you mean {}?", quoted(near)));
    let title = format!("no strategy is called {}", quoted(text));
    let diagnostic = Diagnostic::new("chart.strategies", name.span.clone(), title, near.unwrap_or_default());
    let what = if context.references.is_empty() { "strategies" } else { "strategies and references" };
    Some(diagnostic.help(format!("the {what} of this config: {}", listed(context.names()))))
}

/// Options that are written although the kind does not take them.
fn strange_options(section: &Section, known: &Known<'_>) -> Vec<Diagnostic> {
    let Some(info) = kind_of(section, known) else { return Vec::new() };
    let written = section.entries.iter().filter_map(|entry| Some((entry.key.name, entry.name.clone()?)));
    let strange = written.filter(|(name, _)| !ALWAYS.contains(name) && !info.options.contains(name));
    let diagnostics = strange.map(|(name, span)| {
        let takers = listed(known.charts.iter().filter(|chart| chart.options.contains(&name)).map(|chart| chart.name));
        let title = format!("`chart.{name}` means nothing to the chart `{}`", info.name);
        let diagnostic = Diagnostic::new(&section.path_of(name), span, title, "not an option of this kind");
        diagnostic.beside(section.place("kind"), "the kind").help(format!("charts that take `{name}`: {takers}"))
    });
    diagnostics.collect()
}

fn kind_of<'k>(section: &Section, known: &Known<'k>) -> Option<&'k ChartInfo> {
    let kind = section.text("kind")?;
    known.charts.iter().find(|chart| chart.name == kind)
}

/// A count that the sweep does not measure cannot be shown.
fn not_swept(section: &Section, context: &ChartContext<'_>) -> Option<Diagnostic> {
    let requests: RequestCount = section.integer("requests")?;
    let swept = context.requests.filter(|swept| !swept.contains(&requests))?;
    let counts: Vec<String> = swept.iter().map(ToString::to_string).collect();
    let title = format!("`chart.requests` is {requests}, which the sweep does not measure");
    let diagnostic = Diagnostic::new("chart.requests", section.place("requests"), title, "expected one of its counts");
    Some(diagnostic.help(format!("the request counts of this config: {}", listed(counts.iter().map(String::as_str)))))
}
