//! `reportgen pack`: a run as one file.

use std::path::PathBuf;

use anyhow::{Context, anyhow};

use super::outcome::{Exit, Failure, located};
use crate::archive::{Manifest, RunLock};
use crate::bundle::{self, PACK_SUFFIX};
use crate::cli::PackArgs;
use crate::terminal::Terminal;

pub(super) fn run(arguments: &PackArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let directory =
        bundle::open(&located(&arguments.run, &arguments.folder.dir).context("cannot pack")?).context("cannot pack")?;
    if let Some(pack) = directory.pack() {
        return Err(Failure::Usage(anyhow!("{} is a pack already", pack.display())));
    }
    let _lock = RunLock::share(directory.folder()).context("cannot pack")?;
    let manifest = Manifest::read(&directory).context("cannot pack")?;
    let id = bundle::pack_id(&manifest.run_id, &directory);
    let to = arguments.output.clone().unwrap_or_else(|| PathBuf::from(format!("{id}{PACK_SUFFIX}")));
    if to.symlink_metadata().is_ok() {
        let shown = to.display();
        return Err(Failure::Usage(anyhow!(
            "{shown} exists and is not overwritten; remove it or choose another with -o"
        )));
    }
    bundle::pack(&directory, id, &to).with_context(|| format!("cannot pack {}", directory.path().display()))?;
    terminal.result(&format!("{}\n", to.display())).context("cannot write to standard output")?;
    Ok(Exit::Done)
}
