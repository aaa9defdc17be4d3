//! What stands on standard output and beside it: the table, summary.json, and where the run is.

use std::fs;

use crate::workplace::Workplace;

const QUICK: &str = "[target]\ndelay = \"2ms\"\n[sweep]\nrequests = [1, 2]\nrepeats = 1\n\
    [[strategy]]\nkind = \"sequential\"\nname = \"=1+1 \\\"quoted\\\"\"\n[[strategy]]\nkind = \"async\"\n";

#[test]
fn json_is_the_file_alone_and_the_path_is_a_note() {
    let place = Workplace::new();
    place.write("quick.toml", QUICK);
    let said = place.run(&["-c", "quick.toml", "--formats", "svg", "--output-format", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let run = said.stderr.lines().find_map(|line| line.strip_prefix("the run is in ")).unwrap();
    assert!(run.starts_with("reports/quick-"), "{run}");
    let file = fs::read_to_string(place.path(run).join("summary.json")).unwrap();
    assert_eq!(said.stdout, file);

    let again = place.run(&["render", run, "--output-format", "json", "-q"]);
    assert_eq!((again.code, again.stdout, again.stderr), (Some(0), file.clone(), String::new()));
    let resumed = place.run(&["--resume", run, "--output-format", "json", "-q"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    assert!(resumed.stdout.starts_with("{\n  \"schema_version\": "), "{}", resumed.stdout);

    let table = place.run(&["render", run, "--output-format", "text"]);
    assert!(table.stdout.starts_with("strategy") && table.stdout.contains(run), "{}", table.stdout);
    for arguments in
        [&["-c", "quick.toml", "-n", "--output-format", "json"][..], &["render", run, "--output-format", "xml"]]
    {
        assert_eq!(place.run(arguments).code, Some(2), "{arguments:?}");
    }
}
