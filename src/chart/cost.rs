//! What each strategy pays for its speed: CPU time, memory, context switches.

use crate::chart::by_count::{self, Quantity, Value};
use crate::chart::{Chart, WhyNot, slots, words};
use crate::config::ChartSpec;
use crate::model::figure::{Arrangement, Figure, Panel, Scale, Unit};
use crate::report::Report;

/// Three panels above each other. A `y-label` is not taken: each panel has its own.
pub(super) struct Cost;

const PANELS: [(&str, Quantity); 3] = [
    (
        "CPU time was not recorded",
        Quantity {
            label: "CPU time",
            unit: Unit::Seconds,
            value: |cell| cell.cost.cpu_s.map(|y| Value { y, interval: None }),
            failures: false,
        },
    ),
    (
        "memory was not recorded",
        Quantity {
            label: "Peak memory",
            unit: Unit::Bytes,
            value: |cell| cell.cost.peak_rss_bytes.map(|y| Value { y, interval: None }),
            failures: false,
        },
    ),
    (
        "context switches were not recorded",
        Quantity {
            label: "Context switches",
            unit: Unit::Count,
            value: |cell| cell.cost.switches.map(|y| Value { y, interval: None }),
            failures: false,
        },
    ),
];

impl Chart for Cost {
    fn name(&self) -> &'static str {
        "cost"
    }

    fn about(&self) -> &'static str {
        "CPU time, peak memory and context switches by request count"
    }

    fn figures(&self, report: &Report<'_>, spec: &ChartSpec) -> Result<Vec<Figure>, WhyNot> {
        let slots = slots(report, spec)?;
        let scale = spec.y_scale.unwrap_or_default();
        let panels: Vec<Panel> =
            PANELS.iter().map(|(absent, quantity)| panel(report, spec, &slots, (*absent, quantity, scale))).collect();
        if panels.iter().all(|panel| panel.empty.is_some()) {
            return Err(if report.cells.is_empty() { WhyNot::NoSamples } else { WhyNot::NoCost });
        }
        let told = panels.iter().filter(|panel| panel.empty.is_none());
        let told = told.map(|panel| format!("{}: {}", panel.y.label, words::sentence(by_count::courses(panel))));
        Ok(vec![Figure {
            id: "cost".to_owned(),
            title: spec.title.clone().unwrap_or_else(|| "Cost by request count".to_owned()),
            description: told.collect::<Vec<_>>().join(" "),
            caption: words::caption([
                words::samples(report, &slots),
                Some("the sample's own processes, children included; memory: the largest of them".to_owned()),
                words::threads(report, &slots),
            ]),
            panels,
            arrangement: Arrangement::Stacked,
        }])
    }
}

fn panel(report: &Report<'_>, spec: &ChartSpec, slots: &[usize], of: (&str, &Quantity, Scale)) -> Panel {
    let (absent, quantity, scale) = of;
    let mut panel = by_count::panel(report, spec, slots, quantity, scale);
    panel.x.label = spec.x_label.clone().unwrap_or(panel.x.label);
    panel.empty = panel.series.is_empty().then(|| absent.to_owned());
    panel
}

#[cfg(test)]
mod tests {
    use super::{Chart, Cost};
    use crate::chart::{WhyNot, plain};
    use crate::report::Report;
    use crate::report::testkit::{Sketch, article};

    #[test]
    fn three_panels_share_the_counts() {
        let mut run = article(3);
        for row in &mut run.samples {
            row.peak_rss_bytes = None;
        }
        let figures = Cost.figures(&Report::of(&run), &plain("cost")).unwrap();
        let panels = &figures[0].panels;
        assert_eq!(
            panels.iter().map(|panel| panel.y.label.as_str()).collect::<Vec<_>>(),
            ["CPU time", "Peak memory", "Context switches"]
        );
        assert_eq!(panels[0].series[0].points[0].y, Some(0.01));
        assert_eq!(panels[1].empty.as_deref(), Some("memory was not recorded"));
        assert_eq!(panels[2].series[3].points[4].y, Some(101.0));
        assert!(
            figures[0]
                .caption
                .ends_with("threads at 50 requests: single_thread 1, multithread 20, multiprocess 20, async_get 50."),
            "{}",
            figures[0].caption
        );
        assert!(figures[0].description.starts_with("CPU time: single_thread stays at 10 ms from 10 to 50 requests;"));
    }

    #[test]
    fn without_any_cost_it_says_so() {
        let run = Sketch::new().strategy("a", "", None).sample(0, 10, 1.0).run();
        assert_eq!(Cost.figures(&Report::of(&run), &plain("cost")), Err(WhyNot::NoCost));
    }
}
