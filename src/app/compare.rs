//! `reportgen compare`: is the new run slower than the base, by how much, and is that certain?

use std::ffi::OsStr;
use std::path::Path;

use anyhow::Context;

use super::factors::factors;
use super::gallery::{Gallery, height};
use super::outcome::{Exit, Failure, is_run, located};
use super::pages::Pages;
use super::source::{default_output, distinct};
use crate::archive::{self, files};
use crate::cli::{CompareArgs, ComparisonFormat};
use crate::comparison::{self, Comparison, Factors, Side, Verdict};
use crate::export::{Pictures, comparison_html, comparison_json, comparison_markdown};
use crate::model::Run;
use crate::report::Report;
use crate::terminal::{self, Terminal};

pub(super) fn run(arguments: &CompareArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let [base, new] = [&arguments.base, &arguments.new].map(|path| ComparedRun::read(path));
    let (base, new) = (base?, new?);
    let reports = [Report::of(&base.run), Report::of(&new.run)];
    let [base, new] = [(base.name, &reports[0], base.factors), (new.name, &reports[1], new.factors)]
        .map(|(name, report, factors)| Side { name, report, factors });
    let compared = Comparison::of(&base, &new, arguments.threshold, arguments.force);
    if let Some(folder) = &arguments.output_dir {
        write(&compared, arguments, folder, terminal)?;
    }
    let text = match arguments.output_format {
        ComparisonFormat::Text => terminal::comparison(&compared),
        ComparisonFormat::Json => comparison_json(&compared).context("cannot write the comparison as JSON")?,
        ComparisonFormat::Markdown => comparison_markdown(&compared, None),
    };
    let written = match arguments.output_format {
        ComparisonFormat::Json => terminal.document(text.as_bytes()),
        ComparisonFormat::Text | ComparisonFormat::Markdown => terminal.result(&text),
    };
    written.context("cannot write to standard output")?;
    Ok(match compared.overall() {
        Some(Verdict::Slower) => Exit::Slower,
        Some(Verdict::CannotTell) | None => Exit::CannotTell,
        Some(Verdict::Same | Verdict::Faster) => Exit::Done,
    })
}

fn write(compared: &Comparison<'_>, arguments: &CompareArgs, folder: &Path, terminal: Terminal) -> Result<(), Failure> {
    let mut output = default_output()?;
    output.formats = arguments.formats.as_deref().map_or(output.formats, distinct);
    let figures = comparison::figures(compared);
    output.height = height(compared.lines.len());
    let pages = Pages { stem: "comparison", list: files::COMPARISON_LIST, folder, force: arguments.force };
    pages.write(Gallery::names(&output, &figures), terminal, |into| {
        let gallery = Gallery { output: &output, fonts_from: Path::new("."), into };
        let drawn = gallery.paint(&figures, terminal).context("cannot draw the comparison")?;
        let pictures = Pictures { drawn, themes: &output.themes, formats: &output.formats, refused: &[] };
        let page = comparison_html(compared, &pictures).context("cannot make comparison.html")?;
        let document = comparison_json(compared).context("cannot make comparison.json")?;
        Ok([page, comparison_markdown(compared, Some(&pictures)), document])
    })?;
    Ok(())
}

/// One of the two runs as it was read.
struct ComparedRun {
    name: String,
    run: Run,
    factors: Factors,
}

impl ComparedRun {
    fn read(path: &Path) -> Result<Self, Failure> {
        let found = located(path).context("cannot compare")?;
        if !is_run(&found) {
            let run = archive::load_csv(&found).context("cannot compare")?;
            let name = found.file_name().unwrap_or(OsStr::new("csv")).to_string_lossy().into_owned();
            return Ok(Self { name, run, factors: Factors::new() });
        }
        let loaded = archive::load(&found).context("cannot compare")?;
        let factors = factors(&loaded);
        Ok(Self { name: loaded.run.facts.run_id.clone(), run: loaded.run, factors })
    }
}
