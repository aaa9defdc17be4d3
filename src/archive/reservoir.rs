//! A reservoir sample of a run's requests as they are read: all their times by cell, and enough of each first repeat to
//! draw it. What would grow without end is selected evenly: by index, spread so that no worker's turn is favoured.

use rayon::prelude::ParallelSliceMut;

use crate::model::{CellRequests, Outcome};

/// Up to this many requests of a cell's first repeat are kept: a picture has fewer columns.
const MOST_OF_CELL: usize = 10_000;
/// Up to this many of all first repeats together.
const MOST_OF_RUN: usize = 500_000;

/// The requests of each cell that are kept so far.
pub(super) struct Reservoir {
    cells: Vec<CellReservoir>,
    /// The most that is kept of one cell.
    most: usize,
    /// The most that is kept of all cells.
    most_of_all: usize,
    kept: usize,
}

#[derive(Default)]
struct CellReservoir {
    found: CellRequests,
    /// One in two to the power of this is kept.
    halvings: u32,
}

impl Reservoir {
    pub(super) fn new(cells: usize) -> Self {
        Self::limited(cells, MOST_OF_CELL, MOST_OF_RUN)
    }

    fn limited(cells: usize, most: usize, most_of_all: usize) -> Self {
        let cells = std::iter::repeat_with(CellReservoir::default).take(cells).collect();
        Self { cells, most, most_of_all, kept: 0 }
    }

    /// Takes a request of the cell at `place`.
    pub(super) fn add(&mut self, place: usize, first_repeat: bool, outcome: Outcome) {
        let cell = &mut self.cells[place];
        if outcome.failure.is_none() {
            cell.found.latencies.push(outcome.end - outcome.start);
        }
        if !first_repeat {
            return;
        }
        if !cell.keeps(&outcome) {
            cell.found.left_out += 1;
            return;
        }
        cell.found.first_repeat.push(outcome);
        self.kept += 1;
        self.kept -= cell.downsample(self.most);
        while self.kept > self.most_of_all && self.most > 1 {
            self.most /= 2;
            self.kept -= self.cells.iter_mut().map(|cell| cell.downsample(self.most)).sum::<usize>();
        }
    }

    /// The cells, their times in ascending order.
    pub(super) fn sorted(self) -> impl Iterator<Item = CellRequests> {
        self.cells.into_iter().map(|cell| {
            let mut found = cell.found;
            found.latencies.par_sort_unstable();
            found
        })
    }
}

impl CellReservoir {
    /// Whether a request is of the selection: multiples of the golden ratio spread evenly (Knuth, "The Art of Computer
    /// Programming", volume 3, section 6.4), and what is kept after one more halving was kept before it.
    fn keeps(&self, outcome: &Outcome) -> bool {
        u64::from(outcome.request.wrapping_mul(0x9E37_79B9)) < (1 << 32) >> self.halvings
    }

    /// Halves the selection until it holds at most `most`; returns how many went.
    fn downsample(&mut self, most: usize) -> usize {
        let before = self.found.first_repeat.len();
        while self.found.first_repeat.len() > most && self.halvings < 32 {
            self.halvings += 1;
            let mut kept = std::mem::take(&mut self.found.first_repeat);
            kept.retain(|outcome| self.keeps(outcome));
            self.found.first_repeat = kept;
        }
        let gone = before - self.found.first_repeat.len();
        self.found.left_out += u32::try_from(gone).unwrap_or(u32::MAX);
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_OF_CELL, Reservoir};
    use crate::model::{CellRequests, Nanos, Outcome};
    use crate::rows::testkit::outcome;

    fn sampled(limits: (usize, usize), cells: usize, requests: u32) -> Vec<CellRequests> {
        let mut reservoir = Reservoir::limited(cells, limits.0, limits.1);
        for place in 0..cells {
            for request in 0..requests {
                reservoir.add(place, true, Outcome { worker: request % 20, ..outcome(request) });
            }
        }
        reservoir.sorted().collect()
    }

    #[test]
    fn few_requests_are_all_kept_and_times_ascend() {
        let mut reservoir = Reservoir::new(1);
        for (request, end) in [(0, 9), (1, 5), (2, 7)] {
            reservoir.add(
                0,
                request != 2,
                Outcome { end: Nanos(end), start: Nanos(0), failure: None, ..outcome(request) },
            );
        }
        let cell = reservoir.sorted().next().unwrap();
        assert_eq!(cell.latencies, [Nanos(5), Nanos(7), Nanos(9)]);
        assert_eq!((cell.first_repeat.len(), cell.left_out), (2, 0), "the third is of another repeat");
    }

    #[test]
    fn many_requests_are_selected_evenly_from_all_workers() {
        let cell = sampled((MOST_OF_CELL, usize::MAX), 1, 100_000).remove(0);
        let kept = cell.first_repeat.len();
        assert!((MOST_OF_CELL / 3..=MOST_OF_CELL).contains(&kept), "{kept}");
        assert_eq!(kept + cell.left_out as usize, 100_000);
        for worker in 0..20 {
            let of_worker = cell.first_repeat.iter().filter(|outcome| outcome.worker == worker).count();
            assert!((kept / 30..kept / 15).contains(&of_worker), "worker {worker}: {of_worker} of {kept}");
        }
    }

    #[test]
    fn many_cells_share_what_is_kept() {
        let cells = sampled((100, 250), 10, 90);
        assert!(cells.iter().map(|cell| cell.first_repeat.len()).sum::<usize>() <= 250);
        assert!(cells.iter().all(|cell| cell.first_repeat.len() + cell.left_out as usize == 90));
        assert!(cells.iter().all(|cell| !cell.first_repeat.is_empty()));
    }
}
