//! Caveats about the conditions of a run: what else its machine did, whether its clock was stepped, whether its target
//! stayed as fast as it was.

use std::collections::BTreeSet;

use crate::model::{Conditions, Facts, Phase, RequestCount, Run, SampleRow, TargetEstimate};
use crate::report::caveat::{Caveat, CaveatKind};
use crate::report::record::busy_cores;

/// From this share of the cores on, other work took part before the sweep began.
const BUSY: f64 = 0.5;
/// From this share of the time of all cores on, the host took away too much.
const STOLEN: f64 = 0.01;
/// From this many seconds on, the wall clock was stepped; slewing stays below.
const STEP_S: f64 = 0.1;
/// From this many cores on, the server's one thread was near its limit.
const BUSY_SERVER: f64 = 0.8;
/// From this share on, a target has drifted, and what was estimated before the sweep holds no more.
const DRIFTED: f64 = 0.1;

pub(super) fn of(facts: &Facts) -> Vec<Caveat> {
    let conditions = &facts.conditions;
    let found = [loaded(conditions), stolen(conditions), stepped(conditions)].into_iter().flatten();
    found.chain(facts.estimates.iter().filter_map(drifted)).map(Caveat::of_run).collect()
}

/// The embedded server is one thread: near one core it answers as fast as it can, and not when it should.
pub(super) fn server_bound(run: &Run, strategy_index: usize, name: &str) -> Option<Caveat> {
    let cores = |row: &SampleRow| busy_cores(row.server_cpu_s?.as_secs_f64(), row.duration_s?.as_secs_f64());
    let cores = |row: &SampleRow| cores(row).filter(|busy| has_cores(&run.facts, *busy));
    let own = run.samples.iter().filter(|row| row.strategy == name && row.phase == Phase::Measure);
    let busy = own.filter_map(|row| Some((cores(row).filter(|cores| *cores >= BUSY_SERVER)?, row.requests)));
    let busy: Vec<(f64, RequestCount)> = busy.collect();
    let (cores, requests) = *busy.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let counts: BTreeSet<RequestCount> = busy.iter().map(|(_, requests)| *requests).collect();
    Some(Caveat {
        kind: CaveatKind::ServerBound { cores, requests },
        strategy_index: Some(strategy_index),
        requests: counts.into_iter().collect(),
    })
}

/// Whether the machine has so many cores to keep busy; where it does not say, it has.
pub(super) fn has_cores(facts: &Facts, busy: f64) -> bool {
    facts.conditions.cores.is_none_or(|cores| busy <= f64::from(cores))
}

fn loaded(conditions: &Conditions) -> Option<CaveatKind> {
    let (load, cores) = (conditions.load_average?, conditions.cores?);
    (load > BUSY * f64::from(cores)).then_some(CaveatKind::BusyMachine { load, cores })
}

fn stolen(conditions: &Conditions) -> Option<CaveatKind> {
    let (seconds, elapsed, cores) = (conditions.steal_s?, conditions.elapsed_s?, conditions.cores?);
    let share = seconds / (elapsed * f64::from(cores));
    (share > STOLEN).then_some(CaveatKind::StolenTime { share, seconds })
}

fn stepped(conditions: &Conditions) -> Option<CaveatKind> {
    let seconds = conditions.clock_step_s.filter(|step| step.abs() > STEP_S)?;
    Some(CaveatKind::ClockStep { seconds })
}

pub(super) fn drifted(estimate: &TargetEstimate) -> Option<CaveatKind> {
    let (before, after) = estimate.before.zip(estimate.after)?;
    let change = after.as_secs_f64() / before.as_secs_f64() - 1.0;
    (change.abs() > DRIFTED).then_some(CaveatKind::TargetDrift {
        target: estimate.target.clone(),
        before,
        after,
        change,
    })
}

#[cfg(test)]
mod tests {
    use super::{of, server_bound};
    use crate::model::{Conditions, Facts, Nanos, TargetEstimate};
    use crate::report::CaveatKind;
    use crate::report::testkit::RunBuilder;

    fn kinds(facts: &Facts) -> Vec<&'static str> {
        of(facts).iter().map(|caveat| caveat.kind.as_str()).collect()
    }

    #[test]
    fn a_quiet_machine_has_no_caveat_and_each_disturbance_its_own() {
        let quiet = Conditions {
            syn_retransmits: None,
            load_average: Some(0.3),
            cores: Some(2),
            steal_s: Some(0.1),
            elapsed_s: Some(60.0),
            clock_step_s: Some(0.01),
        };
        assert_eq!(kinds(&Facts { conditions: quiet, ..Facts::default() }), [""; 0]);
        assert_eq!(kinds(&Facts::default()), [""; 0], "what is unknown is no caveat");
        for (conditions, kind) in [
            (Conditions { load_average: Some(1.1), ..quiet }, "busy-machine"),
            (Conditions { steal_s: Some(2.0), ..quiet }, "stolen-time"),
            (Conditions { clock_step_s: Some(-3.0), ..quiet }, "clock-step"),
        ] {
            assert_eq!(kinds(&Facts { conditions, ..Facts::default() }), [kind]);
        }
    }

    #[test]
    fn a_target_that_drifted_is_named_with_both_times() {
        for (after, expected) in [(105, 0), (89, 1), (130, 1)] {
            let [before, after_it] = [100, after].map(|time| Some(Nanos::from_millis(time)));
            let estimates = vec![TargetEstimate { before, after: after_it, ..TargetEstimate::default() }];
            let caveats = of(&Facts { estimates, ..Facts::default() });
            assert_eq!(caveats.len(), expected, "{after}");
        }
    }

    #[test]
    fn a_server_near_one_core_is_named_with_its_counts() {
        let builder = RunBuilder::new().strategy("a", "sequential", None);
        let mut run =
            [1.0, 1.0, 1.0].into_iter().fold(builder, |builder, seconds| builder.sample(0, 10, seconds)).run();
        let name = run.strategies[0].name.clone();
        assert_eq!(server_bound(&run, 0, &name), None, "what is unknown is no caveat");
        for (cpu, expected) in [(790, None), (930, Some("server-bound"))] {
            run.samples[1].server_cpu_s = Some(Nanos::from_millis(cpu));
            assert_eq!(server_bound(&run, 0, &name).map(|caveat| caveat.kind.as_str()), expected, "{cpu}");
        }
        let caveat = server_bound(&run, 0, &name).unwrap();
        assert_eq!((caveat.strategy_index, caveat.requests), (Some(0), vec![run.samples[1].requests]));
        assert_eq!(caveat.kind, CaveatKind::ServerBound { cores: 0.93, requests: 10 });
    }
}
