//! What happens in a sweep, for those who watch: the journal, the progress bar, the log. One method and one enum, so
//! that a new event is not a new method everywhere; a failed write ends the sweep.

use std::error::Error;

use crate::model::{Nanos, Outcome, SampleRow};
use crate::plan::{Plan, PlannedSample};

/// Something happened.
#[derive(Clone, Copy, Debug)]
pub enum SweepEvent<'a> {
    /// The target is up; the samples of this plan follow.
    Started {
        /// All samples of the sweep.
        plan: &'a Plan,
        /// Those that are going to be taken, in order.
        missing: &'a [PlannedSample],
        /// How long these take together; `None` while the target's delay is unknown.
        predicted: Option<Nanos>,
    },
    /// A planned sample is not wanted: its cell is precise enough.
    SampleSkipped {
        /// Which one.
        planned: &'a PlannedSample,
    },
    /// A sample begins now, beside those that have begun and not ended yet.
    SampleStarted {
        /// Which one.
        planned: &'a PlannedSample,
    },
    /// A sample has ended, well or not.
    SampleFinished {
        /// Which one.
        planned: &'a PlannedSample,
        /// Its row of raw.csv.
        row: &'a SampleRow,
        /// Its requests, by index; none for a warm-up.
        requests: &'a [Outcome],
    },
}

/// Receives the events of a sweep.
pub trait Observer {
    /// Called for each event in order, outside the measured time.
    ///
    /// # Errors
    /// Any error ends the sweep.
    fn observe(&mut self, event: &SweepEvent<'_>) -> Result<(), Box<dyn Error + Send + Sync>>;
}
