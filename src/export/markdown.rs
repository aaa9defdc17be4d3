//! report.md: the run's story for a repository or a pull request, with links to the picture files beside it. Whatever
//! a user named comes out as text.

use std::fmt::Write as _;
use std::io::Write;

use crate::export::story::{COLUMNS, Story};
use crate::export::{Export, ExportError, Picture, Pictures};
use crate::model::figure::{Format, Theme};
use crate::report::Report;

/// The page for repositories.
pub(super) struct Markdown;

impl Export for Markdown {
    fn file_name(&self) -> &'static str {
        "report.md"
    }

    fn about(&self) -> &'static str {
        "findings, table, pictures and method for a repository or a pull request"
    }

    fn write(&self, report: &Report<'_>, pictures: &Pictures<'_>, to: &mut dyn Write) -> Result<(), ExportError> {
        let page = page(&Story::of(report), pictures);
        to.write_all(page.as_bytes()).map_err(|source| ExportError { file: self.file_name(), source })
    }
}

fn page(story: &Story<'_>, pictures: &Pictures<'_>) -> String {
    let mut page = format!("# {}\n\n{}\n", escape(story.title), escape(&story.lead));
    findings(&mut page, story);
    charts(&mut page, pictures);
    table(&mut page, story);
    failures(&mut page, story);
    caveats(&mut page, story);
    method(&mut page, story);
    page
}

fn findings(page: &mut String, story: &Story<'_>) {
    if story.findings.is_empty() {
        return;
    }
    page.push_str("\n## Findings\n");
    for (title, findings) in &story.findings {
        let _ = write!(page, "\n### {title}\n\n");
        findings.iter().for_each(|finding| item(page, &escape(&finding.text)));
    }
}

fn charts(page: &mut String, pictures: &Pictures<'_>) {
    let Some(format) = Format::ALL.into_iter().find(|format| pictures.formats.contains(format)) else { return };
    if pictures.drawn.is_empty() {
        return;
    }
    page.push_str("\n## Charts\n");
    for picture in &pictures.drawn {
        let _ = write!(page, "\n{}\n", image(picture, pictures.themes, format));
    }
}

/// A picture that follows the reader's theme where files of both themes are there.
fn image(picture: &Picture<'_>, themes: &[Theme], format: Format) -> String {
    let figure = picture.figure;
    let file = |theme: Theme| format!("charts/{}{}.{}", figure.id, theme.suffix(), format.as_str());
    let first = if themes.contains(&Theme::Light) { Theme::Light } else { Theme::Dark };
    let words = attribute(&format!("{}. {}", figure.title, figure.description));
    let image = format!("<img alt=\"{words}\" src=\"{}\">", file(first));
    if first == Theme::Light && themes.contains(&Theme::Dark) {
        let dark = file(Theme::Dark);
        return format!(
            "<picture>\n<source media=\"(prefers-color-scheme: dark)\" srcset=\"{dark}\">\n{image}\n</picture>"
        );
    }
    format!("<picture>\n{image}\n</picture>")
}

fn table(page: &mut String, story: &Story<'_>) {
    if story.rows.is_empty() {
        return;
    }
    let row = |page: &mut String, fields: &[String]| {
        let _ = writeln!(page, "| {} |", fields.join(" | "));
    };
    page.push_str("\n## Numbers\n\n");
    row(page, &COLUMNS.map(str::to_owned));
    row(page, &std::array::from_fn::<_, { COLUMNS.len() }, _>(|column| if column == 0 { "---" } else { "--:" }.into()));
    story.rows.iter().for_each(|cell| row(page, &cell.texts.each_ref().map(|text| escape(text))));
}

fn failures(page: &mut String, story: &Story<'_>) {
    if story.failures.is_empty() {
        return;
    }
    page.push_str("\n## Failures\n\nThese samples are in no median.\n\n");
    for failure in &story.failures {
        let why = if failure.why.is_empty() { String::new() } else { format!(". The first: {}", escape(failure.why)) };
        let name = escape(failure.name);
        item(page, &format!("{name} at {}: {}{why}", story_count(failure.requests), failure.what));
    }
}

fn story_count(requests: u32) -> String {
    if requests == 1 { "1 request".to_owned() } else { format!("{requests} requests") }
}

fn caveats(page: &mut String, story: &Story<'_>) {
    if story.caveats.is_empty() {
        return;
    }
    page.push_str("\n## Caveats\n\n");
    for (name, evidence, advice) in &story.caveats {
        let about = if name.is_empty() { String::new() } else { format!("{}: ", escape(name)) };
        item(page, &format!("{about}{} {}", escape(evidence), escape(advice)));
    }
}

fn method(page: &mut String, story: &Story<'_>) {
    page.push_str("\n## How it was measured\n\n");
    story.method.iter().for_each(|(name, text)| item(page, &format!("{name}: {}", escape(text))));
    if let Some(command) = &story.command {
        let fence = "`".repeat(longest_run(command, '`').max(2) + 1);
        let _ = write!(page, "\n## How to reproduce\n\n{fence}sh\n{command}\n{fence}\n");
    }
}

fn item(page: &mut String, text: &str) {
    let _ = writeln!(page, "- {text}");
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|character| character != of).map(str::len).max().unwrap_or(0)
}

/// Any text as one line of Markdown that shows it: nothing in it is markup, a table's border or HTML. Cost: one pass.
fn escape(text: &str) -> String {
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
            _ if character.is_control() => out.push(' '),
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

/// Any text as the value of an HTML attribute within Markdown.
fn attribute(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ if character.is_control() => out.push(' '),
            _ => out.push(character),
        }
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
        let picture = || Picture { figure: &figure, light: String::new(), dark: String::new() };
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
