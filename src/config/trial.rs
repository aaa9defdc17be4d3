//! For the tests of config only: kinds to know, sweeps to start from, and the configs that come with the program.

use super::{Known, REFERENCE, Sweep, load};
use crate::model::figure::ChartInfo;
use crate::model::{KindInfo, Model};

/// Every shipped config with its name.
pub(super) const SHIPPED: [(&str, &str); 3] = [
    ("reference.toml", REFERENCE),
    ("sweep.toml", include_str!("../../config/sweep.toml")),
    ("article.toml", include_str!("../../config/article.toml")),
];

pub(super) const KNOWN: Known<'static> = Known {
    kinds: &[
        kind("sequential", "single_thread", Model::Sequential, &["connections"]),
        kind("thread-pool", "multithread", Model::Pool, &["workers", "connections"]),
        kind("process-pool", "multiprocess", Model::Pool, &["workers", "connections"]),
        kind("async", "async_get", Model::Async, &["max-in-flight", "threads", "connections"]),
        kind("thread-per-request", "thread_per_request", Model::Async, &["connections"]),
        KindInfo { https: false, ..kind("event-loop", "event_loop", Model::Async, &["max-in-flight", "connections"]) },
    ],
    charts: &[
        ChartInfo { name: "duration", options: &["x-label", "y-label", "x-scale", "y-scale"] },
        ChartInfo { name: "speedup", options: &["x-label", "y-label", "x-scale", "y-scale"] },
        ChartInfo { name: "timeline", options: &["x-label", "y-label", "requests"] },
    ],
};

const fn kind(name: &'static str, label: &'static str, model: Model, options: &'static [&'static str]) -> KindInfo {
    KindInfo { name, about: "one way of issuing requests", model, options, label, https: true }
}

/// The sweep of a right config.
pub(super) fn sweep(text: &str) -> Sweep {
    load(text, "trial.toml", &KNOWN).unwrap_or_else(|complaints| panic!("{complaints}"))
}

/// The complete text about a wrong config.
pub(super) fn complaint(text: &str) -> String {
    match load(text, "sweep.toml", &KNOWN) {
        Ok(sweep) => panic!("nothing is wrong with {text}: {sweep:?}"),
        Err(complaints) => complaints.to_string(),
    }
}
