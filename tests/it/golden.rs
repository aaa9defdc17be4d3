//! Runs that were recorded once and must load, verify and be drawn for ever; and the schema that every manifest keeps.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jsonschema::Validator;
use reportgen::archive::{self, RunDirectory, RunStatus};
use reportgen::bundle;
use serde_json::Value;

use crate::test_directory::TestDirectory;

fn root(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Every recorded run, a folder for each schema of the manifest.
const GOLDEN: [&str; 3] = ["tests/golden/schema-1", "tests/golden/schema-2", "tests/golden/schema-3"];

/// Holds a manifest of this version's schema against the published schema; older ones had none.
pub(crate) fn assert_matches_schema(path: &Path) {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    let Ok(manifest) = serde_json::from_slice::<Value>(&fs::read(path).unwrap()) else { return };
    if manifest["schema_version"] != archive::Manifest::schema_versions()[0] {
        return;
    }
    let validator = VALIDATOR.get_or_init(|| jsonschema::validator_for(&archive::schema()).unwrap());
    let problems: Vec<String> =
        validator.iter_errors(&manifest).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(problems.is_empty(), "{}: {problems:?}", path.display());
}

#[test]
fn recorded_runs_of_every_schema_load_and_verify() {
    for (folder, schema) in GOLDEN.into_iter().zip(1..) {
        let loaded = bundle::load(&root(folder)).unwrap();
        assert_eq!((loaded.manifest.schema_version, loaded.manifest.status), (schema, RunStatus::Finished), "{folder}");
        let run = &loaded.run;
        assert_eq!(run.facts.title, "Golden", "{folder}");
        let names: Vec<&str> = run.strategies.iter().map(|line| line.name.as_str()).collect();
        assert_eq!((names, run.counts.as_slice()), (vec!["single_thread", "async_get"], &[2, 5][..]), "{folder}");
        assert_eq!((run.samples.len(), run.requests.len()), (8, 4), "{folder}");
        assert!(run.samples.iter().all(|row| row.ideal_s.is_some() && row.duration_s > row.ideal_s), "{folder}");
        let directory = RunDirectory::open(&root(folder)).unwrap();
        assert_eq!(archive::verify(&directory).unwrap(), [], "{folder}");
    }
}

/// The three were measured by the same config.
#[test]
fn recorded_runs_of_every_schema_have_the_same_settings() {
    let settings = |folder: &str| {
        let settings = bundle::load(&root(folder)).unwrap().manifest.settings;
        serde_json::to_value(settings).unwrap()
    };
    let newest = settings(GOLDEN[2]);
    for folder in &GOLDEN[..2] {
        let mut older = settings(folder);
        older["output"]["dir"] = newest["output"]["dir"].clone();
        assert_eq!(older, newest, "{folder}");
    }
}

#[test]
fn recorded_runs_are_drawn_by_this_version_and_then_verify_in_full() {
    let place = TestDirectory::new();
    for folder in GOLDEN {
        let output = place.run(&["render", root(folder).to_str().unwrap(), "-q", "-o", "drawn"]);
        assert_eq!(output.code, Some(0), "{folder}: {}", output.stderr);
        let verified = place.run(&["verify", "drawn"]);
        assert_eq!(verified.code, Some(0), "{folder}: {}{}", verified.stdout, verified.stderr);
        assert!(verified.stdout.contains("files are as they were written"), "{folder}");
        assert!(verified.stderr.is_empty(), "{folder}");
        fs::remove_dir_all(place.path("drawn")).unwrap();
    }
}

#[test]
fn a_newer_schema_is_refused_by_number() {
    let place = TestDirectory::new();
    fs::create_dir(place.path("newer")).unwrap();
    let text = fs::read_to_string(root(GOLDEN[1]).join("manifest.json")).unwrap();
    place.write("newer/manifest.json", text.replacen("\"schema_version\": 2", "\"schema_version\": 99", 1));
    for command in ["verify", "render", "pack"] {
        let output = place.run(&[command, "newer"]);
        assert_eq!(output.code, Some(3), "{command}");
        assert!(output.stderr.contains("schema version 99; this program reads up to"), "{command}: {}", output.stderr);
    }
}

#[test]
fn the_schema_of_the_manifest_is_published_and_kept() {
    let place = TestDirectory::new();
    let published: Value = serde_json::from_str(&place.run(&["schema", "manifest"]).stdout).unwrap();
    assert_eq!(published, archive::schema());
    assert_eq!(place.run(&["schema", "config"]).stdout, place.run(&["schema"]).stdout);
    let mut wrong: Value = serde_json::from_slice(&fs::read(root(GOLDEN[2]).join("manifest.json")).unwrap()).unwrap();
    assert_eq!(wrong["schema_version"], published["properties"]["schema_version"]["const"]);
    assert!(jsonschema::is_valid(&published, &wrong));
    wrong["settings"]["seed"] = "one".into();
    assert!(!jsonschema::is_valid(&published, &wrong), "the schema says something");
    wrong["settings"]["seed"] = 1.into();
    assert!(jsonschema::is_valid(&published, &wrong));
    wrong.as_object_mut().unwrap().remove("machine");
    assert!(!jsonschema::is_valid(&published, &wrong), "what every manifest has is asked for");
}
