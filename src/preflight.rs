//! Which cells of a sweep this machine cannot hold, found before anything is sent: descriptors, ports and threads are
//! counted against their limits, and each obstacle names the setting that would remove it. Pure.

use std::fmt;

use crate::config::Sweep;
use crate::limits::Limits;
use crate::model::{Needs, RequestCount, StrategySpec, Target};
use crate::strategy;

/// Descriptors of the delay server beside one for each connection.
const SERVER_DESCRIPTORS: u64 = 32;

/// A cell that the machine's limits cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// The strategy's name.
    pub strategy: String,
    /// The cell's request count.
    pub requests: RequestCount,
    /// What is short.
    pub what: &'static str,
    /// How many the cell needs, about.
    pub needed: u64,
    /// How many there are.
    pub available: u64,
    /// What to change.
    pub setting: &'static str,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { strategy, requests, what, needed, available, setting } = self;
        write!(
            formatter,
            "{strategy} at {requests} requests needs about {needed} {what}, this machine allows {available}; raise {setting}"
        )
    }
}

/// Every obstacle of a sweep, one per cell at most, in the order of strategies and counts.
#[must_use]
pub fn obstacles(sweep: &Sweep, limits: &Limits) -> Vec<Obstacle> {
    let cells = sweep.strategies.iter().flat_map(|spec| sweep.requests.iter().map(move |&requests| (spec, requests)));
    cells.filter_map(|(spec, requests)| obstacle(sweep, spec, requests, limits)).collect()
}

fn obstacle(sweep: &Sweep, spec: &StrategySpec, requests: RequestCount, limits: &Limits) -> Option<Obstacle> {
    let needs = strategy::find(&spec.kind)?.needs(spec, requests);
    let needs = match sweep.target {
        // A sleep holds threads and processes, no connection. The pipes of a process pool are the least of its needs.
        Target::Sleep { .. } => Needs { descriptors: 0, ports: 0, ..needs },
        Target::Delay(_) | Target::Url(_) => needs,
    };
    let (what, needed, available, setting) = shortages(&sweep.target, needs, limits)
        .into_iter()
        .find(|(_, needed, available, _)| available.is_some_and(|available| *needed > available))?;
    Some(Obstacle { strategy: spec.name.clone(), requests, what, needed, available: available?, setting })
}

type Shortage = (&'static str, u64, Option<u64>, &'static str);

fn shortages(target: &Target, needs: Needs, limits: &Limits) -> [Shortage; 4] {
    // The delay server holds one descriptor for each connection; a `url` is served elsewhere.
    let served = match target {
        Target::Delay(_) => needs.ports + SERVER_DESCRIPTORS,
        Target::Url(_) | Target::Sleep { .. } => 0,
    };
    [
        (
            "open files in one process",
            needs.descriptors.max(served),
            limits.descriptors_hard,
            "the hard limit (`ulimit -Hn`, or LimitNOFILE of the service)",
        ),
        ("outgoing ports", needs.ports, limits.port_count(), "the range net.ipv4.ip_local_port_range"),
        ("threads and processes", needs.threads, limits.user_processes, "the limit of processes (`ulimit -u`)"),
        ("threads", needs.threads, limits.threads, "kernel.threads-max"),
    ]
}
