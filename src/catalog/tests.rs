//! Folders of small runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{Listing, scan};
use crate::archive::testkit::{rewritten, small_run};
use crate::archive::{Loaded, RunDirectory, files, set_tags};
use crate::bundle::pack;
use crate::model::{Nanos, SampleStatus};
use crate::report::{Cell, cells};

fn names(listing: &Listing) -> Vec<&str> {
    listing.runs.iter().map(|run| run.name.as_str()).collect()
}

/// Three runs: the first of a later day than the others.
fn archive(parent: &Path) -> [RunDirectory; 3] {
    let runs = [small_run(parent), small_run(parent), small_run(parent)];
    rewritten(&runs[0], |manifest| manifest.started_at = "2026-11-23T00:00:00.000Z".to_owned());
    runs
}

#[test]
fn runs_and_packs_are_listed_newest_first_and_once() {
    let parent = tempfile::tempdir().unwrap();
    let runs = archive(parent.path());
    pack(&runs[0], runs[0].id(), &parent.path().join("packed.tar.zst")).unwrap();
    fs::write(parent.path().join("notes.txt"), "mine").unwrap();
    fs::create_dir(parent.path().join(".hidden")).unwrap();
    let listing = scan(parent.path()).unwrap();
    assert_eq!(names(&listing), ["packed.tar.zst", runs[0].id(), runs[1].id(), runs[2].id()]);
    assert!(listing.broken.is_empty(), "{listing:?}");
    let run = &listing.runs[1];
    assert_eq!((run.samples, run.failures, run.recorded_samples, &*run.counts), (8, 0, 8, &[1, 3][..]));
    assert_eq!((run.config_stem(), run.medians.len()), ("small", 4));
    assert_eq!(run.medians[&(1, 3)], Some(Nanos(105_100_000)));
    let mut packed = listing.runs[0].clone();
    assert!(packed.packed);
    (packed.packed, packed.name) = (false, run.name.clone());
    assert_eq!(&packed, run, "a pack is read like its folder");
}

#[test]
fn medians_are_those_of_the_report() {
    let parent = tempfile::tempdir().unwrap();
    let run = small_run(parent.path());
    let raw = fs::read_to_string(run.file(files::RAW)).unwrap();
    // One sample of a cell takes longer, all of another fail.
    let raw = raw
        .replacen("0.105100000", "0.205100001", 1)
        .replace("thread-pool,20,3,1,measure", "thread-pool,20,3,1,warmup");
    let raw: Vec<String> = raw
        .lines()
        .map(|line| if line.contains(",20,3,2,") { line.replace(",ok,", ",void,") } else { line.to_owned() })
        .collect();
    fs::write(run.file(files::RAW), raw.join("\n") + "\n").unwrap();
    let found = &scan(parent.path()).unwrap().runs[0];
    let loaded = Loaded::of(&run).unwrap();
    assert!(loaded.run.samples.iter().any(|sample| sample.status == SampleStatus::Void));
    let median = |cell: &Cell<'_>| (cell.key(), cell.median().map(Nanos::from_secs_f64));
    let expected: BTreeMap<_, _> = cells(&loaded.run).iter().map(median).collect();
    assert_eq!(found.medians, expected);
    assert!(expected.values().any(Option::is_none));
}

#[test]
fn what_changed_between_two_scans_is_seen() {
    let parent = tempfile::tempdir().unwrap();
    let runs = archive(parent.path());
    scan(parent.path()).unwrap();
    set_tags(&runs[1], ["new".to_owned()].into()).unwrap();
    rewritten(&runs[2], |manifest| manifest.settings.title = "Other".to_owned());
    let raw = fs::read_to_string(runs[2].file(files::RAW)).unwrap();
    let last = raw.lines().last().unwrap().to_owned();
    fs::write(runs[2].file(files::RAW), format!("{raw}{last}\n")).unwrap();
    fs::remove_dir_all(runs[0].path()).unwrap();
    let second = scan(parent.path()).unwrap();
    assert_eq!(names(&second), [runs[1].id(), runs[2].id()]);
    assert_eq!(second.runs[0].tags, ["new"]);
    assert_eq!((second.runs[1].manifest.settings.title.as_str(), second.runs[1].samples), ("Other", 9));
}

#[test]
fn what_is_broken_is_named_with_its_reason() {
    let parent = tempfile::tempdir().unwrap();
    let runs = archive(parent.path());
    fs::write(runs[0].file(files::MANIFEST), "{").unwrap();
    fs::remove_file(runs[1].file(files::RAW)).unwrap();
    fs::write(runs[2].file(files::TAGS), "{").unwrap();
    fs::create_dir(parent.path().join("empty")).unwrap();
    fs::write(parent.path().join("x.tar.zst"), "rubbish").unwrap();
    let listing = scan(parent.path()).unwrap();
    assert!(listing.runs.is_empty());
    let reasons: Vec<_> = listing.broken.iter().map(|broken| (broken.name.as_str(), broken.reason.as_str())).collect();
    let expected = [
        ("empty", "holds no manifest.json"),
        (runs[0].id(), "not JSON"),
        (runs[1].id(), "holds no raw.csv"),
        (runs[2].id(), "no list of tags"),
        ("x.tar.zst", "neither a run directory nor"),
    ];
    assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
    for ((name, reason), (expected_name, part)) in reasons.iter().zip(expected) {
        assert!(*name == expected_name, "{name}: {reason}");
        assert!(reason.contains(part), "{name}: {reason}");
    }
    assert!(scan(runs[0].path()).unwrap_err().to_string().contains("is one run"));
    assert!(scan(&parent.path().join("nowhere")).is_err());
}

#[cfg(unix)]
#[test]
fn links_are_followed_unless_they_lead_to_what_is_listed() {
    let (parent, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (here, there) = (small_run(parent.path()), small_run(other.path()));
    std::os::unix::fs::symlink(here.id(), parent.path().join("again")).unwrap();
    std::os::unix::fs::symlink(there.path(), parent.path().join("linked")).unwrap();
    std::os::unix::fs::symlink("nowhere", parent.path().join("lost")).unwrap();
    let listing = scan(parent.path()).unwrap();
    assert_eq!(names(&listing), ["linked", here.id()]);
    assert_eq!((listing.broken.len(), listing.broken[0].name.as_str()), (1, "lost"));
}
