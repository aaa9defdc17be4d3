//! What a chart is, what it is made of, and why it may not be drawn.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::config::{ChartSpec, Label, Labels};
use crate::model::figure::Figure;
use crate::model::{Nanos, RequestCount, TargetEstimate, Targets};
use crate::report::{ReferenceLine, Report};

/// A kind of chart: static, listed in [`CHARTS`](super::CHARTS).
pub trait Chart: Sync {
    /// The word after `kind =`, and the stem of its files.
    fn name(&self) -> &'static str;

    /// The keys of a `[[chart]]` that it takes beside `kind`, `title` and `strategies`.
    fn options(&self) -> &'static [&'static str];

    /// Its figures, at least one, each with an id of its own that starts with the chart's name. The `kind` of the spec is
    /// not looked at. Strategies keep their colour when the spec draws some of them.
    ///
    /// # Errors
    /// Why the report cannot be drawn in this way.
    fn figures(&self, subject: &Subject<'_>) -> Result<Vec<Figure>, WhyNot>;
}

/// What a chart is made of.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The numbers.
    pub report: &'a Report<'a>,
    /// What the config asks for.
    pub spec: &'a ChartSpec,
    /// The words around them.
    pub labels: &'a Labels,
}

/// What a chart over request counts takes.
pub(super) const BY_COUNT: &[&str] = &["x-label", "y-label", "x-scale", "y-scale"];

/// What a chart of durations takes.
pub(super) const DIVIDED: &[&str] = &["x-label", "y-label", "x-scale", "y-scale", "normalize"];

/// Why a chart cannot be drawn.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WhyNot {
    /// The kind is not in the registry.
    #[error("there is no chart `{0}`")]
    UnknownKind(String),
    /// The chart asks for a strategy that the run has not.
    #[error("the run has no strategy `{0}`")]
    UnknownStrategy(String),
    /// No sample took any time.
    #[error("no sample was measured")]
    NoSamples,
    /// Samples there are, but none that counts.
    #[error("every sample failed")]
    AllFailed,
    /// A speed-up needs another strategy to refer to.
    #[error("it compares strategies, and at no request count are there two to compare")]
    NothingToCompare,
    /// The best possible duration is not known.
    #[error("the best possible duration is not known")]
    NoIdeal,
    /// What is counted is something else.
    #[error("the table counts no requests")]
    NoRequestCounts,
    /// The single requests were not recorded.
    #[error("the single requests were not recorded")]
    NoRequests,
    /// The single requests were not recorded at the count that the chart asks for.
    #[error("the single requests of a sample of {0} were not recorded")]
    NoRequestsAt(RequestCount),
    /// Durations are to be divided by a delay that is not there.
    #[error("the delay that it divides by is not known or zero")]
    NoDelay,
    /// What the samples cost was not recorded.
    #[error("neither CPU time nor memory nor context switches were recorded")]
    NoCost,
}

/// More lines than this are not told apart: of more strategies a chart draws those that it names, else the fastest.
pub(crate) const MOST_LINES: usize = 40;

impl Subject<'_> {
    /// The strategies that the chart draws, ascending.
    pub(super) fn strategy_indices(&self) -> Result<Vec<usize>, WhyNot> {
        let (names, wanted) = (|| self.report.strategies.iter().map(|line| line.name.as_str()), &self.spec.strategies);
        let known = || names().chain(self.report.references.iter().map(|line| line.about.name.as_str()));
        if let Some(unknown) = wanted.iter().find(|name| known().all(|known| known != *name)) {
            return Err(WhyNot::UnknownStrategy(unknown.clone()));
        }
        if self.is_chosen() {
            return Ok(self.foremost());
        }
        let drawn = |name: &str| wanted.is_empty() || wanted.iter().any(|other| other == name);
        Ok(names().enumerate().filter(|(_, name)| drawn(name)).map(|(strategy_index, _)| strategy_index).collect())
    }

    /// Whether there are more strategies than a chart draws that names none.
    pub(super) fn is_chosen(&self) -> bool {
        self.spec.strategies.is_empty() && self.report.strategies.len() > MOST_LINES
    }

    /// The one that speed-ups refer to and the fastest ones, ascending.
    fn foremost(&self) -> Vec<usize> {
        let ranking = self.report.answer.iter().flat_map(|answer| &answer.ranking);
        let fastest = ranking.map(|ranked| ranked.strategy_index);
        let mut chosen = BTreeSet::new();
        for strategy_index in self.report.baseline.into_iter().chain(fastest).chain(0..self.report.strategies.len()) {
            if chosen.len() < MOST_LINES {
                chosen.insert(strategy_index);
            }
        }
        chosen.into_iter().collect()
    }

    /// The lines measured elsewhere that the chart draws.
    pub(super) fn references(&self) -> impl Iterator<Item = &'_ ReferenceLine<'_>> {
        let wanted = &self.spec.strategies;
        let drawn = |name: &String| wanted.is_empty() || wanted.contains(name);
        self.report.references.iter().filter(move |line| drawn(&line.about.name))
    }

    /// What durations are divided by, in seconds; 1 where they are not.
    ///
    /// # Errors
    /// Where they are to be divided by a delay that is not known or zero.
    pub(super) fn divisor(&self) -> Result<f64, WhyNot> {
        if !self.spec.normalize {
            return Ok(1.0);
        }
        let facts = self.report.facts;
        let estimated = || match &facts.estimates[..] {
            [TargetEstimate { target: None, before, .. }] => *before,
            _ => None,
        };
        let delay = facts.target.as_ref().and_then(Targets::delay).or_else(estimated);
        delay.map(Nanos::as_secs_f64).filter(|delay| *delay > 0.0).ok_or(WhyNot::NoDelay)
    }

    /// What the durations of a line measured elsewhere are divided by, in seconds; `None` where it is not known.
    pub(super) fn delay_of(&self, line: &ReferenceLine<'_>) -> Option<f64> {
        if self.spec.normalize { line.about.delay.map(Nanos::as_secs_f64) } else { Some(1.0) }
    }

    /// The title that the config gives, else its own.
    pub(super) fn title(&self, own: impl FnOnce() -> String) -> String {
        self.spec.title.clone().unwrap_or_else(own)
    }

    /// Why nothing is drawn: `why`, unless no sample is valid, which explains it.
    pub(super) fn no_valid_sample_or(&self, why: WhyNot) -> WhyNot {
        let cells = &self.report.cells;
        match cells.iter().all(|cell| cell.points.is_empty()) {
            true if cells.is_empty() => WhyNot::NoSamples,
            true => WhyNot::AllFailed,
            false => why,
        }
    }

    pub(super) fn text(&self, label: Label) -> String {
        self.labels.text(label).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::MOST_LINES;
    use crate::chart::{CHARTS, Subject, plain};
    use crate::config::{ChartSpec, Labels};
    use crate::report::Report;
    use crate::report::testkit::RunBuilder;

    #[test]
    fn of_many_strategies_the_fastest_and_the_baseline_are_drawn_unless_the_chart_names_others() {
        let names = (0..100).map(|index| format!("s{index}"));
        let builder = names.fold(RunBuilder::new(), |builder, name| builder.strategy(&name, "", None));
        let run = (0..100).fold(builder, |builder, index| builder.sample(index, 10, 100.0 - index as f64)).run();
        let report = Report::of(&run);
        let drawn = |strategies: &[&str]| {
            let strategies = strategies.iter().map(|name| (*name).to_owned()).collect();
            let spec = ChartSpec { strategies, ..plain("duration") };
            let subject = Subject { report: &report, spec: &spec, labels: &Labels::default() };
            let figure = CHARTS[0].figures(&subject).unwrap().remove(0);
            let lines = figure.panels[0].series.iter().map(|line| line.strategy_index).collect::<Vec<_>>();
            (lines, figure.caption)
        };
        let (lines, caption) = drawn(&[]);
        let fastest = 100 - MOST_LINES + 1..100;
        assert_eq!(lines, std::iter::once(0).chain(fastest).collect::<Vec<_>>());
        assert!(caption.ends_with("; 40 of 100 strategies are drawn, the fastest at 10 requests."), "{caption}");
        assert_eq!(drawn(&["s3"]), (vec![3], "One sample per point.".to_owned()));
    }
}
