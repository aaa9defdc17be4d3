//! `reportgen compare`: is the new run slower than the base, by how much, and is that certain?

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, anyhow};

use super::factors::factors;
use super::outcome::{Exit, Failure, is_run, located};
use super::pages::{self, Pages};
use super::source::{default_output, with_formats};
use crate::archive::files;
use crate::bundle;
use crate::chart;
use crate::cli::CompareArgs;
use crate::comparison::{Comparison, Factors, Side, Verdict};
use crate::document::{DocumentSource, headline};
use crate::importer::{self, Imported, TableOptions};
use crate::model::Run;
use crate::report::Report;
use crate::terminal::Terminal;

pub(super) fn run(arguments: &CompareArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let table = arguments.table.options();
    let [base, new] =
        [&arguments.base, &arguments.new].map(|path| ComparedRun::read(path, &arguments.folder.dir, &table, terminal));
    let (base, new) = (base?, new?);
    let [of_base, of_new] = [&base.run, &new.run].map(|run| run.facts.varied.by());
    if of_base != of_new {
        let fault = format!(
            "cannot compare: the base is by {of_base}, the new run by {of_new}; --x names a column that both have"
        );
        return Err(Failure::Usage(anyhow!(fault)));
    }
    let reports = [Report::of(&base.run), Report::of(&new.run)];
    let [base, new] = [(base.name, &reports[0], base.factors), (new.name, &reports[1], new.factors)]
        .map(|(name, report, factors)| Side { name, report, factors });
    let compared = Comparison::of(&base, &new, arguments.threshold, arguments.force);
    let source = DocumentSource::Comparison(&compared);
    if let Some(folder) = &arguments.output_dir {
        let figures = &chart::comparison(&compared, &headline(&compared));
        let output = with_formats(default_output()?, arguments.formats.as_deref());
        let list = files::COMPARISON_LIST;
        Pages { source, figures, output, list, folder, force: arguments.force }.write(terminal)?;
    }
    pages::print(&source, arguments.output_format, terminal)?;
    Ok(match compared.overall() {
        Some(Verdict::Slower) => Exit::Slower,
        Some(Verdict::CannotTell) | None => Exit::CannotTell,
        Some(Verdict::Same | Verdict::Faster) => Exit::Done,
    })
}

/// One of the two runs as it was read.
struct ComparedRun {
    name: String,
    run: Run,
    factors: Factors,
}

impl ComparedRun {
    fn read(path: &Path, folder: &Path, table: &TableOptions, terminal: Terminal) -> Result<Self, Failure> {
        let found = located(path, folder).context("cannot compare")?;
        if !is_run(&found) {
            let Imported { run, guess } = importer::load_csv(&found, table).context("cannot compare")?;
            let name = found.file_name().unwrap_or(OsStr::new("csv")).to_string_lossy().into_owned();
            if let Some(guess) = guess {
                terminal.note(&format!("{name}: {guess}"));
            }
            return Ok(Self { name, run, factors: Factors::new() });
        }
        let loaded = bundle::load(&found).context("cannot compare")?;
        let factors = factors(&loaded);
        Ok(Self { name: loaded.run.facts.run_id.clone(), run: loaded.run, factors })
    }
}
