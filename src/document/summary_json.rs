//! summary.json: the numbers of summary.csv for machines, with the run's facts, what the samples cost, the findings and the
//! caveats. Compact, with a line for each combination. Missing is `null`; what is missing in every combination has no key.
//! Keys keep their order; a change of meaning is a new `schema_version`.

#![expect(non_camel_case_types, reason = "type parameters of `object!` are keys")]

use std::collections::BTreeMap;
use std::io::{self, Write};

use rayon::prelude::{ParallelIterator, ParallelSlice};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::caveats;
use super::checks::check_sentence;
use super::model::Item;
use super::numbers::{object, rounded, rounded_seconds};
use super::statistics;
use super::stream::write_in_chunks;
use super::summary_row::{NAMES, SummaryValue, WIDTH, count, ratio, seconds, summary_row};
use crate::model::check::{Bound, Threshold};
use crate::model::figure::Unit;
use crate::model::{Facts, Nanos, StatusSet, Target, Targets};
use crate::report::{Caveat, Cell, CheckResult, Cost, Finding, ReferenceCell, ReferenceLine, Report};

/// Version of the layout below.
const SCHEMA_VERSION: u32 = 2;

/// Writes the whole file. Memory: some combinations.
pub(super) fn write_summary(report: &Report<'_>, to: &mut dyn Write) -> io::Result<()> {
    write!(to, "{{\"schema_version\":{SCHEMA_VERSION}")?;
    member(to, "run", &run(report.facts))?;
    member(to, "baseline", &report.baseline.map(|baseline| &report.strategies[baseline].name))?;
    write!(to, ",\n\"cells\":[")?;
    let present = Present::of(report);
    write_in_chunks(&report.cells, to, |cells| piece(report, cells, &present))?;
    write!(to, "]")?;
    list(to, "findings", report.findings.iter().map(|each| finding(report, each)))?;
    list(to, "checks", report.checks.iter().map(check))?;
    list(to, "not_run", report.facts.not_run.iter())?;
    list(to, "caveats", report.caveats.iter().map(|each| caveat(report, each)))?;
    let references = report.references.iter();
    list(to, "references", references.flat_map(|line| line.cells.iter().map(move |cell| reference(line, cell))))?;
    writeln!(to, "}}")
}

/// A key that is not the first one, and its value.
fn member(to: &mut dyn Write, key: &str, value: &impl Serialize) -> io::Result<()> {
    write!(to, ",\n\"{key}\":")?;
    Ok(serde_json::to_writer(to, value)?)
}

/// The same with a list, a line for each of its values.
fn list(to: &mut dyn Write, key: &str, values: impl Iterator<Item = impl Serialize>) -> io::Result<()> {
    write!(to, ",\n\"{key}\":[")?;
    for (index, value) in values.enumerate() {
        to.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *to, &value)?;
    }
    write!(to, "]")
}

/// Cells, a line for each; before each but the very first is a comma.
fn piece(report: &Report<'_>, cells: &[Cell<'_>], present: &Present) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    for cell in cells {
        let is_first = cell.key() == report.cells[0].key();
        out.extend_from_slice(if is_first { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut out, &CellObject { report, cell, present })?;
    }
    Ok(out)
}

/// What a sample cost, by key.
const COST: [&str; 7] = ["cpu_s", "cores", "peak_rss_bytes", "total_rss_bytes", "switches", "processes", "threads"];
/// What else the embedded server saw.
const SERVER: [&str; 2] = ["peak_in_flight", "connections"];

/// Which numbers are known of any cell.
#[derive(Clone, Copy, Default)]
struct Present {
    row: [bool; WIDTH],
    cost: [bool; COST.len()],
    server: [bool; SERVER.len()],
}

impl Present {
    /// Of the cells of a report. Cost: one pass.
    fn of(report: &Report<'_>) -> Self {
        let of_cell = |mut known: Self, cell: &Cell<'_>| {
            mark(&mut known.row, &summary_row(report, cell));
            mark(&mut known.cost, &cost(&cell.recorded.cost));
            mark(&mut known.server, &server(cell));
            known
        };
        let of_some = |cells: &[Cell<'_>]| cells.iter().fold(Self::default(), of_cell);
        report.cells.par_chunks(4_096).map(of_some).reduce(Self::default, |one, other| Self {
            row: std::array::from_fn(|index| one.row[index] || other.row[index]),
            cost: std::array::from_fn(|index| one.cost[index] || other.cost[index]),
            server: std::array::from_fn(|index| one.server[index] || other.server[index]),
        })
    }
}

fn mark(known: &mut [bool], values: &[SummaryValue<'_>]) {
    for (known, value) in known.iter_mut().zip(values) {
        *known |= *value != SummaryValue::Missing;
    }
}

fn cost<'a>(cost: &Cost) -> [SummaryValue<'a>; COST.len()] {
    let number = |value: Option<f64>| value.map_or(SummaryValue::Missing, SummaryValue::Number);
    [
        seconds(cost.cpu_s),
        ratio(cost.cores),
        number(cost.peak_rss_bytes),
        number(cost.total_rss_bytes),
        number(cost.switches),
        count(cost.processes),
        count(cost.threads),
    ]
}

fn server<'a>(cell: &Cell<'_>) -> [SummaryValue<'a>; SERVER.len()] {
    [count(cell.recorded.peak_in_flight), count(cell.recorded.connections)]
}

/// A cell as an object.
struct CellObject<'a, 'run> {
    report: &'a Report<'run>,
    cell: &'a Cell<'run>,
    present: &'a Present,
}

impl Serialize for CellObject<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { report, cell, present } = self;
        let mut object = serializer.serialize_map(None)?;
        entries(&mut object, &NAMES, &summary_row(report, cell), &present.row)?;
        object.serialize_entry("statuses", &cell.statuses())?;
        let outliers = cell.outliers().into_iter().map(|index| rounded_seconds(cell.points[index]));
        object.serialize_entry("outliers_s", &outliers.collect::<Vec<_>>())?;
        if present.cost.contains(&true) {
            object.serialize_entry("cost", &CostObject(&cell.recorded.cost, &present.cost))?;
        }
        entries(&mut object, &SERVER, &server(cell), &present.server)?;
        object.end()
    }
}

struct CostObject<'a>(&'a Cost, &'a [bool]);

impl Serialize for CostObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        entries(&mut object, &COST, &cost(self.0), self.1)?;
        object.end()
    }
}

/// The values that are known of any cell.
fn entries<M: SerializeMap>(
    object: &mut M,
    keys: &[&str],
    values: &[SummaryValue<'_>],
    present: &[bool],
) -> Result<(), M::Error> {
    let known = keys.iter().zip(values).zip(present).filter(|(_, known)| **known);
    known.map(|(entry, _)| entry).try_for_each(|(key, value)| object.serialize_entry(key, value))
}

/// `None` for a fact that is unknown.
fn known(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn run(facts: &Facts) -> impl Serialize {
    object! {
        id: known(&facts.run_id),
        title: known(&facts.title),
        tool_version: known(&facts.tool_version),
        started_at: known(&facts.started_at),
        ended_at: known(&facts.ended_at),
        seed: facts.seed,
        target: facts.target.as_ref().map(TargetsFacts::of),
        machine: known(&facts.machine),
        planned_samples: Some(facts.planned_samples).filter(|planned| *planned > 0),
    }
}

/// One target as an object, several by their names.
#[derive(Serialize)]
#[serde(untagged)]
enum TargetsFacts<'a> {
    One(TargetFacts<'a>),
    Several(BTreeMap<&'a str, TargetFacts<'a>>),
}

impl<'a> TargetsFacts<'a> {
    fn of(targets: &'a Targets) -> Self {
        match targets {
            Targets::One(target) => Self::One(TargetFacts::of(target)),
            Targets::Several(all) => {
                Self::Several(all.iter().map(|each| (each.name.as_str(), TargetFacts::of(&each.target))).collect())
            }
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum TargetFacts<'a> {
    Delay { delay_s: Option<f64>, jitter_s: Option<f64>, failure_rate: f64, max_concurrent: u32 },
    Url { url: String, method: &'a str, expect_status: &'a StatusSet, header_names: Vec<&'a str> },
    Sleep { delay_s: Option<f64> },
}

impl<'a> TargetFacts<'a> {
    /// Passwords, header values and the body stay out: this file is published.
    fn of(target: &'a Target) -> Self {
        let seconds = |time: Nanos| rounded_seconds(time.as_secs_f64());
        match target {
            Target::Delay(target) => Self::Delay {
                delay_s: seconds(target.delay),
                jitter_s: seconds(target.jitter),
                failure_rate: target.failure_rate,
                max_concurrent: target.max_concurrent,
            },
            Target::Url(target) => Self::Url {
                url: target.bare_url(),
                method: &target.method,
                expect_status: &target.expect_status,
                header_names: target.headers.iter().map(|(name, _)| name.as_str()).collect(),
            },
            Target::Sleep { delay } => Self::Sleep { delay_s: seconds(*delay) },
        }
    }
}

/// One request count of a line that was measured elsewhere.
fn reference(line: &ReferenceLine<'_>, cell: &ReferenceCell) -> impl Serialize {
    object! {
        name: &line.about.name,
        file: &line.about.file,
        strategy: &line.about.strategy,
        delay_s: line.about.delay.and_then(|delay| rounded_seconds(delay.as_secs_f64())),
        requests: cell.requests,
        samples: cell.samples,
        median_s: rounded_seconds(cell.median_s),
    }
}

fn finding(report: &Report<'_>, finding: &Finding) -> impl Serialize {
    let name = |index: &usize| report.strategies[*index].name.as_str();
    let number = |(name, value): (&'static str, f64)| {
        (name, if name.ends_with("_s") { rounded_seconds(value) } else { rounded(value) })
    };
    object! {
        kind: finding.kind.topic().as_str(),
        settled: finding.settled,
        strategies: finding.strategy_indices.iter().map(name).collect::<Vec<_>>(),
        requests: &finding.requests,
        numbers: finding.kind.numbers().into_iter().map(number).collect::<BTreeMap<_, _>>(),
        text: statistics::sentence(report, finding),
    }
}

fn check(check: &CheckResult<'_>) -> impl Serialize {
    let Threshold { strategy, requests, measure, bound, limit } = check.threshold;
    let is_time = measure.unit() == Unit::Seconds;
    let number = |value: f64| if is_time { rounded_seconds(value) } else { rounded(value) };
    let side = |wanted: Bound| (*bound == wanted).then(|| number(*limit)).flatten();
    object! {
        strategy: strategy,
        requests: requests,
        column: measure.as_str(),
        at_most: side(Bound::AtMost),
        at_least: side(Bound::AtLeast),
        value: check.value.as_ref().ok().and_then(|value| number(*value)),
        passed: check.passed(),
        text: check_sentence(check),
    }
}

fn caveat(report: &Report<'_>, caveat: &Caveat) -> impl Serialize {
    let Item { text, aside, .. } = caveats::item(report, caveat);
    object! {
        kind: caveat.kind.as_str(),
        strategy: caveat.strategy_index.map(|index| &report.strategies[index].name),
        requests: &caveat.requests,
        evidence: text,
        advice: aside,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::document::{CSV, DocumentSource, JSON, Pictures, Writer};
    use crate::model::{Run, Target, UrlTarget};
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    fn text(writer: &dyn Writer, run: &Run) -> String {
        let report = Report::of(run);
        String::from_utf8(writer.bytes(&DocumentSource::Report(&report), &Pictures::default()).unwrap()).unwrap()
    }

    #[test]
    fn each_number_of_the_csv_is_there_and_equal() {
        let run = article(2);
        let document: Value = serde_json::from_str(&text(JSON, &run)).unwrap();
        let csv = text(CSV, &run);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let columns = reader.headers().unwrap().clone();
        for (row, cell) in reader.records().zip(document["cells"].as_array().unwrap()) {
            for (column, field) in columns.iter().zip(&row.unwrap()) {
                let same = match cell.get(column).unwrap_or(&Value::Null) {
                    Value::Null => field.is_empty(),
                    Value::String(text) => text == field,
                    number => number.as_f64() == field.parse().ok(),
                };
                assert!(same, "{column}: {field} and {}", cell[column]);
            }
        }
    }

    #[test]
    fn facts_cost_and_caveats_stand_beside_the_numbers() {
        let run = article(2);
        let text = text(JSON, &run);
        let document: Value = serde_json::from_str(&text).unwrap();
        assert!(text.starts_with("{\"schema_version\":2,\n\"run\":{"), "{text}");
        // A line for each combination, and no more.
        assert_eq!(text.lines().filter(|line| line.starts_with("{\"strategy\":")).count(), 20);
        assert_eq!(document["run"]["target"]["delay"]["delay_s"], json!(0.1));
        assert_eq!(document["run"]["machine"], Value::Null);
        assert_eq!(document["baseline"], json!("single_thread"));
        assert_eq!(document["cells"][0]["cost"]["cpu_s"], json!(0.01));
        assert_eq!(document["cells"][0]["ci_method"], json!("bootstrap"));
        assert_eq!(document["caveats"][0]["kind"], json!("few-samples"));
        assert_eq!(document["caveats"][0]["strategy"], Value::Null);
    }

    #[test]
    fn what_no_combination_has_is_no_key_and_what_one_lacks_is_null() {
        let builder = RunBuilder::new().strategy("a", "", None).strategy("b", "async", Some(4));
        let run = builder.sample(0, 10, 1.0).sample(1, 10, 2.0).sample(1, 10, 3.0).run();
        let document: Value = serde_json::from_str(&text(JSON, &run)).unwrap();
        let [a, b] = document["cells"].as_array().unwrap().as_slice() else { panic!("{document}") };
        assert_eq!((&a["kind"], &b["kind"], &a["ci_low_s"]), (&Value::Null, &json!("async"), &Value::Null));
        let keys = |cell: &Value| cell.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(a), keys(b));
        assert!(a.get("cost").is_none() && a.get("latency_p50_s").is_none() && a.get("ci_low_s").is_some());
        let nothing: Value = serde_json::from_str(&text(JSON, &Run::default())).unwrap();
        assert_eq!((&nothing["cells"], &nothing["findings"]), (&json!([]), &json!([])));
    }

    #[test]
    fn no_secret_reaches_the_file() {
        let mut run = article(1);
        run.facts.target = Some(
            Target::Url(UrlTarget {
                body: "s3cret".into(),
                headers: vec![("Authorization".into(), "Bearer s3cret".into())],
                ..UrlTarget::at("https://me:s3cret@host/")
            })
            .into(),
        );
        let text = text(JSON, &run);
        assert!(text.contains("Authorization") && text.contains("https://host/") && !text.contains("s3cret"), "{text}");
    }
}
