//! The runs of an archive as a table, and below it what is broken.

use super::printer::shown;
use super::table::{columns, dash};
use crate::archive::{Listing, RunEntry, RunStatus};
use crate::model::RequestCount;

/// A line for each run, newest first.
#[must_use]
pub fn listing(listing: &Listing) -> String {
    let header =
        ["run", "title", "started (UTC)", "strategies", "requests", "samples", "failed", "machine", "commit", "tags"];
    let rows: Vec<Vec<String>> = listing.runs.iter().map(row).collect();
    let mut text = if rows.is_empty() { String::new() } else { columns(&header, rows) };
    if !listing.broken.is_empty() {
        let rows = listing.broken.iter().map(|broken| vec![shown(&broken.name, 48), shown(&broken.reason, 300)]);
        text.push_str(if text.is_empty() { "" } else { "\n" });
        text.push_str(&columns(&["broken", "why"], rows));
    }
    text
}

fn row(run: &RunEntry) -> Vec<String> {
    let samples = match run.status {
        RunStatus::Finished => run.samples.to_string(),
        RunStatus::Running | RunStatus::Interrupted => format!("{} of {}", run.recorded_samples, run.planned_samples),
    };
    let commit = run.git.as_ref().map(|git| {
        let short: String = git.commit.chars().take(8).collect();
        format!("{}{}", shown(&short, 8), if git.modified { "+" } else { "" })
    });
    vec![
        shown(&run.name, 48),
        shown(&run.title, 32),
        shown(&moment(&run.started_at), 16),
        shown(&run.strategies.join(","), 28),
        counts(&run.counts),
        samples,
        run.failures.to_string(),
        run.host.as_deref().map_or_else(dash, |host| shown(host, 16)),
        commit.unwrap_or_else(dash),
        if run.tags.is_empty() { dash() } else { shown(&run.tags.join(","), 32) },
    ]
}

/// `2026-11-22T18:30:00.000Z` → `2026-11-22 18:30`.
fn moment(time: &str) -> String {
    time.replacen('T', " ", 1).chars().take(16).collect()
}

/// `10,20,30`, or from the least to the greatest where they are many.
fn counts(counts: &[RequestCount]) -> String {
    match counts {
        [] => dash(),
        [first, .., last] if counts.len() > 3 => format!("{first}–{last} ({})", counts.len()),
        few => few.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    }
}

#[cfg(test)]
mod tests {
    use super::{counts, moment};

    #[test]
    fn cells_of_the_table_are_short() {
        assert_eq!(moment("2026-11-22T18:30:00.000Z"), "2026-11-22 18:30");
        assert_eq!(moment("rubbish"), "rubbish");
        assert_eq!(counts(&[]), "–");
        assert_eq!(counts(&[1, 3, 9]), "1,3,9");
        assert_eq!(counts(&[10, 20, 30, 40, 50]), "10–50 (5)");
    }
}
