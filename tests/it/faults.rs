//! Every system call of a small sweep that writes, names or syncs a file fails once. Each time the program says what it
//! could not do and with which file, and the run can be finished. `faults/inject.c` makes the calls fail.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::test_directory::{CommandOutput, TestDirectory, captured, executable};

const CONFIG: &str = "[target]\nkind = \"sleep\"\ndelay = \"1ms\"\n[sweep]\nrequests = [2]\nrepeats = 1\n\
    [[strategy]]\nkind = \"sequential\"\n[[strategy]]\nkind = \"async\"\n[[chart]]\nkind = \"duration\"\n\
    [output]\nformats = [\"svg\"]\nthemes = [\"light\"]\n";
/// A row of raw.csv for each strategy.
const SAMPLES: usize = 2;

/// Compiles the tracer into a folder.
fn tracer(folder: &Path) -> PathBuf {
    let (source, program) = (concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/faults/inject.c"), folder.join("inject"));
    let output = Command::new("cc").args(["-O1", "-o"]).arg(&program).arg(source).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}

/// A sweep in which one call fails, none with 0. With all calls that may fail, in their order.
fn sweep(tracer: &Path, place: &TestDirectory, number: usize) -> (CommandOutput, Vec<String>) {
    place.write("small.toml", CONFIG);
    let mut command = Command::new(tracer);
    // On one thread, drawing makes its calls in the same order each time.
    command.current_dir(place.path("")).env_clear().env("RAYON_NUM_THREADS", "1");
    let output = command.arg(number.to_string()).arg("calls").arg(executable()).args(["-c", "small.toml"]).output();
    let output = captured(&output.unwrap());
    assert_ne!(output.code, Some(99), "cannot trace: {}", output.stderr);
    let calls = fs::read_to_string(place.path("calls")).unwrap();
    (output, calls.lines().map(str::to_owned).collect())
}

/// Calls that made or changed a name in a folder that was not synced afterwards.
fn unsynced<'a>(place: &TestDirectory, calls: &'a [String]) -> Vec<&'a String> {
    let is_lasting = |(number, call): &(usize, &'a String)| {
        let words: Vec<&str> = call.splitn(3, ' ').collect();
        let names = ["openat", "mkdir", "rename", "symlink", "link"].iter().any(|name| words[1].starts_with(name));
        let folder = place.path(words[2]).parent().unwrap().to_owned();
        let folder = fs::canonicalize(folder).unwrap().display().to_string();
        let is_sync = |later: &String| later.splitn(3, ' ').skip(1).eq(["fsync", folder.as_str()]);
        // Temporary files are renamed.
        names && !words[2].contains(".writing-") && !calls[*number..].iter().any(is_sync)
    };
    calls.iter().enumerate().filter(is_lasting).map(|(_, call)| call).collect()
}

/// The folders of runs in `reports`.
fn runs(place: &TestDirectory) -> Vec<PathBuf> {
    let entries = fs::read_dir(place.path("reports")).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.filter(|path| !path.is_symlink() && path.is_dir()).collect()
}

/// Hidden names in a folder and below it.
fn hidden(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let is_hidden = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with('.');
    let (mut found, rest): (Vec<_>, Vec<_>) = entries.partition(is_hidden);
    found.extend(rest.iter().filter(|path| path.is_dir() && !path.is_symlink()).flat_map(|path| hidden(path)));
    found
}

fn check(tracer: &Path, number: usize) {
    let place = TestDirectory::new();
    let (output, calls) = sweep(tracer, &place, number);
    let failed = &calls[number - 1];
    assert_eq!(output.code, Some(3), "{failed}: {}", output.stderr);
    // Of the folder that holds `reports`, the program knows no other name.
    let file =
        if failed.contains("/reports") || failed.contains(" reports") { "reports" } else { "cannot sync folder ." };
    assert!(output.stderr.contains("cannot "), "{failed}: {}", output.stderr);
    assert!(output.stderr.contains(file), "{failed}: {}", output.stderr);
    assert_eq!(hidden(&place.path("reports")), [""; 0].map(PathBuf::from), "{failed}");
    let again = match &*runs(&place) {
        [] => place.run(&["-c", "small.toml", "-q"]),
        [run] => place.run(&["--resume", run.to_str().unwrap(), "-q"]),
        more => panic!("{failed}: {more:?}"),
    };
    assert_eq!(again.code, Some(0), "{failed}: {}", again.stderr);
    let run = runs(&place).pop().unwrap();
    let verified = place.run(&["verify", run.to_str().unwrap()]);
    assert_eq!((verified.code, &*verified.stderr), (Some(0), ""), "{failed}: {}", verified.stdout);
    assert_eq!(reportgen::bundle::load(&run).unwrap().run.samples.len(), SAMPLES, "{failed}");
}

#[test]
fn each_call_fails_once_and_the_run_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let tracer = tracer(folder.path());
    let place = TestDirectory::new();
    let (output, calls) = sweep(&tracer, &place, 0);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert_eq!(unsynced(&place, &calls), [""; 0], "a power cut may take these back");
    assert!(calls.len() > 60, "{calls:#?}");
    for name in ["write", "fsync", "fdatasync", "mkdir", "rename", "openat"] {
        assert!(calls.iter().any(|call| call.contains(name)), "no {name}: {calls:#?}");
    }
    let next = AtomicUsize::new(1);
    let work = || {
        while let Some(number) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number <= calls.len()) {
            check(&tracer, number);
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
}
