//! `reportgen list`: the archived runs, newest first.

use anyhow::Context;
use serde_json::{Value, json};

use super::outcome::{Exit, Failure};
use crate::archive::ManifestTarget;
use crate::catalog::{self, Broken, Listing, RunEntry};
use crate::cli::{ListArgs, ListFormat};
use crate::model::Targets;
use crate::terminal::{self, Terminal};

pub(super) fn run(arguments: &ListArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let listing = catalog::scan(&arguments.dir).context("cannot list")?;
    let text = match arguments.output_format {
        ListFormat::Text => terminal::listing(&listing),
        ListFormat::Json => json_text(&listing)?,
    };
    if listing.runs.is_empty() && listing.broken.is_empty() {
        terminal.note(&format!("{} holds no runs", arguments.dir.display()));
    }
    let written = match arguments.output_format {
        ListFormat::Json => terminal.document(|stdout| stdout.write_all(text.as_bytes())),
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
    let manifest = &run.manifest;
    json!({
        "name": run.name,
        "packed": run.packed,
        "id": manifest.run_id,
        "title": manifest.settings.title,
        "status": manifest.status,
        "started_at": manifest.started_at,
        "ended_at": manifest.ended_at,
        "target": target_value(&manifest.settings.target),
        "strategies": run.strategies,
        "counts": run.counts,
        "samples": run.samples,
        "failures": run.failures,
        "host": manifest.machine.host,
        "machine": manifest.machine.summary(),
        "commit": manifest.git.as_ref().map(|git| &git.commit),
        "modified": manifest.git.as_ref().map(|git| git.modified),
        "tool_version": manifest.tool_version,
        "config_sha256": manifest.config_sha256,
        "tags": run.tags,
    })
}

/// One target as an object, several by their names.
fn target_value(targets: &Targets) -> Value {
    match targets {
        Targets::One(target) => json!(ManifestTarget::from(target)),
        Targets::Several(all) => {
            all.iter().map(|each| (each.name.clone(), json!(ManifestTarget::from(&each.target)))).collect()
        }
    }
}

fn broken_value(broken: &Broken) -> Value {
    json!({ "name": broken.name, "broken": broken.reason })
}
