//! Secrets go to the target and to the programs that need them, and nowhere else: not into a file of the run or its pack,
//! not onto the terminal, not into the command lines of our processes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::peer::{FaultKind, Peer};
use crate::test_directory::{CommandOutput, TestDirectory, captured};

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

fn run(place: &TestDirectory, arguments: &[&str]) -> CommandOutput {
    let mut command = place.command();
    captured(&command.env("TOKEN", VARIABLE).env("PASSWORD", PASSWORD).args(arguments).output().unwrap())
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
    let place = TestDirectory::new();
    let peer = Peer::start(FaultKind::OtherStatus);
    let given = config(&peer.url().replace("//", &format!("//me:{PASSWORD}@")));
    place.write("secret.toml", &given);
    let output = run(&place, &["-c", "secret.toml", "-vv"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    check_sent(&peer, "the sweep");
    check_silence(format!("{}{}", output.stdout, output.stderr).as_bytes(), "the terminal");
    let name = output.run();
    let folder = place.path(name);
    check_files(&folder);
    let kept = fs::read_to_string(folder.join("config.toml")).unwrap();
    let (_, rest) = given.split_once('\n').unwrap();
    let masked = format!("# ***\n{}", rest.replace(PASSWORD, "***").replace(LITERAL, "***"));
    assert_eq!(kept, masked, "all else is as given");

    let rendered = run(&place, &["render", name, "--output-format", "json"]);
    assert_eq!(rendered.code, Some(0), "{}", rendered.stderr);
    check_silence(rendered.stdout.as_bytes(), "JSON");
    check_files(&folder);
    assert!(peer.heads().is_empty(), "drawing again sends no request");

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
    let place = TestDirectory::new();
    let peer = Peer::start(FaultKind::OtherStatus);
    let given =
        config(&peer.url().replace("//", "//me:${PASSWORD}@")).replace(&format!("X-Literal = \"{LITERAL}\", "), "");
    place.write("open.toml", &given);
    let output = run(&place, &["-c", "open.toml", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let (name, folder) = (output.stdout.trim_end(), place.path(output.stdout.trim_end()));
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

/// One in each place that a config has for it: literal, or taken from the environment.
const EVERYWHERE: [&str; 12] = [
    PASSWORD,
    BASIC,
    LITERAL,
    VARIABLE,
    "p4th-of-the-url-token",
    "qu3ry-value",
    "b0dy-value",
    "env1ronment-value",
    "w0rd-behind-an-option",
    "w1rd-within-a-word",
    "c0mment-of-a-header",
    "c1mment-of-an-address",
];

/// Tells all that it knows, and keeps what stands in files and in the process table while it runs.
#[cfg(target_os = "linux")]
const TELLTALE: &str = "#!/bin/sh\n\
    echo '{\"event\":\"request\",\"request\":0,\"worker\":0,\"start_s\":0,\"end_s\":0.001,\"status\":204}'\n\
    exec 3>&2 2>/dev/null; mkdir \"$KEEP/$$\"; cp -r reports tmp \"$KEEP/$$\"\n\
    for process in /proc/[0-9]*; do\n\
      if [ \"$(readlink $process/cwd)\" = \"$(pwd -P)\" ] && [ \"$(readlink $process/exe)\" = \"$PROGRAM\" ]; then\n\
        tr '\\0' '\\n' < $process/cmdline >> $KEEP/words; tr '\\0' '\\n' < $process/environ >> $KEEP/environ\n\
      fi\n\
    done\n\
    exec 2>&3; echo \"$@\" >&2; env >&2; printf 'me:%s' \"$PASSWORD\" | base64 >&2\n\
    echo last $REPORTGEN_URL $OWN $REPORTGEN_HEADERS $REPORTGEN_BODY $TOKEN $2 $3; exit 3\n";

/// A config with a secret in each place, for the server at `url`.
#[cfg(target_os = "linux")]
fn everywhere(url: &str) -> String {
    let url = url.replace("//", &format!("//me:{PASSWORD}@"));
    let url = format!("{}/p4th-of-the-url-token/x?key=qu3ry-value&n=5", url.trim_end_matches('/'));
    format!(
        "# X-Old = \"c0mment-of-a-header\"\n# was http://h/?key=c1mment-of-an-address\n[target]\nurl = '{url}'\n\
         method = \"POST\"\nbody = '{{\"pin\": \"b0dy-value\"}}'\nexpect-status = 204\n\
         headers = {{ X-Literal = \"{LITERAL}\", X-Token = \"Bearer ${{TOKEN}}\", Accept = \"text/html\" }}\n\
         [sweep]\nrequests = [1]\nrepeats = 2\n[[strategy]]\nkind = \"process-pool\"\nworkers = 2\n\
         [[strategy]]\nkind = \"command\"\nmodel = \"sequential\"\nenvironment = {{ OWN = \"env1ronment-value\" }}\n\
         command = [\"./client\", \"--token\", \"w0rd-behind-an-option\", \"--key=w1rd-within-a-word\"]\n\
         version-command = [\"sh\", \"-c\", \"echo 1.2 $OWN $TOKEN\"]\n"
    )
}

#[cfg(target_os = "linux")]
fn check_everywhere(bytes: &[u8], about: &str) {
    for secret in EVERYWHERE {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} in {about}");
    }
}

/// Every file of the runs, and what was kept while they ran.
#[cfg(target_os = "linux")]
fn check_kept(place: &TestDirectory) {
    for path in files(&place.path("reports")).into_iter().chain(files(&place.path("keep"))) {
        let (text, name) = (fs::read(&path).unwrap(), path.display().to_string());
        if name.ends_with("keep/environ") {
            // What our processes inherit holds what the caller put there, and nothing from the config.
            let text = String::from_utf8(text).unwrap().replace(VARIABLE, "").replace(PASSWORD, "");
            check_everywhere(text.as_bytes(), &name);
        } else {
            check_everywhere(&text, &name);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_distinct_secret_in_each_place_is_in_no_file_no_output_and_no_command_line_of_ours() {
    use std::os::unix::fs::PermissionsExt;

    let place = TestDirectory::new();
    let peer = Peer::start(FaultKind::OtherStatus);
    let client = place.write("client", TELLTALE);
    fs::set_permissions(client, PermissionsExt::from_mode(0o755)).unwrap();
    for folder in ["tmp", "keep", "reports"] {
        fs::create_dir(place.path(folder)).unwrap();
    }
    place.write("secret.toml", everywhere(&peer.url()));
    let run = |arguments: &[&str]| {
        let mut command = place.command();
        command.env("TOKEN", VARIABLE).env("PASSWORD", PASSWORD).env("PATH", "/usr/bin:/bin");
        command.env("TMPDIR", place.path("tmp")).env("KEEP", place.path("keep"));
        command.env("PROGRAM", fs::canonicalize(crate::test_directory::executable()).unwrap());
        captured(&command.args(arguments).output().unwrap())
    };
    let swept = run(&["-c", "secret.toml", "-vv"]);
    assert_eq!(swept.code, Some(1), "{}", swept.stderr);
    assert!(swept.stderr.contains("last http://***@"), "{}", swept.stderr);
    let name = swept.run().to_owned();
    let kept = fs::read_to_string(place.path(&name).join("config.toml")).unwrap();
    for part in [
        "# ***\n# ***\n",
        "/***/x?key=***&n=5",
        "body = '***'",
        "\"--token\", \"***\", \"--key=***\"]",
        "\"text/html\"",
    ] {
        assert!(kept.contains(part), "{part} in {kept}");
    }
    shorten(&place.path(&name));
    assert_eq!(run(&["--resume", &name]).code, Some(2), "its config lacks secrets");
    peer.heads();
    let mut told = vec![swept, run(&["--resume", &name, "--config", "secret.toml"])];
    let heads = peer.heads();
    assert!(heads.iter().any(|head| head.contains("/p4th-of-the-url-token/x?key=qu3ry-value&n=5")), "{heads:?}");
    told.extend([
        run(&["render", &name]),
        run(&["compare", &name, &name]),
        run(&["verify", &name]),
        run(&["list"]),
        run(&["history"]),
        run(&["pack", &name, "-o", "run.tar.zst"]),
        run(&["probe", "secret.toml", "command"]),
        run(&["-c", "secret.toml", "--dry-run"]),
    ]);
    for output in &told {
        check_everywhere(format!("{}{}", output.stdout, output.stderr).as_bytes(), "an output");
    }
    assert!(told[3].stdout.contains("what is masked may differ"), "{}", told[3].stdout);
    check_kept(&place);
    assert!(place.path("keep/words").is_file() && files(&place.path("keep")).len() > 10);
    let pack = zstd::decode_all(fs::File::open(place.path("run.tar.zst")).unwrap()).unwrap();
    check_everywhere(&pack, "the pack");
}
