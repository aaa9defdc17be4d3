//! Whatever is read is a regular file of bounded length: pipes without a writer, devices and files without end are
//! refused by name, and none is waited for.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::test_directory::{CommandOutput, TestDirectory, captured};

/// Runs a command line of a shell in which `reportgen` is the program. What takes a minute waits for something that
/// never comes: it is ended, with code 124.
fn run(place: &TestDirectory, words: &str) -> CommandOutput {
    let program = crate::test_directory::executable().display();
    let script = format!("PATH=/usr/bin:/bin; reportgen() {{ timeout 60 '{program}' \"$@\"; }}; {words}");
    captured(&place.shell(&script).output().unwrap())
}

#[test]
fn a_pipe_or_device_in_place_of_a_file_is_refused_by_name() {
    let place = TestDirectory::new();
    let reference = "[[reference]]\nname = \"r\"\nfile = \"pipe\"\nstrategy = \"a\"\n";
    place.write("reference.toml", format!("[target]\ndelay = \"1ms\"\n{reference}"));
    run(&place, "mkfifo pipe");
    for (words, code, message) in [
        ("reportgen -n -c pipe", 2, "cannot read the config pipe"),
        ("reportgen -n -c /dev/zero", 2, "cannot read the config /dev/zero"),
        ("reportgen -n -c reference.toml", 2, "pipe"),
        ("reportgen render pipe", 3, "cannot open pipe"),
        ("reportgen compare pipe pipe", 3, "cannot open pipe"),
        ("reportgen verify pipe", 3, "/pipe"),
        ("reportgen embed pipe .", 3, "cannot read pipe"),
    ] {
        let output = run(&place, words);
        assert_eq!(output.code, Some(code), "{words}: {}", output.stderr);
        assert!(output.stderr.contains(message), "{words}: {}", output.stderr);
        assert!(output.stderr.contains(", not a regular file"), "{words}: {}", output.stderr);
    }
}

#[test]
fn a_pipe_in_a_run_is_refused_and_does_not_hang_a_listing() {
    let place = TestDirectory::new();
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/schema-2");
    run(&place, &format!("mkdir reports; cp -r '{golden}' reports/sound"));
    for name in ["tags.json", "config.toml", "requests.csv", "raw.csv", "manifest.json"] {
        let folder = format!("reports/{}", name.replace('.', "-"));
        run(&place, &format!("cp -r '{golden}' {folder}; rm -f {folder}/{name}; mkfifo {folder}/{name}"));
    }
    let listed = run(&place, "reportgen list reports");
    assert!(listed.stdout.contains("sound"), "{}", listed.stdout);
    for name in ["tags.json", "config.toml", "raw.csv", "manifest.json"] {
        let reason = format!("{name}: a pipe, not a regular file");
        assert!(listed.stdout.contains(&reason), "{name}: {}", listed.stdout);
    }
    for name in ["config.toml", "requests.csv", "raw.csv", "manifest.json"] {
        let output = run(&place, &format!("reportgen render reports/{}", name.replace('.', "-")));
        assert_eq!(output.code, Some(3), "{name}: {}", output.stderr);
        assert!(output.stderr.contains(name), "{name}: {}", output.stderr);
    }
    // Cleaning up reads every manifest.
    fs::remove_dir_all(place.path("reports")).unwrap();
}

#[test]
fn standard_input_and_a_pipe_that_the_shell_opened_are_read_as_configs() {
    let place = TestDirectory::new();
    place.write("sweep.toml", "[target]\ndelay = \"1ms\"\n[sweep]\nrequests = [7]\n");
    for words in [
        "reportgen -n -c - < sweep.toml",
        "cat sweep.toml | reportgen -n -c -",
        "cat sweep.toml | reportgen -n -c /dev/stdin",
        "cat sweep.toml | reportgen -n -c /dev/fd/3 3<&0",
    ] {
        let output = run(&place, words);
        assert_eq!(output.code, Some(0), "{words}: {}", output.stderr);
    }
}

#[test]
fn what_has_no_end_is_read_up_to_its_limit() {
    let place = TestDirectory::new();
    let output = run(&place, "reportgen -n -c - < /dev/zero");
    assert_eq!(output.code, Some(2), "{}", output.stderr);
    assert!(output.stderr.contains("larger than 1 MiB"), "{}", output.stderr);
    // A sparse file of 4 GiB: too long for a config, a document and a table.
    fs::File::create(place.path("long")).unwrap().set_len(4 << 30).unwrap();
    for (words, code) in [("-n -c long", 2), ("render long", 3), ("embed long .", 3)] {
        let output = run(&place, &format!("reportgen {words}"));
        assert_eq!(output.code, Some(code), "{words}: {}", output.stderr);
        assert!(output.stderr.contains("larger than"), "{words}: {}", output.stderr);
    }
}

#[test]
fn a_table_of_one_endless_row_is_refused_and_not_kept() {
    let place = TestDirectory::new();
    let mut quoted = fs::File::create(place.path("quoted.csv")).unwrap();
    quoted.write_all(b"strategy,requests,duration_s\n\"").unwrap();
    quoted.write_all(&b"x\n".repeat(4 << 20)).unwrap();
    place.write("plain.csv", b"x".repeat(16 << 20));
    for name in ["plain.csv", "quoted.csv"] {
        let mut command = place.command();
        let output = command.args(["render", name]).stdin(Stdio::null()).output().unwrap();
        let output = captured(&output);
        assert_eq!(output.code, Some(3), "{name}: {}", output.stderr);
        assert!(output.stderr.contains("a row of more than 1048576 bytes"), "{name}: {}", output.stderr);
    }
}
