//! `remove` takes what is of a run and nothing else, and goes on where a killed one stopped.

use std::fs;

use crate::archive::one_run;

#[test]
fn a_home_with_a_manifest_keeps_its_thesis() {
    let (place, run) = one_run();
    fs::create_dir(place.path("home")).unwrap();
    fs::copy(place.path(&run).join("manifest.json"), place.path("home/manifest.json")).unwrap();
    fs::write(place.path("home/thesis.txt"), "t").unwrap();
    let refused = place.run(&["remove", "home"]);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    assert!(refused.stderr.contains("holds no config.toml"), "{}", refused.stderr);
    let mut inside = place.command();
    inside.current_dir(place.path("home")).args(["remove", "."]);
    assert_eq!(inside.output().unwrap().status.code(), Some(3));
    assert_eq!(place.entries("home"), ["manifest.json", "thesis.txt"]);

    // Even what is a run in every way goes alone.
    for name in ["config.toml", "raw.csv"] {
        fs::copy(place.path(&run).join(name), place.path("home").join(name)).unwrap();
    }
    let removed = place.run(&["remove", "home"]);
    assert_eq!((removed.code, removed.stdout.as_str()), (Some(0), "removed home\n"), "{}", removed.stderr);
    assert!(removed.stderr.contains("home stays") && removed.stderr.contains("thesis.txt"), "{}", removed.stderr);
    assert_eq!(place.entries("home"), ["thesis.txt"]);
}

#[test]
fn a_whole_run_goes_whole_and_nothing_hidden_stays() {
    let (place, run) = one_run();
    let id = run.strip_prefix("reports/").unwrap();
    // What a killed removal of a run of this name left.
    fs::create_dir(place.path(&format!("reports/.removing-{id}"))).unwrap();
    fs::write(place.path(&format!("reports/.removing-{id}/raw.csv")), "rows\n").unwrap();
    let removed = place.run(&["remove", &run]);
    assert_eq!((removed.code, removed.stderr.as_str()), (Some(0), ""));
    assert_eq!(place.entries("reports"), [""; 0]);
}

#[test]
fn a_sweep_that_was_killed_at_its_beginning_is_named_and_taken_away() {
    let (place, run) = one_run();
    let begun = "reports/quick-20200101T000000Z";
    fs::create_dir_all(place.path(begun)).unwrap();
    fs::copy(place.path(&run).join("config.toml"), place.path(begun).join("config.toml")).unwrap();
    let listed = place.run(&["list"]);
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    assert!(listed.stdout.contains("quick-20200101T000000Z") && listed.stdout.contains("remove"), "{}", listed.stdout);
    let resumed = place.run(&["--resume", begun]);
    assert_eq!(resumed.code, Some(3));
    assert!(resumed.stderr.contains("reportgen remove"), "{}", resumed.stderr);
    assert_eq!(place.run(&["remove", begun]).code, Some(0));
    assert!(!place.path(begun).exists());
}
