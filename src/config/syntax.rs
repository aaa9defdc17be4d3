//! Text that is no TOML: the parser's errors → diagnostics, one for each line, with a hint for the usual slips.

use std::ops::Range;

use toml::de::Error;

use super::diagnostic::Diagnostic;
use crate::model::parse_duration;

const MISSING_COMMA: &str = "missing comma between array elements";

/// One diagnostic for each line that the parser could not read: its first, since it causes the others.
pub(super) fn diagnostics(text: &str, errors: &[Error]) -> Vec<Diagnostic> {
    let mut errors: Vec<(Range<usize>, &Error)> =
        errors.iter().map(|error| (error.span().unwrap_or(0..0), error)).collect();
    errors.sort_by_key(|(span, _)| span.start);
    errors.dedup_by_key(|(span, _)| line_of(text, span.start));
    // What follows a list that is not closed was read as its elements: only the first such line says something.
    if let Some(index) = errors.iter().position(|(span, error)| is_after_list(text, span, error)) {
        errors.truncate(index + 1);
    }
    errors.into_iter().map(|(span, error)| diagnostic(text, span, error)).collect()
}

/// Where the first fault is that makes the rest of the text mean something else, if there is one.
pub(super) fn first_derailment(errors: &[Error]) -> Option<usize> {
    let harmless = ["string values must be quoted", "duplicate key"];
    let derailing = errors.iter().filter(|error| !harmless.contains(&problem(error).0));
    derailing.map(|error| error.span().map_or(0, |span| span.start)).min()
}

/// What the parser found, and what it expected, if it says so.
fn problem(error: &Error) -> (&str, &str) {
    error.message().split_once(", expected ").unwrap_or((error.message(), ""))
}

fn is_after_list(text: &str, span: &Range<usize>, error: &Error) -> bool {
    let before = text.get(line_of(text, span.start)..span.start).unwrap_or_default();
    problem(error).0 == MISSING_COMMA && before.trim().is_empty()
}

/// Where the line that holds `offset` begins.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset.min(text.len())];
    before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
}

fn diagnostic(text: &str, span: Range<usize>, error: &Error) -> Diagnostic {
    let (what, expected) = problem(error);
    let new = |expected: String| Diagnostic::new("", span.clone(), format!("not TOML: {what}"), expected);
    let written = text.get(span.clone()).unwrap_or_default().trim();
    match what {
        MISSING_COMMA if is_after_list(text, &span, error) => {
            let title = "not TOML: the list above is not closed".to_owned();
            Diagnostic::new("", span, title, "expected `,` or `]` before this")
        }
        "string values must be quoted" if parse_duration(written).is_ok() => {
            new(format!("a duration stands in quotes: \"{written}\""))
        }
        "string values must be quoted" => new("text stands in quotes".to_owned()),
        "duplicate key" => new("it is already given above".to_owned()),
        "recursion limit" | "cannot recurse further; max recursion depth met" => {
            Diagnostic::new("", span.clone(), "nested too deeply".to_owned(), "no config needs that")
        }
        _ if expected.is_empty() || expected == "nothing" => new(String::new()),
        _ => new(format!("expected {expected}")),
    }
}
