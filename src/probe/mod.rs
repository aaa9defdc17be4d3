//! The child that measures one sample, both ends of it. Each sample runs in a fresh process: its cost is its own, a
//! crash or a hang costs one sample, and nothing leaks into the next one.
//!
//! In: a [`Work`](crate::strategy::Work) on the child's standard input, or the environment of another program. Out: protocol lines on
//! its standard output, and what the operating system says of its end. The probe must not know of plans, files or charts; it reports, it does not judge.

mod child;
mod cost;
mod interrupt;
mod job;
mod memory;
mod orphans;
mod output;
mod parent;
mod process_count;
mod watchdog;

pub use child::{ChildError, run_child};
pub use cost::ProcessCost;
pub use interrupt::{Interrupts, Signal, Subscription};
pub use job::Job;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use output::fuzz_output;
pub use output::{ChildOutput, OutputTail, WrongLine};
pub use parent::{End, Measured, Probe, ProbeError};
pub use process_count::ProcessCount;
pub use watchdog::{Watchdog, run_watchdog};
