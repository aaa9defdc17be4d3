//! The single requests of a run: kept as text, compressed, or not at all.

use std::fs;

use crate::test_directory::TestDirectory;

const CONFIG: &str = "[target]\ndelay = \"2ms\"\n[sweep]\nrequests = [1, 40]\nrepeats = 2\n\
    [[strategy]]\nname = \"one, by one\"\nkind = \"sequential\"\n[[strategy]]\nkind = \"async\"\n[output]\nformats = [\"svg\"]\n";

/// Runs the sweep; returns the run's folder, its files, and what was output.
fn run(place: &TestDirectory, kind: &str) -> (String, Vec<String>, String) {
    place.write("sweep.toml", format!("{CONFIG}requests = \"{kind}\"\n"));
    let output = place.run(&["-c", "sweep.toml", "--color", "never"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let run = output.run().to_owned();
    (run.clone(), place.entries(&run), output.stderr)
}

fn recorded(place: &TestDirectory, run: &str) -> usize {
    let loaded = reportgen::bundle::load(&place.path(run)).unwrap();
    loaded.run.requests.values().map(|cell| cell.latencies.len()).sum()
}

#[test]
fn requests_are_kept_as_the_config_says_and_read_alike() {
    for (kind, kept) in [("csv", "requests.csv"), ("csv.zst", "requests.csv.zst")] {
        let place = TestDirectory::new();
        let (run, files, _) = run(&place, kind);
        let names: Vec<_> = files.iter().filter(|name| name.starts_with("requests")).collect();
        assert_eq!(names, [kept]);
        assert_eq!(recorded(&place, &run), 2 * 2 * (1 + 40), "{kind}");
        // A torn sample is measured again, whatever the form.
        for name in ["raw.csv", kept] {
            let path = place.path(&run).join(name);
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() - 2]).unwrap();
        }
        let output = place.run(&["--resume", &run, "-q"]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        assert_eq!(recorded(&place, &run), 2 * 2 * (1 + 40), "{kind}, resumed");
        let output = place.run(&["render", &run, "-o", "copy", "-q"]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        assert_eq!(recorded(&place, "copy"), 2 * 2 * (1 + 40), "{kind}, copied");
    }
}

#[test]
fn without_requests_two_charts_say_why_they_are_not_there() {
    let place = TestDirectory::new();
    let (run, files, told) = run(&place, "none");
    assert!(!files.iter().any(|name| name.starts_with("requests")), "{files:?}");
    for chart in ["latency", "timeline"] {
        assert!(told.contains(chart) && told.contains(" chart: the single requests were not recorded"), "{told}");
        assert!(!place.path(&run).join(format!("charts/{chart}.svg")).exists());
    }
    let output = place.run(&["--resume", &run, "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
}
