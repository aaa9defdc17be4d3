//! What a document is about, and the document that follows from it.

use super::history::Archived;
use super::model::Document;
use super::pictures::Pictures;
use super::{comparison, history, report};
use crate::comparison::Comparison;
use crate::report::Report;

/// The numbers that a document is made of.
#[derive(Clone, Copy, Debug)]
pub enum DocumentSource<'a> {
    /// One run.
    Report(&'a Report<'a>),
    /// Two runs beside each other.
    Comparison(&'a Comparison<'a>),
    /// Many runs over time.
    History(&'a Archived<'a>),
}

impl<'a> DocumentSource<'a> {
    /// The document for people.
    #[must_use]
    pub fn document<'d>(&self, pictures: &'d Pictures<'d>) -> Document<'d> {
        match self {
            Self::Report(report) => report::document(report, pictures),
            Self::Comparison(compared) => comparison::document(compared, pictures),
            Self::History(archived) => history::document(archived, pictures),
        }
    }

    /// What its files are called; of a run, data and documents have names of their own.
    #[must_use]
    pub fn stem(&self, is_data: bool) -> &'static str {
        match self {
            Self::Report(_) if is_data => "summary",
            Self::Report(_) => "report",
            Self::Comparison(_) => "comparison",
            Self::History(_) => "history",
        }
    }
}
