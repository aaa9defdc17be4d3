//! The runs of an archive as a table, and below it what is broken.

use std::collections::BTreeSet;

use crate::archive::RunStatus;
use crate::catalog::{Broken, Listing, RunEntry};
use crate::document::{self, DataTable, TableColumn, TableValue};
use crate::model::RequestCount;
use crate::model::figure::Unit;

/// What stands where nothing is known.
const UNKNOWN: &str = "–";

/// A line for each run, newest first. Columns that tell nothing are left out, so that a line has room on 80 columns.
#[must_use]
pub fn listing(listing: &Listing) -> String {
    let number = |heading| TableColumn::number(heading, Unit::Count);
    let columns = vec![
        TableColumn::name("Run"),
        TableColumn::text("Started (UTC)").at_most(16),
        number("Strategies"),
        number("Requests"),
        number("Samples"),
        number("Failed"),
        TableColumn::text("Machine").at_most(16),
        TableColumn::text("Commit"),
        TableColumn::text("Tags").at_most(32),
    ];
    let mut runs = DataTable::new("Runs", columns);
    for run in &listing.runs {
        runs.row(row(run));
    }
    let machines = listing.runs.iter().map(|run| &run.manifest.machine.host).collect::<BTreeSet<_>>();
    let told = [
        ("Machine", machines.len() > 1),
        ("Commit", listing.runs.iter().any(|run| run.manifest.git.is_some())),
        ("Tags", listing.runs.iter().any(|run| !run.tags.is_empty())),
    ];
    let runs = told.iter().filter(|(_, tells)| !tells).fold(runs, |runs, (heading, _)| runs.without(heading));
    let columns = vec![TableColumn::name("Broken"), TableColumn::text("Why")];
    let mut broken = DataTable::new("Broken", columns);
    for Broken { name, reason } in &listing.broken {
        broken.row([name.as_str().into(), reason.as_str().into()]);
    }
    let tables = [runs, broken].into_iter().filter(|table| !table.rows.is_empty());
    tables.map(|table| document::table(&table)).collect::<Vec<_>>().join("\n")
}

fn row(run: &RunEntry) -> [TableValue; 9] {
    let samples = match run.manifest.status {
        RunStatus::Finished => run.samples.to_string(),
        RunStatus::Running | RunStatus::Interrupted => {
            format!("{} of {}", run.recorded_samples, run.manifest.planned_samples)
        }
    };
    let commit = run.manifest.git.as_ref().map(|git| {
        let short: String = git.commit.chars().take(8).collect();
        format!("{short}{}", if git.modified { "+" } else { "" })
    });
    let known = |text: Option<String>| text.filter(|text| !text.is_empty()).map_or(UNKNOWN.into(), TableValue::from);
    [
        run.name.as_str().into(),
        moment(&run.manifest.started_at).into(),
        run.strategies.len().into(),
        counts(&run.counts).into(),
        samples.into(),
        run.failures.into(),
        known(run.manifest.machine.host.clone()),
        known(commit),
        known(Some(run.tags.join(","))),
    ]
}

/// `2026-11-22T18:30:00.000Z` → `2026-11-22 18:30`.
fn moment(time: &str) -> String {
    time.replacen('T', " ", 1).chars().take(16).collect()
}

/// `10,20,30`, or from the least to the greatest where they are many.
fn counts(counts: &[RequestCount]) -> String {
    match counts {
        [] => UNKNOWN.to_owned(),
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
