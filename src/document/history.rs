//! The runs of an archive as a document: each series with its changes, its figure and its newest runs.

use super::model::{Block, Document, DocumentSection, FigureBlock, Item};
use super::pictures::{Picture, Pictures};
use super::table::{DataTable, OmittedRows, TableColumn, TableValue};
use crate::chart;
use crate::format::{counted, requests};
use crate::history::{By, RunSeries, SeriesPoint, StrategySeries};
use crate::model::figure::{Language, Unit};

/// The runs of an archive.
#[derive(Clone, Copy, Debug)]
pub struct Archived<'a> {
    /// A series for each config and each set of conditions.
    pub series: &'a [RunSeries<'a>],
    /// Names of what is no run, and why.
    pub broken: &'a [(String, String)],
    /// Of each series so many points are listed, the newest; all are in the figures and the data.
    pub newest: usize,
}

pub(super) fn document<'a>(archived: &Archived<'_>, pictures: &'a Pictures<'a>) -> Document<'a> {
    let number = archived.series.len();
    let sections = archived.series.iter().zip(1..).map(|(series, index)| {
        let id = chart::history_id(number, index);
        let picture = pictures.drawn.iter().find(|picture| picture.figure.id == id);
        DocumentSection::new(format!("series-{index}"), heading(series), blocks(series, picture, archived.newest))
    });
    let broken = archived.broken.iter();
    let broken = broken.map(|(label, text)| Item { label: label.clone(), text: text.clone(), ..Item::default() });
    let broken = DocumentSection::new("broken", "Broken", vec![Block::List(broken.collect())]);
    let lead = if number == 0 {
        "There is no run."
    } else {
        "The archived runs of each config. Runs that did other work, or ran on another machine, stand apart."
    };
    Document {
        title: "History".to_owned(),
        language: Language::English,
        title_language: Language::English,
        answer: String::new(),
        lead: lead.to_owned(),
        sections: sections.chain((!archived.broken.is_empty()).then_some(broken)).collect(),
    }
}

fn blocks<'a>(series: &RunSeries<'_>, picture: Option<&'a Picture<'a>>, newest: usize) -> Vec<Block<'a>> {
    let figure = picture.map(|picture| Block::Figure(FigureBlock { picture, values: None, answer: String::new() }));
    [Block::Note(remark(series)), Block::Table(strategies(series))]
        .into_iter()
        .chain(figure)
        .chain([Block::Table(points(series, newest))])
        .collect()
}

fn heading(series: &RunSeries<'_>) -> String {
    let runs: usize = series.places.iter().map(|point| point.runs.len()).sum();
    format!("{}: {}, medians at {}", series.config, counted(runs, "run", "runs"), requests(series.requests))
}

/// What should be known of a series beside its numbers.
fn remark(series: &RunSeries<'_>) -> String {
    let without = match series.without_commit {
        0 => String::new(),
        1 => " One run is left out: its commit is unknown.".to_owned(),
        many => format!(" {many} runs are left out: their commits are unknown."),
    };
    format!("{}.{without}", series.factors)
}

/// Each strategy: how often measured, first and latest median, changes.
fn strategies(series: &RunSeries<'_>) -> DataTable {
    let columns = vec![
        TableColumn::name("Strategy"),
        TableColumn::number("Measured", Unit::Count),
        TableColumn::number("First", Unit::Seconds),
        TableColumn::number("Latest", Unit::Seconds),
        TableColumn::text("Changes"),
    ];
    let mut table = DataTable::new("Strategies", columns);
    for line in &series.lines {
        let measured: Vec<f64> = line.medians.iter().flatten().copied().collect();
        let values = [
            line.name.as_str().into(),
            measured.len().into(),
            measured.first().copied().into(),
            measured.last().copied().into(),
            changes(series, line).into(),
        ];
        table.row(values);
    }
    table.aligned()
}

/// Every change of a strategy: `since sweep-20261122T183000Z: 10.1 % slower`.
fn changes(series: &RunSeries<'_>, line: &StrategySeries) -> String {
    let told = line.changes.iter().map(|change| {
        let since = name(series.by, &series.places[change.at]);
        format!("since {since}: {}", chart::change_text(change))
    });
    let told = told.collect::<Vec<_>>().join("; ");
    let measured = line.medians.iter().flatten().count();
    match (told.is_empty(), measured < series.fewest_for_change) {
        (false, _) => told,
        (true, false) => "none".to_owned(),
        (true, true) => format!("none; it takes {} runs to show one", series.fewest_for_change),
    }
}

/// What a point is called: its run, or its commit.
pub(super) fn name(by: By, point: &SeriesPoint<'_>) -> String {
    let first = point.runs[0];
    match by {
        By::Date => first.run_id.clone(),
        By::Commit => {
            let (commit, rest) = first.commit.split_at_checked(12).unwrap_or((&first.commit, ""));
            let changed = if rest.contains("changes") { " with changes" } else { "" };
            format!("{commit}{changed}")
        }
    }
}

/// The newest points, with the median of each strategy.
fn points(series: &RunSeries<'_>, newest: usize) -> DataTable {
    let [name_heading, began] = match series.by {
        By::Date => ["Run", "Began"],
        By::Commit => ["Commit", "First measured"],
    };
    let strategies = series.lines.iter().zip(0..);
    let columns =
        strategies.map(|(line, strategy_index)| TableColumn::number(&line.name, Unit::Seconds).of(strategy_index));
    let columns = [TableColumn::name(name_heading), TableColumn::number(began, Unit::Count)].into_iter().chain(columns);
    let mut table = DataTable { sortable: true, ..DataTable::new("Runs", columns.collect()) };
    for (index, point) in series.places.iter().enumerate().rev().take(newest) {
        let first =
            [name(series.by, point).into(), TableValue::Shown(moment(&point.runs[0].started_at), Some(point.x))];
        let medians = series.lines.iter().map(|line| line.medians[index].into());
        let row = table.row(first.into_iter().chain(medians));
        row.link.clone_from(&point.runs[0].link);
        for (cell, line) in row.cells.iter_mut().skip(2).zip(&series.lines) {
            cell.mark = mark(line, index);
        }
    }
    if let Some(more) = series.places.len().checked_sub(newest).filter(|more| *more > 0) {
        let text = format!("… and {more} older; --output-format json tells all");
        table.omitted = Some(OmittedRows { text, file: "" });
    }
    table.aligned()
}

/// What marks a point where a strategy changed; empty elsewhere.
fn mark(line: &StrategySeries, index: usize) -> &'static str {
    match line.changes.iter().find(|change| change.at == index) {
        Some(change) if change.after > change.before => "▲ ",
        Some(_) => "▼ ",
        None => "",
    }
}

/// `2026-11-22T18:30:00.000Z` → `2026-11-22 18:30:00`.
fn moment(time: &str) -> String {
    time.get(..19).unwrap_or(time).replace('T', " ")
}
