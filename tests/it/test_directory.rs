//! What the tests share: where the real program is, and folders that vanish.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use reportgen::strategy::{self, Program, StrategyKind};
use reportgen::sweep::Programs;
use serde_json::Value;
use tempfile::TempDir;

use crate::golden;
#[cfg(target_os = "linux")]
use crate::running::PATIENCE;

/// The program under test.
pub(crate) fn executable() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_reportgen"))
}

/// The program under test in its other roles; the test binary itself has none.
pub(crate) fn programs() -> Programs {
    let role = |name: &str| Program { path: executable().to_owned(), arguments: vec![name.to_owned()] };
    Programs {
        child: role("internal-sample"),
        worker: role("internal-worker"),
        server: role("internal-server"),
        watchdog: role("internal-watchdog"),
    }
}

/// A strategy of `kind` with these options, as a config writes them; those that the kind does not take are left out.
pub(crate) fn kind_with(kind: &str, options: Value) -> StrategyKind {
    let Value::Object(mut fields) = options else { panic!("no options: {options}") };
    fields.insert("kind".to_owned(), kind.into());
    serde_json::from_value(fields.into()).unwrap()
}

/// The names of all kinds that are part of the program.
pub(crate) fn built_in_kinds() -> impl Iterator<Item = &'static str> {
    strategy::built_in().map(|spec| spec.kind.info().name)
}

/// A folder in which the program is run; it vanishes with the value.
pub(crate) struct TestDirectory {
    folder: TempDir,
}

/// What the program output.
pub(crate) struct CommandOutput {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl CommandOutput {
    /// The folder of the run or report whose page is named last.
    pub(crate) fn run(&self) -> &str {
        let page = self.stdout.lines().last().and_then(|line| line.strip_prefix("Report: "));
        page.and_then(|page| page.strip_suffix("/report.html")).unwrap_or_else(|| panic!("{}", self.stdout))
    }
}

impl TestDirectory {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The program in this folder, with an environment that decides nothing.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(executable());
        command.current_dir(self.folder.path()).env_clear();
        command
    }

    /// A shell in this folder.
    pub(crate) fn shell(&self, script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.current_dir(self.folder.path()).env_clear().args(["-c", script]);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> CommandOutput {
        captured(&self.command().args(arguments).output().unwrap())
    }

    /// Names of everything directly below `name`, sorted.
    pub(crate) fn entries(&self, name: &str) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.path(name))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for TestDirectory {
    /// Every manifest that a test leaves keeps to the published schema.
    fn drop(&mut self) {
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(entry.path());
                } else if entry.file_name() == "manifest.json" && !std::thread::panicking() {
                    golden::assert_matches_schema(&entry.path());
                }
            }
        }
    }
}

pub(crate) fn captured(output: &Output) -> CommandOutput {
    CommandOutput {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Processes that work in the folder of the test.
#[cfg(unix)]
pub(crate) fn processes_left(place: &TestDirectory) -> Vec<String> {
    let folder = std::fs::canonicalize(place.path("")).unwrap();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    processes
        .filter(|entry| std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == folder))
        .filter(|entry| {
            // A zombie has no command line.
            std::fs::read(entry.path().join("cmdline")).is_ok_and(|words| !words.is_empty())
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// Waits until nothing of the test is left: for the end of every process that works in its folder.
#[cfg(unix)]
pub(crate) fn await_no_process(place: &TestDirectory) {
    while let Some(number) = processes_left(place).first() {
        await_end(number);
    }
}

/// Waits for the end of a process that is no child of this one.
#[cfg(target_os = "linux")]
fn await_end(number: &str) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    let pid = Pid::from_raw(number.parse().unwrap()).unwrap();
    let descriptor = match pidfd_open(pid, PidfdFlags::empty()) {
        // It has ended since it was listed.
        Err(Errno::SRCH) => return,
        opened => opened.unwrap(),
    };
    let limit = Timespec { tv_sec: PATIENCE.as_secs().try_into().unwrap(), tv_nsec: 0 };
    let ended = poll(&mut [PollFd::new(&descriptor, PollFlags::IN)], Some(&limit)).unwrap();
    let words = std::fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
    assert_eq!(ended, 1, "left running: {number} {}", String::from_utf8_lossy(&words));
}

/// Elsewhere no process is listed.
#[cfg(all(unix, not(target_os = "linux")))]
fn await_end(_: &str) {}
