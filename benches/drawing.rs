//! How long drawing takes, as a whole process: every chart of the example run in SVG and PNG, and the charts of a table of
//! a million rows; beside it what Python with matplotlib takes to draw the first of them.
//!
//! ```text
//! cargo bench --bench drawing                                           5 times each
//! REPORTGEN_BENCH_PYTHON=python3 cargo bench --bench drawing -- 11      with matplotlib beside it, 11 times each
//! ```
//! Prints medians with their spread, and the ratio to matplotlib.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use reportgen::clock::{Clock, SystemClock};
use reportgen::stats::{Sorted, Summary};

const ROWS: u32 = 1_000_000;
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/reports/example");
/// Names the Python that has matplotlib.
const PYTHON: &str = "REPORTGEN_BENCH_PYTHON";
/// Medians by strategy and count, a line each: what a few lines of Python draw.
const SCRIPT: &str = r"
import csv, statistics, sys
import matplotlib
matplotlib.use('svg')
import matplotlib.pyplot as plt
cells = {}
with open(sys.argv[1], newline='') as file:
    for row in csv.DictReader(file):
        if row['duration_s']:
            cells.setdefault((row['strategy'], int(row['requests'])), []).append(float(row['duration_s']))
for name in dict.fromkeys(name for name, _ in cells):
    counts = sorted(count for other, count in cells if other == name)
    plt.plot(counts, [statistics.median(cells[name, count]) for count in counts], marker='o', label=name)
plt.legend()
plt.savefig(sys.argv[2])
";

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> anyhow::Result<()> {
    let repeats = std::env::args().find_map(|word| word.parse::<u32>().ok()).unwrap_or(5);
    let folder = tempfile::tempdir()?;
    let table = folder.path().join("million.csv");
    std::fs::write(&table, rows()?)?;
    let small = Path::new(EXAMPLE).join("raw.csv");
    let into = folder.path().join("drawn");
    let render = |source: &Path, formats: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reportgen"));
        command.arg("render").arg(source).arg("--output-dir").arg(&into).args(["--formats", formats, "--quiet"]);
        command
    };
    println!("whole processes in s, {repeats} times each");
    println!("{:<44} {:>8} {:>8} {:>8}", "", "median", "min", "max");
    timed("the example run, all charts, svg and png", repeats, || render(EXAMPLE.as_ref(), "svg,png"))?;
    let ours = [
        timed("its raw.csv, all charts, svg", repeats, || render(&small, "svg"))?,
        timed("a table of 1 000 000 rows, all charts, svg", repeats, || render(&table, "svg"))?,
    ];
    let Ok(python) = std::env::var(PYTHON) else {
        println!("not compared with matplotlib: {PYTHON} names no Python that has it");
        return Ok(());
    };
    let picture = folder.path().join("matplotlib.svg");
    for (source, name, ours) in [(&small, "its raw.csv", ours[0]), (&table, "1 000 000 rows", ours[1])] {
        let theirs = timed(&format!("matplotlib: {name}, one chart"), repeats, || {
            let mut command = Command::new(&python);
            command.args(["-c", SCRIPT]).arg(source).arg(&picture);
            command
        })?;
        println!("{:<44} {:>8.3} of matplotlib's time", format!("  all of ours take, {name}"), ours / theirs);
    }
    Ok(())
}

/// Five strategies at five counts, evenly mixed.
fn rows() -> anyhow::Result<String> {
    let mut text = "strategy,requests,duration_s\n".to_owned();
    for row in 0..ROWS {
        let (strategy, requests) = (row % 5, (row / 5 % 5 + 1) * 10);
        let noise = row.wrapping_mul(2_654_435_761) >> 12;
        writeln!(text, "strategy_{strategy},{requests},{}.{noise:09}", strategy * requests / 10)?;
    }
    Ok(text)
}

/// Runs a command some times and prints what it took; returns the median.
fn timed(what: &str, repeats: u32, command: impl Fn() -> Command) -> anyhow::Result<f64> {
    let clock = SystemClock::start();
    let mut seconds = Vec::new();
    for _ in 0..repeats {
        let before = clock.now();
        let output = command().output()?;
        seconds.push((clock.now() - before).as_secs_f64());
        anyhow::ensure!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let summary = Summary::of(&Sorted::new(seconds)).ok_or_else(|| anyhow::anyhow!("nothing was measured"))?;
    println!("{what:<44} {:>8.3} {:>8.3} {:>8.3}", summary.median, summary.min, summary.max);
    Ok(summary.median)
}
