//! One alarm clock that an event loop can wait for, finer than the millisecond of tokio's own timer: a thread that waits
//! on a condition variable. It may ring for nothing. A timer descriptor in the loop itself was measured to be 10 µs more
//! punctual at most, and would need unsafe code and a second way for other systems.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::clock::{Clock, SystemClock};
use crate::model::Nanos;
use crate::server::system;

/// The event loop's end. Dropping it ends the thread.
pub(super) struct Alarm {
    bell: Arc<Bell>,
}

impl Alarm {
    /// An alarm that is not set, on the clock of its deadlines.
    pub(super) fn new(clock: SystemClock) -> io::Result<Self> {
        let bell = Arc::new(Bell { clock, setting: Mutex::default(), changed: Condvar::new(), rung: Notify::new() });
        let watched = Arc::clone(&bell);
        std::thread::Builder::new().name("alarm".to_owned()).spawn(move || watched.watch())?;
        Ok(Self { bell })
    }

    /// Rings once at `deadline`, and no more for what was set before.
    pub(super) fn set(&self, deadline: Nanos) {
        self.bell.lock().deadline = Some(deadline);
        self.bell.changed.notify_one();
    }

    /// Returns when the alarm has rung.
    pub(super) async fn ring(&self) {
        self.bell.rung.notified().await;
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.bell.lock().over = true;
        self.bell.changed.notify_one();
    }
}

struct Bell {
    clock: SystemClock,
    setting: Mutex<Setting>,
    changed: Condvar,
    rung: Notify,
}

#[derive(Default)]
struct Setting {
    deadline: Option<Nanos>,
    over: bool,
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, Setting> {
        self.setting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self) {
        system::tighten_timers();
        let mut setting = self.lock();
        while !setting.over {
            setting = match setting.deadline.map(|deadline| deadline - self.clock.now()) {
                None => self.changed.wait(setting).unwrap_or_else(PoisonError::into_inner),
                Some(Nanos::ZERO) => {
                    setting.deadline = None;
                    self.rung.notify_one();
                    setting
                }
                Some(rest) => {
                    self.changed.wait_timeout(setting, rest.as_duration()).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Alarm;
    use crate::clock::{Clock, SystemClock};
    use crate::model::Nanos;

    #[test]
    fn it_rings_for_the_last_setting() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let clock = SystemClock::start();
            let alarm = Alarm::new(clock).unwrap();
            for deadline in [clock.now() + Nanos::from_millis(3), Nanos::ZERO] {
                alarm.set(Nanos::SECOND * 3_600);
                alarm.set(deadline);
                alarm.ring().await;
                assert!(clock.now() >= deadline);
            }
        });
    }

    #[test]
    fn the_thread_ends_with_the_alarm_even_while_it_waits() {
        let alarm = Alarm::new(SystemClock::start()).unwrap();
        alarm.set(Nanos::SECOND * 3_600);
        let bell = std::sync::Arc::downgrade(&alarm.bell);
        drop(alarm);
        while bell.upgrade().is_some() {
            std::thread::yield_now();
        }
    }
}
