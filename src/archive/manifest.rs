//! manifest.json: what is known about a run beside its rows. It is written when the run starts and again when it ends,
//! then with the checksum of every other file.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::build::{Build, Rendering};
use super::checksums::{checksum, with_own_checksum};
use super::error::ArchiveError;
use super::files;
use super::folder::Folder;
use super::layout::RunDirectory;
use super::machine::{Git, Machine};
use super::older;
use super::references::ManifestReference;
use super::writer::{FolderWriter, json_text};
use crate::config::Sweep;
use crate::input::FileKind;
use crate::model::{Conditions, DelayEstimate, Nanos, NotRun, TargetEstimate, TargetSeen};

/// Schema of manifest.json. Older ones are read, newer ones refused.
const SCHEMA_VERSION: u32 = 3;

/// Changes when numbers measured before and after can no longer be put into one run.
pub const MEASURING_VERSION: u32 = 1;

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// Under way, or ended without a word.
    Running,
    /// Ended by a signal or an error; can be resumed.
    Interrupted,
    /// All samples of the plan are there.
    Finished,
}

/// What is known of a target beside its config.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetRecord {
    /// What a single request to it takes, estimated before the sweep.
    #[serde(default)]
    pub estimate: Option<DelayEstimate>,
    /// Its median in seconds, over kept connections where the sweep keeps any.
    #[serde(default)]
    pub estimated_delay_s: Option<f64>,
    /// The same after it.
    #[serde(default)]
    pub estimated_delay_after_s: Option<f64>,
    /// What it said of itself before the sweep.
    #[serde(default)]
    pub target_seen: Option<TargetSeen>,
}

/// The content of manifest.json.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// Schema of this file.
    pub schema_version: u32,
    /// Schema of raw.csv.
    pub raw_schema_version: u32,
    /// Schema of requests.csv.
    pub requests_schema_version: u32,
    /// The folder's name when it was made.
    pub run_id: String,
    /// How far the run has come.
    pub status: RunStatus,
    /// Version of the program that measured.
    pub tool_version: String,
    /// Version of its way to measure.
    pub measuring_version: u32,
    /// The command, word by word, for people.
    pub command_line: Vec<String>,
    /// The config, as the command line named it: what working directories of programs are relative to. Absent for standard
    /// input. Since schema 3.
    #[serde(default)]
    pub config_file: Option<String>,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// RFC 3339, UTC; absent while the run is under way.
    pub ended_at: Option<String>,
    /// Seconds from start to end by the monotonic clock; absent where the run was resumed.
    #[serde(default)]
    pub elapsed_s: Option<f64>,
    /// Samples that the plan holds; once the run is finished, those that it took.
    pub planned_samples: u32,
    /// Cells of the config that were not run, with the reason.
    #[serde(default)]
    pub not_run: Vec<NotRun>,
    /// SHA-256 of config.toml as it is archived, secrets masked.
    pub config_sha256: String,
    /// What a single request to a `url` takes, estimated before the sweep. Runs of before have only the next field.
    #[serde(default)]
    pub estimate: Option<DelayEstimate>,
    /// Its median in seconds, over kept connections where the sweep keeps any.
    #[serde(default)]
    pub estimated_delay_s: Option<f64>,
    /// The same after it.
    #[serde(default)]
    pub estimated_delay_after_s: Option<f64>,
    /// What the fields above and `target_seen` tell of one target, of each of several, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub targets: BTreeMap<String, TargetRecord>,
    /// What was measured, and how it is drawn: config and command line together, every default filled in, without secrets.
    /// Since schema 3; of older runs it is made of their config.
    pub settings: Sweep,
    /// Why the config of an older run can no longer be read: then `settings` are no more than what its manifest told.
    #[serde(skip)]
    pub unreadable: Option<String>,
    /// What the `version-command` of a strategy told, by the strategy's name. Since schema 3.
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
    /// The machine when the run started.
    pub machine: Machine,
    /// The machine when the run ended.
    #[serde(default)]
    pub machine_after: Option<Machine>,
    /// The source tree that the config lies in.
    #[serde(default)]
    pub git: Option<Git>,
    /// Lines that were measured elsewhere; their tables are in the run directory.
    #[serde(default)]
    pub references: Vec<ManifestReference>,
    /// The build of the program that measured; since schema 2.
    #[serde(default)]
    pub build: Option<Build>,
    /// What the target said of itself before the sweep; absent where no server was asked, or none answered in time. Since
    /// schema 2.
    #[serde(default)]
    pub target_seen: Option<TargetSeen>,
    /// How the derived files were made; absent while there are none. Since schema 2.
    #[serde(default)]
    pub rendering: Option<Rendering>,
    /// SHA-256 of every other file by its path, tags.json excepted; empty for a derived file that is being made.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// SHA-256 of this file as it is with nothing between these quotes. The last field; since schema 2.
    #[serde(default)]
    pub manifest_sha256: String,
}

impl Manifest {
    /// What is known of a target, by its name where there are several.
    #[must_use]
    pub fn record_of(&self, target: Option<&str>) -> TargetRecord {
        match target {
            Some(name) => self.targets.get(name).cloned().unwrap_or_default(),
            None => TargetRecord {
                estimate: self.estimate,
                estimated_delay_s: self.estimated_delay_s,
                estimated_delay_after_s: self.estimated_delay_after_s,
                target_seen: self.target_seen.clone(),
            },
        }
    }

    /// Keeps what is known of a target.
    pub fn set_record(&mut self, target: Option<&str>, record: TargetRecord) {
        let Some(name) = target else {
            self.estimate = record.estimate;
            self.estimated_delay_s = record.estimated_delay_s;
            self.estimated_delay_after_s = record.estimated_delay_after_s;
            self.target_seen = record.target_seen;
            return;
        };
        self.targets.insert(name.to_owned(), record);
    }

    /// What single requests took, of each target that was estimated.
    pub(super) fn estimates(&self) -> Vec<TargetEstimate> {
        let of = |name: Option<&str>| {
            let record = self.record_of(name);
            TargetEstimate {
                target: name.map(str::to_owned),
                before: record.estimated_delay_s.map(Nanos::from_secs_f64),
                after: record.estimated_delay_after_s.map(Nanos::from_secs_f64),
                times: record.estimate,
            }
        };
        let all = self.settings.target.iter().map(|(name, _)| of(name));
        all.filter(|estimate| estimate.before.is_some() || estimate.times.is_some()).collect()
    }

    /// What else went on while the run was measured.
    #[must_use]
    pub fn conditions(&self) -> Conditions {
        let (before, after) = (&self.machine, self.machine_after.as_ref());
        let steal = after.and_then(|after| Some(after.steal_s? - before.steal_s?));
        let wall = || {
            let start: jiff::Timestamp = self.started_at.parse().ok()?;
            let end: jiff::Timestamp = self.ended_at.as_ref()?.parse().ok()?;
            Some((end.as_nanosecond() - start.as_nanosecond()) as f64 / 1e9)
        };
        let retransmits = after.and_then(|after| after.syn_retransmits?.checked_sub(before.syn_retransmits?));
        Conditions {
            syn_retransmits: retransmits.filter(|_| self.elapsed_s.is_some()),
            load_average: before.load_average.map(|[minute, ..]| minute),
            cores: before.cores,
            steal_s: steal.filter(|_| self.elapsed_s.is_some()),
            elapsed_s: self.elapsed_s,
            clock_step_s: self.elapsed_s.and_then(|elapsed| Some(wall()? - elapsed)),
        }
    }

    /// Versions of everything that this program writes: of the manifest, of raw.csv, of requests.csv.
    #[must_use]
    pub const fn schema_versions() -> [u32; 3] {
        [SCHEMA_VERSION, 3, 1]
    }

    /// Reads the manifest of a run.
    ///
    /// # Errors
    /// When it is missing, no manifest, or of a newer schema.
    pub fn read(directory: &RunDirectory) -> Result<Self, ArchiveError> {
        Self::read_from(directory, files::MANIFEST)
    }

    /// The same where the manifest has another name.
    pub(crate) fn read_from(directory: &RunDirectory, name: &str) -> Result<Self, ArchiveError> {
        let (manifest, unreadable) = read_manifest::<Self>(directory, name)?;
        Ok(Self { unreadable, ..manifest })
    }

    /// Writes the manifest of a run, in place of the one before. It is of this program's schema then.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, directory: &RunDirectory) -> Result<(), ArchiveError> {
        let manifest = Self { schema_version: SCHEMA_VERSION, manifest_sha256: String::new(), ..self.clone() };
        let text = json_text(&directory.file(files::MANIFEST), &manifest)?;
        let writer = FolderWriter::of(directory.folder().clone());
        writer.write(files::MANIFEST, with_own_checksum(text).as_bytes())?;
        writer.finish()
    }

    /// Takes the checksum of every file that was measured and has none yet. One that has keeps it: drawing again must not
    /// make changed rows good.
    ///
    /// # Errors
    /// When a file cannot be read.
    fn add_measured(&mut self, directory: &RunDirectory) -> Result<(), ArchiveError> {
        let mut names = directory.list()?;
        names.retain(|name| files::is_measured(name));
        // What is gone has none.
        self.files.retain(|name, _| !files::is_measured(name) || names.contains(name));
        names.retain(|name| !self.files.contains_key(name));
        self.files.extend(checksums(directory, names)?);
        Ok(())
    }

    /// The same, and writes the manifest.
    ///
    /// # Errors
    /// When a file cannot be read or the manifest not be written.
    pub fn record_measured(&mut self, directory: &RunDirectory) -> Result<(), ArchiveError> {
        self.add_measured(directory)?;
        self.write(directory)
    }

    /// Takes the checksums of what was measured, where they are missing, and of all derived files that were made, and
    /// writes the manifest.
    ///
    /// # Errors
    /// When a file cannot be read or the manifest not be written.
    pub fn record_checksums(&mut self, directory: &RunDirectory) -> Result<(), ArchiveError> {
        self.add_measured(directory)?;
        let derived = self.files.keys().filter(|name| !files::is_measured(name)).cloned().collect();
        self.files.extend(checksums(directory, derived)?);
        self.write(directory)
    }

    /// The checksums of a copy of this run in another folder; `None` where there is none.
    pub(super) fn files_of_copy(&self, folder: &Arc<Folder>) -> Option<BTreeMap<String, String>> {
        let there = Self::read(&RunDirectory::of(folder.clone())).ok()?;
        let run =
            |manifest: &Self| (manifest.run_id.clone(), manifest.started_at.clone(), manifest.config_sha256.clone());
        (run(&there) == run(self)).then_some(there.files)
    }

    /// Whether an interrupted run may be continued by this program with this config.
    ///
    /// # Errors
    /// Naming what differs.
    pub fn check_resumable(&self, directory: &RunDirectory) -> Result<(), ArchiveError> {
        let refuse =
            |why: String| Err(ArchiveError::Refused { verb: "resume", path: directory.shown().to_owned(), why });
        if self.measuring_version != MEASURING_VERSION {
            return refuse(format!(
                "it was measured by reportgen {} (measuring method {}), this one measures by method {MEASURING_VERSION}; \
                 start a new run",
                self.tool_version, self.measuring_version
            ));
        }
        if self.raw_schema_version > Self::schema_versions()[1] {
            return refuse(format!("its raw.csv is of schema {}; take a newer program", self.raw_schema_version));
        }
        let now = checksum(directory.folder(), files::CONFIG)?;
        if now != self.config_sha256 {
            return refuse("its config.toml has been changed since; restore it or start a new run".to_owned());
        }
        Ok(())
    }
}

fn checksums(directory: &RunDirectory, names: Vec<String>) -> Result<Vec<(String, String)>, ArchiveError> {
    names.into_par_iter().map(|name| checksum(directory.folder(), &name).map(|sum| (name, sum))).collect()
}

/// Reads what `T` holds of a manifest; all else in it is passed over. For a run of schema 1 or 2, also why its config can
/// no longer be read.
pub(crate) fn read_manifest<T: DeserializeOwned>(
    directory: &RunDirectory,
    name: &str,
) -> Result<(T, Option<String>), ArchiveError> {
    #[derive(Deserialize)]
    struct SchemaVersion {
        schema_version: Option<u32>,
    }
    let (folder, path) = (directory.folder(), directory.file(name));
    let missing = || ArchiveError::NotARun { path: directory.shown().to_owned(), missing: files::MANIFEST };
    let text = folder.read(name, FileKind::Manifest)?.ok_or_else(missing)?;
    let wrong = |error: serde_json::Error| ArchiveError::content(&path, error.to_string());
    let version = match serde_json::from_slice(&text) {
        Ok(SchemaVersion { schema_version }) => schema_version,
        Err(error) if error.is_data() => None,
        Err(error) => return Err(ArchiveError::content(&path, format!("not JSON: {error}"))),
    };
    match version {
        None => Err(ArchiveError::content(&path, "no schema_version, so it is not a run's manifest")),
        Some(found) if found > SCHEMA_VERSION => Err(ArchiveError::NewerSchema { path, found, known: SCHEMA_VERSION }),
        Some(1 | 2) => {
            let mut value = serde_json::from_slice(&text).map_err(wrong)?;
            let unreadable =
                older::convert(&mut value, folder).map_err(|problem| ArchiveError::content(&path, problem))?;
            Ok((serde_json::from_value(value).map_err(wrong)?, unreadable))
        }
        Some(_) => Ok((serde_json::from_slice(&text).map_err(wrong)?, None)),
    }
}
