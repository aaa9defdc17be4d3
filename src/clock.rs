//! The only reader of time. A tick is opaque; the difference of two ticks is a duration. Nothing else in the program
//! may call `Instant::now` or `SystemTime::now` (clippy.toml bans them).

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use jiff::Timestamp;

use crate::model::Nanos;

/// A source of monotonic time, shared between threads.
pub trait Clock: Send + Sync {
    /// Time since this clock was made. Monotonic; cost about 25 ns.
    fn now(&self) -> Nanos;
}

/// A clock that tasks and threads can keep.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's monotonic clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    origin: Instant,
}

impl SystemClock {
    /// A clock whose zero is now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of time")]
    pub fn start() -> Self {
        Self { origin: Instant::now() }
    }

    /// A clock whose zero was when [`common`] said `zero`; now, where there is no common time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of time")]
    pub fn with_zero(zero: Nanos) -> Self {
        let now = Instant::now();
        let since = common().map_or(Nanos::ZERO, |common| common - zero);
        Self { origin: now.checked_sub(since.as_duration()).unwrap_or(now) }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Nanos {
        self.origin.elapsed().into()
    }
}

/// CPU time that the calling thread has used. Unlike elapsed time it does not grow while others have the processor.
#[cfg(target_os = "linux")]
#[must_use]
pub fn thread_cpu_time() -> Nanos {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let part = |value: i64| u64::try_from(value).unwrap_or(0);
    Nanos::SECOND * part(time.tv_sec) + Nanos(part(time.tv_nsec))
}

/// Monotonic time that all processes of this machine share; `None` where the system has none.
#[must_use]
pub fn common() -> Option<Nanos> {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        let seconds = u64::try_from(time.tv_sec).ok()?;
        Some(Nanos::SECOND * seconds + Nanos(u64::try_from(time.tv_nsec).ok()?))
    }
    #[cfg(not(unix))]
    None
}

/// The wall clock, UTC, for time stamps only: it may jump.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one reader of time")]
pub fn wall_time() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH)
}
