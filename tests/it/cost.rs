//! What a sample cost, held against those who count the same: GNU time for CPU, memory and context switches, and the
//! number of processes that a strategy starts.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use reportgen::clock::SystemClock;
use reportgen::model::{DelayTarget, Nanos, Target};
use reportgen::probe::{End, Interrupts, Job, Measured, Probe, Watchdog};
use reportgen::server;
use reportgen::strategy::{Program, Task};
use serde_json::json;

use crate::running::{Running, poll};
use crate::test_directory::{TestDirectory, kind_with, processes_left, programs};

/// Debian's package `time`. A shell's own `time` counts neither memory nor switches.
const GNU_TIME: &str = "/usr/bin/time";

/// Fills 200 MiB at once, waits 100 times in processes of their own, and counts to 200 000.
const WORK: &str = "dd if=/dev/zero of=/dev/null bs=200M count=1 2>/dev/null\n\
    for wait in 0 1 2 3 4 5 6 7 8 9; do for one in 0 1 2 3 4 5 6 7 8 9; do sleep 0.001; done; done\n\
    count=0; while [ $count -lt 200000 ]; do count=$((count + 1)); done\n";

fn measure(program: &Program, task: Task) -> Measured {
    let (programs, interrupts, clock) = (programs(), Interrupts::none(), SystemClock::start());
    let watchdog = Watchdog::start(&programs.watchdog).unwrap();
    let time_limit = Nanos::SECOND * 100;
    let (watchdog, interrupts, clock, secrets) = (&watchdog, &interrupts, &clock, &Arc::default());
    let probe = Probe { program, time_limit, watchdog, interrupts, clock, secrets };
    let measured = probe.measure(&Job::BuiltIn(Box::new(task))).unwrap();
    assert_eq!(measured.end, End::Exited(0), "{:?}", measured.stderr);
    measured
}

fn task(url: &str, delay: Nanos, requests: u32) -> Task {
    let target = Target::Delay(DelayTarget { delay, jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 });
    Task::new(&target, url, &kind_with("process-pool", json!({ "workers": 7 })), requests, programs().worker)
}

/// A number of what `time -v` wrote.
fn told(report: &str, what: &str) -> f64 {
    let line = report.lines().find_map(|line| line.trim().strip_prefix(what));
    line.and_then(|line| line.trim_start_matches(": ").parse().ok()).unwrap_or_else(|| panic!("{what} in {report}"))
}

/// GNU time runs within the sample and reports the very same execution: ours has to be theirs and the little that
/// GNU time itself takes, on a busy machine as on a quiet one.
#[test]
fn cpu_memory_and_switches_are_those_of_gnu_time() {
    if !Path::new(GNU_TIME).exists() {
        // Straight to standard error: what the macros print is swallowed when a test passes.
        writeln!(std::io::stderr(), "\n!! NOT CHECKED: costs against {GNU_TIME}; `apt-get install time` brings it\n")
            .unwrap();
        return;
    }
    let place = TestDirectory::new();
    let script = place.write("work.sh", WORK).display().to_string();
    let output = place.path("time.txt");
    let words = ["-v", "-o", output.to_str().unwrap(), "/bin/sh", &script];
    let program = Program { path: GNU_TIME.into(), arguments: words.map(str::to_owned).to_vec() };
    let cost = measure(&program, task("http://127.0.0.1:1/", Nanos::ZERO, 1)).cost.unwrap();
    let report = fs::read_to_string(output).unwrap();
    for (what, ours, own) in [
        ("User time (seconds)", cost.user.as_secs_f64(), 0.1),
        ("System time (seconds)", cost.system.as_secs_f64(), 0.1),
        ("Maximum resident set size (kbytes)", cost.peak_rss_bytes.unwrap() as f64 / 1024.0, 0.0),
        ("Voluntary context switches", cost.voluntary_switches as f64, 50.0),
        ("Involuntary context switches", cost.involuntary_switches as f64, 50.0),
    ] {
        let theirs = told(&report, what);
        // GNU time writes hundredths of a second, cut off.
        assert!((theirs..=theirs + 0.01 + own).contains(&ours), "{what}: {ours}, GNU time says {theirs}");
    }
    assert!(cost.peak_rss_bytes.unwrap() >= 200 << 20, "{cost:?}");
    assert!(cost.voluntary_switches >= 100, "{cost:?}");
    assert!(cost.user > Nanos::ZERO, "{cost:?}");
    assert!(cost.system > Nanos::ZERO, "{cost:?}");
}

#[test]
fn the_processes_of_a_sample_are_counted_while_they_live() {
    let delay = Nanos::from_millis(500);
    let target = DelayTarget { delay, jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 };
    let programs = programs();
    let server = server::Handle::start(&programs.server.path, &programs.server.arguments, &target).unwrap();
    let task = task(server.url(), delay, 7);
    let process_count = measure(&programs.child, task).process_count.unwrap();
    assert_eq!(process_count.processes, 8, "{process_count:?}: seven workers and who hands out");
    assert!(process_count.threads >= process_count.processes, "{process_count:?}");
}

/// A program whose peak memory is known: it fills as many MiB as its argument says
/// and writes down what the kernel says of it, once before and once after it has been looked at. Beside a bare program of 1 MiB the starter of a sample is ten times as large.
const FILLER: &str = r#"#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int count, char **words) {
    size_t bytes = (size_t)atoi(words[1]) << 20;
    if (bytes) memset(malloc(bytes), 1, bytes);
    char line[256];
    FILE *out = fopen(words[2], "w");
    for (int turn = 0; turn < 2; turn++) {
        FILE *status = fopen("/proc/self/status", "r");
        rewind(out);
        while (fgets(line, sizeof line, status))
            if (!strncmp(line, "VmHWM:", 6)) fputs(line + 6, out);
        fclose(status);
        fflush(out);
        if (!turn) sleep(1);
    }
    return fclose(out) || count != 3;
}
"#;

fn filler(place: &TestDirectory) -> PathBuf {
    let (source, program) = (place.write("filler.c", FILLER), place.path("filler"));
    let output = std::process::Command::new("cc").args(["-O0", "-o"]).arg(&program).arg(source).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}

#[test]
fn the_memory_of_programs_of_known_size_is_theirs() {
    let place = TestDirectory::new();
    let program = filler(&place);
    for mebibytes in ["0", "20", "200"] {
        let note = place.path("peak.txt").display().to_string();
        let program = Program { path: program.clone(), arguments: vec![mebibytes.to_owned(), note.clone()] };
        let cost = measure(&program, task("http://127.0.0.1:1/", Nanos::ZERO, 1)).cost.unwrap();
        let noted = fs::read_to_string(note).unwrap();
        let kibibytes: f64 = noted.trim().trim_end_matches("kB").trim().parse().unwrap();
        let found = cost.peak_rss_bytes.unwrap() as f64 / 1024.0;
        assert!((found / kibibytes - 1.0).abs() < 0.05, "{mebibytes} MiB filled: {found} KiB, in truth {kibibytes}");
    }
}

/// Four of these programs at once, below one shell.
#[test]
fn the_memory_of_several_processes_is_added_up() {
    let place = TestDirectory::new();
    let program = filler(&place);
    let each: Vec<String> =
        (0..4).map(|index| place.path(&format!("peak-{index}.txt")).display().to_string()).collect();
    let starts: Vec<String> = each.iter().map(|note| format!("'{}' 20 '{note}' &", program.display())).collect();
    let script = format!("{} wait", starts.join(" "));
    let shell = Program { path: "/bin/sh".into(), arguments: vec!["-c".to_owned(), script] };
    let count = measure(&shell, task("http://127.0.0.1:1/", Nanos::ZERO, 1)).process_count.unwrap();
    let peaks = each.iter().map(|note| {
        let noted = fs::read_to_string(note).unwrap();
        noted.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() * 1024
    });
    let peaks: Vec<u64> = peaks.collect();
    assert_eq!(count.processes, 5);
    let largest = *peaks.iter().max().unwrap();
    assert!(count.largest_bytes.abs_diff(largest) < largest / 20, "{count:?}, {peaks:?}");
    assert!(count.total_bytes >= 4 * (20 << 20), "{count:?}");
    assert!(count.total_bytes < peaks.iter().sum::<u64>(), "the program's file counts once: {count:?}, {peaks:?}");
}

/// Workers that start as programs anew have a command line of their own.
#[test]
fn workers_of_a_process_pool_are_copies_of_the_sample() {
    let place = TestDirectory::new();
    place.write(
        "pool.toml",
        "[target]\ndelay = \"2s\"\n[sweep]\nrequests = [3]\nrepeats = 1\n[output]\nformats = [\"svg\"]\n\
         [[strategy]]\nkind = \"process-pool\"\nworkers = 3\n",
    );
    let sweep = Running::start(place.command().args(["-c", "pool.toml", "-q"]));
    let with_role = |role: &str| {
        let words = |number: &String| fs::read_to_string(format!("/proc/{number}/cmdline")).unwrap_or_default();
        processes_left(&place).iter().filter(|number| words(number).contains(role)).count()
    };
    let mut started_anew = 0;
    // No one announces that the workers are there.
    let is_copied = poll(|| {
        started_anew += with_role("internal-worker");
        started_anew > 0 || with_role("internal-sample") == 1 + 3
    });
    assert!(is_copied && started_anew == 0, "{started_anew} started anew");
    assert_eq!(sweep.end().code, Some(0));
}
