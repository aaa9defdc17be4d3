//! What this machine can hold of a sweep: the plan without the cells that would only show its limits. Raises the limits
//! that may be raised first.

use anyhow::anyhow;

use super::outcome::Failure;
use crate::config::Sweep;
use crate::format::requests;
use crate::limits::{self, Limits};
use crate::model::{Nanos, NotRun};
use crate::plan::Plan;
use crate::preflight::{self, LimitViolation};
use crate::strategy::StrategySpec;
use crate::terminal::Terminal;

/// Which cells cannot be run here, or may fail.
pub(super) struct Capacity {
    /// Cells that are not run.
    pub not_run: Vec<NotRun>,
    /// Cells that are run and may fail.
    doubtful: Vec<NotRun>,
}

impl Capacity {
    /// Holds the needs of all cells against the limits of this machine.
    pub(super) fn of(sweep: &Sweep) -> Self {
        limits::raise_descriptors();
        let (certain, doubtful): (Vec<LimitViolation>, Vec<LimitViolation>) =
            preflight::violations(sweep, &Limits::read()).into_iter().partition(|violations| violations.certain);
        let cells =
            |violations: Vec<LimitViolation>| violations.into_iter().map(|violations| violations.cell).collect();
        Self { not_run: cells(certain), doubtful: cells(doubtful) }
    }

    /// The plan of all cells that can be held, where one request of a strategy takes `delay`.
    pub(super) fn plan(&self, sweep: &Sweep, delay: impl Fn(&StrategySpec) -> Option<Nanos>) -> Plan {
        Plan::of(sweep, delay).without(|strategy, requests| {
            let name = &sweep.strategies[strategy].name;
            self.not_run.iter().any(|cell| cell.strategy == *name && cell.requests == requests)
        })
    }

    /// Says what is not run and what may fail.
    pub(super) fn warn(&self, terminal: Terminal) {
        self.not_run.iter().for_each(|cell| terminal.warn(&format!("not run: {}", told(cell))));
        self.doubtful.iter().for_each(|cell| terminal.warn(&format!("may fail: {}", told(cell))));
    }

    /// A sweep of which nothing can be run is none.
    ///
    /// # Errors
    /// With every reason.
    pub(super) fn check(&self, plan: &Plan) -> Result<(), Failure> {
        if plan.samples.is_empty() {
            let reasons: Vec<String> = self.not_run.iter().map(told).collect();
            return Err(Failure::CouldNot(anyhow!(
                "this machine can hold no cell of the sweep\n{}",
                reasons.join("\n")
            )));
        }
        Ok(())
    }
}

/// A cell that is not run, and why, as one line.
pub(super) fn told(cell: &NotRun) -> String {
    format!("{} at {} {}", cell.strategy, requests(cell.requests), cell.reason)
}
