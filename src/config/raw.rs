//! The raw mirror of a config: every key as written, with its place, each value already read by itself. What values
//! mean together is not known here. Built by `reader`, taken apart by `valid`, `target` and `strategies`.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};

use super::keys::Key;
use crate::model::{Nanos, Repeats};

/// A value and its place in the text; a default has the place of its section.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spanned<T> {
    pub value: T,
    pub span: Range<usize>,
}

/// A value that has the form its key asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Duration(Nanos),
    Integer(i64),
    Share(f64),
    Number(f64),
    Boolean(bool),
    List(Vec<Spanned<Value>>),
    Counts(Vec<u32>),
    Repeats(Repeats),
    Headers(Vec<(String, String)>),
    Environment(Vec<(String, String)>),
    Words(Vec<String>),
    Section(Section),
    Sections(Vec<Section>),
}

/// One key of a section.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct KeyEntry {
    pub key: &'static Key,
    /// Place of the key itself; `None` for a default.
    pub name: Option<Range<usize>>,
    /// `None` where the value is faulty and has its diagnostic.
    pub value: Option<Spanned<Value>>,
}

/// One table of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Section {
    /// Dotted key; empty for the whole file.
    pub path: String,
    /// Place of its header.
    pub span: Range<usize>,
    /// What is written, and the defaults of what is not.
    pub entries: Vec<KeyEntry>,
    /// Keys that an unknown key was probably meant to be.
    pub unknown_keys: Vec<&'static str>,
}

impl Section {
    /// A section of which nothing is read yet.
    pub(super) fn empty(path: &str, span: Range<usize>) -> Self {
        Self { path: path.to_owned(), span, entries: Vec::new(), unknown_keys: Vec::new() }
    }

    /// The dotted key of one of its keys.
    pub(super) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Place of the key `name`, if it is written, rightly or not.
    pub(super) fn written(&self, name: &str) -> Option<&Range<usize>> {
        self.entries.iter().find(|entry| entry.key.name == name)?.name.as_ref()
    }

    /// Whether the author tried to write `name`: nothing more needs to be said about its absence.
    pub(super) fn attempted(&self, name: &str) -> bool {
        self.written(name).is_some() || self.unknown_keys.contains(&name)
    }

    /// Whether reading it added no diagnostic.
    pub(super) fn is_sound(&self) -> bool {
        self.unknown_keys.is_empty() && self.entries.iter().all(|entry| entry.name.is_none() || entry.value.is_some())
    }

    /// The value of `name`, written or default.
    pub(super) fn value(&self, name: &str) -> Option<&Spanned<Value>> {
        self.entries.iter().find(|entry| entry.key.name == name)?.value.as_ref()
    }

    /// Place of the value of `name`, else of its key, else of the section.
    pub(super) fn place(&self, name: &str) -> Range<usize> {
        let value = self.value(name).map(|written| &written.span);
        value.or_else(|| self.written(name)).unwrap_or(&self.span).clone()
    }

    /// The type that the section becomes, with `others` for fields that stand elsewhere; `None` where a value is faulty.
    pub(super) fn read_as<T: DeserializeOwned>(&self, others: Map<String, Json>) -> Option<T> {
        serde_json::from_value(Json::Object(self.fields(others)?)).ok()
    }

    /// What is written, and the defaults, beside `fields`; `None` where a value is faulty.
    fn fields(&self, mut fields: Map<String, Json>) -> Option<Map<String, Json>> {
        for entry in self.entries.iter().filter(|entry| entry.name.is_some() || entry.value.is_some()) {
            fields.insert(entry.key.name.to_owned(), entry.value.as_ref()?.value.json()?);
        }
        Some(fields)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.value(name)?.value.as_text()
    }

    pub(super) fn duration(&self, name: &str) -> Option<Nanos> {
        match self.value(name)?.value {
            Value::Duration(nanos) => Some(nanos),
            _ => None,
        }
    }

    /// An integer of a form whose bounds fit `T`.
    pub(super) fn integer<T: TryFrom<i64>>(&self, name: &str) -> Option<T> {
        self.value(name)?.value.as_integer()
    }

    pub(super) fn list(&self, name: &str) -> Option<&[Spanned<Value>]> {
        match &self.value(name)?.value {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    pub(super) fn counts(&self, name: &str) -> Option<&[u32]> {
        match &self.value(name)?.value {
            Value::Counts(counts) => Some(counts),
            _ => None,
        }
    }

    pub(super) fn section(&self, name: &str) -> Option<&Section> {
        match &self.value(name)?.value {
            Value::Section(section) => Some(section),
            _ => None,
        }
    }

    /// The tables of `name`; none where it is not written, `None` where it is faulty.
    pub(super) fn sections(&self, name: &str) -> Option<&[Section]> {
        match &self.value(name)?.value {
            Value::Sections(sections) => Some(sections),
            _ => None,
        }
    }
}

impl Value {
    pub(super) fn as_section_mut(&mut self) -> Option<&mut Section> {
        match self {
            Self::Section(section) => Some(section),
            _ => None,
        }
    }

    /// The value as the type of its key reads it; `None` where one is faulty, and for lists of tables.
    pub(super) fn json(&self) -> Option<Json> {
        Some(match self {
            Self::Text(text) => text.as_str().into(),
            Self::Integer(number) => (*number).into(),
            Self::Duration(nanos) => nanos.written().into(),
            Self::Share(number) | Self::Number(number) => (*number).into(),
            Self::Boolean(answer) => (*answer).into(),
            Self::List(list) => return list.iter().map(|item| item.value.json()).collect(),
            Self::Counts(counts) => counts.as_slice().into(),
            Self::Repeats(repeats) => json!(repeats),
            Self::Headers(pairs) => json!(pairs),
            Self::Environment(pairs) => pairs.iter().map(|(name, value)| (name.clone(), value.as_str())).collect(),
            Self::Words(words) => words.as_slice().into(),
            Self::Section(section) => section.fields(Map::new())?.into(),
            Self::Sections(_) => return None,
        })
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_integer<T: TryFrom<i64>>(&self) -> Option<T> {
        match self {
            Self::Integer(integer) => T::try_from(*integer).ok(),
            _ => None,
        }
    }
}
