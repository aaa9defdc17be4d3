//! Where requests go and what they carry, when that comes from the command line, the environment or a file.

use std::fs;

use crate::peer::{FaultKind, Peer};
use crate::test_directory::{CommandOutput, TestDirectory, captured};

const REST: &str = "expect-status = 204\n[sweep]\nrequests = [2]\nrepeats = 2\n[[strategy]]\nkind = \"sequential\"\n[output]\nformats = [\"svg\"]\n";

fn run(place: &TestDirectory, variables: &[(&str, &str)], arguments: &[&str]) -> CommandOutput {
    captured(&place.command().envs(variables.iter().copied()).args(arguments).output().unwrap())
}

/// Takes the last sample of the last run away.
fn shorten(place: &TestDirectory) {
    let raw = place.path("reports/latest/raw.csv");
    let text = fs::read_to_string(&raw).unwrap();
    fs::write(&raw, &text[..=text.trim_end().rfind('\n').unwrap()]).unwrap();
}

#[test]
fn an_address_on_the_command_line_takes_the_place_of_the_config_and_is_kept_for_the_rest_of_the_sweep() {
    let place = TestDirectory::new();
    let peer = Peer::start(FaultKind::OtherStatus);
    place.write("url.toml", format!("[target]\nurl = \"http://127.0.0.1:1/\"\n{REST}"));
    let swept = place.run(&["-c", "url.toml", "-q", "--url", &peer.url()]);
    assert_eq!(swept.code, Some(0), "{}", swept.stderr);
    assert!(peer.heads().len() > 4, "the samples' requests and those before and after them");
    shorten(&place);
    let resumed = place.run(&["--resume", "reports/latest", "-q"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    assert!(peer.heads().len() > 2, "again to the same address");
}

#[test]
fn a_secret_of_an_address_on_the_command_line_is_asked_for_again() {
    let place = TestDirectory::new();
    let peer = Peer::start(FaultKind::OtherStatus);
    let url = format!("{}?key=s3cret-word", peer.url());
    place.write("url.toml", format!("[target]\nurl = \"http://127.0.0.1:1/\"\n{REST}"));
    assert_eq!(place.run(&["-c", "url.toml", "-q", "--url", &url]).code, Some(0));
    shorten(&place);
    let lacking = place.run(&["--resume", "reports/latest"]);
    assert_eq!(lacking.code, Some(2), "{}", lacking.stderr);
    assert!(lacking.stderr.contains("?key=***; add --url URL"), "{}", lacking.stderr);
    let other = place.run(&["--resume", "reports/latest", "--url", "http://127.0.0.1:1/"]);
    assert_eq!(other.code, Some(2), "{}", other.stderr);
    assert!(other.stderr.contains("not to the --url given"), "{}", other.stderr);
    let resumed = place.run(&["--resume", "reports/latest", "--url", &url]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
}

#[test]
fn an_address_takes_any_part_from_the_environment_and_no_file_keeps_it() {
    let place = TestDirectory::new();
    let peer = Peer::start(FaultKind::OtherStatus);
    place.write("url.toml", format!("[target]\nurl = \"${{BASE}}items?key=${{KEY}}\"\n{REST}"));
    let output = run(&place, &[("BASE", &peer.url()), ("KEY", "s3cret-word")], &["-c", "url.toml", "-vv"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(peer.heads().iter().all(|head| head.starts_with("GET /items?key=s3cret-word HTTP/1.1")));
    assert!(!format!("{}{}", output.stdout, output.stderr).contains("s3cret-word"), "{}", output.stderr);
    for file in ["manifest.json", "config.toml", "raw.csv", "report.html", "report.md", "summary.json"] {
        let text = fs::read_to_string(place.path("reports/latest").join(file)).unwrap();
        assert!(!text.contains("s3cret-word"), "{file}");
    }
}

#[test]
fn an_address_that_cannot_be_filled_in_ends_the_sweep_before_it_starts() {
    let place = TestDirectory::new();
    place.write("url.toml", format!("[target]\nurl = \"${{BASE}}/items\"\n{REST}"));
    for (variables, told) in [
        (&[][..], "the environment variable BASE is not set"),
        (&[("BASE", "localhost:80")], "${BASE}/items, is no http or https address once its variables are filled in"),
        (&[("BASE", "http://a b")], "is no http or https address"),
    ] {
        let output = run(&place, variables, &["-c", "url.toml"]);
        assert_eq!(output.code, Some(2), "{}", output.stderr);
        assert!(output.stderr.contains(told), "{}", output.stderr);
    }
    place.write("https.toml", format!("[target]\nurl = \"${{BASE}}\"\n{}", REST.replace("sequential", "event-loop")));
    let output = run(&place, &[("BASE", "https://127.0.0.1:1/")], &["-c", "https.toml"]);
    assert_eq!(output.code, Some(2), "{}", output.stderr);
    assert!(output.stderr.contains("which \"event-loop\" does not speak"), "{}", output.stderr);
    assert!(!place.path("reports").exists());
}

#[test]
fn a_body_comes_from_a_file_beside_the_config() {
    let place = TestDirectory::new();
    let peer = Peer::start(FaultKind::OtherStatus);
    let script = "printf \"%s %s\" \"$REPORTGEN_BODY\" \"$REPORTGEN_BODY_FILE\" > seen";
    fs::create_dir(place.path("inner")).unwrap();
    let config = format!("[target]\nurl = \"{}\"\nmethod = \"POST\"\nbody-file = \"body.json\"\n{REST}", peer.url());
    let program =
        format!("[[strategy]]\nkind = \"command\"\nmodel = \"async\"\ncommand = ['/bin/sh', '-c', '{script}']\n");
    place.write("inner/url.toml", config.replace("[output]", &format!("{program}[output]")));
    let missing = place.run(&["-c", "inner/url.toml", "-q"]);
    assert_eq!(missing.code, Some(2), "{}", missing.stderr);
    assert!(missing.stderr.contains("body.json, the `body-file` of [target]"), "{}", missing.stderr);
    place.write("inner/body.json", "{\"size\": 12}");
    let output = place.run(&["-c", "inner/url.toml", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let heads = peer.heads();
    assert!(heads.iter().all(|head| head.to_ascii_lowercase().contains("content-length: 12")), "{heads:?}");
    let file = fs::canonicalize(place.path("inner/body.json")).unwrap();
    assert_eq!(fs::read_to_string(place.path("inner/seen")).unwrap(), format!("{{\"size\": 12}} {}", file.display()));
}
