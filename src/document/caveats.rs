//! Caveats in sentences: the numbers that show each, and what to do about it.

use super::model::Item;
use super::naming::listed_counts;
use crate::format::counted;
use crate::model::{Facts, Nanos};
use crate::report::{Caveat, CaveatKind, FEWEST_FOR_INTERVAL, Report, StatusCounts};

/// Every caveat of a report.
#[must_use]
pub fn caveats(report: &Report<'_>) -> Vec<Item> {
    report.caveats.iter().map(|caveat| item(report, caveat)).collect()
}

/// A caveat as a statement: whom it is about, the evidence, the advice.
pub(super) fn item(report: &Report<'_>, caveat: &Caveat) -> Item {
    let label =
        caveat.strategy_index.map_or_else(String::new, |strategy_index| report.strategies[strategy_index].name.clone());
    Item { label, text: evidence(caveat, report.facts), aside: advice(caveat, report.facts), ..Item::default() }
}

/// The numbers that show it, in a sentence.
fn evidence(caveat: &Caveat, facts: &Facts) -> String {
    match &caveat.kind {
        CaveatKind::Unfinished { missing, planned } => {
            format!("{missing} of {planned} planned samples were not measured.")
        }
        CaveatKind::Retried { samples } => {
            let (samples, were) = (counted(*samples, "sample", "samples"), if *samples == 1 { "was" } else { "were" });
            format!("{samples} failed and {were} measured again.")
        }
        CaveatKind::NotRun { first, reason } => {
            format!("Not run at {} requests: at {first} it {reason}.", listed_counts(&caveat.requests))
        }
        CaveatKind::Overlapped { samples, of, own_servers } => {
            let own = if *own_servers { ", each against a delay server of its own" } else { "" };
            format!("{samples} of {of} samples ran side by side with others{own}.")
        }
        CaveatKind::FailedSamples { statuses, first_error, .. } => failed_samples(*statuses, first_error),
        CaveatKind::FewSamples { few, of, least } => {
            let points = if few == of { "All points rest".to_owned() } else { format!("{few} of {of} points rest") };
            let some = if *least + 1 < FEWEST_FOR_INTERVAL { format!(" (some on {least})") } else { String::new() };
            format!("{points} on fewer than {FEWEST_FOR_INTERVAL} valid samples{some}.")
        }
        CaveatKind::Spread { share, requests, samples } => {
            let (at, apart) = (facts.varied.at(*requests), share * 100.0);
            format!("varies a lot at {at} (quartiles of {samples} samples are {apart:.0} % apart).")
        }
        CaveatKind::Drift { change, p, tests } => format!(
            "Samples of the sweep's later half are {:.1} % {} than those of its earlier half (seasonal Mann–Kendall test, \
             p = {p:.4} after correction for {tests} tests).",
            change.abs() * 100.0,
            if *change > 0.0 { "slower" } else { "faster" }
        ),
        CaveatKind::TargetDrift { target, before, after, change } => format!(
            "A single request{} took {} before the sweep and {} after it ({:+.0} %).",
            to(target),
            before.human(),
            after.human(),
            change * 100.0
        ),
        CaveatKind::Tolerated { .. }
        | CaveatKind::NoIdeal { .. }
        | CaveatKind::BelowIdeal { .. }
        | CaveatKind::LateConnections { .. } => about_requests(&caveat.kind),
        CaveatKind::BusyMachine { load, cores } => {
            format!("The load average was {load:.2} on {cores} cores when the sweep began.")
        }
        CaveatKind::StolenTime { share, seconds } => format!(
            "The host took {:.1} % of this machine's CPU time away during the sweep ({seconds:.2} s).",
            share * 100.0
        ),
        CaveatKind::ClockStep { seconds } => format!("The wall clock was set by {seconds:+.3} s during the sweep."),
        CaveatKind::ClientBound { cores, requests } => {
            format!("At {requests} requests the client kept {cores:.2} cores busy for the whole sample.")
        }
        CaveatKind::ServerBound { cores, requests } => {
            format!("At {requests} requests the delay server kept {cores:.2} cores busy for the whole sample.")
        }
    }
}

/// To which of several targets.
fn to(target: &Option<String>) -> String {
    target.as_ref().map_or_else(String::new, |name| format!(" to {name}"))
}

/// What the times of requests show.
fn about_requests(kind: &CaveatKind) -> String {
    match kind {
        CaveatKind::NoIdeal { target, times: Some(times) } => format!(
            "Single requests{} before the sweep took {}, with quartiles {:.0} % apart.",
            to(target),
            times.median().human(),
            times.spread * 100.0
        ),
        CaveatKind::NoIdeal { target, times: None } => {
            format!("No single request{} before the sweep succeeded.", to(target))
        }
        CaveatKind::BelowIdeal { requests, median_s, ideal_s, is_estimated } => format!(
            "At {requests} requests the samples took {}, less than {} of {}.",
            seconds(*median_s),
            if *is_estimated { "the estimated ideal" } else { "the ideal" },
            seconds(*ideal_s)
        ),
        CaveatKind::LateConnections { requests, late, of, retransmits } => {
            let seen = retransmits.map(|number| format!("; this machine sent {number} connection packets again"));
            format!(
                "At {requests} requests {late} of {of} ended 1, 3 or 7 s after the fastest, when TCP tries again to connect{}.",
                seen.unwrap_or_default()
            )
        }
        CaveatKind::Tolerated { failed, samples, first_error } => {
            let (failed, of) =
                (counted(*failed, "request", "requests"), counted(*samples, "valid sample", "valid samples"));
            format!("{failed} failed in {of} (first error: {first_error}).")
        }
        _ => String::new(),
    }
}

fn seconds(seconds: f64) -> String {
    Nanos::from_secs_f64(seconds).human()
}

/// `2 of 5 samples failed (1 timed out, 1 discarded; first error: …).`
fn failed_samples(statuses: StatusCounts, first_error: &str) -> String {
    let (bad, kinds) = (statuses.not_ok(), failed(statuses));
    let all = counted(statuses.all() as usize, "sample", "samples");
    // Where all ended alike, one word tells it.
    let (what, kinds) = match kinds.strip_prefix(&format!("{bad} ")) {
        Some(kind) => (kind, None),
        None => ("failed", Some(kinds.as_str())),
    };
    let first = (!first_error.is_empty()).then(|| format!("first error: {first_error}"));
    let more = kinds.into_iter().chain(first.as_deref()).collect::<Vec<_>>().join("; ");
    if more.is_empty() { format!("{bad} of {all} {what}.") } else { format!("{bad} of {all} {what} ({more}).") }
}

/// What to do about it, in a sentence.
fn advice(caveat: &Caveat, facts: &Facts) -> String {
    let text = match &caveat.kind {
        CaveatKind::Unfinished { .. } => {
            let run = if facts.run_id.is_empty() { "RUN" } else { &facts.run_id };
            return format!("`reportgen --resume {run}` measures them.");
        }
        CaveatKind::FewSamples { .. } => return more_samples(facts),
        CaveatKind::Spread { .. } => "Stop other programs, or raise `repeats`.",
        CaveatKind::NotRun { .. } => "There is no sample of these combinations.",
        CaveatKind::Overlapped { .. } => {
            "They shared the processor; measure with `overlap = \"off\"` where the last percent matters."
        }
        CaveatKind::FailedSamples { ran_out: true, .. } => {
            "This machine ran out of descriptors, ports or memory: raise `ulimit -n` or `net.ipv4.ip_local_port_range`, or \
             lower the count. Failed samples are left out."
        }
        // A table that was only drawn has no run directory, so no such files.
        CaveatKind::FailedSamples { .. } if facts.run_id.is_empty() => "Failed samples are left out.",
        CaveatKind::FailedSamples { .. } => "Failed samples are left out; raw.csv and requests.csv have the details.",
        CaveatKind::Retried { .. } => "The rows of the failed ones are in retried.csv and count nowhere.",
        CaveatKind::Drift { .. } => {
            "Something changed while measuring: a warm machine, a full cache, another program. Measure again, with \
             `warmup` or on a quiet machine."
        }
        CaveatKind::TargetDrift { .. } => "So there is no ideal; measure again when the target is steady.",
        CaveatKind::NoIdeal { times: Some(_), .. } => {
            "That is too uneven for an ideal, so there is none; measure again when target and machine are quiet."
        }
        CaveatKind::NoIdeal { times: None, .. } => "So there is no ideal.",
        CaveatKind::Tolerated { .. } => "`max-failed` allows them; their times are part of the durations.",
        CaveatKind::LateConnections { .. } => {
            "The server's queue of new connections was probably full: raise its listen backlog and `net.core.somaxconn`, \
             or lower `max-in-flight` or `workers`."
        }
        CaveatKind::BelowIdeal { is_estimated: true, .. } => {
            "So there is no ideal: the target was slower when single requests were timed than during the sweep. Measure \
             again on a quiet machine, or with `warmup`."
        }
        CaveatKind::BelowIdeal { .. } => {
            "The ideal is wrong: the requests overlapped more than the strategy's `model` says, or waited less than the \
             delay that the ideal is computed from."
        }
        CaveatKind::BusyMachine { .. } => "Measure again when nothing else runs.",
        CaveatKind::StolenTime { .. } => "Measure on a machine of its own, or with more repeats.",
        CaveatKind::ClockStep { .. } => {
            "Durations come from the monotonic clock and stand; time stamps in raw.csv do not fit together."
        }
        CaveatKind::ClientBound { .. } => {
            "The client may have set the pace, not the target: use a longer delay, fewer requests, or more threads."
        }
        CaveatKind::ServerBound { .. } => {
            "The server may have set the pace, not the client: use a longer delay or fewer requests."
        }
    };
    text.to_owned()
}

fn more_samples(facts: &Facts) -> String {
    if facts.repeats.is_some_and(|repeats| repeats.min as usize >= FEWEST_FOR_INTERVAL) {
        return "Enough repeats were planned; the other samples failed or were not measured.".to_owned();
    }
    format!("Measure with `repeats = {FEWEST_FOR_INTERVAL}` or more to see how far samples spread.")
}

/// `2 timed out, 1 discarded`; empty where no sample failed.
pub(super) fn failed(statuses: StatusCounts) -> String {
    let kinds = [
        (statuses.partial, "incomplete"),
        (statuses.failed, "failed"),
        (statuses.timeout, "timed out"),
        (statuses.void, "discarded"),
    ];
    let told = kinds.into_iter().filter(|(number, _)| *number > 0).map(|(number, kind)| format!("{number} {kind}"));
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::caveats;
    use crate::model::{NotRun, Repeats, Run, SampleStatus};
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    fn told(run: &Run) -> Vec<String> {
        caveats(&Report::of(run)).iter().map(super::Item::sentence).collect()
    }

    fn line(durations: &[f64]) -> RunBuilder {
        let builder = RunBuilder::new().strategy("a", "sequential", None);
        durations.iter().fold(builder, |builder, seconds| builder.sample(0, 10, *seconds))
    }

    #[test]
    fn few_samples_are_counted() {
        let text = told(&article(1)).remove(0);
        assert!(text.starts_with("All points rest on fewer than 3 valid samples (some on 1). "), "{text}");
    }

    #[test]
    fn enough_repeats_are_not_asked_for_again() {
        let mut run = article(1);
        run.facts.repeats = Some(Repeats { min: 3, max: 3, precision: None });
        let text = told(&run).remove(0);
        assert!(
            text.ends_with("Enough repeats were planned; the other samples failed or were not measured."),
            "{text}"
        );
    }

    #[test]
    fn a_table_is_not_said_to_have_the_files_of_a_run() {
        let run = line(&[1.0, 1.0, 1.0, 9.0]).also(|row| row.status = SampleStatus::Failed).run();
        let text = told(&run).remove(0);
        assert!(text.ends_with(". Failed samples are left out."), "{text}");
    }

    #[test]
    fn a_spread_says_where_and_how_wide() {
        let text = told(&line(&[1.0, 1.3, 1.0, 1.3]).run()).remove(0);
        let start =
            "a: varies a lot at 10 requests (quartiles of 4 samples are 26 % apart). Stop other programs, or raise";
        assert!(text.starts_with(start), "{text}");
    }

    #[test]
    fn combinations_that_were_not_run_are_named_with_the_reason() {
        let mut run = line(&[1.0, 1.0, 1.0]).run();
        run.facts.not_run = [20, 50]
            .map(|requests| {
                let reason = format!("needs about {requests} threads, this machine allows 9; raise kernel.threads-max");
                NotRun { strategy: "a".into(), requests, reason }
            })
            .to_vec();
        let text = told(&run).remove(0);
        let start = "a: Not run at 20, 50 requests: at 20 it needs about 20 threads, this machine allows 9; raise ";
        assert!(text.starts_with(start), "{text}");
    }

    #[test]
    fn failed_and_missing_samples_are_counted() {
        let mut run = line(&[1.0, 1.0, 1.0, 9.0, 9.0])
            .also(|row| (row.status, row.error) = (SampleStatus::Void, "server saw 9".into()))
            .run();
        run.samples[3].status = SampleStatus::Timeout;
        run.samples[3].error = "sample-timeout after 9 s".into();
        run.facts.planned_samples = 8;
        run.facts.run_id = "sweep-20261122T183000Z".into();
        assert_eq!(
            told(&run),
            [
                "3 of 8 planned samples were not measured. `reportgen --resume sweep-20261122T183000Z` measures them.",
                "a: 2 of 5 samples failed (1 timed out, 1 discarded; first error: sample-timeout after 9 s). Failed \
                 samples are left out; raw.csv and requests.csv have the details."
            ]
        );
        run.samples[4].status = SampleStatus::Timeout;
        let text = told(&run).remove(1);
        assert!(text.starts_with("a: 2 of 5 samples timed out (first error: sample-timeout after 9 s). "), "{text}");
        run.samples[3].error = "reset: 3 of 10 requests, local-limit: 2 of 10 requests".into();
        let text = told(&run).remove(1);
        assert!(text.contains("This machine ran out of descriptors, ports or memory"), "{text}");
    }
}
