//! A document as one page that needs no network and no server. Charts are inline and follow the reader's theme, the
//! script only adds comfort, and the page's policy lets nothing else run. The template escapes whatever a user named.

use std::io::{self, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::model::Document;
use super::pictures::Pictures;
use super::source::DocumentSource;
use super::writer::Writer;
use crate::format::visible;
use crate::paint::theme_variables;

const TEMPLATE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");

/// The format for browsers.
pub(super) struct Html;

impl Writer for Html {
    fn extension(&self) -> &'static str {
        "html"
    }

    fn write(&self, source: &DocumentSource<'_>, pictures: &Pictures<'_>, to: &mut dyn Write) -> io::Result<()> {
        let page = page(&source.document(pictures)).map_err(io::Error::other)?;
        to.write_all(visible(&page).as_bytes())
    }
}

fn page(document: &Document<'_>) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let mut syntax = SyntaxConfig::builder();
    environment.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    environment.render_named_str("page.html", TEMPLATE, Serde(Page::of(document)))
}

/// What the template fills in: the document, how it looks, its pictures included, its script, and the policy that allows
/// these two alone.
#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    document: &'a Document<'a>,
    policy: String,
    style: String,
    script: &'static str,
}

impl<'a> Page<'a> {
    fn of(document: &'a Document<'a>) -> Self {
        let style = STYLE.to_owned() + &theme_variables();
        let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
        let policy = format!(
            "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
            hash(&style),
            hash(SCRIPT)
        );
        Self { document, policy, style, script: SCRIPT }
    }
}

#[cfg(test)]
mod tests {
    use super::{SCRIPT, STYLE};
    use crate::chart;
    use crate::config::Labels;
    use crate::document::{DocumentSource, HTML, Picture, Pictures};
    use crate::model::Run;
    use crate::model::figure::{Format, Theme};
    use crate::paint::{Fonts, Size};
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    fn page(run: &Run) -> String {
        page_in(run, &Labels::default())
    }

    fn page_in(run: &Run, labels: &Labels) -> String {
        let report = Report::of(run);
        let drawn = chart::draw(&report, &[], labels);
        let fonts = Fonts::load(&[]).unwrap();
        let pictures = Pictures {
            drawn: drawn
                .figures
                .iter()
                .map(|figure| Picture::of(figure, Size { width: 960, height: 600 }, &fonts))
                .collect(),
            themes: &Theme::ALL,
            formats: &Format::ALL,
            refused: &drawn.refused,
        };
        String::from_utf8(HTML.bytes(&DocumentSource::Report(&report), &pictures).unwrap()).unwrap()
    }

    #[test]
    fn ids_are_unique_within_the_page() {
        let page = page(&article(3));
        let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert!(all > 100 && ids.len() == all, "{} of {all}", ids.len());
    }

    #[test]
    fn nothing_comes_from_elsewhere() {
        let page = page(&article(3));
        assert!(page.contains(SCRIPT) && page.contains(STYLE), "else their checksums are wrong");
        // What the page itself holds is no request.
        let page = page.replace("http://www.w3.org/2000/svg", "").replace("url(#", "");
        for word in ["http://", "https://", "src=", "@import", "url(", "<link", "<iframe", "javascript:"] {
            assert!(!page.contains(word), "{word}");
        }
        assert!(page.contains("default-src &#x27;none&#x27;; style-src &#x27;sha256-"));
    }

    #[test]
    fn names_come_out_as_text() {
        let name = "</script><script>alert(1)</script>]]>\"'<img src=x onerror=y>";
        let mut run = RunBuilder::new().strategy(name, "<b>", None).sample(0, 10, 1.0).sample(0, 20, 2.0).run();
        run.facts.title = "<i>title</i>".into();
        run.facts.machine = "{{ title }}".into();
        let page = page(&run);
        for markup in ["<script>alert", "<img", "<b>", "<i>title"] {
            assert!(!page.contains(markup), "{markup}");
        }
        assert!(page.contains("{{ title }}") && page.contains("&lt;i&gt;title&lt;"));
        assert_eq!(page.matches("<script>").count(), 1);
    }

    /// Each text of a page and each name of a group of it, with the language that it is marked as.
    fn texts(page: &str) -> Vec<(&str, String)> {
        let value = |tag: &'_ str, name: &str| -> Option<String> {
            let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
            rest.split('"').next().map(str::to_owned)
        };
        let mut languages = vec![String::new()];
        let mut all = Vec::new();
        for part in page.split('<').skip(1) {
            let (tag, text) = part.split_once('>').unwrap();
            if tag.starts_with('/') {
                languages.pop();
            } else if !tag.starts_with('!') && !tag.starts_with("meta ") && !tag.ends_with('/') {
                languages.push(value(tag, "lang").unwrap_or_else(|| languages[languages.len() - 1].clone()));
            }
            all.push((text, languages[languages.len() - 1].clone()));
        }
        all
    }

    #[test]
    fn chinese_words_are_marked_as_chinese_and_english_ones_as_english() {
        let mut run = article(3);
        run.facts.title = "所需用时与请求次数的关系".into();
        let page = page_in(&run, &Labels::chinese());
        let page = &page[..page.find("<script>").unwrap()];
        let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let texts = texts(page);
        let (chinese, others): (Vec<_>, Vec<_>) = texts.iter().partition(|(text, _)| is_chinese(text));
        // The name of the tab is a copy of the heading.
        let unmarked: Vec<_> = chinese.iter().filter(|(_, language)| language != "zh").skip(1).collect();
        assert!(chinese.len() > 50 && unmarked.is_empty(), "{unmarked:?}");
        for word in ["Findings", "Values of this chart", "Requests", "How it was measured", "Up to 20 requests"] {
            let mut marked = others.iter().filter(|(text, _)| text.starts_with(word)).map(|(_, language)| language);
            assert!(marked.clone().count() > 0 && marked.all(|language| language == "en"), "{word}");
        }
        let english = self::page(&article(3));
        assert_eq!(english.matches(" lang=").count(), 1);
    }

    #[test]
    fn every_chart_over_counts_has_its_numbers_in_words() {
        let page = page(&article(3));
        assert!(page.contains(" data-ideal=\"100 ms\">102 ms</td>"), "async_get at any count");
        assert!(page.contains("<th scope=\"row\" data-number=\"50\">50</th>"));
    }
}
