//! `[[check]]`: limits that a run has to meet, for CI.

use std::fs;

use serde_json::Value;

use crate::test_directory::TestDirectory;

fn write_config(place: &TestDirectory, target: &str, checks: &str) {
    let strategy = "[[strategy]]\nkind = \"async\"\nname = \"mine\"\n";
    let sweep = "[sweep]\nrequests = [2, 3]\nrepeats = 2\n[output]\nformats = [\"svg\"]\n";
    place.write("sweep.toml", format!("[target]\n{target}\n{sweep}{strategy}{checks}"));
}

/// The first is met and the second is not, whatever the machine does: no response comes before its delay.
const CHECKS: &str = "[[check]]\nat-most = { failed = 0 }\n\
    [[check]]\nstrategy = \"mine\"\nrequests = 3\nat-most = { latency-p99 = \"1ms\" }\n";

#[test]
fn a_check_that_is_not_met_is_told_everywhere_and_ends_in_6() {
    let place = TestDirectory::new();
    write_config(&place, "delay = \"20ms\"", CHECKS);
    let output = place.command().args(["-c", "sweep.toml"]).env("GITHUB_STEP_SUMMARY", "page").output().unwrap();
    let output = crate::test_directory::captured(&output);
    assert_eq!(output.code, Some(6), "{}", output.stderr);
    let run = output.run().to_owned();
    let failed =
        |text: &str| text.contains("mine at 3 requests: latency-p99 ") && text.contains(", at most 1 ms: failed");
    assert!(failed(&output.stderr), "{}", output.stderr);
    assert!(!output.stderr.contains("mine at 2 requests"), "what is met is no warning: {}", output.stderr);
    let row = |word: &str| output.stdout.lines().filter(|line| line.trim_start().starts_with(word)).count();
    assert_eq!((row("failed "), row("passed ")), (1, 2), "{}", output.stdout);
    let summary = fs::read(place.path(&run).join("summary.json")).unwrap();
    let summary: Value = serde_json::from_slice(&summary).unwrap();
    let checks = summary["checks"].as_array().unwrap();
    let passed: Vec<bool> = checks.iter().map(|check| check["passed"].as_bool().unwrap()).collect();
    assert_eq!(passed, [true, true, false], "{checks:?}");
    assert!(failed(checks[2]["text"].as_str().unwrap()), "{checks:?}");
    for page in ["page".to_owned(), format!("{run}/report.md"), format!("{run}/report.html")] {
        let text = fs::read_to_string(place.path(&page)).unwrap();
        assert!(text.contains("1 of 3 checks failed.") && text.contains("at most 1 ms"), "{page}");
    }
    // What was archived says the same, and `compare`, which looks for something else, does not.
    let rendered = place.run(&["render", &run, "-q"]);
    assert_eq!(rendered.code, Some(6), "{}", rendered.stderr);
    assert!(failed(&rendered.stderr), "{}", rendered.stderr);
    assert_eq!(place.run(&["verify", &run]).code, Some(0));
}

#[test]
fn checks_that_are_met_end_in_0_and_those_of_what_is_not_measured_are_left_out() {
    let place = TestDirectory::new();
    write_config(&place, "delay = \"1ms\"", "[[check]]\nrequests = 3\nat-least = { samples = 2 }\n");
    let output = place.run(&["-c", "sweep.toml"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stdout.lines().any(|line| line.trim_start().starts_with("passed ")), "{}", output.stdout);
    let output = place.run(&["-c", "sweep.toml", "--requests", "2", "--output-format", "json"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let summary: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(summary["checks"], Value::Array(Vec::new()));
}

#[test]
fn failed_samples_come_first_and_a_check_without_a_valid_one_has_failed() {
    let place = TestDirectory::new();
    write_config(
        &place,
        "delay = \"1ms\"\nfailure-rate = 1.0",
        "[[check]]\nrequests = 2\nat-most = { median = \"10m\" }\n",
    );
    let output = place.run(&["-c", "sweep.toml", "-q"]);
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    let told = "mine at 2 requests: no median, at most 600 s: failed, no sample is valid (wrong-status: ";
    assert!(output.stderr.contains(told), "{}", output.stderr);
    let rendered = place.run(&["render", "reports/latest", "-q"]);
    assert_eq!(rendered.code, Some(6), "{}", rendered.stderr);
}
