//! A program of somebody else's as a strategy: how it is found, and what it is told. It is started by the probe and
//! speaks the same lines as the built-in kinds, so nothing here issues a request.
//!
//! It inherits the environment of reportgen without any `REPORTGEN_…`, then gets what the config sets, then the work as
//! `REPORTGEN_…`. Header values may be secrets: an environment can be read by the same user only.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Program, Work};
use crate::model::{CommandSpec, KindInfo, Model};

/// What the kind says about itself. Its model is the config's to name.
pub(super) const INFO: KindInfo = KindInfo {
    name: "command",
    about: "any program, in any language, that speaks the strategy protocol",
    model: Model::Async,
    options: &["command", "model", "workers", "working-directory", "environment", "version-command"],
    label: "command",
    https: true,
};

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
    pub environment: Vec<(String, String)>,
    /// The command as the config has it, for messages.
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
    pub fn find(words: &[String], command: &CommandSpec, from: &Path) -> Result<Self, MissingProgram> {
        let command_line = command_line(words);
        let folder = from.join(&command.working_directory);
        let shown = folder.display().to_string();
        let absolute = std::path::absolute(&folder).ok().filter(|folder| folder.is_dir());
        let Some(absolute) = absolute else {
            return Err(MissingProgram::Folder { command_line, folder: shown });
        };
        let path = command.environment.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.into());
        let path = path.or_else(|| std::env::var_os("PATH"));
        let program = words.first().map_or(OsStr::new(""), OsStr::new);
        // A path is kept as it is written: an environment of Python is known by the link that starts it.
        let found = which::which_in(program, path, &absolute).map_err(|source| {
            let command_line = command_line.clone();
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
        let headers: serde_json::Map<String, serde_json::Value> =
            work.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        let variables = [
            ("URL", work.url.clone()),
            ("REQUESTS", work.requests.to_string()),
            ("WORKERS", work.workers.to_string()),
            ("TIMEOUT_S", timeout.to_string()),
            ("METHOD", work.method.clone()),
            ("BODY", work.body.clone()),
            ("HEADERS", serde_json::Value::from(headers).to_string()),
            ("EXPECT_STATUS", work.expect_status.to_string()),
        ];
        told.environment.extend(variables.map(|(name, value)| (format!("{VARIABLES}{name}"), value)));
        told
    }
}

/// The words as a shell would take them.
#[must_use]
pub fn command_line(words: &[String]) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-+=./:,@%".contains(c);
    let quoted = words.iter().map(|word| match word.as_str() {
        plain if !plain.is_empty() && plain.chars().all(is_plain) => plain.to_owned(),
        other => format!("'{}'", other.replace('\'', r"'\''")),
    });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Invocation, command_line};
    use crate::model::CommandSpec;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_command_line_can_be_pasted_into_a_shell() {
        for (given, line) in [
            (&["python3", "-u", "a/b.py", "--x=1"][..], "python3 -u a/b.py --x=1"),
            (&["sh", "-c", "echo 'a'; exit"], r"sh -c 'echo '\''a'\''; exit'"),
            (&["a b", "", "$HOME"], "'a b' '' '$HOME'"),
        ] {
            assert_eq!(command_line(&words(given)), line);
        }
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
            let command = CommandSpec {
                words: words(&[program, "x"]),
                working_directory: "clients".into(),
                environment: environment.into_iter().collect(),
                version_command: Vec::new(),
            };
            Invocation::find(&command.words, &command, folder.path())
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
