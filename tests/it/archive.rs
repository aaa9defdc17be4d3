//! The archive as a user meets it: runs packed, listed, tagged, verified, removed.

use std::fs;

use crate::test_directory::TestDirectory;

const QUICK: &str = "title = \"Quick\"\n[target]\ndelay = \"1ms\"\n[sweep]\nrequests = [1, 3]\nrepeats = 2\n\
    [[strategy]]\nname = \"one\"\nkind = \"sequential\"\n[[strategy]]\nname = \"many\"\nkind = \"async\"\n\
    [output]\nformats = [\"svg\"]\n";

/// A folder with one finished run, and its path in it.
pub(crate) fn one_run() -> (TestDirectory, String) {
    let place = TestDirectory::new();
    place.write("quick.toml", QUICK);
    let output = place.run(&["-c", "quick.toml", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let run = output.stdout.trim_end().to_owned();
    (place, run)
}

#[cfg(unix)]
#[test]
fn what_a_killed_reader_of_a_pack_left_goes_with_the_next_one() {
    let (place, run) = one_run();
    assert_eq!(place.run(&["pack", &run, "-o", "x.tar.zst"]).code, Some(0));
    fs::create_dir_all(place.path("tmp/reportgen-pack-aB3xY9/charts")).unwrap();
    place.write("tmp/reportgen-pack-aB3xY9/raw.csv", "strategy");
    let verified = place.command().env("TMPDIR", place.path("tmp")).args(["verify", "x.tar.zst"]).output().unwrap();
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stderr));
    assert_eq!(place.entries("tmp"), [""; 0]);
}

#[test]
fn a_pack_is_written_once_and_drawn_like_its_folder() {
    let (place, run) = one_run();
    let id = run.strip_prefix("reports/").unwrap();
    let output = place.run(&["pack", &run]);
    let pack = format!("{id}.tar.zst");
    assert_eq!((output.code, output.stdout), (Some(0), format!("{pack}\n")), "{}", output.stderr);
    let bytes = fs::read(place.path(&pack)).unwrap();
    let again = place.run(&["pack", &run]);
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains(&pack), "{}", again.stderr);
    assert!(again.stderr.contains("not overwritten"), "{}", again.stderr);
    assert_eq!(place.run(&["pack", &run, "-o", "other"]).code, Some(0));
    assert!(fs::read(place.path("other")).unwrap() == bytes, "the same run gives the same bytes");
    assert_eq!(place.run(&["pack", &pack, "-o", "x"]).code, Some(2), "a pack of a pack");
    assert_eq!(place.run(&["pack", "nothing"]).code, Some(3));

    let drawn = place.run(&["render", &pack, "-q"]);
    assert_eq!((drawn.code, drawn.stdout), (Some(0), format!("{id}-report\n")), "{}", drawn.stderr);
    for name in ["manifest.json", "raw.csv", "summary.csv", "charts/duration.svg", "report.html"] {
        let read = |folder: &str| fs::read(place.path(folder).join(name)).unwrap();
        assert!(read(&format!("{id}-report")) == read(&run), "{name} differs");
    }
    assert_eq!(fs::read(place.path(&pack)).unwrap(), bytes, "a pack is never written to");
    let resumed = place.run(&["--resume", &pack]);
    assert_eq!(resumed.code, Some(3));
    assert!(resumed.stderr.contains("unpack it with `tar"), "{}", resumed.stderr);
}

#[test]
fn runs_are_listed_newest_first_and_what_is_broken_is_named() {
    let (place, run) = one_run();
    let first = run.strip_prefix("reports/").unwrap();
    let second = place.run(&["-c", "quick.toml", "-q", "--only", "one"]).stdout.trim_end().to_owned();
    let second = second.strip_prefix("reports/").unwrap();
    fs::create_dir(place.path("reports/scratch")).unwrap();
    assert_eq!(place.run(&["pack", &run, "-o", "reports/moved.tar.zst"]).code, Some(0));
    assert_eq!(place.run(&["tag", second, "baseline"]).code, Some(0));

    let text = place.run(&["list"]);
    assert_eq!(text.code, Some(0), "{}", text.stderr);
    let lines: Vec<&str> = text.stdout.lines().collect();
    assert!(lines[0].starts_with("run "), "{}", text.stdout);
    assert!(lines[0].ends_with("tags"), "{}", text.stdout);
    assert!(lines[1].starts_with(second), "{}", text.stdout);
    assert!(lines[1].ends_with("baseline"), "{}", text.stdout);
    let of_first = lines.iter().find(|line| line.split_whitespace().next() == Some(first)).unwrap();
    assert!(of_first.contains(" 2 ") && !lines[0].contains("machine"), "{}", text.stdout);
    assert!(text.stdout.contains("moved.tar.zst"), "{}", text.stdout);
    assert!(lines[lines.len() - 1].starts_with("scratch"));
    assert!(text.stdout.contains("holds no manifest.json"));
    let lines_of = |name: &str| lines.iter().filter(|line| line.split_whitespace().next() == Some(name)).count();
    assert_eq!((lines_of(first), lines_of("latest")), (1, 0), "{}", text.stdout);

    let json = place.run(&["list", "reports", "--output-format", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!((&rows[0]["id"], &rows[0]["tags"][0]), (&second.into(), &"baseline".into()));
    assert_eq!((&rows[0]["samples"], &rows[0]["failures"], &rows[0]["counts"][1]), (&4.into(), &0.into(), &3.into()));
    assert!(rows[3]["broken"].as_str().unwrap().contains("manifest.json"), "{}", json.stdout);
    assert_eq!(place.run(&["list", "nowhere"]).code, Some(3));
    assert_eq!(place.run(&["list", &run]).code, Some(3), "one run is no folder of runs");
    fs::create_dir(place.path("none")).unwrap();
    let none = place.run(&["list", "none"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), ""));
    assert!(none.stderr.contains("none holds no runs"), "{}", none.stderr);
}

#[test]
fn tags_protect_a_run_and_name_it() {
    let (place, run) = one_run();
    let manifest = fs::read(place.path(&run).join("manifest.json")).unwrap();
    let tagged = place.run(&["tag", &run, "v1.0", "baseline"]);
    assert_eq!((tagged.code, tagged.stdout.ends_with(": baseline v1.0\n")), (Some(0), true), "{}", tagged.stdout);
    assert!(
        fs::read(place.path(&run).join("manifest.json")).unwrap() == manifest,
        "the files with checksums are untouched"
    );
    assert_eq!(place.run(&["render", "v1.0", "-q", "-o", "copy"]).code, Some(0), "a tag names its run");
    assert_eq!(place.run(&["pack", "baseline", "-o", "b.tar.zst"]).code, Some(0));
    for (arguments, code, message) in [
        (&["remove", "baseline"][..], 3, "tagged baseline, v1.0"),
        (&["remove", "b.tar.zst"], 3, "tagged baseline, v1.0"),
        (&["tag", "b.tar.zst", "x"], 3, "a pack is never written to"),
        (&["tag", &run, "../x"], 2, "\"../x\" is no tag"),
        (&["tag", &run, "latest"], 2, "names the newest run"),
        (&["tag", &run], 2, "NAME"),
        (&["tag", "nothing", "x"], 3, "no run \"nothing\""),
        (&["untag", &run, "other"], 3, "its tags are baseline, v1.0"),
        (&["remove", "reports/latest"], 3, "it is a link"),
        (&["remove", "reports"], 3, "not a run directory"),
    ] {
        let output = place.run(arguments);
        assert_eq!(output.code, Some(code), "{arguments:?}: {}", output.stderr);
        assert!(output.stderr.contains(message), "{arguments:?}: {}", output.stderr);
    }
    assert!(place.path(&run).join("manifest.json").is_file());
    let untagged = place.run(&["untag", "v1.0", "v1.0", "baseline"]);
    assert_eq!((untagged.code, untagged.stdout.ends_with(": no tags\n")), (Some(0), true), "{}", untagged.stderr);
    let removed = place.run(&["remove", &run, "copy"]);
    assert_eq!(
        (removed.code, removed.stdout),
        (Some(0), format!("removed {run}\nremoved copy\n")),
        "{}",
        removed.stderr
    );
    assert_eq!(place.entries("reports"), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_reader_who_goes_away_is_no_error_and_an_archive_may_be_read_only() {
    let (place, run) = one_run();
    let program = crate::test_directory::executable().display().to_string();
    let output =
        place.shell(&format!("'{program}' list --output-format json | head -n 1; '{program}' list | true")).output();
    let output = output.unwrap();
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"[\n"[..], &b""[..]));
    let script = format!("chmod a-w reports; '{program}' list; code=$?; chmod u+w reports; exit $code");
    let output = crate::test_directory::captured(&place.shell(&script).output().unwrap());
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stdout.contains(run.strip_prefix("reports/").unwrap()), "{}", output.stdout);
}

#[test]
fn verify_names_every_deviation_and_exits_1() {
    let (place, run) = one_run();
    let fine = place.run(&["verify", &run]);
    assert_eq!((fine.code, fine.stderr.as_str()), (Some(0), ""), "{}", fine.stdout);
    assert!(fine.stdout.contains(&format!("{run}: all ")), "{}", fine.stdout);
    assert!(fine.stdout.contains("as they were written"), "{}", fine.stdout);
    assert_eq!(place.run(&["verify", &run, "-q"]).stdout, "");
    let path = |name: &str| place.path(&run).join(name);
    let restored = |name: &str, change: &dyn Fn(&str) -> String, expected: &[&str]| {
        let good = fs::read_to_string(path(name)).unwrap();
        fs::write(path(name), change(&good)).unwrap();
        let output = place.run(&["verify", &run]);
        fs::write(path(name), good).unwrap();
        assert_eq!(output.code, Some(1), "{name}: {}{}", output.stdout, output.stderr);
        assert_eq!(output.stdout.lines().collect::<Vec<_>>(), expected, "{name}");
    };
    let changed = "its content differs from its checksum";
    restored("raw.csv", &|text| text.replacen("ok", "OK", 1), &[&format!("raw.csv: {changed}")]);
    restored("report.md", &|text| format!("{text}more\n"), &[&format!("report.md: {changed}")]);
    restored(
        "manifest.json",
        &|text| text.replace("\"Quick\"", "\"Quack\""),
        &["manifest.json: its content differs from its own checksum"],
    );
    fs::write(path("notes.txt"), "mine").unwrap();
    fs::rename(path("charts/duration.svg"), path("charts/other.svg")).unwrap();
    let output = place.run(&["verify", &run]);
    let lines = ["charts/duration.svg: missing", "charts/other.svg: is not of the run", "notes.txt: is not of the run"];
    assert_eq!(
        (output.code, output.stdout.lines().collect::<Vec<_>>()),
        (Some(1), lines.to_vec()),
        "{}",
        output.stderr
    );
    for (what, message) in
        [("quick.toml", "neither a run directory nor"), ("reports", "not a run directory"), ("x", "no run")]
    {
        let output = place.run(&["verify", what]);
        assert_eq!(output.code, Some(3), "{what}");
        assert!(output.stderr.contains(message), "{what}: {}", output.stderr);
    }
}

#[test]
fn a_derived_file_with_a_checksum_that_was_made_for_it_is_found_by_drawing_it_again() {
    let (place, run) = one_run();
    let directory = reportgen::archive::RunDirectory::open(&place.path(&run)).unwrap();
    let mut manifest = reportgen::archive::Manifest::read(&directory).unwrap();
    fs::write(directory.file("summary.csv"), "forged\n").unwrap();
    fs::write(directory.file("extra.txt"), "more\n").unwrap();
    fs::remove_file(directory.file("report.md")).unwrap();
    manifest.files.remove("report.md");
    manifest.files.insert("extra.txt".to_owned(), String::new());
    manifest.record_checksums(&directory).unwrap();
    let output = place.run(&["verify", &run]);
    let lines = [
        "extra.txt: is nothing that `render` makes of the run's data",
        "report.md: is not there, and `render` makes it",
        "summary.csv: is not what `render` makes of the run's data",
    ];
    assert_eq!(
        (output.code, output.stdout.lines().collect::<Vec<_>>()),
        (Some(1), lines.to_vec()),
        "{}",
        output.stderr
    );
    let packed = place.run(&["pack", &run, "-o", "forged.tar.zst"]);
    assert_eq!(packed.code, Some(0), "{}", packed.stderr);
    assert_eq!(place.run(&["verify", "forged.tar.zst"]).stdout, output.stdout, "a pack is verified like its folder");

    manifest.tool_version = "0.0.1".to_owned();
    manifest.rendering.as_mut().unwrap().tool_version = "0.0.1".to_owned();
    manifest.record_checksums(&directory).unwrap();
    let older = place.run(&["verify", &run]);
    assert_eq!(older.code, Some(0), "{}", older.stdout);
    assert!(older.stderr.contains("reportgen 0.0.1 made them"), "{}", older.stderr);
}

#[test]
fn drawing_again_does_not_make_changed_rows_good() {
    let (place, run) = one_run();
    let raw = place.path(&run).join("raw.csv");
    let changed = fs::read_to_string(&raw).unwrap().replacen(",ok,", ",failed,", 1);
    fs::write(&raw, changed).unwrap();
    let drawn = place.run(&["render", &run, "-q"]);
    assert_eq!(drawn.code, Some(0));
    assert!(drawn.stderr.contains("raw.csv: its content differs from its checksum"), "{}", drawn.stderr);
    let output = place.run(&["verify", &run]);
    assert_eq!((output.code, output.stdout.contains("raw.csv: ")), (Some(1), true), "{}", output.stdout);
}

#[test]
fn the_manifest_tells_what_was_measured_with_what_and_against_whom() {
    let (place, run) = one_run();
    let text = fs::read_to_string(place.path(&run).join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(manifest["target_seen"]["http_version"], "HTTP/1.1");
    assert_eq!(manifest["target_seen"]["status"], 200);
    assert_eq!(manifest["rendering"]["formats"], serde_json::json!(["svg"]));
    assert!(manifest["build"]["compiler"].as_str().unwrap().starts_with("rustc"), "{text}");
    assert!(manifest["machine"].as_object().unwrap().contains_key("temperature_c"), "{text}");
    for name in ["config.toml", "raw.csv", "requests.csv", "report.html"] {
        assert_eq!(manifest["files"][name].as_str().map(str::len), Some(64), "{name}");
    }
}
