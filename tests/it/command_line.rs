//! The program as a user meets it: exit codes, files, messages.

use std::collections::BTreeSet;
use std::fs;

use reportgen::bundle;
use reportgen::config;

use crate::peer;
use crate::test_directory::{TestDirectory, built_in_kinds};

const QUICK: &str = "title = \"Quick\"\n[target]\ndelay = \"5ms\"\n[sweep]\nrequests = [1, 3]\nrepeats = 2\n";

#[test]
fn the_main_job_leaves_a_whole_run() {
    let place = TestDirectory::new();
    place.write("quick.toml", QUICK);
    let output = place.run(&["--config", "quick.toml", "--quiet"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let run = output.stdout.trim_end();
    assert!(run.starts_with("reports/quick-"), "{run:?}");
    assert!(!run.contains('\n'), "{run:?}");
    let files = place.entries(run);
    for file in [
        "config.toml",
        "manifest.json",
        "raw.csv",
        "requests.csv",
        "summary.csv",
        "summary.json",
        "report.md",
        "report.html",
    ] {
        assert!(files.contains(&file.to_owned()), "{file} of {files:?}");
    }
    for chart in ["duration.svg", "duration.png", "duration-log.svg", "timeline.png"] {
        assert!(place.entries(&format!("{run}/charts")).contains(&chart.to_owned()), "{chart}");
    }
    let raw = fs::read_to_string(place.path(run).join("raw.csv")).unwrap();
    let rows: Vec<&str> = raw.lines().skip(1).collect();
    assert_eq!(rows.len(), built_in_kinds().count() * 2 * 2, "kinds × counts × repeats");
    assert!(rows.iter().all(|row| row.contains(",ok,")), "{raw}");
    let requests = fs::read_to_string(place.path(run).join("requests.csv")).unwrap();
    assert_eq!(requests.lines().count(), 1 + built_in_kinds().count() * 2 * (1 + 3));
    assert_eq!(fs::read(place.path(run).join("config.toml")).unwrap(), QUICK.as_bytes());
    assert_eq!(place.entries("reports").iter().filter(|name| name.as_str() == "latest").count(), 1);
}

#[test]
fn rendering_again_gives_the_same_bytes() {
    let place = TestDirectory::new();
    place.write("quick.toml", QUICK);
    let run =
        place.run(&["-c", "quick.toml", "-q", "--requests", "2", "--formats", "svg"]).stdout.trim_end().to_owned();
    let read = |name: &str| fs::read(place.path(&run).join(name)).unwrap();
    let derived =
        ["summary.csv", "summary.json", "report.md", "charts/duration.svg", "charts/timeline.svg", "manifest.json"];
    let before = derived.map(read);
    fs::remove_dir_all(place.path(&run).join("charts")).unwrap();
    fs::remove_file(place.path(&run).join("summary.csv")).unwrap();
    let output = place.run(&["render", &run, "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(derived.map(read) == before, "a derived file differs");
    assert!(!place.path(&run).join("charts/duration.png").exists(), "the run was asked for svg only");
    let elsewhere = place.run(&["render", &run, "-q", "-o", "copy"]);
    assert_eq!(elsewhere.code, Some(0), "{}", elsewhere.stderr);
    assert_eq!(fs::read(place.path("copy/charts/duration.svg")).unwrap(), read("charts/duration.svg"));
    assert_eq!(place.run(&["render", "copy", "-q"]).code, Some(0), "a rendered copy is a run");
}

#[test]
fn any_csv_with_three_columns_is_drawn() {
    let place = TestDirectory::new();
    place.write("table.csv", "strategy,requests,duration_s\na,10,5.0\na,20,10.0\nb,10,1.0\nb,20,1.1\n");
    let output = place.run(&["render", "table.csv"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stdout.ends_with("Report: table-report/report.html\n"), "{}", output.stdout);
    assert!(place.entries("table-report/charts").contains(&"duration.png".to_owned()));
    assert!(
        output.stderr.contains("no latency, timeline chart: the single requests were not recorded"),
        "{}",
        output.stderr
    );
}

#[test]
fn one_point_is_a_picture_and_rubbish_is_not() {
    let place = TestDirectory::new();
    place.write("one.csv", "strategy,requests,duration_s\n\"a,\"\"b\"\"\n/../c\",1,0.5\n");
    assert_eq!(place.run(&["render", "one.csv"]).code, Some(0));
    for (name, text, message) in [
        ("empty.csv", "", "empty"),
        ("header.csv", "strategy,requests,duration_s\n", "no rows"),
        ("words.csv", "strategy,requests,duration_s\na,b,c\n", "line 2: column requests: \"b\""),
        ("other.csv", "a,b\n1,2\n", "cannot tell which column is the x axis"),
    ] {
        place.write(name, text);
        let output = place.run(&["render", name]);
        assert_eq!(output.code, Some(3), "{name}");
        assert!(output.stderr.contains(message), "{}", output.stderr);
        assert!(output.stderr.contains(name), "{}", output.stderr);
        assert!(!place.path(&name.replace(".csv", "-report")).exists(), "{name} left something");
    }
    assert_eq!(place.run(&["render", "missing"]).code, Some(3));
}

#[test]
fn wrong_usage_and_wrong_configs_exit_2_and_write_nothing() {
    let place = TestDirectory::new();
    place.write("quick.toml", QUICK);
    place.write("broken.toml", "[target\n");
    place.write("both.toml", "[target]\ndelay = \"1s\"\nurl = \"http://127.0.0.1:9/\"\n");
    place.write("bytes.toml", b"\xff\xfe");
    place.write(
        "header.toml",
        "[target]\nurl = \"http://127.0.0.1:9/\"\n[target.headers]\nX-Key = \"${NO_SUCH_VARIABLE}\"\n",
    );
    for (arguments, message) in [
        (&["--bogus"][..], "--bogus"),
        (&[][..], "--config FILE"),
        (&["-c", "missing.toml"], "cannot read the config missing.toml"),
        (&["-c", "broken.toml"], "broken.toml:1:8"),
        (&["-c", "both.toml"], "both `delay` and `url`"),
        (&["-c", "bytes.toml"], "not UTF-8"),
        (&["-c", "header.toml"], "NO_SUCH_VARIABLE"),
        (&["-c", "quick.toml", "--only", "nobody"], "nobody"),
        (&["-c", "quick.toml", "--requests", "3,1"], "--requests"),
        (&["-c", "quick.toml", "--delay", "fast"], "--delay"),
        (&["-c", "quick.toml", "--formats", "gif"], "gif"),
    ] {
        let output = place.run(arguments);
        assert_eq!(output.code, Some(2), "{arguments:?}: {}", output.stderr);
        assert!(output.stderr.contains(message), "{arguments:?}: {}", output.stderr);
        assert_eq!(output.stdout, "", "{arguments:?}");
    }
    assert!(!place.path("reports").exists());
}

#[test]
fn what_cannot_run_exits_3_before_anything_is_measured() {
    let place = TestDirectory::new();
    place.write("quick.toml", QUICK);
    place.write(
        "dead.toml",
        format!("[target]\nurl = \"{}\"\n", peer::unused_address().replace("//", "//user:secret@")),
    );
    place.write("file", "");
    let output = place.run(&["-c", "dead.toml"]);
    assert_eq!(output.code, Some(3), "{}", output.stderr);
    assert!(output.stderr.contains("does not answer (refused)"), "{}", output.stderr);
    assert!(!output.stderr.contains("secret"), "{}", output.stderr);
    assert!(!place.path("reports").exists(), "{}", output.stderr);
    let output = place.run(&["-c", "quick.toml", "-o", "file/below"]);
    assert_eq!(output.code, Some(3), "{}", output.stderr);
    assert!(output.stderr.contains("file/below"), "{}", output.stderr);
}

#[test]
fn a_dry_run_tells_every_cell_and_sends_nothing() {
    let place = TestDirectory::new();
    place.write("dry.toml", "[target]\ndelay = \"100ms\"\n");
    let output = place.run(&["-c", "dry.toml", "--dry-run"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let whole = "90 samples, about 54.9 s, plus the start of each sample's process.\n";
    assert!(output.stdout.starts_with(whole) && output.stdout.ends_with(whole), "{}", output.stdout);
    assert_eq!(output.stdout.matches("repeat 3").count(), 30);
    assert!(!place.path("reports").exists());
}

/// A million connections at once are more than there are ports to one address.
#[cfg(target_os = "linux")]
#[test]
fn cells_that_no_machine_can_hold_are_not_run_and_told_everywhere() {
    let place = TestDirectory::new();
    let config = |requests: &str| {
        format!(
            "[target]\ndelay = \"1ms\"\n[sweep]\nrequests = {requests}\nrepeats = 1\n[output]\nformats = [\"svg\"]\n\
             [[strategy]]\nname = \"a\"\nkind = \"async\"\n"
        )
    };
    place.write("some.toml", config("[2, 1000000]"));
    place.write("none.toml", config("[1000000]"));
    let dry = place.run(&["-c", "some.toml", "--dry-run"]);
    assert!(dry.stdout.contains("Not run:\n  a at 1000000 requests needs about 10000"), "{}", dry.stdout);
    assert!(dry.stdout.starts_with("1 sample, about 1 ms"), "{}", dry.stdout);
    let output = place.run(&["-c", "some.toml"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stderr.contains("not run: a at 1000000 requests needs about"), "{}", output.stderr);
    let run = place.path("reports/latest");
    assert_eq!(fs::read_to_string(run.join("raw.csv")).unwrap().lines().count(), 2);
    for file in ["manifest.json", "summary.json", "report.md", "report.html"] {
        let text = fs::read_to_string(run.join(file)).unwrap();
        assert!(text.contains("this machine allows"), "{file}: {text}");
        assert!(text.contains("raise "), "{file}: {text}");
    }
    assert_eq!(place.run(&["--resume", "reports/latest", "-q"]).code, Some(0), "nothing is missing");
    let runs = place.entries("reports");
    let output = place.run(&["-c", "none.toml"]);
    assert_eq!(output.code, Some(3), "{}", output.stderr);
    assert!(output.stderr.contains("this machine can hold no cell of the sweep"), "{}", output.stderr);
    assert_eq!(place.entries("reports"), runs);
}

#[test]
fn a_share_of_failing_requests_makes_partial_samples() {
    let place = TestDirectory::new();
    place.write("some.toml", "[target]\ndelay = \"2ms\"\nfailure-rate = 0.5\n[sweep]\nrequests = [20]\nrepeats = 1\n");
    let output = place.run(&["-c", "some.toml", "-q"]);
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    let raw = fs::read_to_string(place.path(output.stdout.trim_end()).join("raw.csv")).unwrap();
    assert_eq!(raw.matches(",partial,wrong-status: ").count(), built_in_kinds().count(), "{raw}");
    let run = bundle::load(&place.path(output.stdout.trim_end())).unwrap().run;
    let failures: BTreeSet<&str> = run.samples.iter().map(|row| row.error.as_str()).collect();
    assert_eq!(failures.len(), 1, "the same delays and failures for every strategy: {failures:?}");
}

#[test]
fn strategy_names_are_labels_and_nothing_else() {
    let place = TestDirectory::new();
    place.write(
        "names.toml",
        "[target]\ndelay = \"1ms\"\n[sweep]\nrequests = [2]\nrepeats = 1\n[[strategy]]\n\
         name = \"a,\\\"b\\\"\\n../../c <script>\"\nkind = \"sequential\"\n",
    );
    let output = place.run(&["-c", "names.toml", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let run = place.path(output.stdout.trim_end());
    assert!(fs::read_to_string(run.join("raw.csv")).unwrap().contains("\"a,\"\"b\"\"\n../../c <script>\",sequential"));
    let svg = fs::read_to_string(run.join("charts/duration.svg")).unwrap();
    assert!(svg.contains("&lt;script&gt;"), "{svg}");
    assert!(!svg.contains("<script"), "{svg}");
    assert_eq!(place.run(&["render", output.stdout.trim_end(), "-q"]).code, Some(0));
}

#[test]
fn the_program_describes_itself() {
    let place = TestDirectory::new();
    let help = place.run(&["--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.stdout.contains("Examples:"), "{}", help.stdout);
    assert!(help.stdout.lines().count() <= 60, "{}", help.stdout);
    assert!(place.run(&["schema"]).stdout.contains("\"$schema\""));
    assert!(place.run(&["man"]).stdout.contains(".TH reportgen"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(place.run(&["completions", shell]).stdout.contains("reportgen"), "{shell}");
    }
}

#[test]
fn init_writes_a_short_config_that_runs_or_the_reference() {
    let place = TestDirectory::new();
    for (name, options, written) in
        [("short.toml", &[][..], config::STARTER), ("full.toml", &["--full"], config::REFERENCE)]
    {
        let arguments = [&["init", name], options].concat();
        assert_eq!(place.run(&arguments).code, Some(0), "{name}");
        assert_eq!(fs::read_to_string(place.path(name)).unwrap(), written);
        assert_eq!(place.run(&arguments).code, Some(2), "{name} is not overwritten");
        let quick = ["-c", name, "-q", "--requests", "2", "--repeats", "1", "--delay", "1ms", "--formats", "svg"];
        let output = place.run(&quick);
        assert_eq!(output.code, Some(0), "{name}: {}", output.stderr);
    }
    assert!(config::STARTER.lines().count() <= 25, "short enough to be read at once");
}
