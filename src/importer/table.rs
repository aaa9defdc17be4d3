//! Durations by strategy and request count, and the run that they make.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::model::{Nanos, RequestCount, Run, SampleRow, StrategyLine};
use crate::rows::Header;

/// Columns that every table has.
pub(super) const REQUIRED: [&str; 3] = ["strategy", "requests", "duration_s"];

/// Durations of which nothing else is known.
#[derive(Default)]
pub(crate) struct Table {
    /// In order of appearance.
    names: Vec<String>,
    strategy_indices: HashMap<String, usize>,
    durations: BTreeMap<(usize, RequestCount), Vec<Nanos>>,
}

impl Table {
    pub(super) fn add(&mut self, name: &str, requests: RequestCount, durations: &[Nanos]) {
        let strategy_index = self.strategy_indices.get(name).copied().unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.strategy_indices.insert(name.to_owned(), self.names.len() - 1);
            self.names.len() - 1
        });
        self.durations.entry((strategy_index, requests)).or_default().extend_from_slice(durations);
    }

    /// How many strategies it has.
    pub(super) fn strategies(&self) -> usize {
        self.names.len()
    }

    /// The run of these durations and of rows of which more is known.
    pub(crate) fn run(self, samples: Vec<SampleRow>) -> Run {
        let line =
            |name| StrategyLine { name, kind: String::new(), workers: None, model: None, bound: None, target: None };
        let mut strategies = self.names.into_iter().map(line).collect();
        add_unknown(&mut strategies, &samples);
        let more = self.durations.keys().map(|(_, requests)| *requests);
        let counts = counts(&samples).into_iter().chain(more).collect::<BTreeSet<_>>().into_iter().collect();
        Run { strategies, counts, samples, durations: self.durations, ..Run::default() }
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
