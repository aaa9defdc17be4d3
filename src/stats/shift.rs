//! How far one set of values lies above another, by ranks: a test, an estimate and an interval that ask nothing of the
//! values' distribution. Values of several strata (request counts) are only compared within their own stratum.

use crate::stats::normal;
use crate::stats::quantile::Sorted;

/// Up to this many pairs the law of the test is exact; above, the normal law is as good and the exact one slow.
const EXACT_UP_TO: usize = 2_000;

/// Two sets of values that may be compared with each other, ascending, at least one in each.
#[derive(Clone, Debug, PartialEq)]
pub struct Stratum {
    base: Vec<f64>,
    new: Vec<f64>,
}

impl Stratum {
    /// `None` where either set holds no finite value. Cost: n·log n.
    #[must_use]
    pub fn of(base: impl IntoIterator<Item = f64>, new: impl IntoIterator<Item = f64>) -> Option<Self> {
        let [base, new] = [Sorted::new(base), Sorted::new(new)].map(|set| set.values().to_vec());
        (!base.is_empty() && !new.is_empty()).then_some(Self { base, new })
    }

    /// How many values stand on each side.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize) {
        (self.base.len(), self.new.len())
    }

    fn pairs(&self) -> usize {
        self.base.len() * self.new.len()
    }

    /// Pairs in which the new value exceeds the base's by more than `shift`.
    fn above(&self, shift: f64) -> usize {
        pairs_apart(&self.base, &self.new, |base, new| new - base > shift)
    }

    /// Pairs in which the new value exceeds the base's by less than `shift`.
    fn below(&self, shift: f64) -> usize {
        self.pairs() - pairs_apart(&self.base, &self.new, |base, new| new - base >= shift)
    }

    /// Least and greatest difference of a pair.
    fn reach(&self) -> (f64, f64) {
        let ends = |values: &[f64]| (values[0], values[values.len() - 1]);
        let ((base_low, base_high), (new_low, new_high)) = (ends(&self.base), ends(&self.new));
        (new_low - base_high, new_high - base_low)
    }
}

/// Pairs for which `holds`, which must stay true for smaller base values and greater new ones. Cost: one pass.
fn pairs_apart(base: &[f64], new: &[f64], holds: impl Fn(f64, f64) -> bool) -> usize {
    let mut held = 0;
    new.iter().fold(0, |pairs, new| {
        while held < base.len() && holds(base[held], *new) {
            held += 1;
        }
        pairs + held
    })
}

/// The law of the number of pairs in which the new value is the greater one, summed over strata, where neither set tends
/// to be greater: Mann & Whitney, "On a Test of Whether One of Two Random Variables is Stochastically Larger than the
/// Other", Annals of Mathematical Statistics 18 (1947); the sum over strata is that of van Elteren, Bulletin de
/// l'Institut International de Statistique 37 (1960), with equal weights.
#[derive(Clone, Debug)]
pub struct PairLaw {
    pairs: usize,
    shape: Distribution,
}

#[derive(Clone, Debug)]
enum Distribution {
    /// The chance of at least so many pairs, by number.
    Exact(Vec<f64>),
    /// Standard deviation of the normal law that stands for it.
    Normal(f64),
}

impl PairLaw {
    /// The law for strata of these sizes. Cost: the square of the number of pairs, below 2 000 of them; constant above.
    #[must_use]
    pub fn of(sizes: &[(usize, usize)]) -> Self {
        let pairs = sizes.iter().map(|(base, new)| base * new).sum();
        if pairs > EXACT_UP_TO {
            let variance = |(base, new): &(usize, usize)| (base * new * (base + new + 1)) as f64 / 12.0;
            return Self { pairs, shape: Distribution::Normal(sizes.iter().map(variance).sum::<f64>().sqrt()) };
        }
        let mut sorted = sizes.to_vec();
        sorted.sort_unstable();
        let mut law = vec![1.0];
        for equal in sorted.chunk_by(|a, b| a == b) {
            let one = one_stratum(equal[0]);
            law = equal.iter().fold(law, |law, _| sum_of(&law, &one));
        }
        let mut tail = 0.0;
        for chance in law.iter_mut().rev() {
            tail += *chance;
            *chance = tail.min(1.0);
        }
        Self { pairs, shape: Distribution::Exact(law) }
    }

    /// The chance of `pairs` or more, 0 to 1.
    #[must_use]
    pub fn at_least(&self, pairs: usize) -> f64 {
        match &self.shape {
            Distribution::Exact(tail) => tail.get(pairs).copied().unwrap_or(0.0),
            Distribution::Normal(deviation) => {
                normal::upper_tail((pairs as f64 - 0.5 - self.pairs as f64 / 2.0) / deviation)
            }
        }
    }

    /// The fewest pairs whose chance is at most `level`; `None` where even all pairs are not that unlikely.
    fn critical(&self, level: f64) -> Option<usize> {
        let (mut low, mut high) = (0, self.pairs + 1);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.at_least(middle) <= level { high = middle } else { low = middle + 1 }
        }
        (low <= self.pairs).then_some(low)
    }
}

/// The law of one stratum, by the recursion of Mann & Whitney over the greatest value of all: it is a new one (above
/// each of the `base` values) with chance new/(base + new).
fn one_stratum((base, new): (usize, usize)) -> Vec<f64> {
    // row[j]: the law of i base values and j new ones.
    let mut row: Vec<Vec<f64>> = vec![vec![1.0]; new + 1];
    for i in 1..=base {
        for j in 1..=new {
            let (with_base, with_new) = (share_of(i, j), share_of(j, i));
            let mut law = vec![0.0; i * j + 1];
            // row[j] still holds i − 1 base values: the greatest value is a base one, above which no new one stands.
            row[j].iter().enumerate().for_each(|(pairs, chance)| law[pairs] += with_base * chance);
            row[j - 1].iter().enumerate().for_each(|(pairs, chance)| law[pairs + i] += with_new * chance);
            row[j] = law;
        }
    }
    row.swap_remove(new)
}

fn share_of(own: usize, other: usize) -> f64 {
    own as f64 / (own + other) as f64
}

fn sum_of(one: &[f64], other: &[f64]) -> Vec<f64> {
    let mut law = vec![0.0; one.len() + other.len() - 1];
    for (pairs, chance) in one.iter().enumerate() {
        law[pairs..].iter_mut().zip(other).for_each(|(sum, second)| *sum += chance * second);
    }
    law
}

/// Several strata that are compared as one.
pub struct Strata<'a> {
    strata: &'a [&'a Stratum],
    law: &'a PairLaw,
}

impl<'a> Strata<'a> {
    /// `law` must be that of the strata's sizes.
    #[must_use]
    pub fn new(strata: &'a [&'a Stratum], law: &'a PairLaw) -> Self {
        Self { strata, law }
    }

    /// The chance of what was seen, or more, if new values exceed base values by at most `shift`: a small one speaks for
    /// a greater difference. Exact where each stratum's values differ by their place alone; ties count against it.
    #[must_use]
    pub fn p_above(&self, shift: f64) -> f64 {
        self.law.at_least(self.above(shift))
    }

    /// The same if new values exceed base values by at least `shift`: a small one speaks for a lesser difference.
    #[must_use]
    pub fn p_below(&self, shift: f64) -> f64 {
        self.law.at_least(self.below(shift))
    }

    /// The estimate of Hodges & Lehmann ("Estimates of Location Based on Rank Tests", Annals of Mathematical Statistics
    /// 34, 1963): the median of all differences between a new value and a base value of one stratum.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        let half = self.law.pairs.div_ceil(2);
        (self.last_above(half) + self.first_below(half)) / 2.0
    }

    /// The shifts that neither test would refuse at `level`: an interval of confidence 1 − 2·level. An end is absent
    /// where there are too few values to bound it.
    #[must_use]
    pub fn interval(&self, level: f64) -> (Option<f64>, Option<f64>) {
        let critical = self.law.critical(level);
        (critical.map(|pairs| self.last_above(pairs)), critical.map(|pairs| self.first_below(pairs)))
    }

    fn above(&self, shift: f64) -> usize {
        self.strata.iter().map(|stratum| stratum.above(shift)).sum()
    }

    fn below(&self, shift: f64) -> usize {
        self.strata.iter().map(|stratum| stratum.below(shift)).sum()
    }

    /// The greatest shift that `pairs` differences reach.
    fn last_above(&self, pairs: usize) -> f64 {
        self.bisect(|shift| self.above(shift) < pairs)
    }

    /// The least shift that `pairs` differences do not exceed.
    fn first_below(&self, pairs: usize) -> f64 {
        self.bisect(|shift| self.below(shift) >= pairs)
    }

    /// Where `holds` becomes true. All differences are too many to sort where samples are; halving needs few passes.
    fn bisect(&self, holds: impl Fn(f64) -> bool) -> f64 {
        let reach = self.strata.iter().map(|stratum| stratum.reach());
        let ends = reach.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), (low, high)| (a.min(low), b.max(high)));
        let margin = 1e-9 + 1e-9 * ends.0.abs().max(ends.1.abs());
        let (mut low, mut high) = (ends.0 - margin, ends.1 + margin);
        loop {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high || high - low < 1e-13 {
                return high;
            }
            if holds(middle) { high = middle } else { low = middle }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    use super::{PairLaw, Sorted, Strata, Stratum};

    fn law(sizes: &[(usize, usize)]) -> PairLaw {
        PairLaw::of(sizes)
    }

    /// One-sided p-values of `scipy.stats.mannwhitneyu(new, base, alternative="greater", method="exact")`.
    #[test]
    fn one_stratum_agrees_with_scipy() {
        let steps =
            |factor: u32, from: f64| -> Vec<f64> { (1..=30).map(|i| f64::from(i * factor % 101) + from).collect() };
        for (base, new, p) in [
            (vec![1.0, 2.0, 3.0], vec![2.5, 3.5, 4.5], 0.1),
            (vec![1.1, 1.4, 0.9, 1.3, 1.2, 1.6], vec![1.5, 1.7, 1.25, 1.8], 0.057_142_857_142_857_14),
            (vec![3.0, 1.0, 4.0, 15.0, 9.0, 2.6], vec![5.0, 3.5, 8.0, 9.7, 9.3, 2.3, 8.4], 0.266_899_766_899_766_9),
            (steps(37, 0.0), steps(61, 12.5), 0.167_697_804_953_652_77),
        ] {
            let stratum = Stratum::of(base, new).unwrap();
            let (strata, law) = ([&stratum], law(&[stratum.sizes()]));
            let found = Strata::new(&strata, &law).p_above(0.0);
            assert!((found - p).abs() < 1e-12, "{found} instead of {p}");
        }
    }

    #[test]
    fn three_against_three_reach_one_in_twenty_and_five_strata_of_them_far_less() {
        assert!((law(&[(3, 3)]).at_least(9) - 0.05).abs() < 1e-15);
        let five = law(&[(3, 3); 5]).at_least(45);
        assert!((five / 0.05_f64.powi(5) - 1.0).abs() < 1e-12, "{five}");
        assert!((law(&[(1, 1), (2, 3), (4, 1)]).at_least(0) - 1.0).abs() < 1e-12);
        assert_eq!(law(&[(1, 1)]).at_least(2), 0.0);
    }

    #[test]
    fn the_normal_law_takes_over_without_a_jump() {
        let (exact, normal) = (law(&[(44, 45)]), law(&[(45, 45)]));
        // Half of all pairs and one, two, three standard deviations (121.9 and 123.9) above.
        for (of_exact, of_normal) in [(990, 1_013), (1_112, 1_136), (1_234, 1_260), (1_356, 1_384)] {
            let ratio = normal.at_least(of_normal) / exact.at_least(of_exact);
            assert!((0.9..1.2).contains(&ratio), "{of_exact}: {ratio}");
        }
    }

    #[test]
    fn a_shift_is_tested_estimated_and_bounded() {
        let base = [1.0, 2.0, 3.0, 4.0, 5.0];
        let stratum = Stratum::of(base, base.map(|value| value + 10.0)).unwrap();
        let (strata, law) = ([&stratum], law(&[(5, 5)]));
        let strata = Strata::new(&strata, &law);
        assert!((strata.estimate() - 10.0).abs() < 1e-9);
        let (low, high) = strata.interval(0.025);
        let (low, high) = (low.unwrap(), high.unwrap());
        // R: wilcox.test(base + 10, base, conf.int = TRUE, exact = TRUE) bounds by the third of 25 differences: 7, 13.
        assert!((low - 7.0).abs() < 1e-9 && (high - 13.0).abs() < 1e-9, "{low} {high}");
        assert!(strata.p_above(5.0) < 0.05 && strata.p_above(10.0) > 0.3);
        assert!(strata.p_below(15.0) < 0.05 && strata.p_below(10.0) > 0.3);
    }

    #[test]
    fn too_few_values_bound_nothing_and_none_are_no_stratum() {
        let stratum = Stratum::of([1.0], [2.0]).unwrap();
        let (strata, law) = ([&stratum], law(&[(1, 1)]));
        assert_eq!(Strata::new(&strata, &law).interval(0.025), (None, None));
        assert_eq!(Stratum::of([], [1.0]), None);
        assert_eq!(Stratum::of([f64::NAN], [1.0]), None);
    }

    proptest! {
        #[test]
        fn counting_pairs_is_what_a_double_loop_counts(
            base in prop::collection::vec(0..20_u8, 1..12), new in prop::collection::vec(0..20_u8, 1..12), by in 0..9_u8,
        ) {
            let (base, new): (Vec<f64>, Vec<f64>) =
                (base.into_iter().map(f64::from).collect(), new.into_iter().map(f64::from).collect());
            let shift = f64::from(by) - 4.0;
            let differences: Vec<f64> = new.iter().flat_map(|n| base.iter().map(move |b| n - b)).collect();
            let stratum = Stratum::of(base, new).unwrap();
            prop_assert_eq!(stratum.above(shift), differences.iter().filter(|d| **d > shift).count());
            prop_assert_eq!(stratum.below(shift), differences.iter().filter(|d| **d < shift).count());
            let law = PairLaw::of(&[stratum.sizes()]);
            let (strata, median) = ([&stratum], Sorted::new(differences).median().unwrap());
            prop_assert!((Strata::new(&strata, &law).estimate() - median).abs() < 1e-9);
        }
    }
}
