//! What a reader must know of two runs before the verdicts, and how much it matters.

use std::collections::BTreeSet;

use crate::comparison::factor::{Factor, Factors, Grade};
use crate::comparison::failures::Failures;
use crate::model::RequestCount;
use crate::model::secret::HIDDEN;
use crate::report::Caveat;

/// Something that a reader must know before the verdicts.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// How much it matters.
    pub grade: Grade,
    /// What it is.
    pub kind: DifferenceKind,
}

/// One of the two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunSide {
    /// The run that is compared with.
    Base,
    /// The run that is judged.
    New,
}

/// What a difference is.
#[derive(Clone, Debug, PartialEq)]
pub enum DifferenceKind {
    /// Of a bare CSV nothing is known beside its numbers.
    NothingKnown {
        /// Whether the base is one.
        base: bool,
        /// Whether the new run is one.
        new: bool,
    },
    /// Both values are the same as far as they are shown; a part is masked.
    Masked {
        /// What it is about.
        factor: Factor,
        /// The value of both.
        value: String,
    },
    /// Values that differ; `None` is unknown.
    Values {
        /// What they are about.
        factor: Factor,
        /// That of the base.
        base: Option<String>,
        /// That of the new run.
        new: Option<String>,
    },
    /// Samples failed.
    Failures {
        /// Of this strategy.
        strategy: String,
        /// How many.
        failures: Failures,
    },
    /// One run alone was measured there.
    OnlyIn {
        /// This one.
        side: RunSide,
        /// This strategy.
        strategy: String,
        /// At these counts; at all of them where there is none.
        counts: Vec<RequestCount>,
    },
    /// What one run's own report warns of.
    Caveat {
        /// Its run.
        side: RunSide,
        /// The warning.
        caveat: Caveat,
    },
}

/// What differs in what is known of both runs, the gravest first. Of strategies only those that both have are compared.
pub(super) fn differences(base: &Factors, new: &Factors) -> Vec<Difference> {
    if base.is_empty() || new.is_empty() {
        let kind = DifferenceKind::NothingKnown { base: base.is_empty(), new: new.is_empty() };
        return vec![Difference { grade: Grade::Warning, kind }];
    }
    let factors: BTreeSet<&Factor> = base.keys().chain(new.keys()).collect();
    let differing = factors.into_iter().filter_map(|factor| difference(factor, base.get(factor), new.get(factor)));
    let mut differences: Vec<Difference> = differing.collect();
    differences.sort_by_key(|difference| std::cmp::Reverse(difference.grade));
    differences
}

fn difference(factor: &Factor, base: Option<&String>, new: Option<&String>) -> Option<Difference> {
    let of_strategy = matches!(factor, Factor::Strategy(_) | Factor::StrategyVersion(_));
    if of_strategy && (base.is_none() || new.is_none()) {
        return None;
    }
    if base == new {
        let value = base.filter(|value| factor.lacks_part(value))?.clone();
        return Some(Difference {
            grade: Grade::Warning,
            kind: DifferenceKind::Masked { factor: factor.clone(), value },
        });
    }
    // What is unknown is not known to differ.
    let is_known = |value: Option<&String>| value.is_some_and(|value| value != HIDDEN);
    let most = if is_known(base) && is_known(new) { Grade::Incomparable } else { Grade::Warning };
    let kind = DifferenceKind::Values { factor: factor.clone(), base: base.cloned(), new: new.cloned() };
    Some(Difference { grade: factor.grade().min(most), kind })
}

#[cfg(test)]
mod tests {
    use super::{Difference, DifferenceKind, Factor, Factors, Grade, differences};

    fn of(facts: &[(Factor, &str)]) -> Factors {
        facts.iter().map(|(factor, value)| (factor.clone(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_gravest_stands_first_and_equal_ones_are_not_told() {
        let base = of(&[(Factor::Seed, "1"), (Factor::Delay, "100 ms"), (Factor::Cores, "2"), (Factor::Kernel, "6.1")]);
        let new = of(&[(Factor::Seed, "2"), (Factor::Delay, "50 ms"), (Factor::Cores, "8"), (Factor::Kernel, "6.1")]);
        let found = differences(&base, &new);
        let expected = [
            (Grade::Incomparable, Factor::Delay, ["100 ms", "50 ms"]),
            (Grade::Warning, Factor::Cores, ["2", "8"]),
            (Grade::Note, Factor::Seed, ["1", "2"]),
        ];
        let expected = expected.map(|(grade, factor, values)| {
            let [base, new] = values.map(|value| Some(value.to_owned()));
            Difference { grade, kind: DifferenceKind::Values { factor, base, new } }
        });
        assert_eq!(found, expected);
        assert_eq!(differences(&base, &base), []);
    }

    #[test]
    fn what_is_masked_may_differ() {
        let all = of(&[(Factor::Url, "http://a:***@h/?key=***"), (Factor::Body, "***"), (Factor::Headers, "***")]);
        let masked = |factor, value: &str| {
            let kind = DifferenceKind::Masked { factor, value: value.to_owned() };
            Difference { grade: Grade::Warning, kind }
        };
        let expected = [masked(Factor::Url, "http://a:***@h/?key=***"), masked(Factor::Body, "***")];
        assert_eq!(differences(&all, &all), expected);
        let password = of(&[(Factor::Url, "http://a:***@h/")]);
        assert_eq!(differences(&password, &password), []);
        let known = of(&[(Factor::Body, "9 bytes")]);
        assert_eq!(differences(&known, &of(&[(Factor::Body, "***")]))[0].grade, Grade::Warning);
    }

    #[test]
    fn a_strategy_of_one_run_is_no_difference_and_a_bare_csv_is_one() {
        let base = of(&[(Factor::Strategy("a".into()), "async"), (Factor::Target, "delay")]);
        assert_eq!(differences(&base, &of(&[(Factor::Target, "delay")])), []);
        let other = of(&[(Factor::Strategy("a".into()), "sequential"), (Factor::Target, "delay")]);
        assert_eq!(differences(&base, &other)[0].grade, Grade::Incomparable);
        let silent = of(&[(Factor::Target, "delay"), (Factor::Body, "none")]);
        assert_eq!(differences(&base, &silent)[0].grade, Grade::Warning, "a body that only one run tells of");
        let unknown = differences(&base, &Factors::new());
        assert_eq!(unknown[0].grade, Grade::Warning);
        assert_eq!(unknown[0].kind, DifferenceKind::NothingKnown { base: false, new: true });
    }
}
