//! The valid form of a config: nothing is optional that has a default, and every combination makes sense. It is also what
//! a run's manifest keeps: config and command line together, without secrets.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::labels::Labels;
use crate::model::check::{Check, Threshold};
use crate::model::figure::{Format, Scale, Theme};
use crate::model::{Nanos, Repeats, RequestCount, RequestFile, Target, Targets};
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
    pub target: Targets,
    /// Request counts to measure, ascending: a list, or { from, to, step }
    #[serde(default = "ten_to_fifty")]
    #[schemars(extend("x-form" = "counts"))]
    pub requests: Vec<RequestCount>,
    /// How often each strategy is measured at each request count: a number, or { min, max, precision }
    #[serde(default = "three")]
    #[schemars(extend("x-form" = "repeats", "default" = 3))]
    pub repeats: Repeats,
    /// Share of a sample's requests that may fail, at most; without it none may
    #[schemars(extend("x-form" = "percent"))]
    pub max_failed: Option<f64>,
    /// Further samples before them, recorded as warm-up and left out of statistics
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub warmup: u32,
    /// Whether each repeat visits all cells in a seeded random order, or as they are listed
    #[serde(default)]
    pub order: Order,
    /// Seed of everything random: order, jitter, failures, confidence intervals
    #[serde(default = "one")]
    pub seed: u64,
    /// Longest time for one request; longer ones have failed
    #[serde(default = "half_a_minute")]
    #[schemars(extend("x-above-zero" = true))]
    pub request_timeout: Nanos,
    /// Longest time for one sample; a longer one is ended
    #[serde(default = "ten_minutes")]
    #[schemars(extend("x-above-zero" = true, "default" = "10m"))]
    pub sample_timeout: Nanos,
    /// Whether samples run side by side while they wait: auto runs them so within `overlap-cpu`
    #[serde(default)]
    pub overlap: Overlap,
    /// CPU that samples side by side may use together, as a share of one core
    #[serde(default = "a_fifth")]
    #[schemars(range(min = 0, max = 1))]
    pub overlap_cpu: f64,
    /// At least one, names unique.
    pub strategies: Vec<StrategySpec>,
    /// Charts to draw; empty for every chart kind once.
    pub charts: Vec<ChartSpec>,
    /// Lines that were measured elsewhere.
    pub references: Vec<ReferenceSpec>,
    /// Limits that the numbers have to meet.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// The words that charts write by themselves.
    pub labels: Labels,
    /// Where and how results are written.
    pub output: Output,
}

fn ten_to_fifty() -> Vec<RequestCount> {
    vec![10, 20, 30, 40, 50]
}

fn three() -> Repeats {
    Repeats::fixed(3)
}

fn one() -> u64 {
    1
}

fn half_a_minute() -> Nanos {
    Nanos::SECOND * 30
}

fn ten_minutes() -> Nanos {
    Nanos::SECOND * 600
}

fn a_fifth() -> f64 {
    0.2
}

impl Sweep {
    /// How many samples the sweep takes, warm-ups included; saturates.
    #[must_use]
    pub fn samples(&self) -> u64 {
        let cells = (self.strategies.len() as u64).saturating_mul(self.requests.len() as u64);
        cells.saturating_mul(u64::from(self.repeats.max) + u64::from(self.warmup))
    }

    /// Every limit of every check, for each strategy and count that the sweep measures, in the order of the config.
    #[must_use]
    pub fn thresholds(&self) -> Vec<Threshold> {
        let mut thresholds = Vec::new();
        for check in &self.checks {
            let is_meant = |name: &str| check.strategy.as_ref().is_none_or(|strategy| strategy == name);
            for spec in self.strategies.iter().filter(|spec| is_meant(&spec.name)) {
                let counts = self.requests.iter().filter(|count| check.requests.is_none_or(|only| only == **count));
                for &requests in counts.filter(|count| spec.runs(**count)) {
                    thresholds.extend(check.limits().map(|(measure, bound, limit)| Threshold {
                        strategy: spec.name.clone(),
                        requests,
                        measure,
                        bound,
                        limit,
                    }));
                }
            }
        }
        thresholds
    }

    /// The sweep with what `config` holds and a run may not keep in full: address, body and headers of a `url`, command lines
    /// and environments. An address that is not the masked one in full is left as it is.
    #[must_use]
    pub fn with_secrets_of(&self, config: &Self) -> Self {
        let mut whole = self.clone();
        let masked = config.masked();
        for ((target, given), masked) in whole.target.urls_mut().zip(config.target.urls()).zip(masked.target.urls()) {
            if masked.url == target.url {
                target.url.clone_from(&given.url);
            }
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

    /// What a strategy's requests are sent to.
    #[must_use]
    pub fn target_of(&self, strategy: &StrategySpec) -> &Target {
        self.target.at(self.target_position(strategy))
    }

    /// The position of that target among all of them.
    #[must_use]
    pub fn target_position(&self, strategy: &StrategySpec) -> usize {
        self.target.position(strategy.target.as_deref())
    }

    /// The strategies that are measured at the target at `position`.
    pub fn strategies_at(&self, position: usize) -> impl Iterator<Item = &StrategySpec> {
        self.strategies.iter().filter(move |strategy| self.target_position(strategy) == position)
    }

    /// The positions of the targets that a strategy is measured at, ascending.
    pub fn used_targets(&self) -> impl Iterator<Item = usize> {
        (0..self.target.iter().count()).filter(|position| self.strategies_at(*position).next().is_some())
    }

    /// Whether even the fastest request takes longer than it may.
    pub(super) fn is_hopeless(&self) -> bool {
        self.target.one().and_then(Target::least_service).is_some_and(|least| least >= self.request_timeout)
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
    /// What it shows
    #[schemars(extend("x-form" = "chart"))]
    pub kind: String,
    /// In place of its own title
    #[schemars(extend("x-form" = "label"))]
    pub title: Option<String>,
    /// In place of its own label of the x axis; the unit is added
    #[schemars(extend("x-form" = "label"))]
    pub x_label: Option<String>,
    /// In place of its own label of the y axis; the unit is added
    #[schemars(extend("x-form" = "label"))]
    pub y_label: Option<String>,
    /// In place of its own scale of the x axis; without it, logarithmic where request counts span a wide range
    pub x_scale: Option<Scale>,
    /// In place of its own scale of the y axis
    pub y_scale: Option<Scale>,
    /// The request count that a timeline shows; without it, the largest recorded one
    #[schemars(range(min = 1, max = 1_000_000))]
    pub requests: Option<RequestCount>,
    /// Divides durations by the delay of a request, each line by its own
    #[serde(default, deserialize_with = "is_given")]
    #[schemars(extend("x-words" = ["delay"]))]
    pub normalize: bool,
    /// Names of the strategies and references to draw; without it, all
    #[serde(default)]
    #[schemars(extend("x-form" = "label", "x-not-empty" = true))]
    pub strategies: Vec<String>,
}

/// `normalize` is a word in a config, which names what durations are divided by, and a truth value in a manifest.
fn is_given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(serde_json::Value::deserialize(deserializer)? != false)
}

/// A line of another table, to be laid over the run's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReferenceSpec {
    /// Label of its line, unique; any text
    #[schemars(extend("x-form" = "label"))]
    pub name: String,
    /// A CSV with at least strategy, requests and `duration_s`, relative to the config; the run keeps a copy
    #[schemars(extend("x-form" = "path"))]
    pub file: PathBuf,
    /// Its strategy in that table
    #[schemars(extend("x-form" = "label"))]
    pub strategy: String,
    /// How long each of its requests had to wait; a chart that divides by the delay needs it
    #[schemars(extend("x-above-zero" = true))]
    pub delay: Option<Nanos>,
}

/// Where and how results are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Output {
    /// Where run directories go
    #[serde(default = "reports")]
    #[schemars(extend("x-form" = "path"))]
    pub dir: PathBuf,
    /// How the single requests are kept: requests.csv, the same compressed, or not at all
    #[serde(default)]
    pub requests: RequestFile,
    /// Picture formats
    #[serde(default = "all_formats")]
    #[schemars(extend("x-not-empty" = true))]
    pub formats: Vec<Format>,
    /// Colour themes; a dark picture is `<kind>-dark.svg`
    #[serde(default = "light")]
    #[schemars(extend("x-not-empty" = true))]
    pub themes: Vec<Theme>,
    /// Picture width in CSS pixels
    #[serde(default = "default_width")]
    #[schemars(range(min = 320, max = 4096))]
    pub width: u32,
    /// Picture height in CSS pixels
    #[serde(default = "default_height")]
    #[schemars(range(min = 240, max = 4096))]
    pub height: u32,
    /// Font files for glyphs that the bundled font lacks, relative to the config
    #[serde(default)]
    #[schemars(extend("x-form" = "path"))]
    pub fonts: Vec<PathBuf>,
}

fn reports() -> PathBuf {
    "reports".into()
}

fn all_formats() -> Vec<Format> {
    Format::ALL.to_vec()
}

fn light() -> Vec<Theme> {
    vec![Theme::Light]
}

fn default_width() -> u32 {
    960
}

fn default_height() -> u32 {
    600
}
