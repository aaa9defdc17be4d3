//! The part of the table of keys that describes the sweep itself. Data only.

use super::counts::MOST;
use super::keys::{Form, Key};

pub(super) const SWEEP: &[Key] = &[
    Key {
        name: "requests",
        about: "Request counts to measure, ascending: a list, or { from, to, step }",
        form: Form::Counts,
        default: Some("[10, 20, 30, 40, 50]"),
    },
    Key {
        name: "repeats",
        about: "How often each strategy is measured at each request count: a number, or { min, max, precision }",
        form: Form::Repeats,
        default: Some("3"),
    },
    Key {
        name: "warmup",
        about: "Further samples before them, recorded as warm-up and left out of statistics",
        form: Form::Integer { least: 0, most: MOST },
        default: Some("0"),
    },
    Key {
        name: "order",
        about: "Whether each repeat visits all cells in a seeded random order, or as they are listed",
        form: Form::Word(&["interleaved", "listed"]),
        default: Some(r#""interleaved""#),
    },
    Key {
        name: "seed",
        about: "Seed of everything random: order, jitter, failures, confidence intervals",
        form: Form::Integer { least: 0, most: i64::MAX },
        default: Some("1"),
    },
    Key {
        name: "request-timeout",
        about: "Longest time for one request; longer ones have failed",
        form: Form::Duration { zero: false },
        default: Some(r#""30s""#),
    },
    Key {
        name: "sample-timeout",
        about: "Longest time for one sample; a longer one is ended",
        form: Form::Duration { zero: false },
        default: Some(r#""10m""#),
    },
    Key {
        name: "overlap",
        about: "Whether samples run side by side while they wait: auto runs them so within `overlap-cpu`",
        form: Form::Word(&["off", "auto"]),
        default: Some(r#""off""#),
    },
    Key {
        name: "overlap-cpu",
        about: "CPU that samples side by side may use together, as a share of one core",
        form: Form::Share,
        default: Some("0.2"),
    },
];

/// Repeats until the interval of a cell's median is narrow enough.
pub(super) const REPEATS: &[Key] = &[
    Key {
        name: "min",
        about: "Samples that each cell gets at least",
        form: Form::Integer { least: 2, most: MOST },
        default: Some("3"),
    },
    Key {
        name: "max",
        about: "Samples that each cell gets at most",
        form: Form::Integer { least: 2, most: MOST },
        default: Some("30"),
    },
    Key {
        name: "precision",
        about: "A cell is measured no more once the 95 % interval of its median is at most this wide, as a share of the median",
        form: Form::Percent,
        default: Some(r#""2%""#),
    },
];

/// Request counts as a range.
pub(super) const RANGE: &[Key] = &[
    range("from", "The first request count", None),
    range("to", "The last request count, unless the steps pass over it", None),
    range("step", "From one request count to the next", Some("1")),
];

const fn range(name: &'static str, about: &'static str, default: Option<&'static str>) -> Key {
    Key { name, about, form: Form::Integer { least: 1, most: MOST }, default }
}
