//! Two sweeps of one config, back to back: does each cell's 95 % interval overlap that of the other sweep?
//!
//! ```text
//! cargo bench --bench repeatability                           config/sweep.toml, 11 repeats
//! cargo bench --bench repeatability -- 31 config/other.toml   31 repeats of another one, of built-in strategies
//! ```
//! Prints both intervals of every cell. On a quiet machine all of them overlap. That takes more than the three repeats of
//! the main job: an interval of three is from the least to the greatest, and of two such threes of the very same thing one
//! pair in ten is apart by chance.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

mod sweep;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use reportgen::model::Run;
use reportgen::report::Report;

fn main() -> ExitCode {
    let repeats = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(11);
    let named = std::env::args().skip(1).find(|word| Path::new(word).extension().is_some_and(|end| end == "toml"));
    let config = named.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/config/sweep.toml").to_owned());
    match measure(&config, repeats).and_then(|first| Ok((first, measure(&config, repeats)?))) {
        Ok((first, second)) => {
            print(&Report::of(&first), &Report::of(&second));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(config: &str, repeats: u32) -> anyhow::Result<Run> {
    let text = std::fs::read_to_string(config).with_context(|| format!("cannot read {config}"))?;
    Ok(sweep::run(&text, &["--repeats", &repeats.to_string(), "--formats", "svg"])?.run)
}

fn print(first: &Report<'_>, second: &Report<'_>) {
    println!("{:<20} {:>8} {:>24} {:>24}", "strategy", "requests", "first, s", "second, s");
    let (mut all, mut overlapping) = (0, 0);
    for cell in &first.cells {
        let other = second.cell(cell.strategy_index, cell.requests).and_then(|cell| cell.interval);
        let (Some(a), Some(b)) = (cell.interval, other) else { continue };
        let overlap = a.low <= b.high && b.low <= a.high;
        (all, overlapping) = (all + 1, overlapping + u32::from(overlap));
        println!(
            "{:<20} {:>8} {:>24} {:>24} {}",
            first.strategies[cell.strategy_index].name,
            cell.requests,
            format!("{:.6} – {:.6}", a.low, a.high),
            format!("{:.6} – {:.6}", b.low, b.high),
            if overlap { "overlap" } else { "APART" }
        );
    }
    println!("{overlapping} of {all} cells overlap");
}
