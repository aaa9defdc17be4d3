//! report.html: the run's story as one file that needs no network and no server. Charts are inline in both themes, the
//! script only adds comfort, and the page's policy lets nothing else run. The template escapes whatever a user named.

use std::io::{self, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::export::kind::{Export, ExportError};
use crate::export::pictures::{Picture, Pictures};
use crate::export::report_text::{COLUMNS, ReportText, Row};
use crate::format::{significant, visible};
use crate::model::figure::{Panel, Role, Series, Shape, Unit};
use crate::paint::{Painting, theme_variables};
use crate::report::{Finding, Report};

const TEMPLATE: &str = include_str!("page/report.html");
const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");

/// The page for readers.
pub(super) struct Html;

impl Export for Html {
    fn file_name(&self) -> &'static str {
        "report.html"
    }

    fn write(&self, report: &Report<'_>, pictures: &Pictures<'_>, to: &mut dyn Write) -> Result<(), ExportError> {
        let story = ReportText::of(report);
        let page = filled(self.file_name(), TEMPLATE, ReportPage::of(report, &story, pictures))?;
        to.write_all(page.as_bytes()).map_err(|source| ExportError { file: self.file_name(), source })
    }
}

/// A template with its values, which come out as visible text whatever they hold.
///
/// # Errors
/// When the template cannot be filled, which is a fault of the program.
pub(super) fn filled(file: &'static str, template: &str, values: impl Serialize) -> Result<String, ExportError> {
    let fill = || {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let mut syntax = SyntaxConfig::builder();
        environment.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
        environment.render_named_str(file, template, Serde(values))
    };
    let page = fill().map_err(|error| ExportError { file, source: io::Error::other(error) })?;
    Ok(visible(&page).into_owned())
}

/// What the template fills in.
#[derive(Serialize)]
struct ReportPage<'a> {
    #[serde(flatten)]
    frame: PageFrame,
    title: &'a str,
    lead: &'a str,
    findings: Vec<Group<'a>>,
    strategies: Vec<(&'a str, usize)>,
    figures: Vec<Drawing<'a>>,
    refused: Vec<(&'a str, String)>,
    columns: [&'static str; COLUMNS.len()],
    rows: Vec<TableRow<'a>>,
    failures: Vec<(&'a str, u32, &'a str, &'a str)>,
    caveats: &'a [(String, &'a str, &'a str)],
    method: &'a [(&'static str, String)],
    command: Option<&'a str>,
}

impl<'a> ReportPage<'a> {
    fn of(report: &'a Report<'_>, story: &'a ReportText<'a>, pictures: &'a Pictures<'_>) -> Self {
        let group = |(title, findings): &'a (&'static str, Vec<&Finding>)| Group { title, findings: told(findings) };
        Self {
            frame: PageFrame::new(),
            title: story.title,
            lead: &story.lead,
            findings: story.findings.iter().map(group).collect(),
            strategies: report.strategies.iter().map(|line| line.name.as_str()).zip(0..).collect(),
            figures: pictures.drawn.iter().map(Drawing::of).collect(),
            refused: pictures.refused.iter().map(|(kind, why)| (kind.as_str(), why.to_string())).collect(),
            columns: COLUMNS,
            rows: story.rows.iter().map(TableRow::of).collect(),
            failures: story.failures.iter().map(|f| (f.name, f.requests, f.what.as_str(), f.why)).collect(),
            caveats: &story.caveats,
            method: &story.method,
            command: story.command.as_deref(),
        }
    }
}

/// What every page needs: how it looks, its pictures included, its script, and the policy that allows these two alone.
#[derive(Serialize)]
pub(super) struct PageFrame {
    policy: String,
    style: Value,
    script: Value,
}

impl PageFrame {
    pub(super) fn new() -> Self {
        let style = STYLE.to_owned() + &theme_variables();
        let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
        let policy = format!(
            "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
            hash(&style),
            hash(SCRIPT)
        );
        let [style, script] = [style, SCRIPT.to_owned()].map(Value::from_safe_string);
        Self { policy, style, script }
    }
}

#[derive(Serialize)]
struct Group<'a> {
    title: &'a str,
    findings: Vec<(&'a str, bool)>,
}

fn told<'a>(findings: &[&'a Finding]) -> Vec<(&'a str, bool)> {
    findings.iter().map(|finding| (finding.text.as_str(), finding.settled)).collect()
}

/// A row of the table of all cells.
#[derive(Serialize)]
struct TableRow<'a> {
    strategy_index: usize,
    /// Text and number of each column; the number is what the table is sorted by.
    cells: Vec<(&'a str, Option<String>)>,
}

impl<'a> TableRow<'a> {
    fn of(row: &'a Row) -> Self {
        let numbers = row.numbers.iter().map(|number| number.map(significant));
        Self { strategy_index: row.strategy_index, cells: row.texts.iter().map(String::as_str).zip(numbers).collect() }
    }
}

/// One chart of the page.
#[derive(Serialize)]
pub(super) struct Drawing<'a> {
    id: &'a str,
    title: &'a str,
    wide: Value,
    narrow: Value,
    tables: Vec<NumberTable<'a>>,
}

impl<'a> Drawing<'a> {
    pub(super) fn of(picture: &'a Picture<'_>) -> Self {
        let figure = picture.figure;
        // Painted by this program, which escapes every text in it.
        let svg =
            |painting: Option<&Painting>| Value::from_safe_string(painting.map_or_else(String::new, Painting::inline));
        Self {
            id: &figure.id,
            title: &figure.title,
            wide: svg(picture.wide.as_ref()),
            narrow: svg(picture.narrow.as_ref()),
            tables: figure.panels.iter().filter_map(NumberTable::of).collect(),
        }
    }
}

/// What a panel over request counts shows, in numbers.
#[derive(Serialize)]
struct NumberTable<'a> {
    title: &'a str,
    names: Vec<(&'a str, usize)>,
    rows: Vec<(f64, Vec<String>)>,
}

impl<'a> NumberTable<'a> {
    /// `None` for a panel that is not about request counts.
    fn of(panel: &'a Panel) -> Option<Self> {
        let measured = |line: &&Series| line.role != Role::Ideal && line.shape == Shape::Line;
        let lines: Vec<&Series> = panel.series.iter().filter(measured).collect();
        if panel.x.unit != Unit::Count || lines.is_empty() {
            return None;
        }
        let mut counts: Vec<f64> = lines.iter().flat_map(|line| line.points.iter().map(|point| point.x)).collect();
        counts.sort_unstable_by(f64::total_cmp);
        counts.dedup();
        let at = |line: &Series, x: f64| {
            let point = line.points.iter().find(|point| point.x.total_cmp(&x).is_eq());
            point.and_then(|point| point.y).map_or_else(String::new, |y| panel.y.unit.text(y))
        };
        let row = |x: f64| (x, lines.iter().map(|line| at(line, x)).collect());
        let title = if panel.title.is_empty() { &panel.y.label } else { &panel.title };
        Some(Self {
            title,
            names: lines.iter().map(|line| (line.name.as_str(), line.strategy_index)).collect(),
            rows: counts.into_iter().map(row).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Export, Html, SCRIPT, STYLE};
    use crate::chart;
    use crate::config::Labels;
    use crate::export::{Picture, Pictures};
    use crate::model::Run;
    use crate::model::figure::{Format, Theme};
    use crate::paint::{Fonts, Size};
    use crate::report::Report;
    use crate::report::testkit::{Sketch, article};

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
        let mut bytes = Vec::new();
        Html.write(&report, &pictures, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
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
        let page = page.replace("http://www.w3.org/2000/svg", "");
        for word in ["http://", "https://", "src=", "@import", "url(", "<link", "<iframe", "javascript:"] {
            assert!(!page.contains(word), "{word}");
        }
        assert!(page.contains("default-src &#x27;none&#x27;; style-src &#x27;sha256-"));
    }

    #[test]
    fn names_come_out_as_text() {
        let name = "</script><script>alert(1)</script>]]>\"'<img src=x onerror=y>";
        let mut run = Sketch::new().strategy(name, "<b>", None).sample(0, 10, 1.0).sample(0, 20, 2.0).run();
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
        assert!(page.contains("<td>102 ms</td>"), "async_get at any count");
        assert!(page.contains("<th scope=\"row\" data-count=\"50.0\">50</th>"));
    }
}
