//! `reportgen schema`, `completions` and `man`: what the program says about itself, for editors, shells and `man`.

use anyhow::Context;
use clap_complete::Shell;

use super::outcome::{Exit, Failure};
use crate::archive;
use crate::chart;
use crate::cli::{Cli, SchemaOf};
use crate::config::{self, Known};
use crate::terminal::Terminal;

pub(super) fn schema(of: SchemaOf, terminal: Terminal) -> Result<Exit, Failure> {
    let schema = match of {
        SchemaOf::Config => config::schema(&Known { charts: &chart::kinds(), article_names: false }),
        SchemaOf::Manifest => archive::schema(),
    };
    let text = serde_json::to_string_pretty(&schema).context("cannot write the schema as JSON")?;
    print(terminal, &format!("{text}\n"))
}

pub(super) fn completions(shell: Shell, terminal: Terminal) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::definition(), "reportgen", &mut script);
    print(terminal, &String::from_utf8_lossy(&script))
}

pub(super) fn page(terminal: Terminal) -> Result<Exit, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::definition()).render(&mut page).context("cannot write the man page")?;
    print(terminal, &String::from_utf8_lossy(&page))
}

fn print(terminal: Terminal, text: &str) -> Result<Exit, Failure> {
    terminal.document(|stdout| stdout.write_all(text.as_bytes())).context("cannot write to standard output")?;
    Ok(Exit::Done)
}
