//! How many samples may run side by side. A sample that waits for its target uses almost no CPU, so others can run
//! beside it, until all of them together use a share of one core. How much a sample will use is predicted from the
//! samples of its strategy that have ended, and guessed on the safe side before there is any. Pure.

use std::collections::{HashMap, VecDeque};

use crate::config::{Overlap, Sweep};
use crate::model::{Nanos, Phase, RequestCount, SampleRow};
use crate::plan::PlannedSample;

/// The most samples side by side, whatever they use: each has two processes or more.
const MOST: usize = 64;
/// CPU seconds of a strategy's first sample, as a guess: a program that starts, and one in a slow language.
const UNKNOWN_S: f64 = 0.25;
/// CPU seconds of each of its requests, as a guess.
const UNKNOWN_REQUEST_S: f64 = 0.001;
/// The delay server's CPU is not in the rows: it is taken to be as much as the sample's.
const WITH_SERVER: f64 = 2.0;
/// How long the samples that run are watched before one more may begin: longer than a client takes to start.
pub(super) const WATCH: Nanos = Nanos::from_millis(250);

/// What samples are expected to use, and what they may.
pub(super) struct Budget<'a> {
    sweep: &'a Sweep,
    /// Request counts of ended samples with their CPU seconds, by strategy.
    known: HashMap<String, Vec<(RequestCount, f64)>>,
}

impl<'a> Budget<'a> {
    /// A budget that knows nothing of the strategies yet.
    pub(super) fn new(sweep: &'a Sweep) -> Self {
        Self { sweep, known: HashMap::new() }
    }

    /// Takes note of a sample that has ended.
    pub(super) fn record(&mut self, row: &SampleRow) {
        if let (Some(user), Some(system)) = (row.cpu_user_s, row.cpu_system_s) {
            let used = (user + system).as_secs_f64() * WITH_SERVER;
            self.known.entry(row.strategy.clone()).or_default().push((row.requests, used));
        }
    }

    /// Whether `next` may begin beside `running`, which were measured to use `measured` cores.
    pub(super) fn allows(&self, next: &PlannedSample, running: &[PlannedSample], measured: f64) -> bool {
        if running.is_empty() {
            return true;
        }
        let predicted: f64 = running.iter().map(|sample| self.cores(sample)).sum();
        self.sweep.overlap == Overlap::Auto
            && running.len() < MOST
            && !running.iter().any(|sample| self.depends(next, sample))
            && predicted.max(measured) + self.cores(next) <= self.sweep.overlap_cpu
    }

    /// Whether `next` has to wait for the end of `running`, whatever both use: warm-ups come first, and a cell that is
    /// measured until it is precise is asked after each sample whether it is.
    fn depends(&self, next: &PlannedSample, running: &PlannedSample) -> bool {
        let repeats = self.sweep.repeats;
        next.phase == Phase::Measure
            && (next.strategy, next.requests) == (running.strategy, running.requests)
            && (running.phase == Phase::Warmup || repeats.precision.is_some() && next.repeat > repeats.min)
    }

    /// The cores that a sample is expected to keep busy, on average over its time.
    fn cores(&self, sample: &PlannedSample) -> f64 {
        let Some(seconds) = sample.predicted.filter(|time| *time > Nanos::ZERO) else { return f64::INFINITY };
        self.cpu(sample) / seconds.as_secs_f64()
    }

    /// CPU seconds: the most that was seen at this count, else at another one, stretched where that is smaller.
    fn cpu(&self, sample: &PlannedSample) -> f64 {
        let known = self.known.get(&self.sweep.strategies[sample.strategy].name);
        let seen = known.map_or(&[][..], Vec::as_slice);
        let most = |seconds: &mut dyn Iterator<Item = f64>| seconds.reduce(f64::max);
        let of_cell = most(&mut seen.iter().filter(|(count, _)| *count == sample.requests).map(|(_, used)| *used));
        let stretch = |count: RequestCount| (f64::from(sample.requests) / f64::from(count)).max(1.0);
        of_cell
            .or_else(|| most(&mut seen.iter().map(|(count, used)| used * stretch(*count))))
            .unwrap_or(UNKNOWN_S + UNKNOWN_REQUEST_S * f64::from(sample.requests))
    }
}

/// How long `samples` will take from the first to the last, where each takes its predicted time and starts in order as
/// soon as the budget allows; `None` while the target's delay is unknown. What strategies use is guessed.
pub(super) fn predicted(sweep: &Sweep, samples: &[PlannedSample]) -> Option<Nanos> {
    let budget = Budget::new(sweep);
    let mut running: VecDeque<(Nanos, PlannedSample)> = VecDeque::new();
    let (mut now, mut end) = (Nanos::ZERO, Nanos::ZERO);
    for sample in samples {
        let time = sample.predicted?;
        loop {
            running.retain(|(end, _)| *end > now);
            let beside: Vec<PlannedSample> = running.iter().map(|(_, sample)| *sample).collect();
            if budget.allows(sample, &beside, 0.0) {
                now = if beside.is_empty() { now } else { now + WATCH };
                break;
            }
            now = running.iter().map(|(end, _)| *end).min().unwrap_or(now);
        }
        running.push_back((now + time, *sample));
        end = end.max(now + time);
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::{Budget, WATCH, predicted};
    use crate::config::{self, Known, Overlap, Sweep};
    use crate::model::{Nanos, Phase, Repeats, SampleRow};
    use crate::plan::{Plan, PlannedSample};
    use crate::report::testkit::RunBuilder;

    fn article() -> Sweep {
        let known = Known::default();
        config::load(include_str!("../../config/article.toml"), "article.toml", &known).unwrap()
    }

    fn sample(strategy: usize, requests: u32, seconds: u64) -> PlannedSample {
        let predicted = Some(Nanos::SECOND * seconds);
        PlannedSample { sequence: 1, strategy, requests, repeat: 1, phase: Phase::Measure, predicted }
    }

    fn row(name: &str, requests: u32, cpu: Nanos) -> SampleRow {
        let builder = RunBuilder::new().strategy(name, "async", None).sample(0, requests, 1.0);
        let also = builder.also(|row| (row.cpu_user_s, row.cpu_system_s) = (Some(cpu), Some(Nanos::ZERO)));
        also.run().samples.remove(0)
    }

    #[test]
    fn long_samples_run_beside_each_other_and_short_ones_alone() {
        let sweep = article();
        let budget = Budget::new(&sweep);
        assert!(budget.allows(&sample(3, 10, 5), &[sample(0, 50, 250)], 0.0));
        assert!(!budget.allows(&sample(3, 10, 1), &[sample(0, 50, 250)], 0.0), "a quarter of a second in one");
        assert!(budget.allows(&sample(3, 10, 1), &[], 0.0), "alone it may use what it wants");
        assert!(!budget.allows(&sample(3, 10, 5), &[sample(0, 50, 250)], 0.19), "they use more than was expected");
        let off = Sweep { overlap: Overlap::Off, ..sweep.clone() };
        assert!(!Budget::new(&off).allows(&sample(3, 10, 5), &[sample(0, 50, 250)], 0.0));
    }

    #[test]
    fn what_was_seen_of_a_strategy_counts_more_than_the_guess() {
        let sweep = article();
        let mut budget = Budget::new(&sweep);
        let (next, beside) = (sample(3, 10, 1), [sample(0, 50, 250)]);
        budget.record(&row("async_get", 50, Nanos::from_millis(20)));
        assert!(budget.allows(&next, &beside, 0.0), "seen at a larger count");
        budget.record(&row("async_get", 10, Nanos::from_millis(200)));
        assert!(!budget.allows(&next, &beside, 0.0), "seen at this count");
        budget.record(&row("multithread", 5, Nanos::from_millis(50)));
        assert!(!budget.allows(&sample(1, 10, 1), &beside, 0.0), "twice the requests of what was seen");
        assert!(budget.allows(&sample(1, 5, 1), &beside, 0.0));
    }

    #[test]
    fn a_measured_sample_waits_for_what_decides_about_it() {
        let sweep = Sweep { repeats: Repeats { min: 2, max: 9, precision: Some(0.02) }, ..article() };
        let budget = Budget::new(&sweep);
        let of = |repeat, phase| PlannedSample { repeat, phase, ..sample(0, 50, 250) };
        for (next, running, allowed) in [
            (of(1, Phase::Measure), of(1, Phase::Warmup), false),
            (of(2, Phase::Warmup), of(1, Phase::Warmup), true),
            (of(2, Phase::Measure), of(1, Phase::Measure), true),
            (of(3, Phase::Measure), of(2, Phase::Measure), false),
            (of(3, Phase::Measure), sample(0, 40, 200), true),
        ] {
            assert_eq!(budget.allows(&next, &[running], 0.0), allowed, "{next:?} beside {running:?}");
        }
    }

    #[test]
    fn the_articles_sweep_takes_about_as_long_as_its_longest_cell() {
        let sweep = article();
        let plan = Plan::of(&sweep, |_| sweep.target.delay());
        let longest = plan.samples.iter().filter_map(|sample| sample.predicted).max().unwrap();
        assert_eq!(longest, Nanos::SECOND * 250);
        let together = predicted(&sweep, &plan.samples).unwrap();
        assert!(together >= longest, "{together:?}");
        assert!(together < Nanos::SECOND * 300, "{together:?}");
        let off = Sweep { overlap: Overlap::Off, ..sweep };
        assert_eq!(predicted(&off, &plan.samples), plan.predicted());
        assert!(WATCH > Nanos::ZERO);
    }
}
