//! Which cells of a sweep this machine cannot hold, found before anything is sent: descriptors, ports and threads are
//! counted against their limits, and each violation names the setting that would remove it. A strategy's own bound of
//! requests stands beside those of the machine. Pure.

use crate::config::Sweep;
use crate::limits::Limits;
use crate::model::{HttpVersion, NotRun, RequestCount, ResourceEstimate, Target};
use crate::server;
use crate::strategy::StrategySpec;

/// Descriptors of the delay server beside one for each connection.
const SERVER_DESCRIPTORS: u64 = 32;

/// A cell that the machine's limits cannot hold, or may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitViolation {
    /// The cell, and what is short: how many it needs, about, how many there are, and what to change.
    pub cell: NotRun,
    /// Whether it is short at one moment, so that the cell cannot succeed. Else connections that have been closed are
    /// what fills the limit, and the system may be done with them in time.
    pub certain: bool,
}

/// Every violation of a sweep, one per cell at most, in the order of strategies and counts.
#[must_use]
pub fn violations(sweep: &Sweep, limits: &Limits) -> Vec<LimitViolation> {
    let cells = sweep.strategies.iter().flat_map(|spec| sweep.requests.iter().map(move |&requests| (spec, requests)));
    cells.filter_map(|(spec, requests)| violation(sweep, spec, requests, limits)).collect()
}

fn violation(sweep: &Sweep, spec: &StrategySpec, requests: RequestCount, limits: &Limits) -> Option<LimitViolation> {
    if let Some(most) = spec.max_requests.filter(|_| !spec.runs(requests)) {
        let reason = format!("is above its `max-requests`, {most}");
        return Some(LimitViolation { cell: NotRun { strategy: spec.name.clone(), requests, reason }, certain: true });
    }
    if !spec.kind.is_built_in() {
        // What an external program takes is unknown.
        return None;
    }
    let streams = spec.kind.width(requests);
    let over_http2 = matches!(sweep.target_of(spec), Target::Delay(_)) && spec.kind.http_version() == HttpVersion::Two;
    if over_http2 && streams > server::MOST_STREAMS {
        let reason = format!(
            "needs {streams} HTTP/2 streams at once, the delay server holds {}; set `max-in-flight` or `http-version = \"1.1\"`",
            server::MOST_STREAMS
        );
        return Some(LimitViolation { cell: NotRun { strategy: spec.name.clone(), requests, reason }, certain: true });
    }
    let needs = spec.kind.needs(requests);
    let needs = match sweep.target_of(spec) {
        // A sleep holds threads and processes, no connection. The pipes of a process pool are the least of its needs.
        Target::Sleep { .. } => ResourceEstimate { descriptors: 0, ports: 0, ..needs },
        Target::Delay(_) | Target::Url(_) => needs,
    };
    let at_once = u64::from(spec.kind.width(requests)).min(needs.ports);
    let first = |ports: u64| {
        let all = shortages(sweep.target_of(spec), ResourceEstimate { ports, ..needs }, limits);
        all.into_iter().find(|(_, needed, available, _)| available.is_some_and(|available| *needed > available))
    };
    let found = first(at_once).map(|shortage| (shortage, true));
    let ((what, needed, available, setting), certain) = found.or_else(|| Some((first(needs.ports)?, false)))?;
    let reason = format!("needs about {needed} {what}, this machine allows {}; raise {setting}", available?);
    Some(LimitViolation { cell: NotRun { strategy: spec.name.clone(), requests, reason }, certain })
}

type Shortage = (&'static str, u64, Option<u64>, &'static str);

fn shortages(target: &Target, needs: ResourceEstimate, limits: &Limits) -> [Shortage; 5] {
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
        ("process numbers", needs.threads, limits.process_numbers, "kernel.pid_max"),
    ]
}

#[cfg(test)]
mod tests {
    use super::{LimitViolation, violations};
    use crate::config::{self, Known, Sweep};
    use crate::limits::Limits;

    fn sweep(strategies: &str) -> Sweep {
        let known = Known::default();
        let text = format!("[target]\ndelay = \"1s\"\n[sweep]\nrequests = [10, 1000]\n{strategies}");
        config::load(&text, "sweep.toml", &known).unwrap()
    }

    fn told(strategies: &str, limits: &Limits) -> Vec<(String, u32, bool)> {
        let found = violations(&sweep(strategies), limits);
        found
            .into_iter()
            .map(|violations| (violations.cell.strategy, violations.cell.requests, violations.certain))
            .collect()
    }

    #[test]
    fn a_cell_above_the_strategy_s_own_bound_is_not_run_whatever_the_machine_holds() {
        let bounded = "[[strategy]]\nname = \"s\"\nkind = \"sequential\"\nmax-requests = 100\n";
        assert_eq!(told(bounded, &Limits::default()), [("s".to_owned(), 1000, true)]);
        let plan = crate::plan::Plan::of(&sweep(bounded), |_| None);
        assert!(!plan.samples.is_empty() && plan.samples.iter().all(|sample| sample.requests == 10));
    }

    const ASYNC: &str = "[[strategy]]\nname = \"a\"\nkind = \"async\"\n";
    const THREADS: &str = "[[strategy]]\nname = \"t\"\nkind = \"thread-per-request\"\n";

    #[test]
    fn each_limit_stops_the_cells_that_it_cannot_hold_and_names_its_setting() {
        let one = |name: &str| vec![(name.to_owned(), 1000, true)];
        for (limits, both, setting) in [
            (Limits { descriptors_hard: Some(500), ..Limits::default() }, true, "ulimit -Hn"),
            (Limits { ports: Some((40_000, 40_499)), ..Limits::default() }, true, "ip_local_port_range"),
            (Limits { threads: Some(500), ..Limits::default() }, false, "kernel.threads-max"),
            (Limits { process_numbers: Some(500), ..Limits::default() }, false, "kernel.pid_max"),
            (Limits { user_processes: Some(500), ..Limits::default() }, false, "ulimit -u"),
        ] {
            assert_eq!(told(ASYNC, &limits), if both { one("a") } else { vec![] }, "{limits:?}");
            assert_eq!(told(THREADS, &limits), one("t"), "{limits:?}");
            let LimitViolation { cell, .. } = violations(&sweep(THREADS), &limits).remove(0);
            assert!(cell.reason.contains(setting), "{}", cell.reason);
        }
        assert_eq!(told(ASYNC, &Limits::default()), [], "a limit that is unknown stops nothing");
    }

    #[test]
    fn processes_share_what_one_process_and_one_address_are_limited_to() {
        let spread =
            |processes: u32| format!("[[strategy]]\nname = \"e\"\nkind = \"event-loop\"\nprocesses = {processes}\n");
        let limits = Limits { descriptors_hard: Some(300), ports: Some((40_000, 40_299)), ..Limits::default() };
        assert_eq!(told(&spread(3), &limits), [("e".to_owned(), 1000, true)]);
        assert_eq!(told(&spread(4), &limits), []);
    }

    #[test]
    fn more_streams_than_the_delay_server_holds_are_not_run() {
        let counted = |options: &str| {
            let text = format!("[[strategy]]\nname = \"a\"\nkind = \"async\"\nhttp-version = \"2\"\n{options}");
            let mut sweep = sweep(&text);
            sweep.requests = vec![32_768, 32_769];
            let found = violations(&sweep, &Limits::default());
            found.into_iter().map(|violations| violations.cell.requests).collect::<Vec<_>>()
        };
        assert_eq!(counted(""), [32_769]);
        assert!(counted("max-in-flight = 100\n").is_empty());
    }

    #[test]
    fn connections_that_are_closed_already_are_a_warning_only() {
        let limits = Limits { ports: Some((40_000, 40_499)), ..Limits::default() };
        let one_by_one = "[[strategy]]\nname = \"s\"\nkind = \"sequential\"\nconnections = \"per-request\"\n";
        assert_eq!(told(one_by_one, &limits), [("s".to_owned(), 1000, false)]);
        assert_eq!(told(&one_by_one.replace("per-request", "keep-alive"), &limits), []);
    }
}
