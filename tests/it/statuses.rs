//! Which statuses count as success, what is said of others, and redirects.

use reportgen::bundle;
use reportgen::model::{SampleRow, SampleStatus};

use crate::peer::{FaultKind, Peer, unused_address};
use crate::test_directory::{CommandOutput, TestDirectory};

/// One sweep of two requests per sample by `kinds` at a server of this kind; `more` goes into `[target]`.
fn sweep(place: &TestDirectory, url: &str, more: &str, kinds: &[&str]) -> CommandOutput {
    let strategies: String = kinds.iter().map(|kind| format!("[[strategy]]\nkind = \"{kind}\"\n")).collect();
    place.write(
        "sweep.toml",
        format!("[target]\nurl = \"{url}\"\n{more}\n[sweep]\nrequests = [2]\nrepeats = 1\n[output]\nformats = [\"svg\"]\n{strategies}"),
    );
    place.run(&["-c", "sweep.toml"])
}

fn samples(place: &TestDirectory) -> Vec<SampleRow> {
    bundle::load(&place.path("reports/latest")).unwrap().run.samples
}

#[test]
fn an_unexpected_first_status_ends_the_sweep_before_it_starts() {
    let place = TestDirectory::new();
    let peer = Peer::start(FaultKind::OtherStatus);
    let output = sweep(&place, &peer.url(), "", &["async"]);
    assert_eq!(output.code, Some(3));
    assert!(output.stderr.contains("answers with status 204; the config expects 200."), "{}", output.stderr);
    assert!(!place.path("reports").exists(), "nothing was measured");
}

#[test]
fn without_the_check_the_status_stands_in_terminal_and_caveat() {
    let place = TestDirectory::new();
    let peer = Peer::start(FaultKind::OtherStatus);
    let output = sweep(&place, &peer.url(), "check = false", &["async"]);
    assert_eq!(output.code, Some(1));
    assert!(
        output.stderr.contains("answers with status 204; the config expects 200; samples may"),
        "{}",
        output.stderr
    );
    let told = "wrong-status: 204 in 2 of 2 requests; the config expects 200";
    assert!(output.stderr.contains(told), "{}", output.stderr);
    let report = std::fs::read_to_string(place.path("reports/latest/report.md")).unwrap();
    assert!(report.contains("204 in 2 of 2 requests; the config expects 200"), "{report}");
}

#[test]
fn a_list_and_a_class_of_statuses_count_as_success() {
    for expected in ["[200, 204]", "\"2xx\"", "[404, \"2xx\"]"] {
        let place = TestDirectory::new();
        let peer = Peer::start(FaultKind::OtherStatus);
        let output = sweep(&place, &peer.url(), &format!("expect-status = {expected}"), &["async", "event-loop"]);
        assert_eq!(output.code, Some(0), "{expected}: {}", output.stderr);
        assert!(samples(&place).iter().all(|row| row.status == SampleStatus::Ok), "{expected}");
    }
}

#[test]
fn redirects_are_followed_as_often_as_the_config_says() {
    let place = TestDirectory::new();
    let peer = Peer::start(FaultKind::Redirect);
    let refused = sweep(&place, &peer.url(), "", &["async"]);
    assert!(refused.stderr.contains("answers with status 302; the config expects 200."), "{}", refused.stderr);
    let output = sweep(&place, &peer.url(), "follow-redirects = 1", &["async", "thread-pool"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(samples(&place).iter().all(|row| row.succeeded == Some(2)));
}

#[test]
fn a_kind_that_follows_no_redirects_is_refused_for_them() {
    let place = TestDirectory::new();
    let output = sweep(&place, "http://localhost/", "follow-redirects = 1", &["event-loop"]);
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.contains("the kind `event-loop` does not follow redirects"), "{}", output.stderr);
}

#[test]
fn without_the_check_a_sweep_begins_where_nothing_answers() {
    let place = TestDirectory::new();
    let output = sweep(&place, &unused_address(), "check = false", &["sequential"]);
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    assert!(output.stderr.contains("does not answer the first request (refused)"), "{}", output.stderr);
    assert_eq!(samples(&place)[0].error, "refused: 2 of 2 requests");
}
