//! What the program says to those who typed something else than it takes, and how much it says at all.

use std::fs;

use crate::test_directory::TestDirectory;

const QUICK: &str = "[target]\ndelay = \"2ms\"\n[sweep]\nrequests = [1, 2]\nrepeats = 1\n[output]\nformats = [\"svg\"]\n\
    [[strategy]]\nname = \"pool\"\nkind = \"thread-pool\"\nworkers = 2\n[[strategy]]\nkind = \"async\"\n";

#[test]
fn what_was_meant_is_named() {
    let place = TestDirectory::new();
    place.write("quick.toml", QUICK);
    place.write("words.toml", "[target]\ndelay = \"1ms\"\n[sweep]\nduration = \"5s\"\n");
    place.write("script", "#!/bin/sh\n");
    place.write(
        "script.toml",
        "[target]\ndelay = \"1ms\"\n[[strategy]]\nkind = \"command\"\nmodel = \"async\"\ncommand = [\"./script\"]\n",
    );
    for (arguments, code, told) in [
        (&["quick.toml"][..], 2, "tip: to run a sweep: reportgen --config quick.toml"),
        (&["run"], 2, "tip: a sweep needs no subcommand: reportgen --config FILE"),
        (&["table.csv"], 2, "tip: to draw it: reportgen render table.csv"),
        (&["-c", "quick.toml", "--delay", "100"], 2, "it has no unit; write 100ms or 100s"),
        (&["-c", "quick.toml", "--only", "thread-pool"], 2, "of this kind: pool"),
        (&["-c", "."], 2, "cannot read the config .; name the file in it"),
        (&["-c", "words.toml"], 2, "unknown key `sweep.duration`"),
        (&["-c", "script.toml"], 3, "may not be executed; run `chmod +x "),
        (&["render", "nope.csv"], 3, "cannot open nope.csv"),
        (&["verify", "a"], 3, "no run \"a\": not a path, and no run in reports has that id or tag"),
    ] {
        let output = place.run(arguments);
        assert_eq!(output.code, Some(code), "{arguments:?}: {}", output.stderr);
        assert!(output.stderr.contains(told), "{arguments:?}: {}", output.stderr);
    }
    let words = place.run(&["-c", "words.toml"]).stderr;
    assert!(!words.contains("belongs in"), "{words}");
    let help = place.run(&["help", "render"]);
    assert!(help.stdout.starts_with("Draw again from stored data"), "{}", help.stdout);
}

#[test]
fn all_faults_of_a_table_are_told_at_once() {
    let place = TestDirectory::new();
    let rows = |number: usize| "a,x,1.0\n".repeat(number);
    place.write("few.csv", format!("strategy,requests,duration_s\na,1,1.0\n{}b,2,nan?\n", rows(2)));
    let few = place.run(&["render", "few.csv"]);
    assert_eq!(few.code, Some(3));
    for line in ["few.csv: line 3: ", "\n  line 4: ", "\n  line 5: "] {
        assert!(few.stderr.contains(line), "{}", few.stderr);
    }
    place.write("many.csv", format!("strategy,requests,duration_s\n{}", rows(30)));
    let many = place.run(&["render", "many.csv"]).stderr;
    assert_eq!(many.matches("line ").count(), 10, "{many}");
    assert!(many.contains("later lines are not looked at"), "{many}");
}

#[test]
fn a_sweep_ends_with_a_table_the_answer_and_its_report() {
    let place = TestDirectory::new();
    place.write("quick.toml", QUICK);
    let output = place.run(&["-c", "quick.toml"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert!(lines[0].starts_with("strategy  requests"), "{}", output.stdout);
    assert_eq!(lines[5], "", "{}", output.stdout);
    assert!(lines[6].contains("fastest") || lines[6].contains("too close to call"), "{}", output.stdout);
    assert_eq!(lines.len(), 8);
    assert!(place.path(output.run()).join("report.html").is_file());
    // A line for each sample is a detail.
    assert!(!output.stderr.contains("repeat 1"), "{}", output.stderr);
    let detailed = place.run(&["-c", "quick.toml", "-v"]);
    assert_eq!(detailed.stderr.matches("repeat 1").count(), 4, "{}", detailed.stderr);
}

#[test]
fn where_all_fails_no_chart_says_that_nothing_was_recorded() {
    let place = TestDirectory::new();
    place.write("failed.toml", QUICK.replace("delay = \"2ms\"", "delay = \"2ms\"\nfailure-rate = 1.0"));
    let output = place.run(&["-c", "failed.toml"]);
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    assert!(output.stderr.contains("latency, cost chart: every sample failed\n"), "{}", output.stderr);
    assert!(!output.stderr.contains("recorded"), "{}", output.stderr);
}

#[test]
fn a_long_table_is_cut_to_a_screen() {
    let place = TestDirectory::new();
    let rows = (1..=30).map(|count| format!("a,{count},1.5\nb,{count},2.5\n")).collect::<String>();
    place.write("long.csv", format!("strategy,requests,duration_s\n{rows}"));
    let output = place.run(&["render", "long.csv", "--formats", "svg"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert!(lines[1].starts_with("a               30"), "{}", output.stdout);
    assert_eq!(lines[3], "… and 58 more rows: summary.csv");
    assert!(lines.iter().take(4).all(|line| line.chars().count() <= 80));
}

#[test]
fn quiet_prints_results_alone() {
    let place = TestDirectory::new();
    place.write("quick.toml", QUICK);
    let swept = place.run(&["-c", "quick.toml", "-q"]);
    let run = swept.stdout.trim_end();
    place.write("page.md", "<!-- reportgen:answer -->\n<!-- /reportgen -->\n");
    let one_line = |arguments: &[&str]| {
        let output = place.run(arguments);
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        output.stdout
    };
    assert_eq!(one_line(&["render", run, "-q"]), format!("{run}\n"));
    assert_eq!(one_line(&["pack", run, "-q", "-o", "run.tar.zst"]), "run.tar.zst\n");
    for arguments in [
        &["verify", run, "-q"][..],
        &["tag", run, "x", "-q"],
        &["untag", run, "x", "-q"],
        &["embed", "page.md", run, "-q"],
        &["init", "new.toml", "-q"],
        &["remove", run, "-q"],
    ] {
        assert_eq!(one_line(arguments), "", "{arguments:?}");
    }
}

#[test]
fn runs_are_found_in_the_folder_that_is_named() {
    let place = TestDirectory::new();
    place.write("quick.toml", QUICK);
    place.write("page.md", "<!-- reportgen:answer -->\n<!-- /reportgen -->\n");
    let runs: Vec<String> = (0..2)
        .map(|_| place.run(&["-c", "quick.toml", "-q", "-o", "mine"]).stdout.trim_end().replace("mine/", ""))
        .collect();
    let (first, second) = (runs[0].as_str(), runs[1].as_str());
    for (arguments, code) in [
        (&["tag", first, "base"][..], 0),
        (&["verify", "base", second], 0),
        (&["render", "base"], 0),
        (&["compare", "base", second], 5),
        (&["pack", "base", "-o", "base.tar.zst"], 0),
        (&["embed", "page.md", "base"], 0),
        (&["untag", "base", "base"], 0),
        (&["remove", second], 0),
    ] {
        assert_eq!(place.run(arguments).code, Some(3), "{arguments:?}: there is none in reports");
        let output = place.run(&[arguments, &["--dir", "mine"]].concat());
        let compared = arguments[0] == "compare" && matches!(output.code, Some(0 | 4));
        assert!(output.code == Some(code) || compared, "{arguments:?}: {:?} {}", output.code, output.stderr);
    }
    assert_eq!(place.run(&["verify", first, "--dir", "mine"]).code, Some(0));
    fs::write(place.path("mine").join(first).join("raw.csv"), "strategy\n").unwrap();
    assert_eq!(place.run(&["verify", first, "--dir", "mine"]).code, Some(1));
}
