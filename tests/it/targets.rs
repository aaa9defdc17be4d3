//! Sweeps against servers that run already, and against targets that misbehave: each failure in its own kind,
//! the sweep goes on, and nothing is left running.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use reportgen::bundle;
use reportgen::model::{FailureKind, Nanos, SampleRow, SampleStatus, Target};
use reportgen::strategy;

use crate::peer::{FAULTS, FaultKind, Peer};
use crate::running::Running;
use crate::test_directory::TestDirectory;

/// `reportgen serve` on a free port; killed when dropped.
struct ServeCommand {
    child: Child,
    url: String,
}

impl ServeCommand {
    fn start(place: &TestDirectory, delay: &str) -> Self {
        let mut command = place.command();
        command.args(["serve", "--port", "0", "--delay", delay]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim_end().to_owned() }
    }
}

impl Drop for ServeCommand {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn samples(place: &TestDirectory, run: &str) -> Vec<SampleRow> {
    bundle::load(&place.path(run.trim_end())).unwrap().run.samples
}

fn config(url: &str, rest: &str) -> String {
    format!("[target]\nurl = \"{url}\"\n[sweep]\nrequests = [2, 5]\nrepeats = 1\n{rest}")
}

#[test]
fn a_url_gets_its_ideal_from_an_estimate_and_no_witness() {
    let place = TestDirectory::new();
    let served = ServeCommand::start(&place, "20ms");
    place.write("url.toml", config(&served.url, ""));
    let output = place.run(&["-c", "url.toml", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let loaded = bundle::load(&place.path(output.stdout.trim_end())).unwrap();
    let times = loaded.run.facts.estimates[0].times.and_then(|times| times.kept).unwrap();
    assert!(times.median_s >= 0.02);
    assert!(times.requests >= 4, "over a kept connection");
    assert!(loaded.run.facts.estimates[0].after.is_some());
    for row in &loaded.run.samples {
        let width = if row.kind == "sequential" { 1 } else { row.requests.min(20) };
        let ideal = times.steady().map(|time| time * u64::from(row.requests.div_ceil(width)));
        assert_eq!(row.ideal_s, ideal, "{}", row.strategy);
        assert_eq!((row.peak_in_flight, row.connections, row.service_mean_s), (None, None, None));
        assert_eq!((row.succeeded, row.failed), (Some(row.requests), Some(0)));
    }
}

#[test]
fn a_connection_for_each_request_has_an_ideal_with_the_time_to_open_it() {
    let place = TestDirectory::new();
    let served = ServeCommand::start(&place, "5ms");
    let strategies = ["keep-alive", "per-request"].map(|connections| {
        format!("[[strategy]]\nkind = \"sequential\"\nname = \"{connections}\"\nconnections = \"{connections}\"\n")
    });
    place.write("url.toml", config(&served.url, &strategies.concat()));
    let output = place.run(&["-c", "url.toml", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let run = bundle::load(&place.path(output.stdout.trim_end())).unwrap().run;
    let estimate = run.facts.estimates[0].times.unwrap();
    for (row, times) in run.samples.iter().map(|row| match row.strategy.as_str() {
        "keep-alive" => (row, estimate.kept),
        _ => (row, estimate.opened),
    }) {
        let ideal = times.unwrap().steady().map(|time| time * u64::from(row.requests));
        assert_eq!(row.ideal_s, ideal, "{}", row.strategy);
    }
}

#[test]
fn several_targets_are_measured_in_one_sweep_each_with_its_own_ideal() {
    let place = TestDirectory::new();
    let (slow, fast) = (ServeCommand::start(&place, "40ms"), ServeCommand::start(&place, "5ms"));
    let config = format!(
        "[[target]]\nname = \"slow\"\nurl = \"{}\"\n[[target]]\nname = \"fast\"\nurl = \"{}?key=s3cret-key\"\n\
         [[target]]\nname = \"unused\"\nurl = \"${{NOT_SET}}\"\n[sweep]\nrequests = [3]\nrepeats = 2\n\
         [[strategy]]\nkind = \"sequential\"\n[[strategy]]\nkind = \"async\"\ntarget = \"fast\"\n",
        slow.url, fast.url
    );
    place.write("two.toml", config);
    let output = place.run(&["-c", "two.toml", "--skip", "sequential on unused", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let path = place.path(output.stdout.trim_end());
    let run = bundle::load(&path).unwrap().run;
    let names: Vec<&str> = run.strategies.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["sequential on slow", "sequential on fast", "async on fast"]);
    let asked: Vec<Option<&str>> = run.facts.estimates.iter().map(|estimate| estimate.target.as_deref()).collect();
    assert_eq!(
        asked,
        [Some("slow"), Some("fast")],
        "the third has no strategy, so nobody asks it or needs its variable"
    );
    let estimate = |name: &str| run.facts.estimates.iter().find(|of| of.target.as_deref() == Some(name)).unwrap();
    assert!(estimate("slow").before.unwrap() >= Nanos::from_millis(40));
    assert_eq!(run.samples.len(), 6);
    for row in &run.samples {
        let target = row.strategy.rsplit(' ').next().unwrap();
        let one = estimate(target).times.unwrap().kept.unwrap().steady();
        let rounds = if row.kind == "sequential" { 3 } else { 1 };
        assert_eq!((row.status, row.ideal_s), (SampleStatus::Ok, one.map(|one| one * rounds)), "{}", row.strategy);
        let least = Nanos::from_millis(if target == "slow" { 40 } else { 5 }) * rounds;
        assert!(row.duration_s.unwrap() >= least, "{} went to the other server", row.strategy);
    }
    for file in ["manifest.json", "config.toml", "report.html", "summary.json"] {
        let text = fs::read_to_string(path.join(file)).unwrap();
        assert!(!text.contains("s3cret-key"), "{file}");
    }
    let manifest = fs::read_to_string(path.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["targets"]["fast"]["target_seen"]["status"], 200);
    assert_eq!(manifest["settings"]["target"][0]["name"], "slow");
    assert_eq!(place.run(&["verify", path.to_str().unwrap()]).code, Some(0));
    let listed = place.run(&["list", "--output-format", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed[0]["target"]["slow"]["method"], "GET");
}

#[test]
fn a_flag_does_not_choose_among_several_targets() {
    let place = TestDirectory::new();
    let targets =
        ["a", "b"].map(|name| format!("[[target]]\nname = \"{name}\"\nurl = \"http://127.0.0.1:1/{name}\"\n"));
    place.write("two.toml", targets.concat());
    for (flag, value) in [("--url", "http://127.0.0.1:1/"), ("--delay", "10ms")] {
        let output = place.run(&["-c", "two.toml", flag, value]);
        assert_eq!(output.code, Some(2));
        assert!(output.stderr.contains(&format!("{flag} gives one target")), "{}", output.stderr);
    }
    let output = place.run(&["-c", "two.toml", "--requests", "1", "--repeats", "1"]);
    assert_eq!(output.code, Some(3), "nobody listens at the first one: {}", output.stderr);
    assert!(output.stderr.contains("http://127.0.0.1:1/a does not answer"), "{}", output.stderr);
}

#[test]
fn a_sleep_is_swept_like_any_target_and_has_no_witness() {
    let place = TestDirectory::new();
    place.write("sleep.toml", "[target]\nkind = \"sleep\"\ndelay = \"10ms\"\n[sweep]\nrequests = [3]\nrepeats = 1\n");
    let output = place.run(&["-c", "sleep.toml", "-q", "--delay", "20ms"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let loaded = bundle::load(&place.path(output.stdout.trim_end())).unwrap();
    assert_eq!(loaded.run.facts.target, Some(Target::Sleep { delay: Nanos::from_millis(20) }.into()));
    assert_eq!(loaded.run.samples.len(), strategy::built_in().count());
    for row in &loaded.run.samples {
        let width = if row.kind == "sequential" { 1 } else { 3 };
        assert_eq!(row.ideal_s, Some(Nanos::from_millis(20) * 3_u64.div_ceil(width)), "{}", row.strategy);
        assert!(row.duration_s >= row.ideal_s, "{}", row.strategy);
        assert_eq!((row.succeeded, row.failed, row.peak_in_flight, row.connections), (Some(3), Some(0), None, None));
    }
    let svg = fs::read_to_string(place.path(output.stdout.trim_end()).join("charts/duration.svg")).unwrap();
    assert!(svg.contains("ideal for a sleep of 20 ms"), "the caption says what was waited for");
}

#[test]
fn a_server_that_dies_half_way_ends_the_sweep_after_ten_refused_samples() {
    let place = TestDirectory::new();
    let mut served = ServeCommand::start(&place, "5ms");
    place.write("url.toml", config(&served.url, "order = \"listed\"\n").replace("repeats = 1", "repeats = 4"));
    let mut sweep = Running::start(place.command().args(["-c", "url.toml", "-v"]));
    assert!(sweep.await_samples(10), "samples while it lived");
    served.child.kill().unwrap();
    let output = sweep.end();
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    assert!(output.stderr.contains("refused every request of ten samples in a row"), "{}", output.stderr);
    let run = fs::canonicalize(place.path("reports/latest")).unwrap();
    let told = format!("reportgen --resume reports/{}", run.file_name().unwrap().display());
    assert!(output.stderr.contains(&told), "{}", output.stderr);
    let rows = samples(&place, "reports/latest");
    assert!(rows.len() < strategy::built_in().count() * 2 * 4, "the rest was not measured");
    assert!(rows[..9].iter().all(|row| row.status == SampleStatus::Ok));
    let refused = &rows[rows.len() - 10..];
    assert!(refused.iter().all(|row| row.status == SampleStatus::Failed && row.error.starts_with("refused: ")));
}

#[test]
fn whatever_a_target_does_wrong_is_data_of_its_kind() {
    for (fault, kind) in FAULTS {
        let place = TestDirectory::new();
        let peer = Peer::start(fault);
        let limit = if fault.never_ends() { "request-timeout = \"500ms\"\n" } else { "" };
        let unchecked = config(&peer.url(), limit).replace("[sweep]", "check = false\n[sweep]");
        place.write("bad.toml", unchecked.replace("[2, 5]", "[2]"));
        let output = place.run(&["-c", "bad.toml", "-q"]);
        assert_eq!(output.code, Some(1), "{fault:?}: {}", output.stderr);
        let warned = output.stderr.contains(&format!("failed the first request ({kind})"));
        assert_eq!(warned, kind != FailureKind::WrongStatus, "{fault:?}: {}", output.stderr);
        let run = place.path(output.stdout.trim_end());
        let loaded = bundle::load(&run).unwrap();
        assert_eq!(loaded.run.samples.len(), strategy::built_in().count());
        for row in &loaded.run.samples {
            assert_eq!((row.status, row.succeeded, row.failed), (SampleStatus::Failed, Some(0), Some(2)), "{row:?}");
            let error = match kind {
                FailureKind::WrongStatus => format!("{kind}: 204 in 2 of 2 requests; the config expects 200"),
                _ => format!("{kind}: 2 of 2 requests"),
            };
            assert_eq!(row.error, error, "{}", row.strategy);
        }
        let requests = loaded.run.requests.values().flat_map(|cell| &cell.first_repeat);
        assert_eq!(requests.filter(|outcome| outcome.failure == Some(kind)).count(), 2 * strategy::built_in().count());
        // A hollow mark for each and no value.
        let svg = fs::read_to_string(run.join("charts/duration.svg")).unwrap();
        assert_eq!(svg.matches(": 1 failed</text>").count(), strategy::built_in().count(), "{fault:?}: {svg}");
        assert!(svg.contains("hollow: 6 failed samples (not in the median)"), "{fault:?}: {svg}");
        let summary = fs::read_to_string(run.join("summary.csv")).unwrap();
        assert_eq!(summary.matches(",2,0,,,,").count(), strategy::built_in().count(), "{summary}");
    }
}

/// The first request is not answered for half a minute; the signal does not wait for that.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_wait_for_the_first_answer() {
    let place = TestDirectory::new();
    let peer = Peer::start(FaultKind::Silence);
    place.write("silent.toml", config(&peer.url(), ""));
    let sweep = Running::start(place.command().args(["-c", "silent.toml", "-q"]));
    peer.await_head();
    sweep.signal(rustix::process::Signal::INT);
    assert_eq!(sweep.end().code, Some(130));
    assert!(!place.path("reports").exists(), "nothing was measured");
}

#[test]
fn a_sample_past_its_time_is_killed_whole_and_recorded() {
    let place = TestDirectory::new();
    place.write(
        "slow.toml",
        "[target]\ndelay = \"20s\"\n[sweep]\nrequests = [2]\nrepeats = 1\nsample-timeout = \"150ms\"\n",
    );
    let output = place.run(&["-c", "slow.toml", "-q"]);
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    let rows = samples(&place, &output.stdout);
    assert_eq!(rows.len(), strategy::built_in().count());
    for row in rows {
        assert_eq!(row.status, SampleStatus::Timeout);
        assert!(row.error.starts_with("sample-timeout: killed after "), "{}", row.error);
        assert_eq!((row.succeeded, row.failed), (None, None), "nobody knows");
    }
    let svg = fs::read_to_string(place.path(output.stdout.trim_end()).join("charts/duration.svg")).unwrap();
    assert!(svg.contains("1 failed"), "failed samples are marked");
}

#[test]
fn a_tenth_of_failing_requests_is_counted_and_left_out_of_statistics() {
    let place = TestDirectory::new();
    place.write(
        "tenth.toml",
        "[target]\ndelay = \"2ms\"\nfailure-rate = 0.1\njitter = \"1ms\"\n[sweep]\nrequests = [50]\nrepeats = 2\n",
    );
    let output = place.run(&["-c", "tenth.toml", "-q"]);
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    let rows = samples(&place, &output.stdout);
    for row in &rows {
        assert_eq!(row.status, SampleStatus::Partial);
        assert_eq!(row.succeeded.unwrap() + row.failed.unwrap(), 50);
        let twin = rows.iter().find(|other| other.repeat == row.repeat).unwrap();
        assert_eq!(row.failed, twin.failed, "the same delays and failures for every strategy of a repeat");
        assert!(row.ideal_s.unwrap() <= row.duration_s.unwrap(), "the ideal of the very delays drawn");
    }
    let summary = fs::read_to_string(place.path(output.stdout.trim_end()).join("summary.csv")).unwrap();
    assert!(summary.lines().nth(1).unwrap().starts_with("sequential,sequential,,50,0,,"), "{summary}");
}

#[test]
fn tolerated_failures_leave_a_sample_valid_and_are_told() {
    let place = TestDirectory::new();
    let text =
        "[target]\ndelay = \"2ms\"\nfailure-rate = 0.1\n[sweep]\nrequests = [50]\nrepeats = 2\nmax-failed = \"60%\"\n";
    place.write("tolerant.toml", text);
    let output = place.run(&["-c", "tolerant.toml", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let rows = samples(&place, "reports/latest");
    assert!(rows.iter().all(|row| row.status == SampleStatus::Ok));
    let failed = rows.iter().find(|row| row.failed > Some(0)).unwrap();
    assert_eq!(failed.error, format!("wrong-status: 500 in {} of 50 requests", failed.failed.unwrap()));
    let summary = fs::read_to_string(place.path("reports/latest/summary.json")).unwrap();
    assert!(summary.contains("tolerated-failures"), "{summary}");
}

#[test]
fn repeats_end_when_the_interval_is_narrow() {
    let place = TestDirectory::new();
    place.write(
        "precise.toml",
        "[target]\ndelay = \"400ms\"\n[sweep]\nrequests = [1]\nrepeats = { min = 3, max = 9, precision = \"100%\" }\n",
    );
    let output = place.run(&["-c", "precise.toml", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert_eq!(samples(&place, &output.stdout).len(), strategy::built_in().count() * 3);
    let summary = fs::read_to_string(place.path(output.stdout.trim_end()).join("summary.csv")).unwrap();
    assert_eq!(summary.matches(",precise\n").count(), strategy::built_in().count(), "{summary}");
}

#[test]
fn several_processes_have_a_server_each_and_one_witness() {
    let place = TestDirectory::new();
    place.write(
        "spread.toml",
        "[target]\ndelay = \"20ms\"\n[sweep]\nrequests = [1, 7]\nrepeats = 2\n[output]\nformats = [\"svg\"]\n\
         [[strategy]]\nkind = \"event-loop\"\nprocesses = 3\n[[strategy]]\nkind = \"async\"\n",
    );
    let output = place.run(&["-c", "spread.toml", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let samples = reportgen::bundle::load(&place.path(output.stdout.trim_end())).unwrap().run.samples;
    assert_eq!(samples.len(), 8);
    for row in samples {
        assert_eq!(row.status, SampleStatus::Ok, "{row:?}");
        // Servers that were not busy at the same time tell no peak of all of them.
        assert!(row.peak_in_flight.is_none_or(|peak| (1..=row.requests).contains(&peak)), "{row:?}");
        assert!(row.connections.is_some_and(|connections| (1..=row.requests).contains(&connections)), "{row:?}");
        assert_eq!((row.succeeded, row.failed), (Some(row.requests), Some(0)), "{row:?}");
    }
}
