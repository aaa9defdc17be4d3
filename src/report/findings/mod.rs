//! What the numbers say: how each strategy grows, which overtakes which, how busy the CPU was, and which strategy is the
//! cheapest of the fast ones. Each finding holds the numbers that it rests on. Reads cells only; knows no words.

mod cost;
mod finding;
mod growth;
mod overtaking;

pub use cost::NEAR;
pub use finding::{Finding, FindingKind, FindingTopic, GrowthShape, LineFit, StrategyOrder};

use crate::model::StrategyLine;
use crate::report::cell::Cell;
use finding::Measurements;

/// All findings, by kind. Empty where no sample is valid.
pub(super) fn of(lines: &[StrategyLine], cells: &[Cell<'_>]) -> Vec<Finding> {
    let good: Vec<&Cell<'_>> = cells.iter().filter(|cell| cell.median().is_some()).collect();
    let measured =
        Measurements { lines, by_line: good.chunk_by(|a, b| a.strategy_index == b.strategy_index).collect() };
    let mut findings: Vec<Finding> = cost::cheapest(&measured).into_iter().collect();
    findings.extend(growth::of(&measured));
    findings.extend(overtaking::of(&measured));
    findings.extend(cost::waiting(&measured));
    findings
}

#[cfg(test)]
mod tests {
    use super::FindingTopic;
    use crate::model::SampleStatus;
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    #[test]
    fn findings_stand_by_kind_and_the_article_has_each() {
        let run = article(3);
        let kinds: Vec<_> = Report::of(&run).findings.iter().map(|finding| finding.kind.topic()).collect();
        let ranks: Vec<_> =
            kinds.iter().map(|kind| FindingTopic::ALL.iter().position(|other| other == kind).unwrap()).collect();
        assert!(ranks.is_sorted());
        assert!(FindingTopic::ALL.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    }

    #[test]
    fn nothing_measured_is_nothing_found() {
        let builder = RunBuilder::new().strategy("a", "async", None).sample(0, 10, 1.0);
        let run = builder.also(|row| row.status = SampleStatus::Failed).run();
        assert_eq!(Report::of(&run).findings, []);
    }
}
