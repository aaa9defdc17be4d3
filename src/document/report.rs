//! A run's report as a document: findings, charts, numbers, failures, caveats, and how it was measured. Nothing here is
//! computed; numbers of the report become words.

use std::collections::BTreeSet;

use super::answer::answer;
use super::caveats;
use super::checks::checks;
use super::findings;
use super::method::method;
use super::model::{Block, Document, DocumentSection, FigureBlock, Fold};
use super::pictures::{Picture, Pictures};
use super::statistics;
use super::table::{DataTable, TableColumn, TableValue};
use crate::chart::MOST_LINES;
use crate::format::{command_line, counted};
use crate::model::figure::{Language, Panel, Role, Series, Shape, Unit};
use crate::model::{Facts, RequestCount, Varied};
use crate::report::{Cell, Report};

/// A longer table is cut.
const MOST_ROWS: usize = 500;

pub(super) fn document<'a>(report: &Report<'_>, pictures: &'a Pictures<'a>) -> Document<'a> {
    let facts = report.facts;
    let numbers = page_numbers(report);
    let numbers = if numbers.rows.is_empty() { Vec::new() } else { vec![Block::Table(numbers)] };
    let mut figures = charts(report, pictures);
    // The first chart, and what stands before it, belongs to the answer; its logarithmic twin shares its place.
    let of_answer = figures.iter().take_while(|block| is_of_answer(block)).count();
    let others = figures.split_off(of_answer);
    let sections = [
        DocumentSection::new("answer", "", figures),
        DocumentSection::new("checks", "Checks", checks(report, MOST_ROWS)),
        DocumentSection::new(
            "findings",
            "Findings",
            found(report).into_iter().chain(statistics::fold(report)).collect(),
        ),
        DocumentSection::new("charts", "Charts", others),
        DocumentSection::new("numbers", "Numbers", numbers),
        DocumentSection::new("failures", "Failures", failures(report)),
        DocumentSection::new("caveats", "Caveats", listed(report)),
        DocumentSection::new("method", "How it was measured", vec![Block::Facts(method(report))]).called("Method"),
        DocumentSection::new("reproduce", "How to reproduce", command(facts)).called("Reproduce"),
    ];
    let titled = pictures.drawn.iter().find(|picture| picture.figure.title == facts.title);
    Document {
        title: if facts.title.is_empty() { "Report".to_owned() } else { facts.title.clone() },
        language: Language::English,
        title_language: titled.map_or(Language::English, |picture| picture.figure.language),
        answer: answer(report),
        lead: lead(report),
        sections: sections.into_iter().filter(|section| !section.blocks.is_empty()).collect(),
    }
}

fn lead(report: &Report<'_>) -> String {
    let samples: usize = report.cells.iter().map(|cell| cell.points.len()).sum();
    let failed: u32 = report.cells.iter().map(|cell| cell.statuses().not_ok()).sum();
    let strategies = counted(report.strategies.len(), "strategy", "strategies");
    let counts = match report.counts {
        [] => format!("no {}", report.facts.varied.by()),
        [one] => report.facts.varied.at(*one),
        [first, .., last] => report.facts.varied.range(*first, *last),
    };
    let failed = if failed > 0 { format!(", {failed} more failed") } else { String::new() };
    let mut by_point = report.cells.iter().map(|cell| cell.points.len());
    let first = by_point.next().filter(|first| *first > 0 && by_point.all(|samples| samples == *first));
    let each = first.map_or_else(String::new, |samples| format!(" ({samples} per point)"));
    format!("{strategies}, {counts}, {}{each}{failed}.", counted(samples, "valid sample", "valid samples"))
}

/// The findings, each topic with its heading; empty where there are none.
pub(super) fn found<'a>(report: &Report<'_>) -> Vec<Block<'a>> {
    let topics = findings::topics(report).into_iter();
    topics.flat_map(|(title, items)| [Block::Heading(title), Block::List(items)]).collect()
}

fn charts<'a>(report: &Report<'_>, pictures: &'a Pictures<'a>) -> Vec<Block<'a>> {
    let drawn: BTreeSet<usize> = pictures.drawn.iter().flat_map(|picture| strategies_of(picture)).collect();
    let is_shown = |index: &usize| report.strategies.len() <= MOST_LINES || drawn.contains(index);
    let names = report.strategies.iter().map(|line| line.name.clone()).zip(0..);
    let names = names.filter(|(_, index)| is_shown(index)).collect();
    let switches = (!pictures.drawn.is_empty()).then_some(Block::Switches(names));
    let answer = answer(report);
    let figures = pictures.drawn.iter().map(|picture| {
        let answer = if is_duration(picture) { answer.clone() } else { String::new() };
        Block::Figure(FigureBlock { picture, values: values(picture), answer })
    });
    let refused = pictures.refused.iter().map(|(kind, why)| Block::Note(format!("No {kind} chart: {why}.")));
    switches.into_iter().chain(figures).chain(refused).collect()
}

fn strategies_of<'p>(picture: &'p Picture<'_>) -> impl Iterator<Item = usize> + 'p {
    picture.figure.panels.iter().flat_map(|panel| {
        let lines = panel.series.iter().map(|series| series.strategy_index);
        lines.chain(panel.bars.iter().map(|bar| bar.strategy_index))
    })
}

/// Whether a picture is of duration against the request count, which is what the answer is about.
pub(super) fn is_duration(picture: &Picture<'_>) -> bool {
    matches!(picture.figure.id.as_str(), "duration" | "duration-log")
}

fn is_of_answer(block: &Block<'_>) -> bool {
    match block {
        Block::Switches(_) => true,
        Block::Figure(figure) => is_duration(figure.picture),
        _ => false,
    }
}

/// The numbers of a figure whose panels are over request counts.
fn values<'a>(picture: &Picture<'_>) -> Option<Fold<'a>> {
    let language = picture.figure.language;
    let tables = picture.figure.panels.iter().filter_map(|panel| panel_values(panel, language));
    let blocks: Vec<Block<'a>> = tables.map(Block::Table).collect();
    (!blocks.is_empty()).then_some(Fold { summary: "Values of this chart", blocks })
}

fn panel_values(panel: &Panel, language: Language) -> Option<DataTable> {
    let measured = |line: &&Series| line.role != Role::Ideal && line.shape == Shape::Line;
    let lines: Vec<&Series> = panel.series.iter().filter(measured).collect();
    if panel.x.unit != Unit::Count || lines.is_empty() {
        return None;
    }
    let mut counts: Vec<f64> = lines.iter().flat_map(|line| line.points.iter().map(|point| point.x)).collect();
    counts.sort_unstable_by(f64::total_cmp);
    counts.dedup();
    let column = |line: &&Series| TableColumn::number(&line.name, panel.y.unit).of(line.strategy_index);
    // The page around it is English.
    let heading = if language == Language::English { &panel.x.label } else { "Requests" };
    let columns = std::iter::once(TableColumn::number(heading, Unit::Count)).chain(lines.iter().map(column));
    let title = if panel.title.is_empty() { &panel.y.label } else { &panel.title };
    let mut table = DataTable { caption: Some(language), ..DataTable::new(title, columns.collect()) };
    for x in counts {
        let at = |line: &&Series| value_at(line, x);
        let values = std::iter::once(Some(x)).chain(lines.iter().map(at));
        let row = table.row(values.map(TableValue::from));
        for (cell, line) in row.cells.iter_mut().skip(1).zip(&lines) {
            cell.ideal = ideal_of(panel, line, x).map_or_else(String::new, |ideal| panel.y.unit.text(ideal));
        }
    }
    Some(table.aligned())
}

/// The ideal of a measured line at a count, where one is drawn.
fn ideal_of(panel: &Panel, line: &Series, x: f64) -> Option<f64> {
    let is_of = |ideal: &&Series| {
        ideal.strategy_index == line.strategy_index || ideal.shared_with.contains(&line.strategy_index)
    };
    let ideal = panel.series.iter().filter(|series| series.role == Role::Ideal).find(is_of)?;
    value_at(ideal, x)
}

/// The value of a line, whose points ascend, at a count.
fn value_at(line: &Series, x: f64) -> Option<f64> {
    let first = line.points.partition_point(|point| point.x < x);
    line.points.get(first).filter(|point| point.x.total_cmp(&x).is_eq())?.y
}

/// Combinations of strategy and count that were measured, here or elsewhere, with all their numbers: the first ones, at
/// most so many, of all counts or of one. Cost: one pass over all, and the rows of those shown.
pub(super) fn numbers(report: &Report<'_>, most: usize, at: Option<RequestCount>) -> DataTable {
    let seconds = |heading: &str| TableColumn::number(heading, Unit::Seconds);
    let columns = vec![
        TableColumn::name("Strategy"),
        TableColumn::number(report.facts.varied.heading(), Unit::Count),
        TableColumn::number("Samples", Unit::Count),
        seconds("Median"),
        seconds("95 % interval"),
        seconds("Ideal"),
        seconds("Overhead"),
        TableColumn::number("Speed-up", Unit::Ratio),
        TableColumn::number("Requests/s", Unit::PerSecond),
        seconds("CPU time"),
        TableColumn::number(if report.knows_all_memory { "Memory" } else { "Largest process" }, Unit::Bytes),
        TableColumn::number("Threads", Unit::Count),
        TableColumn::number("Failed", Unit::Count),
    ];
    let mut table = DataTable { sortable: true, ..DataTable::new("Numbers of all combinations", columns) };
    let is_shown = |requests: RequestCount| at.is_none_or(|at| at == requests);
    for cell in report.cells.iter().filter(|cell| is_shown(cell.requests)).take(most) {
        table.row(measured(report, cell)).strategy_index = Some(cell.strategy_index);
    }
    let elsewhere = || report.references.iter().flat_map(|line| line.cells.iter().map(move |cell| (line, cell)));
    let room = most - table.rows.len();
    for (line, cell) in elsewhere().filter(|(_, cell)| is_shown(cell.requests)).take(room) {
        let known = [
            format!("{} (measured elsewhere)", line.about.name).into(),
            cell.requests.into(),
            cell.samples.into(),
            Some(cell.median_s).into(),
        ];
        let none = || std::iter::repeat(TableValue::Missing);
        let throughput = std::iter::once(cell.throughput_rps().into());
        let values = known.into_iter().chain(none().take(4)).chain(throughput).chain(none());
        table.row(values).strategy_index = Some(line.strategy_index);
    }
    let all = report.cells.len() + elsewhere().count();
    let table = {
        let more = all - table.rows.len();
        table.without_rows(more, "summary.csv")
    };
    // What counts no requests has no throughput.
    let is_shown = |heading: &&str| report.facts.varied == Varied::Requests || *heading != "Requests/s";
    let shown: Vec<&str> = table.columns.iter().map(|column| column.heading.as_str()).filter(is_shown).collect();
    table.select(&shown)
}

fn measured(report: &Report<'_>, cell: &Cell<'_>) -> [TableValue; 13] {
    let interval =
        cell.interval.map_or(TableValue::Missing, |interval| TableValue::Interval(interval.low, interval.high));
    [
        report.strategies[cell.strategy_index].name.as_str().into(),
        cell.requests.into(),
        cell.points.len().into(),
        cell.median().into(),
        interval,
        cell.recorded.ideal_s.into(),
        cell.overhead_s().into(),
        cell.speedup.into(),
        cell.throughput_rps().into(),
        cell.recorded.cost.cpu_s.into(),
        cell.recorded.cost.memory(report.knows_all_memory).into(),
        cell.recorded.cost.threads.map(f64::from).into(),
        cell.recorded.excluded.len().into(),
    ]
}

/// What a page shows of the [`numbers`].
pub(super) fn page_numbers(report: &Report<'_>) -> DataTable {
    let numbers = numbers(report, MOST_ROWS, None);
    let shown = numbers.columns.iter().map(|column| column.heading.as_str()).filter(|heading| *heading != "Failed");
    numbers.select(&shown.collect::<Vec<_>>()).aligned()
}

fn failures<'a>(report: &Report<'_>) -> Vec<Block<'a>> {
    let columns = vec![
        TableColumn::name("Strategy"),
        TableColumn::number(report.facts.varied.heading(), Unit::Count),
        TableColumn::text("Samples"),
        TableColumn::text("First reason"),
    ];
    let mut table = DataTable { sortable: true, ..DataTable::new("Failures", columns) };
    let failed = || report.cells.iter().filter(|cell| cell.statuses().not_ok() > 0);
    for cell in failed().take(MOST_ROWS) {
        let reason = cell.recorded.excluded.iter().map(|sample| sample.error).find(|error| !error.is_empty());
        let name = report.strategies[cell.strategy_index].name.as_str();
        let values = [
            name.into(),
            cell.requests.into(),
            caveats::failed(cell.statuses()).into(),
            reason.unwrap_or_default().into(),
        ];
        table.row(values);
    }
    if table.rows.is_empty() {
        return Vec::new();
    }
    let more = failed().count() - table.rows.len();
    let table = table.without_rows(more, "summary.json");
    vec![Block::Paragraph("These samples are in no median.".to_owned()), Block::Table(table)]
}

fn listed<'a>(report: &Report<'_>) -> Vec<Block<'a>> {
    let items = caveats::caveats(report);
    if items.is_empty() { Vec::new() } else { vec![Block::List(items)] }
}

/// The command that measured; empty where it was not recorded.
fn command<'a>(facts: &Facts) -> Vec<Block<'a>> {
    let command = (!facts.command.is_empty()).then(|| command_line(&facts.command));
    command.map(|text| Block::Code { language: "sh", text }).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::document;
    use crate::document::{Block, DataTable, Document, Pictures};
    use crate::model::{Repeats, SampleStatus};
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article, reference};

    fn blocks<'d>(document: &'d Document<'_>, id: &str) -> &'d [Block<'d>] {
        document.sections.iter().find(|section| section.id == id).map_or(&[], |section| &section.blocks)
    }

    fn table<'d>(document: &'d Document<'_>, id: &str) -> &'d DataTable {
        let table = |block: &'d Block<'_>| if let Block::Table(table) = block { Some(table) } else { None };
        blocks(document, id).iter().find_map(table).unwrap()
    }

    fn texts(table: &DataTable, row: usize) -> Vec<&str> {
        table.rows[row].cells.iter().map(|cell| cell.text.as_str()).collect()
    }

    #[test]
    fn the_article_is_told_in_full() {
        let mut run = article(3);
        run.facts.repeats = Some(Repeats::fixed(3));
        (run.facts.order, run.facts.limits) = ("interleaved".into(), "1024 open files".into());
        run.facts.command = ["reportgen", "--config", "my sweep.toml"].map(str::to_owned).to_vec();
        let (report, pictures) = (Report::of(&run), Pictures::default());
        let document = document(&report, &pictures);
        assert_eq!(document.lead, "4 strategies, 10 to 50 requests, 60 valid samples (3 per point).");
        assert_eq!(
            texts(table(&document, "numbers"), 19),
            [
                "async_get",
                "50",
                "3",
                "102 ms",
                "101.0–103.0 ms",
                "100 ms",
                "2.00 ms",
                "49.0×\u{2007}",
                "490\u{2008}\u{2007}\u{2007}",
                "10.0 ms",
                "8.00 MiB",
                "50"
            ]
        );
        let [Block::Code { text, .. }] = blocks(&document, "reproduce") else { panic!("one command") };
        assert_eq!(text, "reportgen --config 'my sweep.toml'");
        let [Block::Facts(method)] = blocks(&document, "method") else { panic!("one list of facts") };
        let names: Vec<&str> = method.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["Target", "Strategies", "Requests", "Repeats", "Order", "Numbers", "Limits"]);
        assert!(method.contains(&("Repeats", "3 per strategy and count".to_owned())), "{method:?}");
        assert!(blocks(&document, "failures").is_empty());
    }

    #[test]
    fn what_failed_is_told_by_combination_with_its_first_reason() {
        let failed = |status, error: &'static str| {
            move |row: &mut crate::model::SampleRow| (row.status, row.error) = (status, error.to_owned())
        };
        let builder = RunBuilder::new().strategy("a", "async", None);
        let builder = builder.sample(0, 10, 1.0).also(failed(SampleStatus::Timeout, ""));
        let run = builder.sample(0, 10, 1.0).also(failed(SampleStatus::Void, "server saw 9")).run();
        let (report, pictures) = (Report::of(&run), Pictures::default());
        let document = document(&report, &pictures);
        assert_eq!(texts(table(&document, "failures"), 0), ["a", "10", "1 timed out, 1 discarded", "server saw 9"]);
        assert_eq!(document.lead, "1 strategy, 10 requests, 0 valid samples, 2 more failed.");
    }

    #[test]
    fn what_was_measured_elsewhere_stands_below() {
        let mut run = article(1);
        run.facts.references = vec![reference("R", "async_get")];
        let (report, pictures) = (Report::of(&run), Pictures::default());
        let document = document(&report, &pictures);
        let numbers = table(&document, "numbers");
        let expected = ["R (measured elsewhere)", "10", "3", "5020 ms", "", "", "", "", "1.99", "", "", ""];
        assert_eq!(texts(numbers, 20), expected);
        assert_eq!(numbers.rows[20].strategy_index, Some(3), "the colour of the strategy that it is like");
    }
}
