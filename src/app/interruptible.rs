//! Work that an interrupt ends at once: drawing, which may take long and whose files are whole or not there at every
//! moment. What is measured ends in its own order, see `sweep`.

use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc;
use std::thread;

use anyhow::Context;

use crate::probe::{Interrupts, Signal};

/// As much as a main thread has.
const STACK_BYTES: usize = 8 << 20;

/// How work ended.
pub(super) enum Ended<T> {
    /// With this result.
    Done(T),
    /// By a signal. Its thread may still run, and ends with the program.
    Interrupted(Signal),
}

/// Does `work` on a thread of its own and returns when it is done, or as soon as a signal comes.
///
/// # Errors
/// When the thread cannot be started.
pub(super) fn until_interrupted<T: Send + 'static>(
    interrupts: &Interrupts,
    work: impl FnOnce() -> T + Send + 'static,
) -> anyhow::Result<Ended<T>> {
    let (sender, receiver) = mpsc::channel();
    let interrupted = sender.clone();
    // The first subscriber has gone before the second signal comes.
    let _subscription = interrupts.subscribe(move |signal| drop(interrupted.send(Ended::Interrupted(signal))));
    let body = move || drop(sender.send(Ended::Done(panic::catch_unwind(AssertUnwindSafe(work)))));
    let thread = thread::Builder::new().name("drawing".to_owned()).stack_size(STACK_BYTES).spawn(body);
    thread.context("cannot start a thread")?;
    match receiver.recv().expect("the subscription holds a sender") {
        Ended::Done(Ok(done)) => Ok(Ended::Done(done)),
        Ended::Done(Err(panic)) => panic::resume_unwind(panic),
        Ended::Interrupted(signal) => Ok(Ended::Interrupted(signal)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::{Ended, until_interrupted};
    use crate::probe::{Interrupts, Signal};

    #[test]
    fn work_is_done_or_left_behind_when_a_signal_comes() {
        let interrupts = Interrupts::none();
        assert!(matches!(until_interrupted(&interrupts, || 7).unwrap(), Ended::Done(7)));
        let (hold, held) = mpsc::channel::<()>();
        let raiser = interrupts.clone();
        let endless = move || {
            raiser.raise(Signal::Terminate);
            held.recv().is_err()
        };
        let ended = until_interrupted(&interrupts, endless).unwrap();
        assert!(matches!(ended, Ended::Interrupted(Signal::Terminate)));
        drop(hold);
    }
}
