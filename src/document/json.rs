//! The data behind a document for programs. Missing is `null`; keys keep their order, and a change of meaning is a new
//! `schema_version`.

use std::io::{self, Write};

use serde::Serialize;

use super::comparison_json::comparison;
use super::history_json::history;
use super::pictures::Pictures;
use super::source::DocumentSource;
use super::summary_json::write_summary;
use super::writer::Writer;

/// The format for programs.
pub(super) struct Json;

impl Writer for Json {
    fn extension(&self) -> &'static str {
        "json"
    }

    fn is_data(&self) -> bool {
        true
    }

    fn write(&self, source: &DocumentSource<'_>, _: &Pictures<'_>, to: &mut dyn Write) -> io::Result<()> {
        match source {
            DocumentSource::Report(report) => write_summary(report, to),
            DocumentSource::Comparison(compared) => pretty(&comparison(compared), to),
            DocumentSource::History(archived) => pretty(&history(archived.series), to),
        }
    }
}

fn pretty(data: &impl Serialize, to: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, data)?;
    writeln!(to)
}
