//! How many samples a verdict would probably take: an estimate from the spread and the differences seen so far.

use crate::stats::{self, Sorted};

/// The level of all tests: the most that false alarms may come to.
pub const LEVEL: f64 = 0.05;
/// The chance with which the verdict should be reached.
const POWER: f64 = 0.8;
/// More samples than this are no advice.
const MOST: f64 = 1_000.0;
/// The median distance of two draws of a normal law, in standard deviations: √2 · 0.6745.
const NORMAL_GAP: f64 = 0.953_873;
/// What a rank test needs more than a t-test where values are normal: π/3 (Hodges & Lehmann 1956). It needs fewer where
/// their tail is heavy, so the estimate is on the safe side.
const RANK_COST: f64 = std::f64::consts::FRAC_PI_3;

/// What is known so far about a strategy that could not be judged. Shifts and limits are of logarithms.
pub(super) struct Question<'a> {
    /// Difference over all counts.
    pub(super) pooled: f64,
    /// Difference at each count.
    pub(super) shifts: &'a [f64],
    /// Distances of samples of one cell, taken one after the other.
    pub(super) gaps: &'a [f64],
    /// The threshold.
    pub(super) limit: f64,
    /// Strategies that are judged together.
    pub(super) strategies: usize,
}

/// The least number of samples for each cell, in both runs, with which one of the verdicts would be reached four times
/// in five, if differences and spread are what they seem to be; `None` where a thousand are not enough, or where no cell
/// has two samples to tell the spread from.
///
/// n = (π/3)·2·σ²·(z_level + z_power)²/Δ² for a difference that lies Δ beyond (or within) the limit: Lehmann,
/// "Nonparametrics", 1975, section 2.4; σ from the median distance of samples that follow each other.
pub(super) fn deciding(question: &Question<'_>) -> Option<u32> {
    let spread = Sorted::new(question.gaps.iter().copied()).median()? / NORMAL_GAP;
    let counts = question.shifts.len() as f64;
    let share = LEVEL / (2.0 * question.strategies.max(1) as f64) / 2.0;
    let samples = |gap: f64, level: f64, miss: f64, cells: f64| {
        let reach = stats::exceeded_with(level) + stats::exceeded_with(miss);
        let by_spread = RANK_COST * 2.0 * (spread * reach / gap).powi(2) / cells;
        (gap > 0.0).then(|| by_spread.ceil().max(fewest(level, cells)))
    };
    let beyond = |shift: f64| shift.abs() - question.limit;
    let together = samples(beyond(question.pooled), share, 1.0 - POWER, counts);
    let alone = question.shifts.iter().filter_map(|shift| samples(beyond(*shift), share / counts, 1.0 - POWER, 1.0));
    let apart = together.into_iter().chain(alone).reduce(f64::min);
    let room = question.limit - question.pooled.abs();
    // No count may look as if it lay beyond, so the chance that one does is shared by all.
    let looks = RANK_COST * 2.0 * (spread * stats::exceeded_with((1.0 - POWER) / (2.0 * counts)) / room).powi(2);
    let same = samples(room, LEVEL, (1.0 - POWER) / 2.0, counts).map(|pooled| pooled.max(looks.ceil()));
    let all_within = question.shifts.iter().all(|shift| beyond(*shift) <= 0.0);
    let least = if all_within { apart.into_iter().chain(same).reduce(f64::min) } else { apart.or(same) }?;
    whole(least)
}

/// The fewest samples with which ranks can reach a level: all orders of 2n values are equally likely, in each cell.
fn fewest(level: f64, cells: f64) -> f64 {
    let mut chance = 1.0_f64;
    let mut samples = 0.0;
    while chance.powf(cells) > level && samples < MOST {
        samples += 1.0;
        // 1/C(2n, n) from 1/C(2n − 2, n − 1).
        chance *= samples / (2.0 * (2.0 * samples - 1.0));
    }
    samples
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a thousand")]
fn whole(samples: f64) -> Option<u32> {
    (samples <= MOST).then_some(samples as u32)
}

#[cfg(test)]
mod tests {
    use super::{Question, deciding, fewest};

    const QUESTION: Question<'_> =
        Question { pooled: 0.1, shifts: &[0.1; 5], gaps: &[0.02, 0.02, 0.02], limit: 0.05, strategies: 4 };

    #[test]
    fn ranks_need_some_samples_whatever_the_spread() {
        for (level, cells, samples) in [(0.05, 1.0, 3.0), (0.025, 1.0, 4.0), (0.001, 1.0, 7.0), (0.001, 5.0, 2.0)] {
            assert_eq!(fewest(level, cells), samples, "{level} in {cells}");
        }
    }

    /// σ = 0.021, z = 2.734 + 0.842 at level 0.05/16, Δ = 0.05, five cells at once: spread asks for one sample, ranks for two.
    #[test]
    fn a_clear_difference_needs_few_samples_and_a_close_one_many() {
        assert_eq!(deciding(&QUESTION), Some(2));
        let close = deciding(&Question { pooled: 0.055, shifts: &[0.055; 5], ..QUESTION }).unwrap();
        assert!((90..100).contains(&close), "{close}");
        assert_eq!(deciding(&Question { pooled: 0.0501, shifts: &[0.0501; 5], ..QUESTION }), None);
    }

    #[test]
    fn no_difference_and_a_difference_at_one_count_have_an_answer_too() {
        let same = deciding(&Question { pooled: 0.0, shifts: &[0.0; 5], ..QUESTION }).unwrap();
        assert!((2..6).contains(&same), "{same}");
        let one = deciding(&Question { pooled: 0.04, shifts: &[0.0, 0.0, 0.0, 0.0, 0.2], ..QUESTION }).unwrap();
        assert_eq!(one, 7, "the level of one test of many, by ranks alone");
    }

    #[test]
    fn single_samples_have_no_spread() {
        assert_eq!(deciding(&Question { gaps: &[], ..QUESTION }), None);
    }
}
