//! What each strategy pays for its speed: CPU time, memory or threads, context switches.

use crate::chart::by_count::{self, CellValue, Quantity};
use crate::chart::kind::{Chart, Subject, WhyNot};
use crate::chart::{captions, words};
use crate::config::Label;
use crate::model::figure::{Figure, Panel, Scale, Unit};
use crate::report::Cell;

/// Three panels above each other. A `y-label` is not taken: each panel has its own.
pub(super) struct CostChart;

/// What stands in a panel without content, and what it shows.
type CostPanel = (Label, Quantity);

const CPU: CostPanel =
    (Label::NoCpuTime, quantity(Label::CpuTime, Unit::Seconds, |cell| CellValue::plain(cell.recorded.cost.cpu_s)));
const MEMORY: CostPanel = (
    Label::NoMemory,
    quantity(Label::PeakMemory, Unit::Bytes, |cell| CellValue::plain(cell.recorded.cost.peak_rss_bytes)),
);
const ALL_MEMORY: CostPanel = (
    Label::NoMemory,
    quantity(Label::TotalMemory, Unit::Bytes, |cell| CellValue::plain(cell.recorded.cost.total_rss_bytes)),
);
/// In place of memory that is the same for all; never without content.
const THREADS: CostPanel = (
    Label::NoMemory,
    quantity(Label::ThreadCount, Unit::Count, |cell| CellValue::plain(cell.recorded.cost.threads.map(f64::from))),
);
const SWITCHES: CostPanel = (
    Label::NoContextSwitches,
    quantity(Label::ContextSwitches, Unit::Count, |cell| CellValue::plain(cell.recorded.cost.switches)),
);

const fn quantity(label: Label, unit: Unit, value: fn(&Cell<'_>) -> Option<CellValue>) -> Quantity {
    Quantity { label, unit, value, failures: false }
}

/// Memory that differs by no more than this factor makes flat lines on an axis from zero.
const FLAT: f64 = 2.0;

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
        let flat = flat_memory(subject, &strategy_indices);
        let all = subject.report.knows_all_memory;
        let (memory, totals) = if all { (&ALL_MEMORY, Label::TotalOf) } else { (&MEMORY, Label::CostOf) };
        let panels = [&CPU, if flat.is_some() { &THREADS } else { memory }, &SWITCHES];
        let panels: Vec<Panel> = panels
            .into_iter()
            .map(|(absent, quantity)| panel(subject, &strategy_indices, (*absent, quantity, scale)))
            .collect();
        if panels.iter().all(|panel| panel.empty.is_some()) {
            return Err(subject.no_valid_sample_or(WhyNot::NoCost));
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
                    Some(subject.text(totals)),
                    flat.map(|(least, greatest)| {
                        labels.fill(Label::FlatMemory, &[("value", &Unit::Bytes.interval(least, greatest))])
                    }),
                    captions::threads(subject, &strategy_indices, flat.is_some()),
                    captions::not_drawn(subject, &strategy_indices),
                ],
            ),
            panels,
            ..Figure::default()
        }])
    }
}

/// Where memory makes flat lines and threads are known: the least and the greatest memory, in bytes.
fn flat_memory(subject: &Subject<'_>, strategy_indices: &[usize]) -> Option<(f64, f64)> {
    let costs = || {
        let cells = strategy_indices.iter().flat_map(|strategy_index| subject.report.cells_of(*strategy_index));
        cells.map(|cell| &cell.recorded.cost)
    };
    let memory = costs().filter_map(|cost| cost.memory(subject.report.knows_all_memory));
    let (least, greatest) = memory.fold((f64::INFINITY, 0.0_f64), |ends, y| (ends.0.min(y), ends.1.max(y)));
    let known = greatest > 0.0 && costs().any(|cost| cost.threads.is_some());
    (known && greatest <= FLAT * least).then_some((least, greatest))
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
    use crate::chart::latency::LatencyChart;
    use crate::chart::timeline::TimelineChart;
    use crate::model::{Run, SampleStatus};
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
            ["CPU time", "Largest process", "Context switches"]
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
    fn where_every_sample_failed_that_is_the_reason() {
        let mut run = article(3);
        run.samples.iter_mut().for_each(|row| row.status = SampleStatus::Failed);
        assert_eq!(figures(&CostChart, &run), Err(WhyNot::AllFailed));
        run.requests.clear();
        assert_eq!(figures(&LatencyChart, &run), Err(WhyNot::AllFailed));
        assert_eq!(figures(&TimelineChart, &run), Err(WhyNot::AllFailed));
    }

    #[test]
    fn threads_take_the_place_of_memory_that_is_flat() {
        let mut run = article(3);
        let labels = |run: &Run| -> Vec<String> {
            let figure = figures(&CostChart, run).unwrap().remove(0);
            figure.panels.into_iter().map(|panel| panel.y.label).collect()
        };
        run.samples.iter_mut().for_each(|row| row.peak_rss_bytes = Some(12_000_000));
        assert_eq!(labels(&run)[1], "Threads of all processes");
        let caption = figures(&CostChart, &run).unwrap().remove(0).caption;
        assert!(caption.contains("one; memory: 11.4 MiB"), "{caption}");
        run.samples.iter_mut().filter(|row| row.strategy == "async_get").for_each(|row| {
            row.peak_rss_bytes = Some(25_000_000);
        });
        assert_eq!(labels(&run)[1], "Largest process");
    }

    #[test]
    fn the_memory_of_all_processes_comes_first_where_it_is_known_throughout() {
        let mut run = article(3);
        let drawn = |run: &Run| figures(&CostChart, run).unwrap().remove(0);
        for row in &mut run.samples {
            row.total_rss_bytes = row.peak_rss_bytes.map(|bytes| bytes * u64::from(row.requests));
        }
        assert_eq!(drawn(&run).panels[1].y.label, "Memory of all processes");
        assert!(drawn(&run).caption.contains("totals over all processes"), "{}", drawn(&run).caption);
        run.samples.iter_mut().filter(|row| row.strategy == "async_get").for_each(|row| row.total_rss_bytes = None);
        assert!(drawn(&run).caption.contains("memory of the largest one"), "{}", drawn(&run).caption);
    }

    #[test]
    fn without_any_cost_it_says_so() {
        let run = RunBuilder::new().strategy("a", "", None).sample(0, 10, 1.0).run();
        assert_eq!(figures(&CostChart, &run), Err(WhyNot::NoCost));
    }
}
