//! What the requests are sent to.

use std::ops::Range;

use url::Url;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::units::Nanos;

/// The target of a sweep: the embedded delay server, an address that is already served, or no server at all.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The embedded delay server, started for the sweep.
    Delay(DelayTarget),
    /// A server that somebody else runs.
    Url(UrlTarget),
    /// Nobody: each request is a sleep, so that the cost of each way of waiting shows alone.
    Sleep {
        /// How long each request sleeps.
        delay: Nanos,
    },
}

/// How the embedded server behaves. All randomness comes from the sweep's seed.
#[derive(Clone, Debug, PartialEq)]
pub struct DelayTarget {
    /// Time between reading a request and writing its response.
    pub delay: Nanos,
    /// Uniform, ± around `delay`; at most `delay`.
    pub jitter: Nanos,
    /// Share of responses that are HTTP 500: 0 to 1.
    pub failure_rate: f64,
    /// Requests served at once, others wait their turn; 0 is unlimited.
    pub max_concurrent: u32,
}

/// A request as it is sent to a `url` target.
#[derive(Clone, Debug, PartialEq)]
pub struct UrlTarget {
    /// An `http` or `https` address.
    pub url: String,
    /// HTTP method, upper case.
    pub method: String,
    /// Request body; empty for none.
    pub body: String,
    /// The status that counts as success: 100 to 599.
    pub expect_status: u16,
    /// Header names and values, `${NAME}` not yet filled in.
    pub headers: Vec<(String, String)>,
}

/// What a target said of itself in one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetSeen {
    /// Version of HTTP, such as `HTTP/1.1`.
    pub http_version: String,
    /// Status of the answer.
    pub status: u16,
    /// The `Server` header, at most 200 characters; absent where the target sends none.
    pub server: Option<String>,
}

impl UrlTarget {
    /// The address with `***` in place of a password, for messages and files.
    #[must_use]
    pub fn shown_url(&self) -> String {
        with_password(&self.url, |_| HIDDEN.to_owned())
    }

    /// The address without user name and password, for pages that are published.
    #[must_use]
    pub fn bare_url(&self) -> String {
        match user_info(&self.url) {
            Some(user) => format!("{}{}", &self.url[..user.start], &self.url[user.end + 1..]),
            None => as_parsed(&self.url, None).unwrap_or_else(|| self.url.clone()),
        }
    }
}

/// What stands in place of a secret.
pub const HIDDEN: &str = "***";

/// Where user name and password of an address stand, without the `@` behind them.
#[must_use]
pub fn user_info(url: &str) -> Option<Range<usize>> {
    let start = url.find("://")? + 3;
    let authority = url[start..].find(['/', '?', '#', '\\']).map_or(&url[start..], |end| &url[start..start + end]);
    authority.rfind('@').map(|at| start..start + at)
}

/// An address with what `mask` makes of its password in place of it.
#[must_use]
pub fn with_password(url: &str, mask: impl Fn(&str) -> String) -> String {
    let password = user_info(url).and_then(|user| {
        let colon = url[user.clone()].find(':')?;
        Some(user.start + colon + 1..user.end)
    });
    match password.filter(|place| !place.is_empty()) {
        Some(place) => format!("{}{}{}", &url[..place.start], mask(&url[place.clone()]), &url[place.end..]),
        None => as_parsed(url, Some(HIDDEN)).unwrap_or_else(|| url.to_owned()),
    }
}

/// A text as part of an address: all but letters, digits and `-._~` percent-encoded.
#[must_use]
pub fn percent_encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Addresses can be written in ways that only their parser sees through, such as with a third slash: rewritten without
/// their secrets. `None` where there are none.
fn as_parsed(url: &str, password: Option<&str>) -> Option<String> {
    let mut parsed = Url::parse(url).ok().filter(|url| url.password().is_some())?;
    // Neither can fail for an address that has a password.
    let _ = parsed.set_password(password);
    if password.is_none() {
        let _ = parsed.set_username("");
    }
    Some(parsed.into())
}

impl Target {
    /// The configured delay, where the target has one.
    #[must_use]
    pub fn delay(&self) -> Option<Nanos> {
        match self {
            Self::Delay(DelayTarget { delay, .. }) | Self::Sleep { delay } => Some(*delay),
            Self::Url(_) => None,
        }
    }

    /// The shortest time that a request can take; `None` where nobody knows.
    #[must_use]
    pub fn least_service(&self) -> Option<Nanos> {
        match self {
            Self::Delay(target) => Some(target.delay.saturating_sub(target.jitter)),
            Self::Sleep { delay } => Some(*delay),
            Self::Url(_) => None,
        }
    }

    /// The status that counts as success; a sleep has none.
    #[must_use]
    pub fn expect_status(&self) -> u16 {
        match self {
            Self::Delay(_) | Self::Sleep { .. } => 200,
            Self::Url(target) => target.expect_status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::UrlTarget;

    #[test]
    fn passwords_are_masked_and_nothing_else() {
        for (url, shown, bare) in [
            ("http://a:b@host:80/x@y:z", "http://a:***@host:80/x@y:z", "http://host:80/x@y:z"),
            ("http://a:b:c@host", "http://a:***@host", "http://host"),
            ("https://me:s3@cret@host?x=a@b", "https://me:***@host?x=a@b", "https://host?x=a@b"),
            ("http://a:p w@host/", "http://a:***@host/", "http://host/"),
            ("http://user@host/", "http://user@host/", "http://host/"),
            ("http://user:@host/", "http://user:@host/", "http://host/"),
            ("http://host:80/a:b@c", "http://host:80/a:b@c", "http://host:80/a:b@c"),
            ("http:///a:b@host/", "http://a:***@host/", "http://host/"),
            ("nothing", "nothing", "nothing"),
        ] {
            let (method, body, headers) = (String::new(), String::new(), Vec::new());
            let target = UrlTarget { url: url.into(), method, body, expect_status: 200, headers };
            assert_eq!((&*target.shown_url(), &*target.bare_url()), (shown, bare));
        }
    }
}
