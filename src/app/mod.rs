//! Joins the floors: one file per subcommand. Everything here may fail with one context line per step; what fails is
//! printed in one place and becomes one of the documented exit codes.

mod capacity;
mod compare;
mod dispatch;
mod docs;
mod dry_run;
mod embed;
mod factors;
mod gallery;
mod history;
mod init;
mod interruptible;
mod job_summary;
mod list;
mod open_run;
mod outcome;
mod pack;
mod pages;
mod probe;
mod publish;
mod remove;
mod render;
mod serve;
mod source;
mod sweep;
mod tag;
mod targets;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::Arc;

use crate::cli::{Cli, CliCommand};
use crate::terminal::Terminal;

pub use dispatch::programs;
pub use outcome::Exit;

use outcome::Failure;

/// The whole program: command line in, exit code out.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.collect();
    survive_size_limit();
    if let Some(code) = arguments.get(1).and_then(|word| word.to_str()).and_then(dispatch::run) {
        return code;
    }
    match Cli::read(&arguments) {
        Ok(cli) => ExitCode::from(run(cli, &arguments).code()),
        Err(error) => {
            // Help and version are no errors and go to standard output.
            Terminal::usage(&error.render().ansi().to_string(), error.use_stderr());
            ExitCode::from(if error.use_stderr() { Exit::Usage } else { Exit::Done }.code())
        }
    }
}

/// A file that would grow beyond the process's limit (`ulimit -f`) is then an error like that of a full disk, and not a
/// signal that ends the program without a word. A handler and not `SIG_IGN`, which the programs of a `command` would
/// inherit. Where it cannot be installed, the signal ends the program as before.
#[cfg(unix)]
fn survive_size_limit() {
    let _ = signal_hook::flag::register(libc::SIGXFSZ, Arc::default());
}

#[cfg(not(unix))]
fn survive_size_limit() {}

fn run(cli: Cli, words: &[OsString]) -> Exit {
    let terminal = Terminal::new(cli.quiet, cli.verbose, cli.color);
    let done = match cli.command {
        None => sweep::run(&cli.sweep, words, terminal),
        Some(CliCommand::Render(arguments)) => render::run(&arguments, words, terminal),
        Some(CliCommand::Verify(arguments)) => verify::run(&arguments, terminal),
        Some(CliCommand::List(arguments)) => list::run(&arguments, terminal),
        Some(CliCommand::Tag(arguments)) => tag::add(&arguments, terminal),
        Some(CliCommand::Untag(arguments)) => tag::remove(&arguments, terminal),
        Some(CliCommand::Remove(arguments)) => remove::run(&arguments, terminal),
        Some(CliCommand::Pack(arguments)) => pack::run(&arguments, terminal),
        Some(CliCommand::Embed(arguments)) => embed::run(&arguments, terminal),
        Some(CliCommand::Compare(arguments)) => compare::run(&arguments, terminal),
        Some(CliCommand::History(arguments)) => history::run(&arguments, terminal),
        Some(CliCommand::Probe(arguments)) => probe::run(&arguments, terminal),
        Some(CliCommand::Serve(arguments)) => serve::run(&arguments, terminal),
        Some(CliCommand::Init(arguments)) => init::run(&arguments, terminal),
        Some(CliCommand::Schema { of }) => docs::schema(of, terminal),
        Some(CliCommand::Completions { shell }) => docs::completions(shell, terminal),
        Some(CliCommand::Man) => docs::page(terminal),
    };
    match done {
        Ok(exit) => exit,
        Err(Failure::Usage(error)) => {
            terminal.error(&error);
            Exit::Usage
        }
        Err(Failure::Diagnostics(text)) => {
            terminal.say_styled(&text);
            Exit::Usage
        }
        Err(Failure::CouldNot(error)) => {
            terminal.error(&error);
            Exit::CouldNot
        }
    }
}
