//! How many requests a second each strategy gets through.

use crate::chart::by_count::{self, CellValue, Quantity};
use crate::chart::ideal::Ideal;
use crate::chart::kind::{BY_COUNT, Chart, Subject, WhyNot};
use crate::chart::{captions, words};
use crate::config::Label;
use crate::model::Varied;
use crate::model::figure::{Figure, Role, Unit};

/// Request count over median, by request count.
pub(super) struct ThroughputChart;

const QUANTITY: Quantity = Quantity {
    label: Label::Throughput,
    unit: Unit::PerSecond,
    value: |cell| CellValue::of_median(cell, |median| f64::from(cell.requests) / median),
    failures: false,
};

impl Chart for ThroughputChart {
    fn name(&self) -> &'static str {
        "throughput"
    }

    fn options(&self) -> &'static [&'static str] {
        BY_COUNT
    }

    fn figures(&self, subject: &Subject<'_>) -> Result<Vec<Figure>, WhyNot> {
        let strategy_indices = subject.strategy_indices()?;
        if subject.report.facts.varied != Varied::Requests {
            return Err(WhyNot::NoRequestCounts);
        }
        let ideal = |ideal: &Ideal| {
            let corners = ideal.corners().into_iter();
            corners.map(|(requests, ideal_s)| (requests, f64::from(requests) / ideal_s)).collect()
        };
        let with_ideal = strategy_indices.as_slice();
        let mut panel = by_count::panel_with_ideals(subject, with_ideal, &QUANTITY, with_ideal, ideal);
        if panel.series.iter().all(|line| line.role == Role::Ideal) {
            return Err(if subject.report.cells.is_empty() { WhyNot::NoSamples } else { WhyNot::AllFailed });
        }
        panel
            .series
            .extend(by_count::elsewhere(subject, (panel.x.scale, panel.y.scale), |_, cell| cell.throughput_rps()));
        let has_ideal = panel.series.iter().any(|line| line.role == Role::Ideal);
        Ok(vec![Figure {
            id: "throughput".to_owned(),
            title: subject.title(|| subject.text(Label::ThroughputTitle)),
            description: words::sentence(subject.labels, by_count::trends(subject, &panel)),
            caption: captions::caption(
                subject.labels,
                [
                    captions::samples(subject, &strategy_indices),
                    captions::intervals(subject, &strategy_indices, &panel),
                    has_ideal.then(|| captions::dashed(subject)),
                    captions::elsewhere(subject, &panel),
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
    use super::ThroughputChart;
    use crate::chart::contract::figures;
    use crate::report::testkit::article;

    #[test]
    fn a_longer_time_is_a_lower_throughput_and_ends_stay_in_order() {
        let run = article(3);
        let drawn = figures(&ThroughputChart, &run).unwrap();
        let point = drawn[0].panels[0].series[0].points[0];
        assert_eq!((point.y, point.interval), (Some(10.0 / 1.002), Some((10.0 / 1.003, 10.0 / 1.001))));
        assert!(drawn[0].description.contains("single_thread stays at 9.99 per second"), "{}", drawn[0].description);
    }
}
