//! Whether the ideals of a run stand. That of a `url` is an estimate: where the estimate was uneven, where the target was
//! faster or slower after the sweep, or where samples took less than it, the report gives none and says why.

use crate::model::{Facts, Target};
use crate::report::caveat::{Caveat, CaveatKind};
use crate::report::cell::Cell;
use crate::report::conditions;

/// By this share a median may be below the ideal for the rounding of times alone.
const ROUNDING: f64 = 0.001;

/// Takes the ideals away that do not stand; what there is to say about them.
pub(super) fn check(facts: &Facts, cells: &mut [Cell<'_>]) -> Vec<Caveat> {
    let is_estimated = matches!(facts.target, Some(Target::Url(_)));
    let lines = cells.chunk_by(|a, b| a.strategy_index == b.strategy_index);
    let below: Vec<Caveat> = lines.filter_map(|line| below_ideal(line, is_estimated)).collect();
    if is_estimated && (!below.is_empty() || conditions::drifted(facts).is_some()) {
        cells.iter_mut().for_each(|cell| (cell.ideal_s, cell.overhead_s) = (None, None));
    }
    uneven(facts).map(Caveat::of_run).into_iter().chain(below).collect()
}

/// Why no ideal was recorded.
fn uneven(facts: &Facts) -> Option<CaveatKind> {
    let estimate = facts.estimate?;
    let times = [estimate.kept, estimate.opened].into_iter().flatten();
    let uneven = times.into_iter().find(|times| !times.is_steady());
    (uneven.is_some() || estimate.main().is_none()).then_some(CaveatKind::NoIdeal { times: uneven })
}

/// The cells of a strategy that took less than their ideal, beyond the noise.
fn below_ideal(line: &[Cell<'_>], is_estimated: bool) -> Option<Caveat> {
    let gap = |cell: &Cell<'_>| cell.ideal_s.zip(slowest(cell)).map(|(ideal, slowest)| 1.0 - slowest / ideal);
    let below = |cell: &&Cell<'_>| gap(cell).is_some_and(|gap| gap > ROUNDING);
    let most =
        line.iter().filter(below).max_by(|a, b| gap(a).partial_cmp(&gap(b)).unwrap_or(std::cmp::Ordering::Equal))?;
    let (requests, median_s, ideal_s) = (most.requests, most.median()?, most.ideal_s?);
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
    use crate::model::{DelayEstimate, Nanos, RequestTimes, Run, Target, UrlTarget};
    use crate::report::testkit::RunBuilder;
    use crate::report::{CaveatKind, Report};

    /// Three samples at a `url`, with an ideal of `ideal` ms.
    fn run(durations: [f64; 3], ideal: u64) -> Run {
        let builder = RunBuilder::new().strategy("a", "sequential", None);
        let add = |builder: RunBuilder, seconds: &f64| {
            builder.sample(0, 10, *seconds).also(|row| row.ideal_s = Some(Nanos::from_millis(ideal)))
        };
        let mut run = durations.iter().fold(builder, add).run();
        run.facts.target = Some(Target::Url(UrlTarget::at("http://localhost/")));
        run.facts.estimated_delay = Some((Nanos::from_millis(ideal / 10), None));
        run
    }

    fn ideal_and_caveats(run: &Run) -> (Option<f64>, Vec<CaveatKind>) {
        let report = Report::of(run);
        (report.cells[0].ideal_s, report.caveats.iter().map(|caveat| caveat.kind.clone()).collect())
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
        run.facts.estimated_delay = Some((Nanos::from_millis(100), Some(Nanos::from_millis(120))));
        let (ideal, caveats) = ideal_and_caveats(&run);
        assert_eq!(ideal, None);
        assert!(matches!(caveats[..], [CaveatKind::TargetDrift { .. }]), "{caveats:?}");
    }

    #[test]
    fn an_uneven_estimate_is_told() {
        let mut run = run([1.1, 1.1, 1.1], 1_000);
        let uneven = RequestTimes { median_s: 0.1, spread: 0.5, requests: 20 };
        for (kept, told) in [(Some(uneven), Some(uneven)), (None, None)] {
            run.facts.estimate = Some(DelayEstimate { kept, opened: None });
            assert_eq!(ideal_and_caveats(&run).1, [CaveatKind::NoIdeal { times: told }]);
        }
        run.facts.estimate = Some(DelayEstimate { kept: Some(RequestTimes { spread: 0.2, ..uneven }), opened: None });
        assert_eq!(ideal_and_caveats(&run).1, []);
    }
}
