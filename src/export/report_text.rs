//! What a page about a run tells, in its order, as plain text: pages differ only in how they mark it up and escape it.
//! Nothing here is computed; numbers of the report become words.

use crate::format::{command_line, counted, requests};
use crate::model::figure::Unit;
use crate::model::{Facts, Nanos, StrategyLine, Target};
use crate::report::{Cell, Finding, FindingKind, Report};

/// Headings of the table's columns.
pub(super) const COLUMNS: [&str; 12] = [
    "Strategy",
    "Requests",
    "Samples",
    "Median",
    "95 % interval",
    "Ideal",
    "Overhead",
    "Speed-up",
    "Requests/s",
    "CPU time",
    "Memory",
    "Threads",
];

/// Everything a page tells.
pub(super) struct ReportText<'a> {
    pub(super) title: &'a str,
    /// When, where and how much, in a sentence.
    pub(super) lead: String,
    /// Headings and the findings under each; no heading without one.
    pub(super) findings: Vec<(&'static str, Vec<&'a Finding>)>,
    pub(super) rows: Vec<Row>,
    pub(super) failures: Vec<FailedSample<'a>>,
    /// Whom it is about, the evidence, the advice.
    pub(super) caveats: Vec<(String, &'a str, &'a str)>,
    /// What was measured how: name and text.
    pub(super) method: Vec<(&'static str, String)>,
    /// The command that measured; `None` where nobody noted it.
    pub(super) command: Option<String>,
}

/// One cell of the run: a row of the table.
pub(super) struct Row {
    /// Index of its strategy.
    pub(super) strategy_index: usize,
    /// Texts of [`COLUMNS`], the name first; empty where nobody measured.
    pub(super) texts: [String; COLUMNS.len()],
    /// The numbers behind the texts, for sorting.
    pub(super) numbers: [Option<f64>; COLUMNS.len()],
}

/// Samples of one cell that do not count.
pub(super) struct FailedSample<'a> {
    pub(super) name: &'a str,
    pub(super) requests: u32,
    /// `2 timeout, 1 void`.
    pub(super) what: String,
    /// The first reason; empty where none is known.
    pub(super) why: &'a str,
}

impl<'a> ReportText<'a> {
    pub(super) fn of(report: &'a Report<'_>) -> Self {
        let facts = report.facts;
        Self {
            title: if facts.title.is_empty() { "Report" } else { &facts.title },
            lead: lead(report),
            findings: findings(report),
            rows: report.cells.iter().map(|cell| Row::of(report, cell)).chain(elsewhere(report)).collect(),
            failures: report.cells.iter().filter_map(|cell| FailedSample::of(report, cell)).collect(),
            caveats: report
                .caveats
                .iter()
                .map(|caveat| {
                    let name = caveat
                        .strategy_index
                        .map_or_else(String::new, |strategy_index| report.strategies[strategy_index].name.clone());
                    (name, caveat.evidence.as_str(), caveat.advice.as_str())
                })
                .collect(),
            method: method(report),
            command: (!facts.command.is_empty()).then(|| command_line(&facts.command)),
        }
    }
}

fn lead(report: &Report<'_>) -> String {
    let samples: usize = report.cells.iter().map(|cell| cell.points.len()).sum();
    let failed: u32 = report.cells.iter().map(|cell| cell.statuses.not_ok()).sum();
    let strategies = counted(report.strategies.len(), "strategy", "strategies");
    let counts = match report.counts {
        [] => "no request count".to_owned(),
        [one] => requests(*one),
        [first, .., last] => format!("{first} to {last} requests"),
    };
    let failed = if failed > 0 { format!(", {failed} more failed") } else { String::new() };
    format!("{strategies}, {counts}, {} that count{failed}.", counted(samples, "sample", "samples"))
}

fn findings<'a>(report: &'a Report<'_>) -> Vec<(&'static str, Vec<&'a Finding>)> {
    let of = |kind: FindingKind| report.findings.iter().filter(move |finding| finding.kind == kind).collect();
    let groups = FindingKind::ALL.into_iter().map(|kind| (kind.title(), of(kind)));
    groups.filter(|(_, findings): &(_, Vec<_>)| !findings.is_empty()).collect()
}

impl Row {
    fn of(report: &Report<'_>, cell: &Cell<'_>) -> Self {
        let name = report.strategies[cell.strategy_index].name.as_str();
        let shown = [
            (Some(cell.requests.into()), Unit::Count),
            (Some(cell.points.len() as f64), Unit::Count),
            (cell.median(), Unit::Seconds),
            (cell.interval.map(|interval| interval.high - interval.low), Unit::Seconds),
            (cell.ideal_s, Unit::Seconds),
            (cell.overhead_s, Unit::Seconds),
            (cell.speedup, Unit::Ratio),
            (cell.throughput_rps, Unit::PerSecond),
            (cell.cost.cpu_s, Unit::Seconds),
            (cell.cost.peak_rss_bytes, Unit::Bytes),
            (cell.cost.threads.map(f64::from), Unit::Count),
        ];
        let mut texts: [String; COLUMNS.len()] = std::array::from_fn(|_| String::new());
        let mut numbers = [None; COLUMNS.len()];
        texts[0] = name.to_owned();
        for (column, (number, unit)) in (1..).zip(shown) {
            numbers[column] = number;
            texts[column] = number.map_or_else(String::new, |number| unit.text(number));
        }
        // The heading says the unit.
        texts[8] = texts[8].trim_end_matches(" per second").to_owned();
        texts[4] = cell.interval.map_or_else(String::new, |interval| {
            format!("{} – {}", Unit::Seconds.text(interval.low), Unit::Seconds.text(interval.high))
        });
        if let Some(processes) = cell.cost.processes.filter(|processes| *processes > 1) {
            texts[11] = format!("{} in {processes} processes", texts[11]);
        }
        Self { strategy_index: cell.strategy_index, texts, numbers }
    }
}

/// Rows of what was measured elsewhere.
fn elsewhere<'a>(report: &'a Report<'_>) -> impl Iterator<Item = Row> + 'a {
    let cells = report.references.iter().flat_map(|line| line.cells.iter().map(move |cell| (line, cell)));
    cells.map(|(line, cell)| {
        let mut row = Row {
            strategy_index: line.strategy_index,
            texts: std::array::from_fn(|_| String::new()),
            numbers: [None; COLUMNS.len()],
        };
        row.texts[0] = format!("{} (measured elsewhere)", line.about.name);
        for (column, number, unit) in [
            (1, Some(cell.requests.into()), Unit::Count),
            (2, Some(cell.samples as f64), Unit::Count),
            (3, Some(cell.median_s), Unit::Seconds),
            (8, cell.throughput_rps(), Unit::PerSecond),
        ] {
            row.numbers[column] = number;
            let text = number.map_or_else(String::new, |number| unit.text(number));
            row.texts[column] = text.trim_end_matches(" per second").to_owned();
        }
        row
    })
}

impl<'a> FailedSample<'a> {
    fn of(report: &'a Report<'_>, cell: &'a Cell<'_>) -> Option<Self> {
        let counts = cell.statuses;
        let kinds = [
            (counts.partial, "partial"),
            (counts.failed, "failed"),
            (counts.timeout, "timeout"),
            (counts.void, "void"),
        ];
        let told = kinds.into_iter().filter(|(number, _)| *number > 0).map(|(number, kind)| format!("{number} {kind}"));
        let what = told.collect::<Vec<_>>().join(", ");
        let why = cell.excluded.iter().map(|sample| sample.error).find(|error| !error.is_empty()).unwrap_or_default();
        let name = report.strategies[cell.strategy_index].name.as_str();
        (!what.is_empty()).then_some(Self { name, requests: cell.requests, what, why })
    }
}

fn method(report: &Report<'_>) -> Vec<(&'static str, String)> {
    let facts = report.facts;
    let counts: Vec<String> = report.counts.iter().map(u32::to_string).collect();
    let lines: Vec<String> = report.strategies.iter().map(strategy).collect();
    let baseline = report
        .baseline
        .map(|strategy_index| format!("Speed-ups are against {}.", report.strategies[strategy_index].name));
    let medians = "Medians of the samples that count, set-up included; their 95 % intervals come from the samples.";
    [
        ("Target", facts.target.as_ref().map(target)),
        ("Strategies", Some(lines.join("; "))),
        ("Requests", Some(counts.join(", "))),
        ("Repeats", repeats(facts)),
        ("Order", Some(order(&facts.order).to_owned())),
        ("Numbers", Some([Some(medians.to_owned()), baseline].into_iter().flatten().collect::<Vec<_>>().join(" "))),
        ("Machine", Some(facts.machine.clone())),
        ("Limits", Some(facts.limits.clone())),
        ("Measured", period(facts)),
        ("Seed", facts.target.as_ref().map(|_| facts.seed.to_string())),
        ("Run", Some(facts.run_id.clone())),
        ("Source tree", Some(facts.source.clone())),
        ("Version", Some(facts.tool_version.clone()).filter(|v| !v.is_empty()).map(|v| format!("reportgen {v}"))),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, text.filter(|text| !text.is_empty())?)))
    .collect()
}

fn strategy(line: &StrategyLine) -> String {
    let workers = line.workers.map(|workers| counted(workers as usize, "worker", "workers"));
    let about: Vec<String> =
        [Some(line.kind.clone()).filter(|kind| !kind.is_empty()), workers].into_iter().flatten().collect();
    if about.is_empty() { line.name.clone() } else { format!("{} ({})", line.name, about.join(", ")) }
}

/// Passwords, header values and the body stay out: pages are published.
fn target(target: &Target) -> String {
    match target {
        Target::Delay(delay) => {
            let jitter = (delay.jitter > Nanos::ZERO).then(|| format!(" ± {}", delay.jitter.human()));
            let failures =
                (delay.failure_rate > 0.0).then(|| format!(", {} of them fail", Unit::Share.text(delay.failure_rate)));
            let limit =
                (delay.max_concurrent > 0).then(|| format!(", at most {} served at once", delay.max_concurrent));
            let extras: String = [jitter, failures, limit].into_iter().flatten().collect();
            format!("the embedded server, which waits {} before each response{extras}", delay.delay.human())
        }
        Target::Url(url) => {
            let names: Vec<&str> = url.headers.iter().map(|(name, _)| name.as_str()).collect();
            let headers = if names.is_empty() { String::new() } else { format!(", with headers {}", names.join(", ")) };
            format!("{} {}, expecting status {}{headers}", url.method, url.shown_url(), url.expect_status)
        }
        Target::Sleep { delay } => format!("no server: each request is a sleep of {}", delay.human()),
    }
}

/// The word of the manifest in a sentence; empty where nobody noted it.
fn order(word: &str) -> &str {
    match word {
        "interleaved" => "each repeat visits all cells in a random order, drawn from the seed",
        "listed" => "as the config lists the cells, one after another",
        other => other,
    }
}

fn repeats(facts: &Facts) -> Option<String> {
    let repeats = facts.repeats?;
    Some(match repeats.precision {
        None => format!("{} of each cell", repeats.min),
        Some(share) => format!(
            "{} to {} of each cell, until the interval is at most {} of the median wide",
            repeats.min,
            repeats.max,
            Unit::Share.text(share)
        ),
    })
}

fn period(facts: &Facts) -> Option<String> {
    let started = Some(facts.started_at.as_str()).filter(|time| !time.is_empty())?;
    Some(if facts.ended_at.is_empty() { format!("from {started}") } else { format!("{started} to {}", facts.ended_at) })
}

#[cfg(test)]
mod tests {
    use super::{ReportText, target};
    use crate::model::{Repeats, SampleStatus, Target, UrlTarget};
    use crate::report::Report;
    use crate::report::testkit::{Sketch, article};

    #[test]
    fn the_article_is_told_in_full() {
        let mut run = article(3);
        run.facts.repeats = Some(Repeats::fixed(3));
        (run.facts.order, run.facts.limits) = ("interleaved".into(), "1024 open files".into());
        run.facts.command = ["reportgen", "--config", "my sweep.toml"].map(str::to_owned).to_vec();
        let report = Report::of(&run);
        let story = ReportText::of(&report);
        assert_eq!(story.lead, "4 strategies, 10 to 50 requests, 60 samples that count.");
        assert_eq!(
            story.rows[19].texts,
            [
                "async_get",
                "50",
                "3",
                "102 ms",
                "101 ms – 103 ms",
                "100 ms",
                "2 ms",
                "49×",
                "490",
                "10 ms",
                "8 MiB",
                "50"
            ]
        );
        assert_eq!(story.command.as_deref(), Some("reportgen --config 'my sweep.toml'"));
        let method: Vec<&str> = story.method.iter().map(|(name, _)| *name).collect();
        assert_eq!(method, ["Target", "Strategies", "Requests", "Repeats", "Order", "Numbers", "Limits", "Seed"]);
        assert!(story.method.contains(&("Repeats", "3 of each cell".to_owned())));
        assert!(story.failures.is_empty());
    }

    #[test]
    fn what_failed_is_told_by_cell_with_its_first_reason() {
        let failed = |status, error: &'static str| {
            move |row: &mut crate::model::SampleRow| (row.status, row.error) = (status, error.to_owned())
        };
        let sketch = Sketch::new().strategy("a", "async", None);
        let sketch = sketch.sample(0, 10, 1.0).also(failed(SampleStatus::Timeout, ""));
        let run = sketch.sample(0, 10, 1.0).also(failed(SampleStatus::Void, "server saw 9")).run();
        let report = Report::of(&run);
        let story = ReportText::of(&report);
        let told: Vec<_> = story.failures.iter().map(|f| (f.name, f.requests, f.what.as_str(), f.why)).collect();
        assert_eq!(told, [("a", 10, "1 timeout, 1 void", "server saw 9")]);
        assert_eq!(story.lead, "1 strategy, 10 requests, 0 samples that count, 2 more failed.");
    }

    #[test]
    fn secrets_of_a_target_stay_out() {
        let told = target(&Target::Url(UrlTarget {
            url: "http://me:secret@host/x".into(),
            method: "GET".into(),
            body: String::new(),
            expect_status: 200,
            headers: vec![("Authorization".into(), "Bearer secret".into())],
        }));
        assert!(told.contains("host/x"), "{told}");
        assert!(told.contains("Authorization"), "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
}
