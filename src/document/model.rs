//! What a document is, whatever it is about and in whichever format it is written. Texts are plain: each writer marks
//! them up and escapes them.

use serde::Serialize;

use super::pictures::Picture;
use super::table::DataTable;
use crate::model::figure::Language;

/// A document for people.
#[derive(Clone, Debug, Serialize)]
pub struct Document<'a> {
    /// Its heading.
    pub title: String,
    /// The language it is written in.
    pub language: Language,
    /// The language of its heading: that of the charts where they gave it.
    pub title_language: Language,
    /// What a reader came for, in a sentence; empty where there is no answer.
    pub answer: String,
    /// When, where and how much, in a sentence; may be empty.
    pub lead: String,
    /// Its parts, in order.
    pub sections: Vec<DocumentSection<'a>>,
}

/// A part of a document.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentSection<'a> {
    /// What links lead to; unique in the document.
    pub id: String,
    /// What a list of contents calls it.
    pub short: String,
    /// Its heading; empty where it stands below the document's own.
    pub title: String,
    /// What stands in it, in order.
    pub blocks: Vec<Block<'a>>,
}

impl<'a> DocumentSection<'a> {
    /// A section that a list of contents calls by its heading.
    pub(super) fn new(id: impl Into<String>, title: impl Into<String>, blocks: Vec<Block<'a>>) -> Self {
        let title = title.into();
        Self { id: id.into(), short: title.clone(), title, blocks }
    }

    /// The same with another name in a list of contents.
    pub(super) fn called(self, short: &str) -> Self {
        Self { short: short.to_owned(), ..self }
    }
}

/// What stands in a section.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
pub enum Block<'a> {
    /// Sentences.
    Paragraph(String),
    /// Sentences that matter less than what stands beside them.
    Note(String),
    /// Statements, one below the other.
    List(Vec<Item>),
    /// What the list below is about.
    Heading(&'static str),
    /// Names, and what is known under each.
    Facts(Vec<(&'static str, String)>),
    /// Rows and columns.
    Table(DataTable),
    /// Strategies that the figures below show, with their indices: where a page can hide them.
    Switches(Vec<(String, usize)>),
    /// A picture.
    Figure(FigureBlock<'a>),
    /// What a machine takes, letter by letter.
    Code {
        /// Its language, as Markdown names it.
        language: &'static str,
        /// One or several lines.
        text: String,
    },
    /// What only some readers look for.
    Fold(Fold<'a>),
}

/// One statement of a list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Item {
    /// What it is about; may be empty.
    pub label: String,
    /// The statement.
    pub text: String,
    /// What follows from it; may be empty.
    pub aside: String,
    /// How it is meant.
    pub tone: Tone,
}

impl Item {
    /// The whole on one line.
    #[must_use]
    pub fn sentence(&self) -> String {
        let label = if self.label.is_empty() { String::new() } else { format!("{}: ", self.label) };
        let gap = if self.aside.is_empty() { "" } else { " " };
        format!("{label}{}{gap}{}", self.text, self.aside)
    }
}

/// How a statement is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// As it stands.
    #[default]
    Plain,
    /// As a question that the data leave open.
    Open,
    /// As less than the others.
    Muted,
}

/// A picture with what belongs to it.
#[derive(Clone, Debug, Serialize)]
pub struct FigureBlock<'a> {
    /// The picture.
    pub picture: &'a Picture<'a>,
    /// Its numbers; only a page that holds the picture itself shows them.
    pub values: Option<Fold<'a>>,
    /// What it answers, for those who do not see it; may be empty.
    pub answer: String,
}

/// Blocks that are shown on demand.
#[derive(Clone, Debug, Serialize)]
pub struct Fold<'a> {
    /// What is in it.
    pub summary: &'static str,
    /// The blocks.
    pub blocks: Vec<Block<'a>>,
}
