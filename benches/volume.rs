//! The tool's own time and memory against the number of request rows: synthetic runs of 10³ to 10⁷ rows are written, loaded,
//! summarised and drawn, and taken up again by `--resume`.
//!
//! ```text
//! cargo bench --bench volume                     10³ to 10⁷ rows, as requests.csv and as requests.csv.zst
//! cargo bench --bench volume -- 1000000          up to a million
//! cargo bench --bench volume -- 10000000 out.csv the same, and a table that `reportgen render out.csv` draws
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

mod cost;

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Context;
use cost::{Cost, cost};
use reportgen::archive::{self, Folder, Journal};
use reportgen::bundle;
use reportgen::model::{Nanos, Outcome, RequestFile, SampleRow};
use reportgen::stats::Sorted;

const CONFIG: &str = "[target]\ndelay = \"1ms\"\n[sweep]\nrequests = [1]\nrepeats = 1\n\
    [[strategy]]\nkind = \"sequential\"\n[[strategy]]\nkind = \"async\"\n\
    [output]\nformats = [\"svg\"]\n";
/// How often everything is done.
const TIMES: usize = 3;
/// Samples of each of the two strategies.
const REPEATS: u32 = 50;
const EXECUTABLE: &str = env!("CARGO_BIN_EXE_reportgen");
/// In which role this bench starts itself.
const FILL: &str = "fill";
/// What is measured: a sweep's journal, `render`, `--resume` of a run that lacks two samples.
const WORKS: [&str; 3] = ["write", "draw", "resume"];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match words.as_slice() {
        [first, run, kind, rows] if first == FILL => fill_as_told(run.as_ref(), kind, rows),
        _ => measure(&words),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The journal is written by a process of its own, so that it is counted alone.
fn fill_as_told(run: &Path, kind: &str, rows: &str) -> anyhow::Result<()> {
    let kind = RequestFile::parse(kind).context("no kind of file")?;
    fill(run, kind, rows.parse()?)
}

fn measure(words: &[String]) -> anyhow::Result<()> {
    let most = words.iter().find_map(|word| word.parse::<u32>().ok()).unwrap_or(10_000_000);
    let table = words.iter().find(|word| word.ends_with(".csv"));
    let mut text = "strategy,requests,duration_s,cpu_user_s,cpu_system_s,peak_rss_bytes\n".to_owned();
    println!("medians of {TIMES}");
    println!("{:<16} {:>10} {:>10} {:>10} {:>10}", "", "rows", "s", "CPU, s", "MiB");
    for kind in [RequestFile::Csv, RequestFile::CsvZst] {
        let counts = std::iter::successors(Some(1_000_u32), |rows| rows.checked_mul(10));
        for rows in counts.take_while(|rows| *rows <= most) {
            let mut works = WORKS.map(|work| (work, Vec::new()));
            for _ in 0..TIMES {
                for ((_, costs), cost) in works.iter_mut().zip(costs(kind, rows)?) {
                    costs.push(cost);
                }
            }
            for (work, costs) in works {
                let name = format!("{work} {kind}");
                print(&name, rows, &costs);
                for Cost { wall, user, system, peak_rss_bytes } in costs {
                    writeln!(text, "{name},{rows},{wall},{user},{system},{peak_rss_bytes}")?;
                }
            }
        }
    }
    if let Some(path) = table {
        std::fs::write(path, text)?;
    }
    Ok(())
}

fn print(name: &str, rows: u32, costs: &[Cost]) {
    let median = |value: fn(&Cost) -> f64| Sorted::new(costs.iter().map(value)).median().unwrap_or(f64::NAN);
    let (wall, cpu) = (median(|cost| cost.wall.as_secs_f64()), median(|cost| cost.user + cost.system));
    let memory = median(|cost| cost.peak_rss_bytes) / f64::from(1 << 20);
    println!("{name:<16} {rows:>10} {wall:>10.3} {cpu:>10.3} {memory:>10.1}");
}

/// What each of [`WORKS`] takes.
fn costs(kind: RequestFile, rows: u32) -> anyhow::Result<[Cost; 3]> {
    let folder = tempfile::tempdir()?;
    let run = skeleton(folder.path(), kind)?;
    let words =
        [OsStr::new(FILL), run.as_os_str(), kind.as_str().as_ref(), rows.to_string().as_ref()].map(OsStr::to_owned);
    let write = cost(&std::env::current_exe()?, &words)?;
    let words = |first: &str| [first.into(), run.clone().into_os_string(), "--quiet".into()];
    let draw = cost(Path::new(EXECUTABLE), &words("render"))?;
    let resume = cost(Path::new(EXECUTABLE), &words("--resume"))?;
    Ok([write, draw, resume])
}

/// A run as the program writes it, without its journals.
fn skeleton(folder: &Path, kind: RequestFile) -> anyhow::Result<PathBuf> {
    let config = folder.join("volume.toml");
    std::fs::write(&config, format!("{CONFIG}requests = \"{kind}\"\n"))?;
    let mut command = Command::new(EXECUTABLE);
    command.args(["--quiet", "--config"]).arg(&config).arg("--output-dir").arg(folder);
    let output = command.output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim_end()))
}

/// Puts synthetic samples in place of the measured ones, through the journal that a sweep writes.
fn fill(run: &Path, kind: RequestFile, rows: u32) -> anyhow::Result<()> {
    let measured = bundle::load(run)?.run.samples;
    for name in [Some(archive::files::RAW), kind.file_name()].into_iter().flatten() {
        std::fs::remove_file(run.join(name))?;
    }
    let requests = rows / REPEATS / u32::try_from(measured.len())?;
    let mut journal = Journal::create(&Folder::open(run)?, kind)?;
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
