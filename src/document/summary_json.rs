//! summary.json: the numbers of summary.csv for machines, with the run's facts, what the cells cost, the findings and the caveats.
//! Missing is `null`. Keys keep their order; a change of meaning is a new `schema_version`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::caveats;
use super::findings;
use super::model::Item;
use super::numbers::{rounded, rounded_seconds};
use super::summary_row::{NumberStyle, SummaryRow};
use crate::model::{Facts, NotRun, RequestCount, Target};
use crate::report::{Caveat, Cell, Finding, ReferenceLine, Report, StatusCounts};

/// Version of the layout below.
const SCHEMA_VERSION: u32 = 1;

/// The whole file.
#[derive(Serialize)]
pub(super) struct SummaryDocument<'a> {
    schema_version: u32,
    run: RunFacts<'a>,
    baseline: Option<&'a str>,
    cells: Vec<CellNumbers<'a>>,
    findings: Vec<FindingText<'a>>,
    not_run: &'a [NotRun],
    caveats: Vec<CaveatText<'a>>,
    references: Vec<ReferenceNumbers<'a>>,
}

#[derive(Serialize)]
struct RunFacts<'a> {
    id: Option<&'a str>,
    title: Option<&'a str>,
    tool_version: Option<&'a str>,
    started_at: Option<&'a str>,
    ended_at: Option<&'a str>,
    seed: u64,
    target: Option<TargetFacts<'a>>,
    machine: Option<&'a str>,
    planned_samples: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum TargetFacts<'a> {
    Delay { delay_s: Option<f64>, jitter_s: Option<f64>, failure_rate: f64, max_concurrent: u32 },
    Url { url: String, method: &'a str, expect_status: u16, header_names: Vec<&'a str> },
    Sleep { delay_s: Option<f64> },
}

#[derive(Serialize)]
struct CellNumbers<'a> {
    #[serde(flatten)]
    row: SummaryRow<'a, Option<f64>>,
    statuses: StatusCounts,
    outliers_s: Vec<Option<f64>>,
    cost: CostNumbers,
    peak_in_flight: Option<u32>,
    connections: Option<u32>,
}

/// One request count of a line that was measured elsewhere.
#[derive(Serialize)]
struct ReferenceNumbers<'a> {
    name: &'a str,
    file: &'a str,
    strategy: &'a str,
    delay_s: Option<f64>,
    requests: RequestCount,
    samples: usize,
    median_s: Option<f64>,
}

impl<'a> ReferenceNumbers<'a> {
    fn of(line: &'a ReferenceLine<'_>) -> impl Iterator<Item = Self> {
        let about = line.about;
        line.cells.iter().map(|cell| Self {
            name: &about.name,
            file: &about.file,
            strategy: &about.strategy,
            delay_s: about.delay.and_then(|delay| rounded_seconds(delay.as_secs_f64())),
            requests: cell.requests,
            samples: cell.samples,
            median_s: rounded_seconds(cell.median_s),
        })
    }
}

#[derive(Serialize)]
struct CostNumbers {
    cpu_s: Option<f64>,
    cores: Option<f64>,
    peak_rss_bytes: Option<f64>,
    switches: Option<f64>,
    processes: Option<u32>,
    threads: Option<u32>,
}

#[derive(Serialize)]
struct FindingText<'a> {
    kind: &'static str,
    settled: bool,
    strategies: Vec<&'a str>,
    requests: &'a [RequestCount],
    numbers: BTreeMap<&'static str, Option<f64>>,
    text: String,
}

#[derive(Serialize)]
struct CaveatText<'a> {
    kind: &'static str,
    strategy: Option<&'a str>,
    requests: &'a [RequestCount],
    evidence: String,
    advice: String,
}

impl<'a> SummaryDocument<'a> {
    pub(super) fn of(report: &'a Report<'_>) -> Self {
        let name = |strategy_index: usize| report.strategies[strategy_index].name.as_str();
        Self {
            schema_version: SCHEMA_VERSION,
            run: RunFacts::of(report.facts),
            baseline: report.baseline.map(name),
            cells: report.cells.iter().map(|cell| CellNumbers::of(report, cell)).collect(),
            findings: report.findings.iter().map(|finding| FindingText::of(report, finding)).collect(),
            not_run: &report.facts.not_run,
            caveats: report.caveats.iter().map(|caveat| CaveatText::of(report, caveat)).collect(),
            references: report.references.iter().flat_map(ReferenceNumbers::of).collect(),
        }
    }
}

/// `None` for a fact that is unknown.
fn known(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

impl<'a> RunFacts<'a> {
    fn of(facts: &'a Facts) -> Self {
        Self {
            id: known(&facts.run_id),
            title: known(&facts.title),
            tool_version: known(&facts.tool_version),
            started_at: known(&facts.started_at),
            ended_at: known(&facts.ended_at),
            seed: facts.seed,
            target: facts.target.as_ref().map(TargetFacts::of),
            machine: known(&facts.machine),
            planned_samples: Some(facts.planned_samples).filter(|planned| *planned > 0),
        }
    }
}

impl<'a> TargetFacts<'a> {
    /// Passwords, header values and the body stay out: this file is published.
    fn of(target: &'a Target) -> Self {
        match target {
            Target::Delay(target) => Self::Delay {
                delay_s: rounded_seconds(target.delay.as_secs_f64()),
                jitter_s: rounded_seconds(target.jitter.as_secs_f64()),
                failure_rate: target.failure_rate,
                max_concurrent: target.max_concurrent,
            },
            Target::Url(target) => Self::Url {
                url: target.bare_url(),
                method: &target.method,
                expect_status: target.expect_status,
                header_names: target.headers.iter().map(|(name, _)| name.as_str()).collect(),
            },
            Target::Sleep { delay } => Self::Sleep { delay_s: rounded_seconds(delay.as_secs_f64()) },
        }
    }
}

impl<'a> CellNumbers<'a> {
    fn of(report: &'a Report<'_>, cell: &Cell<'_>) -> Self {
        const STYLE: NumberStyle<Option<f64>> =
            NumberStyle { seconds: rounded_seconds, ratio: rounded, with_methods: true };
        Self {
            row: SummaryRow::of(report, cell, &STYLE),
            statuses: cell.statuses,
            outliers_s: cell.outliers.iter().map(|index| rounded_seconds(cell.points[*index])).collect(),
            cost: CostNumbers::of(cell),
            peak_in_flight: cell.peak_in_flight,
            connections: cell.connections,
        }
    }
}

impl CostNumbers {
    fn of(cell: &Cell<'_>) -> Self {
        let cost = cell.cost;
        Self {
            cpu_s: cost.cpu_s.and_then(rounded_seconds),
            cores: cost.cores.and_then(rounded),
            peak_rss_bytes: cost.peak_rss_bytes,
            switches: cost.switches,
            processes: cost.processes,
            threads: cost.threads,
        }
    }
}

impl<'a> FindingText<'a> {
    fn of(report: &'a Report<'_>, finding: &'a Finding) -> Self {
        let number = |(name, value): (&'static str, f64)| {
            (name, if name.ends_with("_s") { rounded_seconds(value) } else { rounded(value) })
        };
        Self {
            kind: finding.kind.topic().as_str(),
            settled: finding.settled,
            strategies: finding
                .strategy_indices
                .iter()
                .map(|strategy_index| report.strategies[*strategy_index].name.as_str())
                .collect(),
            requests: &finding.requests,
            numbers: finding.kind.numbers().into_iter().map(number).collect(),
            text: findings::sentence(report, finding),
        }
    }
}

impl<'a> CaveatText<'a> {
    fn of(report: &'a Report<'_>, caveat: &'a Caveat) -> Self {
        let Item { text, aside, .. } = caveats::item(report, caveat);
        Self {
            kind: caveat.kind.as_str(),
            strategy: caveat.strategy_index.map(|strategy_index| report.strategies[strategy_index].name.as_str()),
            requests: &caveat.requests,
            evidence: text,
            advice: aside,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::document::{CSV, DocumentSource, JSON, Pictures, Writer};
    use crate::model::{Run, Target, UrlTarget};
    use crate::report::Report;
    use crate::report::testkit::article;

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
                let same = match &cell[column] {
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
        assert!(text.starts_with("{\n  \"schema_version\": 1,\n  \"run\": {"));
        assert_eq!(document["run"]["target"]["delay"]["delay_s"], json!(0.1));
        assert_eq!(document["run"]["machine"], Value::Null);
        assert_eq!(document["baseline"], json!("single_thread"));
        assert_eq!(document["cells"][0]["cost"]["cpu_s"], json!(0.01));
        assert_eq!(document["cells"][0]["ci_method"], json!("bootstrap"));
        assert_eq!(document["caveats"][0]["kind"], json!("few-samples"));
        assert_eq!(document["caveats"][0]["strategy"], Value::Null);
    }

    #[test]
    fn no_secret_reaches_the_file() {
        let mut run = article(1);
        run.facts.target = Some(Target::Url(UrlTarget {
            url: "https://me:s3cret@host/".into(),
            method: "GET".into(),
            body: "s3cret".into(),
            expect_status: 200,
            headers: vec![("Authorization".into(), "Bearer s3cret".into())],
        }));
        let text = text(JSON, &run);
        assert!(text.contains("Authorization") && text.contains("https://host/") && !text.contains("s3cret"), "{text}");
    }
}
