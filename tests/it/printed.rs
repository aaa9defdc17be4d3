//! What stands on standard output and beside it: the table, summary.json, and where the run is.

use std::fs;

use crate::test_directory::{TestDirectory, captured};

const QUICK: &str = "[target]\ndelay = \"2ms\"\n[sweep]\nrequests = [1, 2]\nrepeats = 1\n\
    [[strategy]]\nkind = \"sequential\"\nname = \"=1+1 \\\"quoted\\\"\"\n[[strategy]]\nkind = \"async\"\n";

#[test]
fn json_is_the_file_alone_and_the_path_is_a_note() {
    let place = TestDirectory::new();
    place.write("quick.toml", QUICK);
    let output = place.run(&["-c", "quick.toml", "--formats", "svg", "--output-format", "json"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let run = output.stderr.lines().find_map(|line| line.strip_prefix("the run is in ")).unwrap();
    assert!(run.starts_with("reports/quick-"), "{run}");
    let file = fs::read_to_string(place.path(run).join("summary.json")).unwrap();
    assert_eq!(output.stdout, file);

    let again = place.run(&["render", run, "--output-format", "json", "-q"]);
    assert_eq!((again.code, again.stdout, again.stderr), (Some(0), file.clone(), String::new()));
    let resumed = place.run(&["--resume", run, "--output-format", "json", "-q"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    assert!(resumed.stdout.starts_with("{\"schema_version\":"), "{}", resumed.stdout);

    let table = place.run(&["render", run, "--output-format", "text"]);
    assert!(table.stdout.starts_with("strategy"), "{}", table.stdout);
    assert!(table.stdout.contains(run), "{}", table.stdout);
    for arguments in
        [&["-c", "quick.toml", "-n", "--output-format", "json"][..], &["render", run, "--output-format", "xml"]]
    {
        assert_eq!(place.run(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn what_others_named_comes_out_as_text_everywhere() {
    let place = TestDirectory::new();
    let name = "=cmd|'/c calc'!A1 <script>alert(1)</script> ]]> \u{1b}[31m%%{init}%% [x](javascript:y)";
    let error = "\u{1b}]0;t\u{7}<img src=x onerror=alert(2)> | `rm`; @you";
    let field = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let rows: String = [("10", "ok", ""), ("20", "ok", ""), ("20", "failed", error)]
        .map(|(count, status, error)| format!("{},{count},1.5,{status},{}\n", field(name), field(error)))
        .concat();
    place.write(
        "named.csv",
        format!("strategy,requests,duration_s,status,error\n{rows}other,10,1,ok,\nother,20,2,ok,\n"),
    );
    let output = place.run(&["render", "named.csv", "--formats", "svg"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let terminal = format!("{}{}", output.stdout, output.stderr);
    assert!(terminal.contains("=cmd|'/c calc'!A1"), "{terminal}");
    assert!(terminal.contains(r"\u{1b}]0;t\u{7}<img"), "{terminal}");
    assert!(!terminal.contains('\u{1b}'), "{terminal}");
    assert!(!terminal.contains('\u{7}'), "{terminal}");

    let read = |file: &str| fs::read_to_string(place.path("named-report").join(file)).unwrap();
    let page = read("report.html");
    assert!(page.contains("=cmd|&#x27;&#x2f;c calc&#x27;!A1 &lt;script&gt;"));
    assert!(page.matches("<script>").count() == 1);
    assert!(!page.contains("<img"), "an error became markup");
    let markdown = read("report.md");
    assert!(markdown.contains("=cmd\\|'/c calc'\\!A1 &lt;script&gt;alert(1)&lt;/script&gt; \\]\\]&gt;"), "{markdown}");
    assert!(markdown.contains("\\[x\\](javascript:y)"), "{markdown}");
    assert!(markdown.contains("\\`rm\\`; \\@you"), "{markdown}");
    assert!(!markdown.contains("<script"), "{markdown}");
    assert!(!markdown.contains("<img src=x"), "{markdown}");
    let picture = read("charts/duration.svg");
    assert!(picture.contains("]]&gt;"), "{picture}");
    assert!(!picture.contains("<script"), "{picture}");
    assert!(!picture.contains('\u{1b}'), "{picture}");
    // Data files hold the name itself, letter by letter: programs read them back.
    assert!(read("summary.csv").contains(&field(name)) || read("summary.csv").contains(&format!("\n{name},")));
    assert!(read("summary.json").contains("=cmd|'/c calc'!A1 <script>alert(1)</script> ]]> \\u001b[31m"));
}

/// Turns text around, hides, moves the cursor.
const HIDDEN: [char; 5] = ['\u{202e}', '\u{2066}', '\u{200b}', '\u{1b}', '\u{9b}'];

fn check_visible(text: &str, about: &str) {
    for hidden in HIDDEN {
        assert!(!text.contains(hidden), "{hidden:?} in {about}: {text:?}");
    }
}

#[test]
fn what_hides_in_a_name_is_shown_as_an_escape() {
    let place = TestDirectory::new();
    let name = "a\u{202e}b\u{2066}c\u{200b}";
    let config = format!(
        "title = \"T {name}\"\n[target]\ndelay = \"2ms\"\n[sweep]\nrequests = [1, 2]\nrepeats = 2\n\
         [[strategy]]\nname = \"{name}\"\nkind = \"sequential\"\n[[chart]]\nkind = \"duration\"\ntitle = \"{name}\"\n"
    );
    let file = format!("q{name}.toml");
    place.write(&file, &config);
    place.write(
        "README.md",
        "<!-- reportgen:duration -->\n<!-- /reportgen -->\n\n<!-- reportgen:table -->\n<!-- /reportgen -->\n",
    );
    let mut sweep = place.command();
    sweep.env("GITHUB_STEP_SUMMARY", place.path("page.md")).args(["-c", &file, "-vv"]);
    let swept = captured(&sweep.output().unwrap());
    assert_eq!(swept.code, Some(0), "{}", swept.stderr);
    let run = swept.run();
    let wrong = config.replace("sequential", &format!("sequ{name}ential"));
    place.write("wrong.toml", &wrong);
    for arguments in [
        &["list"][..],
        &["history"],
        &["verify", run],
        &["tag", run, "x"],
        &["compare", run, run],
        &["compare", run, run, "--output-format", "markdown"],
        &["embed", "README.md", run],
        &["probe", &file, name],
        &["probe", &file, "\u{202e}"],
        &["-c", &file, "--dry-run"],
        &["-c", "wrong.toml"],
        &["-c", "none\u{202e}.toml"],
        &["render", "none\u{202e}\u{1b}[2J"],
        &["--none\u{202e}\u{1b}[2J"],
    ] {
        let told = place.run(arguments);
        check_visible(&format!("{}{}", told.stdout, told.stderr), &format!("{arguments:?}"));
    }
    check_visible(&format!("{}{}", swept.stdout, swept.stderr), "the sweep");
    for file in ["report.html", "report.md", "charts/duration.svg"] {
        let text = fs::read_to_string(place.path(run).join(file)).unwrap();
        check_visible(&text, file);
        assert!(text.contains("202e"), "{file}");
    }
    for file in ["README.md", "page.md"] {
        let text = fs::read_to_string(place.path(file)).unwrap();
        check_visible(&text, file);
        assert!(text.contains("202e"), "{file}");
    }
    // For programs it stays what it is, in the format's own form.
    let listed = place.run(&["list", "--output-format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(value[0]["title"], format!("T {name}"));
    assert!(fs::read_to_string(place.path(run).join("raw.csv")).unwrap().contains(name));
    // A file that does not belong there.
    fs::write(place.path(run).join(format!("x{name}.txt")), "").unwrap();
    let verified = place.run(&["verify", run]);
    check_visible(&verified.stdout, "verify");
    assert!(verified.stdout.contains("202e"), "{}", verified.stdout);
}
