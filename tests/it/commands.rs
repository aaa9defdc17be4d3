//! Strategies that are external programs: what is handed to them, what is recorded of them, and what is said when
//! they cannot run. The programs are shell scripts that send real requests through this program's own child.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use reportgen::bundle;
use reportgen::model::{DelayTarget, Nanos, SampleRow, SampleStatus, Target, Timing};
use reportgen::strategy::Task;
use serde_json::json;

use crate::test_directory::{TestDirectory, await_no_process, executable, kind_with, programs};

/// Writes `client`, a program that issues REPORTGEN_REQUESTS requests, or as many as its first argument says, one after
/// another and writes the lines of the protocol.
pub(crate) fn write_client(place: &TestDirectory) {
    let delay = DelayTarget { delay: Nanos::ZERO, jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 };
    let task = Task::new(&Target::Delay(delay), "@URL@", &kind_with("sequential", json!({})), 1, programs().worker);
    place.write("work.json", serde_json::to_string(&task).unwrap() + "\n");
    let script = "#!/bin/sh\nsed -e \"s|@URL@|$REPORTGEN_URL|\" \
        -e \"s|\\\"requests\\\":1,|\\\"requests\\\":${1:-$REPORTGEN_REQUESTS},|\" work.json | \
        PROGRAM internal-sample\n";
    write_program(place, "client", &script.replace("PROGRAM", &format!("'{}'", executable().display())));
}

pub(crate) fn write_program(place: &TestDirectory, name: &str, text: &str) {
    let path = place.write(name, text);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

pub(crate) fn samples(place: &TestDirectory, output: &str) -> Vec<SampleRow> {
    bundle::load(&place.path(output.trim_end())).unwrap().run.samples
}

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

const CONFIG: &str = "[target]\ndelay = \"5ms\"\n[sweep]\nrequests = [2, 3]\nrepeats = 1\n\
    [[strategy]]\nname = \"mine\"\nkind = \"command\"\nmodel = \"sequential\"\ncommand = [\"./client\"]\n\
    version-command = [\"sh\", \"-c\", \"echo; echo client 1.2; echo more\"]\n\
    [[strategy]]\nname = \"silent\"\nkind = \"command\"\nmodel = \"pool\"\nworkers = [1, 2]\n\
    command = [\"sh\", \"-c\", \"./client > /dev/null\"]\n\
    [[strategy]]\nname = \"beside\"\nkind = \"async\"\n";

#[test]
fn a_program_is_a_strategy_like_any_other() {
    let place = TestDirectory::new();
    write_client(&place);
    place.write("mine.toml", CONFIG);
    let output = place.command().env("PATH", PATH).args(["-c", "mine.toml", "-q"]).output().unwrap();
    let output = crate::test_directory::captured(&output);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let rows = samples(&place, &output.stdout);
    assert_eq!(rows.len(), 4 * 2);
    for row in rows {
        let delay = Nanos::from_millis(5);
        assert_eq!((row.status, row.succeeded, row.failed), (SampleStatus::Ok, Some(row.requests), Some(0)));
        let (kind, timing, workers, ideal) = match row.strategy.as_str() {
            "mine" => ("command", Timing::OwnClock, None, delay * u64::from(row.requests)),
            "silent (1)" => ("command", Timing::Process, Some(1), delay * u64::from(row.requests)),
            "silent (2)" => ("command", Timing::Process, Some(2), delay * u64::from(row.requests.div_ceil(2))),
            _ => ("async", Timing::OwnClock, None, delay),
        };
        assert_eq!(
            (row.kind.as_str(), row.timing, row.workers, row.ideal_s),
            (kind, Some(timing), workers, Some(ideal))
        );
        assert_eq!(row.setup_s.is_some(), timing == Timing::OwnClock, "{}", row.strategy);
        assert!(row.cpu_user_s.is_some());
        assert!(row.peak_rss_bytes.is_some());
    }
    let manifest = fs::read_to_string(place.path(output.stdout.trim_end()).join("manifest.json")).unwrap();
    assert_eq!(manifest.matches("\"mine\": \"client 1.2\"").count(), 1, "{manifest}");
    assert!(manifest.contains("\"./client\""), "{manifest}");

    fs::remove_file(place.path("client")).unwrap();
    let again = place.run(&["render", output.stdout.trim_end(), "-q"]);
    assert_eq!(again.code, Some(0), "drawing needs no program: {}", again.stderr);
}

#[test]
fn a_program_is_told_its_work_and_nothing_stale() {
    let place = TestDirectory::new();
    fs::create_dir_all(place.path("conf/inner")).unwrap();
    write_program(
        &place,
        "conf/inner/told",
        "#!/bin/sh\nenv | sort > env.txt\nprintf '%s' \"$REPORTGEN_BODY\" > body.txt\n",
    );
    let peer = crate::peer::Peer::start(crate::peer::FaultKind::OtherStatus);
    let config = format!(
        "[target]\nurl = \"{}\"\nmethod = \"POST\"\nbody = \"a\\n'b'\"\nexpect-status = 204\n\
         headers = {{ X-Key = \"${{KEY}}\" }}\n[sweep]\nrequests = [3]\nrepeats = 1\nrequest-timeout = \"1500ms\"\n\
         [[strategy]]\nkind = \"command\"\nmodel = \"pool\"\nworkers = 7\ncommand = [\"./told\"]\n\
         working-directory = \"inner\"\nenvironment = {{ OWN = \"x y\" }}\n",
        peer.url()
    );
    place.write("conf/told.toml", config);
    let mut command = place.command();
    command.args(["-c", "conf/told.toml", "-q"]).env("PATH", PATH).env("KEY", "secret").env("REPORTGEN_STALE", "1");
    let output = crate::test_directory::captured(&command.env("KEPT", "yes").output().unwrap());
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let text = fs::read_to_string(place.path("conf/inner/env.txt")).unwrap();
    for line in [
        &*format!("REPORTGEN_URL={}", peer.url()),
        "REPORTGEN_REQUESTS=3",
        "REPORTGEN_WORKERS=7",
        "REPORTGEN_TIMEOUT_S=1.5",
        "REPORTGEN_METHOD=POST",
        "REPORTGEN_HEADERS={\"X-Key\":\"secret\"}",
        "REPORTGEN_EXPECT_STATUS=204",
        "OWN=x y",
        "KEPT=yes",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} of\n{text}");
    }
    assert!(!text.contains("STALE"), "{text}");
    assert_eq!(fs::read_to_string(place.path("conf/inner/body.txt")).unwrap(), "a\n'b'");
    let run = place.path(output.stdout.trim_end());
    for file in ["manifest.json", "config.toml", "raw.csv", "report.html"] {
        assert!(!fs::read_to_string(run.join(file)).unwrap().contains("secret"), "{file}");
    }
}

#[test]
fn what_cannot_start_is_told_before_anything_is_measured() {
    let place = TestDirectory::new();
    let config = |words: &str| {
        format!(
            "[target]\ndelay = \"1ms\"\n[sweep]\nrequests = [2]\n[[strategy]]\nkind = \"command\"\nmodel = \"async\"\n{words}\n"
        )
    };
    place.write("not-a-program", "");
    for (words, messages) in [
        ("command = [\"no-such-program\", \"a b\"]", &["`no-such-program 'a b'`", "cannot find the program"][..]),
        ("command = [\"./not-a-program\"]", &["`./not-a-program`", "may not be executed", "chmod +x"]),
        ("command = [\"sh\"]\nworking-directory = \"missing\"", &["`sh`", "missing"]),
        (
            "command = [\"sh\", \"-c\", \"echo Traceback >&2; echo ImportError: no aiohttp >&2; exit 1\"]",
            &["`sh -c ", "exit code 1", "\n  Traceback\n  ImportError: no aiohttp"],
        ),
        ("command = [\"sh\", \"-c\", \"echo to stdout; kill -9 $$\"]", &["signal 9", "to stdout"]),
        ("command = [\"sh\", \"-c\", \"exit 3\"]", &["exit code 3", "it wrote nothing"]),
        (
            "command = [\"sh\"]\nversion-command = [\"sh\", \"-c\", \"echo what >&2; exit 2\"]",
            &["tells no version", "exit code 2", "what"],
        ),
    ] {
        place.write("bad.toml", config(words));
        let dry = place.command().args(["-c", "bad.toml", "--dry-run"]).output().unwrap();
        assert_eq!(dry.status.code(), Some(0), "{words}: a dry run runs nothing");
        let output = place.command().env("PATH", PATH).args(["-c", "bad.toml"]).output().unwrap();
        let output = crate::test_directory::captured(&output);
        assert_eq!(output.code, Some(3), "{words}: {}", output.stderr);
        assert!(messages.iter().all(|message| output.stderr.contains(message)), "{words}: {}", output.stderr);
        assert!(!place.path("reports").exists(), "{words}");
    }
    await_no_process(&place);
}

#[test]
fn an_interrupted_run_of_programs_is_resumed_from_where_it_was_started() {
    let place = TestDirectory::new();
    write_client(&place);
    // The sweep is interrupted by its second sample, which then waits for its own end.
    let gate = "#!/bin/sh\n[ $REPORTGEN_REQUESTS -lt 3 ] || [ -e open ] || { kill -INT $PPID; exec sleep 1000; }\nexec ./client\n";
    write_program(&place, "gate", gate);
    fs::create_dir(place.path("conf")).unwrap();
    place.write(
        "conf/mine.toml",
        "[target]\ndelay = \"1ms\"\n[sweep]\nrequests = [2, 3]\nrepeats = 1\norder = \"listed\"\n\
         [[strategy]]\nkind = \"command\"\nmodel = \"sequential\"\ncommand = [\"./gate\"]\nworking-directory = \"..\"\n",
    );
    let run = |arguments: &[&str]| {
        crate::test_directory::captured(&place.command().env("PATH", PATH).args(arguments).output().unwrap())
    };
    let output = run(&["-c", "conf/mine.toml"]);
    assert_eq!(output.code, Some(130), "{}", output.stderr);
    let path = output.run().to_owned();
    assert_eq!(samples(&place, &path).len(), 1);
    place.write("open", "");
    let output = run(&["--resume", &path, "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert_eq!(samples(&place, &path).len(), 2);
    await_no_process(&place);
}

#[test]
fn a_probe_explains_what_it_heard() {
    let place = TestDirectory::new();
    write_client(&place);
    let wrong = "./client 1 | sed 's/\"duration_s\"/\"seconds\"/'; echo hello; echo oops >&2";
    let strategy = format!(
        "[[strategy]]\nname = \"wrong\"\nkind = \"command\"\nmodel = \"pool\"\ncommand = [\"sh\", \"-c\", '''{wrong}''']\n"
    );
    place.write("mine.toml", format!("{CONFIG}{strategy}"));
    let probe = |arguments: &[&str]| {
        let mut command = place.command();
        crate::test_directory::captured(
            &command.env("PATH", PATH).args(["probe", "mine.toml"]).args(arguments).output().unwrap(),
        )
    };
    for (arguments, code, messages) in [
        (
            &["mine"][..],
            0,
            &["3 accepted (2 request, 1 done), 0 ignored, 0 wrong", "by the program itself", "saw 2 requests", "ok: "]
                [..],
        ),
        (&["mine", "--requests", "4"], 0, &["of 4 requests", "5 accepted", "saw 4 requests"]),
        (&["silent (2)"], 0, &["0 accepted", "by the life of the process", "to time only the requests", "2 succeeded"]),
        (&["beside"], 0, &["the built-in kind async", "3 accepted", " at once"]),
        (
            &["wrong"],
            1,
            &[
                "1 accepted (1 request, 0 done), 1 ignored, 1 wrong",
                "wrong, line 2: missing field `duration_s`",
                "\"seconds\"",
                "expected such as",
                "    hello",
                "    oops",
                "saw 1 request ",
                "failed: child-output",
            ],
        ),
    ] {
        let output = probe(arguments);
        assert_eq!(output.code, Some(code), "{arguments:?}: {}{}", output.stdout, output.stderr);
        let missing: Vec<_> = messages.iter().filter(|message| !output.stdout.contains(**message)).collect();
        assert!(missing.is_empty(), "{arguments:?}: {missing:?} in\n{}", output.stdout);
        assert!(!output.stdout.contains('\u{1b}'), "colour is for terminals");
    }
    let output = probe(&["nobody"]);
    assert_eq!(output.code, Some(2), "{}", output.stderr);
    assert!(output.stderr.contains("mine, silent (1), silent (2), beside, wrong"), "{}", output.stderr);
    assert!(!place.path("reports").exists());
    await_no_process(&place);
}
