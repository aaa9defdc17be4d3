//! The index against folders of small runs.

use std::fs;
use std::path::Path;

use super::super::testkit::{resealed, small_run};
use super::super::{RunDirectory, files, pack, set_tags};
use super::{Candidate, Listing, Stamp, cache, read, scan};
use crate::model::Nanos;

fn names(listing: &Listing) -> Vec<&str> {
    listing.runs.iter().map(|run| run.name.as_str()).collect()
}

/// Three runs: the first of a later day than the others.
fn archive(parent: &Path) -> [RunDirectory; 3] {
    let runs = [small_run(parent), small_run(parent), small_run(parent)];
    resealed(&runs[0], |manifest| manifest.started_at = "2026-11-23T00:00:00.000Z".to_owned());
    runs
}

#[test]
fn a_run_that_vanishes_during_the_scan_is_left_out() {
    let parent = tempfile::tempdir().unwrap();
    let run = small_run(parent.path());
    let candidate = || Candidate { name: run.id().to_owned(), stamp: Stamp::of(run.path()) };
    let seen = candidate();
    fs::rename(run.path(), parent.path().join(".removing-run")).unwrap();
    assert!(read(parent.path(), seen).is_none(), "its files were looked at before");
    assert!(read(parent.path(), candidate()).is_none(), "it was gone by then");
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
    assert_eq!((run.config_stem(), run.cells.len()), ("small", 4));
    let cell = run.cells[3];
    assert_eq!((cell.strategy, cell.requests, cell.samples), (1, 3, 2));
    assert_eq!(
        (cell.median, cell.interval),
        (Some(Nanos(105_100_000)), Some((Nanos(105_100_000), Nanos(105_100_000))))
    );
    let mut packed = listing.runs[0].clone();
    assert!(packed.packed);
    (packed.packed, packed.name) = (false, run.name.clone());
    assert_eq!(&packed, run, "a pack is read like its folder");
}

#[test]
fn what_is_remembered_equals_what_is_read() {
    let parent = tempfile::tempdir().unwrap();
    let runs = archive(parent.path());
    let first = scan(parent.path()).unwrap();
    let index = fs::read(parent.path().join(cache::FILE)).unwrap();
    assert_eq!(scan(parent.path()).unwrap(), first);
    assert_eq!(fs::read(parent.path().join(cache::FILE)).unwrap(), index);
    let known = cache::read(parent.path());
    assert_eq!(known.len(), 3);
    assert!(known.values().all(|(_, run)| first.runs.contains(run)), "{known:?}");

    set_tags(&runs[1], ["new".to_owned()].into()).unwrap();
    resealed(&runs[2], |manifest| manifest.settings.title = "Other".to_owned());
    fs::remove_dir_all(runs[0].path()).unwrap();
    let second = scan(parent.path()).unwrap();
    assert_eq!(names(&second), [runs[1].id(), runs[2].id()]);
    assert_eq!((&*second.runs[0].tags, second.runs[1].title.as_str()), (&["new".to_owned()][..], "Other"));
    assert_eq!(cache::read(parent.path()).len(), 2, "what is gone is forgotten");
}

#[test]
fn a_row_that_came_later_is_seen() {
    let parent = tempfile::tempdir().unwrap();
    let run = small_run(parent.path());
    scan(parent.path()).unwrap();
    let raw = fs::read_to_string(run.file(files::RAW)).unwrap();
    let last = raw.lines().last().unwrap().to_owned();
    fs::write(run.file(files::RAW), format!("{raw}{last}\n")).unwrap();
    assert_eq!(scan(parent.path()).unwrap().runs[0].samples, 9);
}

#[test]
fn a_damaged_index_is_worth_nothing_and_is_made_again() {
    let parent = tempfile::tempdir().unwrap();
    archive(parent.path());
    let truth = scan(parent.path()).unwrap();
    let path = parent.path().join(cache::FILE);
    let good = fs::read(&path).unwrap();
    let changed = String::from_utf8(good.clone()).unwrap().replacen("\"title\":\"Small\"", "\"title\":\"Smell\"", 1);
    let older = String::from_utf8(good.clone()).unwrap().replacen("\"tool_version\":\"", "\"tool_version\":\"0", 1);
    for bytes in
        [changed.as_bytes(), older.as_bytes(), &good[..good.len() / 2], &good[..good.len() - 1], b"", b"\xff\n{}"]
    {
        fs::write(&path, bytes).unwrap();
        assert_eq!(scan(parent.path()).unwrap(), truth);
        assert_eq!(cache::read(parent.path()).len(), 3, "made again");
    }
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
    for _ in 0..2 {
        let listing = scan(parent.path()).unwrap();
        assert!(listing.runs.is_empty());
        let reasons: Vec<_> =
            listing.broken.iter().map(|broken| (broken.name.as_str(), broken.reason.as_str())).collect();
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
