//! How many requests a second each strategy gets through.

use crate::chart::by_count::{self, Quantity, Value};
use crate::chart::{Chart, WhyNot, slots, words};
use crate::config::ChartSpec;
use crate::model::figure::{Arrangement, Figure, Role, Unit};
use crate::report::Report;

/// Request count over median, by request count.
pub(super) struct Throughput;

const QUANTITY: Quantity = Quantity {
    label: "Throughput",
    unit: Unit::PerSecond,
    value: |cell| Value::of_median(cell, |median| f64::from(cell.requests) / median),
    failures: false,
};

impl Chart for Throughput {
    fn name(&self) -> &'static str {
        "throughput"
    }

    fn about(&self) -> &'static str {
        "requests per second by request count, with the ideal"
    }

    fn figures(&self, report: &Report<'_>, spec: &ChartSpec) -> Result<Vec<Figure>, WhyNot> {
        let slots = slots(report, spec)?;
        let scale = spec.y_scale.unwrap_or_default();
        let mut panel = by_count::panel(report, spec, &slots, &QUANTITY, scale);
        if panel.series.is_empty() {
            return Err(if report.cells.is_empty() { WhyNot::NoSamples } else { WhyNot::AllFailed });
        }
        by_count::relabel(&mut panel, spec);
        let ideals = by_count::ideals(report, &slots, (panel.x.scale, scale), |cell| {
            Some(f64::from(cell.requests) / cell.ideal_s?)
        });
        panel.series.extend(ideals);
        let has_ideal = panel.series.iter().any(|line| line.role == Role::Ideal);
        Ok(vec![Figure {
            id: "throughput".to_owned(),
            title: spec.title.clone().unwrap_or_else(|| "Throughput by request count".to_owned()),
            description: words::sentence(by_count::courses(&panel)),
            caption: words::caption([
                words::samples(report, &slots),
                words::intervals(report, &slots, by_count::spread_word(&panel)),
                has_ideal.then(|| words::ideal(report)),
            ]),
            panels: vec![panel],
            arrangement: Arrangement::Stacked,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::{Chart, Throughput};
    use crate::chart::plain;
    use crate::report::Report;
    use crate::report::testkit::article;

    #[test]
    fn a_longer_time_is_a_lower_throughput_and_ends_stay_in_order() {
        let run = article(3);
        let figures = Throughput.figures(&Report::of(&run), &plain("throughput")).unwrap();
        let point = figures[0].panels[0].series[0].points[0];
        assert_eq!((point.y, point.interval), (Some(10.0 / 1.002), Some((10.0 / 1.003, 10.0 / 1.001))));
        assert!(
            figures[0].description.contains("single_thread stays at 9.99 per second"),
            "{}",
            figures[0].description
        );
    }
}
