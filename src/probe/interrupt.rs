//! Ctrl-C and SIGTERM. The first one is handed to the thread that waits for a sample, so that the sweep ends in order; the
//! second one ends the program at once.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Which signal asked the sweep to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// A polite kill.
    Terminate,
}

impl Signal {
    /// The exit code by which a shell knows it: 130 or 143.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

type Listener = Box<dyn Fn(Signal) + Send>;

#[derive(Default)]
struct Shared {
    /// 0 for none, else the exit code of the signal.
    received: AtomicUsize,
    listeners: Mutex<Vec<(usize, Listener)>>,
    next: AtomicUsize,
}

/// The interrupts of this process. Clones share them.
#[derive(Clone, Default)]
pub struct Interrupts {
    shared: Arc<Shared>,
}

/// Ends a subscription when dropped.
pub struct Subscription {
    shared: Arc<Shared>,
    id: usize,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.shared.listeners.lock().unwrap_or_else(PoisonError::into_inner).retain(|(id, _)| *id != self.id);
    }
}

impl Interrupts {
    /// Interrupts that only [`raise`](Self::raise) causes; the process' own signals are left alone.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Takes over SIGINT and SIGTERM of this process, once.
    ///
    /// # Errors
    /// When the operating system refuses.
    #[cfg(unix)]
    pub fn install() -> io::Result<Self> {
        use signal_hook::consts::{SIGINT, SIGTERM};

        let interrupts = Self::default();
        for signal in [SIGINT, SIGTERM] {
            let armed = Arc::new(std::sync::atomic::AtomicBool::new(false));
            let code = if signal == SIGINT { Signal::Interrupt } else { Signal::Terminate }.exit_code();
            // In this order: the first signal finds the flag down and raises it, the second finds it up.
            signal_hook::flag::register_conditional_shutdown(signal, i32::from(code), Arc::clone(&armed))?;
            signal_hook::flag::register(signal, armed)?;
        }
        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
        let raiser = interrupts.clone();
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in signals.forever() {
                raiser.raise(if signal == SIGINT { Signal::Interrupt } else { Signal::Terminate });
            }
        })?;
        Ok(interrupts)
    }

    /// Leaves Ctrl-C to the operating system, which ends the program at once; the journal keeps what was measured.
    ///
    /// # Errors
    /// Never.
    #[cfg(not(unix))]
    pub fn install() -> io::Result<Self> {
        Ok(Self::default())
    }

    /// Tells everyone who waits. Only the first signal counts.
    pub fn raise(&self, signal: Signal) {
        let code = usize::from(signal.exit_code());
        let _ = self.shared.received.compare_exchange(0, code, Ordering::SeqCst, Ordering::SeqCst);
        for (_, listener) in self.shared.listeners.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            listener(signal);
        }
    }

    /// The signal received, if any.
    #[must_use]
    pub fn received(&self) -> Option<Signal> {
        match self.shared.received.load(Ordering::SeqCst) {
            0 => None,
            143 => Some(Signal::Terminate),
            _ => Some(Signal::Interrupt),
        }
    }

    /// Calls `listener` for each signal until the subscription is dropped; at once if one came already.
    #[must_use]
    pub fn subscribe(&self, listener: impl Fn(Signal) + Send + 'static) -> Subscription {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let mut listeners = self.shared.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(signal) = self.received() {
            listener(signal);
        }
        listeners.push((id, Box::new(listener)));
        Subscription { shared: Arc::clone(&self.shared), id }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::{Interrupts, Signal};

    #[test]
    fn a_signal_reaches_those_who_wait_and_those_who_come_late() {
        let interrupts = Interrupts::none();
        let (sender, early) = mpsc::channel();
        let subscription = interrupts.subscribe(move |signal| sender.send(signal).unwrap());
        interrupts.raise(Signal::Terminate);
        assert_eq!(early.recv(), Ok(Signal::Terminate));
        drop(subscription);
        assert_eq!(early.recv().ok(), None);
        let (sender, late) = mpsc::channel();
        let _subscription = interrupts.subscribe(move |signal| sender.send(signal).unwrap());
        assert_eq!(late.recv(), Ok(Signal::Terminate));
        interrupts.raise(Signal::Interrupt);
        assert_eq!(interrupts.received(), Some(Signal::Terminate), "the first one counts");
    }
}
