//! `reportgen verify`: are the run's files the ones that were written, and do the derived ones follow from its data?

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::outcome::{Exit, Failure, located};
use super::publish::Publisher;
use super::render::settings;
use crate::archive::{self, Derived, Deviation, Folder, Loaded, Rendering, RunDirectory, files};
use crate::bundle;
use crate::cli::{OutputFormat, VerifyArgs};
use crate::format::{shown, visible_line};
use crate::input::FileKind;
use crate::model::figure::Format;
use crate::paint::Fonts;
use crate::terminal::Terminal;

pub(super) fn run(arguments: &VerifyArgs, terminal: Terminal) -> Result<Exit, Failure> {
    // All are looked for before the first is read.
    let found = arguments.runs.iter().map(|run| located(run, &arguments.folder.dir));
    let found = found.collect::<Result<Vec<_>, _>>().context("cannot verify")?;
    let mut all_are = true;
    for path in &found {
        let name = (found.len() > 1).then_some(path.as_path());
        all_are &= is_as_written(path, name, terminal)?;
    }
    Ok(if all_are { Exit::Done } else { Exit::Deviates })
}

/// Whether a run is as it was written; prints what is not, behind the run's `name` where there are several.
fn is_as_written(path: &Path, name: Option<&Path>, terminal: Terminal) -> Result<bool, Failure> {
    let directory = bundle::open(path).context("cannot verify")?;
    let mut found = archive::verify(&directory).context("cannot verify")?;
    if found.iter().any(|deviation| files::is_measured(&deviation.file) || deviation.file == files::MANIFEST) {
        terminal.note("the derived files are checked against their checksums only: the data differs from its own");
    } else {
        let drawn = derived(&directory, terminal)?;
        let known: BTreeSet<String> = found.iter().map(|deviation| deviation.file.clone()).collect();
        found.extend(drawn.into_iter().filter(|deviation| !known.contains(&deviation.file)));
    }
    directory.check_there().context("cannot verify")?;
    if found.is_empty() {
        let count = directory.list().context("cannot verify")?.len() + 1;
        let text = format!("{}: all {count} files are as they were written\n", path.display());
        terminal.confirmation(&text).context("cannot write to standard output")?;
    }
    let name = name.map_or_else(String::new, |name| format!("{}: ", name.display()));
    let text: String = found.iter().map(|deviation| format!("{name}{}\n", line(deviation))).collect();
    terminal.result(&text).context("cannot write to standard output")?;
    Ok(found.is_empty())
}

fn line(deviation: &Deviation) -> String {
    format!("{}: {}", shown(&deviation.file, 200), shown(&deviation.problem, 400))
}

/// The derived files that are not what this program makes of the run's data; none where it is not the one that made them.
fn derived(directory: &RunDirectory, terminal: Terminal) -> Result<Vec<Deviation>, Failure> {
    let loaded = Loaded::of(directory).context("cannot verify")?;
    let rendering = rendering(&loaded);
    let here = Rendering::here(&[]);
    if !rendering.is_of_same_program(&here) {
        let (then, now) = (rendering.program(), here.program());
        terminal.note(&format!(
            "the derived files are checked against their checksums only: {then} made them, this is {now}"
        ));
        return Ok(Vec::new());
    }
    let (folder_of_run, sweep) = (loaded.directory.path(), settings(&loaded)?);
    let mut output = sweep.output.clone();
    output.formats = rendering.formats.iter().filter_map(|word| Format::parse(word)).collect();
    if output.fonts.iter().any(|font| !folder_of_run.join(font).is_file()) {
        terminal.note("the derived files are checked against their checksums only: fonts of the config are not here");
        return Ok(Vec::new());
    }
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let (fonts_from, print) = (folder_of_run, OutputFormat::Text);
    let (run, charts, labels) = (&loaded.run, &sweep.charts, &sweep.labels);
    let drawn = Arc::new(Folder::open(folder.path()).context("cannot verify")?);
    let publisher = Publisher { run, charts, labels, output: &output, fonts_from, print };
    publisher.publish(Derived::passing(drawn.clone()), terminal.quietly()).context("cannot draw the run again")?;
    let mut found = compared(&loaded, &drawn).context("cannot verify")?;
    if needs_system_fonts(&loaded) {
        let before = found.len();
        found.retain(|deviation| !deviation.file.ends_with(".png"));
        if found.len() < before {
            terminal.note("PNG pictures differ: their labels have characters of this system's fonts");
        }
    }
    Ok(found)
}

/// How the derived files were made. A run of schema 1 does not tell; its pictures do.
fn rendering(loaded: &Loaded) -> Rendering {
    loaded.manifest.rendering.clone().unwrap_or_else(|| {
        let has = |format: &&Format| {
            let ending = format!(".{}", format.as_str());
            loaded.manifest.files.keys().any(|name| name.ends_with(&ending))
        };
        let formats = [Format::Svg, Format::Png];
        Rendering {
            tool_version: loaded.manifest.tool_version.clone(),
            build: archive::Build::default(),
            formats: formats.iter().filter(has).map(|format| format.as_str().to_owned()).collect(),
        }
    })
}

fn compared(loaded: &Loaded, drawn: &Folder) -> anyhow::Result<Vec<Deviation>> {
    let made: BTreeSet<String> = drawn.contents()?.files.into_iter().collect();
    let known = loaded.manifest.files.keys().filter(|name| !files::is_measured(name));
    let known: BTreeSet<String> = known.cloned().collect();
    let mut found = Vec::new();
    for name in made.union(&known) {
        let there = loaded.directory.folder().read(name, FileKind::Rendered);
        let problem = match (made.contains(name), there) {
            (true, Ok(Some(there))) => {
                let fresh = drawn.read(name, FileKind::Rendered)?;
                (fresh.as_ref() != Some(&there)).then_some("is not what `render` makes of the run's data")
            }
            (true, _) => Some("is not there, and `render` makes it"),
            (false, _) => Some("is nothing that `render` makes of the run's data"),
        };
        found.extend(problem.map(|problem| Deviation::of(name, problem)));
    }
    Ok(found)
}

/// Whether labels may have characters that the bundled font lacks: PNG then depends on the fonts of the system.
fn needs_system_fonts(loaded: &Loaded) -> bool {
    let bundled = Fonts::bundled();
    let names = loaded.run.strategies.iter().map(|line| line.name.as_str());
    let texts = names.chain([loaded.manifest.settings.title.as_str(), loaded.config.as_str()]);
    texts.map(visible_line).any(|text| text.chars().any(|c| !bundled.has(c)))
}
