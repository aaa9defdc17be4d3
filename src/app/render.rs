//! `reportgen render`: draws again from stored data; measures nothing.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use super::interruptible::{Ended, until_interrupted};
use super::outcome::{Exit, Failure, is_run, located};
use super::publish::{Published, Publisher, tell_where};
use super::source::{default_output, with_formats};
use crate::archive::{self, Derived, Folder, Loaded, Rendering, RunLock, files};
use crate::bundle::{self, PACK_SUFFIX};
use crate::cli::{OutputFormat, RenderArgs};
use crate::config::{Label, Labels, Sweep};
use crate::format::command_line;
use crate::importer;
use crate::model::Run;
use crate::probe::Interrupts;
use crate::terminal::Terminal;

pub(super) fn run(arguments: &RenderArgs, words: &[OsString], terminal: Terminal) -> Result<Exit, Failure> {
    let interrupts = Interrupts::install().context("cannot take over Ctrl-C")?;
    let arguments = arguments.clone();
    match until_interrupted(&interrupts, move || draw(&arguments, terminal))? {
        Ended::Done(done) => done,
        Ended::Interrupted(signal) => {
            let rest = words.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
            let again: Vec<String> = std::iter::once(env!("CARGO_PKG_NAME").to_owned()).chain(rest).collect();
            let again = command_line(&again);
            terminal.warn(&format!("interrupted; what was measured is untouched, draw it with: {again}"));
            Ok(Exit::Signal(signal.exit_code()))
        }
    }
}

fn draw(arguments: &RenderArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let source = located(&arguments.source, &arguments.folder.dir).context("cannot render")?;
    let arguments = &RenderArgs { source, ..arguments.clone() };
    if is_run(&arguments.source) {
        return render_run(arguments, terminal);
    }
    let (run, labels) = table(arguments, terminal)?;
    let output = with_formats(default_output()?, arguments.formats.as_deref());
    let into = arguments.output_dir.clone().unwrap_or_else(|| beside(&arguments.source));
    let print = arguments.output_format;
    let folder = Arc::new(Folder::create(&into).context("cannot render")?);
    let _lock = RunLock::take(&folder).context("cannot render")?;
    let publisher =
        Publisher { run: &run, charts: &[], labels: &labels, output: &output, fonts_from: Path::new("."), print };
    let derived = Derived::of_document(folder, files::REPORT_LIST, arguments.force);
    finish(publisher.publish(derived, terminal), &into, print, terminal)
}

/// The run that a table makes, and the words of its charts.
fn table(arguments: &RenderArgs, terminal: Terminal) -> Result<(Run, Labels), Failure> {
    let imported = importer::load_csv(&arguments.source, &arguments.table.options()).context("cannot render")?;
    if let Some(guess) = &imported.guess {
        terminal.note(guess);
    }
    let (mut run, words) = (imported.run, &arguments.words);
    let mut labels = Labels::default().of_varied(&run.facts.varied);
    for (label, text) in [(Label::Requests, &words.x_label), (Label::Duration, &words.y_label)] {
        labels = text.iter().fold(labels, |labels, text| labels.with(label, text));
    }
    if let Some(title) = &words.title {
        run.facts.title.clone_from(title);
    }
    Ok((run, labels))
}

fn render_run(arguments: &RenderArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let directory = bundle::open(&arguments.source).context("cannot render")?;
    let pack = directory.pack().map(|_| beside(&arguments.source));
    let elsewhere = arguments.output_dir.clone().or(pack);
    // A copy of a run onto itself is none.
    let is_own = |folder: &PathBuf| std::fs::canonicalize(folder).is_ok_and(|folder| folder == directory.path());
    let elsewhere = elsewhere.filter(|folder| !is_own(folder));
    let elsewhere = elsewhere.map(|folder| Folder::create(&folder).map(Arc::new)).transpose();
    let elsewhere = elsewhere.context("cannot render")?;
    // Before anything is read: what another program writes meanwhile would be missed.
    let lock = elsewhere.as_ref().map_or_else(|| directory.lock(), |folder| RunLock::take(folder));
    let _lock = lock.context("cannot render")?;
    let mut loaded = Loaded::of(&directory).context("cannot render")?;
    for deviation in archive::changed_measurements(&loaded).context("cannot render")? {
        terminal.warn(&format!("{deviation}; what is drawn is not what was measured"));
    }
    let sweep = settings(&loaded)?.clone();
    let output = with_formats(sweep.output, arguments.formats.as_deref());
    let fonts_from = directory.path().to_owned();
    loaded.manifest.rendering = Some(Rendering::here(&output.formats));
    let into = elsewhere.as_deref().map_or(&*arguments.source, Folder::path).to_owned();
    let manifest = &mut loaded.manifest;
    let derived = match elsewhere {
        Some(folder) => Derived::of_copy(&directory, manifest, folder, arguments.force),
        None => Derived::of_run(&directory, manifest),
    };
    let (fonts_from, print) = (&*fonts_from, arguments.output_format);
    let (run, charts, labels) = (&loaded.run, &sweep.charts, &sweep.labels);
    let publisher = Publisher { run, charts, labels, output: &output, fonts_from, print };
    finish(publisher.publish(derived, terminal), &into, print, terminal)
}

/// The settings of an archived run: what it measured and draws.
pub(super) fn settings(loaded: &Loaded) -> Result<&Sweep, Failure> {
    match &loaded.manifest.unreadable {
        Some(reason) => Err(Failure::Diagnostics(reason.clone())),
        None => Ok(&loaded.manifest.settings),
    }
}

/// `dir/table.csv`, `dir/table.tar.zst` → `dir/table-report`.
fn beside(source: &Path) -> PathBuf {
    let name = source.file_name().unwrap_or(OsStr::new("csv"));
    let stem = name.to_str().and_then(|name| name.strip_suffix(PACK_SUFFIX));
    let mut name = stem.map_or_else(|| source.file_stem().unwrap_or(name).to_owned(), Into::into);
    name.push("-report");
    source.with_file_name(name)
}

fn finish(
    published: anyhow::Result<Published>,
    into: &Path,
    print: OutputFormat,
    terminal: Terminal,
) -> Result<Exit, Failure> {
    let published = published.with_context(|| format!("cannot write the report into {}", into.display()))?;
    tell_where(into, print, terminal)?;
    Ok(if published.check_failed { Exit::CheckFailed } else { Exit::Done })
}
