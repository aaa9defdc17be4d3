//! `reportgen history`: the medians of a config's runs over time, and where they changed for good.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context, anyhow};

use super::factors::add_targets;
use super::outcome::{Exit, Failure};
use super::pages::{self, Pages};
use super::source::{default_output, with_formats};
use crate::archive::{Git, MEASURING_VERSION, files};
use crate::catalog::{self, Broken, RunEntry};
use crate::chart;
use crate::cli::{HistoryArgs, HistoryOrder};
use crate::comparison::{Factor, Factors};
use crate::document::{Archived, DocumentSource};
use crate::format::percent_encoded;
use crate::history::{By, EntryCell, HistoryEntry, RunSeries, Selection, all_series};
use crate::model::{Nanos, RequestCount};
use crate::terminal::Terminal;

/// Runs in a table for people.
const SHOWN: usize = 20;

pub(super) fn run(arguments: &HistoryArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let listing = catalog::scan(&arguments.dir).context("cannot read the archive")?;
    for Broken { name, reason } in &listing.broken {
        terminal.warn(&format!("{name} is left out: {reason}"));
    }
    let links = arguments.output_dir.as_deref().map(|folder| address(folder, &arguments.dir)).transpose()?;
    let entries: Vec<HistoryEntry> =
        listing.runs.iter().map(|run| entry(run, &arguments.dir, links.as_deref())).collect();
    let by = match arguments.by {
        HistoryOrder::Date => By::Date,
        HistoryOrder::Commit => By::Commit,
    };
    let selection = Selection { config: arguments.config.as_deref(), by, requests: arguments.requests };
    let found = all_series(&entries, &selection);
    check(&found, &entries, arguments)?;
    let broken: Vec<(String, String)> =
        listing.broken.into_iter().map(|Broken { name, reason }| (name, reason)).collect();
    if let Some(folder) = &arguments.output_dir {
        let series = found.iter().zip(1..);
        let figures = series.filter_map(|(series, at)| chart::history(series, &chart::history_id(found.len(), at)));
        let figures = &figures.collect::<Vec<_>>();
        let archived = Archived { series: &found, broken: &broken, newest: usize::MAX };
        let source = DocumentSource::History(&archived);
        let output = with_formats(default_output()?, arguments.formats.as_deref());
        let list = files::HISTORY_LIST;
        Pages { source, figures, output, list, folder, force: arguments.force }.write(terminal)?;
    }
    if entries.is_empty() {
        terminal.note(&format!("{} holds no runs", arguments.dir.display()));
    }
    // What is broken is a warning already.
    let shown = Archived { series: &found, broken: &[], newest: SHOWN };
    pages::print(&DocumentSource::History(&shown), arguments.output_format, terminal)?;
    Ok(Exit::Done)
}

/// What is asked for and is not there.
fn check(found: &[RunSeries<'_>], entries: &[HistoryEntry], arguments: &HistoryArgs) -> Result<(), Failure> {
    if let Some(config) = arguments.config.as_ref().filter(|_| found.is_empty()) {
        let mut known: Vec<&str> = entries.iter().map(|entry| entry.config.as_str()).collect();
        known.sort_unstable();
        known.dedup();
        let known = if known.is_empty() { "it holds none".to_owned() } else { format!("it has {}", known.join(", ")) };
        let dir = arguments.dir.display();
        return Err(Failure::Usage(anyhow!("--config: {dir} has no run of a config {config}; {known}")));
    }
    let measured = found.iter().any(|series| !series.lines.is_empty());
    match arguments.requests {
        Some(requests) if !measured && !entries.is_empty() => {
            Err(Failure::Usage(anyhow!("--requests: no run has a cell of {requests} requests")))
        }
        _ => Ok(()),
    }
}

fn entry(run: &RunEntry, archive: &Path, links: Option<&str>) -> HistoryEntry {
    let mut target = Factors::new();
    add_targets(&mut target, &run.manifest.settings.target);
    // What is zero was not asked for.
    let is_zero =
        |part: &str| part.rsplit(": ").next().is_some_and(|value| ["0", "0 s", "0 %", "none"].contains(&value));
    let asked = target.iter().filter(|(_, value)| !value.split("; ").all(is_zero));
    let target = asked.map(|(factor, value)| match factor {
        Factor::Target => format!("Target: {value}"),
        _ => format!("{factor} {value}"),
    });
    let method = run.manifest.measuring_version;
    let other_method = (method != MEASURING_VERSION).then(|| format!("measured by method {method}"));
    let machine = Some(run.manifest.machine.hardware()).filter(|machine| !machine.is_empty());
    let common: Vec<String> = target.chain(machine).chain(other_method).collect();
    let link = links.filter(|_| archive.join(&run.name).join(files::REPORT).is_file());
    HistoryEntry {
        run_id: run.name.clone(),
        config: run.config_stem().to_owned(),
        started_at: run.manifest.started_at.clone(),
        commit: run.manifest.git.as_ref().map(Git::summary).unwrap_or_default(),
        factors: common.join(", "),
        link: link.map_or_else(String::new, |base| format!("{base}{}/{}", percent_encoded(&run.name), files::REPORT)),
        cells: run.medians.iter().filter_map(|(cell, median)| entry_cell(run, *cell, *median)).collect(),
    }
}

fn entry_cell(
    run: &RunEntry,
    (strategy_index, requests): (usize, RequestCount),
    median: Option<Nanos>,
) -> Option<EntryCell> {
    Some(EntryCell {
        strategy: run.strategies.get(strategy_index)?.clone(),
        options: run.options.get(strategy_index).cloned().unwrap_or_default(),
        requests,
        median_s: median.map(Nanos::as_secs_f64),
    })
}

/// The relative address of a folder as seen from a page in another, which is made where it is missing; it ends with a
/// slash, or is empty.
fn address(page: &Path, archive: &Path) -> Result<String, Failure> {
    std::fs::create_dir_all(page).with_context(|| format!("cannot create folder {}", page.display()))?;
    let whole = |path: &Path| -> anyhow::Result<PathBuf> {
        std::fs::canonicalize(path).with_context(|| format!("cannot open {}", path.display()))
    };
    let (from, to) = (whole(page)?, whole(archive)?);
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "../".to_owned());
    let down = to.components().skip(shared).filter_map(|part| match part {
        Component::Normal(name) => Some(format!("{}/", percent_encoded(&name.to_string_lossy()))),
        _ => None,
    });
    Ok(up.chain(down).collect())
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn links_are_relative_and_safe() {
        let place = tempfile::tempdir().unwrap();
        let (archive, page) = (place.path().join("my runs"), place.path().join("pages/of"));
        std::fs::create_dir(&archive).unwrap();
        assert_eq!(address(&page, &archive).unwrap(), "../../my%20runs/");
        assert_eq!(address(&archive, &archive).unwrap(), "");
    }
}
