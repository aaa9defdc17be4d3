//! The observer that writes each finished sample to the run's journals.

use std::error::Error;

use super::event::{Observer, SweepEvent};
use crate::archive::Journal;

/// Appends each finished sample.
pub struct JournalObserver<'a>(pub &'a mut Journal);

impl Observer for JournalObserver<'_> {
    fn observe(&mut self, event: &SweepEvent<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
        if let SweepEvent::SampleFinished { row, requests, .. } = event {
            self.0.append(row, requests)?;
        }
        Ok(())
    }
}
