//! The table of keys: every key a config may hold, what it means, its form and its default. The reader,
//! the JSON Schema and the tests of the manual all walk this one table, so they cannot disagree.

use super::counts::MOST;
use super::labels::{LABELS, SETS};
use super::pictures::{CHART, OUTPUT, REFERENCE};
use super::strategy_keys::STRATEGY;
use super::sweep_keys::SWEEP;

/// One key.
#[derive(Debug, PartialEq)]
pub(super) struct Key {
    pub name: &'static str,
    /// One sentence for people, without a full stop.
    pub about: &'static str,
    pub form: Form,
    /// Its value when it is not written, as TOML.
    pub default: Option<&'static str>,
}

impl Key {
    /// The keys of a table or of tables; none for other forms.
    pub(super) fn keys(&self) -> &'static [Self] {
        match self.form {
            Form::Strategies => &STRATEGY.keys,
            Form::Table(keys) | Form::Tables(keys) | Form::WordsOrTable(_, keys) => keys,
            _ => &[],
        }
    }

    /// How a table or tables are headed in a file.
    pub(super) fn header(&self) -> String {
        match self.form {
            Form::Tables(_) | Form::Strategies => format!("[[{}]]", self.name),
            _ => format!("[{}]", self.name),
        }
    }
}

/// What a value must look like, taken by itself.
#[derive(Debug, PartialEq)]
pub(super) enum Form {
    /// Text that is shown: 1 to 200 characters, line breaks and tabs allowed, other control characters not.
    Label,
    /// Text that is shown in place of this one, with no other placeholders.
    Wording(&'static str),
    /// Any text.
    Text,
    /// A file or folder name.
    Path,
    /// An http or https address.
    Url,
    /// `"100ms"`; zero only where `zero` says so.
    Duration { zero: bool },
    /// A whole number within both bounds.
    Integer { least: i64, most: i64 },
    /// A number from 0 to 1.
    Share,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A strategy kind that the program knows.
    Kind,
    /// A chart kind that the program knows.
    Chart,
    /// Different values of one form; none at all only where `empty` says so.
    List { of: &'static Form, empty: bool },
    /// One value, or a list of different ones.
    OneOrMany(&'static Form),
    /// Request counts: an ascending list, or `{ from, to, step }`.
    Counts,
    /// A share as text: `"2%"`, above zero, at most 100 %.
    Percent,
    /// How often a cell is measured: a number, or `{ min, max, precision }`.
    Repeats,
    /// HTTP header names and values.
    Headers,
    /// A program and its arguments.
    Command,
    /// Names and values of environment variables.
    Environment,
    /// A table with these keys.
    Table(&'static [Key]),
    /// One of these words, or a table with these keys.
    WordsOrTable(&'static [&'static str], &'static [Key]),
    /// Any number of tables with these keys.
    Tables(&'static [Key]),
    /// Any number of tables with the keys of a strategy.
    Strategies,
}

/// The config as a whole.
pub(super) const ROOT: &[Key] = &[
    Key {
        name: "title",
        about: "Title of charts and reports",
        form: Form::Label,
        default: Some(r#""Duration by request count""#),
    },
    table("target", "What the requests are sent to: exactly one of `delay` and `url`", Form::Table(TARGET)),
    table("sweep", "What is measured, how often, in which order", Form::Table(SWEEP)),
    table("strategy", "A way of issuing requests; none at all is every built-in kind once", Form::Strategies),
    table("chart", "A picture to draw; none at all is every chart kind once", Form::Tables(CHART)),
    table("reference", "A line that was measured elsewhere, laid over the run's own", Form::Tables(REFERENCE)),
    Key {
        name: "labels",
        about: "The words that charts write by themselves: \"en\", \"zh\", or a table with texts in place of single ones",
        form: Form::WordsOrTable(SETS, LABELS),
        default: None,
    },
    table("output", "Where results go and what pictures look like", Form::Table(OUTPUT)),
];

const fn table(name: &'static str, about: &'static str, form: Form) -> Key {
    Key { name, about, form, default: None }
}

/// Keys of `target` that describe the embedded server, beside `delay`.
pub(super) const DELAY_ONLY: [&str; 3] = ["jitter", "failure-rate", "max-concurrent"];

/// Keys of `target` that a sleep has.
pub(super) const SLEEP: [&str; 2] = ["kind", "delay"];

/// Keys of `target` that describe a request to an address, beside `url`.
pub(super) const URL_ONLY: [&str; 4] = ["method", "body", "expect-status", "headers"];

const TARGET: &[Key] = &[
    Key {
        name: "kind",
        about: "Whether a request is an HTTP exchange, or no more than a sleep of `delay` without any network",
        form: Form::Word(&["http", "sleep"]),
        default: Some(r#""http""#),
    },
    Key {
        name: "delay",
        about: "How long the embedded delay server takes for each response; it is started for the sweep",
        form: Form::Duration { zero: true },
        default: None,
    },
    Key {
        name: "jitter",
        about: "Spread of the delay, uniform, ± around it, from the seed; at most the delay",
        form: Form::Duration { zero: true },
        default: Some(r#""0s""#),
    },
    Key {
        name: "failure-rate",
        about: "Share of responses that are HTTP 500, from the seed",
        form: Form::Share,
        default: Some("0.0"),
    },
    Key {
        name: "max-concurrent",
        about: "Requests the embedded server serves at once, the others wait; 0 is unlimited",
        form: Form::Integer { least: 0, most: MOST },
        default: Some("0"),
    },
    Key {
        name: "url",
        about: "An address that is already served, in place of `delay`",
        form: Form::Url,
        default: None,
    },
    Key {
        name: "method",
        about: "HTTP method of each request to the `url`",
        form: Form::Word(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        default: Some(r#""GET""#),
    },
    Key {
        name: "body",
        about: "Body of each request to the `url`; empty for none",
        form: Form::Text,
        default: Some(r#""""#),
    },
    Key {
        name: "expect-status",
        about: "The HTTP status that counts as success",
        form: Form::Integer { least: 100, most: 599 },
        default: Some("200"),
    },
    Key {
        name: "headers",
        about: "Headers of each request to the `url`; ${NAME} in a value is read from the environment when the sweep runs",
        form: Form::Headers,
        default: Some("{}"),
    },
];

/// Whether a config has a key of this name, in any of its tables.
pub(super) fn is_key(name: &str) -> bool {
    fn within(keys: &[Key], name: &str) -> bool {
        keys.iter().any(|key| key.name == name || within(key.keys(), name))
    }
    within(ROOT, name)
}
