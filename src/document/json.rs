//! The data behind a document for programs. Missing is `null`; keys keep their order, and a change of meaning is a new
//! `schema_version`.

use serde::Serialize;

use super::comparison_json::comparison;
use super::history_json::history;
use super::pictures::Pictures;
use super::source::DocumentSource;
use super::summary_json::summary;
use super::writer::{DocumentError, Writer};

/// The format for programs.
pub(super) struct Json;

impl Writer for Json {
    fn extension(&self) -> &'static str {
        "json"
    }

    fn is_data(&self) -> bool {
        true
    }

    fn bytes(&self, source: &DocumentSource<'_>, _: &Pictures<'_>) -> Result<Vec<u8>, DocumentError> {
        match source {
            DocumentSource::Report(report) => pretty(&summary(report)),
            DocumentSource::Comparison(compared) => pretty(&comparison(compared)),
            DocumentSource::History(archived) => pretty(&history(archived.series)),
        }
    }
}

fn pretty(data: &impl Serialize) -> Result<Vec<u8>, DocumentError> {
    let mut bytes = serde_json::to_vec_pretty(data)?;
    bytes.push(b'\n');
    Ok(bytes)
}
