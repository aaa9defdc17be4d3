//! What the delay server will answer, and when: a pure function of target and seed. The server follows it request by
//! request, and the best possible duration is computed from the same values.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

use crate::model::target::DelayTarget;
use crate::model::units::Nanos;

/// How the server answers one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Time between reading the request, or the start of its turn, and writing the response.
    pub delay: Nanos,
    /// Whether the response is HTTP 500.
    pub fails: bool,
}

/// The answers of one sample, endless: the k-th request to arrive gets the k-th value. The same target and seed give
/// the same values on every machine and in every version, and a change of the failure rate moves no delay.
pub fn schedule(target: &DelayTarget, seed: u64) -> impl Iterator<Item = Answer> + use<> {
    let (delay, jitter, failure_rate) = (target.delay, target.jitter, target.failure_rate);
    let mut random = ChaCha8Rng::from_seed(key(seed));
    std::iter::repeat_with(move || {
        let offset = 2.0 * unit(random.next_u64()) - 1.0;
        let fails = unit(random.next_u64()) < failure_rate;
        Answer { delay: shifted(delay, jitter, offset), fails }
    })
}

/// The generator's whole key, so that no library's way of stretching a seed takes part.
fn key(seed: u64) -> [u8; 32] {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key
}

/// The upper 53 bits as a float in [0, 1); every one of them is exact.
fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// `offset` is in [-1, 1).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a u64 is one, and not negative"
)]
fn shifted(delay: Nanos, jitter: Nanos, offset: f64) -> Nanos {
    let distance = Nanos((jitter.0 as f64 * offset.abs()).round() as u64);
    if offset < 0.0 { delay.saturating_sub(distance) } else { delay + distance }
}

#[cfg(test)]
mod tests {
    use super::{Answer, schedule};
    use crate::model::{DelayTarget, Nanos};

    const TARGET: DelayTarget = DelayTarget {
        delay: Nanos::from_millis(100),
        jitter: Nanos::from_millis(10),
        failure_rate: 0.3,
        max_concurrent: 0,
    };

    fn first(count: usize, target: &DelayTarget, seed: u64) -> Vec<Answer> {
        schedule(target, seed).take(count).collect()
    }

    /// Computed by another implementation of ChaCha8.
    #[test]
    fn the_values_of_a_seed_never_change() {
        for (seed, expected) in [
            (1, [(97_629_788, true), (105_965_085, false), (107_116_839, true), (104_676_937, false)]),
            (u64::MAX, [(104_086_464, true), (103_013_958, false), (100_759_102, false), (106_165_663, false)]),
        ] {
            let expected = expected.map(|(delay, fails)| Answer { delay: Nanos(delay), fails });
            assert_eq!(first(4, &TARGET, seed), expected, "seed {seed}");
        }
    }

    #[test]
    fn a_change_of_the_failure_rate_moves_no_delay() {
        let (never, always) =
            (DelayTarget { failure_rate: 0.0, ..TARGET }, DelayTarget { failure_rate: 1.0, ..TARGET });
        for (one, other) in first(100, &never, 5).iter().zip(first(100, &always, 5)) {
            assert_eq!((one.delay, one.fails, other.fails), (other.delay, false, true));
        }
    }

    #[test]
    fn delays_fill_the_jitter_evenly_and_stay_inside() {
        let delays: Vec<u64> = first(10_000, &TARGET, 3).iter().map(|answer| answer.delay.0).collect();
        assert!(delays.iter().all(|delay| (90_000_000..=110_000_000).contains(delay)));
        for low in [90_000_000, 95_000_000, 100_000_000, 105_000_000] {
            let share = delays.iter().filter(|delay| (low..low + 5_000_000).contains(*delay)).count();
            assert!((2_300..2_700).contains(&share), "{share} from {low}");
        }
        let failures = first(10_000, &TARGET, 3).iter().filter(|answer| answer.fails).count();
        assert!((2_850..3_150).contains(&failures), "{failures}");
    }

    #[test]
    fn without_jitter_every_delay_is_the_configured_one() {
        let target = DelayTarget { jitter: Nanos::ZERO, ..TARGET };
        assert!(first(100, &target, 9).iter().all(|answer| answer.delay == target.delay));
    }

    #[test]
    fn a_jitter_as_long_as_the_delay_never_goes_below_zero() {
        let target = DelayTarget { jitter: TARGET.delay, ..TARGET };
        assert!(first(1_000, &target, 2).iter().all(|answer| answer.delay <= target.delay * 2));
    }
}
