//! What a worker process does, whichever strategy started it.

use std::io::{self, BufRead, Write};

use super::worker::{self, WorkerTask};
use super::{multi_process, process_pool};

/// The worker's end: reads what it is to do, and does it until its input ends.
///
/// # Errors
/// When the work cannot be understood or a pipe breaks; the parent sees that as a dead worker.
pub fn serve_worker(input: impl BufRead, output: impl Write) -> io::Result<()> {
    match worker::receive(input)? {
        None => Ok(()),
        Some((WorkerTask::Pool(work), lines)) => process_pool::serve(&work, lines, output),
        Some((WorkerTask::Loop(work), lines)) => multi_process::serve(&work, lines, output),
    }
}
