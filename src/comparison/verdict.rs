//! The verdict on each strategy, over all its request counts: faster, slower, the same within the threshold, or can't
//! tell. Pure numbers in, one verdict for each strategy out.
//!
//! Every question is asked of ranks, stratified by request count ([`Strata`]), against the threshold and not against
//! zero. *Slower somewhere*: for each strategy and direction one test pools all counts (half the weight) and one looks at
//! each count alone (the other half); all of them, over all strategies, are corrected together by Holm's weighted
//! procedure, so the chance of even one false "slower" or "faster" in a comparison stays below [`LEVEL`]. *The same*: all
//! counts together must be shown to lie within the threshold, from both sides (two one-sided tests: Schuirmann, "A
//! Comparison of the Two One-Sided Tests Procedure and the Power Approach", Journal of Pharmacokinetics and
//! Biopharmaceutics 15, 1987), and no count may look as if it lay beyond. To ask for that proof from each count alone was
//! tried and left: with three samples one outlier anywhere forbids it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::comparison::repeats::{self, LEVEL, Question};
use crate::stats::{self, PairLaw, Strata, Stratum};

/// What is said about a strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// By more than the threshold, at one count at least.
    Slower,
    /// By more than the threshold, at one count at least, and no count looks slower by more than it.
    Faster,
    /// Within the threshold over all counts, and no count looks as if it were not.
    Same,
    /// The samples decide none of these.
    CannotTell,
}

impl Verdict {
    /// The words in tables and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slower => "slower",
            Self::Faster => "faster",
            Self::Same => "same",
            Self::CannotTell => "can't tell",
        }
    }
}

/// A ratio of durations, new over base, with an interval; an end is absent where there are too few samples to bound it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// Above 1 is slower.
    pub value: f64,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A strategy's samples at the counts that both runs hold: logarithms of durations, by count.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    strata: Vec<Stratum>,
    /// How far two samples of a cell lie apart, of all cells.
    gaps: Vec<f64>,
}

impl Curve {
    /// Adds a count; durations in seconds, in the order measured. Returns whether there were samples above zero on both
    /// sides; nothing is added otherwise.
    pub fn add(&mut self, base: &[f64], new: &[f64]) -> bool {
        let logs = |set: &[f64]| -> Vec<f64> { set.iter().map(|s| s.ln()).filter(|log| log.is_finite()).collect() };
        let (base, new) = (logs(base), logs(new));
        self.gaps.extend([&base, &new].iter().flat_map(|set| set.windows(2)).map(|pair| (pair[1] - pair[0]).abs()));
        let stratum = Stratum::of(base, new);
        let added = stratum.is_some();
        self.strata.extend(stratum);
        added
    }
}

/// What the samples say about one strategy.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// New over base, over all counts, with its 95 % interval; `None` where nothing could be compared.
    pub ratio: Option<Ratio>,
    /// The level at which it would be called slower, and faster: p-values after correction for all tests.
    pub p_slower: f64,
    /// See `p_slower`.
    pub p_faster: f64,
    /// The level at which it would be called the same.
    pub p_same: f64,
    /// Positions of the counts that are slower by more than the threshold, each for itself.
    pub slower_at: Vec<usize>,
    /// The same for faster.
    pub faster_at: Vec<usize>,
    /// Where the verdict is "can't tell": how many samples of each cell, in both runs, would probably decide.
    pub repeats: Option<u32>,
}

/// Judges every strategy of a comparison. `threshold` is a share, 0 or more: slower is above 1 + threshold times, faster
/// below 1/(1 + threshold) times. Cost: see [`PairLaw`] for each strategy, then n·log n.
#[must_use]
pub fn judge(curves: &[Curve], threshold: f64) -> Vec<Judged> {
    let limit = threshold.ln_1p();
    let mut laws = Laws::default();
    let asked: Vec<Asked> = curves.iter().map(|curve| Asked::of(curve, limit, &mut laws)).collect();
    let tests: Vec<(f64, f64)> = asked.iter().flat_map(Asked::tests).collect();
    let corrected = stats::holm_weighted(&tests);
    let mut rest = corrected.as_slice();
    let mut judged = Vec::with_capacity(curves.len());
    for (curve, asked) in curves.iter().zip(&asked) {
        let (own, others) = rest.split_at(asked.tests().count());
        rest = others;
        judged.push(asked.judged(curve, own, limit, curves.len()));
    }
    judged
}

/// Laws by the sizes of their strata: most strategies of a run share theirs.
#[derive(Default)]
struct Laws(BTreeMap<Vec<(usize, usize)>, PairLaw>);

impl Laws {
    fn of(&mut self, strata: &[&Stratum]) -> PairLaw {
        match self.0.entry(strata.iter().map(|stratum| stratum.sizes()).collect()) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => {
                let law = PairLaw::of(unknown.key());
                unknown.insert(law).clone()
            }
        }
    }
}

/// The tests of one strategy, uncorrected.
struct Asked {
    ratio: Option<Ratio>,
    /// Of all counts together: slower, faster.
    pooled: [f64; 2],
    /// Of all counts together: neither slower nor faster.
    same: f64,
    cells: Vec<AskedCell>,
}

struct AskedCell {
    /// Slower, faster.
    beyond: [f64; 2],
    /// Estimated shift of the logarithm.
    shift: f64,
}

impl Asked {
    fn of(curve: &Curve, limit: f64, laws: &mut Laws) -> Self {
        let all: Vec<&Stratum> = curve.strata.iter().collect();
        let law = laws.of(&all);
        let pooled = Strata::new(&all, &law);
        let ratio = (!all.is_empty()).then(|| {
            let (low, high) = pooled.interval(LEVEL / 2.0);
            Ratio { value: pooled.estimate().exp(), low: low.map(f64::exp), high: high.map(f64::exp) }
        });
        let cell = |stratum: &&Stratum| {
            let (alone, law) = ([*stratum], laws.of(&[stratum]));
            let strata = Strata::new(&alone, &law);
            AskedCell { beyond: [strata.p_above(limit), strata.p_below(-limit)], shift: strata.estimate() }
        };
        let cells = all.iter().map(cell).collect();
        let beyond = [pooled.p_above(limit), pooled.p_below(-limit)];
        let same = pooled.p_below(limit).max(pooled.p_above(-limit));
        Self { ratio, pooled: beyond, same, cells }
    }

    /// p-values and weights: slower, then faster; pooled, then by count. Each direction weighs 1.
    fn tests(&self) -> impl Iterator<Item = (f64, f64)> {
        let of_cell = 0.5 / self.cells.len().max(1) as f64;
        (0..2).filter(|_| !self.cells.is_empty()).flat_map(move |direction| {
            let cells = self.cells.iter().map(move |cell| (cell.beyond[direction], of_cell));
            std::iter::once((self.pooled[direction], 0.5)).chain(cells)
        })
    }

    fn judged(&self, curve: &Curve, corrected: &[f64], limit: f64, strategies: usize) -> Judged {
        let (slower, faster) = corrected.split_at(corrected.len() / 2);
        let least = |tests: &[f64]| tests.iter().copied().fold(1.0, f64::min);
        let speaking = |tests: &[f64]| (1..tests.len()).filter(|cell| tests[*cell] <= LEVEL).map(|c| c - 1).collect();
        let (p_slower, p_faster) = (least(slower), least(faster));
        let none_looks = |beyond: fn(f64, f64) -> bool| self.cells.iter().all(|cell| !beyond(cell.shift, limit));
        let none_slower = none_looks(|shift, limit| shift > limit);
        let none_faster = none_looks(|shift, limit| shift < -limit);
        let nothing = self.cells.is_empty();
        let verdict = match () {
            () if p_slower <= LEVEL => Verdict::Slower,
            () if p_faster <= LEVEL && none_slower => Verdict::Faster,
            () if !nothing && self.same <= LEVEL && none_slower && none_faster => Verdict::Same,
            () => Verdict::CannotTell,
        };
        let repeats = (verdict == Verdict::CannotTell && !nothing).then(|| {
            let shifts: Vec<f64> = self.cells.iter().map(|cell| cell.shift).collect();
            let pooled = self.ratio.map_or(0.0, |ratio| ratio.value.ln());
            repeats::deciding(&Question { pooled, shifts: &shifts, gaps: &curve.gaps, limit, strategies })
        });
        Judged {
            verdict,
            ratio: self.ratio,
            p_slower,
            p_faster,
            p_same: self.same,
            slower_at: speaking(slower),
            faster_at: speaking(faster),
            repeats: repeats.flatten(),
        }
    }
}
