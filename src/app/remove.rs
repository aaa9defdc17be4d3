//! `reportgen remove`: takes runs out of the archive. All are looked at before the first one goes.

use anyhow::Context;

use super::{Exit, Failure, located};
use crate::archive::Removable;
use crate::cli::RemoveArgs;
use crate::terminal::Terminal;

pub(super) fn run(arguments: &RemoveArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let mut removable = Vec::new();
    for run in &arguments.runs {
        let path = located(run).context("nothing is removed")?;
        removable.push((Removable::check(&path).context("nothing is removed")?, path));
    }
    for (run, path) in removable {
        run.remove().with_context(|| format!("cannot remove {}", path.display()))?;
        terminal.result(&format!("removed {}\n", path.display())).context("cannot write to standard output")?;
    }
    Ok(Exit::Done)
}
