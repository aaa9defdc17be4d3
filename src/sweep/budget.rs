//! Which samples may run side by side. A sample that waits for its target uses almost no CPU, so others can run beside
//! it; one that works, as all do while they start, would slow them down. So samples start one after another, none while
//! a short one runs, and long ones run together until they use a share of one core. How much a sample will use is
//! predicted from the samples of its strategy that have ended, and guessed on the safe side before there is any. Pure.

use std::collections::{HashMap, VecDeque};

use crate::config::{Overlap, Sweep};
use crate::model::{Nanos, Phase, RequestCount, SampleRow};
use crate::plan::PlannedSample;

/// The most samples side by side, whatever they use: each has two processes or more.
const MOST: usize = 64;
/// No sample starts while one that is predicted to be shorter runs: a start takes some 10 ms of CPU, which is one
/// percent of it.
const SHORT: Nanos = Nanos::SECOND;
/// A short sample runs beside others only if it uses at most so many CPU seconds.
const BRIEF_S: f64 = 0.5;
/// CPU seconds for a built-in strategy to start, and for each of its threads, as a guess.
const UNKNOWN_START_S: (f64, f64) = (0.02, 0.002);
/// CPU seconds for a program to start, as a guess: one in a slow language.
const UNKNOWN_PROGRAM_S: f64 = 0.25;
/// CPU seconds of each request, as a guess.
const UNKNOWN_REQUEST_S: f64 = 0.001;
/// Where the delay server's CPU is unknown, it is taken to be as much as the sample's.
const WITH_SERVER: f64 = 2.0;
/// A sample has started when it has had its CPU time, at full speed, and this time beside.
const MARGIN: Nanos = Nanos::from_millis(20);
/// How long the samples that run are watched before one more may begin, while a program runs of which nothing is known:
/// longer than a client takes to start.
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
            let own = (user + system).as_secs_f64();
            let used = row.server_cpu_s.map_or(own * WITH_SERVER, |server| own + server.as_secs_f64());
            self.known.entry(row.strategy.clone()).or_default().push((row.requests, used));
        }
    }

    /// Whether `next` may begin beside `running`, once all of these have started.
    pub(super) fn allows(&self, next: &PlannedSample, running: &[PlannedSample]) -> bool {
        if running.is_empty() {
            return true;
        }
        let shared: f64 = running.iter().map(|sample| self.cores(sample)).sum();
        let fits = if is_short(next) {
            shared <= self.sweep.overlap_cpu && self.cpu(next) <= BRIEF_S
        } else {
            shared + self.cores(next) <= self.sweep.overlap_cpu
        };
        self.sweep.overlap == Overlap::Auto
            && running.len() < MOST
            && !running.iter().any(|sample| is_short(sample) || self.depends(next, sample))
            && fits
    }

    /// Whether samples that were measured to keep `cores` busy leave room for `next`.
    pub(super) fn leaves_room(&self, cores: f64, next: &PlannedSample) -> bool {
        let own = if is_short(next) { 0.0 } else { self.cores(next) };
        cores + own <= self.sweep.overlap_cpu
    }

    /// How long a sample takes to start, after which it only waits: no longer than all of its work at full speed. `None`
    /// where nothing is known of its program.
    pub(super) fn start_time(&self, sample: &PlannedSample) -> Option<Nanos> {
        let strategy = &self.sweep.strategies[sample.strategy];
        let known = strategy.kind.is_built_in() || self.known.contains_key(&strategy.name);
        known.then(|| MARGIN + Nanos::from_secs_f64(self.cpu(sample)))
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
        let strategy = &self.sweep.strategies[sample.strategy];
        let known = self.known.get(&strategy.name);
        let seen = known.map_or(&[][..], Vec::as_slice);
        let most = |seconds: &mut dyn Iterator<Item = f64>| seconds.reduce(f64::max);
        let of_cell = most(&mut seen.iter().filter(|(count, _)| *count == sample.requests).map(|(_, used)| *used));
        let stretch = |count: RequestCount| (f64::from(sample.requests) / f64::from(count)).max(1.0);
        of_cell.or_else(|| most(&mut seen.iter().map(|(count, used)| used * stretch(*count)))).unwrap_or_else(|| {
            let started = if strategy.kind.is_built_in() {
                let threads = strategy.kind.needs(sample.requests).threads as f64;
                UNKNOWN_START_S.0 + UNKNOWN_START_S.1 * threads
            } else {
                UNKNOWN_PROGRAM_S
            };
            started + UNKNOWN_REQUEST_S * f64::from(sample.requests)
        })
    }
}

/// Whether no other sample starts while this one runs. One of unknown length is.
fn is_short(sample: &PlannedSample) -> bool {
    sample.predicted.is_none_or(|time| time < SHORT)
}

/// How long `samples` will take from the first to the last, where each takes its predicted time and starts in order as
/// soon as the budget allows; `None` while the target's delay is unknown. What strategies use is guessed.
pub(super) fn predicted(sweep: &Sweep, samples: &[PlannedSample]) -> Option<Nanos> {
    let budget = Budget::new(sweep);
    let mut running: VecDeque<(Nanos, PlannedSample)> = VecDeque::new();
    let (mut now, mut end, mut started) = (Nanos::ZERO, Nanos::ZERO, Nanos::ZERO);
    for sample in samples {
        let time = sample.predicted?;
        loop {
            running.retain(|(end, _)| *end > now);
            let beside: Vec<PlannedSample> = running.iter().map(|(_, sample)| *sample).collect();
            if budget.allows(sample, &beside) {
                now = if beside.is_empty() { now } else { now.max(started) };
                break;
            }
            now = running.iter().map(|(end, _)| *end).min().unwrap_or(now);
        }
        started = now + budget.start_time(sample).unwrap_or(WATCH);
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
    fn long_samples_run_beside_each_other_within_the_budget() {
        let sweep = article();
        let mut budget = Budget::new(&sweep);
        let long = sample(0, 50, 250);
        assert!(budget.allows(&sample(3, 10, 5), &[long]));
        budget.record(&row("async_get", 10, Nanos::from_millis(600)));
        assert!(!budget.allows(&sample(3, 10, 5), &[long]), "1.2 s of CPU in 5 s");
        assert!(budget.allows(&sample(3, 10, 5), &[]), "alone it may use what it wants");
        let off = Sweep { overlap: Overlap::Off, ..sweep.clone() };
        assert!(!Budget::new(&off).allows(&sample(3, 10, 5), &[long]));
    }

    #[test]
    fn a_short_sample_runs_beside_long_ones_and_nothing_starts_while_it_does() {
        let sweep = article();
        let mut budget = Budget::new(&sweep);
        let (long, short) =
            (sample(0, 50, 250), PlannedSample { predicted: Some(Nanos::from_millis(100)), ..sample(3, 10, 1) });
        assert!(budget.allows(&short, &[long]), "whatever its share is");
        assert!(!budget.allows(&long, &[short]));
        assert!(!budget.allows(&short, &[long, short]));
        assert!(!budget.allows(&long, &[PlannedSample { predicted: None, ..short }]), "it may be short");
        budget.record(&row("async_get", 10, Nanos::from_millis(300)));
        assert!(!budget.allows(&short, &[long]), "0.6 s of CPU are no short work");
    }

    #[test]
    fn what_was_seen_of_a_strategy_counts_more_than_the_guess() {
        let sweep = article();
        let mut budget = Budget::new(&sweep);
        let (next, beside) = (sample(3, 10, 1), [sample(0, 50, 250)]);
        budget.record(&row("async_get", 50, Nanos::from_millis(20)));
        assert!(budget.allows(&next, &beside), "seen at a larger count");
        budget.record(&row("async_get", 10, Nanos::from_millis(200)));
        assert!(!budget.allows(&next, &beside), "seen at this count");
        budget.record(&row("multithread", 5, Nanos::from_millis(50)));
        assert!(!budget.allows(&sample(1, 10, 1), &beside), "twice the requests of what was seen");
        assert!(budget.allows(&sample(1, 5, 1), &beside));
        let mut with_server = row("async_get", 20, Nanos::from_millis(60));
        with_server.server_cpu_s = Some(Nanos::from_millis(20));
        budget.record(&with_server);
        assert_eq!(budget.start_time(&sample(3, 20, 1)), Some(Nanos::from_millis(20 + 60 + 20)));
    }

    #[test]
    fn a_program_that_was_never_seen_is_watched() {
        let known = Known::default();
        let config =
            "[target]\ndelay = '5s'\n[[strategy]]\nkind = 'command'\nname = 'a'\nmodel = 'async'\ncommand = ['a']\n";
        let sweep = config::load(config, "a.toml", &known).unwrap();
        let mut budget = Budget::new(&sweep);
        assert_eq!(budget.start_time(&sample(0, 10, 5)), None);
        assert!(budget.leaves_room(0.1, &sample(0, 10, 5)), "0.25 s and 10 ms in 5 s");
        assert!(!budget.leaves_room(0.19, &sample(0, 10, 5)));
        budget.record(&row("a", 10, Nanos::from_millis(100)));
        assert_eq!(budget.start_time(&sample(0, 10, 5)), Some(Nanos::from_millis(20 + 2 * 100)));
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
            assert_eq!(budget.allows(&next, &[running]), allowed, "{next:?} beside {running:?}");
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
