//! Durations by strategy and request count, and the run that they make.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::{Durations, Nanos, RequestCount, Run, SampleRow, StrategyLine};
use crate::rows::Header;

/// Columns that every table has.
pub(super) const REQUIRED: [&str; 3] = ["strategy", "requests", "duration_s"];

/// Durations of which nothing else is known.
#[derive(Default)]
pub(crate) struct Table {
    /// In order of appearance.
    names: Vec<String>,
    strategy_indices: HashMap<String, usize>,
    /// Rows that are in no part yet.
    rows: Vec<((usize, RequestCount), Nanos)>,
    /// What stands before them, with the indices that the strategies of each part have here.
    parts: Vec<(Durations, Vec<usize>)>,
}

/// Rows that become a part at once.
const PART_ROWS: usize = 1 << 16;

impl Table {
    /// Adds a row.
    pub(super) fn add(&mut self, name: &str, requests: RequestCount, duration: Nanos) {
        let strategy_index = self.strategy_index(name);
        self.rows.push(((strategy_index, requests), duration));
        if self.rows.len() == PART_ROWS {
            self.finish_part();
        }
    }

    /// Adds rows of these strategies.
    pub(super) fn add_part(&mut self, names: &[String], durations: Durations) {
        let indices = names.iter().map(|name| self.strategy_index(name)).collect();
        self.parts.push((durations, indices));
    }

    fn finish_part(&mut self) {
        let durations = Durations::of_rows(std::mem::take(&mut self.rows));
        self.parts.push((durations, (0..self.names.len()).collect()));
    }

    fn strategy_index(&mut self, name: &str) -> usize {
        self.strategy_indices.get(name).copied().unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.strategy_indices.insert(name.to_owned(), self.names.len() - 1);
            self.names.len() - 1
        })
    }

    /// How many strategies it has.
    pub(super) fn strategies(&self) -> usize {
        self.names.len()
    }

    /// The run of these durations and of rows of which more is known.
    pub(crate) fn run(mut self, samples: Vec<SampleRow>) -> Run {
        self.finish_part();
        let durations = Durations::of_parts(&std::mem::take(&mut self.parts));
        let line =
            |name| StrategyLine { name, kind: String::new(), workers: None, model: None, bound: None, target: None };
        let mut strategies = self.names.into_iter().map(line).collect();
        add_unknown(&mut strategies, &samples);
        let more = durations.keys().iter().map(|(_, requests)| *requests);
        let mut counts: Vec<RequestCount> = counts(&samples).into_iter().chain(more).collect();
        counts.sort_unstable();
        counts.dedup();
        Run { strategies, counts, samples, durations, ..Run::default() }
    }
}

/// Whether a table that has what is required has no other column of a sample: its rows are durations and no samples.
pub(super) fn is_bare(header: &Header) -> bool {
    header.missing(usize::MAX).count() + REQUIRED.len() == header.width()
}

/// Appends a line for every strategy that only the rows know, in order of appearance.
pub(crate) fn add_unknown(lines: &mut Vec<StrategyLine>, samples: &[SampleRow]) {
    let mut known: HashSet<String> = lines.iter().map(|line| line.name.clone()).collect();
    for sample in samples {
        if !known.contains(&sample.strategy) {
            known.insert(sample.strategy.clone());
            let (name, kind) = (sample.strategy.clone(), sample.kind.clone());
            lines.push(StrategyLine { name, kind, workers: sample.workers, model: None, bound: None, target: None });
        }
    }
}

/// Every request count, ascending.
pub(crate) fn counts(samples: &[SampleRow]) -> Vec<RequestCount> {
    samples.iter().map(|sample| sample.requests).collect::<BTreeSet<_>>().into_iter().collect()
}
