//! Durations of which nothing else is known, by cell: a table may hold millions of them, in as many cells.

use crate::model::units::{Nanos, RequestCount};

/// A strategy's index and a request count.
pub type CellKey = (usize, RequestCount);

/// Durations by (index of a strategy, request count), in the order measured. Memory: 8 bytes for each duration, 24 for each
/// cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Durations {
    /// Ascending.
    keys: Vec<CellKey>,
    /// Where the values of each key end.
    ends: Vec<usize>,
    values: Vec<Nanos>,
}

impl Durations {
    /// Of rows in the order measured. Cost: n·log n; n where they stand by strategy and count.
    #[must_use]
    pub fn of_rows(mut rows: Vec<(CellKey, Nanos)>) -> Self {
        rows.sort_by_key(|(key, _)| *key);
        let mut all = Self::default();
        for cell in rows.chunk_by(|one, other| one.0 == other.0) {
            all.push(cell[0].0, cell.iter().map(|(_, duration)| *duration));
        }
        all
    }

    /// Several parts of a table, in their order, put together: each with the indices that its strategies have in the whole.
    /// Cost: n·log n in cells, n in durations.
    #[must_use]
    pub fn of_parts(parts: &[(Self, Vec<usize>)]) -> Self {
        let mut cells: Vec<(CellKey, usize, usize)> = Vec::new();
        for (part, (durations, indices)) in parts.iter().enumerate() {
            let keys = durations.keys.iter().map(|(index, requests)| (indices[*index], *requests));
            cells.extend(keys.zip(0..).map(|(key, at)| (key, part, at)));
        }
        // Parts ascend, so few steps are left.
        cells.sort();
        let values = parts.iter().map(|(durations, _)| durations.values.len()).sum();
        let mut all = Self { values: Vec::with_capacity(values), ..Self::default() };
        for cell in cells.chunk_by(|one, other| one.0 == other.0) {
            all.push(cell[0].0, cell.iter().flat_map(|(_, part, at)| parts[*part].0.values_at(*at)).copied());
        }
        all
    }

    /// A key above all others.
    fn push(&mut self, key: CellKey, values: impl Iterator<Item = Nanos>) {
        self.values.extend(values);
        self.keys.push(key);
        self.ends.push(self.values.len());
    }

    /// Cells with a duration, ascending.
    #[must_use]
    pub fn keys(&self) -> &[CellKey] {
        &self.keys
    }

    /// The durations of a cell; none of a cell without.
    #[must_use]
    pub fn of(&self, key: CellKey) -> &[Nanos] {
        self.keys.binary_search(&key).map_or(&[], |at| self.values_at(at))
    }

    /// Each cell with its durations, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (CellKey, &[Nanos])> {
        self.keys.iter().copied().zip((0..).map(|at| self.values_at(at)))
    }

    fn values_at(&self, at: usize) -> &[Nanos] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.values[start..self.ends[at]]
    }
}

#[cfg(test)]
mod tests {
    use super::{Durations, Nanos};

    fn rows(rows: &[(usize, u32, u64)]) -> Durations {
        Durations::of_rows(rows.iter().map(|(index, requests, nanos)| ((*index, *requests), Nanos(*nanos))).collect())
    }

    #[test]
    fn rows_stand_by_cell_in_the_order_measured() {
        let durations = rows(&[(1, 10, 5), (0, 20, 4), (1, 10, 3), (0, 10, 9), (1, 10, 4)]);
        assert_eq!(durations.keys(), [(0, 10), (0, 20), (1, 10)]);
        assert_eq!(durations.of((1, 10)), [5, 3, 4].map(Nanos));
        assert_eq!((durations.of((1, 20)), durations.of((2, 1))), (&[][..], &[][..]));
        let all: Vec<usize> = durations.iter().map(|(_, values)| values.len()).collect();
        assert_eq!(all, [1, 1, 3]);
    }

    #[test]
    fn parts_with_other_indices_are_as_one_table() {
        let first = rows(&[(0, 10, 1), (1, 10, 2), (0, 10, 3)]);
        // Its first strategy is the second of the whole.
        let second = rows(&[(0, 10, 4), (1, 10, 5), (1, 20, 6)]);
        let whole = rows(&[(0, 10, 1), (1, 10, 2), (0, 10, 3), (1, 10, 4), (0, 10, 5), (0, 20, 6)]);
        assert_eq!(Durations::of_parts(&[(first, vec![0, 1]), (second, vec![1, 0])]), whole);
        assert_eq!(Durations::of_parts(&[]), Durations::default());
    }
}
