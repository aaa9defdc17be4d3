//! Samples side by side: none lost, none twice, none torn, each seen by a server of its own, nothing left running.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use reportgen::config::{self, Known};
use reportgen::model::{SampleRow, SampleStatus};
use reportgen::plan::Plan;
use rustix::process::Signal;

use crate::resume::run_of;
use crate::running::{Running, is_sample};
use crate::test_directory::{TestDirectory, await_no_process, captured};

const CONFIG: &str = "[target]\ndelay = \"400ms\"\n[sweep]\nrequests = [1, 4]\nrepeats = { min = 2, max = 3, precision = \"100%\" }\n\
    warmup = 1\noverlap = \"auto\"\noverlap-cpu = 1.0\n[output]\nformats = [\"svg\"]\n\
    [[strategy]]\nkind = \"sequential\"\n[[strategy]]\nkind = \"async\"\n";
/// Two strategies, two counts, a warm-up and two repeats; the third is not wanted by a precision that is always met.
const TAKEN: usize = 2 * 2 * (1 + 2);

/// Starts the sweep; it tells when a sample begins.
fn start(place: &TestDirectory) -> Running {
    place.write("sweep.toml", CONFIG);
    Running::start(place.command().args(["-c", "sweep.toml", "-vv"]))
}

/// Waits until two samples are under way; says whether they were before the sweep ended.
fn await_two(sweep: &mut Running) -> bool {
    let mut under_way = 0;
    sweep.await_line(|line| {
        under_way += i32::from(line.contains(" begins, ")) - i32::from(is_sample(line));
        under_way >= 2
    })
}

fn rows(run: &Path) -> Vec<SampleRow> {
    reportgen::bundle::load(run).unwrap().run.samples
}

/// Every sample once, whole, seen by a server that saw nothing else.
fn check_whole(run: &Path) {
    let rows = rows(run);
    let cells: BTreeSet<_> =
        rows.iter().map(|row| (row.strategy.as_str(), row.requests, row.phase, row.repeat)).collect();
    assert_eq!((rows.len(), cells.len()), (TAKEN, TAKEN), "{rows:?}");
    for row in &rows {
        assert_eq!((row.status, row.succeeded), (SampleStatus::Ok, Some(row.requests)), "{row:?}");
        let width = if row.kind == "sequential" { 1 } else { row.requests };
        assert!(row.peak_in_flight.is_some_and(|peak| (1..=width).contains(&peak)), "{row:?}");
        assert!(row.connections.is_some_and(|connections| (1..=width).contains(&connections)), "{row:?}");
    }
    let requests = fs::read_to_string(run.join("requests.csv")).unwrap();
    assert_eq!(requests.lines().count(), 1 + 2 * 2 * (1 + 4), "requests of measured samples");
}

#[test]
fn samples_side_by_side_are_the_plan_begun_in_its_order() {
    let place = TestDirectory::new();
    let output = start(&place).end();
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let run = run_of(&place).unwrap();
    check_whole(&run);
    let mut rows = rows(&run);
    assert!(rows.iter().any(|row| row.overlapped == Some(true)), "none ran beside another: {rows:?}");
    rows.sort_by_key(|row| row.sequence);
    assert!(rows.iter().map(|row| row.sequence).eq(1..=u32::try_from(TAKEN).unwrap()));
    let known = Known::default();
    let sweep = config::load(CONFIG, "sweep.toml", &known).unwrap();
    let plan = Plan::of(&sweep, |_| sweep.target.delay());
    let planned = plan.samples.iter().filter(|sample| sample.repeat < 3);
    let planned = planned
        .map(|sample| (sweep.strategies[sample.strategy].name.as_str(), sample.requests, sample.phase, sample.repeat));
    assert!(planned.eq(rows.iter().map(|row| (row.strategy.as_str(), row.requests, row.phase, row.repeat))));
    let report = fs::read_to_string(run.join("report.md")).unwrap();
    assert!(report.contains("ran side by side"), "{report}");
}

#[test]
fn a_signal_ends_all_of_them_and_the_rest_follows_on_resume() {
    for (sent, code) in [(Signal::INT, Some(130)), (Signal::TERM, Some(143)), (Signal::KILL, None)] {
        let place = TestDirectory::new();
        let mut sweep = start(&place);
        assert!(await_two(&mut sweep), "no two samples side by side");
        sweep.signal(sent);
        let ended = sweep.end();
        assert_eq!(ended.code, code, "{}", ended.stderr);
        await_no_process(&place);
        let run = run_of(&place).unwrap();
        let before = rows(&run);
        let resumed = place.run(&["--resume", run.to_str().unwrap(), "-q"]);
        assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
        check_whole(&run);
        let after = rows(&run);
        assert_eq!(after[..before.len()], before[..], "what was there has changed");
        let numbers: BTreeSet<u32> = after.iter().map(|row| row.sequence).collect();
        assert_eq!(numbers.len(), TAKEN, "a place in the order is there twice");
    }
}

#[test]
fn a_full_disk_ends_those_under_way_too() {
    let place = TestDirectory::new();
    let long = |kind: &str| format!("name = \"{kind}{}\"\nkind = \"{kind}\"", "x".repeat(190 - kind.len()));
    let config = ["sequential", "async"]
        .iter()
        .fold(CONFIG.to_owned(), |config, kind| config.replace(&format!("kind = \"{kind}\""), &long(kind)));
    place.write("sweep.toml", config);
    let program = crate::test_directory::executable().display().to_string();
    // A limit of file size stands for a full disk: 4 KiB hold the manifest and some rows, not all of them.
    let script = format!("ulimit -f 8; trap '' XFSZ; exec '{program}' -c sweep.toml");
    let output = captured(&place.shell(&script).output().unwrap());
    assert_eq!(output.code, Some(3), "{}", output.stderr);
    assert!(output.stderr.contains("cannot write"), "{}", output.stderr);
    assert!(output.stderr.contains("--resume"), "{}", output.stderr);
    await_no_process(&place);
}
