//! Several programs at one run: one writes, the others wait or are refused, and nothing is lost.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use reportgen::archive::{self, Folder, RunDirectory, RunLock};

use crate::archive::one_run;
use crate::test_directory::{TestDirectory, captured};

/// Starts commands at the same time and returns what each said.
fn together(place: &TestDirectory, commands: &[&[&str]]) -> Vec<(Option<i32>, String)> {
    let start = |arguments: &&[&str]| {
        let mut command = place.command();
        command.args(*arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = commands.iter().map(start).collect();
    let ends = children.into_iter().map(|child| captured(&child.wait_with_output().unwrap()));
    ends.map(|said| (said.code, said.stderr)).collect()
}

fn tags(place: &TestDirectory, run: &str) -> BTreeSet<String> {
    archive::tags(&RunDirectory::open(&place.path(run)).unwrap()).unwrap()
}

#[test]
fn tags_that_are_given_at_once_are_all_there() {
    let (place, run) = one_run();
    let names: Vec<String> = (0..12).map(|number| format!("t{number}")).collect();
    let commands: Vec<[&str; 3]> = names.iter().map(|name| ["tag", run.as_str(), name.as_str()]).collect();
    let commands: Vec<&[&str]> = commands.iter().map(<[&str; 3]>::as_slice).collect();
    for (code, stderr) in together(&place, &commands) {
        assert_eq!(code, Some(0), "{stderr}");
    }
    assert_eq!(tags(&place, &run), names.into_iter().collect());
}

#[test]
fn a_run_that_is_written_is_not_drawn_packed_resumed_or_removed() {
    let (place, run) = one_run();
    let held = RunLock::take(&Folder::open(&place.path(&run)).unwrap()).unwrap();
    for arguments in [&["render", &run][..], &["remove", &run], &["--resume", &run], &["pack", &run, "-o", "x.tar.zst"]]
    {
        let said = place.run(arguments);
        assert_eq!(said.code, Some(3), "{arguments:?}");
        assert!(said.stderr.contains(&run) && said.stderr.contains("another reportgen"), "{}", said.stderr);
    }
    // Readers are not kept out.
    assert_eq!(place.run(&["verify", &run]).code, Some(0));
    drop(held);
    assert_eq!(place.run(&["remove", &run]).code, Some(0));
}

#[test]
fn a_run_that_is_removed_while_it_is_drawn_stays_or_goes_and_never_comes_back_in_part() {
    let place = one_run().0;
    for _ in 0..4 {
        let run = place.run(&["-c", "quick.toml", "-q"]).stdout.trim_end().to_owned();
        let ends = together(&place, &[&["render", &run, "-q"], &["remove", &run]]);
        let (drawn, removed) = (&ends[0], &ends[1]);
        let there = place.path(&run).exists();
        assert_eq!(removed.0 == Some(0), !there, "{ends:?}");
        assert!([Some(0), Some(3)].contains(&drawn.0), "{ends:?}");
        if there {
            assert_eq!(place.run(&["verify", &run]).code, Some(0), "{ends:?}");
        }
    }
    assert!(place.entries("reports").iter().all(|name| !name.starts_with(".removing-")));
}

#[test]
fn a_reader_of_a_run_that_was_removed_says_so() {
    let (place, run) = one_run();
    let directory = RunDirectory::open(&place.path(&run)).unwrap();
    assert_eq!(place.run(&["remove", &run]).code, Some(0));
    let error = archive::Loaded::of(&directory).unwrap_err().to_string();
    assert!(error.contains(&run) && error.contains("was removed or renamed"), "{error}");
    let error = archive::tags(&directory).unwrap_err().to_string();
    assert!(error.contains("was removed or renamed"), "{error}");
    let error = archive::verify(&directory).unwrap_err().to_string();
    assert!(error.contains("was removed or renamed"), "{error}");
    assert!(fs::symlink_metadata(place.path(&run)).is_err());
}
