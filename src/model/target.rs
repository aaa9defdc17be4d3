//! What the requests are sent to.

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

impl UrlTarget {
    /// The address with `***` in place of a password, for messages and files.
    #[must_use]
    pub fn shown_url(&self) -> String {
        without_password(&self.url)
    }
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(authority_end);
    match authority.rsplit_once('@') {
        Some((user, host)) if user.contains(':') => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}:***@{host}{path}")
        }
        _ => url.to_owned(),
    }
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
    use super::without_password;

    #[test]
    fn passwords_are_masked_and_nothing_else() {
        for (url, shown) in [
            ("http://a:b@host:80/x@y:z", "http://a:***@host:80/x@y:z"),
            ("http://a:b:c@host", "http://a:***@host"),
            ("http://user@host/", "http://user@host/"),
            ("http://host:80/a:b@c", "http://host:80/a:b@c"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
