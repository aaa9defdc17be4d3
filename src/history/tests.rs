//! Archives whose truth is known, from entries to series.

use super::{By, EntryCell, HistoryEntry, RunSeries, Selection, all_series};

/// Runs of `sweep`, a day apart: strategy `a` at 10 and 50 requests.
fn archive(medians: &[f64]) -> Vec<HistoryEntry> {
    let entry = |(day, median): (usize, &f64)| HistoryEntry {
        run_id: format!("sweep-202611{:02}T000000Z", day + 1),
        config: "sweep".into(),
        started_at: format!("2026-11-{:02}T00:00:00Z", day + 1),
        commit: format!("{:040}", day / 2),
        factors: "2 cores".into(),
        cells: [10, 50].map(|requests| cell("pool, 20 workers", requests, *median * f64::from(requests))).to_vec(),
        ..HistoryEntry::default()
    };
    medians.iter().enumerate().map(entry).collect()
}

fn cell(options: &str, requests: u32, median: f64) -> EntryCell {
    EntryCell { strategy: "a".into(), options: options.into(), requests, median_s: Some(median) }
}

fn all<'a>(entries: &'a [HistoryEntry], by: By) -> Vec<RunSeries<'a>> {
    all_series(entries, &Selection { config: None, by, requests: None })
}

fn step() -> Vec<f64> {
    (0..24).map(|day| 0.01 * (1.0 + f64::from(day * 7 % 5) / 1_000.0) * if day < 14 { 1.0 } else { 1.1 }).collect()
}

#[test]
fn a_lasting_change_is_marked_at_its_first_run() {
    let entries = archive(&step());
    let found = all(&entries, By::Date);
    assert_eq!((found.len(), found[0].requests, found[0].places.len()), (1, 50, 24));
    let line = &found[0].lines[0];
    assert_eq!((line.name.as_str(), line.changes.len(), line.changes[0].at), ("a", 1, 14));
    assert!((line.changes[0].after / line.changes[0].before - 1.1).abs() < 0.005);
    assert!((found[0].places[14].x - 14.0).abs() < 1e-9, "days");
    let levels = line.levels();
    assert!(levels[13] < 0.51 && levels[14] > 0.54, "{levels:?}");
}

#[test]
fn other_circumstances_and_other_options_are_never_joined() {
    let mut entries = archive(&step());
    for entry in &mut entries[14..] {
        entry.factors = "64 cores".into();
    }
    let found = all(&entries, By::Date);
    assert_eq!(found.iter().map(|series| series.factors).collect::<Vec<_>>(), ["64 cores", "2 cores"]);
    assert!(found.iter().all(|series| series.lines[0].changes.is_empty()));
    let mut entries = archive(&step());
    for entry in &mut entries[14..] {
        entry.cells = vec![cell("pool, 40 workers", 50, 0.55)];
    }
    let found = all(&entries, By::Date);
    let names: Vec<&str> = found[0].lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["a (20 workers)", "a (40 workers)"]);
    assert!(found[0].lines.iter().all(|line| line.changes.is_empty()));
}

#[test]
fn a_commit_is_the_median_of_its_runs_and_a_run_without_one_is_counted() {
    let mut entries = archive(&[0.01, 0.03, 0.02, 0.04, 0.05]);
    entries[4].commit.clear();
    let found = all(&entries, By::Commit);
    assert_eq!((found[0].places.len(), found[0].without_commit), (2, 1));
    let medians: Vec<f64> = found[0].lines[0].medians.iter().flatten().copied().collect();
    assert!((medians[0] - 1.0).abs() < 1e-9 && (medians[1] - 1.5).abs() < 1e-9, "{medians:?}");
}

#[test]
fn order_is_that_of_time_whatever_the_order_of_names() {
    let mut entries = archive(&step());
    entries.reverse();
    entries[0].run_id = "a".into();
    let found = all(&entries, By::Date);
    assert_eq!(found[0].lines[0].changes[0].at, 14);
    assert!(found[0].places.windows(2).all(|pair| pair[0].x <= pair[1].x));
}

#[test]
fn gaps_stay_gaps_and_small_changes_unmarked() {
    let mut entries = archive(&step());
    entries[13].cells.clear();
    entries[20].cells[1].median_s = None;
    let found = all(&entries, By::Date);
    let line = &found[0].lines[0];
    assert_eq!((line.medians[13], line.medians[20], line.changes[0].at), (None, None, 14));
    let small: Vec<f64> = (0..24).map(|day| if day < 12 { 0.01 } else { 0.010_05 }).collect();
    assert!(all(&archive(&small), By::Date)[0].lines[0].changes.is_empty());
}

#[test]
fn a_count_can_be_chosen_and_configs_are_told_apart() {
    let mut entries = archive(&[0.01, 0.02]);
    entries[1].config = "other".into();
    assert_eq!(all(&entries, By::Date).len(), 2);
    let only = all_series(&entries, &Selection { config: Some("sweep"), by: By::Date, requests: Some(10) });
    assert_eq!((only.len(), only[0].requests, only[0].lines[0].medians.as_slice()), (1, 10, &[Some(0.1)][..]));
    assert!(all_series(&entries, &Selection { config: Some("nobody"), by: By::Date, requests: None }).is_empty());
    assert!(all_series(&[], &Selection { config: None, by: By::Commit, requests: None }).is_empty());
}
