//! Where a config comes from, and the sweep that it and the command line ask for.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use super::outcome::Failure;

use crate::chart;
use crate::cli::SweepArgs;
use crate::config::{self, Known, Masked, Output, Overlay, Sweep};
use crate::input::{self, FileKind};
use crate::model::figure::Format;
use crate::terminal::Terminal;

/// A config as it was given.
pub(super) struct Source {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What messages call it.
    pub origin: String,
    /// Names the run directory.
    pub stem: String,
    /// What relative paths in it are relative to.
    pub folder: PathBuf,
    /// What working directories of commands are relative to: the folder of the config that was given, even where this
    /// is its archived copy.
    pub programs_from: PathBuf,
    /// As the command line names it; `None` for standard input.
    pub path: Option<String>,
}

impl Source {
    /// Reads a config; `-` is standard input.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            input::limited(std::io::stdin(), FileKind::Config)
                .read_to_end(&mut bytes)
                .context("cannot read the config from standard input")
                .map_err(Failure::Usage)?;
            let origin = "<standard input>".to_owned();
            return Ok(Self {
                bytes,
                origin,
                stem: "sweep".to_owned(),
                folder: PathBuf::from("."),
                programs_from: PathBuf::from("."),
                path: None,
            });
        }
        let shown = path.display();
        let bytes = input::read_argument(path, FileKind::Config).map_err(|error| {
            let hint = match error.kind() {
                ErrorKind::NotFound => format!("; `reportgen init {shown}` writes one"),
                _ if path.is_dir() => "; name the file in it".to_owned(),
                ErrorKind::InvalidInput => "; `--config -` reads standard input".to_owned(),
                _ => String::new(),
            };
            Failure::Usage(anyhow!(error).context(format!("cannot read the config {shown}{hint}")))
        })?;
        let folder = folder_of(path);
        let stem = path.file_stem().map_or_else(|| "sweep".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let path = Some(shown.to_string());
        Ok(Self { bytes, origin: shown.to_string(), stem, programs_from: folder.clone(), folder, path })
    }

    /// The copy that a run keeps: without secrets.
    pub(super) fn masked(&self) -> Masked {
        config::mask(&String::from_utf8_lossy(&self.bytes))
    }

    /// The sweep that the config and the command line ask for.
    pub(super) fn sweep(&self, arguments: &SweepArgs) -> Result<Sweep, Failure> {
        config::load_bytes(
            &self.bytes,
            &self.origin,
            &Known { charts: &chart::kinds(), article_names: false },
            &overlay(arguments),
        )
        .map_err(|diagnostics| Failure::Diagnostics(diagnostics.render(Terminal::shows_colour())))
    }
}

/// Where a config lies; standard input and a bare name lie here.
pub(super) fn folder_of(config: &Path) -> PathBuf {
    config.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// How pictures are written where no config says it.
pub(super) fn default_output() -> Result<Output, Failure> {
    let sweep = config::load(
        config::REFERENCE,
        "the reference config",
        &Known { charts: &chart::kinds(), article_names: false },
    );
    sweep.map(|sweep| sweep.output).map_err(|diagnostics| Failure::Diagnostics(diagnostics.render(false)))
}

/// The same in these formats, each once, where there are any.
pub(super) fn with_formats(output: Output, formats: Option<&[Format]>) -> Output {
    let Some(formats) = formats else { return output };
    let formats: BTreeSet<Format> = formats.iter().copied().collect();
    Output { formats: formats.into_iter().collect(), ..output }
}

fn overlay(arguments: &SweepArgs) -> Overlay {
    Overlay {
        only: arguments.only.clone(),
        skip: arguments.skip.clone(),
        requests: arguments.requests.clone(),
        repeats: arguments.repeats,
        seed: arguments.seed,
        delay: arguments.delay,
        url: arguments.url.clone(),
        formats: arguments.formats.clone(),
        output_dir: arguments.output_dir.clone(),
    }
}
