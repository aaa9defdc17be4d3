//! What there is to say about a key of a config: what it means, its form and its default.

use crate::model::figure::ChartInfo;

/// Names that the floors above register.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Every chart kind. None where they are not known, as for a run of before: then any word is taken.
    pub charts: &'a [ChartInfo],
    /// Whether strategies without a name are called as the article calls them, as in runs of schema 1 and 2; else after
    /// their kind.
    pub article_names: bool,
}

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
            Form::Table(keys) | Form::Tables(keys) | Form::TableOrTables(keys) | Form::WordsOrTable(_, keys) => keys,
            _ => &[],
        }
    }

    /// How a table or tables are headed in a file.
    pub(super) fn header(&self) -> String {
        match self.form {
            Form::Tables(_) => format!("[[{}]]", self.name),
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
    /// A number, 0 or more.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An HTTP status, or a class such as `"2xx"`.
    Status,
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
    /// One table with these keys, or at least one in two brackets each.
    TableOrTables(&'static [Key]),
}
