//! `reportgen remove`: takes runs out of the archive. All are looked at, and locked, before the first one goes.

use anyhow::Context;

use super::outcome::{Exit, Failure, located};
use crate::catalog::Removable;
use crate::chart;
use crate::cli::RemoveArgs;
use crate::format::shown;
use crate::terminal::Terminal;

/// How many names of what is left in a folder are listed.
const SHOWN: usize = 10;

pub(super) fn run(arguments: &RemoveArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let charts: Vec<&str> = chart::kinds().iter().map(|chart| chart.name).collect();
    let mut removable = Vec::new();
    for run in &arguments.runs {
        let path = located(run, &arguments.folder.dir).context("nothing is removed")?;
        removable.push((Removable::check(&path, &charts).context("nothing is removed")?, path));
    }
    for (run, path) in removable {
        let left = run.remove().with_context(|| format!("cannot remove {}", path.display()))?;
        terminal.confirmation(&format!("removed {}\n", path.display())).context("cannot write to standard output")?;
        if !left.is_empty() {
            let names = left.iter().take(SHOWN).map(|name| shown(name, 200)).collect::<Vec<_>>().join(", ");
            let more = left.len().saturating_sub(SHOWN);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            terminal.warn(&format!("{} stays, for it holds what is not of the run: {names}{more}", path.display()));
        }
    }
    Ok(Exit::Done)
}
