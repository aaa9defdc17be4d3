//! summary.json: the numbers of summary.csv for machines, with the run's facts, what the samples cost, the findings and the
//! caveats. Missing is `null`. Keys keep their order; a change of meaning is a new `schema_version`.

#![expect(non_camel_case_types, reason = "type parameters of `object!` are keys")]

use std::collections::BTreeMap;

use serde::Serialize;

use super::caveats;
use super::checks::check_sentence;
use super::model::Item;
use super::numbers::{object, rounded, rounded_seconds};
use super::statistics;
use super::summary_row::{NumberStyle, SummaryRow};
use crate::model::check::{Bound, Threshold};
use crate::model::figure::Unit;
use crate::model::{Facts, Nanos, StatusSet, Target, Targets};
use crate::report::{Caveat, Cell, CheckResult, Finding, ReferenceCell, ReferenceLine, Report};

/// Version of the layout below.
const SCHEMA_VERSION: u32 = 1;

/// The whole file.
pub(super) fn summary(report: &Report<'_>) -> impl Serialize {
    let references = report.references.iter();
    let references = references.flat_map(|line| line.cells.iter().map(move |cell| reference(line, cell)));
    object! {
        schema_version: SCHEMA_VERSION,
        run: run(report.facts),
        baseline: report.baseline.map(|baseline| &report.strategies[baseline].name),
        cells: report.cells.iter().map(|each| cell(report, each)).collect::<Vec<_>>(),
        findings: report.findings.iter().map(|each| finding(report, each)).collect::<Vec<_>>(),
        checks: report.checks.iter().map(check).collect::<Vec<_>>(),
        not_run: &report.facts.not_run,
        caveats: report.caveats.iter().map(|each| caveat(report, each)).collect::<Vec<_>>(),
        references: references.collect::<Vec<_>>(),
    }
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

fn cell(report: &Report<'_>, cell: &Cell<'_>) -> impl Serialize {
    const STYLE: NumberStyle<Option<f64>> =
        NumberStyle { seconds: rounded_seconds, ratio: rounded, with_methods: true };
    let cost = cell.cost;
    object! {
        #[serde(flatten)]
        row: SummaryRow::of(report, cell, &STYLE),
        statuses: cell.statuses,
        outliers_s: cell.outliers.iter().map(|index| rounded_seconds(cell.points[*index])).collect::<Vec<_>>(),
        cost: object! {
            cpu_s: cost.cpu_s.and_then(rounded_seconds),
            cores: cost.cores.and_then(rounded),
            peak_rss_bytes: cost.peak_rss_bytes,
            total_rss_bytes: cost.total_rss_bytes,
            switches: cost.switches,
            processes: cost.processes,
            threads: cost.threads,
        },
        peak_in_flight: cell.peak_in_flight,
        connections: cell.connections,
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
