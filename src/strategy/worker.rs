//! Worker processes, as a process pool and an event loop of several processes have them: started with pipes, told their
//! work as one line of JSON, then spoken to in lines. What the lines mean is theirs. On Linux a sample's process starts
//! them as copies of itself; where that is not possible, as programs.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Lines, PipeReader, PipeWriter, Write};
use std::process::{Child, Command};

use serde::{Deserialize, Serialize};

#[cfg(target_os = "linux")]
use super::fork::Forked;
use super::work::Work;

/// The first line that a worker gets.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum WorkerTask {
    /// To issue one request whenever it is asked.
    Pool(Work),
    /// To issue all of its requests from one event loop when the time comes.
    Loop(Work),
}

/// What a worker that is a copy of this process does with its standard input and output.
pub(super) type Serve = fn(File, File) -> io::Result<()>;

/// The first message to a worker, and the lines that follow; `None` where its parent has gone before.
pub(super) fn receive<R: BufRead>(input: R) -> io::Result<Option<(WorkerTask, Lines<R>)>> {
    let mut lines = input.lines();
    let Some(task) = lines.next() else { return Ok(None) };
    Ok(Some((serde_json::from_str(&task?)?, lines)))
}

/// The parent's end of one worker process.
pub(super) struct Worker {
    index: u32,
    process: WorkerProcess,
    input: PipeWriter,
    output: BufReader<PipeReader>,
    line: String,
}

enum WorkerProcess {
    #[cfg(target_os = "linux")]
    Copy(Forked),
    Program(Child),
}

impl WorkerProcess {
    /// Starts a worker that reads from `input` and writes to `output`.
    #[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "processes are copied on Linux only"))]
    fn start(work: &Work, serve: Serve, input: PipeReader, output: PipeWriter) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(copy) = Forked::start((&input, &output), serve)? {
            return Ok(Self::Copy(copy));
        }
        let mut command = Command::new(&work.worker_program.path);
        command.args(&work.worker_program.arguments).stdin(input).stdout(output).spawn().map(Self::Program)
    }

    fn wait(&mut self) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Copy(copy) => copy.wait(),
            Self::Program(child) => child.wait().map(drop),
        }
    }
}

impl Worker {
    /// Starts the process; it does nothing before it is spoken to.
    pub(super) fn start(work: &Work, serve: Serve, index: u32) -> io::Result<Self> {
        let (own_output, output) = io::pipe()?;
        let (input, own_input) = io::pipe()?;
        let process = WorkerProcess::start(work, serve, input, output)?;
        Ok(Self { index, process, input: own_input, output: BufReader::new(own_output), line: String::new() })
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
        let _ = self.process.wait();
    }
}
