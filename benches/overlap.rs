//! What samples side by side cost each other: the example sweep taken twice, one sample after another and overlapped.
//!
//! ```text
//! cargo bench --bench overlap            3 repeats, a minute and a half
//! cargo bench --bench overlap -- 9       9 repeats
//! ```
//! Prints for each of its 25 combinations the medians of both with their 95 % intervals, what overlapping adds, and how
//! long both sweeps took.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

mod sweep;

use std::process::ExitCode;

use reportgen::archive::Loaded;
use reportgen::model::{RequestCount, SampleStatus};
use reportgen::stats::{self, Sorted};

const CONFIG: &str = include_str!("../config/sweep.toml");
const OVERLAP: &str = "overlap = \"auto\"";

fn main() -> ExitCode {
    let repeats = std::env::args().find_map(|word| word.parse::<u32>().ok()).unwrap_or(3);
    match measure("off", repeats).and_then(|alone| Ok((alone, measure("auto", repeats)?))) {
        Ok((alone, beside)) => {
            print(&alone, &beside, repeats);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(overlap: &str, repeats: u32) -> anyhow::Result<Loaded> {
    anyhow::ensure!(CONFIG.contains(OVERLAP), "config/sweep.toml does not overlap");
    let config = CONFIG.replace(OVERLAP, &format!("overlap = \"{overlap}\""));
    sweep::run(&config, &["--repeats", &repeats.to_string(), "--formats", "svg"])
}

fn print(alone: &Loaded, beside: &Loaded, repeats: u32) {
    println!("config/sweep.toml, {repeats} repeats: medians in ms with their 95 % intervals");
    println!("{:<20} {:>3} {:>28} {:>28} {:>7} {:>7}", "strategy", "n", "alone", "overlapped", "adds", "ratio");
    let (mut near, mut of) = (0, 0);
    for strategy in &alone.run.strategies {
        for &requests in &alone.run.counts {
            let durations = |loaded| durations(loaded, &strategy.name, requests);
            let (lone, together) = (durations(alone), durations(beside));
            let (Some(before), Some(after)) = (lone.median(), together.median()) else {
                println!("{:<20} {requests:>3} no sample succeeded", strategy.name);
                continue;
            };
            let (added, ratio) = (after - before, after / before);
            (near, of) = (near + u32::from(added.abs() <= 1.0 || (ratio - 1.0).abs() <= 0.01), of + 1);
            println!(
                "{:<20} {requests:>3} {:>28} {:>28} {added:>+7.2} {ratio:>7.4}",
                strategy.name,
                with_interval(&lone, before),
                with_interval(&together, after)
            );
        }
    }
    println!("{near} of {of} medians within 1 % or 1 ms of those alone");
    let overlapped = beside.run.samples.iter().filter(|sample| sample.overlapped == Some(true)).count();
    println!("{overlapped} of {} samples overlapped", beside.run.samples.len());
    if let (Some(alone), Some(together)) = (alone.manifest.elapsed_s, beside.manifest.elapsed_s) {
        println!("the whole sweep: {alone:.1} s alone, {together:.1} s overlapped, ratio {:.3}", together / alone);
    }
}

/// The valid durations of one combination in ms.
fn durations(loaded: &Loaded, strategy: &str, requests: RequestCount) -> Sorted {
    let samples = loaded.run.samples.iter().filter(|sample| sample.strategy == strategy && sample.requests == requests);
    let ok = samples.filter(|sample| sample.status == SampleStatus::Ok);
    Sorted::new(ok.filter_map(|sample| Some(sample.duration_s?.as_secs_f64() * 1e3)))
}

fn with_interval(durations: &Sorted, median: f64) -> String {
    match stats::of_median(durations, 1) {
        Some(interval) => format!("{median:.2} ({:.2}–{:.2})", interval.low, interval.high),
        None => format!("{median:.2}"),
    }
}
