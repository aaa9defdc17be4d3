//! The table of keys: every key that a config may hold. The reader, the JSON Schema and the tests of the manual walk this
//! one table, so they cannot disagree. What a table of the config becomes is a type, and its keys are the type's fields.

use std::sync::LazyLock;

use super::counts::MOST;
use super::keys::{Form, Key};
use super::labels::{LABELS, SETS};
use super::strategy_keys::STRATEGY;
use super::sweep::{ChartSpec, Output, ReferenceSpec, Sweep};
use super::type_keys::keys_of;
use crate::model::check::Check;
use crate::model::{DelayTarget, NamedTarget, UrlTarget};

/// The config as a whole.
pub(super) static ROOT: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let mut keys = vec![Key {
        name: "title",
        about: "Title of charts and reports",
        form: Form::Label,
        default: Some(r#""Duration by request count""#),
    }];
    let labels =
        "The words that charts write by themselves: \"en\", \"zh\", or a table with texts in place of single ones";
    let tables = [
        (
            "target",
            "What the requests are sent to: exactly one of `delay` and `url`; or several [[target]], each a `name` and a `url`",
            Form::TableOrTables(target().leak()),
        ),
        ("sweep", "What is measured, how often, in which order", Form::Table(sweep().leak())),
        (
            "strategy",
            "A way of issuing requests; none at all is every built-in kind once",
            Form::Tables(&STRATEGY.keys),
        ),
        (
            "chart",
            "A picture to draw; none at all is every chart kind once",
            Form::Tables(keys_of::<ChartSpec>().leak()),
        ),
        (
            "reference",
            "A line that was measured elsewhere, laid over the run's own",
            Form::Tables(keys_of::<ReferenceSpec>().leak()),
        ),
        (
            "check",
            "A limit that the numbers have to meet; where one does not, the exit code is 6",
            Form::Tables(keys_of::<Check>().leak()),
        ),
        ("labels", labels, Form::WordsOrTable(SETS, LABELS)),
        ("output", "Where results go and what pictures look like", Form::Table(keys_of::<Output>().leak())),
    ];
    keys.extend(tables.map(|(name, about, form)| Key { name, about, form, default: None }));
    keys
});

/// Keys of `target` that describe the embedded server, beside `delay`.
pub(super) static DELAY_ONLY: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    keys_of::<DelayTarget>().into_iter().map(|key| key.name).filter(|name| *name != "delay").collect()
});

/// Keys of `target` that describe a request to an address, beside `url`.
pub(super) static URL_ONLY: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| keys_of::<UrlTarget>().into_iter().map(|key| key.name).filter(|name| *name != "url").collect());

/// Keys of `target` that a sleep has.
pub(super) const SLEEP: [&str; 2] = ["kind", "delay"];

fn target() -> Vec<Key> {
    let mut keys = vec![Key {
        name: "kind",
        about: "Whether a request is an HTTP exchange, or no more than a sleep of `delay` without any network",
        form: Form::Word(&["http", "sleep"]),
        default: Some(r#""http""#),
    }];
    keys.extend(keys_of::<DelayTarget>());
    keys.extend(keys_of::<UrlTarget>());
    keys.extend(keys_of::<NamedTarget>().into_iter().filter(|key| key.name == "name"));
    keys
}

/// The fields of a sweep that have no place of their own in [`ROOT`].
fn sweep() -> Vec<Key> {
    const ELSEWHERE: [&str; 8] =
        ["title", "target", "strategies", "charts", "references", "checks", "labels", "output"];
    keys_of::<Sweep>().into_iter().filter(|key| !ELSEWHERE.contains(&key.name)).collect()
}

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

/// Whether a config has a key of this name, in any of its tables.
pub(super) fn is_key(name: &str) -> bool {
    fn within(keys: &[Key], name: &str) -> bool {
        keys.iter().any(|key| key.name == name || within(key.keys(), name))
    }
    within(&ROOT, name)
}
