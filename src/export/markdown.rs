//! report.md: the run's story for a repository or a pull request, with links to the picture files beside it. Whatever
//! a user named comes out as text.

use std::fmt::Write as _;
use std::io::Write;

use crate::export::kind::{Export, ExportError};
use crate::export::pictures::Pictures;
use crate::export::report_text::{COLUMNS, ReportText};
use crate::format::{escaped, requests, visible, visible_line};
use crate::model::figure::{Figure, Format, Theme};
use crate::report::{Finding, Report};

/// The folder of the pictures, beside the page.
pub(super) const CHARTS: &str = "charts";

/// The page for repositories.
pub(super) struct Markdown;

impl Export for Markdown {
    fn file_name(&self) -> &'static str {
        "report.md"
    }

    fn write(&self, report: &Report<'_>, pictures: &Pictures<'_>, to: &mut dyn Write) -> Result<(), ExportError> {
        let page = page(&ReportText::of(report), pictures);
        to.write_all(page.as_bytes()).map_err(|source| ExportError { file: self.file_name(), source })
    }
}

fn page(story: &ReportText<'_>, pictures: &Pictures<'_>) -> String {
    let parts =
        [head(story), findings(story), charts(pictures), table(story), failures(story), caveats(story), method(story)];
    parts.concat()
}

pub(super) fn head(story: &ReportText<'_>) -> String {
    format!("# {}\n\n{}\n", escape(story.title), escape(&story.lead))
}

pub(super) fn findings(story: &ReportText<'_>) -> String {
    let mut page = String::new();
    for (title, findings) in &story.findings {
        let _ = write!(page, "\n### {title}\n\n");
        findings.iter().for_each(|finding| item(&mut page, &escape(&finding.text)));
    }
    section("Findings", &page)
}

/// The findings for a document with headings of its own; one that says so where there is none.
pub(super) fn findings_alone(story: &ReportText<'_>) -> String {
    let group = |(title, findings): &(&str, Vec<&Finding>)| {
        let mut group = format!("**{title}**\n\n");
        findings.iter().for_each(|finding| item(&mut group, &escape(&finding.text)));
        group
    };
    let groups: Vec<String> = story.findings.iter().map(group).collect();
    if groups.is_empty() { "No sample counts, so there is nothing to find.\n".to_owned() } else { groups.join("\n") }
}

/// A heading over what is not empty.
fn section(title: &str, content: &str) -> String {
    if content.is_empty() { String::new() } else { format!("\n## {title}\n{content}") }
}

fn charts(pictures: &Pictures<'_>) -> String {
    let Some(format) = pictures.format() else { return String::new() };
    let shown = pictures.drawn.iter();
    let images = shown.map(|picture| format!("\n{}\n", image(picture.figure, pictures.themes, format, CHARTS)));
    section("Charts", &images.collect::<String>())
}

/// A picture that follows the reader's theme where files of both themes are there, in `folder` as an address has it.
pub(super) fn image(figure: &Figure, themes: &[Theme], format: Format, folder: &str) -> String {
    let file = |theme: Theme| format!("{folder}/{}{}.{}", figure.id, theme.suffix(), format.as_str());
    let first = if themes.contains(&Theme::Light) { Theme::Light } else { Theme::Dark };
    let words = escaped(&format!("{}. {}", figure.title, figure.description));
    let image = format!("<img alt=\"{words}\" src=\"{}\">", file(first));
    if first == Theme::Light && themes.contains(&Theme::Dark) {
        let dark = file(Theme::Dark);
        return format!(
            "<picture>\n<source media=\"(prefers-color-scheme: dark)\" srcset=\"{dark}\">\n{image}\n</picture>"
        );
    }
    format!("<picture>\n{image}\n</picture>")
}

pub(super) fn table(story: &ReportText<'_>) -> String {
    if story.rows.is_empty() { String::new() } else { section("Numbers", &format!("\n{}", rows(story))) }
}

/// The table alone, its header included.
pub(super) fn rows(story: &ReportText<'_>) -> String {
    grid(&COLUMNS, 1, story.rows.iter().map(|row| &row.texts))
}

/// A table; its columns from `right` on stand to the right.
pub(super) fn grid<Row: AsRef<[String]>>(
    header: &[impl AsRef<str>],
    right: usize,
    rows: impl IntoIterator<Item = Row>,
) -> String {
    let rule: Vec<&str> = (0..header.len()).map(|column| if column < right { "---" } else { "--:" }).collect();
    let header: Vec<String> = header.iter().map(|text| escape(text.as_ref())).collect();
    let mut page = format!("| {} |\n| {} |\n", header.join(" | "), rule.join(" | "));
    for row in rows {
        let texts: Vec<String> = row.as_ref().iter().map(|text| escape(text)).collect();
        let _ = writeln!(page, "| {} |", texts.join(" | "));
    }
    page
}

pub(super) fn failures(story: &ReportText<'_>) -> String {
    let mut page = String::new();
    for failure in &story.failures {
        let why = if failure.why.is_empty() { String::new() } else { format!(". The first: {}", escape(failure.why)) };
        let name = escape(failure.name);
        item(&mut page, &format!("{name} at {}: {}{why}", requests(failure.requests), failure.what));
    }
    if page.is_empty() { page } else { section("Failures", &format!("\nThese samples are in no median.\n\n{page}")) }
}

pub(super) fn caveats(story: &ReportText<'_>) -> String {
    let mut page = String::new();
    for (name, evidence, advice) in &story.caveats {
        let about = if name.is_empty() { String::new() } else { format!("{}: ", escape(name)) };
        item(&mut page, &format!("{about}{} {}", escape(evidence), escape(advice)));
    }
    if page.is_empty() { page } else { section("Caveats", &format!("\n{page}")) }
}

pub(super) fn method(story: &ReportText<'_>) -> String {
    let mut page = String::from("\n## How it was measured\n\n");
    story.method.iter().for_each(|(name, text)| item(&mut page, &format!("{name}: {}", escape(text))));
    if let Some(command) = &story.command {
        let command = visible(command);
        let fence = "`".repeat(longest_run(&command, '`').max(2) + 1);
        let _ = write!(page, "\n## How to reproduce\n\n{fence}sh\n{command}\n{fence}\n");
    }
    page
}

fn item(page: &mut String, text: &str) {
    let _ = writeln!(page, "- {text}");
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|character| character != of).map(str::len).max().unwrap_or(0)
}

/// Any text as one line of Markdown that shows it: nothing in it is markup, a table's border or HTML. Cost: one pass.
pub(super) fn escape(text: &str) -> String {
    let text = visible_line(text);
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let within_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let at_end_of_word = rest.peek().is_none_or(|next| next.is_whitespace());
        let number_before = !out.is_empty() && out.bytes().all(|byte| byte.is_ascii_digit());
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '_' if within_word(before) && within_word(rest.peek().copied()) => out.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '$' | '{' | '}' | '@' => {
                out.extend(['\\', character]);
            }
            // At the start of a line these open a list or a heading.
            '-' | '+' | '=' if before.is_none() => out.extend(['\\', character]),
            '.' | ')' if number_before && at_end_of_word => out.extend(['\\', character]),
            _ => out.push(character),
        }
        before = Some(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Export, Markdown, escape};
    use crate::export::{Picture, Pictures};
    use crate::model::Run;
    use crate::model::figure::{Figure, Format, Theme};
    use crate::report::Report;
    use crate::report::testkit::{Sketch, article};

    fn text(run: &Run, pictures: &Pictures<'_>) -> String {
        let mut bytes = Vec::new();
        Markdown.write(&Report::of(run), pictures, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn no_text_becomes_markup() {
        for (text, escaped) in [
            ("single_thread", "single_thread"),
            ("__init__", r"\_\_init\_\_"),
            ("a|b", r"a\|b"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("[x](javascript:y) ![z]", r"\[x\](javascript:y) \!\[z\]"),
            ("`code` **bold** ~~gone~~", r"\`code\` \*\*bold\*\* \~\~gone\~\~"),
            ("one\ntwo\r\n\tthree", "one two   three"),
            ("# title", r"\# title"),
            ("- item", r"\- item"),
            ("12. item", r"12\. item"),
            ("1.5 ms of 2.", "1.5 ms of 2."),
            ("=cmd|'/c'", r"\=cmd\|'/c'"),
            ("&lt; \\| $x$ @you", r"&amp;lt; \\\| \$x\$ \@you"),
        ] {
            assert_eq!(escape(text), escaped);
        }
    }

    #[test]
    fn the_page_has_its_parts_in_order() {
        let mut run = article(3);
        run.facts.command = ["reportgen", "--config", "a```b"].map(str::to_owned).to_vec();
        let text = text(&run, &Pictures::default());
        let parts = ["# Duration", "## Findings", "## Numbers", "## How it was measured", "## How to reproduce"];
        let places: Vec<_> = parts.iter().map(|part| text.find(part).unwrap()).collect();
        assert!(places.is_sorted());
        assert!(text.contains("\n| multithread | 50 | 3 | 302 ms | 301 ms – 303 ms | 300 ms | 2 ms | 16.6× |"));
        assert!(text.contains("\n````sh\nreportgen --config 'a```b'\n````\n"), "{text}");
        assert!(!text.contains("## Failures") && !text.contains("## Charts"));
    }

    #[test]
    fn pictures_follow_the_theme_where_both_are_drawn() {
        let figure = Figure { id: "duration".into(), title: "A \"b\" <c>".into(), ..Figure::default() };
        let picture = || Picture::unpainted(&figure);
        let page = |themes: &[Theme], formats: &[Format]| {
            text(&Run::default(), &Pictures { drawn: vec![picture()], themes, formats, refused: &[] })
        };
        let both = page(&Theme::ALL, &Format::ALL);
        assert!(both.contains(
            "<picture>\n<source media=\"(prefers-color-scheme: dark)\" srcset=\"charts/duration-dark.svg\">\n<img \
             alt=\"A &quot;b&quot; &lt;c&gt;. \" src=\"charts/duration.svg\">\n</picture>\n"
        ));
        assert!(page(&[Theme::Dark], &[Format::Png]).contains("src=\"charts/duration-dark.png\""));
        assert!(!page(&Theme::ALL, &[]).contains("<picture>"));
    }

    #[test]
    fn a_row_stays_a_row_whatever_the_name() {
        let run = Sketch::new().strategy("a|b\n| c |", "", None).sample(0, 10, 1.0).run();
        let text = text(&run, &Pictures::default());
        assert!(text.contains(r"| a\|b \| c \| | 10 | 1 | 1 s |"), "{text}");
    }
}
