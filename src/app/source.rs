//! Where a config comes from, and the sweep that it and the command line ask for.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use super::Failure;

use crate::chart;
use crate::cli::SweepArgs;
use crate::config::{self, Known, Masked, Output, Overrides, Sweep};
use crate::input::{self, FileKind};
use crate::model::figure::Format;
use crate::model::parse_duration;
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

    /// The sweep that the config alone asks for.
    pub(super) fn config(&self) -> Result<Sweep, Failure> {
        config::load_bytes(&self.bytes, &self.origin, &Known { charts: &chart::kinds() })
            .map_err(|complaints| Failure::Complaints(complaints.render(Terminal::shows_colour())))
    }

    /// The sweep that the config and the command line ask for.
    pub(super) fn sweep(&self, arguments: &SweepArgs) -> Result<Sweep, Failure> {
        let sweep = self.config()?;
        let overrides = overrides(arguments)?;
        sweep.apply(overrides).map_err(|faults| Failure::Usage(faults.into()))
    }
}

/// Where a config lies; standard input and a bare name lie here.
pub(super) fn folder_of(config: &Path) -> PathBuf {
    config.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// How pictures are written where no config says it.
pub(super) fn default_output() -> Result<Output, Failure> {
    let sweep = config::load(config::REFERENCE, "the reference config", &Known { charts: &chart::kinds() });
    sweep.map(|sweep| sweep.output).map_err(|complaints| Failure::Complaints(complaints.render(false)))
}

fn overrides(arguments: &SweepArgs) -> Result<Overrides, Failure> {
    let delay = arguments.delay.as_deref().map(parse_duration).transpose();
    let requests = arguments.requests.as_deref().map(config::parse_requests).transpose();
    Ok(Overrides {
        only: arguments.only.clone(),
        skip: arguments.skip.clone(),
        requests: requests.map_err(|error| Failure::Usage(anyhow!("--requests: {error}")))?,
        repeats: arguments.repeats,
        seed: arguments.seed,
        delay: delay.map_err(|error| Failure::Usage(anyhow!("--delay: {error}")))?,
        formats: formats(arguments.formats.as_deref())?,
        output_dir: arguments.output_dir.clone(),
    })
}

/// `--formats` as formats.
pub(super) fn formats(words: Option<&[String]>) -> Result<Option<Vec<Format>>, Failure> {
    let Some(words) = words else { return Ok(None) };
    let parse = |word: &String| {
        Format::parse(word.trim()).ok_or_else(|| Failure::Usage(anyhow!("--formats: {word:?} is neither svg nor png")))
    };
    let mut formats = words.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    formats.sort_unstable();
    formats.dedup();
    Ok(Some(formats))
}
