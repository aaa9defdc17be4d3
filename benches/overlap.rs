//! What samples side by side cost each other: one sweep taken twice, one sample after another and overlapped; the delay
//! server at 2 s, n = 5, 20 workers.
//!
//! ```text
//! cargo bench --bench overlap            3 repeats, a minute and a half
//! cargo bench --bench overlap -- 9       9 repeats
//! ```
//! Prints the medians of both with their ratio, for each strategy with the spread, and how long both sweeps took.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

mod sweep;

use std::process::ExitCode;

use reportgen::archive::Loaded;
use reportgen::model::SampleStatus;
use reportgen::stats::{Sorted, Summary};

const CONFIG: &str = r#"
[target]
delay = "2s"
[sweep]
requests = [5]
overlap = "OVERLAP"
[output]
formats = ["svg"]
"#;

fn main() -> ExitCode {
    let repeats = std::env::args().find_map(|word| word.parse::<u32>().ok()).unwrap_or(3);
    match measure("off", repeats).and_then(|lone| Ok((lone, measure("auto", repeats)?))) {
        Ok((lone, beside)) => {
            print(&lone, &beside, repeats);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(overlap: &str, repeats: u32) -> anyhow::Result<Loaded> {
    sweep::run(&CONFIG.replace("OVERLAP", overlap), &["--repeats", &repeats.to_string()])
}

fn print(lone: &Loaded, beside: &Loaded, repeats: u32) {
    println!("duration in ms, delay 2 s, n = 5, 20 workers, {repeats} repeats");
    println!(
        "{:<20} {:>9} {:>9} {:>9} {:>10} {:>9} {:>9} {:>8}",
        "kind", "alone", "min", "max", "overlapped", "min", "max", "ratio"
    );
    for strategy in &lone.run.strategies {
        let (Some(alone), Some(together)) = (summary(lone, &strategy.name), summary(beside, &strategy.name)) else {
            println!("{:<20} no sample succeeded", strategy.kind);
            continue;
        };
        println!(
            "{:<20} {:>9.2} {:>9.2} {:>9.2} {:>10.2} {:>9.2} {:>9.2} {:>8.4}",
            strategy.kind,
            alone.median,
            alone.min,
            alone.max,
            together.median,
            together.min,
            together.max,
            together.median / alone.median
        );
    }
    let overlapped = beside.run.samples.iter().filter(|sample| sample.overlapped == Some(true)).count();
    println!("{overlapped} of {} samples overlapped", beside.run.samples.len());
    if let (Some(alone), Some(together)) = (lone.manifest.elapsed_s, beside.manifest.elapsed_s) {
        println!("the whole sweep: {alone:.1} s alone, {together:.1} s overlapped, ratio {:.3}", together / alone);
    }
}

fn summary(loaded: &Loaded, strategy: &str) -> Option<Summary> {
    let samples = loaded.run.samples.iter();
    let ok = samples.filter(|sample| sample.strategy == strategy && sample.status == SampleStatus::Ok);
    Summary::of(&Sorted::new(ok.filter_map(|sample| Some(sample.duration_s?.as_secs_f64() * 1e3))))
}
