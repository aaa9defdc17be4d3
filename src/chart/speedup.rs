//! How many times faster each strategy is than the baseline.

use crate::chart::by_count::{self, CellValue, Quantity};
use crate::chart::ideal::Ideal;
use crate::chart::kind::{BY_COUNT, Chart, Subject, WhyNot};
use crate::chart::{captions, words};
use crate::config::Label;
use crate::model::figure::{Figure, Role, Unit};

/// Speed-up by request count, with the best possible one.
pub(super) struct SpeedupChart;

const QUANTITY: Quantity = Quantity {
    label: Label::Speedup,
    unit: Unit::Ratio,
    value: |cell| cell.speedup.map(|y| CellValue { y, interval: None }),
    failures: false,
};

impl Chart for SpeedupChart {
    fn name(&self) -> &'static str {
        "speedup"
    }

    fn options(&self) -> &'static [&'static str] {
        BY_COUNT
    }

    fn figures(&self, subject: &Subject<'_>) -> Result<Vec<Figure>, WhyNot> {
        let (report, strategy_indices) = (subject.report, subject.strategy_indices()?);
        let baseline = report.baseline.ok_or(WhyNot::NoSamples)?;
        let others: Vec<usize> =
            strategy_indices.iter().copied().filter(|strategy_index| *strategy_index != baseline).collect();
        let compared =
            |strategy_index: &usize| report.cells_of(*strategy_index).iter().any(|cell| cell.speedup.is_some());
        if !others.iter().any(compared) {
            return Err(if report.cells.is_empty() { WhyNot::NoSamples } else { WhyNot::NothingToCompare });
        }
        let base = Ideal::of(report, baseline);
        let ideal = |own: &Ideal| own.speedup_over(&base);
        let panel = by_count::panel_with_ideals(subject, &strategy_indices, &QUANTITY, &others, ideal);
        let name = &report.strategies[baseline].name;
        let has_ideal = panel.series.iter().any(|line| line.role == Role::Ideal);
        Ok(vec![Figure {
            id: "speedup".to_owned(),
            title: subject.title(|| subject.labels.fill(Label::SpeedupTitle, &[("strategy", name)])),
            description: words::sentence(subject.labels, by_count::trends(subject, &panel)),
            caption: captions::caption(
                subject.labels,
                [
                    captions::samples(subject, &strategy_indices),
                    Some(subject.labels.fill(Label::Baseline, &[("strategy", name)])),
                    has_ideal.then(|| captions::dashed(subject)),
                    captions::not_drawn(subject, &strategy_indices),
                ],
            ),
            panels: vec![panel],
            ..Figure::default()
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::SpeedupChart;
    use crate::chart::WhyNot;
    use crate::chart::contract::figures;
    use crate::model::Nanos;
    use crate::model::figure::Scale;
    use crate::report::testkit::{RunBuilder, article};

    #[test]
    fn strategies_are_compared_at_equal_counts() {
        let run = article(3);
        let drawn = figures(&SpeedupChart, &run).unwrap();
        let panel = &drawn[0].panels[0];
        assert_eq!(drawn[0].title, "Speed-up over single_thread");
        assert_eq!(panel.series[0].points[4].y, Some(1.0));
        assert!((panel.series[3].points[4].y.unwrap() - 5.002 / 0.102).abs() < 1e-9);
        let ideal = panel.series.last().unwrap();
        assert_eq!((ideal.name.as_str(), ideal.points[4].y), ("ideal (async_get)", Some(50.0)));
        assert_eq!(panel.series.len(), 4 + 2, "the baseline's own ideal is no line");
    }

    #[test]
    fn an_ideal_far_above_makes_the_axis_logarithmic() {
        let scale = |ideal_ms: u64| {
            let builder = RunBuilder::new().strategy("a", "sequential", None).strategy("b", "async", None);
            let run = [(0, 1_000), (1, ideal_ms)].iter().fold(builder, |builder, (index, ideal)| {
                builder.sample(*index, 10, 2.0).also(|row| row.ideal_s = Some(Nanos::from_millis(*ideal)))
            });
            figures(&SpeedupChart, &run.run()).unwrap()[0].panels[0].y.scale
        };
        assert_eq!((scale(500), scale(10)), (Scale::Linear, Scale::Log));
    }

    #[test]
    fn one_strategy_or_no_common_count_cannot_be_compared() {
        let alone = RunBuilder::new().strategy("a", "", None).sample(0, 10, 1.0);
        let apart =
            RunBuilder::new().strategy("a", "", None).strategy("b", "", None).sample(0, 10, 1.0).sample(1, 20, 1.0);
        for run in [alone.run(), apart.run()] {
            let found = figures(&SpeedupChart, &run);
            assert_eq!(found, Err(WhyNot::NothingToCompare));
        }
    }
}
