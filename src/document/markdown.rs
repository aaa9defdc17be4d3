//! A document for a repository or a pull request, with links to the picture files beside it. Whatever a user named comes
//! out as text.

use std::io::{self, Write};

use super::model::{Block, Document, DocumentSection, Item};
use super::pictures::{Pictures, files_of};
use super::source::DocumentSource;
use super::table::{DataTable, OmittedRows, TableRow};
use super::writer::Writer;
use crate::format::{escaped, visible, visible_line};
use crate::model::figure::{Figure, Format, Theme};

/// The format for repositories.
pub(super) struct Markdown;

impl Writer for Markdown {
    fn extension(&self) -> &'static str {
        "md"
    }

    fn write(&self, source: &DocumentSource<'_>, pictures: &Pictures<'_>, to: &mut dyn Write) -> io::Result<()> {
        let document = source.document(pictures);
        let images = PictureLinks::of(pictures, CHARTS);
        let sections = document.sections.iter().map(|part| section(part, images.as_ref()));
        let page = std::iter::once(head(&document)).chain(sections).collect::<String>();
        to.write_all(visible(&page).as_bytes())
    }
}

/// The folder of the pictures, beside the page.
const CHARTS: &str = "charts";

/// Where pictures are, and in which themes.
pub(super) struct PictureLinks<'a> {
    themes: &'a [Theme],
    format: Format,
    /// As part of an address.
    folder: &'a str,
}

impl<'a> PictureLinks<'a> {
    /// `None` where there are no picture files.
    pub(super) fn of(pictures: &Pictures<'a>, folder: &'a str) -> Option<Self> {
        Some(Self { themes: pictures.themes, format: pictures.format()?, folder })
    }

    /// A picture that follows the reader's theme where files of both themes are there; one file alone is an image of
    /// Markdown itself, whose address other programs adapt to the page that they make of it.
    /// `answer` goes into the alternative text; it may be empty.
    pub(super) fn image(&self, figure: &Figure, answer: &str) -> String {
        let gap = if answer.is_empty() { "" } else { " " };
        let words = format!("{}. {answer}{gap}{}", figure.title, figure.description);
        let addresses: Vec<String> = self.files(figure).iter().map(|file| format!("{}/{file}", self.folder)).collect();
        match addresses.as_slice() {
            [light, dark] => format!(
                "<picture>\n<source media=\"(prefers-color-scheme: dark)\" srcset=\"{dark}\">\n<img alt=\"{}\" \
                 src=\"{light}\">\n</picture>\n",
                escaped(&words)
            ),
            one => format!("![{}]({})\n", escape(words.trim_end()), one.concat()),
        }
    }

    /// Names of the files that it shows.
    pub(super) fn files(&self, figure: &Figure) -> Vec<String> {
        files_of(figure, self.themes, self.format)
    }
}

pub(super) fn head(document: &Document<'_>) -> String {
    let texts = [&document.answer, &document.lead].into_iter().filter(|text| !text.is_empty());
    let texts: String = texts.map(|text| format!("\n{}\n", escape(text))).collect();
    format!("# {}\n{texts}", escape(&document.title))
}

/// A section with its heading; empty where nothing stands in it.
pub(super) fn section(section: &DocumentSection<'_>, images: Option<&PictureLinks<'_>>) -> String {
    let content = blocks(&section.blocks, images);
    if content.is_empty() || section.title.is_empty() {
        return content;
    }
    format!("\n## {}\n{content}", escape(&section.title))
}

fn blocks(blocks: &[Block<'_>], images: Option<&PictureLinks<'_>>) -> String {
    blocks
        .iter()
        .map(|part| block(part, images))
        .filter(|text| !text.is_empty())
        .map(|text| format!("\n{text}"))
        .collect()
}

/// Lines of Markdown.
pub(super) fn block(block: &Block<'_>, images: Option<&PictureLinks<'_>>) -> String {
    match block {
        Block::Paragraph(text) | Block::Note(text) => escape(text) + "\n",
        Block::List(items) => list(items),
        Block::Heading(title) => format!("### {title}\n"),
        Block::Facts(facts) => facts.iter().map(|(name, text)| format!("- {name}: {}\n", escape(text))).collect(),
        Block::Table(rows) => table(rows),
        Block::Figure(figure) => {
            images.map_or_else(String::new, |images| images.image(figure.picture.figure, &figure.answer))
        }
        Block::Switches(_) => String::new(),
        Block::Code { language, text } => {
            let text = visible(text);
            let fence = "`".repeat(longest_run(&text, '`').max(2) + 1);
            format!("{fence}{language}\n{text}\n{fence}\n")
        }
        Block::Fold(fold) => {
            let content = blocks(&fold.blocks, images);
            format!("<details>\n<summary>{}</summary>\n{content}\n</details>\n", escaped(fold.summary))
        }
    }
}

pub(super) fn list(items: &[Item]) -> String {
    let item = |item: &Item| {
        let label = if item.label.is_empty() { String::new() } else { format!("**{}:** ", escape(&item.label)) };
        let aside = if item.aside.is_empty() { String::new() } else { format!(" {}", escape(&item.aside)) };
        format!("- {label}{}{aside}\n", escape(&item.text))
    };
    items.iter().map(item).collect()
}

/// A table with its header.
pub(super) fn table(rows: &DataTable) -> String {
    let joined = |texts: Vec<String>| format!("| {} |\n", texts.join(" | "));
    let header = joined(rows.columns.iter().map(|column| escape(&column.heading)).collect());
    let rule = rows.columns.iter().map(|column| if column.is_text { "---" } else { "--:" }.to_owned()).collect();
    let mut page = header + &joined(rule);
    let row = |row: &TableRow| joined(row.cells.iter().map(|cell| escape(&cell.text)).collect());
    page.extend(rows.rows.iter().map(row));
    if let Some(OmittedRows { text, file }) = &rows.omitted {
        let file = if file.is_empty() { String::new() } else { format!(": [{file}]({file})") };
        page.push_str(&format!("\n{}{file}\n", escape(text)));
    }
    page
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
    use super::escape;
    use crate::document::{DocumentSource, MARKDOWN, Picture, Pictures};
    use crate::model::Run;
    use crate::model::figure::{Figure, Format, Theme};
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    fn text(run: &Run, pictures: &Pictures<'_>) -> String {
        let report = Report::of(run);
        String::from_utf8(MARKDOWN.bytes(&DocumentSource::Report(&report), pictures).unwrap()).unwrap()
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
        assert!(
            text.contains("\n| multithread | 50 | 3 | 302 ms | 301.0–303.0 ms | 300 ms | 2.00 ms | 16.6×\u{2007} |")
        );
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
             alt=\"A &quot;b&quot; &lt;c&gt;. No sample is valid, so there is nothing to compare. \" src=\"charts/duration.svg\">\n</picture>\n"
        ));
        let one = page(&[Theme::Dark], &[Format::Png]);
        let image =
            "![A \"b\" &lt;c&gt;. No sample is valid, so there is nothing to compare.](charts/duration-dark.png)\n";
        assert!(one.contains(image), "{one}");
        assert!(!page(&Theme::ALL, &[]).contains("charts/"));
    }

    #[test]
    fn a_row_stays_a_row_whatever_the_name() {
        let run = RunBuilder::new().strategy("a|b\n| c |", "", None).sample(0, 10, 1.0).run();
        let text = text(&run, &Pictures::default());
        assert!(text.contains(r"| a\|b \| c \| | 10 | 1 | 1.00 s |"), "{text}");
    }
}
