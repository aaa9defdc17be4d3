//! Who waits for what: requests for their turn, first come, first served, and then for their time. Two ordered maps, so
//! that ten thousand waits cost as little each as ten, and a client that leaves is removed at once. Pure.

use std::collections::BTreeMap;

use slab::Slab;

use crate::model::{Answer, Nanos};

/// A place on the delay queue.
pub(super) type Place = usize;

/// All waiting requests; `W` says who waits.
pub(super) struct DelayQueue<W> {
    entries: Slab<Entry<W>>,
    /// Requests in their turn, by the time of their answer; the second part keeps those of one moment in order.
    due: BTreeMap<(Nanos, u64), Place>,
    /// Requests that wait for their turn, by arrival.
    queue: BTreeMap<u64, Place>,
    /// Requests that may have their turn at once, and how many have; `None` is no bound.
    turns: Option<u32>,
    begun: u64,
}

struct Entry<W> {
    who: W,
    number: u64,
    answer: Answer,
    /// When its turn began.
    start: Option<Nanos>,
}

/// A request that is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Due<W> {
    /// Who waited.
    pub(super) who: W,
    /// How it is to be answered.
    pub(super) answer: Answer,
    /// When its turn began.
    pub(super) start: Nanos,
}

impl<W> DelayQueue<W> {
    /// An empty one that gives `turns` requests their turn at once; 0 is no bound.
    pub(super) fn new(turns: u32) -> Self {
        Self {
            entries: Slab::new(),
            due: BTreeMap::new(),
            queue: BTreeMap::new(),
            turns: (turns > 0).then_some(turns),
            begun: 0,
        }
    }

    /// Enters a request that has just come.
    pub(super) fn enter(&mut self, who: W, answer: Answer, now: Nanos) -> Place {
        let number = self.begun;
        self.begun += 1;
        let place = self.entries.insert(Entry { who, number, answer, start: None });
        self.queue.insert(number, place);
        self.begin_turns(now);
        place
    }

    /// Cancels a request whose client has left.
    pub(super) fn cancel(&mut self, place: Place, now: Nanos) {
        let entry = self.entries.remove(place);
        match entry.start {
            Some(start) => drop(self.due.remove(&(start + entry.answer.delay, entry.number))),
            None => drop(self.queue.remove(&entry.number)),
        }
        self.begin_turns(now);
    }

    /// The first request that is due; its turn is over.
    pub(super) fn take_due(&mut self, now: Nanos) -> Option<Due<W>> {
        let first = self.due.first_entry().filter(|first| first.key().0 <= now)?;
        let entry = self.entries.remove(first.remove());
        self.begin_turns(now);
        Some(Due { who: entry.who, answer: entry.answer, start: entry.start.unwrap_or(now) })
    }

    /// When the next request is due.
    pub(super) fn next(&self) -> Option<Nanos> {
        self.due.first_key_value().map(|((deadline, _), _)| *deadline)
    }

    /// How many wait, for turn or time.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    fn begin_turns(&mut self, now: Nanos) {
        while self.turns.is_none_or(|turns| self.due.len() < turns as usize)
            && let Some((_, place)) = self.queue.pop_first()
        {
            let entry = &mut self.entries[place];
            entry.start = Some(now);
            self.due.insert((now + entry.answer.delay, entry.number), place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DelayQueue;
    use crate::model::{Answer, Nanos};

    fn after(nanos: u64) -> Answer {
        Answer { delay: Nanos(nanos), fails: false }
    }

    fn due(delay_queue: &mut DelayQueue<char>, now: u64) -> String {
        std::iter::from_fn(|| delay_queue.take_due(Nanos(now))).map(|due| due.who).collect()
    }

    #[test]
    fn waits_end_in_the_order_of_their_deadlines_and_never_early() {
        let mut delay_queue = DelayQueue::new(0);
        for (who, delay) in [('d', 9), ('a', 3), ('c', 6), ('b', 3)] {
            delay_queue.enter(who, after(delay), Nanos(100));
        }
        assert_eq!((delay_queue.len(), delay_queue.next()), (4, Some(Nanos(103))));
        assert_eq!((due(&mut delay_queue, 102), due(&mut delay_queue, 105)), (String::new(), "ab".to_owned()));
        assert_eq!((due(&mut delay_queue, 1_000), delay_queue.len(), delay_queue.next()), ("cd".to_owned(), 0, None));
    }

    #[test]
    fn turns_are_given_in_order_of_arrival_and_time_counts_from_the_turn() {
        let mut delay_queue = DelayQueue::new(2);
        for who in ['a', 'b', 'c', 'd'] {
            delay_queue.enter(who, after(10), Nanos::ZERO);
        }
        assert_eq!(due(&mut delay_queue, 10), "ab");
        assert_eq!((delay_queue.next(), due(&mut delay_queue, 19)), (Some(Nanos(20)), String::new()));
        assert_eq!(delay_queue.take_due(Nanos(25)).map(|due| (due.who, due.start)), Some(('c', Nanos(10))));
    }

    #[test]
    fn a_client_that_leaves_is_gone_at_once_and_gives_its_turn_on() {
        let mut delay_queue = DelayQueue::new(1);
        let places: Vec<_> = ['a', 'b', 'c'].map(|who| delay_queue.enter(who, after(10), Nanos::ZERO)).into();
        delay_queue.cancel(places[1], Nanos(1));
        delay_queue.cancel(places[0], Nanos(2));
        assert_eq!((delay_queue.len(), delay_queue.next()), (1, Some(Nanos(12))));
        assert_eq!(due(&mut delay_queue, 12), "c");
    }
}
