//! Sweep → the samples to take, in order, each with its predicted time. Pure: the same sweep gives the same plan.
//!
//! `interleaved` visits all cells once per repeat, each time in another seeded order, so that a machine that slows
//! down or warms up in the course of a sweep touches every strategy alike. Warm-up rounds come first.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use crate::config::{Order, Sweep};
use crate::model::{Nanos, Phase, RequestCount, Target};
use crate::stats;
use crate::strategy::StrategySpec;

/// One sample that is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedSample {
    /// Position in the order of the plan, from 1.
    pub sequence: u32,
    /// Index into the sweep's strategies.
    pub strategy: usize,
    /// How many requests.
    pub requests: RequestCount,
    /// From 1, within its phase.
    pub repeat: u32,
    /// Warm-up or measured.
    pub phase: Phase,
    /// The best possible duration; `None` while the target's delay is unknown.
    pub predicted: Option<Nanos>,
}

/// All samples of a sweep, in the order they are to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// At least one, unless cells were left out.
    pub samples: Vec<PlannedSample>,
}

impl Plan {
    /// The plan of `sweep`, where one request of a strategy takes `delay`.
    #[must_use]
    pub fn of(sweep: &Sweep, delay: impl Fn(&StrategySpec) -> Option<Nanos>) -> Self {
        let predicted = |strategy, requests| {
            let strategy = &sweep.strategies[strategy];
            delay(strategy).map(|delay| predict(sweep, strategy, requests, delay))
        };
        let cells: Vec<(usize, RequestCount)> = (0..sweep.strategies.len())
            .flat_map(|strategy| sweep.requests.iter().map(move |&requests| (strategy, requests)))
            .filter(|&(strategy, requests)| sweep.strategies[strategy].runs(requests))
            .collect();
        let mut random = ChaCha8Rng::seed_from_u64(sweep.seed);
        let rounds = (1..=sweep.warmup)
            .map(|repeat| (Phase::Warmup, repeat))
            .chain((1..=sweep.repeats.max).map(|repeat| (Phase::Measure, repeat)));
        let mut samples = Vec::with_capacity(cells.len() * (sweep.warmup + sweep.repeats.min) as usize);
        for (phase, repeat) in rounds {
            let mut round = cells.clone();
            if sweep.order == Order::Interleaved {
                round.shuffle(&mut random);
            }
            samples.extend(round.into_iter().map(|(strategy, requests)| PlannedSample {
                sequence: 0,
                strategy,
                requests,
                repeat,
                phase,
                predicted: predicted(strategy, requests),
            }));
        }
        if sweep.order == Order::Listed {
            // Stable: within a cell, warm-ups and repeats keep their order.
            samples.sort_by_key(|sample| (sample.strategy, sample.requests));
        }
        for (sequence, sample) in (1..).zip(&mut samples) {
            sample.sequence = sequence;
        }
        Self { samples }
    }

    /// The plan without the cells, strategy and count, that `left_out` names; may be empty.
    #[must_use]
    pub fn without(mut self, left_out: impl Fn(usize, RequestCount) -> bool) -> Self {
        self.samples.retain(|sample| !left_out(sample.strategy, sample.requests));
        for (sequence, sample) in (1..).zip(&mut self.samples) {
            sample.sequence = sequence;
        }
        self
    }

    /// The predicted time of all samples together; `None` while the target's delay is unknown.
    #[must_use]
    pub fn predicted(&self) -> Option<Nanos> {
        self.samples.iter().map(|sample| sample.predicted).sum()
    }
}

/// The best possible duration of one sample, no longer than its time limit.
fn predict(sweep: &Sweep, strategy: &StrategySpec, requests: RequestCount, delay: Nanos) -> Nanos {
    ideal(sweep.target_of(strategy), strategy, requests, delay).min(sweep.sample_timeout)
}

/// The best possible duration of `requests` requests by `strategy`, each taking `delay`.
#[must_use]
pub fn ideal(target: &Target, strategy: &StrategySpec, requests: RequestCount, delay: Nanos) -> Nanos {
    let max_concurrent = match target {
        Target::Delay(target) => target.max_concurrent,
        Target::Url(_) | Target::Sleep { .. } => 0,
    };
    stats::for_fixed_delay(requests, strategy.kind.width(requests), max_concurrent, delay)
}
