//! A program that runs while its test goes on. What it writes are the events that a test waits for, each with a time-out.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::test_directory::{CommandOutput, TestDirectory};

/// Longer than anything takes that works, on a busy machine too: only a fault waits for so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

enum Line {
    Output(String),
    Error(String),
}

/// A program that has been started; killed when dropped.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<Line>,
    stdout: String,
    stderr: String,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        forward(child.stdout.take().unwrap(), sender.clone(), Line::Output);
        forward(child.stderr.take().unwrap(), sender, Line::Error);
        Self { child, lines, stdout: String::new(), stderr: String::new() }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line of either stream that comes within `limit`.
    fn next(&mut self, limit: Duration) -> Result<String, RecvTimeoutError> {
        let (line, stream) = match self.lines.recv_timeout(limit)? {
            Line::Output(line) => (line, &mut self.stdout),
            Line::Error(line) => (line, &mut self.stderr),
        };
        stream.push_str(&line);
        Ok(line)
    }

    /// Waits for a line, of standard output or error, that is the one; says whether it came before both streams ended.
    pub(crate) fn await_line(&mut self, mut is_it: impl FnMut(&str) -> bool) -> bool {
        loop {
            match self.next(PATIENCE) {
                Ok(line) if is_it(&line) => return true,
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("silent for {PATIENCE:?} after: {}{}", self.stdout, self.stderr)
                }
            }
        }
    }

    /// Waits until so many more samples have been reported; says whether they were before both streams ended.
    pub(crate) fn await_samples(&mut self, count: usize) -> bool {
        (0..count).all(|_| self.await_line(is_sample))
    }

    /// Passes some time that matters to nothing, or less where a line comes.
    pub(crate) fn pass_time(&mut self, limit: Duration) {
        // Either way it goes on.
        let _ = self.next(limit);
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        // A child that has ended already is still there to be waited for.
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> CommandOutput {
        self.await_line(|_| false);
        let code = self.child.wait().unwrap().code();
        CommandOutput { code, stdout: std::mem::take(&mut self.stdout), stderr: std::mem::take(&mut self.stderr) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends each line, with its end, until the stream ends.
fn forward(stream: impl Read + Send + 'static, to: Sender<Line>, kind: fn(String) -> Line) {
    thread::spawn(move || {
        let (mut stream, mut line) = (BufReader::new(stream), Vec::new());
        while stream.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            if to.send(kind(String::from_utf8_lossy(&line).into_owned())).is_err() {
                return;
            }
            line.clear();
        }
    });
}

/// Whether a line tells of a sample that has ended: ` 3/18  name …`.
pub(crate) fn is_sample(line: &str) -> bool {
    let head = line.split_once('/').map(|(number, _)| number.trim());
    head.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A named pipe in which programs tell that they have come to a point.
#[cfg(unix)]
pub(crate) struct NamedPipe(Receiver<()>);

#[cfg(unix)]
impl NamedPipe {
    /// Makes the pipe, and begins to listen.
    pub(crate) fn new(place: &TestDirectory, name: &str) -> Self {
        let (path, (sender, reached)) = (Self::pipe(place, name), channel());
        // Opening it blocks until a program writes.
        thread::spawn(move || {
            if std::fs::read(path).is_ok_and(|bytes| !bytes.is_empty()) {
                let _ = sender.send(());
            }
        });
        Self(reached)
    }

    /// A pipe without a reader: a program that opens it waits until there is one.
    pub(crate) fn pipe(place: &TestDirectory, name: &str) -> PathBuf {
        let made = place.shell(&format!("PATH=/usr/bin:/bin mkfifo {name}")).status().unwrap();
        assert!(made.success(), "mkfifo {name}");
        place.path(name)
    }

    /// Waits until a program has written a line and closed the pipe.
    pub(crate) fn wait(&self) {
        self.0.recv_timeout(PATIENCE).expect("no program has come to the point");
    }
}

/// Asks again and again, for what nothing announces; says whether it came about. Each use says why it has to ask.
pub(crate) fn poll(mut is_so: impl FnMut() -> bool) -> bool {
    const PAUSE: Duration = Duration::from_millis(2);
    let (_silent, nothing) = channel::<()>();
    (0..PATIENCE.as_millis() / PAUSE.as_millis()).any(|_| is_so() || nothing.recv_timeout(PAUSE).is_ok())
}
