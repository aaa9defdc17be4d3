//! `reportgen list`: the archived runs, newest first.

use anyhow::Context;
use serde_json::{Value, json};

use super::outcome::{Exit, Failure};
use crate::archive::{self, Broken, Listing, RunEntry};
use crate::cli::{ListArgs, ListFormat};
use crate::terminal::{self, Terminal};

pub(super) fn run(arguments: &ListArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let listing = archive::scan(&arguments.dir).context("cannot list")?;
    let text = match arguments.output_format {
        ListFormat::Text => terminal::listing(&listing),
        ListFormat::Json => json_text(&listing)?,
    };
    if listing.runs.is_empty() && listing.broken.is_empty() {
        terminal.note(&format!("{} holds no runs", arguments.dir.display()));
    }
    let written = match arguments.output_format {
        ListFormat::Json => terminal.document(text.as_bytes()),
        ListFormat::Text => terminal.result(&text),
    };
    written.context("cannot write to standard output")?;
    Ok(Exit::Done)
}

fn json_text(listing: &Listing) -> anyhow::Result<String> {
    let rows: Vec<Value> = listing.runs.iter().map(run_value).chain(listing.broken.iter().map(broken_value)).collect();
    let text = serde_json::to_string_pretty(&rows).context("cannot write the list as JSON")?;
    Ok(format!("{text}\n"))
}

fn run_value(run: &RunEntry) -> Value {
    json!({
        "name": run.name,
        "packed": run.packed,
        "id": run.id,
        "title": run.title,
        "status": run.status,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "target": run.target,
        "strategies": run.strategies,
        "counts": run.counts,
        "samples": run.samples,
        "failures": run.failures,
        "host": run.host,
        "machine": run.machine,
        "commit": run.git.as_ref().map(|git| &git.commit),
        "modified": run.git.as_ref().map(|git| git.modified),
        "tool_version": run.tool_version,
        "config_sha256": run.config_sha256,
        "tags": run.tags,
    })
}

fn broken_value(broken: &Broken) -> Value {
    json!({ "name": broken.name, "broken": broken.reason })
}
