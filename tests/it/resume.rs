//! Interrupts, crashes and what comes after: no sample twice, none torn, nothing left running.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;

use crate::running::Running;
use crate::test_directory::{TestDirectory, await_no_process, captured};

const CONFIG: &str = "[target]\ndelay = \"4ms\"\n[sweep]\nrequests = [1, 4]\nrepeats = 2\nwarmup = 1\n\
    [[strategy]]\nname = \"a,\\\"b\\\"\\nc\"\nkind = \"sequential\"\n\
    [[strategy]]\nkind = \"process-pool\"\nworkers = 2\n[[strategy]]\nkind = \"async\"\n";
const PLANNED: usize = 3 * 2 * (2 + 1);

fn start(place: &TestDirectory) -> Running {
    Running::start(place.command().args(["-c", "sweep.toml", "-v", "--formats", "svg"]))
}

/// The only run below `reports`, once it holds its manifest.
pub(crate) fn run_of(place: &TestDirectory) -> Option<PathBuf> {
    let reports = fs::read_dir(place.path("reports")).ok()?;
    let runs = reports.filter_map(|entry| Some(entry.ok()?.path()));
    runs.filter(|path| !path.is_symlink()).find(|path| path.join("manifest.json").is_file())
}

/// Every row of raw.csv as strategy, count, repeat, phase; panics on a torn row.
fn cells(run: &Path) -> Vec<(String, u32, u32, String)> {
    let loaded = reportgen::bundle::load(run).unwrap();
    loaded
        .run
        .samples
        .iter()
        .map(|row| (row.strategy.clone(), row.requests, row.repeat, row.phase.to_string()))
        .collect()
}

fn check_whole(place: &TestDirectory, run: &Path) {
    let cells = cells(run);
    assert_eq!(cells.len(), PLANNED, "{cells:?}");
    assert_eq!(cells.iter().collect::<BTreeSet<_>>().len(), PLANNED, "a sample is there twice");
    let requests = fs::read_to_string(run.join("requests.csv")).unwrap();
    let rows = csv_rows(&requests);
    assert_eq!(rows, 1 + 3 * 2 * (1 + 4), "requests of measured samples");
    let again = place.run(&["--resume", run.to_str().unwrap(), "-q"]);
    assert_eq!(again.code, Some(0), "nothing is left to do: {}", again.stderr);
    assert_eq!(self::cells(run).len(), PLANNED);
}

/// Rows of a CSV whose quoted fields may hold line ends.
fn csv_rows(text: &str) -> usize {
    let mut quoted = false;
    text.chars()
        .filter(|c| {
            quoted ^= *c == '"';
            *c == '\n' && !quoted
        })
        .count()
}

#[test]
fn a_killed_sweep_resumes_to_exactly_the_plan() {
    for moment in 0_u16..50 {
        let place = TestDirectory::new();
        place.write("sweep.toml", CONFIG);
        let mut sweep = start(&place);
        // Every number of finished samples comes up, and then another point within the next one each time. Which point
        // it is decides nothing: whatever the moment, the run has to resume.
        sweep.await_samples(usize::from(moment) % (PLANNED + 1));
        sweep.pass_time(Duration::from_micros(u64::from(moment) * 307));
        sweep.signal(Signal::KILL);
        sweep.end();
        await_no_process(&place);
        let Some(run) = run_of(&place) else { continue };
        let output = place.run(&["--resume", run.to_str().unwrap(), "-q"]);
        let rows = fs::read_to_string(run.join("raw.csv")).unwrap();
        assert_eq!(output.code, Some(0), "moment {moment}: {}\n{rows}", output.stderr);
        check_whole(&place, &run);
    }
}

#[test]
fn an_interrupt_saves_draws_and_names_the_way_on() {
    for (sent, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let place = TestDirectory::new();
        place.write("sweep.toml", CONFIG.replace("4ms", "40ms"));
        let mut sweep = start(&place);
        assert!(sweep.await_samples(2), "it ended before it was interrupted");
        sweep.signal(sent);
        let output = sweep.end();
        assert_eq!(output.code, Some(code), "{}", output.stderr);
        let run = run_of(&place).unwrap();
        let resume = format!("reportgen --resume reports/{}", run.file_name().unwrap().to_str().unwrap());
        assert!(output.stderr.contains(&resume), "{}", output.stderr);
        assert!(run.join("summary.csv").is_file());
        assert!(fs::read_to_string(run.join("manifest.json")).unwrap().contains("\"status\": \"interrupted\""));
        await_no_process(&place);
        let resumed = place.run(&["--resume", run.to_str().unwrap(), "-q"]);
        let rows = fs::read_to_string(run.join("raw.csv")).unwrap();
        assert_eq!(resumed.code, Some(0), "{}\n{rows}", resumed.stderr);
        check_whole(&place, &run);
    }
}

/// After the first signal the run is drawn, and a job's summary page that is a pipe without a reader holds that up for
/// ever: only the second signal can end it.
#[test]
fn a_second_interrupt_stops_at_once() {
    let place = TestDirectory::new();
    place.write("sweep.toml", CONFIG.replace("4ms", "40ms"));
    assert!(place.shell("PATH=/usr/bin:/bin mkfifo page").status().unwrap().success());
    let mut command = place.command();
    command.args(["-c", "sweep.toml", "-v", "--formats", "svg", "--output-format", "json"]);
    let mut sweep = Running::start(command.env("GITHUB_STEP_SUMMARY", "page"));
    assert!(sweep.await_samples(2), "it ended before it was interrupted");
    sweep.signal(Signal::INT);
    // The document on standard output is the last thing before the page.
    let is_last = |line: &str| line.starts_with("\"references\":") && line.ends_with("}\n");
    assert!(sweep.await_line(is_last), "it ended before it was interrupted again");
    sweep.signal(Signal::INT);
    let output = sweep.end();
    assert_eq!(output.code, Some(130), "{}", output.stderr);
    assert!(!output.stderr.contains("what was measured is saved"), "it came to its end: {}", output.stderr);
    await_no_process(&place);
    let run = run_of(&place).unwrap();
    assert_eq!(place.run(&["--resume", run.to_str().unwrap(), "-q"]).code, Some(0));
    check_whole(&place, &run);
}

#[test]
fn a_run_that_is_being_measured_is_left_to_whoever_measures_it() {
    let place = TestDirectory::new();
    place.write("sweep.toml", CONFIG.replace("4ms", "20ms"));
    let mut sweep = start(&place);
    assert!(sweep.await_samples(1), "it ended before it was stopped");
    // It is alive and stays where it is, however long the others take.
    sweep.signal(Signal::STOP);
    let run = run_of(&place).unwrap();
    let before = fs::read(run.join("raw.csv")).unwrap();
    let output = place.run(&["--resume", run.to_str().unwrap(), "-q"]);
    assert_eq!(output.code, Some(3), "{}", output.stderr);
    let name = run.file_name().unwrap().to_str().unwrap();
    assert!(output.stderr.contains(name), "{}", output.stderr);
    assert!(output.stderr.contains("another reportgen"), "{}", output.stderr);
    assert_eq!(fs::read(run.join("raw.csv")).unwrap(), before);
    sweep.signal(Signal::KILL);
    sweep.end();
    await_no_process(&place);
    let output = place.run(&["--resume", run.to_str().unwrap(), "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    check_whole(&place, &run);
}

#[test]
fn a_run_whose_config_was_changed_is_not_resumed() {
    let place = TestDirectory::new();
    place.write("sweep.toml", CONFIG);
    let output = place.run(&["-c", "sweep.toml", "-q", "--formats", "svg"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let run = output.stdout.trim_end();
    let config = place.path(run).join("config.toml");
    fs::write(&config, fs::read_to_string(&config).unwrap().replace("4ms", "5ms")).unwrap();
    let output = place.run(&["--resume", run]);
    assert_eq!(output.code, Some(3), "{}", output.stderr);
    assert!(output.stderr.contains("config.toml has been changed"), "{}", output.stderr);
}

#[test]
fn a_full_disk_ends_the_sweep_with_3_and_keeps_what_was_there() {
    let place = TestDirectory::new();
    place.write("sweep.toml", CONFIG.replace("repeats = 2", "repeats = 6"));
    // A limit of file size stands for a full disk: 6 KiB hold the manifest and most of raw.csv, not all of it.
    let program = crate::test_directory::executable().display().to_string();
    let script = format!("ulimit -f 12; exec '{program}' -c sweep.toml --formats svg");
    let output = place.shell(&script).output().unwrap();
    let output = captured(&output);
    assert_eq!(output.code, Some(3), "{}", output.stderr);
    assert!(output.stderr.contains("cannot write"), "{}", output.stderr);
    assert!(output.stderr.contains("raw.csv"), "{}", output.stderr);
    assert!(output.stderr.contains("reportgen --resume"), "{}", output.stderr);
    let run = run_of(&place).unwrap();
    let (before, planned) = (cells(&run), 3 * 2 * (6 + 1));
    assert!(before.len() > 10, "{}", before.len());
    assert!(before.len() < planned, "{}", before.len());
    let resumed = place.run(&["--resume", run.to_str().unwrap(), "-q"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    let after = cells(&run);
    assert_eq!(after[..before.len()], before[..], "what was there has changed");
    assert_eq!(after.iter().collect::<BTreeSet<_>>().len(), planned);
    assert_eq!(after.len(), planned);
}
