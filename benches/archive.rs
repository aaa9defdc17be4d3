//! How long `list` and `history` take over an archive of 10 000 runs, every one of which is read. The runs are those of one
//! recorded run, each with an id and a start of its own and with durations that vary by up to 3 % from run to run.
//!
//! ```text
//! cargo bench --bench archive             10 000 runs of 2 strategies × 13 counts
//! cargo bench --bench archive -- 1000     fewer
//! ```
//! Prints wall time and the peak of resident memory of the real program: the median of eleven with its spread.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use reportgen::archive::{Manifest, RunDirectory, files};
use reportgen::catalog;
use reportgen::clock::{Clock, SystemClock};

const TIMES: usize = 11;
const COUNTS: u32 = 13;

fn main() -> ExitCode {
    let runs = std::env::args().find_map(|word| word.parse::<u32>().ok()).unwrap_or(10_000);
    match measure(runs) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(runs: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    fill(folder.path(), runs)?;
    println!("over {runs} runs, {} cells each", COUNTS * 2);
    println!("{:<24} {:>9} {:>9} {:>9} {:>12}", "", "median", "min", "max", "peak memory");
    for (command, mark) in [("list", "\"config_sha256\""), ("history", "\"started_at\"")] {
        let ask = |format: &str| {
            let (figures, said) = ask(folder.path(), command, format)?;
            let told = said.matches(mark).count();
            ensure!(format == "text" || told == runs as usize, "{told} of {runs} runs are listed");
            Ok(figures)
        };
        for format in ["text", "json"] {
            let mut measured = (0..TIMES).map(|_| ask(format)).collect::<anyhow::Result<Vec<_>>>()?;
            print(&format!("{command}, {format}"), &mut measured);
        }
    }
    ensure!(catalog::scan(folder.path())?.broken.is_empty(), "some runs are broken");
    Ok(())
}

fn print(what: &str, measured: &mut [(Duration, u64)]) {
    measured.sort_unstable();
    let [times, memory] =
        [|pair: &(Duration, u64)| pair.0.as_secs_f64() * 1e3, |pair: &(Duration, u64)| pair.1 as f64 / 1e6];
    let peak = measured.iter().map(memory).fold(0.0, f64::max);
    let (least, most) = (times(&measured[0]), times(&measured[measured.len() - 1]));
    println!(
        "{what:<24} {:>6.0} ms {least:>6.0} ms {most:>6.0} ms {peak:>9.0} MB",
        times(&measured[measured.len() / 2])
    );
}

/// Runs that differ in id, title and start. Their rows: both strategies of the recorded run, at more counts.
fn fill(folder: &Path, runs: u32) -> anyhow::Result<()> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/schema-3");
    let manifest = Manifest::read(&RunDirectory::open(&golden)?)?;
    let recorded = fs::read_to_string(golden.join(files::RAW))?;
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for number in 0..runs {
        let (day, second) = (number / 86_400, number % 86_400);
        let moment = format!("2026-01-{:02}T{:02}:{:02}:{:02}", day + 1, second / 3600, second / 60 % 60, second % 60);
        let id = format!("golden-{}Z", moment.replace(['-', ':'], ""));
        let run = folder.join(&id);
        fs::create_dir(&run).with_context(|| format!("cannot create {}", run.display()))?;
        fs::copy(golden.join(files::CONFIG), run.join(files::CONFIG))?;
        let rows = rows_at_more_counts(&recorded, random.random_range(0.97..1.03))?;
        fs::write(run.join(files::RAW), rows)?;
        let manifest = Manifest { run_id: id, started_at: format!("{moment}.000Z"), ..manifest.clone() };
        fs::write(run.join(files::MANIFEST), serde_json::to_string_pretty(&manifest)?)?;
    }
    Ok(())
}

/// Each sample of the smaller count again at every count, with `factor` times its duration.
fn rows_at_more_counts(rows: &str, factor: f64) -> anyhow::Result<String> {
    let (header, rows) = rows.split_once('\n').context("raw.csv has no rows")?;
    let column = |wanted: &str| header.split(',').position(|name| name == wanted).context("raw.csv lacks a column");
    let (requests, duration) = (column("requests")?, column("duration_s")?);
    let mut text = format!("{header}\n");
    for count in 1..=COUNTS {
        for row in rows.lines().filter(|row| row.split(',').nth(requests) == Some("2")) {
            let mut fields: Vec<String> = row.split(',').map(str::to_owned).collect();
            fields[requests] = (count * 10).to_string();
            fields[duration] = (fields[duration].parse::<f64>()? * factor).to_string();
            text.push_str(&fields.join(","));
            text.push('\n');
        }
    }
    Ok(text)
}

/// Wall time and peak memory in bytes of one command, and what it said.
fn ask(folder: &Path, command: &str, format: &str) -> anyhow::Result<((Duration, u64), String)> {
    let clock = SystemClock::start();
    let child = Command::new(env!("CARGO_BIN_EXE_reportgen"))
        .args([command, "--output-format", format])
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()?;
    let watched = child.id();
    let peak = std::thread::spawn(move || peak_of(watched));
    let output = child.wait_with_output()?;
    let took = Duration::from_nanos(clock.now().0);
    ensure!(output.status.success(), "{command} failed");
    Ok(((took, peak.join().unwrap_or(0)), String::from_utf8(output.stdout)?))
}

/// The highest resident memory that the system tells of a process while it lives; 0 where it does not tell.
fn peak_of(process: u32) -> u64 {
    let path = format!("/proc/{process}/status");
    let mut peak = 0;
    while let Ok(text) = fs::read_to_string(&path) {
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let Some(kibibytes) = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()) else {
            break;
        };
        peak = kibibytes * 1024;
        std::thread::yield_now();
    }
    peak
}
