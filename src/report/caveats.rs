//! What a reader should know before trusting a report: each caveat with the numbers that show it.

use std::collections::BTreeSet;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::model::{FailureKind, Phase, RequestCount, Run, SampleRow, SampleStatus, Target, Targets};
use crate::report::caveat::{Caveat, CaveatKind};
use crate::report::cell::{Cell, FEWEST_FOR_INTERVAL};
use crate::report::conditions;
use crate::report::connecting;
use crate::stats;

/// An interquartile range above this share of the median is a caveat.
const WIDE: f64 = 0.10;
/// The level of the trend test, all strategies together.
const LEVEL: f64 = 0.05;
/// A change over the sweep below this share is no caveat, however sure it is.
const CHANGE: f64 = 0.01;
/// From this many busy cores on, a client with one busy thread has none left.
const BUSY_CORES: f64 = 0.8;

/// All caveats of a run, `about_ideals` among them: those about the whole run first, then by kind and strategy.
pub(super) fn of(run: &Run, cells: &[Cell<'_>], about_ideals: Vec<Caveat>) -> Vec<Caveat> {
    let lines: Vec<&[Cell<'_>]> = cells.chunk_by(|a, b| a.strategy_index == b.strategy_index).collect();
    let mut caveats: Vec<Caveat> = unfinished(run).into_iter().chain(retried(run)).chain(few_samples(cells)).collect();
    caveats.extend(
        run.strategies.iter().enumerate().filter_map(|(strategy_index, line)| not_run(run, strategy_index, &line.name)),
    );
    caveats.extend(overlapped(run));
    caveats.extend(conditions::of(&run.facts));
    caveats.extend(about_ideals);
    caveats.extend(lines.iter().filter_map(|line| failed_samples(line)));
    caveats.extend(
        run.strategies
            .iter()
            .enumerate()
            .filter_map(|(strategy_index, line)| tolerated(run, strategy_index, &line.name)),
    );
    caveats.extend(lines.iter().filter_map(|line| spread(line)));
    caveats.extend((0..run.strategies.len()).filter_map(|strategy_index| connecting::late(run, strategy_index)));
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
    Some(Caveat::of_run(CaveatKind::Unfinished { missing, planned }))
}

fn retried(run: &Run) -> Option<Caveat> {
    let samples = run.facts.retried;
    (samples > 0).then(|| Caveat::of_run(CaveatKind::Retried { samples }))
}

/// The combinations of one strategy that were not run; the reason of the first stands for all.
fn not_run(run: &Run, strategy_index: usize, name: &str) -> Option<Caveat> {
    let cells = || run.facts.not_run.iter().filter(|cell| cell.strategy == name);
    let first = cells().next()?;
    let kind = CaveatKind::NotRun { first: first.requests, reason: first.reason.clone() };
    Some(Caveat { kind, strategy_index: Some(strategy_index), requests: cells().map(|cell| cell.requests).collect() })
}

fn overlapped(run: &Run) -> Option<Caveat> {
    let own_servers = matches!(run.facts.target, Some(Targets::One(Target::Delay(_))));
    let samples = run.samples.iter().filter(|row| row.overlapped == Some(true)).count();
    let kind = CaveatKind::Overlapped { samples, of: run.samples.len(), own_servers };
    (samples > 0).then(|| Caveat::of_run(kind))
}

fn few_samples(cells: &[Cell<'_>]) -> Option<Caveat> {
    let few: Vec<&Cell<'_>> = cells.iter().filter(|cell| cell.points.len() < FEWEST_FOR_INTERVAL).collect();
    let least = few.iter().map(|cell| cell.points.len()).min()?;
    let requests: BTreeSet<RequestCount> = few.iter().map(|cell| cell.requests).collect();
    let kind = CaveatKind::FewSamples { few: few.len(), of: cells.len(), least };
    Some(Caveat { kind, strategy_index: None, requests: requests.into_iter().collect() })
}

fn failed_samples(line: &[Cell<'_>]) -> Option<Caveat> {
    let excluded = || line.iter().flat_map(|cell| &cell.recorded.excluded);
    let first = excluded().find(|sample| sample.status != SampleStatus::Ok)?;
    let kind = CaveatKind::FailedSamples {
        statuses: line.iter().map(|cell| cell.statuses()).sum(),
        first_error: first.error.to_owned(),
        ran_out: excluded().any(|sample| ran_out(sample.error)),
    };
    Some(Caveat::of_line(kind, line, |cell| cell.statuses().not_ok() > 0))
}

/// Valid samples of a strategy with failed requests.
fn tolerated(run: &Run, strategy_index: usize, name: &str) -> Option<Caveat> {
    let is_one = |row: &&SampleRow| {
        row.strategy == name
            && row.phase == Phase::Measure
            && row.status == SampleStatus::Ok
            && row.failed.is_some_and(|failed| failed > 0)
    };
    let rows: Vec<&SampleRow> = run.samples.iter().filter(is_one).collect();
    let kind = CaveatKind::Tolerated {
        failed: rows.iter().filter_map(|row| row.failed).map(|failed| failed as usize).sum(),
        samples: rows.len(),
        first_error: rows.first()?.error.clone(),
    };
    let requests: BTreeSet<RequestCount> = rows.iter().map(|row| row.requests).collect();
    Some(Caveat { kind, strategy_index: Some(strategy_index), requests: requests.into_iter().collect() })
}

/// Whether a sample's error, kinds of ours one after another, counts requests that this machine had no room for.
fn ran_out(error: &str) -> bool {
    error.split(", ").any(|part| part.split(':').next() == Some(FailureKind::LocalLimit.as_str()))
}

fn spread(line: &[Cell<'_>]) -> Option<Caveat> {
    let wide = |cell: &Cell<'_>| cell.relative_iqr.filter(|share| *share > WIDE);
    let all = line.iter().filter_map(|cell| Some((wide(cell)?, cell)));
    let (share, cell) = all.max_by(|a, b| a.0.total_cmp(&b.0))?;
    let kind = CaveatKind::Spread { share, requests: cell.requests, samples: cell.points.len() };
    Some(Caveat::of_line(kind, line, |cell| wide(cell).is_some()))
}

fn drift(lines: &[&[Cell<'_>]]) -> Vec<Caveat> {
    let trend = |line: &[Cell<'_>]| stats::seasonal_trend(line.iter().map(|cell| &*cell.points));
    let tested: Vec<_> = lines.par_iter().filter_map(|line| Some((*line, trend(line)?))).collect();
    let p_values = stats::holm(&tested.iter().map(|(_, trend)| trend.p).collect::<Vec<_>>());
    let sure = tested.iter().zip(p_values).filter(|(_, p)| *p < LEVEL);
    sure.filter_map(|((line, trend), p)| {
        let change = change(line).filter(|change| change.abs() >= CHANGE && change.signum() == trend.score.signum())?;
        Some(Caveat::of_line(CaveatKind::Drift { change, p, tests: tested.len() }, line, |_| false))
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
    let busy = |cell: &Cell<'_>| cell.recorded.cost.cores.filter(|cores| *cores >= BUSY_CORES);
    let all = line.iter().filter_map(|cell| Some((busy(cell)?, cell.requests)));
    let (cores, requests) = all.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(Caveat::of_line(CaveatKind::ClientBound { cores, requests }, line, |cell| busy(cell).is_some()))
}

impl Caveat {
    /// About the whole run.
    pub(super) const fn of_run(kind: CaveatKind) -> Self {
        Self { kind, strategy_index: None, requests: Vec::new() }
    }

    /// About the cells of one strategy for which `holds`.
    pub(super) fn of_line(kind: CaveatKind, line: &[Cell<'_>], holds: impl Fn(&Cell<'_>) -> bool) -> Self {
        let requests = line.iter().filter(|cell| holds(cell)).map(|cell| cell.requests).collect();
        Self { kind, strategy_index: line.first().map(|cell| cell.strategy_index), requests }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Nanos, NotRun, Run, SampleStatus};
    use crate::report::testkit::{RunBuilder, article};
    use crate::report::{Caveat, CaveatKind, Report, StatusCounts};

    fn kinds(run: &Run) -> Vec<&'static str> {
        Report::of(run).caveats.iter().map(|caveat| caveat.kind.as_str()).collect()
    }

    fn line(durations: &[f64]) -> RunBuilder {
        let builder = RunBuilder::new().strategy("a", "sequential", None);
        durations.iter().fold(builder, |builder, seconds| builder.sample(0, 10, *seconds))
    }

    #[test]
    fn a_quiet_complete_run_has_none() {
        assert_eq!(kinds(&article(3)), [""; 0]);
    }

    #[test]
    fn few_samples_are_named_with_their_counts() {
        let run = article(1);
        let report = Report::of(&run);
        assert_eq!(report.caveats[0].kind, CaveatKind::FewSamples { few: 20, of: 20, least: 1 });
        assert_eq!(report.caveats[0].requests, [10, 20, 30, 40, 50]);
    }

    #[test]
    fn a_wide_spread_is_one_and_a_narrow_one_is_none() {
        let run = line(&[1.0, 1.3, 1.0, 1.3]).run();
        assert_eq!(kinds(&run), ["spread"]);
        let CaveatKind::Spread { share, requests: 10, samples: 4 } = Report::of(&run).caveats[0].kind else {
            panic!("{:?}", Report::of(&run).caveats)
        };
        assert!((share - 0.3 / 1.15).abs() < 1e-9, "{share}");
        assert_eq!(kinds(&line(&[1.0, 1.1, 1.0, 1.1]).run()), [""; 0]);
    }

    #[test]
    fn a_drift_is_seen_across_cells_and_a_tiny_one_is_not() {
        let drifting = |step: f64| {
            let builder = RunBuilder::new().strategy("a", "sequential", None).strategy("b", "async", None);
            let samples = (0..6).flat_map(|repeat| [10, 20, 30].map(|requests| (repeat, requests)));
            let add = |builder: RunBuilder, (repeat, requests): (u32, u32)| {
                let still = builder.sample(1, requests, [1.0, 1.05][(repeat % 2) as usize]);
                still.sample(0, requests, f64::from(requests) * (1.0 + step * f64::from(repeat)))
            };
            samples.fold(builder, add).run()
        };
        let run = drifting(0.01);
        let report = Report::of(&run);
        let [caveat] = report.caveats.as_slice() else { panic!("{:?}", report.caveats) };
        assert_eq!(caveat.strategy_index, Some(0));
        let CaveatKind::Drift { change, tests: 2, .. } = caveat.kind else { panic!("{caveat:?}") };
        assert!((change - 0.03).abs() < 0.001, "{change}");
        assert_eq!(kinds(&drifting(0.001)), [""; 0]);
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
        let caveat = &report.caveats[0];
        assert_eq!((caveat.kind.as_str(), caveat.strategy_index), ("not-run", Some(0)));
        assert_eq!(caveat.requests, [20, 50]);
        let CaveatKind::NotRun { first: 20, reason } = &caveat.kind else { panic!("{caveat:?}") };
        assert!(reason.starts_with("needs about 20 threads"), "{reason}");
    }

    #[test]
    fn failures_in_valid_samples_are_counted() {
        let run = line(&[1.0, 1.0, 1.0])
            .also(|row| (row.failed, row.error) = (Some(1), "reset: 1 of 10 requests".into()))
            .run();
        let kind = CaveatKind::Tolerated { failed: 1, samples: 1, first_error: "reset: 1 of 10 requests".into() };
        assert_eq!(Report::of(&run).caveats[0].kind, kind);
    }

    #[test]
    fn samples_side_by_side_are_counted() {
        let mut run = line(&[1.0, 1.0, 1.0]).run();
        run.samples[0].overlapped = Some(false);
        assert_eq!(kinds(&run), [""; 0]);
        run.samples[1].overlapped = Some(true);
        assert_eq!(kinds(&run), ["overlapped"]);
        let kind = CaveatKind::Overlapped { samples: 1, of: 3, own_servers: false };
        assert_eq!(Report::of(&run).caveats[0].kind, kind);
    }

    #[test]
    fn a_busy_client_is_named() {
        let mut run = line(&[1.0, 1.0, 1.0]).run();
        for row in &mut run.samples {
            (row.cpu_user_s, row.cpu_system_s) = (Some(Nanos::from_millis(900)), Some(Nanos::from_millis(50)));
        }
        assert_eq!(kinds(&run), ["client-bound"]);
        assert_eq!(Report::of(&run).caveats[0].kind, CaveatKind::ClientBound { cores: 0.95, requests: 10 });
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
        assert_eq!(report.caveats[0].kind, CaveatKind::Unfinished { missing: 3, planned: 8 });
        let statuses = StatusCounts { ok: 3, timeout: 1, void: 1, ..StatusCounts::default() };
        let first_error = "sample-timeout after 9 s".to_owned();
        let kind = CaveatKind::FailedSamples { statuses, first_error, ran_out: false };
        assert_eq!(report.caveats[1].kind, kind);
        run.samples[3].error = "reset: 3 of 10 requests, local-limit: 2 of 10 requests".into();
        let ran_out = |caveat: &Caveat| matches!(caveat.kind, CaveatKind::FailedSamples { ran_out: true, .. });
        assert!(ran_out(&Report::of(&run).caveats[1]));
    }
}
