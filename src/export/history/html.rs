//! history.html: one page that indexes an archive, with a link to each run's own page; the same style, script and policy
//! as report.html.

use serde::Serialize;

use super::rows::{LINE_COLUMNS, heading, line_row, place_columns, place_row, remark};
use crate::export::html::{Drawing, PageFrame, filled};
use crate::export::kind::ExportError;
use crate::export::pictures::Picture;
use crate::history::RunSeries;

const TEMPLATE: &str = include_str!("../page/history.html");
const FILE: &str = "history.html";

#[derive(Serialize)]
struct HistoryPage<'a> {
    #[serde(flatten)]
    frame: PageFrame,
    line_columns: [&'static str; LINE_COLUMNS.len()],
    sections: Vec<SeriesSection<'a>>,
    broken: &'a [(String, String)],
}

#[derive(Serialize)]
struct SeriesSection<'a> {
    heading: String,
    remark: String,
    lines: Vec<[String; LINE_COLUMNS.len()]>,
    figure: Option<Drawing<'a>>,
    place_columns: Vec<String>,
    places: Vec<PointRow<'a>>,
}

/// A place: its texts, the numbers they are sorted by, and the pages of its runs.
#[derive(Serialize)]
struct PointRow<'a> {
    cells: Vec<(String, Option<f64>)>,
    link: &'a str,
}

/// The page. `pictures` holds one entry for each series; `broken` names what is no run, and why.
///
/// # Errors
/// When the template cannot be filled, which is a fault of the program.
pub fn history_html(
    all_series: &[RunSeries<'_>],
    pictures: &[Option<Picture<'_>>],
    broken: &[(String, String)],
) -> Result<String, ExportError> {
    let page = HistoryPage {
        frame: PageFrame::new(),
        line_columns: LINE_COLUMNS,
        sections: all_series
            .iter()
            .zip(pictures)
            .map(|(series, picture)| SeriesSection::of(series, picture.as_ref()))
            .collect(),
        broken,
    };
    filled(FILE, TEMPLATE, page)
}

impl<'a> SeriesSection<'a> {
    fn of(series: &'a RunSeries<'_>, picture: Option<&'a Picture<'_>>) -> Self {
        Self {
            heading: heading(series),
            remark: remark(series),
            lines: series.lines.iter().map(|line| line_row(series, line)).collect(),
            figure: picture.map(Drawing::of),
            place_columns: place_columns(series),
            places: (0..series.places.len()).rev().map(|index| PointRow::of(series, index)).collect(),
        }
    }
}

impl<'a> PointRow<'a> {
    fn of(series: &'a RunSeries<'_>, index: usize) -> Self {
        let place = &series.places[index];
        let medians = series.lines.iter().map(|line| line.medians[index]);
        let numbers = [None, Some(place.x)].into_iter().chain(medians);
        Self { cells: place_row(series, index).into_iter().zip(numbers).collect(), link: &place.runs[0].link }
    }
}
