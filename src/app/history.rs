//! `reportgen history`: the medians of a config's runs over time, and where they changed for good.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context, anyhow};

use super::factors::add_target;
use super::gallery::{Gallery, height};
use super::outcome::{Exit, Failure};
use super::pages::Pages;
use super::source::{default_output, distinct};
use crate::archive::{self, Broken, Git, Listing, RunEntry, files};
use crate::chart;
use crate::cli::{ComparisonFormat, HistoryArgs, HistoryOrder};
use crate::comparison::Factors;
use crate::export::{history_html, history_json, history_markdown};
use crate::format::percent_encoded;
use crate::history::{By, EntryCell, HistoryEntry, RunSeries, Selection, all_series};
use crate::model::Target;
use crate::model::figure::Figure;
use crate::terminal::{self, Terminal};

/// Runs in a table for people.
const SHOWN: usize = 20;

pub(super) fn run(arguments: &HistoryArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let listing = archive::scan(&arguments.dir).context("cannot read the archive")?;
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
    if let Some(folder) = &arguments.output_dir {
        write(&found, &listing, arguments, folder, terminal)?;
    }
    let text = match arguments.output_format {
        ComparisonFormat::Text => terminal::history(&found, SHOWN),
        ComparisonFormat::Json => history_json(&found).context("cannot write the history as JSON")?,
        ComparisonFormat::Markdown => history_markdown(&found, SHOWN),
    };
    if entries.is_empty() {
        terminal.note(&format!("{} holds no runs", arguments.dir.display()));
    }
    let written = match arguments.output_format {
        ComparisonFormat::Json => terminal.document(text.as_bytes()),
        ComparisonFormat::Text | ComparisonFormat::Markdown => terminal.result(&text),
    };
    written.context("cannot write to standard output")?;
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
    add_target(&mut target, &Target::from(&run.target));
    // What is zero was not asked for.
    let asked = target.iter().filter(|(_, value)| !["0", "0 s", "0 %", "none"].contains(&value.as_str()));
    let target = asked.map(|(factor, value)| format!("{factor} {value}"));
    let machine = [run.hardware.clone(), format!("measuring version {}", run.measuring_version)];
    let common: Vec<String> = target.chain(machine.into_iter().filter(|part| !part.is_empty())).collect();
    let link = links.filter(|_| archive.join(&run.name).join("report.html").is_file());
    HistoryEntry {
        run_id: run.name.clone(),
        config: run.config_stem().to_owned(),
        started_at: run.started_at.clone(),
        commit: run.git.as_ref().map(Git::summary).unwrap_or_default(),
        factors: common.join(", "),
        link: link.map_or_else(String::new, |base| format!("{base}{}/report.html", percent_encoded(&run.name))),
        cells: run.cells.iter().filter_map(|cell| entry_cell(run, cell)).collect(),
    }
}

fn entry_cell(run: &RunEntry, cell: &archive::IndexedCell) -> Option<EntryCell> {
    let strategy_index = cell.strategy as usize;
    Some(EntryCell {
        strategy: run.strategies.get(strategy_index)?.clone(),
        options: run.options.get(strategy_index).cloned().unwrap_or_default(),
        requests: cell.requests,
        median_s: cell.median.map(crate::model::Nanos::as_secs_f64),
    })
}

fn write(
    found: &[RunSeries<'_>],
    listing: &Listing,
    arguments: &HistoryArgs,
    folder: &Path,
    terminal: Terminal,
) -> Result<(), Failure> {
    let mut output = default_output()?;
    output.formats = arguments.formats.as_deref().map_or(output.formats, distinct);
    let figures: Vec<Option<Figure>> =
        found.iter().zip(1..).map(|(series, number)| chart::history(series, &id(found.len(), number))).collect();
    let broken: Vec<(String, String)> =
        listing.broken.iter().map(|broken| (broken.name.clone(), broken.reason.clone())).collect();
    let pages = Pages { stem: "history", list: files::HISTORY_LIST, folder, force: arguments.force };
    let names: Vec<String> = Gallery::names(&output, figures.iter().flatten()).collect();
    pages.write(names.into_iter(), terminal, |into| {
        let mut pictures = Vec::new();
        for figure in &figures {
            output.height = height(figure.as_ref().map_or(1, |figure| figure.panels.len()));
            let gallery = Gallery { output: &output, fonts_from: Path::new("."), into };
            let painted = gallery.paint(figure.as_slice(), terminal).context("cannot draw the history")?;
            pictures.push(painted.into_iter().next());
        }
        let page = history_html(found, &pictures, &broken).context("cannot make history.html")?;
        let document = history_json(found).context("cannot make history.json")?;
        Ok([page, history_markdown(found, usize::MAX), document])
    })?;
    Ok(())
}

/// The stem of a series of runs' files.
fn id(all_series: usize, number: usize) -> String {
    if all_series == 1 { "history".to_owned() } else { format!("history-{number}") }
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
