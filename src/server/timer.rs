//! Wakes the event loop at a given time, finer than the millisecond of its own time limit: on Linux by a timer descriptor
//! among its sockets. Elsewhere by that limit, rounded up to what the system can.

use std::io;
use std::time::Duration;

use mio::{Registry, Token};

use crate::model::Nanos;

/// The event loop's timer. It may ring for nothing.
pub(super) struct Timer {
    timer: imp::Timer,
    set: Option<Nanos>,
}

impl Timer {
    /// A timer that is not set; it rings as `token`.
    pub(super) fn new(registry: &Registry, token: Token) -> io::Result<Self> {
        Ok(Self { timer: imp::Timer::new(registry, token)?, set: None })
    }

    /// Sets it to `deadline`, if it is not, and returns how long the loop may wait for events: `None` is for ever.
    pub(super) fn set(&mut self, deadline: Option<Nanos>, now: Nanos) -> io::Result<Option<Duration>> {
        let Some(deadline) = deadline else { return Ok(None) };
        let left = deadline - now;
        if left == Nanos::ZERO {
            return Ok(Some(Duration::ZERO));
        }
        if self.set != Some(deadline) {
            self.timer.set(left)?;
            self.set = Some(deadline);
        }
        Ok(imp::Timer::limit(left))
    }

    /// It has rung, so it is set no more.
    pub(super) fn clear(&mut self) {
        self.set = None;
    }
}

#[cfg(target_os = "linux")]
mod imp {
    use std::io;
    use std::os::fd::{AsRawFd, OwnedFd};
    use std::time::Duration;

    use mio::unix::SourceFd;
    use mio::{Interest, Registry, Token};
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
    };

    use crate::model::Nanos;

    pub(super) struct Timer(OwnedFd);

    impl Timer {
        pub(super) fn new(registry: &Registry, token: Token) -> io::Result<Self> {
            let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
            registry.register(&mut SourceFd(&timer.as_raw_fd()), token, Interest::READABLE)?;
            Ok(Self(timer))
        }

        /// Its events are edge-triggered and setting it clears it, so it is never read.
        pub(super) fn set(&self, left: Nanos) -> io::Result<()> {
            let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
            let value = Timespec {
                tv_sec: i64::try_from(left.0 / 1_000_000_000).unwrap_or(i64::MAX),
                tv_nsec: i64::try_from(left.0 % 1_000_000_000).unwrap_or(0),
            };
            let time = Itimerspec { it_interval: zero, it_value: value };
            timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &time)?;
            Ok(())
        }

        pub(super) const fn limit(_left: Nanos) -> Option<Duration> {
            None
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod imp {
    use std::io;
    use std::time::Duration;

    use mio::{Registry, Token};

    use crate::model::Nanos;

    pub(super) struct Timer;

    impl Timer {
        pub(super) fn new(_registry: &Registry, _token: Token) -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) fn set(&self, _left: Nanos) -> io::Result<()> {
            Ok(())
        }

        pub(super) const fn limit(left: Nanos) -> Option<Duration> {
            Some(left.as_duration())
        }
    }
}

#[cfg(test)]
mod tests {
    use mio::{Events, Poll, Token};

    use super::Timer;
    use crate::clock::{Clock, SystemClock};
    use crate::model::Nanos;

    #[test]
    fn it_rings_for_the_last_setting_and_never_early() {
        let (clock, mut events) = (SystemClock::start(), Events::with_capacity(8));
        let mut poll = Poll::new().unwrap();
        let mut timer = Timer::new(poll.registry(), Token(0)).unwrap();
        for _ in 0..3 {
            let deadline = clock.now() + Nanos::from_millis(3);
            timer.set(Some(clock.now() + Nanos::SECOND * 3_600), clock.now()).unwrap();
            while clock.now() < deadline {
                let limit = timer.set(Some(deadline), clock.now()).unwrap();
                poll.poll(&mut events, limit).unwrap();
                timer.clear();
            }
        }
        assert_eq!(timer.set(None, clock.now()).unwrap(), None);
    }
}
