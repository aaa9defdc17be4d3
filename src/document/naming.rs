//! Names and values of strategies in sentences, the rest counted where there are many.

use crate::model::figure::Unit;
use crate::model::{RequestCount, Varied};
use crate::report::Report;

/// More strategies than this are counted.
pub(super) const MOST_NAMED: usize = 4;

/// More values than this are not listed one by one.
pub(super) const MOST_LISTED: usize = 100;

/// `10, 20, 30`; of many `1 to 100000 (100000 counts)`. `counts` ascend.
pub(super) fn listed_counts(counts: &[RequestCount]) -> String {
    match counts {
        [first, .., last] if counts.len() > MOST_LISTED => format!("{first} to {last} ({} counts)", counts.len()),
        few => few.iter().map(RequestCount::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Names of a report's strategies.
pub(super) struct Names<'a>(pub(super) &'a Report<'a>);

impl Names<'_> {
    /// What the counts are.
    pub(super) fn varied(&self) -> &Varied {
        &self.0.facts.varied
    }

    pub(super) fn of(&self, strategy_index: usize) -> &str {
        &self.0.strategies[strategy_index].name
    }

    /// `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`.
    pub(super) fn listed(&self, strategies: &[usize]) -> String {
        let shown = shown(strategies.len());
        let mut names: Vec<String> = strategies[..shown].iter().map(|index| self.of(*index).to_owned()).collect();
        names.extend((shown < strategies.len()).then(|| format!("{} more", strategies.len() - shown)));
        joined(names)
    }

    /// `a 1.00 ms and b 2.00 ms`, `a 1.00 ms, b 2.00 ms, c 3.00 ms and 9 more 4.00–9.00 ms`: in the order given.
    pub(super) fn valued(&self, values: &[(usize, f64)], unit: Unit) -> String {
        let (told, rest) = values.split_at(shown(values.len()));
        let mut parts: Vec<String> =
            told.iter().map(|(index, value)| format!("{} {}", self.of(*index), unit.text(*value))).collect();
        if !rest.is_empty() {
            parts.push(format!("{} more {}", rest.len(), range(rest, unit)));
        }
        joined(parts)
    }
}

/// From the least of the values to the greatest, or the one that all are.
pub(super) fn range(values: &[(usize, f64)], unit: Unit) -> String {
    let values = || values.iter().map(|(_, value)| *value);
    unit.interval(values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
}

/// How many of so many are named.
const fn shown(all: usize) -> usize {
    if all > MOST_NAMED { MOST_NAMED - 1 } else { all }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn joined(mut parts: Vec<String>) -> String {
    match (parts.pop(), parts.is_empty()) {
        (Some(last), false) => format!("{} and {last}", parts.join(", ")),
        (last, _) => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, listed_counts};
    use crate::model::figure::Unit;
    use crate::report::Report;
    use crate::report::testkit::RunBuilder;

    #[test]
    fn of_many_counts_the_ends_are_told() {
        assert_eq!(listed_counts(&[10, 20, 30]), "10, 20, 30");
        assert_eq!(listed_counts(&(1..=100).collect::<Vec<_>>()).len(), 390);
        assert_eq!(listed_counts(&(1..=101).collect::<Vec<_>>()), "1 to 101 (101 counts)");
    }

    #[test]
    fn of_many_strategies_the_rest_is_counted() {
        let names = ["a", "b", "c", "d", "e", "f"];
        let run = names.iter().fold(RunBuilder::new(), |builder, name| builder.strategy(name, "async", None)).run();
        let report = Report::of(&run);
        let told = Names(&report);
        assert_eq!(told.listed(&[0]), "a");
        assert_eq!(told.listed(&[0, 1, 2, 3]), "a, b, c and d");
        assert_eq!(told.listed(&[0, 1, 2, 3, 4, 5]), "a, b, c and 3 more");
        let values: Vec<(usize, f64)> = (0..6).map(|index| (index, 0.001 * (index + 1) as f64)).collect();
        assert_eq!(told.valued(&values[..2], Unit::Seconds), "a 1.00 ms and b 2.00 ms");
        assert_eq!(told.valued(&values, Unit::Seconds), "a 1.00 ms, b 2.00 ms, c 3.00 ms and 3 more 4.00–6.00 ms");
    }
}
