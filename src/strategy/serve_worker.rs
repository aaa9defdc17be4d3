//! What a worker process does, whichever strategy started it.

use std::io::{self, BufRead, Write};

use super::worker::WorkerTask;
use super::{multi_process, process_pool};

/// The worker's end: reads what it is to do, and does it until its input ends.
///
/// # Errors
/// When the work cannot be understood or a pipe breaks; the parent sees that as a dead worker.
pub fn serve_worker(input: impl BufRead, output: impl Write) -> io::Result<()> {
    let mut lines = input.lines();
    let Some(task) = lines.next() else { return Ok(()) };
    match serde_json::from_str(&task?)? {
        WorkerTask::Pool(work) => process_pool::serve(&work, lines, output),
        WorkerTask::Loop(work) => multi_process::serve(&work, lines, output),
    }
}
