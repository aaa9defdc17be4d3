//! All connected clients: which of them have to be advanced although no event says so, and how much memory they hold
//! together. `C` is what a client is. Pure.

use std::collections::{BTreeSet, VecDeque};

use slab::Slab;

use crate::model::Nanos;

/// What all clients together may make the server hold: partial requests, requests read ahead, unsent answers and HTTP/2
/// streams, in bytes. A client that wants to go beyond it is disconnected, so that hostile ones cannot fill the memory.
const HELD_LIMIT: usize = 24 << 20;
/// Connections that are open at once. Each takes some 300 bytes with a request that waits; further clients stay in the
/// kernel's queue until one closes.
const MOST_CLIENTS: usize = 65_536;

/// How long a client may take to finish the head of a request, or to close where it has to.
const UNFINISHED_LIMIT: Nanos = Nanos::from_millis(10_000);

/// Something that holds memory for a client.
pub(super) trait Holds {
    /// Bytes that it holds because of what its client did, beyond those of a connection that only waits.
    fn held(&self) -> usize;

    /// Whether its client has begun something that it has to finish soon.
    fn is_unfinished(&self) -> bool {
        false
    }
}

/// The clients by their key.
pub(super) struct ClientTable<C> {
    entries: Slab<ClientEntry<C>>,
    /// Keys of clients to be advanced, in turn; each stands here once.
    pending: VecDeque<usize>,
    /// Bytes that all hold, as of the last [`Self::settle`] of each.
    held: usize,
    /// Keys of clients that have begun something that they have to finish, by the time of that.
    unfinished: BTreeSet<(Nanos, usize)>,
}

struct ClientEntry<C> {
    client: C,
    held: usize,
    unfinished_since: Option<Nanos>,
    is_pending: bool,
}

impl<C: Holds> ClientTable<C> {
    /// None.
    pub(super) const fn new() -> Self {
        Self { entries: Slab::new(), pending: VecDeque::new(), held: 0, unfinished: BTreeSet::new() }
    }

    /// Whether no further one may be accepted.
    pub(super) fn are_most(&self) -> bool {
        self.entries.len() >= MOST_CLIENTS
    }

    /// The key that [`Self::insert`] gives next.
    pub(super) fn next_key(&self) -> usize {
        self.entries.vacant_key()
    }

    /// Adds a client that holds nothing yet.
    pub(super) fn insert(&mut self, client: C) -> usize {
        self.entries.insert(ClientEntry { client, held: 0, unfinished_since: None, is_pending: false })
    }

    /// The client of this key, if it is still there.
    pub(super) fn get_mut(&mut self, key: usize) -> Option<&mut C> {
        self.entries.get_mut(key).map(|entry| &mut entry.client)
    }

    /// Removes a client; `None` if it has gone already.
    pub(super) fn remove(&mut self, key: usize) -> Option<C> {
        let entry = self.entries.try_remove(key)?;
        self.held -= entry.held;
        if let Some(since) = entry.unfinished_since {
            self.unfinished.remove(&(since, key));
        }
        Some(entry.client)
    }

    /// Removes all.
    pub(super) fn clear(&mut self) {
        *self = Self::new();
    }

    /// Notes that a client is to be advanced.
    pub(super) fn pend(&mut self, key: usize) {
        if let Some(entry) = self.entries.get_mut(key)
            && !std::mem::replace(&mut entry.is_pending, true)
        {
            self.pending.push_back(key);
        }
    }

    /// Whether a client is to be advanced.
    pub(super) fn is_pending(&self, key: usize) -> bool {
        self.entries.get(key).is_some_and(|entry| entry.is_pending)
    }

    /// Whether any is to be advanced.
    pub(super) fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// The next client to be advanced; it is pending no more.
    pub(super) fn next_pending(&mut self) -> Option<usize> {
        let key = self.pending.pop_front()?;
        if let Some(entry) = self.entries.get_mut(key) {
            entry.is_pending = false;
        }
        Some(key)
    }

    /// When the next client is overdue.
    pub(super) fn next_overdue(&self) -> Option<Nanos> {
        self.unfinished.first().map(|(since, _)| *since + UNFINISHED_LIMIT)
    }

    /// A client that has not finished in time what it began.
    pub(super) fn overdue(&self, now: Nanos) -> Option<usize> {
        self.unfinished.first().filter(|(since, _)| *since + UNFINISHED_LIMIT <= now).map(|(_, key)| *key)
    }

    /// Takes down what a client holds now, and whether it is unfinished. Returns whether it may stay: `false` where it holds
    /// more than before and all together are beyond the limit.
    pub(super) fn settle(&mut self, key: usize, now: Nanos) -> bool {
        let Some(entry) = self.entries.get_mut(key) else { return true };
        match (entry.unfinished_since, entry.client.is_unfinished()) {
            (None, true) => {
                entry.unfinished_since = Some(now);
                self.unfinished.insert((now, key));
            }
            (Some(since), false) => {
                entry.unfinished_since = None;
                self.unfinished.remove(&(since, key));
            }
            _ => {}
        }
        let before = std::mem::replace(&mut entry.held, entry.client.held());
        self.held = self.held - before + entry.held;
        entry.held <= before || self.held <= HELD_LIMIT
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientTable, HELD_LIMIT, Holds, UNFINISHED_LIMIT};
    use crate::model::Nanos;

    /// One that holds something has begun something.
    impl Holds for usize {
        fn held(&self) -> usize {
            *self
        }

        fn is_unfinished(&self) -> bool {
            *self > 0
        }
    }

    #[test]
    fn a_client_that_does_not_finish_in_time_is_overdue() {
        let mut clients = ClientTable::new();
        let [slow, fast, gone] = [clients.insert(0), clients.insert(0), clients.insert(0)];
        for (key, held, at) in [(gone, 1, 1), (slow, 1, 2), (fast, 1, 3), (slow, 2, 4), (fast, 0, 5)] {
            *clients.get_mut(key).unwrap() = held;
            clients.settle(key, Nanos(at));
        }
        clients.remove(gone);
        let end = Nanos(2) + UNFINISHED_LIMIT;
        assert_eq!(clients.next_overdue(), Some(end), "counted from its beginning");
        assert_eq!(clients.overdue(end - Nanos(1)), None);
        assert_eq!(clients.overdue(end), Some(slow));
        clients.remove(slow);
        assert_eq!(clients.next_overdue(), None, "the others are finished or gone");
    }

    fn grow(clients: &mut ClientTable<usize>, key: usize, held: usize) -> bool {
        *clients.get_mut(key).unwrap() = held;
        clients.settle(key, Nanos::ZERO)
    }

    #[test]
    fn a_client_beyond_the_limit_of_all_may_not_stay() {
        let mut clients = ClientTable::new();
        let [first, second] = [clients.insert(0), clients.insert(0)];
        assert!(grow(&mut clients, first, HELD_LIMIT));
        assert!(!grow(&mut clients, second, 1));
        assert!(grow(&mut clients, first, HELD_LIMIT - 1), "it has shrunk");
        assert!(grow(&mut clients, second, 1));
    }

    #[test]
    fn what_a_client_held_is_free_when_it_is_gone() {
        let mut clients = ClientTable::new();
        for _ in 0..3 {
            let key = clients.insert(0);
            assert!(grow(&mut clients, key, HELD_LIMIT));
            assert_eq!(clients.remove(key), Some(HELD_LIMIT));
        }
        assert_eq!(clients.remove(0), None);
    }

    #[test]
    fn a_client_is_pending_once_until_its_turn_has_come() {
        let mut clients = ClientTable::new();
        let [first, second] = [clients.insert(0), clients.insert(0)];
        for key in [first, second, first] {
            clients.pend(key);
        }
        assert_eq!(clients.next_pending(), Some(first));
        clients.pend(first);
        assert!(clients.is_pending(first));
        let order: Vec<usize> = std::iter::from_fn(|| clients.next_pending()).collect();
        assert_eq!(order, [second, first]);
        assert!(!clients.has_pending());
    }
}
