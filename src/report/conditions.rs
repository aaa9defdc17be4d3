//! Caveats about the conditions of a run: what else its machine did, whether its clock was stepped, whether its target
//! stayed as fast as it was.

use std::collections::BTreeSet;

use crate::model::{Conditions, Facts, Phase, RequestCount, Run, SampleRow};
use crate::report::caveat::{Caveat, CaveatKind};

/// From this share of the cores on, other work took part before the sweep began.
const BUSY: f64 = 0.5;
/// From this share of the time of all cores on, the host took away too much.
const STOLEN: f64 = 0.01;
/// From this many seconds on, the wall clock was stepped; slewing stays below.
const STEP_S: f64 = 0.1;
/// From this many cores on, the server's one thread was near its limit.
const BUSY_SERVER: f64 = 0.8;
/// From this share on, a target has drifted.
const DRIFTED: f64 = 0.1;

pub(super) fn of(facts: &Facts) -> Vec<Caveat> {
    let conditions = &facts.conditions;
    [loaded(conditions), stolen(conditions), stepped(conditions), drifted(facts)].into_iter().flatten().collect()
}

/// The embedded server is one thread: near one core it answers as fast as it can, and not when it should.
pub(super) fn server_bound(run: &Run, strategy_index: usize, name: &str) -> Option<Caveat> {
    let cores = |row: &SampleRow| Some(row.server_cpu_s?.as_secs_f64() / row.duration_s?.as_secs_f64());
    let own = run.samples.iter().filter(|row| row.strategy == name && row.phase == Phase::Measure);
    let busy = own.filter_map(|row| Some((cores(row).filter(|cores| *cores >= BUSY_SERVER)?, row.requests)));
    let busy: Vec<(f64, RequestCount)> = busy.collect();
    let (cores, requests) = *busy.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let counts: BTreeSet<RequestCount> = busy.iter().map(|(_, requests)| *requests).collect();
    Some(Caveat {
        kind: CaveatKind::ServerBound,
        strategy_index: Some(strategy_index),
        requests: counts.into_iter().collect(),
        evidence: format!("At {requests} requests the delay server kept {cores:.2} cores busy for the whole sample."),
        advice: "The server may have set the pace, not the client: use a longer delay or fewer requests.".into(),
    })
}

fn caveat(kind: CaveatKind, evidence: String, advice: &str) -> Caveat {
    Caveat { kind, strategy_index: None, requests: Vec::new(), evidence, advice: advice.to_owned() }
}

fn loaded(conditions: &Conditions) -> Option<Caveat> {
    let (load, cores) = (conditions.load_average?, conditions.cores?);
    (load > BUSY * f64::from(cores)).then(|| {
        let evidence = format!("The load average was {load:.2} on {cores} cores when the sweep began.");
        caveat(CaveatKind::BusyMachine, evidence, "Measure again when nothing else runs.")
    })
}

fn stolen(conditions: &Conditions) -> Option<Caveat> {
    let (steal, elapsed, cores) = (conditions.steal_s?, conditions.elapsed_s?, conditions.cores?);
    let share = steal / (elapsed * f64::from(cores));
    (share > STOLEN).then(|| {
        let evidence = format!(
            "The host took {:.1} % of this machine's CPU time away during the sweep ({steal:.2} s).",
            share * 100.0
        );
        caveat(CaveatKind::StolenTime, evidence, "Measure on a machine of its own, or with more repeats.")
    })
}

fn stepped(conditions: &Conditions) -> Option<Caveat> {
    let step = conditions.clock_step_s.filter(|step| step.abs() > STEP_S)?;
    let evidence = format!("The wall clock was set by {step:+.3} s during the sweep.");
    let advice = "Durations come from the monotonic clock and stand; time stamps in raw.csv do not fit together.";
    Some(caveat(CaveatKind::ClockStep, evidence, advice))
}

fn drifted(facts: &Facts) -> Option<Caveat> {
    let (before, after) = facts.estimated_delay?;
    let after = after?;
    let change = after.as_secs_f64() / before.as_secs_f64() - 1.0;
    (change.abs() > DRIFTED).then(|| {
        let evidence = format!(
            "A single request took {} before the sweep and {} after it ({:+.0} %).",
            before.human(),
            after.human(),
            change * 100.0
        );
        let advice = "The ideal is computed from the first; measure again when the target is steady.";
        caveat(CaveatKind::TargetDrift, evidence, advice)
    })
}

#[cfg(test)]
mod tests {
    use super::{of, server_bound};
    use crate::model::{Conditions, Facts, Nanos};
    use crate::report::CaveatKind;
    use crate::report::testkit::Sketch;

    fn kinds(facts: &Facts) -> Vec<CaveatKind> {
        of(facts).iter().map(|caveat| caveat.kind).collect()
    }

    #[test]
    fn a_quiet_machine_has_no_caveat_and_each_disturbance_its_own() {
        let quiet = Conditions {
            load_average: Some(0.3),
            cores: Some(2),
            steal_s: Some(0.1),
            elapsed_s: Some(60.0),
            clock_step_s: Some(0.01),
        };
        assert_eq!(kinds(&Facts { conditions: quiet, ..Facts::default() }), []);
        assert_eq!(kinds(&Facts::default()), [], "what nobody knows is no caveat");
        for (conditions, kind) in [
            (Conditions { load_average: Some(1.1), ..quiet }, CaveatKind::BusyMachine),
            (Conditions { steal_s: Some(2.0), ..quiet }, CaveatKind::StolenTime),
            (Conditions { clock_step_s: Some(-3.0), ..quiet }, CaveatKind::ClockStep),
        ] {
            assert_eq!(kinds(&Facts { conditions, ..Facts::default() }), [kind]);
        }
    }

    #[test]
    fn a_target_that_drifted_is_named_with_both_times() {
        for (after, expected) in [(105, 0), (89, 1), (130, 1)] {
            let estimated_delay = Some((Nanos::from_millis(100), Some(Nanos::from_millis(after))));
            let caveats = of(&Facts { estimated_delay, ..Facts::default() });
            assert_eq!(caveats.len(), expected, "{after}");
        }
    }

    #[test]
    fn a_server_near_one_core_is_named_with_its_counts() {
        let sketch = Sketch::new().strategy("a", "sequential", None);
        let mut run = [1.0, 1.0, 1.0].into_iter().fold(sketch, |sketch, seconds| sketch.sample(0, 10, seconds)).run();
        let name = run.strategies[0].name.clone();
        assert_eq!(server_bound(&run, 0, &name), None, "what nobody knows is no caveat");
        for (cpu, expected) in [(790, None), (930, Some(CaveatKind::ServerBound))] {
            run.samples[1].server_cpu_s = Some(Nanos::from_millis(cpu));
            assert_eq!(server_bound(&run, 0, &name).map(|caveat| caveat.kind), expected, "{cpu}");
        }
        let caveat = server_bound(&run, 0, &name).unwrap();
        assert_eq!((caveat.strategy_index, caveat.requests), (Some(0), vec![run.samples[1].requests]));
        assert!(caveat.evidence.contains("0.93 cores"), "{}", caveat.evidence);
    }
}
