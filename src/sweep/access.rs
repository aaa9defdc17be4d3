//! What is sent to a `url` in clear: its address and headers, `${NAME}` filled in. It crosses pipes to the children and
//! is never written; whatever a child says is searched for it before it is kept.

use thiserror::Error;

use crate::config::{self, MissingVariable};
use crate::model::Target;
use crate::model::target::{HIDDEN, user_info};

/// A shorter secret is a part of ordinary words.
const SHORTEST: usize = 4;

/// Address and headers, filled in. Holds nothing for the embedded server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The address, with password.
    pub url: String,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// What must not be kept: the longest first.
    secrets: Vec<String>,
}

/// A value of `[target]` that cannot be filled in.
#[derive(Debug, Error)]
#[error("cannot fill in {key} of [target]")]
pub struct AccessError {
    /// What it was for.
    key: String,
    /// What is missing.
    source: MissingVariable,
}

impl Access {
    /// Fills in what the config leaves to the environment; `lookup` knows it.
    ///
    /// # Errors
    /// When `lookup` lacks a variable.
    pub fn of(target: &Target, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, AccessError> {
        let Target::Url(target) = target else { return Ok(Self::default()) };
        let failed = |key: String| |source| AccessError { key, source };
        let url = config::fill_address(&target.url, &lookup).map_err(failed("url".to_owned()))?;
        let fill = |(name, value): &(String, String)| {
            let value = config::fill(value, &lookup).map_err(failed(format!("header {name}")))?;
            Ok((name.clone(), value))
        };
        let headers = target.headers.iter().map(fill).collect::<Result<Vec<_>, AccessError>>()?;
        let texts = headers.iter().map(|(_, value)| value.as_str()).chain(password(&url));
        let mut secrets: Vec<String> = texts.flat_map(words).map(str::to_owned).collect();
        let named = target.headers.iter().map(|(_, value)| value.as_str()).chain([target.url.as_str()]);
        secrets.extend(named.flat_map(config::variables).filter_map(&lookup));
        secrets.retain(|secret| secret.len() >= SHORTEST);
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Ok(Self { url, headers, secrets })
    }

    /// A text without any secret in it.
    #[must_use]
    pub fn hide(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, HIDDEN))
    }
}

/// The password of an address, as it stands there.
fn password(url: &str) -> Option<&str> {
    user_info(url).and_then(|user| url[user].split_once(':')).map(|(_, password)| password)
}

/// A value as a whole, and what stands behind a scheme's name.
fn words(value: &str) -> impl Iterator<Item = &str> {
    std::iter::once(value).chain(value.split_once(' ').map(|(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::Access;
    use crate::model::{Target, UrlTarget};

    #[test]
    fn what_a_child_says_is_kept_without_secrets() {
        let target = Target::Url(UrlTarget {
            url: "http://me:${PASSWORD}@host/".into(),
            method: "GET".into(),
            body: String::new(),
            expect_status: 200,
            headers: vec![("A".into(), "Bearer ${TOKEN}".into()), ("B".into(), "Basic literal".into())],
        });
        let lookup = |name: &str| match name {
            "PASSWORD" => Some("p@ss".to_owned()),
            "TOKEN" => Some("tok3n".to_owned()),
            _ => None,
        };
        let access = Access::of(&target, lookup).unwrap();
        assert_eq!(access.url, "http://me:p%40ss@host/");
        assert_eq!(access.headers[0].1, "Bearer tok3n");
        assert_eq!(
            access.hide("http://me:p%40ss@host/ p@ss tok3n, Bearer tok3n, literal; the rest"),
            "http://me:***@host/ *** ***, ***, ***; the rest"
        );
        let error = Access::of(&target, |_| None).unwrap_err();
        assert_eq!(error.to_string(), "cannot fill in url of [target]");
    }
}
