//! Removals of runs, of what is none, and of what a killed removal or sweep left.

use std::fs;
use std::path::Path;

use super::{Removable, finish_removals, is_of_chart, scan};
use crate::archive::testkit::{rewritten, small_run};
use crate::archive::{Folder, RunDirectory, RunLock, files, set_tags, write_atomically};
use crate::bundle::pack;

const CHARTS: [&str; 2] = ["duration", "cost"];

fn refusal(path: &Path) -> String {
    Removable::check(path, &CHARTS).unwrap_err().to_string()
}

fn remove(run: &RunDirectory) -> Vec<String> {
    Removable::check(run.path(), &CHARTS).unwrap().remove().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let contents = Folder::open(folder).unwrap().contents().unwrap();
    contents.folders.into_iter().chain(contents.files).collect()
}

#[test]
fn only_an_untagged_run_goes_and_latest_follows() {
    let parent = tempfile::tempdir().unwrap();
    let (first, second) = (small_run(parent.path()), small_run(parent.path()));
    rewritten(&second, |manifest| manifest.started_at = "2026-11-23T00:00:00.000Z".to_owned());
    set_tags(&second, ["kept".to_owned()].into()).unwrap();
    assert!(refusal(second.path()).contains("tagged kept"));
    fs::create_dir(parent.path().join("folder")).unwrap();
    assert!(refusal(&parent.path().join("folder")).contains("not a run directory"));
    fs::write(parent.path().join("folder/manifest.json"), "{\"name\": \"a web page\"}").unwrap();
    assert!(refusal(&parent.path().join("folder")).contains("no schema_version"));
    assert!(refusal(&parent.path().join("nothing")).contains("cannot remove"));
    set_tags(&second, [].into()).unwrap();

    assert_eq!(remove(&second), [""; 0]);
    assert!(!second.path().exists() && first.path().exists());
    if cfg!(unix) {
        assert_eq!(fs::canonicalize(parent.path().join(files::LATEST)).unwrap(), first.path());
    }
    remove(&first);
    let mut left: Vec<_> = fs::read_dir(parent.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.retain(|name| name != files::LATEST || cfg!(unix));
    assert_eq!(left, ["folder"], "no link, nothing hidden");
}

#[test]
fn what_lacks_manifest_config_or_rows_is_no_run() {
    let parent = tempfile::tempdir().unwrap();
    for missing in [files::MANIFEST, files::CONFIG, files::RAW] {
        let run = small_run(parent.path());
        let home = parent.path().join("home");
        fs::rename(run.path(), &home).unwrap();
        fs::remove_file(home.join(missing)).unwrap();
        let before = names(&home);
        assert!(refusal(&home).contains(&format!("holds no {missing}")), "{}", refusal(&home));
        assert_eq!(names(&home), before);
        fs::remove_dir_all(&home).unwrap();
    }
}

#[test]
fn what_is_not_of_the_run_stays_with_its_folder_whatever_the_manifest_says() {
    let parent = tempfile::tempdir().unwrap();
    let run = small_run(parent.path());
    let others = ["charts/holiday.png", "notes/today.md", "references/mine.csv", "thesis.txt"];
    for name in others {
        write_atomically(&run.file(name), b"mine").unwrap();
    }
    fs::create_dir(run.file("empty")).unwrap();
    // Pictures of a drawing that never came to its end, and what a killed writer left.
    for name in ["charts/cost-2-dark.png", "charts/.writing-aB3xY9", ".writing-000000"] {
        write_atomically(&run.file(name), b"ours").unwrap();
    }
    assert_eq!(remove(&run), ["charts/holiday.png", "empty", "notes/today.md", "references/mine.csv", "thesis.txt"]);
    let mut left = names(run.path());
    left.retain(|name| name.contains('.'));
    assert_eq!(left, others);
    assert_eq!(scan(parent.path()).unwrap().runs.len(), 0);

    let known = small_run(parent.path());
    write_atomically(&known.file("thesis.txt"), b"mine").unwrap();
    rewritten(&known, |_| {});
    assert_eq!(remove(&known), ["thesis.txt"]);
    assert_eq!(names(known.path()), ["thesis.txt"]);
}

#[test]
fn a_removal_that_was_killed_is_finished_by_the_next_one() {
    let parent = tempfile::tempdir().unwrap();
    let (run, other) = (small_run(parent.path()), small_run(parent.path()));
    let hidden = parent.path().join(format!(".removing-{}", run.id()));
    fs::rename(run.path(), &hidden).unwrap();
    fs::remove_file(hidden.join(files::MANIFEST)).unwrap();
    // A run of the same name, made again.
    fs::create_dir(run.path()).unwrap();
    for name in [files::MANIFEST, files::CONFIG, files::RAW] {
        fs::copy(other.file(name), run.file(name)).unwrap();
    }
    let again = RunDirectory::open(run.path()).unwrap();
    assert_eq!(remove(&again), [""; 0]);
    assert!(!run.path().exists() && !hidden.exists());

    // One that stays lost its manifest and some files.
    fs::write(other.file("thesis.txt"), "mine").unwrap();
    fs::rename(other.file(files::MANIFEST), other.file(super::LEAVING)).unwrap();
    fs::remove_file(other.file(files::RAW)).unwrap();
    assert_eq!(scan(parent.path()).unwrap().broken.len(), 1);
    assert_eq!(remove(&other), ["thesis.txt"]);
    assert_eq!(names(other.path()), ["thesis.txt"]);
}

#[test]
fn what_is_being_removed_or_is_not_ours_is_left_alone() {
    let parent = tempfile::tempdir().unwrap();
    let (mine, theirs) = (parent.path().join(".removing-a"), parent.path().join(".removing-b"));
    for folder in [&mine, &theirs] {
        write_atomically(&folder.join(files::RAW), b"").unwrap();
    }
    fs::write(mine.join("thesis.txt"), "mine").unwrap();
    let held = RunLock::take(&Folder::open(&theirs).unwrap()).unwrap();
    finish_removals(parent.path());
    assert_eq!(names(&parent.path().join("a")), ["thesis.txt"], "what is not of a run gets its name back");
    assert_eq!(theirs.join(files::RAW).exists(), cfg!(unix));
    drop(held);
    finish_removals(parent.path());
    assert!(!theirs.exists() && !mine.exists());
}

#[test]
fn a_beginning_that_was_killed_goes_and_one_that_goes_on_does_not() {
    let parent = tempfile::tempdir().unwrap();
    let start = "2026-11-22T18:30:00Z".parse().unwrap();
    let begin = || RunDirectory::create(parent.path(), "begun", start).unwrap();
    let (empty, lock) = begin();
    assert_eq!(refusal(empty.path()).contains("another reportgen"), cfg!(unix));
    drop(lock);
    let more = begin().0;
    for name in [files::CONFIG, "references/table.csv", ".writing-aB3xY9", files::RAW] {
        write_atomically(&more.file(name), b"").unwrap();
    }
    let listed = scan(parent.path()).unwrap().broken;
    assert_eq!(listed.len(), 2);
    assert!(listed[0].reason.contains("holds no manifest.json") && listed[0].reason.contains("reportgen remove"));
    fs::write(more.file("thesis.txt"), "mine").unwrap();
    assert!(refusal(more.path()).contains("holds no manifest.json"), "{}", refusal(more.path()));
    fs::remove_file(more.file("thesis.txt")).unwrap();
    for run in [&empty, &more] {
        assert_eq!(remove(run), [""; 0]);
        assert!(!run.path().exists());
    }
    // Rows are data, whatever became of the manifest.
    let run = small_run(parent.path());
    fs::remove_file(run.file(files::MANIFEST)).unwrap();
    refusal(run.path());
}

#[test]
fn a_pack_that_is_no_run_stays() {
    let parent = tempfile::tempdir().unwrap();
    let run = small_run(parent.path());
    let (good, bad) = (parent.path().join("good.tar.zst"), parent.path().join("bad.tar.zst"));
    pack(&run, run.id(), &good).unwrap();
    fs::remove_file(run.file(files::RAW)).unwrap();
    pack(&run, run.id(), &bad).unwrap();
    assert!(refusal(&bad).contains("bad.tar.zst is not a run directory: it holds no raw.csv"), "{}", refusal(&bad));
    Removable::check(&good, &CHARTS).unwrap().remove().unwrap();
    assert!(bad.exists() && !good.exists());
}

#[test]
fn pictures_are_known_by_their_charts() {
    for (name, known) in [
        ("duration.svg", true),
        ("duration-dark.png", true),
        ("cost-12.png", true),
        ("cost-12-dark.svg", true),
        ("durations.svg", false),
        ("cost-x.svg", false),
        ("holiday.png", false),
        (".svg", false),
    ] {
        assert_eq!(is_of_chart(&format!("charts/{name}"), &CHARTS), known, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_never_followed() {
    let parent = tempfile::tempdir().unwrap();
    let run = small_run(parent.path());
    for name in ["latest", "latest/", "latest/."] {
        assert!(refusal(&parent.path().join(name)).contains("it is a link"), "{name}");
    }
    let raw = parent.path().join("rows");
    fs::rename(run.file(files::RAW), &raw).unwrap();
    std::os::unix::fs::symlink(&raw, run.file(files::RAW)).unwrap();
    assert!(refusal(run.path()).contains("raw.csv is a link"), "{}", refusal(run.path()));
    assert!(raw.exists() && run.file(files::CONFIG).exists());
}
