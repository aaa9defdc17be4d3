//! `--dry-run`: every cell with its predicted time, the order, and the whole. Sends nothing, writes nothing.

use std::fmt::Write;

use super::capacity::{Capacity, told};
use crate::config::{Overlap, Sweep};
use crate::document::{self, DataTable, TableColumn, TableValue};
use crate::format::shown;
use crate::model::figure::Unit;
use crate::model::{Nanos, Phase};
use crate::plan::{self, Plan};
use crate::sweep;

/// The plan as text.
pub(super) fn text(config: &Sweep, plan: &Plan, capacity: &Capacity) -> String {
    let mut text = cells(config);
    if !capacity.not_run.is_empty() {
        text.push_str("\nNot run:\n");
    }
    for cell in &capacity.not_run {
        let _ = writeln!(text, "  {}", told(cell));
    }
    text.push_str("\nOrder:\n");
    let digits = plan.samples.len().to_string().len();
    for sample in &plan.samples {
        let name = shown(&config.strategies[sample.strategy].name, 40);
        let phase = if sample.phase == Phase::Warmup { "warm-up" } else { "repeat" };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  {:>digits$}. {name}, n = {}, {phase} {}, {}",
            sample.sequence,
            sample.requests,
            sample.repeat,
            predicted(sample.predicted)
        );
    }
    let (samples, together) = (plan.samples.len(), predicted(sweep::predicted(config, plan)));
    let _ = match config.overlap {
        Overlap::Off => writeln!(
            text,
            "\n{samples} samples, predicted to take {together} in all, plus the start of each sample's process."
        ),
        Overlap::Auto => writeln!(
            text,
            "\n{samples} samples, {} one after another, predicted to take {together} side by side.",
            predicted(plan.predicted())
        ),
    };
    text
}

fn cells(sweep: &Sweep) -> String {
    let time = |heading| TableColumn::number(heading, Unit::Seconds);
    let count = |heading| TableColumn::number(heading, Unit::Count);
    let columns = vec![
        TableColumn::name("Strategy"),
        TableColumn::text("Kind"),
        count("Requests"),
        count("Samples"),
        time("Predicted each"),
        time("Predicted in all"),
    ];
    let mut table = DataTable::new("Plan", columns);
    let samples = u64::from(sweep.warmup + sweep.repeats.max);
    for strategy in &sweep.strategies {
        for &requests in sweep.requests.iter().filter(|requests| strategy.runs(**requests)) {
            let each = sweep.target.delay().map(|delay| plan::ideal(&sweep.target, strategy, requests, delay));
            table.row([
                strategy.name.as_str().into(),
                strategy.kind.info().name.into(),
                requests.into(),
                TableValue::Number(samples as f64),
                predicted(each).into(),
                predicted(each.map(|each| each * samples)).into(),
            ]);
        }
    }
    document::table(&table)
}

fn predicted(time: Option<Nanos>) -> String {
    time.map_or_else(|| "unknown".to_owned(), Nanos::human)
}
