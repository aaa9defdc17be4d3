//! `--dry-run`: every cell with its predicted time, the order, and the whole. Sends nothing, writes nothing.

use std::fmt::Write;

use super::capacity::{Capacity, told};
use crate::config::{Overlap, Sweep};
use crate::model::{Nanos, Phase};
use crate::plan::{self, Plan};
use crate::sweep;
use crate::terminal::{self, shown};

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
    let header = ["strategy", "kind", "requests", "samples", "predicted each", "predicted in all"];
    let samples = u64::from(sweep.warmup + sweep.repeats.max);
    let rows = sweep.strategies.iter().flat_map(|strategy| {
        sweep.requests.iter().filter(|requests| strategy.runs(**requests)).map(move |&requests| {
            let each = sweep.target.delay().map(|delay| plan::ideal(&sweep.target, strategy, requests, delay));
            vec![
                shown(&strategy.name, 40),
                strategy.kind.info().name.to_owned(),
                requests.to_string(),
                samples.to_string(),
                predicted(each),
                predicted(each.map(|each| each * samples)),
            ]
        })
    });
    terminal::columns(&header, rows)
}

fn predicted(time: Option<Nanos>) -> String {
    time.map_or_else(|| "unknown".to_owned(), Nanos::human)
}
