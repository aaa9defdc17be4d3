//! The limits of the config and whether the numbers meet them: in sentences, and as a table.

use super::model::Block;
use super::table::{DataTable, TableColumn, TableValue};
use crate::format::{requests, significant};
use crate::model::Nanos;
use crate::model::check::{Measure, Threshold};
use crate::model::figure::Unit;
use crate::report::{CheckResult, NoValue, Report};

/// A check in one sentence without a full stop: `async at 50 requests: latency-p99 231 ms, at most 200 ms: failed`.
#[must_use]
pub fn check_sentence(check: &CheckResult<'_>) -> String {
    let Threshold { strategy, requests: count, measure, .. } = check.threshold;
    let (value, limit) = texts(check);
    let known =
        value.map_or_else(|| format!("no {}", measure.as_str()), |value| format!("{} {value}", measure.as_str()));
    let why = why(check).map_or_else(String::new, |why| format!(", {why}"));
    format!("{strategy} at {}: {known}, {limit}: {}{why}", requests(*count), verdict(check))
}

/// Every check with its result, the failed ones first; no rows where the config has none.
pub(super) fn check_table(report: &Report<'_>) -> DataTable {
    let columns = vec![
        TableColumn::text("Check"),
        TableColumn::name("Strategy"),
        TableColumn::number("Requests", Unit::Count),
        TableColumn::text("Column"),
        TableColumn::text("Limit"),
        TableColumn::text("Measured"),
    ];
    let mut table = DataTable { sortable: true, ..DataTable::new("Checks", columns) };
    let (passed, failed): (Vec<_>, Vec<_>) = report.checks.iter().partition(|check| check.passed());
    for check in failed.into_iter().chain(passed) {
        let (value, limit) = texts(check);
        let measured = value.or_else(|| why(check)).unwrap_or_default();
        let values: [TableValue; 6] = [
            verdict(check).into(),
            check.threshold.strategy.as_str().into(),
            check.threshold.requests.into(),
            check.threshold.measure.as_str().into(),
            limit.into(),
            measured.into(),
        ];
        table.row(values).strategy_index = check.strategy_index;
    }
    table
}

/// The same with how many failed.
pub(super) fn checks<'a>(report: &Report<'_>, most_rows: usize) -> Vec<Block<'a>> {
    if report.checks.is_empty() {
        return Vec::new();
    }
    let failed = report.checks.iter().filter(|check| !check.passed()).count();
    let all = report.checks.len();
    let sentence = match (failed, all) {
        (0, 1) => "The check passed.".to_owned(),
        (1, 1) => "The check failed.".to_owned(),
        (0, _) => format!("All {all} checks passed."),
        _ => format!("{failed} of {all} checks failed."),
    };
    vec![Block::Paragraph(sentence), Block::Table(check_table(report).cut(most_rows, "summary.json"))]
}

fn verdict(check: &CheckResult<'_>) -> &'static str {
    if check.passed() { "passed" } else { "failed" }
}

/// The number, where there is one, and its limit. A number that looks like its limit and is not has more digits.
fn texts(check: &CheckResult<'_>) -> (Option<String>, String) {
    let Threshold { measure, bound, limit, .. } = check.threshold;
    let unit = measure.unit();
    let is_close = |value: f64| unit.text(value) == unit.text(*limit) && value.total_cmp(limit).is_ne();
    let text = |value: &f64| if is_close(*value) { exact(*value, unit) } else { unit.text(*value) };
    let limit = if unit == Unit::Seconds { as_given(*limit) } else { exact(*limit, unit) };
    (check.value.as_ref().ok().map(text), format!("{} {limit}", bound.words()))
}

/// Seconds as a config gives them: `200 ms`.
fn as_given(seconds: f64) -> String {
    let text = Nanos::from_secs_f64(seconds).written();
    let (number, unit) = text.split_at(text.find(char::is_alphabetic).unwrap_or(text.len()));
    format!("{number} {}", unit.replace("us", "µs"))
}

/// Six significant digits.
fn exact(number: f64, unit: Unit) -> String {
    let (scale, name) = match unit {
        Unit::Seconds => (1e3, " ms"),
        Unit::Ratio => (1.0, "×"),
        Unit::PerSecond => (1.0, " per second"),
        _ => (1.0, ""),
    };
    format!("{}{name}", significant(number * scale))
}

/// Why there is no number.
fn why(check: &CheckResult<'_>) -> Option<String> {
    let text = match check.value.as_ref().err()? {
        NoValue::NotMeasured => "not measured",
        NoValue::NoneValid { first_error } if !first_error.is_empty() => {
            return Some(format!("no sample is valid ({first_error})"));
        }
        NoValue::NoneValid { .. } => "no sample is valid",
        NoValue::Unknown => match check.threshold.measure {
            Measure::Ideal | Measure::Overhead => "there is no ideal",
            Measure::CiLow | Measure::CiHigh | Measure::Stddev => "too few samples are valid",
            Measure::Speedup => "the baseline has no valid sample",
            Measure::LatencyP50 | Measure::LatencyP90 | Measure::LatencyP99 => "single requests were not recorded",
            _ => "it was not recorded",
        },
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{check_sentence, check_table, checks};
    use crate::document::{Block, DocumentSource, JSON, Pictures};
    use crate::model::check::{Bound, Measure, Threshold};
    use crate::model::{Run, SampleStatus};
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    fn threshold(strategy: &str, measure: Measure, bound: Bound, limit: f64) -> Threshold {
        Threshold { strategy: strategy.to_owned(), requests: 10, measure, bound, limit }
    }

    fn told(run: &mut Run, thresholds: Vec<Threshold>) -> Vec<String> {
        run.facts.thresholds = thresholds;
        Report::of(run).checks.iter().map(check_sentence).collect()
    }

    #[test]
    fn each_check_is_one_sentence() {
        let mut run = article(3);
        let of = |measure, bound, limit| threshold("async_get", measure, bound, limit);
        let thresholds = vec![
            of(Measure::Median, Bound::AtMost, 0.2),
            of(Measure::Median, Bound::AtMost, 0.1),
            of(Measure::Median, Bound::AtMost, 0.101_999),
            of(Measure::Throughput, Bound::AtLeast, 98.039_3),
            of(Measure::Speedup, Bound::AtLeast, 9.5),
            of(Measure::Throughput, Bound::AtLeast, 1_000.0),
            of(Measure::Failed, Bound::AtMost, 0.0),
            of(Measure::LatencyP99, Bound::AtMost, 0.2),
            threshold("gone", Measure::Median, Bound::AtMost, 0.2),
        ];
        assert_eq!(
            told(&mut run, thresholds),
            [
                "async_get at 10 requests: median 102 ms, at most 200 ms: passed",
                "async_get at 10 requests: median 102 ms, at most 100 ms: failed",
                "async_get at 10 requests: median 102 ms, at most 101999 µs: failed",
                "async_get at 10 requests: throughput 98.0392 per second, at least 98.0393 per second: failed",
                "async_get at 10 requests: speedup 9.82×, at least 9.5×: passed",
                "async_get at 10 requests: throughput 98.0 per second, at least 1000 per second: failed",
                "async_get at 10 requests: failed 0, at most 0: passed",
                "async_get at 10 requests: no latency-p99, at most 200 ms: failed, single requests were not recorded",
                "gone at 10 requests: no median, at most 200 ms: failed, not measured",
            ]
        );
        let report = Report::of(&run);
        let [Block::Paragraph(sentence), Block::Table(table)] = &checks(&report, 4)[..] else { panic!("two blocks") };
        assert_eq!((&**sentence, table.rows.len()), ("6 of 9 checks failed.", 4));
        let row = |index: usize| {
            check_table(&report).rows[index].cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(row(0), ["failed", "async_get", "10", "median", "at most 100 ms", "102 ms"]);
        assert_eq!(row(5), ["failed", "gone", "10", "median", "at most 200 ms", "not measured"]);
        assert_eq!(row(6)[0], "passed");
        let json = JSON.bytes(&DocumentSource::Report(&report), &Pictures::default()).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let expected = serde_json::json!({
            "strategy": "async_get", "requests": 10, "column": "median", "at_most": 0.1, "at_least": null,
            "value": 0.102, "passed": false,
            "text": "async_get at 10 requests: median 102 ms, at most 100 ms: failed",
        });
        assert_eq!(json["checks"][1], expected);
        assert_eq!(json["checks"].as_array().unwrap().len(), 9);
    }

    #[test]
    fn without_a_valid_sample_a_check_fails_whatever_it_demands() {
        let builder = RunBuilder::new().strategy("a", "async", None);
        let mut run = builder
            .sample(0, 10, 1.0)
            .also(|row| {
                (row.status, row.failed) = (SampleStatus::Failed, Some(0));
                row.error = "refused: 10 of 10 requests".to_owned();
            })
            .run();
        let told = told(&mut run, vec![threshold("a", Measure::Failed, Bound::AtMost, 5.0)]);
        assert_eq!(
            told,
            ["a at 10 requests: no failed, at most 5: failed, no sample is valid (refused: 10 of 10 requests)"]
        );
    }
}
