//! `reportgen embed`: keeps what a document shows of a run up to date. What stands between markers is replaced, the
//! pictures it shows are copied into a folder of the document's, and all else is left byte for byte.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, anyhow};

use super::outcome::{Exit, Failure, located};
use super::render::settings;
use crate::archive::{Loaded, files, write_atomically};
use crate::bundle;
use crate::chart;
use crate::cli::EmbedArgs;
use crate::config::Sweep;
use crate::document::{self, Fragment, MarkedPlace, MarkerFault, Picture, Pictures};
use crate::format::{command_line, percent_encoded};
use crate::input::{self, FileKind};
use crate::report::Report;
use crate::terminal::Terminal;

pub(super) fn run(arguments: &EmbedArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let document = MarkedDocument::read(&arguments.document, arguments.charts.as_deref())?;
    let run = located(&arguments.run, &arguments.folder.dir).context("cannot embed")?;
    let loaded = bundle::load(&run).context("cannot embed")?;
    let fragments = document.fragments(&loaded, settings(&loaded)?)?;
    document.spares_other_runs(&loaded)?;
    let stale = document.stale(&loaded, &fragments)?;
    let number = stale.len();
    if number == 0 {
        terminal.note(&format!("{} is up to date", document.shown));
        return Ok(Exit::Done);
    }
    for file in &stale {
        if arguments.check {
            terminal.say(&format!("stale: {}", file.what));
        } else {
            file.write()?;
            terminal.note(&format!("wrote {}", file.what));
        }
    }
    if arguments.check {
        let charts = arguments.charts.as_ref().map(|_| format!("--charts={}", document.charts.join("/")));
        let words = [document.shown.clone(), arguments.run.display().to_string()].into_iter().chain(charts);
        let words: Vec<String> = words.collect();
        terminal.say(&format!("bring it up to date with: reportgen embed {}", command_line(&words)));
        return Ok(Exit::Stale);
    }
    Ok(Exit::Done)
}

/// A document with its places.
struct MarkedDocument {
    /// As messages name it.
    shown: String,
    /// Where it is, links followed: writing must not replace a link.
    path: PathBuf,
    text: String,
    places: Vec<MarkedPlace>,
    /// Its pictures' folder, seen from its own: the names on the way, `..` among them.
    charts: Vec<String>,
}

/// A file that is not what it should be.
struct Stale {
    path: PathBuf,
    bytes: Vec<u8>,
    /// What messages call it.
    what: String,
}

impl MarkedDocument {
    fn read(path: &Path, charts: Option<&Path>) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let path = fs::canonicalize(path).with_context(|| format!("cannot read {shown}"))?;
        let charts = match charts {
            Some(folder) => names(folder)?,
            // `README-charts` for README.md.
            None => vec![format!("{}-charts", path.file_stem().unwrap_or_default().to_string_lossy())],
        };
        let bytes = input::read(&path, FileKind::Document).with_context(|| format!("cannot read {shown}"))?;
        let text = String::from_utf8(bytes)
            .map_err(|error| Failure::Usage(anyhow!("{shown} is no text: {}", error.utf8_error())))?;
        let places = document::places(&text).map_err(|faults| refused(&shown, &faults))?;
        if places.is_empty() {
            let hint = "write one as two lines, <!-- reportgen:duration --> and <!-- /reportgen -->";
            return Err(Failure::Usage(anyhow!("{shown} has no place for a picture, table or findings; {hint}")));
        }
        Ok(Self { shown, path, text, places, charts })
    }

    /// The folder of its pictures.
    fn folder(&self) -> PathBuf {
        self.charts.iter().fold(self.path.with_file_name(""), |path, name| path.join(name))
    }

    /// Pictures in a run directory have checksums: those of another run are not for this document to write.
    fn spares_other_runs(&self, loaded: &Loaded) -> Result<(), Failure> {
        let Ok(folder) = fs::canonicalize(self.folder()) else { return Ok(()) };
        let own = fs::canonicalize(loaded.directory.path()).ok();
        match folder.ancestors().take(2).find(|above| above.join(files::MANIFEST).is_file()) {
            Some(run) if own.as_deref() != Some(run) => Err(Failure::Usage(anyhow!(
                "{} belongs to the run {}, whose checksums cover its pictures; name another folder, or that run",
                self.charts.join("/"),
                run.display()
            ))),
            _ => Ok(()),
        }
    }

    /// What belongs into each place.
    fn fragments(&self, loaded: &Loaded, sweep: &Sweep) -> Result<Vec<Fragment>, Failure> {
        let report = Report::of(&loaded.run);
        let drawn = chart::draw(&report, &sweep.charts, &sweep.labels);
        let pictures = Pictures {
            drawn: drawn.figures.iter().map(Picture::unpainted).collect(),
            themes: &sweep.output.themes,
            formats: &sweep.output.formats,
            refused: &drawn.refused,
        };
        let folder = self.charts.iter().map(|name| percent_encoded(name)).collect::<Vec<_>>().join("/");
        let (mut fragments, mut faults) = (Vec::new(), Vec::new());
        for place in &self.places {
            match document::fragment(&report, &pictures, &place.name, &folder) {
                Ok(fragment) => fragments.push(fragment),
                Err(problem) => faults.push(MarkerFault { line: place.line, problem }),
            }
        }
        if faults.is_empty() { Ok(fragments) } else { Err(refused(&self.shown, &faults)) }
    }

    /// Files that have to be written: pictures first, so that the document never shows one that is not there.
    fn stale(&self, loaded: &Loaded, fragments: &[Fragment]) -> anyhow::Result<Vec<Stale>> {
        let folder = self.folder();
        let mut names: Vec<&String> = fragments.iter().flat_map(|fragment| &fragment.files).collect();
        names.sort_unstable();
        names.dedup();
        // What the document shows right out of the run needs no copy, and none may bring back a run that is removed now.
        let own = fs::canonicalize(loaded.directory.file(files::CHARTS)).ok();
        let is_own = own.is_some() && fs::canonicalize(&folder).ok() == own;
        let mut stale = Vec::new();
        for name in names {
            let run = &loaded.directory;
            let source = format!("{}/{name}", files::CHARTS);
            let bytes = run
                .folder()
                .read(&source, FileKind::Rendered)
                .with_context(|| format!("cannot read {source} of the run"))?;
            let bytes = bytes.ok_or_else(|| {
                let (missing, run) = (run.file(&source), run.path());
                anyhow!("{} is not there; `reportgen render {}` draws it", missing.display(), run.display())
            })?;
            let path = folder.join(name);
            if !is_own && input::read(&path, FileKind::Rendered).ok().as_ref() != Some(&bytes) {
                stale.push(Stale { path, bytes, what: format!("{}/{name}", self.charts.join("/")) });
            }
        }
        let contents: Vec<String> = fragments.iter().map(|fragment| fragment.text.clone()).collect();
        let text = document::fill(&self.text, &self.places, &contents);
        if text != self.text {
            stale.push(Stale { path: self.path.clone(), bytes: text.into_bytes(), what: self.shown.clone() });
        }
        Ok(stale)
    }
}

impl Stale {
    /// Writes the file; one that was there keeps its permissions.
    fn write(&self) -> anyhow::Result<()> {
        let before = fs::metadata(&self.path).map(|metadata| metadata.permissions());
        write_atomically(&self.path, &self.bytes)?;
        if let Ok(permissions) = before {
            let path = self.path.display();
            fs::set_permissions(&self.path, permissions)
                .with_context(|| format!("cannot set permissions of {path}"))?;
        }
        Ok(())
    }
}

/// A folder as an address sees it: whatever links there are, `name/..` is nothing.
fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut names: Vec<String> = Vec::new();
    for part in folder.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if names.last().is_some_and(|last| last != "..") => drop(names.pop()),
            Component::ParentDir => names.push("..".to_owned()),
            Component::Normal(name) => names.push(name.to_string_lossy().into_owned()),
            Component::RootDir | Component::Prefix(_) => {
                let folder = folder.display();
                return Err(Failure::Usage(anyhow!(
                    "--charts {folder}: name a folder as the document sees it, such as `charts` or `../pictures`"
                )));
            }
        }
    }
    if names.is_empty() {
        names.push(".".to_owned());
    }
    Ok(names)
}

fn refused(document: &str, faults: &[MarkerFault]) -> Failure {
    let lines: Vec<String> = faults.iter().map(|fault| format!("{document}, {fault}")).collect();
    Failure::Usage(anyhow!("{}; the document is left as it is", lines.join("\n")))
}
