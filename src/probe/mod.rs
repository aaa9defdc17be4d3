//! The child that measures one sample, both ends of it. Each sample runs in a fresh process: its cost is its own, a
//! crash or a hang costs one sample, and nothing leaks into the next one.
//!
//! In: a [`Spec`] on the child's standard input. Out: protocol lines on its standard output, and what the operating
//! system says of its end. The probe must not know of plans, files or charts; it reports, it does not judge.

mod child;
mod cost;
mod headcount;
mod interrupt;
mod output;
mod parent;
mod watchdog;

use serde::{Deserialize, Serialize};

use crate::strategy::Work;

pub use child::{ChildError, run_child};
pub use cost::Cost;
pub use headcount::Headcount;
pub use interrupt::{Interrupts, Signal, Subscription};
pub use output::Heard;
pub use parent::{End, Measured, Probe, ProbeError};
pub use watchdog::{Watchdog, run_watchdog};

/// What a child is told: one line of JSON. The child starts nothing before it has read it, so that its parent can
/// enter it in the watchdog's list first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// The strategy's kind.
    pub kind: String,
    /// What the strategy is to do.
    pub work: Work,
}
