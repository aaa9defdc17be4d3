//! What to type in place of a word that is no subcommand.

use clap::error::{ContextKind, ContextValue};

use crate::format::command_line;

/// Adds what to type, where the first word is no subcommand and what it was meant to be can be told.
pub(super) fn with_hint(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return error };
    let extension = std::path::Path::new(word).extension().and_then(|extension| extension.to_str());
    let hint = match (word.as_str(), extension) {
        ("run" | "sweep" | "bench" | "start" | "measure", _) => {
            "a sweep needs no subcommand: reportgen --config FILE".to_owned()
        }
        (_, Some("toml")) => format!("to run a sweep: reportgen --config {}", command_line(std::slice::from_ref(word))),
        (_, Some("csv" | "zst")) => {
            format!("to draw it: reportgen render {}", command_line(std::slice::from_ref(word)))
        }
        _ => return error,
    };
    error.remove(ContextKind::SuggestedSubcommand);
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint.into()]));
    error
}
