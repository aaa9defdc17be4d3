//! Passwords and header values go to the target and nowhere else: not into a file of the run, not onto the terminal.

use std::fs;
use std::path::{Path, PathBuf};

use crate::peer::{Manner, Peer};
use crate::workplace::{Said, Workplace, said};

const PASSWORD: &str = "pa55-of-url";
const LITERAL: &str = "l1teral-value";
const VARIABLE: &str = "t0ken-of-environment";
/// `me:pa55-of-url` as a request carries it.
const BASIC: &str = "bWU6cGE1NS1vZi11cmw=";

fn config(url: &str) -> String {
    format!(
        "# before: {url}\n[target]\nurl = '{url}' # as it is\nexpect-status = 204\n\
         headers = {{ X-Literal = \"{LITERAL}\", X-Token = \"Bearer ${{TOKEN}}\" }}\n\
         [sweep]\nrequests = [2]\nrepeats = 2\n[[strategy]]\nkind = \"sequential\"\n[[strategy]]\nkind = \"process-pool\"\n\
         workers = 2\n[[chart]]\nkind = \"duration\"\ny-scale = \"log\"\n[output]\nthemes = [\"light\", \"dark\"]\n"
    )
}

fn run(place: &Workplace, arguments: &[&str]) -> Said {
    let mut command = place.command();
    said(&command.env("TOKEN", VARIABLE).env("PASSWORD", PASSWORD).args(arguments).output().unwrap())
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn check_silence(bytes: &[u8], about: &str) {
    for secret in [PASSWORD, LITERAL, VARIABLE, BASIC] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} in {about}");
    }
}

/// The types of a PNG's chunks.
fn chunks(png: &[u8]) -> Vec<String> {
    let (mut found, mut at) = (Vec::new(), 8);
    while let Some(head) = png.get(at..at + 8) {
        found.push(String::from_utf8_lossy(&head[4..]).into_owned());
        at += 12 + u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
    }
    found
}

fn check_files(run: &Path) {
    let files = files(run);
    assert!(files.len() == 12, "{files:?}");
    for path in files {
        let bytes = fs::read(&path).unwrap();
        check_silence(&bytes, &path.display().to_string());
        if path.extension().is_some_and(|extension| extension == "png") {
            // Text in a picture would be compressed, so that no search finds it.
            assert!(chunks(&bytes).iter().all(|kind| !kind.contains("TXt") && !kind.contains("EXt")), "{path:?}");
        }
    }
}

fn check_sent(peer: &Peer, about: &str) {
    let heads = peer.heads();
    assert!(!heads.is_empty(), "{about}");
    for head in heads {
        assert!(head.contains(&format!("Basic {BASIC}")), "{about}: {head}");
        assert!(head.contains(LITERAL), "{about}: {head}");
        assert!(head.contains(VARIABLE), "{about}: {head}");
    }
}

/// Takes the last sample of a run away.
fn shorten(run: &Path) {
    let raw = fs::read_to_string(run.join("raw.csv")).unwrap();
    let end = raw.trim_end().rfind('\n').unwrap();
    fs::write(run.join("raw.csv"), &raw[..=end]).unwrap();
}

#[test]
fn secrets_reach_the_target_and_no_file_of_the_run() {
    let place = Workplace::new();
    let peer = Peer::start(Manner::OtherStatus);
    let given = config(&peer.url().replace("//", &format!("//me:{PASSWORD}@")));
    place.write("secret.toml", &given);
    let said = run(&place, &["-c", "secret.toml", "-vv"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    check_sent(&peer, "the sweep");
    check_silence(format!("{}{}", said.stdout, said.stderr).as_bytes(), "the terminal");
    let name = said.stdout.lines().last().unwrap();
    let folder = place.path(name);
    check_files(&folder);
    let kept = fs::read_to_string(folder.join("config.toml")).unwrap();
    assert_eq!(kept, given.replace(PASSWORD, "***").replace(LITERAL, "***"), "all else is as given");

    let rendered = run(&place, &["render", name, "--output-format", "json"]);
    assert_eq!(rendered.code, Some(0), "{}", rendered.stderr);
    check_silence(rendered.stdout.as_bytes(), "JSON");
    check_files(&folder);
    assert!(peer.heads().is_empty(), "drawing again asks nobody");

    shorten(&folder);
    let alone = run(&place, &["--resume", name]);
    assert_eq!(alone.code, Some(2), "{}", alone.stderr);
    assert!(alone.stderr.contains("target.url, target.headers.X-Literal"), "{}", alone.stderr);
    place.write("other.toml", given.replace("repeats = 2", "repeats = 3"));
    let other = run(&place, &["--resume", name, "--config", "other.toml"]);
    assert_eq!(
        (other.code, other.stderr.contains("other.toml is not the config of")),
        (Some(2), true),
        "{}",
        other.stderr
    );
    let resumed = run(&place, &["--resume", name, "--config", "secret.toml"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    check_sent(&peer, "the rest of the sweep");
    check_files(&folder);
    assert_eq!(fs::read_to_string(folder.join("raw.csv")).unwrap().lines().count(), 1 + 2 * 2);
}

#[test]
fn a_config_that_leaves_secrets_to_the_environment_is_kept_as_given_and_resumes_alone() {
    let place = Workplace::new();
    let peer = Peer::start(Manner::OtherStatus);
    let given =
        config(&peer.url().replace("//", "//me:${PASSWORD}@")).replace(&format!("X-Literal = \"{LITERAL}\", "), "");
    place.write("open.toml", &given);
    let said = run(&place, &["-c", "open.toml", "-q"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let (name, folder) = (said.stdout.trim_end(), place.path(said.stdout.trim_end()));
    assert_eq!(fs::read_to_string(folder.join("config.toml")).unwrap(), given);
    check_files(&folder);
    shorten(&folder);
    peer.heads();
    let resumed = run(&place, &["--resume", name, "-q"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    assert!(peer.heads().iter().all(|head| head.contains(BASIC) && head.contains(VARIABLE)));
    let lacking = place.run(&["-c", "open.toml"]);
    assert_eq!(lacking.code, Some(2), "{}", lacking.stderr);
    assert!(lacking.stderr.contains("cannot fill in url of [target]"), "{}", lacking.stderr);
}
