//! What a sweep asks its targets: one request each before it, and how long one takes, before it and after.

use super::interruptible::Ended;
use crate::archive::{Manifest, TargetRecord};
use crate::model::{Nanos, RequestTimes, Target, TargetSeen};
use crate::strategy::Unanswered;
use crate::sweep::{EndpointError, Execution, HealthCheck, RequestDelays, SweepError};
use crate::terminal::Terminal;

/// Asks every target that is measured how long it takes, for ideals and the plan; the medians by the target's position.
pub(super) fn estimate_before(
    execution: &mut Execution<'_>,
    manifest: &mut Manifest,
) -> Result<Vec<Option<Nanos>>, SweepError> {
    let sweep = execution.sweep;
    let names: Vec<Option<&str>> = sweep.target.iter().map(|(name, _)| name).collect();
    let mut medians = vec![None; names.len()];
    for position in sweep.used_targets() {
        let record = manifest.record_of(names[position]);
        // A run that is resumed keeps the estimate that its ideals were made of.
        let estimate = match record.estimate {
            Some(estimate) => estimate,
            None => execution.estimate(position)?,
        };
        medians[position] = estimate.main().map(RequestTimes::median);
        execution.delays[position] = RequestDelays {
            kept: estimate.kept.and_then(RequestTimes::steady),
            opened: estimate.opened.and_then(RequestTimes::steady),
        };
        let estimated_delay_s = estimate.main().map(|times| times.median_s);
        let record = TargetRecord { estimate: Some(estimate), estimated_delay_s, ..record };
        manifest.set_record(names[position], record);
    }
    Ok(medians)
}

/// Asks them again, to see whether they are as fast as before.
pub(super) fn estimate_after(execution: &Execution<'_>, manifest: &mut Manifest) -> Result<(), SweepError> {
    let sweep = execution.sweep;
    let names: Vec<Option<&str>> = sweep.target.iter().map(|(name, _)| name).collect();
    for position in sweep.used_targets() {
        let after = execution.estimate(position)?.main().map(|times| times.median_s);
        let record = manifest.record_of(names[position]);
        manifest.set_record(names[position], TargetRecord { estimated_delay_after_s: after, ..record });
    }
    Ok(())
}

/// Sends one request to each target that is measured, and warns where no expected response came; what each said of itself,
/// by its position.
pub(super) fn ask_all(
    execution: &Execution<'_>,
    terminal: Terminal,
) -> Result<Ended<Vec<Option<TargetSeen>>>, EndpointError> {
    let mut seen = Vec::new();
    for (position, (_, target)) in execution.sweep.target.iter().enumerate() {
        let health = execution.health_check(position)?;
        if let HealthCheck::Interrupted(signal) = health {
            return Ok(Ended::Interrupted(signal));
        }
        warn_of(&health, target, terminal);
        seen.push(health.seen());
    }
    Ok(Ended::Done(seen))
}

/// Warns where the first request to the target had no response, or another one than expected.
fn warn_of(health: &HealthCheck, target: &Target, terminal: Terminal) {
    let what = match health {
        HealthCheck::Failed(unanswered @ Unanswered { connected: true, .. }) => {
            format!("took the connection and then failed the first request ({unanswered})")
        }
        HealthCheck::Failed(unanswered) => format!("does not answer the first request ({unanswered})"),
        HealthCheck::Unexpected(seen) => {
            format!("answers with status {}; the config expects {}", seen.status, target.expect_status())
        }
        HealthCheck::Answered(_) | HealthCheck::NotAsked | HealthCheck::Interrupted(_) => return,
    };
    terminal.warn(&format!("{} {what}; samples may meet the same", shown_url(target)));
}

/// Where requests go, without what may be a secret.
pub(super) fn shown_url(target: &Target) -> String {
    match target {
        Target::Delay(_) => "the embedded delay server, at another port for each sample".to_owned(),
        Target::Url(target) => target.shown_url(),
        Target::Sleep { delay } => format!("nowhere, each is a sleep of {}", delay.human()),
    }
}
