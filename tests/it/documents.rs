//! What a run puts into documents of others: places of a Markdown file, and the summary page of a CI job.

use std::fs;

use crate::test_directory::{CommandOutput, TestDirectory, captured};

const DOCUMENT: &str = "# Title  \r\n\r\ntext\r\n<!-- reportgen:duration -->\r\nold\r\n<!-- /reportgen -->\r\n\r\n\
    ```md\r\n<!-- reportgen:nothing -->\r\n```\r\n\r\n<!-- reportgen:table -->\r\n<!-- /reportgen -->\r\n\
    <!-- reportgen:findings -->\r\n<!-- /reportgen -->\r\nend";

/// A run of hostile names with pictures in both themes; returns its path.
fn drawn(place: &TestDirectory) -> String {
    place.write(
        "names.toml",
        "title = \"%%{init}%% `a` ```\\n]]> <script>\"\n[target]\ndelay = \"2ms\"\n[sweep]\nrequests = [1, 2]\nrepeats = 1\n\
         [[strategy]]\nname = \"=cmd|'/c' \\\"x\\\" [y] <b>; # @z\"\nkind = \"sequential\"\n[[strategy]]\nkind = \"async\"\n\
         [[chart]]\nkind = \"duration\"\ny-scale = \"linear\"\n[output]\nformats = [\"svg\"]\nthemes = [\"light\", \"dark\"]\n",
    );
    let output = place.run(&["-c", "names.toml", "-q"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    output.stdout.trim_end().to_owned()
}

#[test]
fn a_document_is_brought_up_to_date_and_then_left_alone() {
    let place = TestDirectory::new();
    let run = drawn(&place);
    place.write("My page.md", DOCUMENT);
    let read = || fs::read_to_string(place.path("My page.md")).unwrap();
    let embed = |check: bool| {
        let arguments = ["embed", "My page.md", &run, "--check"];
        place.run(&arguments[..if check { 4 } else { 3 }])
    };
    assert_eq!(embed(true).code, Some(1));
    assert_eq!(read(), DOCUMENT, "checking changes nothing");
    assert!(!place.path("My page-charts").exists());

    assert_eq!(embed(false).code, Some(0));
    let after = read();
    assert!(after.starts_with("# Title  \r\n\r\ntext\r\n<!-- reportgen:duration -->\r\n\r\n<picture>\r\n"), "{after}");
    assert!(after.ends_with("\r\n<!-- /reportgen -->\r\nend"), "{after}");
    assert!(!after.replace("\r\n", "").contains('\n'), "{after}");
    assert!(after.contains("\r\n```md\r\n<!-- reportgen:nothing -->\r\n```\r\n"));
    assert!(after.contains("srcset=\"My%20page-charts/duration-dark.svg\""), "{after}");
    assert!(!after.contains("<script>"), "{after}");
    assert!(after.contains("| \\=cmd\\|'/c' \"x\" \\[y\\] &lt;b&gt;; \\# \\@z | 1 | 1 |"), "{after}");
    for name in ["duration.svg", "duration-dark.svg"] {
        let copy = fs::read(place.path("My page-charts").join(name)).unwrap();
        assert_eq!(copy, fs::read(place.path(&run).join("charts").join(name)).unwrap());
    }
    assert_eq!((embed(true).code, embed(false).code, read()), (Some(0), Some(0), after.clone()));

    fs::write(place.path("My page-charts/duration.svg"), "stale").unwrap();
    let stale = embed(true);
    assert_eq!(
        (stale.code, stale.stderr.contains("stale: My page-charts/duration.svg")),
        (Some(1), true),
        "{}",
        stale.stderr
    );
    assert_eq!((embed(false).code, embed(true).code, read()), (Some(0), Some(0), after));
}

#[test]
fn a_document_with_wrong_markers_is_left_alone_and_the_line_is_named() {
    let place = TestDirectory::new();
    let run = drawn(&place);
    for (document, told) in [
        ("a\n\n<!-- reportgen:table -->\n", "page.md, line 3: reportgen:table is not closed"),
        ("<!-- /reportgen -->\n", "page.md, line 1: <!-- /reportgen --> closes nothing"),
        (
            "<!-- reportgen:table -->\n<!-- reportgen:table -->\n<!-- /reportgen -->\n",
            "page.md, line 2: reportgen:table stands within",
        ),
        (
            "\n<!-- reportgen:pie -->\n<!-- /reportgen -->\n",
            "page.md, line 2: the run has no part \"pie\"; it has duration, answer, findings, table",
        ),
        ("nothing\n", "page.md has no place"),
        ("\u{feff}", "page.md has no place"),
    ] {
        place.write("page.md", document);
        for check in [&[][..], &["--check"]] {
            let output = place.run(&[&["embed", "page.md", &run], check].concat());
            assert_eq!(output.code, Some(2), "{document:?}: {}", output.stderr);
            assert!(output.stderr.contains(told), "{document:?}: {}", output.stderr);
            assert_eq!(fs::read_to_string(place.path("page.md")).unwrap(), document);
        }
    }
    place.write("page.md", b"\xff\xfe");
    assert_eq!(place.run(&["embed", "page.md", &run]).code, Some(2));
    assert_eq!(place.run(&["embed", "absent.md", &run]).code, Some(3));
    place.write("page.md", "<!-- reportgen:table -->\n<!-- /reportgen -->\n");
    assert_eq!(place.run(&["embed", "page.md", "absent"]).code, Some(3));
    place.write("page.md", "<!-- reportgen:duration -->\n<!-- /reportgen -->\n");
    fs::remove_dir_all(place.path(&run).join("charts")).unwrap();
    let output = place.run(&["embed", "page.md", &run]);
    assert_eq!((output.code, output.stderr.contains("reportgen render")), (Some(3), true), "{}", output.stderr);
}

#[test]
fn pictures_stand_in_the_folder_that_is_named_or_stay_where_they_are() {
    let place = TestDirectory::new();
    let run = drawn(&place);
    fs::create_dir(place.path("docs")).unwrap();
    place.write("docs/page.md", "<!-- reportgen:duration -->\n<!-- /reportgen -->\n");
    let embed =
        |folder: &str, more: &[&str]| place.run(&[&["embed", "docs/page.md", &run, "--charts", folder], more].concat());
    let shows = |address: &str| fs::read_to_string(place.path("docs/page.md")).unwrap().contains(address);
    assert_eq!(embed("./my pictures/of it", &[]).code, Some(0));
    assert!(shows("src=\"my%20pictures/of%20it/duration.svg\""));
    assert_eq!(place.entries("docs/my pictures/of it"), ["duration-dark.svg", "duration.svg"]);
    assert_eq!(embed("./my pictures/of it", &["--check"]).code, Some(0));

    let own = format!("../{run}/charts");
    let check = embed(&own, &["--check"]);
    assert_eq!((check.code, check.stderr.contains(&format!("--charts={own}"))), (Some(1), true), "{}", check.stderr);
    assert_eq!(embed(&own, &[]).code, Some(0));
    assert!(shows(&format!("src=\"{own}/duration.svg\"")));
    let output = embed("/tmp", &[]);
    assert_eq!((output.code, output.stderr.contains("as the document sees it")), (Some(2), true), "{}", output.stderr);
    assert_eq!(place.entries("docs"), ["my pictures", "page.md"]);

    let other = drawn(&place);
    let charts = format!("../{other}/charts");
    let output = embed(&charts, &[]);
    assert_eq!(
        (output.code, output.stderr.contains("whose checksums cover its pictures")),
        (Some(2), true),
        "{}",
        output.stderr
    );
    let output = embed("it's new/../pictures", &["--check"]);
    assert!(output.stderr.contains(&format!("embed docs/page.md {run} --charts=pictures")), "{}", output.stderr);
    assert_eq!(embed("it's new/../.", &[]).code, Some(0));
    assert!(shows("src=\"./duration.svg\""));
    assert!(place.path("docs/duration.svg").is_file());
    assert_eq!(place.entries("docs"), ["duration-dark.svg", "duration.svg", "my pictures", "page.md"]);
    let output = embed("it's new", &["--check"]);
    assert!(output.stderr.contains("\"--charts=it's new\""), "{}", output.stderr);
}

#[cfg(unix)]
#[test]
fn a_linked_document_stays_a_link_and_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;

    let place = TestDirectory::new();
    let run = drawn(&place);
    let path = place.write("real.md", "<!-- reportgen:table -->\n<!-- /reportgen -->\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink("real.md", place.path("link.md")).unwrap();
    assert_eq!(place.run(&["embed", "link.md", &run]).code, Some(0));
    assert!(place.path("link.md").is_symlink());
    assert!(fs::read_to_string(&path).unwrap().contains("| Strategy |"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

fn in_a_job(place: &TestDirectory, summary: &str, arguments: &[&str]) -> CommandOutput {
    captured(&place.command().env("GITHUB_STEP_SUMMARY", summary).args(arguments).output().unwrap())
}

#[test]
fn a_job_gets_its_summary_below_what_is_there() {
    let place = TestDirectory::new();
    let run = drawn(&place);
    let read = || fs::read_to_string(place.path("summary.md")).unwrap();
    place.write("summary.md", "of another step");
    let output = in_a_job(&place, "summary.md", &["render", &run, "-q"]);
    assert_eq!((output.code, &*output.stderr), (Some(0), ""));
    let once = read();
    assert!(
        once.starts_with("of another step\n\n# %%\\{init\\}%% \\`a\\` \\`\\`\\` \\]\\]&gt; &lt;script&gt;\n"),
        "{once}"
    );
    let chart = once.split("```mermaid\n").nth(1).unwrap().split("\n```\n").next().unwrap();
    assert!(chart.starts_with("xychart-beta\n    title \"#37;#37;#123;init#125;#37;#37; #96;a#96;"), "{chart}");
    assert!(
        chart.contains("    line \"=cmd#124;#39;/c#39; #34;x#34; #91;y#93; #60;b#62;#59; #35; #64;z\" ["),
        "{chart}"
    );
    assert!(once.contains("\n## Numbers\n"), "{once}");
    assert!(!once.contains("<img"), "{once}");
    assert!(!once.contains("<script"), "{once}");
    in_a_job(&place, "summary.md", &["-c", "names.toml", "-q"]);
    assert!(read().starts_with(&once), "a sweep appends too");
    assert!(read().matches("```mermaid").count() == 2, "a sweep appends too");

    let full = "x".repeat((1 << 20) - 100);
    place.write("summary.md", &full);
    let output = in_a_job(&place, "summary.md", &["render", &run, "-q"]);
    assert_eq!((output.code, output.stderr.contains("no room left")), (Some(0), true), "{}", output.stderr);
    assert_eq!(read(), full);
    let output = in_a_job(&place, "no/such/folder.md", &["render", &run, "-q"]);
    assert_eq!(
        (output.code, output.stderr.contains("cannot append the summary")),
        (Some(0), true),
        "{}",
        output.stderr
    );
    assert_eq!(in_a_job(&place, "", &["render", &run, "-q"]).stderr, "");
}
