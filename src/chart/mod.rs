//! Report → figures. A chart reads a report and one entry of the config, and returns figures or the reason why not.
//! Pure: it cannot reach a measurement, a file or a pixel. A new chart is one file and its entry in [`CHARTS`].

mod by_count;
mod captions;
mod comparison;
#[cfg(test)]
mod contract;
mod cost;
mod downsample;
mod duration;
#[cfg(test)]
mod gallery;
mod growth;
mod history;
mod ideal;
mod kind;
mod latency;
mod overhead;
mod spacing;
mod speedup;
mod throughput;
mod timeline;
#[cfg(test)]
mod wording;
mod words;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

pub use comparison::comparison;
pub use history::{change_text, history, history_id};
pub(crate) use kind::MOST_LINES;
pub use kind::{Chart, Subject, WhyNot};

use crate::config::{ChartSpec, Labels};
use crate::model::figure::{ChartInfo, Figure};
use crate::report::Report;

/// Every chart, in the order drawn by default.
pub const CHARTS: &[&dyn Chart] = &[
    &duration::DurationChart,
    &speedup::SpeedupChart,
    &overhead::OverheadChart,
    &throughput::ThroughputChart,
    &latency::LatencyChart,
    &cost::CostChart,
    &timeline::TimelineChart,
];

/// What all charts say about themselves.
#[must_use]
pub fn kinds() -> Vec<ChartInfo> {
    CHARTS.iter().map(|chart| ChartInfo { name: chart.name(), options: chart.options() }).collect()
}

/// What became of a list of charts.
#[derive(Debug, Default)]
pub struct Drawn {
    /// Figures in the order asked for; ids are unique.
    pub figures: Vec<Figure>,
    /// Kinds that could not be drawn, and why.
    pub refused: Vec<(String, WhyNot)>,
}

/// Draws the charts that a config asks for; every kind once where it asks for none. A second chart of one kind has
/// `-2` after its id, and so on.
#[must_use]
pub fn draw(report: &Report<'_>, specs: &[ChartSpec], labels: &Labels) -> Drawn {
    let all: Vec<ChartSpec> = CHARTS.iter().map(|chart| plain(chart.name())).collect();
    let mut drawn = Drawn::default();
    let specs = if specs.is_empty() { &all } else { specs };
    let figures = |spec: &ChartSpec| {
        let chart = named(&spec.kind).ok_or_else(|| WhyNot::UnknownKind(spec.kind.clone()))?;
        chart.figures(&Subject { report, spec, labels })
    };
    let figures: Vec<_> = specs.par_iter().map(figures).collect();
    for (spec, figures) in specs.iter().zip(figures) {
        match figures {
            Ok(figures) => {
                let language = labels.language();
                figures.into_iter().for_each(|figure| drawn.add(Figure { language, ..figure }));
            }
            Err(why) => drawn.refused.push((spec.kind.clone(), why)),
        }
    }
    drawn
}

/// The chart of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static dyn Chart> {
    CHARTS.iter().copied().find(|chart| chart.name() == name)
}

/// A chart with nothing overridden.
#[must_use]
pub fn plain(kind: &str) -> ChartSpec {
    let kind = kind.to_owned();
    ChartSpec {
        kind,
        title: None,
        x_label: None,
        y_label: None,
        x_scale: None,
        y_scale: None,
        requests: None,
        normalize: false,
        strategies: Vec::new(),
    }
}

impl Drawn {
    fn add(&mut self, mut figure: Figure) {
        let ids = (2..).map(|number| format!("{}-{number}", figure.id));
        let free =
            std::iter::once(figure.id.clone()).chain(ids).find(|id| self.figures.iter().all(|other| other.id != *id));
        figure.id = free.unwrap_or(figure.id);
        self.figures.push(figure);
    }
}
