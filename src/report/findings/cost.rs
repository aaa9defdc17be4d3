//! What speed costs: how much of the time the CPU worked, and which of the fast strategies takes least of it.

use super::finding::{Finding, FindingKind, Told};
use crate::format::{percent, requests};
use crate::model::figure::Unit;
use crate::report::cell::Cell;

/// Strategies whose median exceeds the fastest by at most this share count as fast.
const WITHIN: f64 = 0.05;

/// One finding for each strategy, at its largest count; one alone where nobody recorded CPU time.
pub(super) fn waiting(told: &Told<'_>) -> Vec<Finding> {
    let last: Vec<&Cell<'_>> = told.by_line.iter().filter_map(|cells| cells.last().copied()).collect();
    if last.is_empty() {
        return Vec::new();
    }
    let found: Vec<Finding> = last.iter().filter_map(|cell| share(told, cell)).collect();
    if found.is_empty() {
        let text = "CPU time was not recorded: the data can't tell how much of the time was waiting.".to_owned();
        return vec![Finding {
            kind: FindingKind::Waiting,
            settled: false,
            strategy_indices: last.iter().map(|cell| cell.strategy_index).collect(),
            requests: Vec::new(),
            numbers: Vec::new(),
            text,
        }];
    }
    found
}

fn share(told: &Told<'_>, cell: &Cell<'_>) -> Option<Finding> {
    let (cpu, cores, median) = (cell.cost.cpu_s?, cell.cost.cores?, cell.median()?);
    let name = told.name(cell.strategy_index);
    let (all, requests) = (Unit::Seconds.text(median), requests(cell.requests));
    let text = if cores < 1.0 {
        let waited = percent(1.0 - cores, 1);
        format!("{name} waited {waited} of {all} for {requests}: its CPU time is {}.", Unit::Seconds.text(cpu))
    } else {
        format!(
            "{name} kept {cores:.2} cores busy for all of {all} for {requests}: its CPU time is {}.",
            Unit::Seconds.text(cpu)
        )
    };
    let numbers = vec![("cpu_s", cpu), ("cores", cores), ("median_s", median)];
    let (strategy_indices, requests) = (vec![cell.strategy_index], vec![cell.requests]);
    Some(Finding { kind: FindingKind::Waiting, settled: true, strategy_indices, requests, numbers, text })
}

/// The strategy to choose at the largest count that was measured.
pub(super) fn cheapest(told: &Told<'_>) -> Option<Finding> {
    let cells = || told.by_line.iter().copied().flatten().copied();
    let largest = cells().map(|cell| cell.requests).max()?;
    let mut at: Vec<(f64, &Cell<'_>)> =
        cells().filter(|cell| cell.requests == largest).filter_map(|cell| Some((cell.median()?, cell))).collect();
    at.sort_by(|a, b| a.0.total_cmp(&b.0));
    let &(best, fastest) = at.first()?;
    let fast: Vec<(f64, &Cell<'_>)> = at.into_iter().take_while(|(m, _)| *m <= best * (1.0 + WITHIN)).collect();
    let mut paid: Vec<(f64, &Cell<'_>)> = fast.iter().filter_map(|(_, cell)| Some((cell.cost.cpu_s?, *cell))).collect();
    paid.sort_by(|a, b| a.0.total_cmp(&b.0));
    let head = format!(
        "At {} {} is the fastest with {}",
        requests(largest),
        told.name(fastest.strategy_index),
        Unit::Seconds.text(best)
    );
    let mut numbers = vec![("fastest_s", best)];
    numbers.extend(paid.first().map(|(cpu, _)| ("cpu_s", *cpu)));
    let complete = paid.len() == fast.len();
    let text = format!("{head}{}", verdict(told, &fast, &paid));
    let strategy_indices = if complete {
        paid.iter().map(|(_, cell)| cell.strategy_index).collect()
    } else {
        vec![fastest.strategy_index]
    };
    let requests = vec![largest];
    Some(Finding { kind: FindingKind::Cheapest, settled: complete, strategy_indices, requests, numbers, text })
}

fn verdict(told: &Told<'_>, fast: &[(f64, &Cell<'_>)], paid: &[(f64, &Cell<'_>)]) -> String {
    let within = format!("within {} of it", percent(WITHIN, 1));
    if paid.len() < fast.len() {
        return format!("; CPU time was not recorded for all that are {within}, so the data can't tell the cheapest.");
    }
    let cost =
        |(cpu, cell): &(f64, &Cell<'_>)| format!("{} {}", told.name(cell.strategy_index), Unit::Seconds.text(*cpu));
    match paid {
        [] => ".".to_owned(),
        [(cpu, _)] => format!("; no other is {within}. It takes {} of CPU time.", Unit::Seconds.text(*cpu)),
        [(cpu, cell), rest @ ..] => {
            let others: Vec<String> = rest.iter().map(cost).collect();
            let (name, cpu, others) = (told.name(cell.strategy_index), Unit::Seconds.text(*cpu), others.join(", "));
            format!("; of the {} {within}, {name} is the cheapest with {cpu} of CPU time ({others}).", paid.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, FindingKind};
    use crate::model::{Nanos, Run};
    use crate::report::Report;
    use crate::report::testkit::{Sketch, article};

    fn of(run: &Run, kind: FindingKind) -> Vec<Finding> {
        Report::of(run).findings.into_iter().filter(|finding| finding.kind == kind).collect()
    }

    fn three(cpu_ms: [Option<u64>; 3]) -> Run {
        let seconds = [1.0, 1.05, 1.2];
        let sketch = ["a", "b", "c"].iter().fold(Sketch::new(), |sketch, name| sketch.strategy(name, "async", None));
        let samples = cpu_ms.iter().zip(seconds).enumerate();
        let add = |sketch: Sketch, (strategy_index, (cpu, seconds)): (usize, (&Option<u64>, f64))| {
            sketch.sample(strategy_index, 10, seconds).also(|row| {
                (row.cpu_user_s, row.cpu_system_s) = (cpu.map(Nanos::from_millis), Some(Nanos::ZERO));
            })
        };
        samples.fold(sketch, add).run()
    }

    #[test]
    fn waiting_is_told_for_each_strategy_at_its_largest_count() {
        let found = of(&article(3), FindingKind::Waiting);
        assert_eq!(found[0].text, "single_thread waited 99.8 % of 5 s for 50 requests: its CPU time is 10 ms.");
        assert_eq!(found[3].text, "async_get waited 90.2 % of 102 ms for 50 requests: its CPU time is 10 ms.");
        let busy = of(&three([Some(2_000), None, None]), FindingKind::Waiting);
        assert_eq!(busy.len(), 1);
        assert_eq!(busy[0].text, "a kept 2.00 cores busy for all of 1 s for 10 requests: its CPU time is 2 s.");
        let unknown = of(&three([None; 3]), FindingKind::Waiting);
        assert!(unknown.len() == 1 && !unknown[0].settled && unknown[0].text.contains("can't tell"));
    }

    #[test]
    fn the_cheapest_of_the_fast_is_found() {
        for (cpu, settled, text) in [
            (
                [Some(90), Some(40), Some(1)],
                true,
                "At 10 requests a is the fastest with 1 s; of the 2 within 5 % of it, b is the cheapest with 40 ms of \
                 CPU time (a 90 ms).",
            ),
            (
                [Some(90), None, Some(1)],
                false,
                "At 10 requests a is the fastest with 1 s; CPU time was not recorded for all that are within 5 % of \
                 it, so the data can't tell the cheapest.",
            ),
        ] {
            let found = of(&three(cpu), FindingKind::Cheapest);
            assert_eq!((found[0].settled, found[0].text.as_str()), (settled, text));
        }
        let alone = of(&article(3), FindingKind::Cheapest);
        assert_eq!(
            alone[0].text,
            "At 50 requests async_get is the fastest with 102 ms; no other is within 5 % of it. It takes 10 ms of CPU \
             time."
        );
    }
}
