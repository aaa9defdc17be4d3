//! Samples that failed are measured again, and a target that is gone ends the sweep.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use reportgen::model::{SampleRow, SampleStatus};
use rustix::process::Signal;

use crate::peer::{FaultKind, Peer, unused_address};
use crate::resume::run_of;
use crate::running::Running;
use crate::test_directory::{CommandOutput, TestDirectory, await_no_process};

/// Samples of the strategy `mine` fail as long as there is no file `good`.
fn write_config(place: &TestDirectory, url: &str, requests: &str) {
    // Before a sweep each program is started once with one request.
    let program = "test -e good -o $REPORTGEN_REQUESTS = 1 || exit 1";
    place.write(
        "sweep.toml",
        format!(
            "[target]\nurl = \"{url}\"\n[sweep]\nrequests = [2, 3]\nrepeats = 2\nwarmup = 1\n\
             [output]\nformats = [\"svg\"]\nrequests = \"{requests}\"\n\
             [[strategy]]\nname = \"mine\"\nkind = \"command\"\nmodel = \"sequential\"\n\
             command = [\"/bin/sh\", \"-c\", \"{program}\"]\n\
             [[strategy]]\nkind = \"event-loop\"\n"
        ),
    );
}

const PLANNED: usize = 2 * 2 * (2 + 1);
const FAILED: usize = PLANNED / 2;

/// A server that answers 200, and a sweep at it of which one strategy failed.
fn failed_run(place: &TestDirectory, requests: &str) -> (Peer, CommandOutput) {
    let peer = Peer::start(FaultKind::Redirect);
    write_config(place, &format!("{}end", peer.url()), requests);
    let output = place.run(&["-c", "sweep.toml"]);
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    (peer, output)
}

fn samples(run: &Path) -> Vec<SampleRow> {
    reportgen::bundle::load(run).unwrap().run.samples
}

fn assert_whole(place: &TestDirectory, run: &Path) {
    let rows = samples(run);
    assert!(rows.iter().all(|row| row.status == SampleStatus::Ok), "{rows:?}");
    assert_eq!(rows.len(), PLANNED);
    let cells = rows.iter().map(|row| (&row.strategy, row.requests, row.repeat, row.phase.to_string()));
    assert_eq!(cells.collect::<BTreeSet<_>>().len(), PLANNED, "a sample is there twice");
    let retried = fs::read_to_string(run.join("retried.csv")).unwrap();
    assert_eq!(retried.lines().filter(|line| line.contains(",failed,child-exit")).count(), FAILED, "{retried}");
    let verified = place.run(&["verify", run.to_str().unwrap()]);
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
}

#[test]
fn failed_samples_of_a_finished_run_are_measured_again_and_their_rows_kept() {
    for requests in ["csv", "csv.zst"] {
        let place = TestDirectory::new();
        let (_peer, output) = failed_run(&place, requests);
        let run = place.path(output.run());
        let again = format!("reportgen --resume {} --retry-failed", output.run());
        assert!(output.stderr.contains(&again), "{}", output.stderr);
        let good: Vec<SampleRow> = samples(&run).into_iter().filter(|row| row.status == SampleStatus::Ok).collect();
        place.write("good", "");
        let retried = place.run(&["--resume", run.to_str().unwrap(), "--retry-failed"]);
        assert_eq!(retried.code, Some(0), "{}", retried.stderr);
        assert_whole(&place, &run);
        assert_eq!(samples(&run)[..good.len()], good[..], "what was good has changed");
        let told = format!("{FAILED} samples failed and were measured again.");
        assert!(retried.stderr.contains(&told), "{}", retried.stderr);
        assert!(fs::read_to_string(run.join("report.md")).unwrap().contains(&told));
        let requests = reportgen::bundle::load(&run).unwrap().run.requests;
        assert_eq!(requests.values().map(|cell| cell.latencies.len()).collect::<Vec<_>>(), [4, 6], "of event-loop");
    }
}

#[test]
fn where_none_failed_none_is_measured_again() {
    let place = TestDirectory::new();
    place.write("good", "");
    let peer = Peer::start(FaultKind::Redirect);
    write_config(&place, &format!("{}end", peer.url()), "csv");
    let output = place.run(&["-c", "sweep.toml"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let run = place.path(output.run());
    let before = fs::read(run.join("manifest.json")).unwrap();
    drop(peer);
    let retried = place.run(&["--resume", run.to_str().unwrap(), "--retry-failed"]);
    assert_eq!(retried.code, Some(0), "{}", retried.stderr);
    assert!(retried.stderr.contains("failed: none is measured again"), "{}", retried.stderr);
    assert_eq!(fs::read(run.join("manifest.json")).unwrap(), before);
    let wrong = place.run(&["-c", "sweep.toml", "--retry-failed"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("--resume <RUN>"), "{}", wrong.stderr);
}

#[test]
fn where_the_sweep_cannot_begin_the_failed_rows_stay() {
    let place = TestDirectory::new();
    let (peer, output) = failed_run(&place, "csv");
    let run = place.path(output.run());
    drop(peer);
    let before = fs::read(run.join("raw.csv")).unwrap();
    let retried = place.run(&["--resume", run.to_str().unwrap(), "--retry-failed"]);
    assert_eq!(retried.code, Some(3), "{}", retried.stderr);
    assert_eq!(fs::read(run.join("raw.csv")).unwrap(), before);
    assert!(!run.join("retried.csv").exists());
}

#[test]
fn a_killed_retry_is_finished_by_resume() {
    for moment in [0, 1, 3, FAILED] {
        let place = TestDirectory::new();
        let (_peer, output) = failed_run(&place, "csv");
        let run = place.path(output.run());
        place.write("good", "");
        let mut retry = Running::start(place.command().args(["--resume", output.run(), "--retry-failed", "-v"]));
        retry.await_samples(moment);
        retry.signal(Signal::KILL);
        retry.end();
        await_no_process(&place);
        let resumed = place.run(&["--resume", output.run(), "--retry-failed", "-q"]);
        assert_eq!(resumed.code, Some(0), "{moment}: {}", resumed.stderr);
        assert_whole(&place, &run);
    }
}

#[test]
fn a_run_is_resumed_by_its_id_and_by_a_tag() {
    for by_tag in [false, true] {
        let place = TestDirectory::new();
        let peer = Peer::start(FaultKind::Redirect);
        place.write("good", "");
        write_config(&place, &format!("{}end", peer.url()), "csv");
        let mut sweep = Running::start(place.command().args(["-c", "sweep.toml", "-v"]));
        assert!(sweep.await_samples(1), "it ended before it was killed");
        sweep.signal(Signal::KILL);
        sweep.end();
        await_no_process(&place);
        let run = run_of(&place).unwrap();
        let id = run.file_name().unwrap().to_str().unwrap();
        assert_eq!(place.run(&["tag", id, "first"]).code, Some(0));
        let resumed = place.run(&["--resume", if by_tag { "first" } else { id }, "-q"]);
        assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
        assert_eq!(samples(&run).len(), PLANNED);
    }
}

#[test]
fn a_target_that_refuses_all_of_ten_samples_stops_the_sweep() {
    let place = TestDirectory::new();
    let text = "[target]\nurl = \"URL\"\ncheck = false\n[sweep]\nrequests = [2]\nrepeats = 12\n[[strategy]]\nkind = \"sequential\"\n";
    place.write("sweep.toml", text.replace("URL", &unused_address()));
    let output = place.run(&["-c", "sweep.toml", "--formats", "svg"]);
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    let run = run_of(&place).unwrap();
    assert_eq!(samples(&run).len(), 10);
    let told = "refused every request of ten samples in a row, so the sweep stopped";
    assert!(output.stderr.contains(told), "{}", output.stderr);
    let again = format!("reportgen --resume reports/{} --retry-failed", run.file_name().unwrap().to_str().unwrap());
    assert!(output.stderr.contains(&again), "{}", output.stderr);
    // The two that are missing are refused as well, and then nothing is.
    let resumed = place.run(&["--resume", run.to_str().unwrap()]);
    assert_eq!(resumed.code, Some(1), "{}", resumed.stderr);
    assert_eq!(samples(&run).len(), 12);
}
