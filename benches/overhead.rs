//! What each strategy costs above its ideal: the real program, the delay server at 100 ms, n = 50, 20 workers.
//!
//! ```text
//! cargo bench --bench overhead            11 repeats
//! cargo bench --bench overhead -- 31      31 repeats
//! ```
//! Prints the median over all repeats with the spread, beside the medians of the article's Python clients on a machine of
//! the same kind (2 cores, CPython 3.11, requests, aiohttp), and the ratio of the two.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

mod sweep;

use std::process::ExitCode;

use reportgen::model::{Run, SampleStatus};
use reportgen::stats::{Sorted, Summary};

const CONFIG: &str = r#"
title = "Overhead over ideal"
[target]
delay = "100ms"
[sweep]
requests = [50]
"#;

/// Overhead of the Python counterpart in milliseconds: `requests`, ThreadPoolExecutor(20), ProcessPoolExecutor(20) by
/// fork, aiohttp with gather.
const PYTHON_MS: [(&str, f64); 4] =
    [("sequential", 170.0), ("thread-pool", 40.0), ("process-pool", 132.0), ("async", 38.0)];

fn main() -> ExitCode {
    let repeats = std::env::args().find_map(|word| word.parse::<u32>().ok()).unwrap_or(11);
    match measure(repeats) {
        Ok(run) => {
            print(&run, repeats);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(repeats: u32) -> anyhow::Result<Run> {
    Ok(sweep::run(CONFIG, &["--repeats", &repeats.to_string()])?.run)
}

fn print(run: &Run, repeats: u32) {
    println!("overhead over ideal in ms, delay 100 ms, n = 50, 20 workers, {repeats} repeats");
    println!("{:<20} {:>8} {:>8} {:>8} {:>8} {:>8}", "kind", "median", "min", "max", "python", "ratio");
    for strategy in &run.strategies {
        let overheads = run
            .samples
            .iter()
            .filter(|sample| sample.strategy == strategy.name && sample.status == SampleStatus::Ok)
            .filter_map(|sample| Some((sample.duration_s?.as_secs_f64() - sample.ideal_s?.as_secs_f64()) * 1e3));
        let Some(summary) = Summary::of(&Sorted::new(overheads)) else {
            println!("{:<20} no sample succeeded", strategy.kind);
            continue;
        };
        let python = PYTHON_MS.iter().find(|(kind, _)| *kind == strategy.kind).map(|(_, python)| *python);
        let ratio = python.map_or_else(|| "–".to_owned(), |python| format!("{:.2}", summary.median / python));
        let python = python.map_or_else(|| "–".to_owned(), |python| format!("{python:.0}"));
        println!(
            "{:<20} {:>8.2} {:>8.2} {:>8.2} {python:>8} {ratio:>8}",
            strategy.kind, summary.median, summary.min, summary.max
        );
    }
}
