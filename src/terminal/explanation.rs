//! One sample, explained to the author of its strategy: what was parsed and what not, who took the time, what the server
//! saw, and what the sample is worth. Pure: text out.

use anstyle::{AnsiColor, Style};

use crate::format::{counted, requests, shown};
use crate::model::figure::Unit;
use crate::model::{Nanos, Outcome, SampleRow, SampleStatus, Timing};
use crate::probe::{ChildOutput, End, Measured, OutputTail};
use crate::server::ServerStats;
use crate::strategy::Invocation;
use crate::sweep::Examined;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const HEADING: Style = Style::new().bold();

/// A request line as it should be.
const REQUEST_LINE: &str =
    r#"{"event":"request","request":0,"worker":0,"start_s":0.0012,"end_s":0.1043,"status":200,"bytes":16}"#;
/// A done line as it should be.
const DONE_LINE: &str = r#"{"event":"done","setup_s":0.0008,"duration_s":0.1051}"#;
/// How many lines of other output are shown.
const LINES: usize = 8;
/// How much of a line is shown, in characters.
const WIDTH: usize = 160;

/// The whole explanation. `command` is the program, where it is not part of reportgen.
#[must_use]
pub fn explanation(examined: &Examined, command: Option<&Invocation>) -> String {
    let Examined { row, measured, server_stats } = examined;
    let mut text =
        format!("{HEADING}{}{HEADING:#}: one sample of {}\n", shown(&row.strategy, 60), requests(row.requests));
    let mut tell = |heading: &str, what: &str| {
        let mut lines = what.lines();
        let first = lines.next().unwrap_or_default();
        text.push_str(&format!("{HEADING}{heading:<9}{HEADING:#} {first}\n"));
        lines.for_each(|line| text.push_str(&format!("          {line}\n")));
    };
    match command {
        Some(command) => tell("program", &format!("{}\nin {}", command.command_line, command.folder.display())),
        None => tell("program", &format!("the built-in kind {}", row.kind)),
    }
    tell("process", &process(measured));
    tell("lines", &lines(&measured.output));
    tell("timing", &timing(row));
    tell("requests", &outcomes(&measured.output.outcomes, row));
    tell("server", &server(server_stats.as_ref()));
    tell("cost", &cost(row, measured));
    if measured.stderr.count() > 0 {
        tell("stderr", &format!("{} lines, the last of them:\n{}", measured.stderr.count(), last(&measured.stderr)));
    }
    tell("verdict", &verdict(row));
    text
}

fn process(measured: &Measured) -> String {
    let wall = measured.wall.human();
    match measured.end {
        End::Exited(code) => format!("ended with exit code {code} after {wall}"),
        End::Killed(signal) => format!("ended by signal {signal} after {wall}"),
        End::TimedOut => format!("killed after {wall}, the sample-timeout of [sweep]"),
        End::Interrupted(_) => format!("interrupted after {wall}"),
    }
}

fn lines(output: &ChildOutput) -> String {
    let done = u64::from(output.done.is_some());
    let request = output.outcomes.len() as u64 + output.excess;
    let mut text = format!(
        "{} accepted ({request} request, {done} done), {} ignored, {} wrong\n",
        request + done,
        output.other.count() + output.further_done,
        output.wrong_count
    );
    for line in &output.wrong {
        let expected = if line.text.contains("request") { REQUEST_LINE } else { DONE_LINE };
        text.push_str(&format!(
            "{BAD}wrong{BAD:#}, line {}: {}\n    {}\n  expected such as\n    {expected}\n",
            line.number,
            shown(&line.why, WIDTH),
            shown(&line.text, WIDTH)
        ));
    }
    if output.excess > 0 {
        text.push_str(&format!("{BAD}too many{BAD:#}: {} more request lines than asked for\n", output.excess));
    }
    if output.further_done > 0 {
        text.push_str("only the first done line counts\n");
    }
    if output.other.count() > 0 {
        text.push_str(&format!(
            "ignored, because they are no lines of the protocol; the last:\n{}\n",
            last(&output.other)
        ));
    }
    text
}

fn last(tail: &OutputTail) -> String {
    let lines: Vec<String> = tail.lines().map(|line| format!("    {}", shown(line, WIDTH))).collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

fn timing(row: &SampleRow) -> String {
    let human = |time: Option<Nanos>| time.map_or_else(|| "unknown".to_owned(), Nanos::human);
    let ideal = row.ideal_s.map_or_else(String::new, |ideal| format!("; the best possible is {}", ideal.human()));
    match row.timing {
        Some(Timing::OwnClock) => {
            let setup = row.setup_s.map_or_else(String::new, |setup| format!(", {} of it set-up", setup.human()));
            format!("by the program itself: {}{setup}{ideal}", human(row.duration_s))
        }
        Some(Timing::Process) => format!(
            "by the life of the process, its start included: {}{ideal}\nto time only the requests, write when they are done\n    {DONE_LINE}",
            human(row.duration_s)
        ),
        None => format!("none, because the process failed without a done line{ideal}"),
    }
}

fn outcomes(outcomes: &[Outcome], row: &SampleRow) -> String {
    let number = |count: Option<u32>| count.map_or_else(|| "unknown".to_owned(), |count| count.to_string());
    let counts = format!("{} succeeded, {} failed", number(row.succeeded), number(row.failed));
    let times = || outcomes.iter().map(|outcome| outcome.end - outcome.start);
    let (Some(least), Some(most)) = (times().min(), times().max()) else {
        return format!(
            "{counts}; the program printed none of them. For the charts of single requests, print\n    {REQUEST_LINE}"
        );
    };
    let workers: std::collections::BTreeSet<u32> = outcomes.iter().map(|outcome| outcome.worker).collect();
    let workers = counted(workers.len(), "worker", "workers");
    format!("{counts}; {} each; {workers}", Unit::Seconds.interval(least.as_secs_f64(), most.as_secs_f64()))
}

fn server(server_stats: Option<&ServerStats>) -> String {
    let Some(server_stats) = server_stats else {
        return "unknown: the target is not the embedded server".to_owned();
    };
    let service = server_stats.service_mean.map_or_else(String::new, |mean| format!(", {} for each", mean.human()));
    format!(
        "saw {} on {} connections, at most {} at once{service}",
        counted(usize::try_from(server_stats.requests).unwrap_or(usize::MAX), "request", "requests"),
        server_stats.connections,
        server_stats.peak_in_flight
    )
}

fn cost(row: &SampleRow, measured: &Measured) -> String {
    let (Some(user), Some(system)) = (row.cpu_user_s, row.cpu_system_s) else {
        return "unknown on this system".to_owned();
    };
    let counted = measured.process_count.map_or_else(String::new, |process_count| {
        let processes = counted(process_count.processes as usize, "process", "processes");
        let threads = counted(process_count.threads as usize, "thread", "threads");
        format!(", {processes} with {threads}")
    });
    let memory = row.peak_rss_bytes.map_or_else(
        || "memory unknown".to_owned(),
        |bytes| format!("largest process {}", Unit::Bytes.text(bytes as f64)),
    );
    let several = row.processes.is_some_and(|processes| processes > 1);
    let total = row.total_rss_bytes.filter(|_| several);
    let total = total.map_or_else(String::new, |bytes| format!(", all of them {}", Unit::Bytes.text(bytes as f64)));
    let [user, system] = [user, system].map(|time| Unit::Seconds.text(time.as_secs_f64()));
    format!("CPU time {user} in the program and {system} in the kernel, {memory}{total}{counted}")
}

fn verdict(row: &SampleRow) -> String {
    match row.status {
        SampleStatus::Ok => format!("{GOOD}ok{GOOD:#}: {} sent and answered", requests(row.requests)),
        status => {
            let meaning = match status {
                SampleStatus::Void => {
                    "\ndiscarded: it did other work than was asked for, so its time is left out of all statistics"
                }
                SampleStatus::Partial => "\nsome requests failed, so its time is left out of all statistics",
                _ => "",
            };
            format!("{BAD}{status}{BAD:#}: {}{meaning}", shown(&row.error, 400))
        }
    }
}
