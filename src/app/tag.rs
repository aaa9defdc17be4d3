//! `reportgen tag` and `untag`: words that people give a run, beside its files.

use std::collections::BTreeSet;

use anyhow::{Context, anyhow};

use super::outcome::{Exit, Failure, located};
use crate::archive::{self, Manifest, RunDirectory, RunLock};
use crate::bundle;
use crate::cli::TagArgs;
use crate::terminal::Terminal;

pub(super) fn add(arguments: &TagArgs, terminal: Terminal) -> Result<Exit, Failure> {
    if let Some(problem) = arguments.names.iter().find_map(|name| archive::check_tag(name).err()) {
        return Err(Failure::Usage(anyhow!(problem)));
    }
    let (directory, mut tags, _lock) = open(arguments).context("cannot tag")?;
    tags.extend(arguments.names.iter().cloned());
    write(&directory, tags, terminal)
}

pub(super) fn remove(arguments: &TagArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let (directory, mut tags, _lock) = open(arguments).context("cannot untag")?;
    for name in &arguments.names {
        if !tags.remove(name) {
            let has = tags.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let has = if has.is_empty() { "it has no tags".to_owned() } else { format!("its tags are {has}") };
            return Err(anyhow!("{} is not tagged {name:?}; {has}", directory.shown().display()).into());
        }
    }
    write(&directory, tags, terminal)
}

/// The tags of a run, and the lock under which they were read and may be changed.
fn open(arguments: &TagArgs) -> anyhow::Result<(RunDirectory, BTreeSet<String>, RunLock)> {
    let directory = bundle::open(&located(&arguments.run, &arguments.folder.dir)?)?;
    let lock = directory.wait_for_lock()?;
    // What has no manifest of a run gets no tags.
    Manifest::read(&directory)?;
    let tags = archive::tags(&directory)?;
    Ok((directory, tags, lock))
}

fn write(directory: &RunDirectory, tags: BTreeSet<String>, terminal: Terminal) -> Result<Exit, Failure> {
    let line = tags.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    archive::set_tags(directory, tags).context("cannot write the tags")?;
    let line = if line.is_empty() { "no tags".to_owned() } else { line };
    terminal.confirmation(&format!("{}: {line}\n", directory.id())).context("cannot write to standard output")?;
    Ok(Exit::Done)
}
