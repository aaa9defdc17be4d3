//! comparison.html: one file that needs no network; the same style, script and policy as report.html.

use serde::Serialize;

use super::rows::{CELL_COLUMNS, VERDICT_COLUMNS, cell_row, method, verdict_row};
use crate::comparison::{CellPair, Comparison, StrategyPair};
use crate::export::html::{Drawing, PageFrame, filled};
use crate::export::kind::ExportError;
use crate::export::pictures::Pictures;

const TEMPLATE: &str = include_str!("../page/comparison.html");
const FILE: &str = "comparison.html";

#[derive(Serialize)]
struct ComparisonPage<'a> {
    #[serde(flatten)]
    frame: PageFrame,
    base: &'a str,
    new: &'a str,
    headline: String,
    differences: Vec<(&'static str, &'a str)>,
    verdict_columns: [&'static str; VERDICT_COLUMNS.len()],
    verdicts: Vec<[String; VERDICT_COLUMNS.len()]>,
    figures: Vec<Drawing<'a>>,
    cell_columns: [&'static str; CELL_COLUMNS.len()],
    cells: Vec<Vec<(String, Option<f64>)>>,
    method: [String; 3],
}

/// The comparison as a page.
///
/// # Errors
/// When the template cannot be filled, which is a fault of the program.
pub fn comparison_html(compared: &Comparison<'_>, pictures: &Pictures<'_>) -> Result<String, ExportError> {
    let page = ComparisonPage {
        frame: PageFrame::new(),
        base: &compared.base.name,
        new: &compared.new.name,
        headline: compared.headline(),
        differences: compared.differences.iter().map(|found| (found.grade.as_str(), found.text.as_str())).collect(),
        verdict_columns: VERDICT_COLUMNS,
        verdicts: compared.lines.iter().map(|line| verdict_row(compared, line)).collect(),
        figures: pictures.drawn.iter().map(Drawing::of).collect(),
        cell_columns: CELL_COLUMNS,
        cells: compared.lines.iter().flat_map(|line| line.cells.iter().map(|cell| sortable(line, cell))).collect(),
        method: method(compared),
    };
    filled(FILE, TEMPLATE, page)
}

/// Texts of a row and the numbers it is sorted by.
fn sortable(line: &StrategyPair<'_>, cell: &CellPair<'_>) -> Vec<(String, Option<f64>)> {
    let numbers = [
        None,
        Some(cell.requests.into()),
        Some(cell.new.points.len() as f64),
        cell.base.median(),
        cell.new.median(),
        cell.ratio,
        cell.p,
    ];
    cell_row(line, cell).into_iter().zip(numbers).collect()
}
