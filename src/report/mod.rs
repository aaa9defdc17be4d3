//! Run → report: every number that a chart, a table or a page shows, computed once. A run flows in, cells with their
//! statistics and caveats flow out. Pure: knows nothing of files, charts or the terminal. What was not measured is
//! absent: a missing cell has no entry, a missing number is `None`.

mod answer;
mod caveat;
mod caveats;
mod cell;
mod check;
mod conditions;
mod connecting;
mod findings;
mod ideal;
mod points;
mod record;
mod reference;
mod status_counts;
#[cfg(test)]
pub(crate) mod testkit;

use std::collections::HashMap;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

pub use answer::{Fastest, Lead, RankedStrategy};
pub use caveat::{Caveat, CaveatKind};
pub use cell::{Cell, FEWEST_FOR_INTERVAL, cell_seed, is_precise};
pub use check::{CheckResult, NoValue};
pub use findings::{Finding, FindingKind, FindingTopic, GrowthShape, LineFit, NEAR, StrategyOrder};
pub use points::Points;
pub use record::{CellRecord, Cost, Excluded, Latency, Recorded, Stopped};
pub use reference::{ReferenceCell, ReferenceLine};
pub use status_counts::StatusCounts;

use crate::model::{CellKey, Facts, Phase, RequestCount, Run, SampleRow, StrategyLine, Varied};
use crate::stats;
use record::Samples;

/// All numbers about one run. Borrows what the run already holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Report<'run> {
    /// What the manifest knows.
    pub facts: &'run Facts,
    /// Strategies; the index decides colour and marker.
    pub strategies: &'run [StrategyLine],
    /// Request counts, ascending.
    pub counts: &'run [RequestCount],
    /// Index of the strategy that speed-ups refer to: the first of kind `sequential`, else the first; `None` without
    /// strategies.
    pub baseline: Option<usize>,
    /// Cells that were measured at least once, by strategy, then by count.
    pub cells: Vec<Cell<'run>>,
    /// Lines that were measured elsewhere, in the order of the config.
    pub references: Vec<ReferenceLine<'run>>,
    /// What a reader should know before trusting the numbers.
    pub caveats: Vec<Caveat>,
    /// Whether the numbers meet what the config demands, in its order.
    pub checks: Vec<CheckResult<'run>>,
    /// Whether the memory of all processes together is known wherever that of the largest one is.
    pub knows_all_memory: bool,
    /// Which strategy is fastest; `None` where no sample is valid.
    pub answer: Option<Fastest>,
    /// What the numbers say, by kind.
    pub findings: Vec<Finding>,
}

impl<'run> Report<'run> {
    /// Computes the report. Rows whose strategy is not among the run's strategies belong to no cell. Cost: n·log n in
    /// samples and requests, and up to 400 000 random draws for each cell; cells are computed side by side, each with a
    /// seed of its own, so that the result does not depend on how many at once.
    #[must_use]
    pub fn of(run: &'run Run) -> Self {
        let baseline = (!run.strategies.is_empty())
            .then(|| run.strategies.iter().position(|line| line.kind == "sequential").unwrap_or(0));
        let mut cells = cells(run);
        add_speedups(&mut cells, baseline);
        if let Some(repeats) = run.facts.repeats {
            cells.iter_mut().for_each(|cell| cell.explain_stop(repeats, run.facts.seed));
        }
        let about_ideals = ideal::check(&run.facts, &run.strategies, &mut cells);
        let caveats = caveats::of(run, &cells, about_ideals);
        let findings = findings::of(&run.strategies, &cells);
        let answer = Fastest::of(&cells);
        let checks = check::results(&run.facts, &run.strategies, &cells);
        let costs = || cells.iter().map(|cell| &cell.recorded.cost);
        let knows_all_memory = costs().any(|cost| cost.total_rss_bytes.is_some())
            && costs().all(|cost| cost.peak_rss_bytes.is_none() || cost.total_rss_bytes.is_some());
        Self {
            facts: &run.facts,
            strategies: &run.strategies,
            counts: &run.counts,
            baseline,
            cells,
            references: reference::lines(&run.facts.references, &run.strategies),
            caveats,
            checks,
            knows_all_memory,
            answer,
            findings,
        }
    }

    /// The cell of a strategy at a count, where it was measured.
    #[must_use]
    pub fn cell(&self, strategy_index: usize, requests: RequestCount) -> Option<&Cell<'run>> {
        let found = self.cells.binary_search_by_key(&(strategy_index, requests), Cell::key);
        found.ok().map(|index| &self.cells[index])
    }

    /// The cells of one strategy, by count.
    #[must_use]
    pub fn cells_of(&self, strategy_index: usize) -> &[Cell<'run>] {
        let start = self.cells.partition_point(|cell| cell.strategy_index < strategy_index);
        let end = self.cells.partition_point(|cell| cell.strategy_index <= strategy_index);
        &self.cells[start..end]
    }
}

/// The cells of a run that were measured at least once, by strategy, then by count: all that follows from their own rows,
/// so no speed-up and not why they stopped. Computed side by side, each with a seed of its own, so that the result does
/// not depend on how many at once. Cost: up to 400 000 random draws for each cell.
#[must_use]
pub fn cells(run: &Run) -> Vec<Cell<'_>> {
    let rows = measured_rows(run);
    let mut keys: Vec<CellKey> = rows.iter().map(|(key, _)| *key).chain(run.durations.keys().iter().copied()).collect();
    keys.sort();
    keys.dedup();
    let cell = |key: CellKey| {
        let own = rows.partition_point(|row| row.0 < key)..rows.partition_point(|row| row.0 <= key);
        let rows = rows[own].iter().map(|(_, row)| *row).collect();
        let samples = Samples { rows, durations: run.durations.of(key) };
        Cell::of(key, &samples, run.requests.get(&key), run.facts.seed)
    };
    let mut cells: Vec<_> = keys.into_par_iter().map(cell).collect();
    cells.iter_mut().for_each(|cell| cell.counts_requests = run.facts.varied == Varied::Requests);
    for record in cells.iter_mut().filter_map(|cell| cell.recorded.known()) {
        record.cost.cores = record.cost.cores.filter(|busy| conditions::has_cores(&run.facts, *busy));
    }
    cells
}

/// Measured samples (no warm-ups) by strategy and count, in the order measured.
fn measured_rows(run: &Run) -> Vec<(CellKey, &SampleRow)> {
    let lines = run.strategies.iter().enumerate().rev();
    let strategy_indices: HashMap<&str, usize> = lines.map(|(index, line)| (line.name.as_str(), index)).collect();
    let measured = run.samples.iter().filter(|row| row.phase == Phase::Measure);
    let keyed = measured.filter_map(|row| Some(((*strategy_indices.get(row.strategy.as_str())?, row.requests), row)));
    let mut rows: Vec<_> = keyed.collect();
    rows.sort_by_key(|(key, _)| *key);
    rows
}

/// Speed-up = median of the baseline at the same count / own median.
fn add_speedups(cells: &mut [Cell<'_>], baseline: Option<usize>) {
    let of_baseline = cells.iter().filter(|cell| Some(cell.strategy_index) == baseline);
    let medians: Vec<(RequestCount, f64)> =
        of_baseline.filter_map(|cell| Some((cell.requests, cell.median()?))).collect();
    for line in cells.chunk_by_mut(|one, other| one.strategy_index == other.strategy_index) {
        // Both ascend.
        let mut medians = medians.iter().peekable();
        for cell in line {
            while medians.next_if(|(requests, _)| *requests < cell.requests).is_some() {}
            let base = medians.peek().filter(|(requests, _)| *requests == cell.requests);
            cell.speedup = base.and_then(|(_, base)| stats::quotient(*base, cell.median()?));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Report;
    use super::testkit::{RunBuilder, article};

    #[test]
    fn cells_stand_by_strategy_and_count() {
        let run = article(3);
        let report = Report::of(&run);
        assert_eq!(report.cells.len(), 20);
        assert!(report.cells.is_sorted_by_key(super::Cell::key));
        assert_eq!(report.cell(3, 50).map(super::Cell::key), Some((3, 50)));
        assert_eq!(report.cell(3, 51), None);
        assert_eq!(report.cells_of(1).iter().map(|cell| cell.requests).collect::<Vec<_>>(), [10, 20, 30, 40, 50]);
        assert!(report.cells_of(9).is_empty());
    }

    #[test]
    fn speedups_refer_to_the_first_sequential_strategy_or_the_first() {
        for (kinds, strategy_index) in [(["async", "sequential"], 1), (["", ""], 0), (["thread-pool", "async"], 0)] {
            let builder = RunBuilder::new().strategy("a", kinds[0], None).strategy("b", kinds[1], None);
            let run = builder.sample(0, 10, 1.0).sample(1, 10, 4.0).sample(1, 20, 8.0).run();
            let report = Report::of(&run);
            assert_eq!(report.baseline, Some(strategy_index), "{kinds:?}");
            let expected =
                if strategy_index == 1 { [Some(4.0), Some(1.0), Some(1.0)] } else { [Some(1.0), Some(0.25), None] };
            assert_eq!(report.cells.iter().map(|cell| cell.speedup).collect::<Vec<_>>(), expected, "{kinds:?}");
        }
    }

    #[test]
    fn an_empty_run_has_an_empty_report() {
        let run = crate::model::Run::default();
        let report = Report::of(&run);
        assert!(
            report.cells.is_empty()
                && report.caveats.is_empty()
                && report.findings.is_empty()
                && report.baseline.is_none()
        );
    }
}
