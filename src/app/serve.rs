//! `reportgen serve`: the delay server alone, in the foreground, for other clients.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, anyhow};

use super::outcome::{Exit, Failure};
use crate::cli::ServeArgs;
use crate::model::{DelayTarget, Nanos};
use crate::probe::Interrupts;
use crate::server::{Server, ServerStats};
use crate::terminal::Terminal;

pub(super) fn run(arguments: &ServeArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let target = target(arguments)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let interrupts = Interrupts::install().context("cannot take over Ctrl-C")?;
    let server = Server::bind(address, &target, arguments.seed).context("cannot serve")?;
    let url = format!("http://{}/", server.address());
    terminal.result(&format!("{url}\n")).context("cannot write to standard output")?;
    terminal.note(&format!("answering after {}; Ctrl-C ends it", target.delay.human()));
    let remote = server.remote();
    let _subscription = interrupts.subscribe(move |_| remote.stop());
    let seen = server.run().context("cannot serve")?;
    terminal.note(&totals(&seen));
    Ok(interrupts.received().map_or(Exit::Done, |signal| Exit::Signal(signal.exit_code())))
}

fn target(arguments: &ServeArgs) -> Result<DelayTarget, Failure> {
    let (delay, jitter) = (arguments.delay, arguments.jitter);
    if jitter > delay {
        let (delay, jitter) = (delay.written(), jitter.written());
        return Err(Failure::Usage(anyhow!("--jitter {jitter} is longer than --delay {delay}")));
    }
    Ok(DelayTarget { delay, jitter, failure_rate: arguments.failure_rate, max_concurrent: arguments.max_concurrent })
}

fn totals(seen: &ServerStats) -> String {
    format!(
        "served {} requests on {} connections, at most {} at once; mean service time {}",
        seen.requests,
        seen.connections,
        seen.peak_in_flight,
        seen.service_mean.map_or_else(|| "unknown".to_owned(), Nanos::human)
    )
}
