//! HTTP header names and values. What a file may hold is checked here; the values of the environment come later, from
//! the caller. The only user of the http crate; knows nothing of TOML.

use http::{HeaderName, HeaderValue};

use super::variables::{MissingVariable, TextPart, fill_with, is_variable, parts};

/// Headers that the client writes itself: another value would break the request.
const RESERVED: [&str; 3] = ["connection", "content-length", "transfer-encoding"];

/// Why a header cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum HeaderFault {
    #[error("a header name consists of letters, digits and any of !#$%&'*+-.^_`|~")]
    Name,
    #[error("the client sets this header itself")]
    Reserved,
    #[error("a header value is one line of printable ASCII")]
    Value,
    #[error("`${{` is not closed")]
    Unclosed,
    #[error("`${{{0}}}` is no variable: its name consists of letters, digits and _")]
    Variable(String),
}

pub(super) fn check_name(name: &str) -> Result<(), HeaderFault> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HeaderFault::Name)?;
    if RESERVED.contains(&name.as_str()) { Err(HeaderFault::Reserved) } else { Ok(()) }
}

pub(super) fn check_value(value: &str) -> Result<(), HeaderFault> {
    for part in parts(value) {
        match part {
            TextPart::Plain(text) if !is_sendable(text) => return Err(HeaderFault::Value),
            TextPart::Variable(name) if !is_variable(name) => return Err(HeaderFault::Variable(name.to_owned())),
            TextPart::Unclosed => return Err(HeaderFault::Unclosed),
            TextPart::Plain(_) | TextPart::Variable(_) => {}
        }
    }
    Ok(())
}

/// Replaces each `${NAME}` of a header value that passed [`super::load`] by what `lookup` knows about NAME. What is
/// put in is not looked at again.
///
/// # Errors
/// When `lookup` knows nothing, or something that no header can hold.
pub fn fill(value: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<String, MissingVariable> {
    fill_with(value, |name| lookup(name).filter(|text| is_sendable(text)))
}

/// The http crate also takes bytes beyond ASCII, which servers read in different ways.
fn is_sendable(text: &str) -> bool {
    text.is_ascii() && HeaderValue::from_str(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::variables::MissingVariable;
    use super::{HeaderFault, check_name, check_value, fill};

    #[test]
    fn names_and_values_are_those_of_http() {
        for name in ["Authorization", "x-trace-id", "X_1"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", "a b", "a:", "ä", "a\n"] {
            assert_eq!(check_name(name), Err(HeaderFault::Name), "{name:?}");
        }
        assert_eq!(check_name("Content-Length"), Err(HeaderFault::Reserved));
        for value in ["", "text/html; q=0.8", "Bearer ${API_TOKEN}", "${A}${_b2}", "5 $", "$ {A}", "}"] {
            assert_eq!(check_value(value), Ok(()), "{value}");
        }
        let variable = |name: &str| HeaderFault::Variable(name.to_owned());
        for (value, fault) in [
            ("a\nb", HeaderFault::Value),
            ("ü", HeaderFault::Value),
            ("Bearer ${API", HeaderFault::Unclosed),
            ("${}", variable("")),
            ("${1A}", variable("1A")),
            ("${A B}", variable("A B")),
        ] {
            assert_eq!(check_value(value), Err(fault), "{value:?}");
        }
    }

    #[test]
    fn variables_are_filled_in_once() {
        let lookup = |name: &str| match name {
            "TOKEN" => Some("s3cret ${OTHER}".to_owned()),
            "BROKEN" => Some("a\r\nb".to_owned()),
            _ => None,
        };
        assert_eq!(fill("Bearer ${TOKEN}!", lookup), Ok("Bearer s3cret ${OTHER}!".to_owned()));
        assert_eq!(fill("plain $ {x}", lookup), Ok("plain $ {x}".to_owned()));
        for name in ["OTHER", "BROKEN"] {
            assert_eq!(fill(&format!("${{{name}}}"), lookup), Err(MissingVariable(name.to_owned())));
        }
    }
}
