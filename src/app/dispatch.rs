//! This program in its other roles. A sweep starts it again as the child of a sample, the worker of a process pool, the
//! delay server and the watchdog. Each role speaks over its standard input and output and is named by the first
//! argument, which the command line's help does not list.

use std::io;
use std::process::ExitCode;

use anyhow::Context;

use crate::cli::ColorChoice;
use crate::probe;
use crate::server;
use crate::strategy::{self, Program};
use crate::sweep::Programs;
use crate::terminal::Terminal;

const SAMPLE: &str = "internal-sample";
const WORKER: &str = "internal-worker";
const SERVER: &str = "internal-server";
const WATCHDOG: &str = "internal-watchdog";

/// How this program starts itself.
///
/// # Errors
/// When it does not know where it is.
pub fn programs() -> anyhow::Result<Programs> {
    let path = std::env::current_exe().context("cannot find the path of this program")?;
    let role = |name: &str| Program { path: path.clone(), arguments: vec![name.to_owned()] };
    Ok(Programs { child: role(SAMPLE), worker: role(WORKER), server: role(SERVER), watchdog: role(WATCHDOG) })
}

/// Plays `role` to its end; `None` where the word is no role.
pub(super) fn run(role: &str) -> Option<ExitCode> {
    let (input, output) = (io::stdin().lock(), io::stdout().lock());
    let ended: anyhow::Result<()> = match role {
        SAMPLE => probe::run_child(input, output).map_err(Into::into),
        WORKER => strategy::serve_worker(input, output).map_err(Into::into),
        SERVER => server::run_child(input, output).map_err(Into::into),
        WATCHDOG => {
            probe::run_watchdog(input);
            Ok(())
        }
        _ => return None,
    };
    Some(match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            Terminal::new(false, 0, ColorChoice::Never).error(&error);
            ExitCode::FAILURE
        }
    })
}
