//! `reportgen history` on archives of known truth.

use std::fs;

use crate::compare::Recorded;
use crate::test_directory::TestDirectory;

/// Twenty runs a day apart, from the twelfth on slower by a tenth in one strategy; commits have two runs each.
fn archive(place: &TestDirectory) {
    for day in 1..=20_u32 {
        let run = Recorded {
            repeats: 3,
            slower: if day < 12 { |_, _| 1.0 } else { |name, _| if name == "many" { 1.1 } else { 1.0 } },
            started_at: format!("2026-11-{day:02}T08:00:00.000Z"),
            commit: format!("{:040x}", day / 2),
            ..Recorded::usual()
        };
        run.write(place, &format!("reports/sweep-202611{day:02}T080000Z"));
    }
}

#[test]
fn a_lasting_change_is_told_and_drawn() {
    let place = TestDirectory::new();
    archive(&place);
    fs::write(place.path("reports/sweep-20261101T080000Z/report.html"), "").unwrap();
    let output = place.run(&["history", "-o", "pages"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stdout.contains("\nsweep: 20 runs, medians at 50 requests\n"), "{}", output.stdout);
    assert!(output.stdout.contains("since sweep-20261112T080000Z: 10"), "{}", output.stdout);
    assert_eq!(output.stdout.matches('▲').count(), 1, "{}", output.stdout);
    assert_eq!(place.entries("pages"), [".reportgen-history", "charts", "history.html", "history.json", "history.md"]);
    assert_eq!(place.entries("pages/charts"), ["history.png", "history.svg"]);
    let page = fs::read_to_string(place.path("pages/history.html")).unwrap().replace("&#x2f;", "/");
    assert!(page.contains("<a href=\"../reports/sweep-20261101T080000Z/report.html\">"));
    assert_eq!(page.matches("report.html\">").count(), 1, "a run without a page has no link");
    let page = page.replace("http://www.w3.org/2000/svg", "").replace("url(#", "");
    for word in ["http://", "https://", "src=", "@import", "url(", "<link", "<iframe"] {
        assert!(!page.contains(word), "{word}");
    }
    let again = place.run(&["history", "-o", "again"]);
    assert_eq!(again.stdout, output.stdout);
    assert!(fs::read(place.path("pages/history.json")).unwrap() == fs::read(place.path("again/history.json")).unwrap());
}

#[test]
fn programs_get_every_run_by_date_or_commit() {
    let place = TestDirectory::new();
    archive(&place);
    let ask = |arguments: &[&str]| -> serde_json::Value {
        let output = place.run(&[&["history", "reports", "--output-format", "json"], arguments].concat());
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        serde_json::from_str(&output.stdout).unwrap()
    };
    let by_date = ask(&[]);
    let series = &by_date["courses"][0];
    assert_eq!((series["places"].as_array().unwrap().len(), &series["requests"]), (20, &50.into()));
    assert_eq!(series["strategies"][1]["changes"][0]["place"], 11);
    assert!(series["strategies"][0]["changes"].as_array().unwrap().is_empty());
    let by_commit = ask(&["--by", "commit", "--requests", "10"]);
    let series = &by_commit["courses"][0];
    assert_eq!((series["places"].as_array().unwrap().len(), &series["requests"]), (11, &10.into()));
    assert_eq!(series["places"][1]["runs"].as_array().unwrap().len(), 2);
}

#[test]
fn runs_that_cannot_be_joined_stand_apart_and_broken_ones_are_named() {
    let place = TestDirectory::new();
    archive(&place);
    let other = |id: &str, run: Recorded| run.write(&place, &format!("reports/{id}"));
    other("sweep-20261201T080000Z", Recorded { delay: "200ms", ..Recorded::usual() });
    other("sweep-20261202T080000Z", Recorded { cores: 64, ..Recorded::usual() });
    other("sweep-20261203T080000Z", Recorded { workers: 10, ..Recorded::usual() });
    other("other-20261203T080000Z", Recorded::usual());
    fs::create_dir(place.path("reports/empty")).unwrap();
    let output = place.run(&["history"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let headings: Vec<&str> = output.stdout.lines().filter(|line| line.contains("medians at")).collect();
    let expected = ["other: 1 run,", "sweep: 1 run,", "sweep: 1 run,", "sweep: 21 runs,"];
    assert_eq!(headings.len(), 4, "{}", output.stdout);
    let mut sorted = headings.clone();
    sorted.sort_unstable();
    assert!(sorted.iter().zip(expected).all(|(heading, start)| heading.starts_with(start)), "{headings:?}");
    assert!(output.stdout.contains("workers 10)"), "{}", output.stdout);
    assert!(output.stdout.contains("workers 20)"), "{}", output.stdout);
    assert!(output.stderr.contains("empty is left out"), "{}", output.stderr);
    let one = place.run(&["history", "--config", "other"]);
    assert_eq!(one.stdout.matches("medians at").count(), 1);
}

#[test]
fn what_is_not_there_is_said() {
    let place = TestDirectory::new();
    archive(&place);
    fs::create_dir(place.path("bare")).unwrap();
    for (arguments, code, word) in [
        (&["history", "nowhere"][..], 3, "nowhere"),
        (&["history", "bare"], 0, "bare holds no runs"),
        (&["history", "--config", "nobody"], 2, "it has sweep"),
        (&["history", "--requests", "11"], 2, "no run has a cell of 11 requests"),
        (&["history", "--by", "colour"], 2, "colour"),
    ] {
        let output = place.run(arguments);
        assert_eq!(output.code, Some(code), "{arguments:?}: {}", output.stderr);
        assert!(output.stderr.contains(word), "{arguments:?}: {}", output.stderr);
    }
}

#[test]
fn packs_belong_to_the_history_like_folders() {
    let place = TestDirectory::new();
    archive(&place);
    let ask = || {
        let output = place.run(&["history", "--output-format", "json"]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        output.stdout
    };
    let folders = ask();
    for day in [3, 12, 20] {
        let run = format!("reports/sweep-202611{day:02}T080000Z");
        assert_eq!(place.run(&["pack", &run, "-o", &format!("{run}.tar.zst")]).code, Some(0));
        fs::remove_dir_all(place.path(&run)).unwrap();
    }
    // They are called by the names of their files.
    assert_eq!(ask().replace(".tar.zst", ""), folders);
}
