//! How many samples ended in which way.

use std::iter::Sum;

use serde::Serialize;

use crate::model::{SampleRow, SampleStatus};

/// Measured samples by status, named as in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StatusCounts {
    /// All requests succeeded.
    pub ok: u32,
    /// Some requests failed.
    pub partial: u32,
    /// The sample broke.
    pub failed: u32,
    /// Its time ran out.
    pub timeout: u32,
    /// It did not do the work of the cell.
    pub void: u32,
}

impl Sum for StatusCounts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, next| Self {
            ok: sum.ok.saturating_add(next.ok),
            partial: sum.partial + next.partial,
            failed: sum.failed + next.failed,
            timeout: sum.timeout + next.timeout,
            void: sum.void + next.void,
        })
    }
}

impl StatusCounts {
    /// All samples.
    #[must_use]
    pub fn all(self) -> u32 {
        self.ok.saturating_add(self.not_ok())
    }

    /// Samples with any status but `ok`.
    #[must_use]
    pub fn not_ok(self) -> u32 {
        self.partial + self.failed + self.timeout + self.void
    }

    /// Of rows, and of `bare` durations, which are all good.
    pub(super) fn of(rows: &[&SampleRow], bare: usize) -> Self {
        let count = |status| u32::try_from(rows.iter().filter(|row| row.status == status).count()).unwrap_or(u32::MAX);
        Self {
            ok: count(SampleStatus::Ok).saturating_add(u32::try_from(bare).unwrap_or(u32::MAX)),
            partial: count(SampleStatus::Partial),
            failed: count(SampleStatus::Failed),
            timeout: count(SampleStatus::Timeout),
            void: count(SampleStatus::Void),
        }
    }
}
