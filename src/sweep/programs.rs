//! This program's own executable, in each of the roles that a sweep starts it in.

use crate::strategy::Program;

/// How this program starts itself in its other roles.
#[derive(Clone, Debug)]
pub struct Programs {
    /// Measures one sample.
    pub child: Program,
    /// Works in a process pool.
    pub worker: Program,
    /// Is the delay server.
    pub server: Program,
    /// Cleans up after a crash.
    pub watchdog: Program,
}
