//! What each strategy adds to the best possible duration.

use crate::chart::by_count::{self, Quantity, Value};
use crate::chart::{Chart, WhyNot, slots, words};
use crate::config::ChartSpec;
use crate::model::figure::{Arrangement, Figure, Unit};
use crate::report::Report;

/// Median less ideal, by request count.
pub(super) struct Overhead;

const QUANTITY: Quantity = Quantity {
    label: "Time over the ideal",
    unit: Unit::Seconds,
    value: |cell| {
        let ideal = cell.ideal_s?;
        Value::of_median(cell, |median| median - ideal)
    },
    failures: false,
};

impl Chart for Overhead {
    fn name(&self) -> &'static str {
        "overhead"
    }

    fn about(&self) -> &'static str {
        "seconds over the ideal by request count"
    }

    fn figures(&self, report: &Report<'_>, spec: &ChartSpec) -> Result<Vec<Figure>, WhyNot> {
        let slots = slots(report, spec)?;
        let mut panel = by_count::panel(report, spec, &slots, &QUANTITY, spec.y_scale.unwrap_or_default());
        if panel.series.is_empty() {
            return Err(why_not(report));
        }
        by_count::relabel(&mut panel, spec);
        Ok(vec![Figure {
            id: "overhead".to_owned(),
            title: spec.title.clone().unwrap_or_else(|| "Overhead over the ideal duration".to_owned()),
            description: words::sentence(by_count::courses(&panel)),
            caption: words::caption([
                words::samples(report, &slots),
                words::intervals(report, &slots, by_count::spread_word(&panel)),
                Some(words::ideal(report).replace("dashed: ideal", "0 is the ideal")),
            ]),
            panels: vec![panel],
            arrangement: Arrangement::Stacked,
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
    use super::{Chart, Overhead};
    use crate::chart::{WhyNot, plain};
    use crate::report::Report;
    use crate::report::testkit::{Sketch, article};

    #[test]
    fn the_ideal_is_taken_off_value_and_interval() {
        let run = article(3);
        let figures = Overhead.figures(&Report::of(&run), &plain("overhead")).unwrap();
        for line in &figures[0].panels[0].series {
            for point in &line.points {
                let (low, high) = point.interval.unwrap();
                let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
                assert!(near(point.y.unwrap(), 0.002) && near(low, 0.001) && near(high, 0.003), "{point:?}");
            }
        }
        assert!(figures[0].caption.ends_with("0 is the ideal for a delay of 100 ms."), "{}", figures[0].caption);
    }

    #[test]
    fn without_an_ideal_it_says_so() {
        let run = Sketch::new().strategy("a", "", None).sample(0, 10, 1.0).run();
        assert_eq!(Overhead.figures(&Report::of(&run), &plain("overhead")), Err(WhyNot::NoIdeal));
    }
}
