//! What each strategy adds to the best possible duration.

use crate::chart::by_count::{self, CellValue, Quantity};
use crate::chart::kind::{Chart, DIVIDED, Subject, WhyNot};
use crate::chart::{captions, words};
use crate::config::Label;
use crate::model::figure::{Figure, Unit};
use crate::report::Report;

/// Median less ideal, by request count.
pub(super) struct OverheadChart;

const QUANTITY: Quantity = Quantity {
    label: Label::Overhead,
    unit: Unit::Seconds,
    value: |cell| {
        let ideal = cell.recorded.ideal_s?;
        CellValue::of_median(cell, |median| median - ideal)
    },
    failures: false,
};

impl Chart for OverheadChart {
    fn name(&self) -> &'static str {
        "overhead"
    }

    fn options(&self) -> &'static [&'static str] {
        DIVIDED
    }

    fn figures(&self, subject: &Subject<'_>) -> Result<Vec<Figure>, WhyNot> {
        let (strategy_indices, divisor) = (subject.strategy_indices()?, subject.divisor()?);
        let mut panel =
            by_count::panel(subject, &strategy_indices, &QUANTITY, subject.spec.y_scale.unwrap_or_default());
        if panel.series.is_empty() {
            return Err(why_not(subject.report));
        }
        by_count::divide(subject, &mut panel, (divisor, Label::RelativeOverhead));
        by_count::relabel(&mut panel, subject);
        Ok(vec![Figure {
            id: "overhead".to_owned(),
            title: subject.title(|| subject.text(Label::OverheadTitle)),
            description: words::sentence(subject.labels, by_count::trends(subject, &panel)),
            caption: captions::caption(
                subject.labels,
                [
                    captions::samples(subject, &strategy_indices),
                    captions::intervals(subject, &strategy_indices, &panel),
                    Some(captions::zero(subject)),
                    captions::divided(subject),
                    captions::not_drawn(subject, &strategy_indices),
                ],
            ),
            panels: vec![panel],
            ..Figure::default()
        }])
    }
}

fn why_not(report: &Report<'_>) -> WhyNot {
    if report.cells.is_empty() {
        WhyNot::NoSamples
    } else if report.cells.iter().all(|cell| cell.summary.is_none()) {
        WhyNot::AllFailed
    } else {
        WhyNot::NoIdeal
    }
}

#[cfg(test)]
mod tests {
    use super::OverheadChart;
    use crate::chart::WhyNot;
    use crate::chart::contract::figures;
    use crate::report::testkit::{RunBuilder, article};

    #[test]
    fn the_ideal_is_taken_off_value_and_interval() {
        let run = article(3);
        let drawn = figures(&OverheadChart, &run).unwrap();
        for line in &drawn[0].panels[0].series {
            for point in &line.points {
                let (low, high) = point.interval.unwrap();
                let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
                assert!(near(point.y.unwrap(), 0.002) && near(low, 0.001) && near(high, 0.003), "{point:?}");
            }
        }
        assert!(drawn[0].caption.ends_with("0 is the ideal for a delay of 100 ms."), "{}", drawn[0].caption);
    }

    #[test]
    fn without_an_ideal_it_says_so() {
        let run = RunBuilder::new().strategy("a", "", None).sample(0, 10, 1.0).run();
        assert_eq!(figures(&OverheadChart, &run), Err(WhyNot::NoIdeal));
    }
}
