//! `${NAME}` in header values and in an address: found in a config, filled in when a sweep runs. The environment is the caller's; knows nothing of TOML.

use crate::format::percent_encoded;
use crate::model::address::user_info;

/// A variable that the config needs and the environment lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is not set, or is no text that can stand there")]
pub struct MissingVariable(pub String);

/// A piece of a text with variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextPart<'a> {
    /// Stands for itself.
    Plain(&'a str),
    /// The name between `${` and `}`.
    Variable(&'a str),
    /// `${` without `}`; the text after it follows as a plain part.
    Unclosed,
}

/// Takes a text apart.
pub(super) fn parts(text: &str) -> impl Iterator<Item = TextPart<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let Some(inside) = rest.strip_prefix("${") else {
            let (plain, after) = rest.split_at(rest.find("${").unwrap_or(rest.len()));
            rest = after;
            return Some(TextPart::Plain(plain)).filter(|_| !plain.is_empty());
        };
        let Some((name, after)) = inside.split_once('}') else {
            rest = inside;
            return Some(TextPart::Unclosed);
        };
        rest = after;
        Some(TextPart::Variable(name))
    })
}

/// Whether a name is one that an environment can have: letters, digits and `_`.
pub(super) fn is_variable(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(word) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// The names of the variables in a text, in order.
pub fn variables(text: &str) -> impl Iterator<Item = &str> {
    parts(text).filter_map(|part| match part {
        TextPart::Variable(name) => Some(name),
        _ => None,
    })
}

/// Replaces each `${NAME}` by what `value` makes of NAME. What is put in is not looked at again.
pub(super) fn fill_with(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, MissingVariable> {
    let filled = parts(text).map(|part| match part {
        TextPart::Plain(text) => Ok(text.to_owned()),
        TextPart::Variable(name) => value(name).ok_or_else(|| MissingVariable(name.to_owned())),
        TextPart::Unclosed => Ok("${".to_owned()),
    });
    filled.collect()
}

/// Replaces each `${NAME}` in an address that passed [`super::load`] by what `lookup` knows about NAME: in its user name and
/// password escaped, as they need it, elsewhere as it is. Whether an address came of it is the caller's to check.
///
/// # Errors
/// When `lookup` knows nothing, or a text with control characters.
pub fn fill_address(url: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<String, MissingVariable> {
    let user = user_info(url).unwrap_or(0..0);
    let lookup = |name: &str| lookup(name).filter(|text| !text.contains(char::is_control));
    let before = fill_with(&url[..user.start], lookup)?;
    let filled = fill_with(&url[user.clone()], |name| lookup(name).map(|text| percent_encoded(&text)))?;
    Ok(format!("{before}{filled}{}", fill_with(&url[user.end..], lookup)?))
}

/// Why an address cannot hold its variables; the problem and what is expected. `None` for one that can.
pub(super) fn address_fault(url: &str) -> Option<(&'static str, &'static str)> {
    parts(url).find_map(|part| match part {
        TextPart::Unclosed => Some(("holds a `${` that is not closed", "expected `}` behind the variable's name")),
        TextPart::Variable(name) if !is_variable(name) => {
            Some(("holds `${` and no variable", "expected a name of letters, digits and _, then `}`"))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{MissingVariable, address_fault, fill_address, variables};

    #[test]
    fn user_and_password_of_an_address_are_filled_in_and_escaped() {
        let lookup = |name: &str| match name {
            "USER" => Some("me".to_owned()),
            "PASSWORD" => Some("p@s/${USER}:ü".to_owned()),
            _ => None,
        };
        assert_eq!(
            fill_address("http://${USER}:x${PASSWORD}@host/a@b", lookup),
            Ok("http://me:xp%40s%2F%24%7BUSER%7D%3A%C3%BC@host/a@b".to_owned())
        );
        assert_eq!(fill_address("http://a:${NO}@host/", lookup), Err(MissingVariable("NO".to_owned())));
        assert_eq!(fill_address("http://host/", lookup), Ok("http://host/".to_owned()));
        assert_eq!(fill_address("${USER}://a:b@c/${USER}?d=${USER}", lookup), Ok("me://a:b@c/me?d=me".to_owned()));
        assert!(fill_address("http://host/${LINES}", |_| Some("a\nb".to_owned())).is_err());
        assert_eq!(variables("${A} b ${C}${").collect::<Vec<_>>(), ["A", "C"]);
    }

    #[test]
    fn a_variable_of_an_address_is_closed_and_has_a_name() {
        for (url, is_right) in [
            ("http://${A}:${B_1}@host/", true),
            ("http://host/", true),
            ("${A}/x?y=${B}", true),
            ("http://a:${A@host/", false),
            ("http://a:${1}@host/", false),
        ] {
            assert_eq!(address_fault(url).is_none(), is_right, "{url}");
        }
    }
}
