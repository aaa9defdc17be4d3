//! What a reader should know before trusting a report: each caveat with the evidence for it and advice.

use crate::model::{FailureKind, RequestCount, Run, SampleStatus, Target};
use crate::report::caveat::{Caveat, CaveatKind};
use crate::report::cell::Cell;
use crate::report::conditions;
use crate::stats;

/// An interquartile range above this share of the median is a caveat.
const WIDE: f64 = 0.10;
/// Fewer samples than this leave a median without an interval worth drawing.
const ENOUGH: usize = 3;
/// The level of the trend test, all strategies together.
const LEVEL: f64 = 0.05;
/// A change over the sweep below this share is no caveat, however sure it is.
const CHANGE: f64 = 0.01;
/// From this many busy cores on, a client with one busy thread has none left.
const BUSY_CORES: f64 = 0.8;

/// All caveats of a run, those about the whole run first, then by kind and strategy.
pub(super) fn of(run: &Run, cells: &[Cell<'_>]) -> Vec<Caveat> {
    let lines: Vec<&[Cell<'_>]> = cells.chunk_by(|a, b| a.strategy_index == b.strategy_index).collect();
    let mut caveats: Vec<Caveat> = unfinished(run).into_iter().chain(few_samples(cells)).collect();
    caveats.extend(
        run.strategies.iter().enumerate().filter_map(|(strategy_index, line)| not_run(run, strategy_index, &line.name)),
    );
    caveats.extend(overlapped(run));
    caveats.extend(conditions::of(&run.facts));
    caveats.extend(lines.iter().filter_map(|line| failed_samples(line)));
    caveats.extend(lines.iter().filter_map(|line| spread(line)));
    caveats.extend(drift(&lines));
    caveats.extend(lines.iter().filter_map(|line| client_bound(line)));
    caveats.extend(
        run.strategies
            .iter()
            .enumerate()
            .filter_map(|(strategy_index, line)| conditions::server_bound(run, strategy_index, &line.name)),
    );
    caveats
}

fn unfinished(run: &Run) -> Option<Caveat> {
    let planned = run.facts.planned_samples as usize;
    let missing = planned.checked_sub(run.samples.len()).filter(|missing| *missing > 0)?;
    let run_id = if run.facts.run_id.is_empty() { "RUN" } else { &run.facts.run_id };
    Some(Caveat {
        kind: CaveatKind::Unfinished,
        strategy_index: None,
        requests: Vec::new(),
        evidence: format!("{missing} of {planned} planned samples were not measured."),
        advice: format!("`reportgen --resume {run_id}` measures them."),
    })
}

/// The cells of one strategy that were not run; the reason of the first stands for all.
fn not_run(run: &Run, strategy_index: usize, name: &str) -> Option<Caveat> {
    let cells = || run.facts.not_run.iter().filter(|cell| cell.strategy == name);
    let (first, requests) = (cells().next()?, cells().map(|cell| cell.requests).collect::<Vec<RequestCount>>());
    let counts: Vec<String> = requests.iter().map(ToString::to_string).collect();
    Some(Caveat {
        kind: CaveatKind::NotRun,
        strategy_index: Some(strategy_index),
        requests,
        evidence: format!("Not run at {} requests: at {} it {}.", counts.join(", "), first.requests, first.reason),
        advice: "There is no sample of these cells.".into(),
    })
}

fn overlapped(run: &Run) -> Option<Caveat> {
    let own = matches!(run.facts.target, Some(Target::Delay(_)));
    let own = if own { ", each against a delay server of its own" } else { "" };
    let number = run.samples.iter().filter(|row| row.overlapped == Some(true)).count();
    (number > 0).then(|| Caveat {
        kind: CaveatKind::Overlapped,
        strategy_index: None,
        requests: Vec::new(),
        evidence: format!("{number} of {} samples ran side by side with others{own}.", run.samples.len()),
        advice:
            "They shared the processor within `overlap-cpu`; measure with `overlap = \"off\"` where the last percent \
                 matters."
                .into(),
    })
}

fn few_samples(cells: &[Cell<'_>]) -> Option<Caveat> {
    let few = |cell: &&Cell<'_>| cell.points.len() < ENOUGH;
    let (least, number) = (cells.iter().map(|cell| cell.points.len()).min()?, cells.iter().filter(few).count());
    let mut requests: Vec<RequestCount> = cells.iter().filter(few).map(|cell| cell.requests).collect();
    requests.sort_unstable();
    requests.dedup();
    (number > 0).then(|| Caveat {
        kind: CaveatKind::FewSamples,
        strategy_index: None,
        requests,
        evidence: format!(
            "{number} of {} cells have fewer than {ENOUGH} samples that count; the least has {least}.",
            cells.len()
        ),
        advice: format!("Measure with `repeats = {ENOUGH}` or more: so few samples cannot show how far they spread."),
    })
}

fn failed_samples(line: &[Cell<'_>]) -> Option<Caveat> {
    let sum = |count: fn(&Cell<'_>) -> u32| line.iter().map(count).sum::<u32>();
    let all = sum(|cell| cell.statuses.ok) + sum(|cell| cell.statuses.not_ok());
    let by_status: Vec<String> = [
        (sum(|cell| cell.statuses.partial), SampleStatus::Partial),
        (sum(|cell| cell.statuses.failed), SampleStatus::Failed),
        (sum(|cell| cell.statuses.timeout), SampleStatus::Timeout),
        (sum(|cell| cell.statuses.void), SampleStatus::Void),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, status)| format!("{count} {status}"))
    .collect();
    let first = line.iter().flat_map(|cell| &cell.excluded).find(|sample| sample.status != SampleStatus::Ok)?;
    let reason = if first.error.is_empty() { String::new() } else { format!(" The first: {}.", first.error) };
    Some(Caveat {
        kind: CaveatKind::FailedSamples,
        strategy_index: strategy_index_of(line),
        requests: counts_where(line, |cell| cell.statuses.not_ok() > 0),
        evidence: format!("Of {all} samples, {}.{reason}", by_status.join(", ")),
        advice: if line.iter().flat_map(|cell| &cell.excluded).any(|sample| ran_out(sample.error)) {
            "This machine ran out of descriptors, ports or memory: raise `ulimit -n` or \
             `net.ipv4.ip_local_port_range`, or lower the count. Failed samples are left out of all statistics."
                .into()
        } else {
            "They are left out of all statistics; raw.csv and requests.csv say what happened to each.".into()
        },
    })
}

/// Whether a sample's error, kinds of ours one after another, counts requests that this machine had no room for.
fn ran_out(error: &str) -> bool {
    error.split(", ").any(|part| part.split(':').next() == Some(FailureKind::LocalLimit.as_str()))
}

fn spread(line: &[Cell<'_>]) -> Option<Caveat> {
    let wide = |cell: &Cell<'_>| cell.relative_iqr.is_some_and(|spread| spread > WIDE);
    let (worst, cell) = line
        .iter()
        .filter_map(|cell| Some((cell.relative_iqr?, cell)))
        .filter(|(spread, _)| *spread > WIDE)
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(Caveat {
        kind: CaveatKind::Spread,
        strategy_index: strategy_index_of(line),
        requests: counts_where(line, wide),
        evidence: format!(
            "The interquartile range is {:.0} % of the median at {} requests, over {} samples.",
            worst * 100.0,
            cell.requests,
            cell.points.len()
        ),
        advice: format!(
            "Close what else runs on this machine, or measure more than {} repeats for a narrower interval.",
            cell.points.len()
        ),
    })
}

fn drift(lines: &[&[Cell<'_>]]) -> Vec<Caveat> {
    let trend = |line: &[Cell<'_>]| stats::seasonal_trend(line.iter().map(|cell| cell.points.as_slice()));
    let tested: Vec<_> = lines.iter().filter_map(|line| Some((*line, trend(line)?))).collect();
    let p_values = stats::holm(&tested.iter().map(|(_, trend)| trend.p).collect::<Vec<_>>());
    let sure = tested.iter().zip(p_values).filter(|(_, p)| *p < LEVEL);
    sure.filter_map(|((line, trend), p)| {
        let change = change(line).filter(|change| change.abs() >= CHANGE && change.signum() == trend.score.signum())?;
        let word = if change > 0.0 { "slower" } else { "faster" };
        Some(Caveat {
            kind: CaveatKind::Drift,
            strategy_index: strategy_index_of(line),
            requests: Vec::new(),
            evidence: format!(
                "Samples of the sweep's later half are {:.1} % {word} than those of its earlier half (seasonal \
                 Mann–Kendall test, p = {p:.4} after correction for {} tests).",
                change.abs() * 100.0,
                tested.len()
            ),
            advice: "Something changed while measuring: a warm machine, a full cache, another program. Measure again, \
                     with `warmup` or on a quiet machine."
                .into(),
        })
    })
    .collect()
}

/// The median, over the cells, of how much their later samples exceed their earlier ones.
fn change(line: &[Cell<'_>]) -> Option<f64> {
    let of_cell = |cell: &Cell<'_>| {
        let half = cell.points.len() / 2;
        let early = stats::median(cell.points[..half].iter().copied())?;
        let late = stats::median(cell.points[cell.points.len() - half..].iter().copied())?;
        Some(late / early - 1.0)
    };
    stats::median(line.iter().filter_map(of_cell))
}

fn client_bound(line: &[Cell<'_>]) -> Option<Caveat> {
    let busy = |cell: &Cell<'_>| cell.cost.cores.is_some_and(|cores| cores >= BUSY_CORES);
    let worst = line.iter().filter(|cell| busy(cell)).filter_map(|cell| Some((cell.cost.cores?, cell.requests)));
    let (cores, requests) = worst.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(Caveat {
        kind: CaveatKind::ClientBound,
        strategy_index: strategy_index_of(line),
        requests: counts_where(line, busy),
        evidence: format!("At {requests} requests the client kept {cores:.2} cores busy for the whole sample."),
        advice:
            "The client may have set the pace, not the target: use a longer delay, fewer requests, or more threads."
                .into(),
    })
}

fn counts_where(line: &[Cell<'_>], holds: impl Fn(&Cell<'_>) -> bool) -> Vec<RequestCount> {
    line.iter().filter(|cell| holds(cell)).map(|cell| cell.requests).collect()
}

fn strategy_index_of(line: &[Cell<'_>]) -> Option<usize> {
    line.first().map(|cell| cell.strategy_index)
}

#[cfg(test)]
mod tests {
    use crate::model::{Nanos, NotRun, Run, SampleStatus};
    use crate::report::CaveatKind;
    use crate::report::Report;
    use crate::report::testkit::{Sketch, article};

    fn kinds(run: &Run) -> Vec<CaveatKind> {
        Report::of(run).caveats.iter().map(|caveat| caveat.kind).collect()
    }

    fn line(durations: &[f64]) -> Sketch {
        let sketch = Sketch::new().strategy("a", "sequential", None);
        durations.iter().fold(sketch, |sketch, seconds| sketch.sample(0, 10, *seconds))
    }

    #[test]
    fn a_quiet_complete_run_has_none() {
        assert_eq!(kinds(&article(3)), []);
    }

    #[test]
    fn few_samples_are_named_with_their_counts() {
        let run = article(1);
        let report = Report::of(&run);
        assert_eq!(report.caveats[0].kind, CaveatKind::FewSamples);
        assert_eq!(report.caveats[0].requests, [10, 20, 30, 40, 50]);
        assert!(report.caveats[0].evidence.starts_with("20 of 20 cells have fewer than 3 samples"));
    }

    #[test]
    fn a_wide_spread_is_one_and_a_narrow_one_is_none() {
        let run = line(&[1.0, 1.3, 1.0, 1.3]).run();
        assert_eq!(kinds(&run), [CaveatKind::Spread]);
        assert!(Report::of(&run).caveats[0].evidence.contains("26 % of the median at 10 requests, over 4 samples"));
        assert_eq!(kinds(&line(&[1.0, 1.1, 1.0, 1.1]).run()), []);
    }

    #[test]
    fn a_drift_is_seen_across_cells_and_a_tiny_one_is_not() {
        let drifting = |step: f64| {
            let sketch = Sketch::new().strategy("a", "sequential", None).strategy("b", "async", None);
            let samples = (0..6).flat_map(|repeat| [10, 20, 30].map(|requests| (repeat, requests)));
            let add = |sketch: Sketch, (repeat, requests): (u32, u32)| {
                let still = sketch.sample(1, requests, [1.0, 1.05][(repeat % 2) as usize]);
                still.sample(0, requests, f64::from(requests) * (1.0 + step * f64::from(repeat)))
            };
            samples.fold(sketch, add).run()
        };
        let run = drifting(0.01);
        let report = Report::of(&run);
        let found: Vec<_> = report.caveats.iter().map(|caveat| (caveat.kind, caveat.strategy_index)).collect();
        assert_eq!(found, [(CaveatKind::Drift, Some(0))]);
        assert!(report.caveats[0].evidence.contains("3.0 % slower"), "{}", report.caveats[0].evidence);
        assert_eq!(kinds(&drifting(0.001)), []);
    }

    #[test]
    fn cells_that_were_not_run_are_named_with_the_reason() {
        let mut run = line(&[1.0, 1.0, 1.0]).run();
        run.facts.not_run = [20, 50]
            .map(|requests| {
                let reason = format!("needs about {requests} threads, this machine allows 9; raise kernel.threads-max");
                NotRun { strategy: "a".into(), requests, reason }
            })
            .to_vec();
        let report = Report::of(&run);
        assert_eq!((report.caveats[0].kind, report.caveats[0].strategy_index), (CaveatKind::NotRun, Some(0)));
        assert_eq!(report.caveats[0].requests, [20, 50]);
        let told = "Not run at 20, 50 requests: at 20 it needs about 20 threads, this machine allows 9; raise ";
        assert!(report.caveats[0].evidence.starts_with(told), "{}", report.caveats[0].evidence);
    }

    #[test]
    fn samples_side_by_side_are_counted() {
        let mut run = line(&[1.0, 1.0, 1.0]).run();
        run.samples[0].overlapped = Some(false);
        assert_eq!(kinds(&run), []);
        run.samples[1].overlapped = Some(true);
        assert_eq!(kinds(&run), [CaveatKind::Overlapped]);
        assert!(Report::of(&run).caveats[0].evidence.starts_with("1 of 3 samples ran side by side"));
    }

    #[test]
    fn a_busy_client_is_named() {
        let mut run = line(&[1.0, 1.0, 1.0]).run();
        for row in &mut run.samples {
            (row.cpu_user_s, row.cpu_system_s) = (Some(Nanos::from_millis(900)), Some(Nanos::from_millis(50)));
        }
        assert_eq!(kinds(&run), [CaveatKind::ClientBound]);
        assert!(Report::of(&run).caveats[0].evidence.contains("0.95 cores"));
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
        let report = Report::of(&run);
        let told: Vec<&str> = report.caveats.iter().map(|caveat| caveat.evidence.as_str()).collect();
        assert_eq!(
            told,
            [
                "3 of 8 planned samples were not measured.",
                "Of 5 samples, 1 timeout, 1 void. The first: sample-timeout after 9 s."
            ]
        );
        assert!(report.caveats[0].advice.contains("--resume sweep-20261122T183000Z"));
        assert!(report.caveats[1].advice.starts_with("They are left out"));
        run.samples[3].error = "reset: 3 of 10 requests, local-limit: 2 of 10 requests".into();
        assert!(Report::of(&run).caveats[1].advice.starts_with("This machine ran out of descriptors, ports or memory"));
    }
}
