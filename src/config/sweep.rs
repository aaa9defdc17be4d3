//! The valid form of a config: nothing is optional that has a default, and every combination makes sense. It is also what
//! a run's manifest keeps: config and command line together, without secrets.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::Labels;
use crate::model::figure::{Format, Scale, Theme};
use crate::model::{Nanos, Repeats, RequestCount, RequestFile, Target};
use crate::strategy::{StrategyKind, StrategySpec};

/// The most samples that one sweep may take: a month at two seconds each.
pub(super) const MOST_SAMPLES: u64 = 1_000_000;

/// A sweep that can be planned and run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Sweep {
    /// Title of charts and reports.
    pub title: String,
    /// What the requests are sent to.
    pub target: Target,
    /// Request counts: at least one, ascending, no repeats.
    pub requests: Vec<RequestCount>,
    /// How often each cell is measured.
    pub repeats: Repeats,
    /// Samples per cell that are recorded as warm-up.
    pub warmup: u32,
    /// The order in which samples are taken.
    pub order: Order,
    /// Seed of order, jitter, failures and bootstrap.
    pub seed: u64,
    /// Longest time for one request; above zero.
    pub request_timeout: Nanos,
    /// Longest time for one sample; above zero.
    pub sample_timeout: Nanos,
    /// Whether samples run side by side.
    pub overlap: Overlap,
    /// CPU that samples side by side may use together, as a share of one core: 0 to 1.
    pub overlap_cpu: f64,
    /// At least one, names unique.
    pub strategies: Vec<StrategySpec>,
    /// Charts to draw; empty for every chart kind once.
    pub charts: Vec<ChartSpec>,
    /// Lines that were measured elsewhere.
    pub references: Vec<ReferenceSpec>,
    /// The words that charts write by themselves.
    pub labels: Labels,
    /// Where and how results are written.
    pub output: Output,
}

impl Sweep {
    /// How many samples the sweep takes, warm-ups included; saturates.
    #[must_use]
    pub fn samples(&self) -> u64 {
        let cells = (self.strategies.len() as u64).saturating_mul(self.requests.len() as u64);
        cells.saturating_mul(u64::from(self.repeats.max) + u64::from(self.warmup))
    }

    /// The sweep with what `config` holds and a run may not keep in full: address, body and headers of a `url`, command lines
    /// and environments.
    #[must_use]
    pub fn with_secrets_of(&self, config: &Self) -> Self {
        let mut whole = self.clone();
        if let (Target::Url(target), Target::Url(given)) = (&mut whole.target, &config.target) {
            target.url.clone_from(&given.url);
            target.headers.clone_from(&given.headers);
            target.body.clone_from(&given.body);
        }
        for spec in &mut whole.strategies {
            let given = config.strategies.iter().find(|given| given.name == spec.name).map(|given| &given.kind);
            if let (StrategyKind::Command(command), Some(StrategyKind::Command(given))) = (&mut spec.kind, given) {
                command.environment.clone_from(&given.environment);
                command.command.clone_from(&given.command);
                command.version_command.clone_from(&given.version_command);
            }
        }
        whole
    }

    /// Whether even the fastest request takes longer than it may.
    pub(super) fn is_hopeless(&self) -> bool {
        self.target.least_service().is_some_and(|least| least >= self.request_timeout)
    }
}

/// The order in which samples are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Each repeat visits all cells in a seeded random order.
    #[default]
    Interleaved,
    /// As the config lists them.
    Listed,
}

impl Order {
    /// The word in config and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Interleaved => "interleaved",
            Self::Listed => "listed",
        }
    }
}

/// Whether samples run side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Overlap {
    /// One after another.
    #[default]
    Off,
    /// As many as use little CPU together.
    Auto,
}

/// One chart that the config asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ChartSpec {
    /// A name in the chart registry.
    pub kind: String,
    /// In place of the chart's own title.
    pub title: Option<String>,
    /// In place of the chart's own x label.
    pub x_label: Option<String>,
    /// In place of the chart's own y label.
    pub y_label: Option<String>,
    /// In place of the chart's own x scale.
    pub x_scale: Option<Scale>,
    /// In place of the chart's own y scale.
    pub y_scale: Option<Scale>,
    /// The request count to show, for kinds that show one; `None` for their own choice.
    pub requests: Option<RequestCount>,
    /// Whether durations are divided by the delay of a request.
    pub normalize: bool,
    /// Names of strategies and references to draw; empty for all.
    pub strategies: Vec<String>,
}

/// A line of another table, to be laid over the run's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReferenceSpec {
    /// The line's label, unique among references and strategies.
    pub name: String,
    /// A CSV as `render` takes it; relative to the config file.
    pub file: PathBuf,
    /// Its strategy in that table.
    pub strategy: String,
    /// How long each of its requests had to wait; above zero.
    pub delay: Option<Nanos>,
}

/// Where and how results are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Output {
    /// Where run directories go.
    pub dir: PathBuf,
    /// How the single requests are kept.
    pub requests: RequestFile,
    /// At least one.
    pub formats: Vec<Format>,
    /// At least one.
    pub themes: Vec<Theme>,
    /// Picture width in CSS pixels, 320 to 4096.
    pub width: u32,
    /// Picture height in CSS pixels, 240 to 4096.
    pub height: u32,
    /// Font files that hold glyphs which the bundled font lacks; relative to the config file.
    pub fonts: Vec<PathBuf>,
}
