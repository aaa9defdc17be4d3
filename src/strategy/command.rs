//! An external program as a strategy: how it is found, and what is handed to it. It is started by the probe and
//! speaks the same lines as the built-in kinds, so nothing here issues a request.
//!
//! It inherits the environment of reportgen without any `REPORTGEN_…`, then gets what the config sets, then the work as
//! `REPORTGEN_…`. Header values may be secrets: an environment can be read by the same user only.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::error::StrategyError;
use super::interface::{KindInfo, Strategy, default_workers};
use super::work::{Program, Work};
use crate::clock::SharedClock;
use crate::format::command_line;
use crate::model::secret_text::masked_command;
use crate::model::{Concurrency, Connections, Outcome, RequestCount, ResourceEstimate};

/// any program, in any language, that speaks the strategy protocol
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Command {
    /// A program and its arguments, which speaks the protocol of docs/strategies.md
    #[schemars(extend("x-form" = "command"))]
    pub command: Vec<String>,
    /// How the program's requests overlap, which names its best possible duration
    pub model: Concurrency,
    /// Threads or processes, handed to the program as `REPORTGEN_WORKERS`
    #[serde(default)]
    #[schemars(range(min = 1, max = 10_000), extend("x-list" = true))]
    pub workers: Option<u32>,
    /// Where the program is started, relative to the config
    #[serde(default = "here")]
    #[schemars(extend("x-form" = "path"))]
    pub working_directory: PathBuf,
    /// Environment variables of the program beside those that it inherits
    #[serde(default)]
    #[schemars(extend("x-form" = "environment"))]
    pub environment: BTreeMap<String, String>,
    /// A command whose first line of output is kept as the program's version
    #[serde(default)]
    #[schemars(extend("x-form" = "command"))]
    pub version_command: Vec<String>,
}

fn here() -> PathBuf {
    ".".into()
}

pub(super) const INFO: KindInfo = KindInfo { name: "command", article_name: "command", https: true };

impl Strategy for Command {
    fn info(&self) -> KindInfo {
        INFO
    }

    fn concurrency(&self) -> Concurrency {
        self.model
    }

    fn bound(&self) -> Option<u32> {
        match self.model {
            Concurrency::Sequential => Some(1),
            Concurrency::Pool => self.workers(),
            Concurrency::Async => None,
        }
    }

    /// A program of one's own has a number of workers if it says so or is a pool.
    fn workers(&self) -> Option<u32> {
        self.workers.or_else(|| (self.model == Concurrency::Pool).then(default_workers))
    }

    fn connections(&self) -> Connections {
        Connections::KeepAlive
    }

    fn needs(&self, _: RequestCount) -> ResourceEstimate {
        ResourceEstimate::default()
    }

    fn run(&self, _: &Work, _: &SharedClock) -> Result<Vec<Outcome>, StrategyError> {
        Err(StrategyError::NotBuiltIn)
    }
}

/// The names of all variables that reportgen sets begin so.
pub const VARIABLES: &str = "REPORTGEN_";

/// A command whose program was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// What is started.
    pub program: Program,
    /// Where.
    pub folder: PathBuf,
    /// Set beside what is inherited.
    pub environment: BTreeMap<String, String>,
    /// The command as the config has it, for messages: without what may be a secret.
    pub command_line: String,
}

/// Why a command cannot be started.
#[derive(Debug, Error)]
pub enum MissingProgram {
    /// No such program, or one that may not be executed.
    #[error(
        "cannot find the program of `{command_line}` from {folder}; install it or correct the strategy's `command`"
    )]
    Program {
        /// The command.
        command_line: String,
        /// Where it was to run.
        folder: String,
        /// What the search says.
        #[source]
        source: which::Error,
    },
    /// A file that may not be executed.
    #[error(
        "{program}, the program of `{command_line}`, may not be executed; run `chmod +x {program}`, or name what runs it \
         first in the strategy's `command`"
    )]
    NotExecutable {
        /// The file.
        program: String,
        /// The command.
        command_line: String,
    },
    /// No folder to start it in.
    #[error(
        "cannot start `{command_line}` in {folder}, which is no folder; correct the strategy's `working-directory`"
    )]
    Folder {
        /// The command.
        command_line: String,
        /// Where it was to run.
        folder: String,
    },
}

impl Invocation {
    /// Looks for the program of `words`, which runs where and as `command` says; `from` is the config's folder.
    ///
    /// # Errors
    /// When there is no such program, or it may not be executed.
    pub fn find(words: &[String], command: &Command, from: &Path) -> Result<Self, MissingProgram> {
        let command_line = command_line(&masked_command(words));
        let folder = from.join(&command.working_directory);
        let shown = folder.display().to_string();
        let absolute = std::path::absolute(&folder).ok().filter(|folder| folder.is_dir());
        let Some(absolute) = absolute else {
            return Err(MissingProgram::Folder { command_line, folder: shown });
        };
        let path = command.environment.get("PATH").map(Into::into);
        let path = path.or_else(|| std::env::var_os("PATH"));
        let program = words.first().map_or(OsStr::new(""), OsStr::new);
        // A path is kept as it is written: an environment of Python is known by the link that starts it.
        let found = which::which_in(program, path, &absolute).map_err(|source| {
            let (command_line, file) = (command_line.clone(), absolute.join(program));
            if Path::new(program).components().count() > 1 && file.is_file() {
                return MissingProgram::NotExecutable {
                    program: file.components().collect::<PathBuf>().display().to_string(),
                    command_line,
                };
            }
            MissingProgram::Program { command_line, folder: shown, source }
        })?;
        let arguments = words.iter().skip(1).cloned().collect();
        let program = Program { path: absolute.join(found), arguments };
        Ok(Self { program, folder: absolute, environment: command.environment.clone(), command_line })
    }

    /// The same command, told to do `work`.
    #[must_use]
    pub fn told(&self, work: &Work) -> Self {
        let mut told = self.clone();
        let timeout = work.request_timeout().as_secs_f64();
        let shown = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let headers: serde_json::Map<String, serde_json::Value> =
            work.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        let variables = [
            ("URL", work.url.clone()),
            ("REQUESTS", work.requests.to_string()),
            ("WORKERS", work.workers.to_string()),
            ("TIMEOUT_S", timeout.to_string()),
            ("METHOD", work.method.clone()),
            ("BODY", if fits_environment(&work.body) { work.body.clone() } else { String::new() }),
            ("BODY_FILE", shown(&work.body_file)),
            ("HEADERS", serde_json::Value::from(headers).to_string()),
            ("CA_FILE", shown(&work.ca_file)),
            ("INSECURE", u8::from(work.insecure).to_string()),
            ("FOLLOW_REDIRECTS", work.follow_redirects.to_string()),
            ("EXPECT_STATUS", work.expect_status.written()),
        ];
        told.environment.extend(variables.map(|(name, value)| (format!("{VARIABLES}{name}"), value)));
        told
    }
}

/// Whether a program can be told a body in its environment: Linux takes no value longer than 128 KiB, and none has a NUL.
fn fits_environment(body: &str) -> bool {
    body.len() <= 64 << 10 && !body.contains('\0')
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Command, Invocation};
    use crate::model::Concurrency;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[cfg(unix)]
    #[test]
    fn a_program_is_found_in_path_or_from_the_working_directory() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("clients");
        std::fs::create_dir(&inner).unwrap();
        for (name, mode) in [("run", 0o755), ("data", 0o644)] {
            let path = inner.join(name);
            std::fs::write(&path, "#!/bin/sh\n").unwrap();
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        }
        let find = |program: &str, path: Option<&Path>| {
            let environment = path.map(|path| ("PATH".to_owned(), path.display().to_string()));
            let command = Command {
                command: words(&[program, "x"]),
                model: Concurrency::Sequential,
                workers: None,
                working_directory: "clients".into(),
                environment: environment.into_iter().collect(),
                version_command: Vec::new(),
            };
            Invocation::find(&command.command, &command, folder.path())
        };
        for (program, path) in [("./run", None), ("../clients/run", None), ("run", Some(inner.as_path()))] {
            let found = find(program, path).unwrap();
            assert!(found.program.path.is_absolute() && found.program.path.ends_with("clients/run"), "{found:?}");
            assert_eq!((found.folder, found.program.arguments), (inner.clone(), words(&["x"])));
        }
        for (program, path) in
            [("./data", None), ("./none", None), ("run", Some(folder.path())), ("no-such-program", None)]
        {
            let said = find(program, path).unwrap_err().to_string();
            assert!(said.contains(&format!("`{program} x`")), "{said}");
        }
    }
}
