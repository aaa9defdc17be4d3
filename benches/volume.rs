//! The tool's own time and memory against the number of request rows: synthetic runs of 10³ to 10⁷ rows are loaded,
//! summarised and drawn by the real program.
//!
//! ```text
//! cargo bench --bench volume                     10³ to 10⁷ rows, as requests.csv and as requests.csv.zst
//! cargo bench --bench volume -- 1000000          up to a million
//! cargo bench --bench volume -- 10000000 out.csv the same, and a table that `reportgen render out.csv` draws
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use reportgen::archive::{self, Journal};
use reportgen::clock::{Clock, SystemClock};
use reportgen::model::{Nanos, Outcome, RequestFile, SampleRow};

const CONFIG: &str = "[target]\ndelay = \"1ms\"\n[sweep]\nrequests = [1]\nrepeats = 1\n\
    [[strategy]]\nkind = \"sequential\"\n[[strategy]]\nkind = \"async\"\n";
/// Samples of each of the two strategies.
const REPEATS: u32 = 50;
const EXECUTABLE: &str = env!("CARGO_BIN_EXE_reportgen");
const GNU_TIME: &str = "/usr/bin/time";

/// What drawing took: seconds, and the memory at its peak.
struct Cost {
    wall: Nanos,
    user: f64,
    system: f64,
    peak_rss_bytes: f64,
}

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
    let words: Vec<String> = std::env::args().skip(1).collect();
    let most = words.iter().find_map(|word| word.parse::<u32>().ok()).unwrap_or(10_000_000);
    let table = words.iter().find(|word| word.ends_with(".csv"));
    let mut text = "strategy,requests,duration_s,cpu_user_s,cpu_system_s,peak_rss_bytes\n".to_owned();
    println!("{:<10} {:>10} {:>10} {:>10} {:>10} {:>10}", "kept as", "rows", "write, s", "draw, s", "CPU, s", "MiB");
    for kind in [RequestFile::Csv, RequestFile::CsvZst] {
        let counts = std::iter::successors(Some(1_000_u32), |rows| rows.checked_mul(10));
        for rows in counts.take_while(|rows| *rows <= most) {
            let folder = tempfile::tempdir()?;
            let run = skeleton(folder.path())?;
            let clock = SystemClock::start();
            fill(&run, kind, rows)?;
            let written = clock.now();
            let Cost { wall, user, system, peak_rss_bytes } = draw(&run)?;
            println!(
                "{kind:<10} {rows:>10} {:>10.3} {:>10.3} {:>10.3} {:>10.1}",
                written.as_secs_f64(),
                wall.as_secs_f64(),
                user + system,
                peak_rss_bytes / f64::from(1 << 20)
            );
            writeln!(text, "{kind},{rows},{wall},{user},{system},{peak_rss_bytes}")?;
        }
    }
    if let Some(path) = table {
        std::fs::write(path, text)?;
    }
    Ok(())
}

/// A run as the program writes it, without its journals.
fn skeleton(folder: &Path) -> anyhow::Result<PathBuf> {
    let config = folder.join("volume.toml");
    std::fs::write(&config, CONFIG)?;
    let mut command = Command::new(EXECUTABLE);
    command.args(["--formats", "svg", "--quiet", "--config"]).arg(&config).arg("--output-dir").arg(folder);
    let output = command.output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim_end()))
}

/// Puts synthetic samples in place of the measured ones, through the journal that a sweep writes.
fn fill(run: &Path, kind: RequestFile, rows: u32) -> anyhow::Result<()> {
    let measured = archive::load(run)?.run.samples;
    for name in [archive::files::RAW, archive::files::REQUESTS] {
        std::fs::remove_file(run.join(name))?;
    }
    let requests = rows / REPEATS / u32::try_from(measured.len())?;
    let mut journal = Journal::create(run, kind)?;
    let mut state = 1_u64;
    for repeat in 1..=REPEATS {
        for template in &measured {
            // Knuth's MMIX generator: any spread of times will do.
            let outcomes = (0..requests).map(|request| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let start = Nanos(u64::from(request) * 1_000);
                let end = start + Nanos(1_000_000 + (state >> 44));
                Outcome { request, worker: request % 20, start, end, status: Some(200), bytes: 16, failure: None }
            });
            let outcomes: Vec<Outcome> = outcomes.collect();
            let duration_s = outcomes.iter().map(|outcome| outcome.end).max();
            let succeeded = Some(requests);
            journal.append(&SampleRow { requests, repeat, duration_s, succeeded, ..template.clone() }, &outcomes)?;
        }
    }
    Ok(())
}

/// What `reportgen render` took, and what it cost as GNU time counts it.
fn draw(run: &Path) -> anyhow::Result<Cost> {
    let counted = run.with_extension("time.txt");
    let clock = SystemClock::start();
    let mut command = Command::new(GNU_TIME);
    command.args(["-f", "%U %S %M", "-o"]).arg(&counted);
    command.arg(EXECUTABLE).arg("render").arg(run).args(["--formats", "svg", "--quiet"]);
    let output = command.output().map_err(|error| anyhow::anyhow!("{GNU_TIME}, Debian's package `time`: {error}"))?;
    let wall = clock.now();
    anyhow::ensure!(output.status.success(), "render: {}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(counted)?;
    let numbers = text.split_whitespace().map(str::parse::<f64>).collect::<Result<Vec<f64>, _>>()?;
    let [user, system, kibibytes] = numbers[..] else { anyhow::bail!("{GNU_TIME} wrote {text:?}") };
    Ok(Cost { wall, user, system, peak_rss_bytes: kibibytes * 1024.0 })
}
