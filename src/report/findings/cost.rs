//! What speed costs: how much of the time the CPU worked, and which of the fast strategies takes least of it.

use super::finding::{Finding, FindingKind, Measurements};
use crate::report::cell::Cell;

/// Strategies whose median exceeds the fastest by at most this share are as good as the fastest.
pub const NEAR: f64 = 0.05;

/// One finding for each strategy, at its largest count; one alone where CPU time was not recorded.
pub(super) fn waiting(measured: &Measurements<'_>) -> Vec<Finding> {
    let last: Vec<&Cell<'_>> = measured.by_line.iter().filter_map(|cells| cells.last().copied()).collect();
    let found: Vec<Finding> = last.iter().filter_map(|cell| cpu_time(cell)).collect();
    if found.is_empty() && !last.is_empty() {
        let strategy_indices = last.iter().map(|cell| cell.strategy_index).collect();
        return vec![Finding { kind: FindingKind::NoCpuTime, settled: false, strategy_indices, requests: Vec::new() }];
    }
    found
}

fn cpu_time(cell: &Cell<'_>) -> Option<Finding> {
    let (cpu_s, cores, median_s) = (cell.recorded.cost.cpu_s?, cell.recorded.cost.cores?, cell.median()?);
    let kind = FindingKind::CpuTime { cpu_s, cores, median_s };
    Some(Finding { kind, settled: true, strategy_indices: vec![cell.strategy_index], requests: vec![cell.requests] })
}

/// The strategy to choose at the largest count that was measured.
pub(super) fn cheapest(measured: &Measurements<'_>) -> Option<Finding> {
    let cells = || measured.by_line.iter().copied().flatten().copied();
    let largest = cells().map(|cell| cell.requests).max()?;
    let mut at: Vec<(f64, &Cell<'_>)> =
        cells().filter(|cell| cell.requests == largest).filter_map(|cell| Some((cell.median()?, cell))).collect();
    at.sort_by(|a, b| a.0.total_cmp(&b.0));
    let &(median_s, fastest) = at.first()?;
    at.retain(|(median, _)| *median <= median_s * (1.0 + NEAR));
    let mut cpu_s: Vec<(usize, f64)> =
        at.iter().filter_map(|(_, cell)| Some((cell.strategy_index, cell.recorded.cost.cpu_s?))).collect();
    cpu_s.sort_by(|a, b| a.1.total_cmp(&b.1));
    let settled = cpu_s.len() == at.len();
    let strategy_indices = if settled {
        cpu_s.iter().map(|(strategy_index, _)| *strategy_index).collect()
    } else {
        vec![fastest.strategy_index]
    };
    let kind = FindingKind::Fastest { strategy_index: fastest.strategy_index, median_s, near: at.len(), cpu_s };
    Some(Finding { kind, settled, strategy_indices, requests: vec![largest] })
}

#[cfg(test)]
mod tests {
    use crate::model::{Nanos, Run};
    use crate::report::testkit::RunBuilder;
    use crate::report::{Finding, FindingKind, FindingTopic, Report};

    fn of(run: &Run, topic: FindingTopic) -> Vec<Finding> {
        Report::of(run).findings.into_iter().filter(|finding| finding.kind.topic() == topic).collect()
    }

    fn three(cpu_ms: [Option<u64>; 3]) -> Run {
        let builder =
            ["a", "b", "c"].iter().fold(RunBuilder::new(), |builder, name| builder.strategy(name, "async", None));
        let samples = cpu_ms.into_iter().zip([1.0, 1.05, 1.2]).enumerate();
        let add = |builder: RunBuilder, (index, (cpu, seconds)): (usize, (Option<u64>, f64))| {
            builder.sample(index, 10, seconds).also(|row| {
                (row.cpu_user_s, row.cpu_system_s) = (cpu.map(Nanos::from_millis), Some(Nanos::ZERO));
            })
        };
        samples.fold(builder, add).run()
    }

    #[test]
    fn those_near_the_fastest_are_ranked_by_cpu_time() {
        let found = of(&three([Some(90), Some(40), Some(1)]), FindingTopic::Cheapest).remove(0);
        assert_eq!((found.settled, found.strategy_indices.as_slice()), (true, &[1, 0][..]));
        let kind =
            FindingKind::Fastest { strategy_index: 0, median_s: 1.0, near: 2, cpu_s: vec![(1, 0.04), (0, 0.09)] };
        assert_eq!(found.kind, kind);
        assert_eq!(found.kind.numbers(), [("fastest_s", 1.0), ("cpu_s", 0.04)]);
    }

    #[test]
    fn without_all_cpu_times_the_cheapest_is_open() {
        let found = of(&three([Some(90), None, Some(1)]), FindingTopic::Cheapest).remove(0);
        assert_eq!((found.settled, found.strategy_indices.as_slice()), (false, &[0][..]));
        let unknown = of(&three([None; 3]), FindingTopic::Waiting).remove(0);
        assert_eq!((unknown.settled, unknown.kind), (false, FindingKind::NoCpuTime));
        assert_eq!(unknown.strategy_indices, [0, 1, 2]);
    }
}
