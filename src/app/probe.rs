//! `reportgen probe`: one sample of one strategy, explained, for people who write a strategy. Nothing is archived.

use anyhow::{Context, anyhow};

use super::dispatch;
use super::interruptible::Ended;
use super::outcome::{Exit, Failure};
use super::source::Source;
use super::targets::ask_all;
use crate::cli::{ProbeArgs, SweepArgs};
use crate::config::Sweep;
use crate::model::SampleStatus;
use crate::plan::Plan;
use crate::probe::{End, Interrupts};
use crate::sweep::{Access, Commands, Endpoint, Execution, RequestDelays};
use crate::terminal::{self, Terminal};

pub(super) fn run(arguments: &ProbeArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let source = Source::read(&arguments.config)?;
    let sweep = only(source.sweep(&SweepArgs::default())?, &arguments.strategy)?;
    let requests = arguments.requests.unwrap_or(sweep.requests[0]);
    let access = Access::of(&sweep, &source.programs_from, |name| std::env::var(name).ok());
    let access = access.map_err(|error| Failure::Usage(error.into()))?;
    let programs = dispatch::programs()?;
    let interrupts = Interrupts::install().context("cannot take over Ctrl-C")?;
    let commands = Commands::find(&sweep, &source.programs_from).context("cannot probe")?;
    let endpoint = Endpoint::open(&sweep, &programs, &access).context("cannot probe")?;
    let mut execution = Execution {
        sweep: &sweep,
        plan: &Plan::of(&sweep, |_| None),
        recorded: &[],
        delays: RequestDelays::configured(&sweep),
        endpoints: vec![endpoint],
        access: &access,
        commands: &commands,
        programs: &programs,
        interrupts: &interrupts,
    };
    if let Ended::Interrupted(signal) = ask_all(&execution, terminal).context("cannot probe")? {
        return Ok(Exit::Signal(signal.exit_code()));
    }
    let examined = execution.take_one(requests).context("cannot probe")?;
    if let End::Interrupted(signal) = examined.measured.end {
        return Ok(Exit::Signal(signal.exit_code()));
    }
    let command = commands.of(&sweep.strategies[0]);
    let text = terminal::explanation(&examined, command);
    terminal.styled_result(&text).context("cannot write to standard output")?;
    Ok(if examined.row.status == SampleStatus::Ok { Exit::Done } else { Exit::SomeFailed })
}

/// The sweep with no other strategy than the one called `name`.
fn only(mut sweep: Sweep, name: &str) -> Result<Sweep, Failure> {
    let known: Vec<String> = sweep.strategies.iter().map(|strategy| strategy.name.clone()).collect();
    sweep.strategies.retain(|strategy| strategy.name == name);
    if sweep.strategies.is_empty() {
        let known = known.join(", ");
        return Err(Failure::Usage(anyhow!("no strategy is called {name:?}; the config has {known}")));
    }
    Ok(sweep)
}
