//! A small run on disk for tests: two strategies at two counts, with checksums.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Build, Journal, MEASURING_VERSION, Machine, Manifest, RunDirectory, RunStatus, checksum, files};
use crate::config::{self, Known, Sweep};
use crate::rows::testkit::{outcome, sample};
use crate::strategy::StrategySpec;

const CONFIG: &str = "[target]\ndelay = \"100ms\"\n[sweep]\nrequests = [1, 3]\nrepeats = 2\n";

const DERIVED: [&str; 2] = ["summary.csv", "charts/duration.svg"];

/// The manifest of a finished run of eight samples.
pub(crate) fn manifest(directory: &RunDirectory) -> Manifest {
    let strategy = |name: &str| StrategySpec {
        name: name.to_owned(),
        ..StrategySpec::by_default("thread-pool").expect("a built-in kind")
    };
    let settings = config::load(CONFIG, "config.toml", &Known::default()).expect("a right config");
    let strategies = vec![strategy("plain"), strategy("a,\"b\"")];
    let [schema_version, raw_schema_version, requests_schema_version] = Manifest::schema_versions();
    Manifest {
        schema_version,
        raw_schema_version,
        requests_schema_version,
        run_id: directory.id().to_owned(),
        status: RunStatus::Finished,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        measuring_version: MEASURING_VERSION,
        command_line: vec!["reportgen".to_owned()],
        config_file: None,
        started_at: "2026-11-22T18:30:00.000Z".to_owned(),
        ended_at: Some("2026-11-22T18:30:10.000Z".to_owned()),
        elapsed_s: Some(10.0),
        planned_samples: 8,
        not_run: Vec::new(),
        config_sha256: checksum(directory.folder(), files::CONFIG).unwrap(),
        estimate: None,
        estimated_delay_s: None,
        estimated_delay_after_s: None,
        targets: BTreeMap::new(),
        settings: Sweep { title: "Small".to_owned(), strategies, ..settings },
        unreadable: None,
        versions: BTreeMap::new(),
        machine: Machine::default(),
        machine_after: None,
        git: None,
        references: Vec::new(),
        build: Some(Build::this()),
        target_seen: None,
        rendering: None,
        files: BTreeMap::new(),
        manifest_sha256: String::new(),
    }
}

/// Makes the run below `parent`; its derived files are not what `render` would make.
pub(crate) fn small_run(parent: &Path) -> RunDirectory {
    let (directory, _lock) = RunDirectory::create(parent, "small", "2026-11-22T18:30:00Z".parse().unwrap()).unwrap();
    super::FolderWriter::of(directory.folder().clone()).write(files::CONFIG, CONFIG.as_bytes()).unwrap();
    let mut journal = Journal::create(directory.folder(), crate::model::RequestFile::Csv).unwrap();
    for repeat in 1..=2 {
        for name in ["plain", "a,\"b\""] {
            for requests in [1, 3] {
                let outcomes: Vec<_> = (0..requests).map(outcome).collect();
                journal.append(&sample(name, requests, repeat), &outcomes).unwrap();
            }
        }
    }
    for name in DERIVED {
        super::FolderWriter::of(directory.folder().clone()).write(name, b"derived\n").unwrap();
    }
    let mut manifest = manifest(&directory);
    manifest.files.extend(DERIVED.map(|name| (name.to_owned(), String::new())));
    manifest.record_checksums(&directory).unwrap();
    directory.become_latest().unwrap();
    directory
}

/// Changes a run's manifest and takes the missing checksums.
pub(crate) fn rewritten(directory: &RunDirectory, change: impl FnOnce(&mut Manifest)) {
    let mut manifest = Manifest::read(directory).unwrap();
    change(&mut manifest);
    manifest.record_checksums(directory).unwrap();
}
