//! What each strategy pays for its speed: CPU time, memory, context switches.

use crate::chart::by_count::{self, CellValue, Quantity};
use crate::chart::kind::{Chart, Subject, WhyNot};
use crate::chart::{captions, words};
use crate::config::Label;
use crate::model::figure::{Arrangement, Figure, Panel, Scale, Unit};

/// Three panels above each other. A `y-label` is not taken: each panel has its own.
pub(super) struct CostChart;

/// What stands in a panel without content, and what it shows.
const PANELS: [(Label, Quantity); 3] = [
    (
        Label::NoCpuTime,
        Quantity {
            label: Label::CpuTime,
            unit: Unit::Seconds,
            value: |cell| cell.cost.cpu_s.map(|y| CellValue { y, interval: None }),
            failures: false,
        },
    ),
    (
        Label::NoMemory,
        Quantity {
            label: Label::PeakMemory,
            unit: Unit::Bytes,
            value: |cell| cell.cost.peak_rss_bytes.map(|y| CellValue { y, interval: None }),
            failures: false,
        },
    ),
    (
        Label::NoContextSwitches,
        Quantity {
            label: Label::ContextSwitches,
            unit: Unit::Count,
            value: |cell| cell.cost.switches.map(|y| CellValue { y, interval: None }),
            failures: false,
        },
    ),
];

impl Chart for CostChart {
    fn name(&self) -> &'static str {
        "cost"
    }

    fn options(&self) -> &'static [&'static str] {
        &["x-label", "x-scale", "y-scale"]
    }

    fn figures(&self, subject: &Subject<'_>) -> Result<Vec<Figure>, WhyNot> {
        let (labels, strategy_indices) = (subject.labels, subject.strategy_indices()?);
        let scale = subject.spec.y_scale.unwrap_or_default();
        let panels: Vec<Panel> = PANELS
            .iter()
            .map(|(absent, quantity)| panel(subject, &strategy_indices, (*absent, quantity, scale)))
            .collect();
        if panels.iter().all(|panel| panel.empty.is_some()) {
            return Err(if subject.report.cells.is_empty() { WhyNot::NoSamples } else { WhyNot::NoCost });
        }
        let told = panels.iter().filter(|panel| panel.empty.is_none());
        let told = told.map(|panel| {
            let text = words::sentence(labels, by_count::trends(subject, panel));
            labels.fill(Label::Topic, &[("topic", &panel.y.label), ("text", &text)])
        });
        Ok(vec![Figure {
            id: "cost".to_owned(),
            title: subject.title(|| subject.text(Label::CostTitle)),
            description: told.collect::<Vec<_>>().join(" "),
            caption: captions::caption(
                labels,
                [
                    captions::samples(subject, &strategy_indices),
                    Some(subject.text(Label::CostOf)),
                    captions::threads(subject, &strategy_indices),
                    captions::not_run(subject, &strategy_indices),
                ],
            ),
            panels,
            arrangement: Arrangement::Stacked,
        }])
    }
}

fn panel(subject: &Subject<'_>, strategy_indices: &[usize], of: (Label, &Quantity, Scale)) -> Panel {
    let (absent, quantity, scale) = of;
    let mut panel = by_count::panel(subject, strategy_indices, quantity, scale);
    panel.x.label = subject.spec.x_label.clone().unwrap_or(panel.x.label);
    panel.empty = panel.series.is_empty().then(|| subject.text(absent));
    panel
}

#[cfg(test)]
mod tests {
    use super::CostChart;
    use crate::chart::WhyNot;
    use crate::chart::contract::figures;
    use crate::report::testkit::{RunBuilder, article};

    #[test]
    fn three_panels_share_the_counts() {
        let mut run = article(3);
        for row in &mut run.samples {
            row.peak_rss_bytes = None;
        }
        let drawn = figures(&CostChart, &run).unwrap();
        let panels = &drawn[0].panels;
        assert_eq!(
            panels.iter().map(|panel| panel.y.label.as_str()).collect::<Vec<_>>(),
            ["CPU time", "Peak memory", "Context switches"]
        );
        assert_eq!(panels[0].series[0].points[0].y, Some(0.01));
        assert_eq!(panels[1].empty.as_deref(), Some("memory was not recorded"));
        assert_eq!(panels[2].series[3].points[4].y, Some(101.0));
        assert!(
            drawn[0]
                .caption
                .ends_with("threads at 50 requests: single_thread 1, multithread 20, multiprocess 20, async_get 50."),
            "{}",
            drawn[0].caption
        );
        assert!(drawn[0].description.starts_with("CPU time: single_thread stays at 10.0 ms from 10 to 50 requests;"));
    }

    #[test]
    fn without_any_cost_it_says_so() {
        let run = RunBuilder::new().strategy("a", "", None).sample(0, 10, 1.0).run();
        assert_eq!(figures(&CostChart, &run), Err(WhyNot::NoCost));
    }
}
