//! `[[reference]]`, raw → valid: complete, with names of their own, and with a delay where a chart divides by it.

use super::complaint::Complaint;
use super::nearest::quoted;
use super::raw::Section;
use super::sweep::{ChartSpec, ReferenceSpec};
use crate::strategy::StrategySpec;

/// The references; `None` only where something was complained about.
pub(super) fn references(
    sections: &[Section],
    strategies: Option<&[StrategySpec]>,
    complaints: &mut Vec<Complaint>,
) -> Option<Vec<ReferenceSpec>> {
    for section in sections {
        complaints.extend(["name", "file", "strategy"].into_iter().filter_map(|name| absent(section, name)));
    }
    for (index, section) in sections.iter().enumerate() {
        let Some(name) = section.text("name") else { continue };
        let title = |what: &str| format!("{what} is called {}", quoted(name));
        let complaint = |title| Complaint::new("reference.name", section.place("name"), title, "expected another name");
        if let Some(earlier) = sections[..index].iter().find(|earlier| earlier.text("name") == Some(name)) {
            complaints.push(complaint(title("another reference")).beside(earlier.place("name"), "the first one"));
        } else if strategies.unwrap_or_default().iter().any(|strategy| strategy.name == name) {
            complaints.push(complaint(title("a strategy")).help("names label the lines of a chart"));
        }
    }
    sections.iter().map(reference).collect()
}

fn absent(section: &Section, name: &str) -> Option<Complaint> {
    let title = format!("a reference has no `{name}`");
    let path = section.path_of(name);
    let complaint = Complaint::new(&path, section.span.clone(), title, format!("expected `{name} = \"…\"` below"));
    (!section.attempted(name)).then_some(complaint)
}

fn reference(section: &Section) -> Option<ReferenceSpec> {
    let own = |name: &str| section.text(name).map(str::to_owned);
    Some(ReferenceSpec {
        name: own("name")?,
        file: own("file")?.into(),
        strategy: own("strategy")?,
        delay: section.duration("delay"),
    })
}

/// A chart that divides by the delay needs that of every reference it shows.
pub(super) fn without_delay(sections: &[Section], charts: &[(&Section, ChartSpec)], complaints: &mut Vec<Complaint>) {
    let shows = |chart: &ChartSpec, name: &str| {
        chart.normalize && (chart.strategies.is_empty() || chart.strategies.iter().any(|shown| shown == name))
    };
    for section in sections.iter().filter(|section| !section.attempted("delay")) {
        let Some(name) = section.text("name") else { continue };
        let Some((chart, _)) = charts.iter().find(|(_, chart)| shows(chart, name)) else { continue };
        let title = format!("the reference {} has no `delay`, and a chart divides by it", quoted(name));
        let complaint =
            Complaint::new("reference.delay", section.span.clone(), title, "expected `delay = \"…\"` below");
        complaints.push(complaint.beside(chart.place("normalize"), "the chart"));
    }
}
