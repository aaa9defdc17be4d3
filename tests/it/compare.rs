//! `reportgen compare` on run directories of known truth: exit codes, documents, the page.

use std::fmt::Write as _;
use std::fs;

use crate::test_directory::{CommandOutput, TestDirectory};

/// A run directory in the making: two strategies at three counts.
pub(crate) struct Recorded {
    pub(crate) delay: &'static str,
    pub(crate) cores: u32,
    pub(crate) workers: u32,
    pub(crate) repeats: u32,
    /// Duration as a multiple of its usual value, by strategy and request count.
    pub(crate) slower: fn(&str, u32) -> f64,
    /// Whether a sample fails, by strategy and repeat.
    pub(crate) fails: fn(&str, u32) -> bool,
    /// RFC 3339.
    pub(crate) started_at: String,
    pub(crate) commit: String,
}

impl Recorded {
    pub(crate) fn usual() -> Self {
        Self {
            delay: "100ms",
            cores: 2,
            workers: 20,
            repeats: 10,
            slower: |_, _| 1.0,
            fails: |_, _| false,
            started_at: "2026-11-22T18:30:00Z".to_owned(),
            commit: "1111111111111111111111111111111111111111".to_owned(),
        }
    }

    pub(crate) fn write(&self, place: &TestDirectory, id: &str) {
        let folder = place.path(id);
        fs::create_dir_all(&folder).unwrap();
        let name = id.rsplit('/').next().unwrap();
        let config = format!(
            "[target]\ndelay = \"{}\"\n[sweep]\nrequests = [10, 20, 50]\nrepeats = {}\n\
             [[strategy]]\nname = \"one\"\nkind = \"sequential\"\n\
             [[strategy]]\nname = \"many\"\nkind = \"thread-pool\"\nworkers = {}\n",
            self.delay, self.repeats, self.workers
        );
        fs::write(folder.join("config.toml"), config).unwrap();
        fs::write(folder.join("raw.csv"), self.rows()).unwrap();
        fs::write(folder.join("manifest.json"), self.manifest(name)).unwrap();
    }

    fn rows(&self) -> String {
        let mut rows = "strategy,kind,workers,requests,repeat,phase,sequence,started_at,setup_s,duration_s,ideal_s,timing,\
                        succeeded,failed,peak_in_flight,connections,bytes_received,service_mean_s,cpu_user_s,cpu_system_s,\
                        peak_rss_bytes,voluntary_switches,involuntary_switches,status,error\n"
            .to_owned();
        let mut sequence = 0;
        for repeat in 1..=self.repeats {
            for (name, kind, workers) in
                [("one", "sequential", String::new()), ("many", "thread-pool", self.workers.to_string())]
            {
                for requests in [10, 20, 50] {
                    sequence += 1;
                    // Half a percent of spread that differs from cell to cell and repeats itself in every run.
                    let spread = f64::from((repeat * 7 + requests) % 11) / 1_000.0;
                    let duration = f64::from(requests) / 100.0 * (1.0 + spread) * (self.slower)(name, requests);
                    let end = if (self.fails)(name, repeat) { "timeout,sample-timeout: after 1 s" } else { "ok," };
                    let _ = writeln!(
                        rows,
                        "{name},{kind},{workers},{requests},{repeat},measure,{sequence},{},,{duration:.9},,self,,,,,,,,,,,,{end}",
                        self.started_at
                    );
                }
            }
        }
        rows
    }

    fn manifest(&self, id: &str) -> String {
        let delay_s = self.delay.trim_end_matches("ms").parse::<f64>().unwrap() / 1e3;
        let strategy = |name: &str, kind: &str, model: &str, workers: &str| {
            format!(
                "{{\"name\":\"{name}\",\"kind\":\"{kind}\",\"model\":\"{model}\",\"workers\":{workers},\"max_in_flight\":null,\
                 \"threads\":1,\"connections\":\"keep-alive\"}}"
            )
        };
        format!(
            "{{\"schema_version\":1,\"raw_schema_version\":1,\"requests_schema_version\":1,\"run_id\":\"{id}\",\
             \"title\":\"Known\",\"status\":\"finished\",\"tool_version\":\"0.1.0\",\"measuring_version\":1,\
             \"command_line\":[\"reportgen\",\"--config\",\"known.toml\"],\"started_at\":\"{start}\",\"ended_at\":\"{start}\",\
             \"seed\":1,\"repeats\":{{\"min\":{repeats},\"max\":{repeats},\"precision\":null}},\"planned_samples\":{samples},\"config_sha256\":\"\",\
             \"target\":{{\"kind\":\"delay\",\"delay_s\":{delay_s},\"jitter_s\":0.0,\"failure_rate\":0.0,\
             \"max_concurrent\":0}},\"strategies\":[{one},{many}],\"machine\":{{\"cores\":{cores}}},\
             \"git\":{{\"commit\":\"{commit}\",\"modified\":false}}}}\n",
            start = self.started_at,
            repeats = self.repeats,
            samples = self.repeats * 6,
            one = strategy("one", "sequential", "sequential", "null"),
            many = strategy("many", "thread-pool", "pool", &self.workers.to_string()),
            cores = self.cores,
            commit = self.commit,
        )
    }
}

/// What `compare` says about the usual run and `new`.
fn compare(new: &Recorded, options: &[&str]) -> (TestDirectory, CommandOutput) {
    let place = TestDirectory::new();
    Recorded { repeats: new.repeats, ..Recorded::usual() }.write(&place, "base-20261122T183000Z");
    new.write(&place, "new-20261123T183000Z");
    let output = place.run(&[&["compare", "base-20261122T183000Z", "new-20261123T183000Z"], options].concat());
    (place, output)
}

fn slow_pool(name: &str, _: u32) -> f64 {
    if name == "many" { 1.2 } else { 1.0 }
}

#[test]
fn exit_codes_are_as_written() {
    let usual = Recorded::usual;
    for (new, options, code, word) in [
        (usual(), &[][..], 0, "The same within 5 %: one, many."),
        (Recorded { slower: |_, _| 1.03, ..usual() }, &[], 0, "The same within 5 %: one, many."),
        (Recorded { slower: |_, _| 1.03, ..usual() }, &["--threshold", "1%"], 4, "Slower by more than 1 %: one, many."),
        (Recorded { slower: slow_pool, ..usual() }, &[], 4, "Slower by more than 5 %: many; the same within 5 %: one."),
        (Recorded { slower: slow_pool, ..usual() }, &["--threshold", "0.3"], 0, "The same within 30 %: one, many."),
        (Recorded { slower: |_, n| if n == 50 { 1.2 } else { 1.0 }, ..usual() }, &[], 4, "slower at 50 requests"),
        (Recorded { slower: |_, _| 0.8, ..usual() }, &[], 0, "Faster by more than 5 %: one, many."),
        (Recorded { slower: slow_pool, repeats: 1, ..usual() }, &[], 5, "single samples do not show"),
        (Recorded { cores: 64, ..usual() }, &[], 0, "warning: cores: 2 in the base, 64 in the new run"),
        (
            Recorded { delay: "200ms", ..usual() },
            &[],
            5,
            "incomparable: delay: 100 ms in the base, 200 ms in the new run",
        ),
        (Recorded { delay: "200ms", ..usual() }, &["--force"], 0, "The same within 5 %: one, many."),
        (Recorded { workers: 10, ..usual() }, &[], 5, "incomparable: strategy many"),
        (
            Recorded { fails: |name, repeat| name == "many" && repeat > 6, ..usual() },
            &[],
            5,
            "more samples fail than before",
        ),
        (Recorded { fails: |name, _| name == "many", ..usual() }, &[], 5, "30 of 30 samples failed in the new run"),
    ] {
        let (_place, output) = compare(&new, options);
        assert_eq!(output.code, Some(code), "{word}: {}{}", output.stdout, output.stderr);
        assert!(output.stdout.contains(word), "{word}: {}", output.stdout);
    }
}

/// That any option of a strategy counts is proved where the options are told; here are runs as they are measured.
#[test]
fn runs_over_another_http_version_side_by_side_or_with_another_tolerance_are_not_comparable() {
    let place = TestDirectory::new();
    let measure = |name: &str, sweep: &str, strategy: &str| {
        let config = format!(
            "[target]\ndelay = \"1ms\"\n[sweep]\nrequests = [2]\nrepeats = 1\n{sweep}\n\
             [[strategy]]\nname = \"a\"\nkind = \"async\"\n{strategy}\n[output]\nformats = [\"svg\"]\n"
        );
        place.write(&format!("{name}.toml"), config);
        let output = place.run(&["-c", &format!("{name}.toml"), "-q"]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        output.stdout.trim_end().to_owned()
    };
    let base = measure("base", "", "");
    for (new, words) in [
        (measure("version", "", "http-version = \"2\""), "http-version 1.1 in the base"),
        (measure("overlap", "overlap = \"auto\"", ""), "incomparable: overlap: off in the base, auto within 20 %"),
        (
            measure("tolerance", "max-failed = \"0.5%\"", ""),
            "incomparable: max-failed: 0 % in the base, 0.5 % in the new run",
        ),
    ] {
        let output = place.run(&["compare", &base, &new]);
        assert_eq!(output.code, Some(5), "{}{}", output.stdout, output.stderr);
        assert!(output.stdout.contains(words), "{}", output.stdout);
    }
}

#[test]
fn another_program_is_another_workload_and_another_version_of_it_is_not() {
    let place = TestDirectory::new();
    let write = |id: &str, program: &str, version: &str| {
        Recorded::usual().write(&place, id);
        let path = place.path(id).join("manifest.json");
        let text = fs::read_to_string(&path).unwrap();
        let told = format!("\"version\":\"{version}\",\"connections\":\"keep-alive\"");
        fs::write(&path, text.replacen("\"connections\":\"keep-alive\"", &told, 1)).unwrap();
        let config = fs::read_to_string(place.path(id).join("config.toml")).unwrap();
        let command = format!("kind = \"command\"\ncommand = [\"{program}\"]\nmodel = \"sequential\"");
        fs::write(place.path(id).join("config.toml"), config.replacen("kind = \"sequential\"", &command, 1)).unwrap();
    };
    write("base-20261122T183000Z", "python3", "3.11");
    write("other-20261123T183000Z", "node", "3.11");
    write("newer-20261124T183000Z", "python3", "3.12");
    let against = |new: &str| place.run(&["compare", "base-20261122T183000Z", new]);
    let output = against("other-20261123T183000Z");
    assert_eq!(output.code, Some(5), "{}{}", output.stdout, output.stderr);
    assert!(output.stdout.contains("incomparable: strategy one: "), "{}", output.stdout);
    assert!(output.stdout.contains("node"), "{}", output.stdout);
    let output = against("newer-20261124T183000Z");
    assert_eq!(output.code, Some(0), "{}{}", output.stdout, output.stderr);
    assert!(output.stdout.contains("note: version of one: 3.11 in the base, 3.12 in the new run"), "{}", output.stdout);
}

#[test]
fn slower_beats_undecided() {
    let new = Recorded { slower: slow_pool, fails: |name, repeat| name == "one" && repeat > 6, ..Recorded::usual() };
    let (_place, output) = compare(&new, &[]);
    assert_eq!(output.code, Some(4), "{}", output.stdout);
    assert!(output.stdout.contains("Slower by more than 5 %: many; undecided: one."), "{}", output.stdout);
}

#[test]
fn programs_and_pull_requests_get_a_document() {
    let new = Recorded { slower: slow_pool, ..Recorded::usual() };
    let (_place, output) = compare(&new, &["--output-format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((output.code, &document["verdict"]), (Some(4), &"slower".into()));
    assert_eq!(document["strategies"][1]["slower_at"], serde_json::json!([10, 20, 50]));
    let ratio = document["strategies"][1]["ratio"].as_f64().unwrap();
    assert!((ratio - 1.2).abs() < 0.01, "{ratio}");
    assert_eq!(document["strategies"][0]["cells"].as_array().unwrap().len(), 3);
    let (_place, output) = compare(&new, &["--output-format", "markdown"]);
    assert!(output.stdout.starts_with("# Comparison: new-20261123T183000Z against base-"), "{}", output.stdout);
    assert!(output.stdout.contains("| many | slower | 1.2"), "{}", output.stdout);
}

#[test]
fn a_folder_gets_page_story_document_and_charts() {
    let new = Recorded { slower: slow_pool, ..Recorded::usual() };
    let (place, output) = compare(&new, &["-o", "out"]);
    assert_eq!(output.code, Some(4), "{}", output.stderr);
    let files = [".reportgen-comparison", "charts", "comparison.html", "comparison.json", "comparison.md"];
    assert_eq!(place.entries("out"), files);
    let charts = place.entries("out/charts");
    assert!(charts.contains(&"comparison-ratio.svg".to_owned()));
    assert!(charts.contains(&"comparison-duration.png".to_owned()));
    let page = fs::read_to_string(place.path("out/comparison.html")).unwrap();
    let page = page.replace("http://www.w3.org/2000/svg", "").replace("url(#", "");
    for word in ["http://", "https://", "src=", "@import", "url(", "<link", "<iframe"] {
        assert!(!page.contains(word), "{word}");
    }
    let story = fs::read_to_string(place.path("out/comparison.md")).unwrap();
    assert!(story.contains("](charts/comparison-ratio.svg)"), "{story}");
    let again = place.run(&["compare", "base-20261122T183000Z", "new-20261123T183000Z", "-o", "again"]);
    assert_eq!(again.code, Some(4));
    let read = |name: &str| fs::read(place.path(name)).unwrap();
    assert!(read("out/comparison.html") == read("again/comparison.html"), "the same runs give the same bytes");
}

#[test]
fn bare_tables_are_compared_with_a_warning_and_rubbish_is_refused() {
    let place = TestDirectory::new();
    let table = |factor: f64| {
        let rows = (0..8).flat_map(|repeat| [10, 20].map(|n| (repeat, n)));
        rows.fold("strategy,requests,duration_s\n".to_owned(), |mut text, (repeat, n)| {
            let _ = writeln!(text, "a,{n},{}", f64::from(n) * factor * (1.0 + f64::from(repeat) / 1_000.0));
            text
        })
    };
    place.write("base.csv", table(1.0));
    place.write("slow.csv", table(1.2));
    place.write("other.csv", "strategy,requests,duration_s\nb,10,1.0\n");
    place.write("empty.csv", "");
    for (new, code, word) in [
        ("base.csv", Some(0), "warning: both runs are a bare CSV"),
        ("slow.csv", Some(4), "Slower by more than 5 %: a."),
        ("other.csv", Some(5), "no strategy in common"),
    ] {
        let output = place.run(&["compare", "base.csv", new]);
        assert_eq!(output.code, code, "{new}: {}{}", output.stdout, output.stderr);
        assert!(output.stdout.contains(word), "{new}: {}", output.stdout);
    }
    for (arguments, code, word) in [
        (&["compare", "base.csv", "empty.csv"][..], Some(3), "empty.csv"),
        (&["compare", "base.csv", "missing"], Some(3), "missing"),
        (&["compare", "base.csv"], Some(2), "NEW"),
        (&["compare", "base.csv", "slow.csv", "--threshold", "much"], Some(2), "5% or a fraction"),
        (&["compare", "base.csv", "slow.csv", "--formats", "svg"], Some(2), "--output-dir"),
    ] {
        let output = place.run(arguments);
        assert_eq!(output.code, code, "{arguments:?}: {}", output.stderr);
        assert!(output.stderr.contains(word), "{arguments:?}: {}", output.stderr);
        assert!(output.stdout.is_empty(), "{arguments:?}: {}", output.stderr);
    }
}

#[test]
fn packs_are_compared_like_their_folders() {
    let place = TestDirectory::new();
    Recorded::usual().write(&place, "base");
    Recorded { slower: |name, _| if name == "many" { 1.2 } else { 1.0 }, ..Recorded::usual() }.write(&place, "new");
    let folders = place.run(&["compare", "base", "new", "--output-format", "json"]);
    assert_eq!(folders.code, Some(4), "{}", folders.stderr);
    for run in ["base", "new"] {
        assert_eq!(place.run(&["pack", run, "-o", &format!("{run}.tar.zst")]).code, Some(0));
        fs::remove_dir_all(place.path(run)).unwrap();
    }
    let packs = place.run(&["compare", "base.tar.zst", "new.tar.zst", "--output-format", "json"]);
    assert_eq!((packs.code, packs.stdout), (Some(4), folders.stdout), "{}", packs.stderr);
}
