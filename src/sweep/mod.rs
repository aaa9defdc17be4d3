//! Plan → samples: walks the plan, measures each sample in a child of its own, tells the observers, and ends in order
//! when interrupted. It knows the target and the clock. It writes no file: what is to be kept
//! goes to the observers.

mod access;
mod budget;
mod classify;
mod commands;
mod ending;
mod endpoint;
mod estimate;
mod event;
mod execution;
#[cfg(any(test, feature = "fuzzing"))]
mod fuzz;
mod health_check;
mod journal;
mod load;
mod programs;
mod run;
mod smoke_test;
mod stopping;
mod walk;

use crate::config::Sweep;
use crate::model::Nanos;
use crate::plan::Plan;

pub use access::{Access, AccessError};
pub use commands::Commands;
pub use ending::{Ending, SweepError};
pub use endpoint::{Endpoint, EndpointError};
pub use event::{Observer, SweepEvent};
pub use execution::{Execution, RequestDelays};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use fuzz::sample as fuzz_sample;
pub use health_check::HealthCheck;
pub use journal::JournalObserver;
pub use programs::Programs;
pub use run::Examined;
pub use smoke_test::{SmokeTest, SmokeTestError};

/// How long all samples of `plan` take together, side by side where the sweep says so; `None` while the delay of the
/// target's delay. Where samples run side by side it is a guess on the safe side: what strategies use is not known yet.
#[must_use]
pub fn predicted(sweep: &Sweep, plan: &Plan) -> Option<Nanos> {
    budget::predicted(sweep, &plan.samples)
}
