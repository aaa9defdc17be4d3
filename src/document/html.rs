//! A document as one page that needs no network and no server. Charts are inline and follow the reader's theme, the
//! script only adds comfort, and the page's policy lets nothing else run. The template escapes whatever a user named.

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
use super::writer::{DocumentError, Writer};
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

    fn bytes(&self, source: &DocumentSource<'_>, pictures: &Pictures<'_>) -> Result<Vec<u8>, DocumentError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let mut syntax = SyntaxConfig::builder();
        environment.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
        let document = source.document(pictures);
        let page = environment.render_named_str("page.html", TEMPLATE, Serde(Page::of(&document)))?;
        Ok(visible(&page).into_owned().into_bytes())
    }
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
        let report = Report::of(run);
        let drawn = chart::draw(&report, &[], &Labels::default());
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

    #[test]
    fn every_chart_over_counts_has_its_numbers_in_words() {
        let page = page(&article(3));
        assert!(page.contains(" data-ideal=\"100 ms\">102 ms</td>"), "async_get at any count");
        assert!(page.contains("<th scope=\"row\" data-number=\"50\">50</th>"));
    }
}
