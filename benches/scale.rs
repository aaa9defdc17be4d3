//! The far end of the curve: 100, 1 000 and 10 000 requests at once, delay 1 s, beside the floor: a bare loop over the
//! kernel's readiness events that connects, writes, reads and closes, and does nothing else.
//!
//! ```text
//! cargo bench --bench scale               5 rounds
//! cargo bench --bench scale -- 11         11 rounds
//! cargo bench --bench scale -- server     the delay server alone
//! ```
//! Every round measures the floor and every strategy once at each count, one after another. Prints medians with their
//! spread and the ratio of medians to the floor's: duration, CPU time, peak memory. Then how late the delay server was with
//! 10 000 waiting, once with requests that come as fast as the client can and once with 10 000 evenly in a second, and what
//! memory it took for 19 800. Needs a hard limit of 20 000 open files; raises the soft one itself.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "the floor has a clock of its own")]

mod sweep;

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use reportgen::model::{DelayTarget, Nanos, SampleStatus};
use reportgen::stats::{Sorted, Summary};
use reportgen::{limits, server};

const COUNTS: [u32; 3] = [100, 1_000, 10_000];
const FLOOR: &str = "floor";
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
const CONFIG: &str = r#"
[target]
delay = "1s"
[sweep]
repeats = 1
[[strategy]]
name = "event-loop"
kind = "event-loop"
[[strategy]]
name = "async"
kind = "async"
[[strategy]]
name = "async over h2"
kind = "async"
http-version = "2"
[[strategy]]
name = "thread-per-request"
kind = "thread-per-request"
max-requests = 1000
[output]
formats = ["svg"]
"#;

/// One measurement: seconds, CPU seconds, bytes.
type Figures = [f64; 3];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let result = match arguments.iter().position(|word| word == FLOOR) {
        Some(at) => floor(&arguments[at + 1..]),
        None => {
            let rounds = arguments.iter().find_map(|word| word.parse().ok()).unwrap_or(5);
            if arguments.iter().any(|word| word == "server") { serving(rounds) } else { measure(rounds) }
        }
    };
    if let Err(error) = result {
        eprintln!("{error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn measure(rounds: u32) -> anyhow::Result<()> {
    println!("delay 1 s, {rounds} rounds; medians (least to most), and the ratio of medians to the floor's");
    for count in COUNTS {
        let mut rows: Vec<(String, Vec<Figures>)> = vec![(FLOOR.to_owned(), Vec::new())];
        for _ in 0..rounds {
            let mut server = start(Nanos::SECOND)?;
            server.begin(1)?;
            rows[0].1.push(run_floor(server.url(), count, 0)?.wait()?);
            for (name, figures) in sweep(count)? {
                match rows.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, list)) => list.push(figures),
                    None => rows.push((name, vec![figures])),
                }
            }
        }
        print(count, &rows);
    }
    serving(rounds)
}

/// What the delay server itself can do.
fn serving(rounds: u32) -> anyhow::Result<()> {
    lateness(rounds)?;
    memory()
}

fn start(delay: Nanos) -> anyhow::Result<server::Handle> {
    let target = DelayTarget { delay, jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 };
    Ok(server::Handle::start(Path::new(env!("CARGO_BIN_EXE_reportgen")), ["internal-server"], &target)?)
}

/// One sample of every strategy that is measured at this count.
fn sweep(count: u32) -> anyhow::Result<Vec<(String, Figures)>> {
    let samples = sweep::run(CONFIG, &["--requests", &count.to_string()])?.run.samples;
    let figures = samples.into_iter().map(|sample| {
        anyhow::ensure!(sample.status == SampleStatus::Ok, "{} at {count}: {}", sample.strategy, sample.error);
        let seconds = |value: Option<Nanos>| value.map_or(f64::NAN, Nanos::as_secs_f64);
        let cpu = seconds(sample.cpu_user_s) + seconds(sample.cpu_system_s);
        let memory = sample.peak_rss_bytes.map_or(f64::NAN, |bytes| bytes as f64);
        Ok((sample.strategy, [seconds(sample.duration_s), cpu, memory]))
    });
    figures.collect()
}

fn print(count: u32, rows: &[(String, Vec<Figures>)]) {
    println!("\n{count} requests");
    println!("{:<20} {:>28} {:>24} {:>24}", "", "duration s", "CPU s", "memory MiB");
    let summary =
        |figures: &[Figures], which: usize| Summary::of(&Sorted::new(figures.iter().map(|figures| figures[which])));
    for (name, figures) in rows {
        let cells = [(0, 1.0, 3), (1, 1.0, 3), (2, 1024.0 * 1024.0, 1)].map(|(which, unit, digits)| {
            let (Some(own), Some(floor)) = (summary(figures, which), summary(&rows[0].1, which)) else {
                return "–".to_owned();
            };
            let shown = |value: f64| format!("{:.digits$}", value / unit);
            let spread = format!("({}–{})", shown(own.min), shown(own.max));
            format!("{} {spread} {:.2}×", shown(own.median), own.median / floor.median)
        });
        println!("{name:<20} {:>28} {:>24} {:>24}", cells[0], cells[1], cells[2]);
    }
}

fn lateness(rounds: u32) -> anyhow::Result<()> {
    println!("\nhow late the delay server answers, 10 000 waiting, in ms: median of {rounds} rounds (least to most)");
    println!("{:<34} {:>22} {:>22} {:>22} {:>16}", "", "p50", "p99", "max", "its CPU s");
    for (how, pace_us) in [("as fast as they can", 0_u64), ("evenly in a second", 100)] {
        let mut seen: [Vec<f64>; 4] = Default::default();
        for _ in 0..rounds {
            let mut server = start(Nanos::SECOND)?;
            server.begin(1)?;
            run_floor(server.url(), 10_000, pace_us)?.wait()?;
            let server_stats = server.end()?;
            anyhow::ensure!(server_stats.answered == 10_000, "the server answered {}", server_stats.answered);
            let of =
                [server_stats.lateness_p50, server_stats.lateness_p99, server_stats.lateness_max, server_stats.cpu];
            for (list, value) in seen.iter_mut().zip(of) {
                list.extend(value.map(Nanos::as_secs_f64));
            }
        }
        let shown = |which: usize, unit: f64| {
            Summary::of(&Sorted::new(seen[which].iter().copied())).map_or_else(String::new, |summary| {
                let shown = |value: f64| format!("{:.3}", value * unit);
                format!("{} ({}–{})", shown(summary.median), shown(summary.min), shown(summary.max))
            })
        };
        let [p50, p99, max, cpu] = [shown(0, 1e3), shown(1, 1e3), shown(2, 1e3), shown(3, 1.0)];
        println!("requests come {how:<20} {p50:>22} {p99:>22} {max:>22} {cpu:>16}");
    }
    Ok(())
}

/// Two clients, because one process may not hold so many sockets; a delay that lasts until all have come.
fn memory() -> anyhow::Result<()> {
    let mut server = start(Nanos::SECOND * 4)?;
    server.begin(1)?;
    let before = peak_memory(&format!("/proc/{}/status", server.pid()))?;
    let clients = [run_floor(server.url(), 9_900, 0)?, run_floor(server.url(), 9_900, 0)?];
    for client in clients {
        client.wait()?;
    }
    let (after, server_stats) = (peak_memory(&format!("/proc/{}/status", server.pid()))?, server.end()?);
    println!(
        "\nthe delay server's memory: {:.1} MiB empty, {:.1} MiB at its peak with {} waiting at once",
        before / 1_048_576.0,
        after / 1_048_576.0,
        server_stats.peak_in_flight
    );
    Ok(())
}

struct Floor(std::process::Child);

fn run_floor(url: &str, count: u32, pace_us: u64) -> anyhow::Result<Floor> {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let mut command = Command::new(std::env::current_exe()?);
    command.args([FLOOR, address, &count.to_string(), &pace_us.to_string()]).stdout(Stdio::piped());
    Ok(Floor(command.spawn()?))
}

impl Floor {
    fn wait(self) -> anyhow::Result<Figures> {
        let output = self.0.wait_with_output()?;
        anyhow::ensure!(output.status.success(), "the floor failed");
        let text = String::from_utf8(output.stdout)?;
        let figures: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
        figures?.try_into().map_err(|_| anyhow::anyhow!("the floor said {text:?}"))
    }
}

/// The floor itself, in a process of its own: address, count, microseconds from one connect to the next.
fn floor(arguments: &[String]) -> anyhow::Result<()> {
    let [address, count, pace_us] = arguments else { anyhow::bail!("floor ADDRESS COUNT PACE") };
    let (address, count): (SocketAddr, usize) = (address.parse()?, count.parse()?);
    let pace = Duration::from_micros(pace_us.parse()?);
    limits::raise_descriptors();
    let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(1_024));
    let (mut streams, mut done, mut buffer) = (Vec::with_capacity(count), 0, [0; 1_024]);
    let start = Instant::now();
    while done < count {
        for _ in 0..32 {
            let due = pace * u32::try_from(streams.len())?;
            if streams.len() < count && start.elapsed() >= due {
                let mut stream = TcpStream::connect(address)?;
                let interest = Interest::READABLE | Interest::WRITABLE;
                poll.registry().register(&mut stream, Token(streams.len()), interest)?;
                let mut strategy_index = Some((stream, false));
                done += usize::from(is_done(&mut strategy_index, &mut buffer)?);
                streams.push(strategy_index);
            }
        }
        // Between two paced connects the loop turns round rather than sleep for a millisecond.
        poll.poll(&mut events, (streams.len() < count).then_some(Duration::ZERO))?;
        for event in &events {
            done += usize::from(is_done(&mut streams[event.token().0], &mut buffer)?);
        }
    }
    let duration = start.elapsed().as_secs_f64();
    let memory = peak_memory("/proc/self/status")?;
    println!("{duration} {} {memory}", cpu_seconds()?);
    Ok(())
}

/// Writes the request once, reads what there is, closes at the end. Whether that was the end.
fn is_done(strategy_index: &mut Option<(TcpStream, bool)>, buffer: &mut [u8]) -> anyhow::Result<bool> {
    let Some((stream, written)) = strategy_index else { return Ok(false) };
    if !*written {
        match stream.write(REQUEST) {
            Ok(_) => *written = true,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
    loop {
        match stream.read(buffer) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
    *strategy_index = None;
    Ok(true)
}

/// Peak resident memory of a process, in bytes.
fn peak_memory(status: &str) -> anyhow::Result<f64> {
    let text = std::fs::read_to_string(status).context("this bench reads /proc")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1_024.0)
}

/// CPU time of this process, user and system together.
fn cpu_seconds() -> anyhow::Result<f64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Ok(time.tv_sec as f64 + time.tv_nsec as f64 / 1e9)
}
