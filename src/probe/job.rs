//! What is started for one sample: a child of this program, or an external program. The output of both is read alike.

use std::io;
use std::process::{Command, Stdio};

use super::orphans::{self, SampleTag};
use crate::model::StatusSet;
use crate::strategy::{Invocation, Task, VARIABLES, Work};

/// One sample's work, and who does it.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// A built-in strategy, in a child of this program. The child gets its work as one line of JSON and starts nothing
    /// before it has read it, so that its parent can enter it in the watchdog's list first.
    BuiltIn(Box<Task>),
    /// An external program with its work in its environment.
    Command {
        /// The program.
        invocation: Invocation,
        /// How many requests it has to issue.
        requests: u32,
        /// The statuses that count as success.
        expect_status: StatusSet,
    },
}

impl Job {
    /// A sample of a program that is to do `work`.
    #[must_use]
    pub fn command(invocation: &Invocation, work: &Work) -> Self {
        Self::Command {
            invocation: invocation.told(work),
            requests: work.requests,
            expect_status: work.expect_status.clone(),
        }
    }

    /// How many requests are to be issued.
    pub(super) fn requests(&self) -> u32 {
        match self {
            Self::BuiltIn(task) => task.work.requests,
            Self::Command { requests, .. } => *requests,
        }
    }

    /// Processes that share the requests; an external program counts as one.
    #[must_use]
    pub fn processes(&self) -> u32 {
        match self {
            Self::BuiltIn(task) => task.strategy.processes(),
            Self::Command { .. } => 1,
        }
    }

    /// The statuses that count as success.
    pub(super) fn expect_status(&self) -> &StatusSet {
        match self {
            Self::BuiltIn(task) => &task.work.expect_status,
            Self::Command { expect_status, .. } => expect_status,
        }
    }

    /// What is written to the child's standard input; a program gets none.
    pub(super) fn line(&self) -> io::Result<Option<Vec<u8>>> {
        match self {
            Self::BuiltIn(task) => {
                let mut line = serde_json::to_vec(task)?;
                line.push(b'\n');
                Ok(Some(line))
            }
            Self::Command { .. } => Ok(None),
        }
    }

    /// A tag for the processes of a program, which may leave their group. Those of a built-in strategy stay in it.
    pub(super) fn tag(&self) -> Option<SampleTag> {
        matches!(self, Self::Command { .. }).then(SampleTag::new)
    }

    /// What is to be started; `own` is this program in its role as a child.
    pub(super) fn start(&self, own: &crate::strategy::Program, tag: Option<&SampleTag>) -> Command {
        let program = match self {
            Self::BuiltIn(_) => own,
            Self::Command { invocation, .. } => &invocation.program,
        };
        let mut command = Command::new(&program.path);
        command.args(&program.arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        match self {
            Self::BuiltIn(_) => {
                command.stdin(Stdio::piped());
            }
            Self::Command { invocation, .. } => {
                command.stdin(Stdio::null()).current_dir(&invocation.folder);
                let inherited = std::env::vars_os().map(|(name, _)| name);
                inherited.filter(|name| name.to_string_lossy().starts_with(VARIABLES)).for_each(|name| {
                    command.env_remove(name);
                });
                command.envs(&invocation.environment);
                command.envs(tag.map(|tag| (orphans::VARIABLE, tag.as_str())));
            }
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }
}
