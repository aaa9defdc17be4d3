//! The embedded delay server, both ends. It answers every request after a precise delay and counts what it saw.
//!
//! In: a [`DelayTarget`](crate::model::DelayTarget) and a seed. Out: an address, and a [`ServerStats`] for each sample.
//! A sweep runs it as a process of its own through [`Handle`], so that it neither shares a core's time slice with a
//! strategy nor dies with one; [`run_child`] is that process's whole life. [`Server`] is the server itself, in the
//! foreground. It must not know what a strategy or a cell is, nor print.
//!
//! ```text
//! Handle ── JSON lines (wire) ── run_child ── Remote ── Server ── event_loop ── connection, http2 ── socket
//!                                                                   └─── clients, delay queue, timer, sample
//! ```

mod child;
mod clients;
mod connection;
mod delay_queue;
mod error;
mod event_loop;
mod foreground;
mod frames;
#[cfg(all(unix, any(test, feature = "fuzzing")))]
pub(crate) mod fuzz;
mod handle;
mod http2;
mod listener;
mod sample;
mod socket;
mod system;
#[cfg(test)]
mod tests;
mod timer;
mod wire;

pub use child::run_child;
pub use error::ServerError;
pub use foreground::{Remote, Server};
pub use handle::Handle;
pub use http2::MOST_STREAMS;
pub use sample::ServerStats;
