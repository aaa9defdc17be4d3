//! Worker processes, as a process pool and an event loop of several processes have them: started with pipes, told their
//! work as one line of JSON, then spoken to in lines. What the lines mean is theirs.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};

use super::work::Work;

/// The first line that a worker gets.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum WorkerTask {
    /// To issue one request whenever it is asked.
    Pool(Work),
    /// To issue all of its requests from one event loop when the time comes.
    Loop(Work),
}

/// The parent's end of one worker process.
pub(super) struct Worker {
    index: u32,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    line: String,
}

impl Worker {
    /// Starts the process; it does nothing before it is spoken to.
    pub(super) fn start(work: &Work, index: u32) -> io::Result<Self> {
        let mut child = Command::new(&work.worker_program.path)
            .args(&work.worker_program.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let missing = || io::Error::other("a pipe that was asked for is missing");
        let input = child.stdin.take().ok_or_else(missing)?;
        let output = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        Ok(Self { index, child, input, output, line: String::new() })
    }

    /// Says what it is to do.
    pub(super) fn tell(&mut self, task: &WorkerTask) -> io::Result<()> {
        self.say(&serde_json::to_string(task)?)
    }

    fn reply(&mut self) -> io::Result<()> {
        self.line.clear();
        match self.output.read_line(&mut self.line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Which one it is, from 0.
    pub(super) fn index(&self) -> u32 {
        self.index
    }

    /// Says one line.
    pub(super) fn say(&mut self, line: &str) -> io::Result<()> {
        self.input.write_all(format!("{line}\n").as_bytes())
    }

    /// Reads one line, without its end.
    pub(super) fn line(&mut self) -> io::Result<&str> {
        self.reply()?;
        Ok(self.line.trim_end())
    }

    /// Reads one line that must be `word`.
    pub(super) fn expect(&mut self, word: &str) -> io::Result<()> {
        if self.line()? == word { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    /// Ends the worker by ending its input, and waits, so that its cost is counted with the parent's.
    pub(super) fn stop(mut self) {
        drop(self.input);
        // Nothing can be done about a worker that cannot be waited for.
        let _ = self.child.wait();
    }
}
