//! One executed sweep, as read back from its files. Everything that is drawn or written about a run is a pure
//! function of this value.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::check::Threshold;
use crate::model::durations::Durations;
use crate::model::estimate::TargetEstimate;
use crate::model::reference::Reference;
use crate::model::repeats::Repeats;
use crate::model::sample::{Outcome, SampleRow};
use crate::model::strategy::Concurrency;
use crate::model::targets::Targets;
use crate::model::units::{Nanos, RequestCount};
use crate::model::varied::Varied;

/// A strategy as it appears on charts and in tables.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyLine {
    /// Its label.
    pub name: String,
    /// Its kind; empty where the data does not say.
    pub kind: String,
    /// Threads or processes of a pool.
    pub workers: Option<u32>,
    /// How its requests overlap, where known.
    pub model: Option<Concurrency>,
    /// The most requests that it has under way at once; `None` where there is no bound or it is unknown.
    pub bound: Option<u32>,
    /// The name of its target, where there are several.
    pub target: Option<String>,
}

/// The requests of one cell, all measured repeats together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellRequests {
    /// Time from issue to last byte of every request that succeeded, ascending.
    pub latencies: Vec<Nanos>,
    /// Requests of the first repeat, in the order recorded: all of them, or an even selection by their index.
    pub first_repeat: Vec<Outcome>,
    /// How many requests of the first repeat are left out of it.
    pub left_out: u32,
}

/// What the manifest knows beside the rows. Strings are empty where the fact is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The run directory's name; empty for a bare CSV.
    pub run_id: String,
    /// Title of the config, or the CSV's stem.
    pub title: String,
    /// What the request counts of a run are: in a table of others something else may be varied.
    pub varied: Varied,
    /// Version of the tool that measured.
    pub tool_version: String,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// RFC 3339, UTC; empty while unfinished.
    pub ended_at: String,
    /// Seed of order, jitter and bootstrap.
    pub seed: u64,
    /// What the requests were sent to; `None` for a bare CSV.
    pub target: Option<Targets>,
    /// What single requests to each `url` took; none where nothing was estimated.
    pub estimates: Vec<TargetEstimate>,
    /// What else went on.
    pub conditions: Conditions,
    /// For people: processor, cores, memory, system.
    pub machine: String,
    /// For people: what the machine allows one program to have.
    pub limits: String,
    /// In which order samples were taken: `interleaved` or `listed`.
    pub order: String,
    /// How often each cell was to be measured; `None` where there was no plan.
    pub repeats: Option<Repeats>,
    /// The command that measured, word by word; empty where it was not recorded.
    pub command: Vec<String>,
    /// For people: the commit of the source tree that the config lies in.
    pub source: String,
    /// Samples that the plan holds; 0 where there is no plan.
    pub planned_samples: u32,
    /// Cells of the config that were not run, by strategy and count.
    pub not_run: Vec<NotRun>,
    /// Lines that were measured elsewhere.
    pub references: Vec<Reference>,
    /// What the config demands of the numbers.
    pub thresholds: Vec<Threshold>,
    /// Samples that failed, were measured again, and are not among the run's samples.
    pub retried: usize,
}

/// The conditions of a run, as far as they were recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Conditions {
    /// Runnable tasks when the sweep began, averaged over a minute.
    pub load_average: Option<f64>,
    /// Hardware threads.
    pub cores: Option<u32>,
    /// CPU time in seconds that the host took away during the sweep.
    pub steal_s: Option<f64>,
    /// Seconds from beginning to end, by the monotonic clock.
    pub elapsed_s: Option<f64>,
    /// Connection packets (SYN and its answer) that were sent again during the sweep, by all programs.
    pub syn_retransmits: Option<u64>,
    /// How far the wall clock was set during the sweep, in seconds.
    pub clock_step_s: Option<f64>,
}

/// A cell that was not run, since it was known beforehand that it could not succeed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotRun {
    /// The strategy's name.
    pub strategy: String,
    /// The cell's request count.
    pub requests: RequestCount,
    /// Why, and what to change, after "the cell": `needs about 200 threads, …`.
    pub reason: String,
}

/// One executed sweep.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// What the manifest knows.
    pub facts: Facts,
    /// Strategies in the order of the config, or of first appearance.
    pub strategies: Vec<StrategyLine>,
    /// Request counts, ascending.
    pub counts: Vec<RequestCount>,
    /// Rows of raw.csv in the order measured.
    pub samples: Vec<SampleRow>,
    /// Samples of which only the duration is known, all of them good; they are no rows of `samples`.
    pub durations: Durations,
    /// Requests by (index into `strategies`, request count).
    pub requests: BTreeMap<(usize, RequestCount), CellRequests>,
}
