//! `--dry-run`: the whole, every strategy and count with its predicted time, and the order. Sends nothing, writes nothing.

use std::fmt::Write;

use super::capacity::{Capacity, told};
use crate::config::{Overlap, Sweep};
use crate::document::{self, DataTable, TableColumn, TableValue};
use crate::format::{counted, shown};
use crate::model::figure::Unit;
use crate::model::{Nanos, Phase};
use crate::plan::{self, Plan};
use crate::sweep;

/// The plan as text.
pub(super) fn text(config: &Sweep, plan: &Plan, capacity: &Capacity) -> String {
    let whole = whole(config, plan);
    let mut text = format!("{whole}\n{}", cells(config));
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
    text.push_str(&format!("\n{whole}"));
    text
}

/// How many samples, and how long all of them take.
fn whole(config: &Sweep, plan: &Plan) -> String {
    let samples = counted(plan.samples.len(), "sample", "samples");
    let together = predicted(sweep::predicted(config, plan));
    match config.overlap {
        Overlap::Off => format!("{samples}, about {together}, plus the start of each sample's process.\n"),
        Overlap::Auto => {
            format!("{samples}, about {together} side by side, {} one after another.\n", predicted(plan.predicted()))
        }
    }
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
            let each =
                sweep.target.delay().map(|delay| plan::ideal(sweep.target_of(strategy), strategy, requests, delay));
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
