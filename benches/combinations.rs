//! The tool's own time, memory and output against the number of combinations: tables with 10³ to 10⁶ strategies × counts
//! are drawn by `render`, and beside them tables of other shapes.
//!
//! ```text
//! cargo bench --bench combinations               10³ to 10⁶ combinations, then other shapes
//! cargo bench --bench combinations -- 10000      up to ten thousand
//! ```
//! Prints the median time with its spread, CPU time, peak memory, and the size of the page and of summary.json; of each
//! decade also how many times it takes what the one before takes.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

mod cost;

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use cost::{Cost, cost};
use reportgen::stats::{Sorted, Summary};

/// How often each table is drawn.
const TIMES: usize = 5;
const EXECUTABLE: &str = env!("CARGO_BIN_EXE_reportgen");
const MIB: f64 = 1_048_576.0;

/// What stands in a table.
#[derive(Clone, Copy)]
struct Shape {
    strategies: u32,
    counts: u32,
    repeats: u32,
}

const DECADES: [Shape; 4] = [decade(250), decade(2_500), decade(25_000), decade(250_000)];
/// As many combinations as the article's, 5 000 samples in each, and as many strategies as a table may have.
const OTHERS: [Shape; 3] = [
    decade(100_000),
    Shape { strategies: 4, counts: 50, repeats: 5_000 },
    Shape { strategies: 1_000, counts: 100, repeats: 3 },
];

const fn decade(counts: u32) -> Shape {
    Shape { strategies: 4, counts, repeats: 1 }
}

fn main() -> ExitCode {
    let most = std::env::args().find_map(|word| word.parse().ok());
    match measure(most) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(most: Option<u32>) -> anyhow::Result<()> {
    println!("render: medians of {TIMES}, least to most in brackets");
    println!(
        "{:>10} {:>10} {:>8} {:>10} {:>26} {:>8} {:>8} {:>10} {:>14}",
        "rows", "strategies", "counts", "s", "", "CPU, s", "MiB", "page, MiB", "summary, MiB"
    );
    let mut before = None;
    for shape in DECADES.iter().filter(|shape| most.is_none_or(|most| shape.strategies * shape.counts <= most)) {
        let seconds = draw(*shape)?;
        if let Some(before) = before {
            println!("{:>10} {:.1} times as long as a tenth of the combinations", "", seconds / before);
        }
        before = Some(seconds);
    }
    if most.is_none() {
        OTHERS.into_iter().try_for_each(|shape| draw(shape).map(drop))?;
    }
    Ok(())
}

/// Draws a table and prints what it took; the median time in seconds.
fn draw(shape: Shape) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let (table, report) = (folder.path().join("table.csv"), folder.path().join("report"));
    fill(&table, shape)?;
    let mut costs = Vec::new();
    for _ in 0..TIMES {
        if report.exists() {
            std::fs::remove_dir_all(&report)?;
        }
        let words: [OsString; 5] =
            ["render".into(), table.clone().into(), "-o".into(), report.clone().into(), "--quiet".into()];
        costs.push(cost(Path::new(EXECUTABLE), &words)?);
    }
    let summary = |value: fn(&Cost) -> f64| Summary::of(&Sorted::new(costs.iter().map(value)));
    let median = |value| summary(value).map_or(f64::NAN, |summary| summary.median);
    let Some(wall) = summary(|cost| cost.wall.as_secs_f64()) else { anyhow::bail!("nothing was measured") };
    let (cpu, memory) = (median(|cost| cost.user + cost.system), median(|cost| cost.peak_rss_bytes) / MIB);
    let size = |name: &str| anyhow::Ok(std::fs::metadata(report.join(name))?.len() as f64 / MIB);
    let spread = format!("({:.3}–{:.3})", wall.min, wall.max);
    println!(
        "{:>10} {:>10} {:>8} {:>10.3} {spread:>26} {cpu:>8.2} {memory:>8.0} {:>10.2} {:>14.2}",
        shape.strategies * shape.counts * shape.repeats,
        shape.strategies,
        shape.counts,
        wall.median,
        size("report.html")?,
        size("summary.json")?
    );
    Ok(wall.median)
}

/// Writes a table with the columns that each has.
fn fill(path: &Path, Shape { strategies, counts, repeats }: Shape) -> anyhow::Result<()> {
    let mut table = BufWriter::new(File::create(path)?);
    writeln!(table, "strategy,requests,duration_s")?;
    let mut state = 1_u64;
    for _ in 0..repeats {
        for strategy in 0..strategies {
            for requests in 1..=counts {
                // Knuth's MMIX generator: any spread of 5 % will do.
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let spread = 1.0 + (state >> 40) as f64 / f64::from(1 << 24) * 0.05;
                let seconds = (f64::from(requests) * 0.001 / f64::from(strategy + 1) + 0.01) * spread;
                writeln!(table, "strategy-{strategy},{requests},{seconds:.9}")?;
            }
        }
    }
    Ok(table.flush()?)
}
