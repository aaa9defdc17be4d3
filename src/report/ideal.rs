//! Whether the ideals of a run stand. That of a `url` is an estimate: where the estimate was uneven, where the target was
//! faster or slower after the sweep, or where samples took less than it, the report gives none and says why.

use crate::model::{Facts, StrategyLine, TargetEstimate, Targets};
use crate::report::caveat::{Caveat, CaveatKind};
use crate::report::cell::Cell;
use crate::report::conditions;

/// By this share a median may be below the ideal for the rounding of times alone.
const ROUNDING: f64 = 0.001;

/// Takes the ideals away that do not stand; what there is to say about them.
pub(super) fn check(facts: &Facts, strategies: &[StrategyLine], cells: &mut [Cell<'_>]) -> Vec<Caveat> {
    let is_estimated = facts.target.as_ref().is_some_and(Targets::are_urls);
    let target = |cell: &Cell<'_>| strategies[cell.strategy_index].target.as_deref();
    let drifted = facts.estimates.iter().filter(|estimate| conditions::drifted(estimate).is_some());
    let mut wrong: Vec<Option<&str>> = drifted.map(|estimate| estimate.target.as_deref()).collect();
    let mut below = Vec::new();
    for line in cells.chunk_by(|a, b| a.strategy_index == b.strategy_index) {
        let Some(caveat) = below_ideal(line, is_estimated) else { continue };
        wrong.extend(line.first().map(target));
        below.push(caveat);
    }
    if is_estimated {
        let wrong = cells.iter_mut().filter(|cell| wrong.contains(&target(cell)));
        wrong.filter_map(|cell| cell.recorded.known()).for_each(|record| record.ideal_s = None);
    }
    facts.estimates.iter().filter_map(uneven).map(Caveat::of_run).chain(below).collect()
}

/// Why no ideal was recorded.
fn uneven(estimate: &TargetEstimate) -> Option<CaveatKind> {
    let times = estimate.times?;
    let uneven = [times.kept, times.opened].into_iter().flatten().find(|times| !times.is_steady());
    let kind = CaveatKind::NoIdeal { target: estimate.target.clone(), times: uneven };
    (uneven.is_some() || times.main().is_none()).then_some(kind)
}

/// The cells of a strategy that took less than their ideal, beyond the noise.
fn below_ideal(line: &[Cell<'_>], is_estimated: bool) -> Option<Caveat> {
    let gap = |cell: &Cell<'_>| cell.recorded.ideal_s.zip(slowest(cell)).map(|(ideal, slowest)| 1.0 - slowest / ideal);
    let below = |cell: &&Cell<'_>| gap(cell).is_some_and(|gap| gap > ROUNDING);
    let most =
        line.iter().filter(below).max_by(|a, b| gap(a).partial_cmp(&gap(b)).unwrap_or(std::cmp::Ordering::Equal))?;
    let (requests, median_s, ideal_s) = (most.requests, most.median()?, most.recorded.ideal_s?);
    let kind = CaveatKind::BelowIdeal { requests, median_s, ideal_s, is_estimated };
    Some(Caveat::of_line(kind, line, |cell| below(&cell)))
}

/// The upper end of what the median may be.
fn slowest(cell: &Cell<'_>) -> Option<f64> {
    let most = cell.points.iter().copied().reduce(f64::max);
    cell.interval.map(|interval| interval.high).or(most)
}

#[cfg(test)]
mod tests {
    use crate::model::{
        DelayEstimate, NamedTarget, Nanos, RequestTimes, Run, Target, TargetEstimate, Targets, UrlTarget,
    };
    use crate::report::testkit::RunBuilder;
    use crate::report::{CaveatKind, Report};

    /// An estimate in milliseconds.
    fn estimate(before: u64, after: Option<u64>) -> TargetEstimate {
        let [before, after] = [Some(before), after].map(|time| time.map(Nanos::from_millis));
        TargetEstimate { before, after, ..TargetEstimate::default() }
    }

    /// Three samples at a `url`, with an ideal of `ideal` ms.
    fn run(durations: [f64; 3], ideal: u64) -> Run {
        let builder = RunBuilder::new().strategy("a", "sequential", None);
        let add = |builder: RunBuilder, seconds: &f64| {
            builder.sample(0, 10, *seconds).also(|row| row.ideal_s = Some(Nanos::from_millis(ideal)))
        };
        let mut run = durations.iter().fold(builder, add).run();
        run.facts.target = Some(Target::Url(UrlTarget::at("http://localhost/")).into());
        run.facts.estimates = vec![estimate(ideal / 10, None)];
        run
    }

    fn ideal_and_caveats(run: &Run) -> (Option<f64>, Vec<CaveatKind>) {
        let report = Report::of(run);
        (report.cells[0].recorded.ideal_s, report.caveats.iter().map(|caveat| caveat.kind.clone()).collect())
    }

    #[test]
    fn samples_below_an_estimated_ideal_take_it_away() {
        let (ideal, caveats) = ideal_and_caveats(&run([0.41, 0.42, 0.43], 1_830));
        assert_eq!(ideal, None);
        let kind = CaveatKind::BelowIdeal { requests: 10, median_s: 0.42, ideal_s: 1.83, is_estimated: true };
        assert_eq!(caveats, [kind]);
    }

    #[test]
    fn an_overhead_below_zero_within_the_noise_stands() {
        assert_eq!(ideal_and_caveats(&run([0.97, 0.98, 1.01], 1_000)), (Some(1.0), Vec::new()));
    }

    #[test]
    fn a_program_below_a_configured_ideal_keeps_it_and_is_named() {
        let mut run = run([0.1, 0.1, 0.1], 1_000);
        run.facts.target = None;
        let (ideal, caveats) = ideal_and_caveats(&run);
        assert_eq!(ideal, Some(1.0));
        assert!(matches!(caveats[..], [CaveatKind::BelowIdeal { is_estimated: false, .. }]), "{caveats:?}");
    }

    #[test]
    fn a_target_that_drifted_has_no_ideal() {
        let mut run = run([1.1, 1.1, 1.1], 1_000);
        run.facts.estimates = vec![estimate(100, Some(120))];
        let (ideal, caveats) = ideal_and_caveats(&run);
        assert_eq!(ideal, None);
        assert!(matches!(caveats[..], [CaveatKind::TargetDrift { .. }]), "{caveats:?}");
    }

    #[test]
    fn an_uneven_estimate_is_told() {
        let mut run = run([1.1, 1.1, 1.1], 1_000);
        let uneven = RequestTimes { median_s: 0.1, spread: 0.5, requests: 20 };
        for (kept, told) in [(Some(uneven), Some(uneven)), (None, None)] {
            run.facts.estimates[0].times = Some(DelayEstimate { kept, opened: None });
            assert_eq!(ideal_and_caveats(&run).1, [CaveatKind::NoIdeal { target: None, times: told }]);
        }
        let steady = DelayEstimate { kept: Some(RequestTimes { spread: 0.2, ..uneven }), opened: None };
        run.facts.estimates[0].times = Some(steady);
        assert_eq!(ideal_and_caveats(&run).1, []);
    }

    #[test]
    fn of_several_targets_only_the_one_that_drifted_has_no_ideal() {
        let builder = RunBuilder::new().strategy("a on x", "async", None).strategy("a on y", "async", None);
        let ideal = |row: &mut crate::model::SampleRow| row.ideal_s = Some(Nanos::SECOND);
        let mut run = builder.sample(0, 10, 1.1).also(ideal).sample(1, 10, 1.1).also(ideal).run();
        let url = |name: &str| NamedTarget {
            name: name.to_owned(),
            target: Target::Url(UrlTarget::at(&format!("http://{name}/"))),
        };
        run.facts.target = Some(Targets::Several(vec![url("x"), url("y")]));
        for (strategy, name) in ["x", "y"].into_iter().enumerate() {
            let target = Some(name.to_owned());
            run.strategies[strategy].target.clone_from(&target);
            run.facts
                .estimates
                .push(TargetEstimate { target, ..estimate(100, Some(if name == "x" { 120 } else { 101 })) });
        }
        let report = Report::of(&run);
        assert_eq!(report.cells.iter().map(|cell| cell.recorded.ideal_s).collect::<Vec<_>>(), [None, Some(1.0)]);
        let told: Vec<_> = report.caveats.iter().filter(|caveat| caveat.kind.as_str() == "target-drift").collect();
        assert!(
            matches!(&told[..], [one] if matches!(&one.kind, CaveatKind::TargetDrift { target: Some(x), .. } if x == "x"))
        );
    }
}
