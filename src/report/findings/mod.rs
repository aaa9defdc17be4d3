//! What the numbers say, in sentences: how each strategy grows, which overtakes which, how busy the CPU was, and which
//! strategy is the cheapest of the fast ones. Each finding holds the numbers that it rests on, or says that the data
//! can't tell. Reads cells only; knows nothing of charts or files.

mod cost;
mod growth;
mod overtaking;

use crate::model::{Nanos, RequestCount, StrategyLine};
use crate::report::cell::Cell;

/// Fewer samples than this have no interval that says much.
const ENOUGH: usize = 3;

/// One statement about the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it is about.
    pub kind: FindingKind,
    /// Whether the data settle the question; where not, the text says why.
    pub settled: bool,
    /// The strategies it is about.
    pub slots: Vec<usize>,
    /// The request counts it rests on, ascending.
    pub requests: Vec<RequestCount>,
    /// The numbers it rests on by name; a name's end is its unit, as in files.
    pub numbers: Vec<(&'static str, f64)>,
    /// The statement: one sentence or two.
    pub text: String,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// The strategy to choose at the largest count.
    Cheapest,
    /// How duration grows with the number of requests.
    Growth,
    /// From where on one strategy is faster than another.
    Overtaking,
    /// How much of the time the CPU worked.
    Waiting,
}

impl FindingKind {
    /// Every one, in the order told.
    pub const ALL: [Self; 4] = [Self::Cheapest, Self::Growth, Self::Overtaking, Self::Waiting];

    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cheapest => "cheapest",
            Self::Growth => "growth",
            Self::Overtaking => "overtaking",
            Self::Waiting => "waiting",
        }
    }

    /// A heading over findings of this kind.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Cheapest => "Fastest and cheapest",
            Self::Growth => "Growth with the number of requests",
            Self::Overtaking => "Who overtakes whom",
            Self::Waiting => "Waiting and working",
        }
    }
}

/// All findings, by kind. Empty where no sample counts.
pub(super) fn of(lines: &[StrategyLine], cells: &[Cell<'_>]) -> Vec<Finding> {
    let good: Vec<&Cell<'_>> = cells.iter().filter(|cell| cell.median().is_some()).collect();
    let told = Told { lines, by_line: good.chunk_by(|a, b| a.slot == b.slot).collect() };
    let mut findings: Vec<Finding> = cost::cheapest(&told).into_iter().collect();
    findings.extend(growth::of(&told));
    findings.extend(overtaking::of(&told));
    findings.extend(cost::waiting(&told));
    findings
}

/// What findings are made of: cells with a median, by strategy, then by count.
struct Told<'a> {
    lines: &'a [StrategyLine],
    by_line: Vec<&'a [&'a Cell<'a>]>,
}

impl Told<'_> {
    fn name(&self, slot: usize) -> &str {
        &self.lines[slot].name
    }
}

/// A duration for people.
fn time(seconds: f64) -> String {
    let minus = if seconds < 0.0 { "−" } else { "" };
    format!("{minus}{}", Nanos::from_secs_f64(seconds.abs()).human())
}

#[cfg(test)]
mod tests {
    use super::{FindingKind, time};
    use crate::model::SampleStatus;
    use crate::report::Report;
    use crate::report::testkit::{Sketch, article};

    #[test]
    fn findings_stand_by_kind_and_the_article_has_each() {
        let run = article(3);
        let kinds: Vec<_> = Report::of(&run).findings.iter().map(|finding| finding.kind).collect();
        let ranks: Vec<_> =
            kinds.iter().map(|kind| FindingKind::ALL.iter().position(|other| other == kind).unwrap()).collect();
        assert!(ranks.is_sorted());
        assert!(FindingKind::ALL.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    }

    #[test]
    fn nothing_measured_is_nothing_found() {
        let sketch = Sketch::new().strategy("a", "async", None).sample(0, 10, 1.0);
        let run = sketch.also(|row| row.status = SampleStatus::Failed).run();
        assert_eq!(Report::of(&run).findings, []);
    }

    #[test]
    fn times_keep_their_sign() {
        assert_eq!(time(-0.0015), "−1.5 ms");
        assert_eq!(time(0.1), "100 ms");
    }
}
