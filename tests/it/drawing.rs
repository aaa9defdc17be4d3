//! Drawing that is cut short, repeated, or meets files of others: what is there stays whole, and the next command works.

use std::fs;

#[cfg(unix)]
use rustix::process::Signal;

#[cfg(unix)]
use crate::resume::run_of;
#[cfg(unix)]
use crate::running::{Running, poll};
use crate::test_directory::TestDirectory;

const QUICK: &str = "title = \"Quick\"\n[target]\ndelay = \"1ms\"\n[sweep]\nrequests = [1, 3]\nrepeats = 2\n\
    [[strategy]]\nname = \"one\"\nkind = \"sequential\"\n[[strategy]]\nname = \"many\"\nkind = \"async\"\n\
    [[chart]]\nkind = \"duration\"\n[[chart]]\nkind = \"speedup\"\n[output]\nformats = [\"svg\"]\n";

/// A folder with one finished run, and its path in it.
fn one_run() -> (TestDirectory, String) {
    let place = TestDirectory::new();
    place.write("quick.toml", QUICK);
    let output = place.run(&["-c", "quick.toml", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let run = output.stdout.trim_end().to_owned();
    (place, run)
}

/// Fails unless `verify` finds every file as it was written.
fn check_verified(place: &TestDirectory, run: &str) {
    let output = place.run(&["verify", run]);
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{}", output.stdout);
}

#[test]
fn what_a_killed_program_left_is_of_no_run_and_goes_with_the_next_drawing() {
    let (place, run) = one_run();
    for folder in ["", "charts"] {
        fs::write(place.path(&run).join(folder).join(".writing-aB3xY9"), "torn").unwrap();
    }
    check_verified(&place, &run);
    assert_eq!(place.run(&["pack", &run, "-o", "a.tar.zst"]).code, Some(0));
    check_verified(&place, "a.tar.zst");
    assert_eq!(place.run(&["render", &run, "-q"]).code, Some(0));
    check_verified(&place, &run);
    let left = |folder: &str| place.entries(folder).into_iter().filter(|name| name.starts_with(".writing-")).count();
    assert_eq!((left(&run), left(&format!("{run}/charts"))), (0, 0));
}

#[test]
fn a_file_of_somebody_else_is_overwritten_only_by_force() {
    let (place, run) = one_run();
    place.write("table.csv", "strategy,requests,duration_s\na,1,0.5\na,2,0.25\n");
    for source in ["table.csv", &run] {
        fs::create_dir(place.path("out")).unwrap();
        place.write("out/report.md", "thesis");
        let refused = place.run(&["render", source, "-o", "out"]);
        assert_eq!(refused.code, Some(3), "{source}: {}", refused.stderr);
        assert!(refused.stderr.contains("out/report.md"), "{}", refused.stderr);
        assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
        assert_eq!(place.entries("out"), ["report.md"], "{source}: nothing is written");
        assert_eq!(fs::read_to_string(place.path("out/report.md")).unwrap(), "thesis");
        let forced = place.run(&["render", source, "-o", "out", "--force", "-q"]);
        assert_eq!(forced.code, Some(0), "{source}: {}", forced.stderr);
        assert!(fs::read_to_string(place.path("out/report.md")).unwrap().starts_with('#'), "{source}");
        fs::remove_dir_all(place.path("out")).unwrap();
    }
}

#[test]
fn a_comparison_or_a_history_replaces_only_what_it_wrote() {
    let (place, run) = one_run();
    for (arguments, file) in [(&["compare", &run, &run][..], "comparison.md"), (&["history"], "history.md")] {
        let write = |more: &[&str]| place.run(&[arguments, &["-o", "out"], more].concat());
        let file = format!("out/{file}");
        fs::create_dir(place.path("out")).unwrap();
        place.write(&file, "thesis");
        let refused = write(&[]);
        assert_eq!(refused.code, Some(3), "{}", refused.stderr);
        assert!(refused.stderr.contains(&file), "{}", refused.stderr);
        assert_eq!(place.entries("out").len(), 1, "nothing is written");
        assert_eq!(fs::read_to_string(place.path(&file)).unwrap(), "thesis");
        let forced = write(&["--force"]);
        assert!(forced.stderr.contains("is in out"), "{}", forced.stderr);
        assert_ne!(fs::read_to_string(place.path(&file)).unwrap(), "thesis");
        let again = write(&[]);
        assert!(again.stderr.contains("is in out"), "{}", again.stderr);
        fs::remove_dir_all(place.path("out")).unwrap();
    }
}

#[test]
fn documents_in_one_folder_leave_each_other_alone() {
    let (place, run) = one_run();
    place.write("table.csv", "strategy,requests,duration_s\na,1,0.5\na,2,0.25\n");
    let write =
        |arguments: &[&str], formats: &str| place.run(&[arguments, &["-o", "out", "--formats", formats]].concat());
    let documents = [&["render", "table.csv"][..], &["compare", &run, &run], &["history"]];
    for document in documents {
        write(document, "svg,png");
    }
    let pictures = place.entries("out/charts");
    for name in ["duration.png", "comparison-ratio.png", "history.png"] {
        assert!(pictures.iter().any(|picture| picture == name), "{name}: {pictures:?}");
    }
    write(&["history"], "svg");
    let without = pictures.into_iter().filter(|name| name != "history.png").collect::<Vec<_>>();
    assert_eq!(place.entries("out/charts"), without, "what it does not make any more goes, and nothing else");
}

#[test]
fn a_run_that_is_drawn_over_the_report_of_a_table_takes_its_place() {
    let (place, run) = one_run();
    place.write("table.csv", "strategy,requests,duration_s\na,1,0.5\na,2,0.25\n");
    assert_eq!(place.run(&["render", "table.csv", "-o", "out", "-q"]).code, Some(0));
    let drawn = place.run(&["render", &run, "-o", "out", "-q", "--force"]);
    assert_eq!(drawn.code, Some(0), "{}", drawn.stderr);
    assert!(!place.path("out/.reportgen-files").exists(), "the manifest tells what was made");
    check_verified(&place, "out");
}

#[test]
fn what_was_drawn_is_drawn_again_and_what_was_changed_since_is_not() {
    let (place, run) = one_run();
    place.write("table.csv", "strategy,requests,duration_s\na,1,0.5\na,2,0.25\n");
    for source in ["table.csv", &run] {
        let draw = |formats: &str| place.run(&["render", source, "-o", "out", "-q", "--formats", formats]);
        assert_eq!(draw("svg,png").code, Some(0), "{source}");
        assert!(place.path("out/charts/duration.png").exists(), "{source}");
        assert_eq!(draw("svg").code, Some(0), "{source}");
        assert!(!place.path("out/charts/duration.png").exists(), "{source}: what is not made any more goes");
        place.write("out/charts/own.png", "of somebody else");
        place.write("out/report.html", "changed by hand");
        let refused = draw("svg,png");
        assert_eq!(refused.code, Some(3), "{source}: {}", refused.stderr);
        assert!(refused.stderr.contains("out/report.html"), "{source}: {}", refused.stderr);
        assert_eq!(fs::read_to_string(place.path("out/report.html")).unwrap(), "changed by hand", "{source}");
        fs::remove_file(place.path("out/report.html")).unwrap();
        assert_eq!(draw("svg").code, Some(0), "{source}");
        assert!(place.path("out/charts/own.png").exists(), "{source}");
        fs::remove_dir_all(place.path("out")).unwrap();
    }
}

#[test]
fn rows_are_never_replaced_by_those_of_another_run() {
    let (place, run) = one_run();
    let other = place.run(&["-c", "quick.toml", "-q", "--only", "one"]).stdout.trim_end().to_owned();
    let rows = fs::read(place.path(&other).join("raw.csv")).unwrap();
    let refused = place.run(&["render", &run, "-o", &other]);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    assert!(refused.stderr.contains(&format!("{other}/manifest.json")), "{}", refused.stderr);
    assert_eq!(fs::read(place.path(&other).join("raw.csv")).unwrap(), rows);
    check_verified(&place, &other);
    assert_eq!(place.run(&["render", &run, "-o", &run, "-q"]).code, Some(0), "a run onto itself");
    check_verified(&place, &run);
}

#[test]
fn pictures_that_are_not_made_any_more_go_and_files_of_others_stay_without_checksums() {
    let (place, run) = one_run();
    let pictures = place.entries(&format!("{run}/charts"));
    assert_eq!(place.run(&["render", &run, "-q", "--formats", "svg,png"]).code, Some(0));
    check_verified(&place, &run);
    place.write(&format!("{run}/charts/notes.txt"), "of somebody else");
    for _ in 0..2 {
        assert_eq!(place.run(&["render", &run, "-q"]).code, Some(0));
    }
    let output = place.run(&["verify", &run]);
    assert_eq!((output.code, &*output.stdout), (Some(1), "charts/notes.txt: is not of the run\n"), "{}", output.stderr);
    fs::remove_file(place.path(&run).join("charts/notes.txt")).unwrap();
    check_verified(&place, &run);
    assert_eq!(place.entries(&format!("{run}/charts")), pictures);
}

/// Starts drawing a run in more formats than before, and waits until the first new picture is there: no line tells.
#[cfg(unix)]
fn drawing(place: &TestDirectory, run: &str, formats: &str) -> Running {
    let child = Running::start(place.command().args(["render", run, "--formats", formats]));
    let is_drawn = || place.entries(&format!("{run}/charts")).iter().any(|name| name.ends_with(".png"));
    assert!(poll(is_drawn), "no picture is drawn");
    child
}

#[cfg(unix)]
#[test]
fn a_killed_drawing_is_told_and_the_next_one_leaves_nothing_of_it() {
    let (place, run) = one_run();
    let child = drawing(&place, &run, "svg,png");
    child.signal(Signal::KILL);
    assert_eq!(child.end().code, None);
    let output = place.run(&["verify", &run]);
    let line = "report.html: was being made when the program was ended; `reportgen render` makes it\n";
    assert_eq!((output.code, output.stdout.contains(line)), (Some(1), true), "{}", output.stdout);
    assert_eq!(place.run(&["render", &run, "-q"]).code, Some(0));
    check_verified(&place, &run);
    assert!(place.entries(&format!("{run}/charts")).iter().all(|name| name.ends_with(".svg")));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_drawing_and_names_the_command_that_draws() {
    for (sent, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let (place, run) = one_run();
        let child = drawing(&place, &run, "png,svg");
        child.signal(sent);
        let output = child.end();
        assert_eq!(output.code, Some(code), "{}", output.stderr);
        let again = format!("reportgen render {run} --formats png,svg\n");
        assert!(output.stderr.ends_with(&again), "{}", output.stderr);
        assert_eq!(place.run(&["render", &run, "-q"]).code, Some(0));
        check_verified(&place, &run);
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_after_the_last_sample_keeps_the_rows_and_names_the_command_that_draws() {
    for (sent, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let place = TestDirectory::new();
        place.write("quick.toml", QUICK);
        let child = Running::start(place.command().args(["-c", "quick.toml", "--formats", "svg,png"]));
        // No line tells that the last sample is over and drawing has begun.
        assert!(poll(|| run_of(&place).is_some_and(|run| run.join("charts").exists())), "nothing is drawn");
        child.signal(sent);
        let output = child.end();
        assert_eq!(output.code, Some(code), "{}", output.stderr);
        let run = run_of(&place).unwrap().strip_prefix(place.path("")).unwrap().display().to_string();
        assert!(output.stderr.contains(&format!("reportgen render {run}")), "{}", output.stderr);
        assert_eq!(reportgen::bundle::load(&place.path(&run)).unwrap().run.samples.len(), 8);
        assert_eq!(place.run(&["render", &run, "-q", "--formats", "svg,png"]).code, Some(0));
        check_verified(&place, &run);
    }
}
