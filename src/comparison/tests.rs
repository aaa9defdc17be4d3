//! Pairs of runs whose truth is known, from samples to verdicts; and the verdict's error rates, counted.

use super::simulated::{World, pair, series};
use super::{
    Comparison, Curve, DifferenceKind, Factor, Factors, Failures, Grade, LEVEL, Open, RunSide, Side, StrategyPair,
    Verdict, judge,
};
use crate::model::{Run, SampleStatus};
use crate::report::Report;
use crate::report::testkit::RunBuilder;
use crate::stats;

const COUNTS: [u32; 5] = [10, 20, 30, 40, 50];

/// Base and new run of four strategies with 1 % noise.
fn runs(repeats: usize, slower: fn(usize, usize) -> f64) -> [Run; 2] {
    let cells = pair(&World { repeats, noise: 0.01, slower, own_drift: false }, 1);
    [0, 1].map(|run| {
        let builder =
            ["a", "b", "c", "d"].iter().fold(RunBuilder::new(), |builder, name| builder.strategy(name, "async", None));
        let samples = (0..repeats).flat_map(|repeat| {
            (0..4).flat_map(move |strategy_index| (0..5).map(move |at| (repeat, strategy_index, at)))
        });
        let add = |builder: RunBuilder, (repeat, strategy_index, at): (usize, usize, usize)| {
            builder.sample(strategy_index, COUNTS[at], cells[strategy_index][at][run][repeat])
        };
        samples.fold(builder, add).run()
    })
}

fn side<'a>(name: &str, report: &'a Report<'a>, facts: &[(Factor, &str)]) -> Side<'a> {
    let factors: Factors = facts.iter().map(|(factor, value)| (factor.clone(), (*value).to_owned())).collect();
    Side { name: name.to_owned(), report, factors }
}

/// What a comparison says, with `look` at it.
fn compared<T>(runs: &[Run; 2], threshold: f64, look: impl FnOnce(&Comparison<'_>) -> T) -> T {
    let reports = [Report::of(&runs[0]), Report::of(&runs[1])];
    let known = [(Factor::Cores, "2")];
    let (base, new) = (side("base", &reports[0], &known), side("new", &reports[1], &known));
    look(&Comparison::of(&base, &new, threshold, false))
}

fn verdicts(runs: &[Run; 2], threshold: f64) -> Vec<Verdict> {
    compared(runs, threshold, |found| found.lines.iter().map(|line| line.judged.verdict).collect())
}

#[test]
fn identical_runs_and_runs_without_a_difference_are_the_same() {
    let [base, new] = runs(10, |_, _| 1.0);
    assert_eq!(verdicts(&[base.clone(), base.clone()], 0.05), [Verdict::Same; 4]);
    assert_eq!(verdicts(&[base.clone(), new], 0.05), [Verdict::Same; 4]);
    compared(&[base.clone(), base], 0.05, |found| {
        assert_eq!(found.overall(), Some(Verdict::Same));
        assert!(
            found.differences.iter().all(|difference| {
                matches!(&difference.kind, DifferenceKind::Caveat { caveat, .. } if caveat.kind.as_str() == "drift")
            }),
            "their common drift"
        );
    });
}

#[test]
fn three_percent_are_within_five_and_beyond_one() {
    let runs = runs(10, |_, _| 1.03);
    assert_eq!(verdicts(&runs, 0.05), [Verdict::Same; 4]);
    assert_eq!(verdicts(&runs, 0.01), [Verdict::Slower; 4]);
}

#[test]
fn twenty_percent_in_one_strategy_are_found_with_three_repeats() {
    let runs = runs(3, |strategy, _| if strategy == 2 { 1.2 } else { 1.0 });
    compared(&runs, 0.05, |found| {
        let line = &found.lines[2];
        assert_eq!((line.name, line.judged.verdict, found.overall()), ("c", Verdict::Slower, Some(Verdict::Slower)));
        let ratio = line.judged.ratio.unwrap();
        assert!(ratio.low.unwrap() < 1.2 && ratio.high.unwrap() > 1.18 && ratio.low.unwrap() > 1.15, "{ratio:?}");
        assert!(found.lines.iter().filter(|line| line.judged.verdict == Verdict::Slower).count() == 1);
        let back = Comparison::of(found.new, found.base, 0.05, false);
        assert_eq!(back.lines[2].judged.verdict, Verdict::Faster, "the other way round");
    });
}

#[test]
fn a_slow_down_at_fifty_requests_alone_is_found_and_named() {
    let at_fifty = |strategy: usize, count: usize| if (strategy, count) == (1, 4) { 1.2 } else { 1.0 };
    compared(&runs(10, at_fifty), 0.05, |found| {
        assert_eq!(found.lines[1].judged.verdict, Verdict::Slower);
        assert_eq!(found.lines[1].counts_at(&found.lines[1].judged.slower_at), [50]);
    });
    compared(&runs(3, at_fifty), 0.05, |found| {
        let line = &found.lines[1];
        assert_eq!(line.judged.verdict, Verdict::CannotTell, "three samples of one cell of twenty prove nothing");
        assert!((1..20).contains(&line.more_repeats().unwrap()), "{:?}", line.more_repeats());
    });
}

#[test]
fn single_samples_decide_nothing() {
    compared(&runs(1, |_, _| 1.2), 0.05, |found| {
        assert!(found.lines.iter().all(|line| line.judged.verdict == Verdict::CannotTell));
        assert_eq!(found.overall(), Some(Verdict::CannotTell));
        assert!(found.lines[0].cells.iter().all(|cell| cell.interval.is_none() && cell.p.is_none()));
    });
}

#[test]
fn different_work_gets_no_verdict_unless_forced_and_another_machine_gets_one() {
    let runs = runs(10, |_, _| 1.0);
    let reports = [Report::of(&runs[0]), Report::of(&runs[1])];
    let base = side("base", &reports[0], &[(Factor::Delay, "100 ms"), (Factor::Cores, "2")]);
    let slow = side("new", &reports[1], &[(Factor::Delay, "200 ms"), (Factor::Cores, "2")]);
    let refused = Comparison::of(&base, &slow, 0.05, false);
    assert!(refused.refused && refused.overall().is_none() && refused.verdict(&refused.lines[0]).is_none());
    assert_eq!(refused.differences[0].grade, Grade::Incomparable);
    let forced = Comparison::of(&base, &slow, 0.05, true);
    assert_eq!((forced.overall(), forced.differences[0].grade), (Some(Verdict::Same), Grade::Incomparable));
    let moved = side("new", &reports[1], &[(Factor::Delay, "100 ms"), (Factor::Cores, "64")]);
    let elsewhere = Comparison::of(&base, &moved, 0.05, false);
    assert_eq!((elsewhere.overall(), elsewhere.differences[0].grade), (Some(Verdict::Same), Grade::Warning));
}

#[test]
fn failed_samples_are_in_no_ratio_and_more_of_them_take_the_verdict_back() {
    let [base, mut new] = runs(10, |_, _| 1.0);
    let fail = |run: &mut Run, every: usize| {
        for row in run.samples.iter_mut().filter(|row| row.strategy == "a").step_by(every) {
            row.status = SampleStatus::Timeout;
            row.duration_s = row.duration_s.map(|duration| duration * 100);
        }
    };
    fail(&mut new, 4);
    compared(&[base.clone(), new.clone()], 0.05, |found| {
        let line: &StrategyPair<'_> = &found.lines[0];
        assert_eq!((line.judged.verdict, line.open.as_ref()), (Verdict::CannotTell, Some(&Open::FailsMore)));
        assert!(line.judged.ratio.unwrap().value < 1.02, "no failed sample is in it");
        assert_eq!(found.differences[0].grade, Grade::Warning);
        let failures = Failures { base: (0, 50), new: (13, 50) };
        assert_eq!(found.differences[0].kind, DifferenceKind::Failures { strategy: "a".into(), failures });
    });
    let mut both = base.clone();
    fail(&mut both, 4);
    assert_eq!(verdicts(&[both, new], 0.05)[0], Verdict::Same, "as many as before");
    let mut lost = base.clone();
    let gone = lost.samples.iter_mut().filter(|row| row.strategy == "a" && row.requests == 10).take(10);
    gone.for_each(|row| row.status = SampleStatus::Failed);
    compared(&[lost, base], 0.05, |found| {
        assert_eq!(found.lines[0].open, Some(Open::NothingLeft(vec![10])), "ten requests are unknown");
        assert_eq!(found.lines[0].cells.len(), 5);
    });
}

#[test]
fn only_what_both_runs_have_is_compared_and_the_rest_is_named() {
    let [base, mut new] = runs(10, |_, _| 1.0);
    new.strategies[3].name = "e".into();
    new.samples.iter_mut().filter(|row| row.strategy == "d").for_each(|row| row.strategy = "e".into());
    new.samples.retain(|row| row.strategy != "a" || row.requests < 40);
    compared(&[base, new], 0.05, |found| {
        let names: Vec<_> = found.lines.iter().map(|line| (line.name, line.cells.len())).collect();
        assert_eq!(names, [("a", 3), ("b", 5), ("c", 5)]);
        let only = |side, strategy: &str, counts: &[u32]| DifferenceKind::OnlyIn {
            side,
            strategy: strategy.to_owned(),
            counts: counts.to_vec(),
        };
        for expected in
            [only(RunSide::Base, "a", &[40, 50]), only(RunSide::Base, "d", &[]), only(RunSide::New, "e", &[])]
        {
            let found = found.differences.iter().any(|difference| difference.kind == expected);
            assert!(found, "{expected:?}");
        }
    });
}

#[test]
fn runs_with_nothing_in_common_have_no_verdict() {
    let [a, b] = ["a", "b"].map(|name| RunBuilder::new().strategy(name, "", None).sample(0, 10, 1.0).run());
    compared(&[a, b], 0.05, |found| {
        assert!(found.lines.is_empty() && found.overall().is_none());
    });
}

/// How many of 100 simulated pairs `counted` holds for. The full table is that of `benches/verdict.rs`.
fn hits(world: &World, threshold: f64, counted: fn(&[Verdict]) -> bool) -> usize {
    let verdicts = |seed: u64| -> Vec<Verdict> {
        let curve = |line: &Vec<[Vec<f64>; 2]>| {
            let mut curve = Curve::default();
            assert!(line.iter().all(|[base, new]| curve.add(base, new)));
            curve
        };
        let curves: Vec<Curve> = pair(world, seed).iter().map(curve).collect();
        judge(&curves, threshold).iter().map(|judged| judged.verdict).collect()
    };
    (0..100).filter(|seed| counted(&verdicts(*seed))).count()
}

#[test]
fn false_alarms_are_rare_and_a_real_slow_down_is_found() {
    let still = |repeats| World { repeats, noise: 0.03, slower: |_, _| 1.0, own_drift: false };
    let alarm = |verdicts: &[Verdict]| verdicts.iter().any(|v| matches!(v, Verdict::Slower | Verdict::Faster));
    for repeats in [1, 3, 10] {
        let alarms = [0.0, 0.05].map(|threshold| hits(&still(repeats), threshold, alarm));
        assert!(alarms[0] <= 5 && alarms[1] <= 1, "{repeats} repeats: {alarms:?} of 100");
    }
    let slow = World { slower: |strategy, _| if strategy == 0 { 1.1 } else { 1.0 }, ..still(10) };
    assert!(hits(&slow, 0.05, |verdicts| verdicts[0] == Verdict::Slower) >= 95);
    assert_eq!(hits(&slow, 0.05, |verdicts| matches!(verdicts[0], Verdict::Same | Verdict::Faster)), 0);
}

#[test]
fn marks_are_rare_where_nothing_changes_and_frequent_where_it_does() {
    let marked =
        |by: f64| (0..100).filter(|seed| !stats::changes(&series(60, 30, by, *seed), LEVEL).is_empty()).count();
    assert!(marked(1.0) <= 5 && marked(1.1) >= 85, "{} {}", marked(1.0), marked(1.1));
}
