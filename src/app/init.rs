//! `reportgen init`: writes the config that a first sweep begins with, or the reference of all keys.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use anyhow::{Context, anyhow};

use super::outcome::{Exit, Failure};
use crate::cli::InitArgs;
use crate::config;
use crate::terminal::Terminal;

pub(super) fn run(arguments: &InitArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let path = arguments.file.display();
    let mut file = match OpenOptions::new().write(true).create_new(true).open(&arguments.file) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(Failure::Usage(anyhow!("{path} exists already; name another file or remove it first")));
        }
        Err(error) => return Err(anyhow!(error).context(format!("cannot create {path}")).into()),
    };
    let text = if arguments.full { config::REFERENCE } else { config::STARTER };
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write {path}"))?;
    terminal.note(&format!("wrote {path}; next: reportgen --config {path} --dry-run"));
    Ok(Exit::Done)
}
