//! Who is to be woken when: every wait of the server, in one ordered map behind one alarm. Wakes ten thousand waits of the
//! same moment in one go, and never one before its time.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::clock::{Clock, SystemClock};
use crate::model::Nanos;
use crate::server::alarm::Alarm;

/// Deadline first; the second part keeps waits of the same moment in the order they began.
type Key = (Nanos, u64);

/// All waits of one event loop.
pub(super) struct Agenda {
    clock: SystemClock,
    alarm: Alarm,
    waits: RefCell<BTreeMap<Key, Waker>>,
    begun: Cell<u64>,
}

impl Agenda {
    /// An agenda with nothing on it. Call it inside a runtime.
    pub(super) fn new(clock: SystemClock) -> io::Result<Rc<Self>> {
        Ok(Rc::new(Self { clock, alarm: Alarm::new(clock)?, waits: RefCell::default(), begun: Cell::new(0) }))
    }

    /// The present, on the clock of all deadlines.
    pub(super) fn now(&self) -> Nanos {
        self.clock.now()
    }

    /// A future that ends at `deadline` or as soon after it as its turn comes, with the time at which it did.
    pub(super) fn wait_until(self: &Rc<Self>, deadline: Nanos) -> Wait {
        let begun = self.begun.get();
        self.begun.set(begun + 1);
        Wait { agenda: Rc::clone(self), key: (deadline, begun) }
    }

    /// Wakes whoever is due; runs beside the waits for as long as there are any.
    pub(super) async fn keep(self: Rc<Self>) {
        loop {
            self.alarm.ring().await;
            self.wake_due();
        }
    }

    fn wake_due(&self) {
        let now = self.now();
        while let Some(waker) = self.take_due(now) {
            waker.wake();
        }
        if let Some(((deadline, _), _)) = self.waits.borrow().first_key_value() {
            self.alarm.set(*deadline);
        }
    }

    fn take_due(&self, now: Nanos) -> Option<Waker> {
        let mut waits = self.waits.borrow_mut();
        waits.first_entry().filter(|first| first.key().0 <= now).map(|first| first.remove())
    }

    fn enter(&self, key: Key, waker: &Waker) {
        let mut waits = self.waits.borrow_mut();
        waits.entry(key).or_insert_with(|| waker.clone()).clone_from(waker);
        if waits.first_key_value().is_some_and(|(first, _)| *first == key) {
            self.alarm.set(key.0);
        }
    }
}

/// One wait; see [`Agenda::wait_until`]. Dropping it takes it off the agenda.
pub(super) struct Wait {
    agenda: Rc<Agenda>,
    key: Key,
}

impl Future for Wait {
    type Output = Nanos;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Nanos> {
        let now = self.agenda.now();
        if now >= self.key.0 {
            return Poll::Ready(now);
        }
        self.agenda.enter(self.key, context.waker());
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.agenda.waits.borrow_mut().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use tokio::runtime::{Builder, LocalOptions};
    use tokio::task::{JoinSet, spawn_local};

    use super::Agenda;
    use crate::clock::SystemClock;
    use crate::model::Nanos;

    fn with_agenda<F: Future<Output = ()>>(test: impl FnOnce(Rc<Agenda>) -> F) {
        let runtime = Builder::new_current_thread().enable_io().build_local(LocalOptions::default()).unwrap();
        runtime.block_on(async {
            let agenda = Agenda::new(SystemClock::start()).unwrap();
            spawn_local(Rc::clone(&agenda).keep());
            test(agenda).await;
        });
    }

    #[test]
    fn waits_end_in_the_order_of_their_deadlines_and_never_early() {
        with_agenda(|agenda| async move {
            let start = agenda.now();
            let ended = Rc::new(RefCell::new(Vec::new()));
            let mut waits = JoinSet::new();
            for millis in [9, 3, 6, 3] {
                let (agenda, ended) = (Rc::clone(&agenda), Rc::clone(&ended));
                waits.spawn_local(async move {
                    let deadline = start + Nanos::from_millis(millis);
                    assert!(agenda.wait_until(deadline).await >= deadline);
                    ended.borrow_mut().push(millis);
                });
            }
            while let Some(wait) = waits.join_next().await {
                wait.unwrap();
            }
            assert_eq!(*ended.borrow(), [3, 3, 6, 9]);
        });
    }

    #[test]
    fn a_wait_for_the_past_ends_at_once() {
        with_agenda(|agenda| async move {
            agenda.wait_until(Nanos::ZERO).await;
            assert!(agenda.waits.borrow().is_empty());
        });
    }

    #[test]
    fn a_dropped_wait_leaves_the_agenda_and_delays_no_other() {
        with_agenda(|agenda| async move {
            let soon = agenda.now() + Nanos::from_millis(2);
            let mut waits = JoinSet::new();
            waits.spawn_local(agenda.wait_until(soon + Nanos::SECOND * 3_600));
            agenda.wait_until(soon).await;
            assert_eq!(agenda.waits.borrow().len(), 1);
            waits.shutdown().await;
            assert!(agenda.waits.borrow().is_empty());
        });
    }
}
