//! Links in a run lead nowhere: what they lead to is neither read nor written, and the link is named.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use crate::archive::one_run;

#[test]
fn linked_rows_are_neither_read_nor_cut() {
    let (place, run) = one_run();
    let raw = place.path(&run).join("raw.csv");
    let torn = format!("{}half a row", fs::read_to_string(&raw).unwrap());
    let target = place.write("theirs.csv", &torn);
    fs::remove_file(&raw).unwrap();
    symlink(&target, &raw).unwrap();
    for arguments in [
        &["--resume", &run][..],
        &["render", &run],
        &["render", &run, "-o", "elsewhere"],
        &["tag", &run, "kept"],
        &["remove", &run],
    ] {
        let said = place.run(arguments);
        assert_eq!(said.code, Some(3), "{arguments:?}: {}{}", said.stdout, said.stderr);
        assert!(said.stderr.contains("raw.csv is a link"), "{arguments:?}: {}", said.stderr);
    }
    assert!(place.run(&["list"]).stdout.contains("raw.csv is a link"));
    assert_eq!(fs::read_to_string(target).unwrap(), torn);
}

#[test]
fn rows_with_a_second_name_are_read_and_not_cut() {
    let (place, run) = one_run();
    for name in ["raw.csv", "requests.csv"] {
        let rows = place.path(&run).join(name);
        let torn = format!("{}half a row", fs::read_to_string(&rows).unwrap());
        let theirs = place.write("theirs.csv", &torn);
        fs::rename(&rows, place.path("whole.csv")).unwrap();
        fs::hard_link(&theirs, &rows).unwrap();
        let refused = place.run(&["--resume", &run]);
        assert_eq!(refused.code, Some(3), "{name}: {}", refused.stderr);
        assert!(refused.stderr.contains(&format!("{name}: has a second name (a hard link)")), "{}", refused.stderr);
        assert_eq!(fs::read_to_string(&theirs).unwrap(), torn, "{name}");
        assert_eq!(place.run(&["render", &run, "-q"]).code, Some(0), "{name}: what is only read may have more names");
        fs::rename(place.path("whole.csv"), &rows).unwrap();
    }
}

#[test]
fn a_linked_folder_of_pictures_is_not_written_through() {
    let (place, run) = one_run();
    let charts = place.path(&run).join("charts");
    fs::rename(&charts, place.path("theirs")).unwrap();
    symlink(place.path("theirs"), &charts).unwrap();
    fs::write(place.path("theirs/duration.svg"), "theirs").unwrap();
    let said = place.run(&["render", &run]);
    assert_eq!(said.code, Some(3), "{}", said.stdout);
    assert!(said.stderr.contains("charts is a link"), "{}", said.stderr);

    // Nor is that of another folder to draw into.
    let whole = place.run(&["-c", "quick.toml", "-q"]).stdout.trim_end().to_owned();
    fs::create_dir(place.path("elsewhere")).unwrap();
    symlink(place.path("theirs"), place.path("elsewhere/charts")).unwrap();
    let said = place.run(&["render", &whole, "-o", "elsewhere"]);
    assert_eq!(said.code, Some(3), "{}", said.stdout);
    assert!(said.stderr.contains("elsewhere/charts"), "{}", said.stderr);
    assert_eq!(fs::read_to_string(place.path("theirs/duration.svg")).unwrap(), "theirs");
}

#[test]
fn a_run_is_reached_by_a_link_to_it() {
    let (place, run) = one_run();
    let drawn = place.run(&["render", "reports/latest", "-q"]);
    assert_eq!(drawn.code, Some(0), "{}", drawn.stderr);
    assert_eq!(place.run(&["tag", "reports/latest", "kept"]).code, Some(0));
    assert!(place.path(&run).join("tags.json").is_file());
}
