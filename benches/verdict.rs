//! How often the verdict of `compare` is wrong, and how often it sees a difference: simulated pairs of runs whose truth
//! is known, 4 strategies at 5 request counts.
//!
//! ```text
//! cargo bench --bench verdict             1 000 pairs of each kind
//! cargo bench --bench verdict -- 200      200 pairs of each kind
//! ```
//! Prints shares of pairs, which the seed decides: the same figures on every machine. Below, the same for the changes that
//! `history` marks, in series of runs.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

#[path = "../src/comparison/simulated.rs"]
mod simulated;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use reportgen::comparison::{Curve, LEVEL, Verdict, judge};
use reportgen::stats;
use simulated::World;

/// Samples for each cell.
const REPEATS: [usize; 3] = [3, 10, 30];
/// Standard deviations of a duration's logarithm.
const NOISE: [f64; 3] = [0.01, 0.03, 0.10];

/// One line of the table: what is true, under which threshold, and what is counted.
struct Question {
    name: &'static str,
    slower: fn(usize, usize) -> f64,
    threshold: f64,
    own_drift: bool,
    counted: fn(&[Verdict]) -> bool,
}

fn none(_: usize, _: usize) -> f64 {
    1.0
}

fn any_alarm(verdicts: &[Verdict]) -> bool {
    verdicts.iter().any(|verdict| matches!(verdict, Verdict::Slower | Verdict::Faster))
}

fn first_slower(verdicts: &[Verdict]) -> bool {
    verdicts[0] == Verdict::Slower
}

const QUESTIONS: [Question; 12] = [
    Question {
        name: "no difference: any faster or slower, threshold 5 %",
        slower: none,
        threshold: 0.05,
        own_drift: false,
        counted: any_alarm,
    },
    Question {
        name: "no difference: any faster or slower, threshold 0 %",
        slower: none,
        threshold: 0.0,
        own_drift: false,
        counted: any_alarm,
    },
    Question {
        name: "the same, each run with a drift of its own, 5 %",
        slower: none,
        threshold: 0.05,
        own_drift: true,
        counted: any_alarm,
    },
    Question {
        name: "the same, each run with a drift of its own, 0 %",
        slower: none,
        threshold: 0.0,
        own_drift: true,
        counted: any_alarm,
    },
    Question {
        name: "all just at the threshold of 5 %: any slower",
        slower: |_, _| 1.05,
        threshold: 0.05,
        own_drift: false,
        counted: |verdicts| verdicts.contains(&Verdict::Slower),
    },
    Question {
        name: "one just above the threshold of 5 %: called same",
        slower: |strategy, _| if strategy == 0 { 1.0501 } else { 1.0 },
        threshold: 0.05,
        own_drift: false,
        counted: |verdicts| verdicts[0] == Verdict::Same,
    },
    Question {
        name: "one 10 % slower: found, threshold 5 %",
        slower: |strategy, _| if strategy == 0 { 1.1 } else { 1.0 },
        threshold: 0.05,
        own_drift: false,
        counted: first_slower,
    },
    Question {
        name: "one 10 % slower: found, threshold 0 %",
        slower: |strategy, _| if strategy == 0 { 1.1 } else { 1.0 },
        threshold: 0.0,
        own_drift: false,
        counted: first_slower,
    },
    Question {
        name: "one 10 % slower: called same or faster, 5 %",
        slower: |strategy, _| if strategy == 0 { 1.1 } else { 1.0 },
        threshold: 0.05,
        own_drift: false,
        counted: |verdicts| matches!(verdicts[0], Verdict::Same | Verdict::Faster),
    },
    Question {
        name: "20 % slower at one count of one: found, 5 %",
        slower: |strategy, count| if (strategy, count) == (0, 4) { 1.2 } else { 1.0 },
        threshold: 0.05,
        own_drift: false,
        counted: first_slower,
    },
    Question {
        name: "20 % slower at one count of one: called same, 5 %",
        slower: |strategy, count| if (strategy, count) == (0, 4) { 1.2 } else { 1.0 },
        threshold: 0.05,
        own_drift: false,
        counted: |verdicts| verdicts[0] == Verdict::Same,
    },
    Question {
        name: "no difference: all four called same, 5 %",
        slower: none,
        threshold: 0.05,
        own_drift: false,
        counted: |verdicts| verdicts.iter().all(|verdict| *verdict == Verdict::Same),
    },
];

fn main() {
    let pairs = std::env::args().find_map(|word| word.parse::<u64>().ok()).unwrap_or(1_000);
    println!(
        "share of {pairs} simulated pairs, 4 strategies × 5 counts; noise is the deviation of a duration's logarithm"
    );
    print!("{:<52}", "noise");
    NOISE.iter().flat_map(|noise| REPEATS.map(|_| noise)).for_each(|noise| print!(" {:>6.0} %", noise * 100.0));
    print!("\n{:<52}", "repeats");
    NOISE.iter().flat_map(|_| REPEATS).for_each(|repeats| print!(" {repeats:>8}"));
    println!();
    for question in &QUESTIONS {
        print!("{:<52}", question.name);
        for (noise, repeats) in NOISE.iter().flat_map(|noise| REPEATS.map(|repeats| (*noise, repeats))) {
            let world = World { repeats, noise, slower: question.slower, own_drift: question.own_drift };
            let hits = (0..pairs).into_par_iter().filter(|seed| (question.counted)(&verdicts(&world, question, *seed)));
            print!(" {:>6.1} %", hits.count() as f64 / pairs as f64 * 100.0);
        }
        println!();
    }
    changes_of(pairs);
}

/// Series with and without a lasting change by a tenth, with a noise of 3 %: marked at all, and within two runs of its place.
fn changes_of(series: u64) {
    println!("\nshare of {series} series of runs with a noise of 3 %, level 5 %");
    println!("{:<52} {:>8} {:>8} {:>8}", "runs", 20, 100, 1_000);
    let row = |name: &str, after: fn(usize) -> usize, by: f64, counted: fn(&[usize], usize) -> bool| {
        print!("{name:<52}");
        for runs in [20, 100, 1_000] {
            let place = runs - after(runs);
            let marks = |seed: u64| -> Vec<usize> {
                let values = simulated::series(runs, place, by, seed);
                stats::changes(&values, LEVEL).iter().map(|change| change.at).collect()
            };
            let hits = (0..series).into_par_iter().filter(|seed| counted(&marks(*seed), place)).count();
            print!(" {:>6.1} %", hits as f64 / series as f64 * 100.0);
        }
        println!();
    };
    let near = |marks: &[usize], place: usize| marks.iter().any(|mark| mark.abs_diff(place) <= 2);
    row("no change: any mark", |_| 0, 1.0, |marks, _| !marks.is_empty());
    row("10 % slower from the middle on: found", |runs| runs / 2, 1.1, near);
    row("10 % slower for the last eight runs: found", |_| 8, 1.1, near);
    row("10 % slower for the last four runs: found", |_| 4, 1.1, near);
}

fn verdicts(world: &World, question: &Question, seed: u64) -> Vec<Verdict> {
    let curve = |line: &Vec<[Vec<f64>; 2]>| {
        let mut curve = Curve::default();
        for [base, new] in line {
            assert!(curve.add(base, new), "every cell has samples");
        }
        curve
    };
    let curves: Vec<Curve> = simulated::pair(world, seed).iter().map(curve).collect();
    judge(&curves, question.threshold).into_iter().map(|judged| judged.verdict).collect()
}
