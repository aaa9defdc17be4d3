//! Pairs of runs with a known difference, for the measurement of the verdict's error rates: its test and
//! `benches/verdict.rs` draw from here. Nothing of the program reads it.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Strategies of a simulated run.
pub(crate) const STRATEGIES: usize = 4;
/// Request counts of a simulated run.
pub(crate) const COUNTS: usize = 5;

/// What is simulated.
#[derive(Clone, Copy)]
pub(crate) struct World {
    /// Samples for each cell.
    pub(crate) repeats: usize,
    /// Standard deviation of the logarithm of a duration.
    pub(crate) noise: f64,
    /// How much slower the new run is, as a factor, by strategy and count.
    pub(crate) slower: fn(usize, usize) -> f64,
    /// Where true, each run has a drift of its own beside the common one.
    pub(crate) own_drift: bool,
}

/// Durations by strategy, by count, base and new, in the order measured.
pub(crate) type Pair = Vec<Vec<[Vec<f64>; 2]>>;

/// A pair of runs. Noise is lognormal; a tenth of the samples has an exponential tail of four times the noise on top, one
/// in fifty is an outlier of 1.2 to 3 times its duration. Both runs get 2 % slower from beginning to end and swing by
/// half a percent; a drift of a run's own is a line of up to 1 % either way.
pub(crate) fn pair(world: &World, seed: u64) -> Pair {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut cells: Pair = vec![vec![[Vec::new(), Vec::new()]; COUNTS]; STRATEGIES];
    for run in 0..2 {
        let own = if world.own_drift { random.random_range(-0.01..0.01) } else { 0.0 };
        for repeat in 0..world.repeats {
            for (strategy, line) in cells.iter_mut().enumerate() {
                for (count, cell) in line.iter_mut().enumerate() {
                    let factor = if run == 1 { (world.slower)(strategy, count) } else { 1.0 };
                    let time = (repeat as f64 + random.random_range(0.0..1.0)) / world.repeats as f64;
                    let drift = (0.02 + own) * time + 0.005 * (20.0 * time).sin();
                    let typical = 0.1 * (count + 1) as f64 * factor;
                    cell[run].push(typical * (drift + noise(world.noise, &mut random)).exp() * outlier(&mut random));
                }
            }
        }
    }
    cells
}

/// Medians of runs with a noise of 3 %, slower by a factor from `place` on.
pub(crate) fn series(runs: usize, place: usize, by: f64, seed: u64) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let value = |run: usize| if run < place { 1.0 } else { by };
    (0..runs).map(|run| value(run) * noise(0.03, &mut random).exp() * outlier(&mut random)).collect()
}

fn noise(deviation: f64, random: &mut ChaCha8Rng) -> f64 {
    // Box & Muller 1958.
    let (radius, angle) = (random.random_range(f64::MIN_POSITIVE..1.0), random.random_range(0.0..1.0));
    let normal = (-2.0 * f64::ln(radius)).sqrt() * (std::f64::consts::TAU * angle).cos();
    let tail = if random.random_bool(0.1) { -4.0 * random.random_range(f64::MIN_POSITIVE..1.0_f64).ln() } else { 0.0 };
    deviation * (normal + tail)
}

fn outlier(random: &mut ChaCha8Rng) -> f64 {
    if random.random_bool(0.02) { random.random_range(1.2..3.0) } else { 1.0 }
}
