//! Programs that lie, babble, flood, fork, hang and ignore signals: each sample is recorded as what it is, memory stays
//! bounded, and nothing is left running.

#![cfg(unix)]

use std::fs;

use reportgen::model::{SampleRow, SampleStatus, Timing};
use rustix::process::Signal;

use crate::commands::{samples, write_client, write_program};
use crate::running::{NamedPipe, Running};
use crate::test_directory::{TestDirectory, await_no_process};

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What a program does in a sample; the smoke test's single request is honest.
fn config(place: &TestDirectory, rest: &str, programs: &[(&str, &str)]) {
    write_client(place);
    let mut config = format!("[target]\ndelay = \"20ms\"\n[sweep]\nrequests = [5]\nrepeats = 1\n{rest}");
    for (name, script) in programs {
        let text = format!("#!/bin/sh\n[ $REPORTGEN_REQUESTS -gt 1 ] || exec ./client\n{script}\n");
        write_program(place, &format!("{name}.sh"), &text);
        config += &format!(
            "[[strategy]]\nname = \"{name}\"\nkind = \"command\"\nmodel = \"sequential\"\ncommand = [\"./{name}.sh\"]\n"
        );
    }
    place.write("hostile.toml", config);
}

fn start(place: &TestDirectory) -> Running {
    let mut command = place.command();
    Running::start(command.env("PATH", PATH).args(["-c", "hostile.toml", "-q", "--formats", "svg"]))
}

/// Runs the sweep and returns its rows by strategy.
fn rows(place: &TestDirectory) -> Vec<SampleRow> {
    let output = start(place).end();
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    await_no_process(place);
    samples(place, &output.stdout)
}

const LINES: &str = "for i in 0 1 2 3 4; do \
    echo '{\"event\":\"request\",\"request\":'$i',\"start_s\":0,\"end_s\":0.001,\"status\":200}'; done";

#[test]
fn what_a_program_says_is_held_against_what_the_server_saw() {
    let place = TestDirectory::new();
    let lies = format!("./client 4 > /dev/null; {LINES}");
    let done = |text: &str| format!("./client > /dev/null; echo '{{\"event\":\"done\",{text}'");
    let (nan, negative, huge, tiny, half) = (
        done("\"duration_s\":NaN}"),
        done("\"duration_s\":-1}"),
        done("\"duration_s\":1e300}"),
        done("\"duration_s\":0.000001}"),
        done("\"dura"),
    );
    let all = [
        ("lies", &*lies, SampleStatus::Void, "the server saw 4 requests, the strategy reported 5 answered of 5"),
        ("few", "./client 4 > /dev/null", SampleStatus::Void, "the server saw 4 requests instead of 5"),
        ("many", "./client 6", SampleStatus::Void, "reported 6 requests instead of 5"),
        (
            "rubbish",
            "echo hello; printf '\\377\\0\\n[1]\\n'",
            SampleStatus::Void,
            "the server saw 0 requests instead of 5",
        ),
        (
            "twice",
            "./client | sed 's/\"request\":4/\"request\":3/'",
            SampleStatus::Void,
            "each of the requests 0 to 4 once",
        ),
        (
            "beyond",
            "./client | sed 's/\"request\":4/\"request\":5/'",
            SampleStatus::Void,
            "each of the requests 0 to 4 once",
        ),
        ("no-count", "./client | sed 's/\"request\":4/\"request\":-4/'", SampleStatus::Failed, "child-output: "),
        ("nan", &nan, SampleStatus::Failed, "child-output: not JSON: "),
        ("negative", &negative, SampleStatus::Failed, "child-output: times must be finite"),
        ("huge", &huge, SampleStatus::Failed, "but the process lived for "),
        ("tiny", &tiny, SampleStatus::Failed, "but the server takes "),
        ("late", "./client | sed 's/\"end_s\":/&9/'", SampleStatus::Failed, "but the process lived for "),
        ("half", &half, SampleStatus::Failed, "child-output: not JSON: "),
        ("exits", "./client; echo why >&2; exit 3", SampleStatus::Failed, "child-exit: exit code 3: why"),
        ("killed", "./client; kill -9 $$", SampleStatus::Failed, "child-killed: ended by signal 9"),
        (
            "errors",
            "./client | sed 's/\"status\":200/\"status\":500/'",
            SampleStatus::Failed,
            "wrong-status: 500 in 5 of 5",
        ),
    ];
    config(&place, "", &all.map(|(name, script, ..)| (name, script)));
    let rows = rows(&place);
    assert_eq!(rows.len(), all.len());
    for (name, _, status, error) in all {
        let row = rows.iter().find(|row| row.strategy == name).unwrap();
        assert!(row.status == status, "{name}: {} {}", row.status, row.error);
        assert!(row.error.contains(error), "{name}: {} {}", row.status, row.error);
        assert!(!row.error.contains('\n'), "{name}: {:?}", row.error);
    }
}

#[test]
fn a_flood_is_passed_over_in_bounded_memory() {
    let place = TestDirectory::new();
    config(
        &place,
        "",
        &[
            ("lines", "./client; yes \"$(printf '%0999d')\" | head -c 100000000"),
            ("one-line", "./client; head -c 100000000 /dev/zero | tr '\\0' x"),
            ("stderr", "./client; head -c 100000000 /dev/zero | tr '\\0' x >&2; exit 4"),
        ],
    );
    // A page that is not read holds the sweep up at its end, so that it can be looked at.
    let page = NamedPipe::pipe(&place, "page");
    let mut command = place.command();
    command.env("PATH", PATH).env("GITHUB_STEP_SUMMARY", &page).args(["-c", "hostile.toml", "-v", "--formats", "svg"]);
    let mut sweep = Running::start(&mut command);
    assert!(sweep.await_samples(3), "it ended before its samples");
    let status = fs::read_to_string(format!("/proc/{}/status", sweep.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak_kib: u64 = line.map_or(0, |line| line.trim().trim_end_matches(" kB").parse().unwrap());
    let summary = fs::read_to_string(page).unwrap();
    assert!(summary.contains("stderr"), "{summary}");
    let output = sweep.end();
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    if cfg!(target_os = "linux") {
        assert!((1..95_000).contains(&peak_kib), "{peak_kib} KiB for 300 MB of output");
    }
    for row in samples(&place, output.run()) {
        match row.strategy.as_str() {
            "stderr" => {
                assert!(row.status == SampleStatus::Failed);
                assert!(row.error.starts_with("child-exit: exit code 4: xxx"));
                assert!(row.error.len() < 1_000, "{}", row.error.len());
            }
            name => assert_eq!((row.status, row.timing), (SampleStatus::Ok, Some(Timing::OwnClock)), "{name}"),
        }
    }
    await_no_process(&place);
}

#[test]
fn what_a_program_leaves_behind_is_ended() {
    let place = TestDirectory::new();
    config(
        &place,
        "",
        &[
            // They hold the pipes of a leader that has ended.
            ("forks", "./client; sleep 1000 &"),
            ("daemons", "./client; setsid sleep 1000 & setsid sh -c 'sleep 1000 & sleep 1000' &"),
            ("exits", "sleep 1000 & exit 5"),
        ],
    );
    for row in rows(&place) {
        let status = if row.strategy == "exits" { SampleStatus::Failed } else { SampleStatus::Ok };
        assert_eq!(row.status, status, "{}: {}", row.strategy, row.error);
    }
}

#[test]
fn what_hangs_is_ended_when_its_time_is_over() {
    let place = TestDirectory::new();
    config(
        &place,
        "sample-timeout = \"1500ms\"\n",
        &[
            ("hangs", "./client; sleep 1000"),
            ("deaf", "trap '' TERM INT HUP; while :; do sleep 1; done"),
            ("forks", "setsid sleep 1000 & sleep 1000"),
        ],
    );
    let rows = rows(&place);
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert_eq!(row.status, SampleStatus::Timeout, "{}", row.strategy);
        assert!(row.error.starts_with("sample-timeout: killed after "), "{}", row.error);
    }
}

#[test]
fn a_program_that_hangs_in_its_smoke_test_is_warned_of_and_recorded() {
    let place = TestDirectory::new();
    config(&place, "sample-timeout = \"300ms\"\n", &[]);
    let text = fs::read_to_string(place.path("hostile.toml")).unwrap();
    let strategy = "[[strategy]]\nkind = \"command\"\nmodel = \"async\"\ncommand = [\"sleep\", \"1000\"]\n";
    place.write("hostile.toml", text + strategy);
    let output = start(&place).end();
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    assert!(output.stderr.contains("`sleep 1000` did not end within 300 ms"), "{}", output.stderr);
    assert_eq!(samples(&place, &output.stdout)[0].status, SampleStatus::Timeout);
    await_no_process(&place);
}

#[test]
fn nothing_is_left_when_the_sweep_itself_is_ended() {
    for signal in [Signal::KILL, Signal::INT, Signal::TERM] {
        let place = TestDirectory::new();
        let hanging = NamedPipe::new(&place, "hanging");
        let hang = "trap '' TERM INT; setsid sleep 1000 & echo > hanging; sleep 1000";
        config(&place, "", &[("hangs", hang)]);
        let sweep = start(&place);
        hanging.wait();
        sweep.signal(signal);
        let code = sweep.end().code;
        let expected = match signal {
            Signal::KILL => None,
            Signal::INT => Some(130),
            _ => Some(143),
        };
        assert_eq!(code, expected);
        await_no_process(&place);
    }
}
