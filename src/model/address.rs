//! Addresses as people write them: where user name and password stand, and what of the rest may be a secret.

use std::ops::Range;

use url::Url;

use super::secret::{HIDDEN, is_harmless, is_token, masked};

/// Where user name and password of an address stand, without the `@` behind them.
#[must_use]
pub fn user_info(url: &str) -> Option<Range<usize>> {
    let authority = authority(url)?;
    url[authority.clone()].rfind('@').map(|at| authority.start..authority.start + at)
}

/// Where the authority of an address stands: behind `://`, up to the path, query or fragment.
fn authority(url: &str) -> Option<Range<usize>> {
    let start = url.find("://")? + 3;
    Some(start..url[start..].find(['/', '?', '#', '\\']).map_or(url.len(), |end| start + end))
}

/// Where an address holds what may be a secret, in order: its password, or the user name where none is beside it; parts
/// of the path that look like a key; values of the query, and of the fragment. See [`super::secret`].
#[must_use]
pub fn secret_places(url: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    if let Some(user) = user_info(url) {
        let colon = url[user.clone()].find(':').map_or(user.end, |colon| user.start + colon);
        let password = (colon + 1).min(user.end)..user.end;
        let place = if password.is_empty() { user.start..colon } else { password };
        places.extend(Some(place).filter(|place| !url[place.clone()].is_empty()));
    }
    let path = authority(url).map_or(url.len(), |authority| authority.end);
    let query = url[path..].find(['?', '#']).map_or(url.len(), |end| path + end);
    places.extend(pieces(url, path..query, &['/', '\\']).filter(|piece| is_token(&url[piece.clone()])));
    for piece in pieces(url, query..url.len(), &['?', '#', '&', ';']) {
        let start = url[piece.clone()].find('=').map_or(piece.start, |equals| piece.start + equals + 1);
        places.extend(Some(start..piece.end).filter(|value| !is_harmless(&url[value.clone()])));
    }
    places.retain(|place| &url[place.clone()] != HIDDEN);
    places
}

/// An address with what `mask` makes of each of its secrets in place of it. One that only its parser sees through, such
/// as with a third slash, is written in the parser's form.
#[must_use]
pub fn masked_address(url: &str, mask: impl Fn(&str) -> String) -> String {
    let hidden = || Url::parse(url).ok().filter(|parsed| user_info(url).is_none() && has_user(parsed));
    match hidden() {
        Some(parsed) => masked(parsed.as_str(), &secret_places(parsed.as_str()), mask),
        None => masked(url, &secret_places(url), mask),
    }
}

/// The same without user name and password.
#[must_use]
pub fn bare_address(url: &str) -> String {
    let masked = masked_address(url, |_| HIDDEN.to_owned());
    match user_info(&masked) {
        Some(user) => format!("{}{}", &masked[..user.start], &masked[user.end + 1..]),
        None => masked,
    }
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// The pieces of a part of a text between separators; none is empty.
fn pieces<'a>(text: &'a str, within: Range<usize>, separators: &'a [char]) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut at = within.start;
    text[within].split(separators).filter_map(move |piece| {
        let place = at..at + piece.len();
        // Every separator is one byte.
        at = place.end + 1;
        (!piece.is_empty()).then_some(place)
    })
}

#[cfg(test)]
mod tests {
    use super::{HIDDEN, bare_address, masked_address};

    #[test]
    fn secrets_of_an_address_are_masked_and_nothing_else() {
        for (url, shown, bare) in [
            ("http://a:b@host:80/x@y:z", "http://a:***@host:80/x@y:z", "http://host:80/x@y:z"),
            ("http://a:b:c@host", "http://a:***@host", "http://host"),
            ("https://me:s3@cret@host?x=a@b", "https://me:***@host?x=***", "https://host?x=***"),
            ("http://a:p w@host/", "http://a:***@host/", "http://host/"),
            ("http://user@host/", "http://***@host/", "http://host/"),
            ("http://user:@host/", "http://***:@host/", "http://host/"),
            ("http://host:80/a:b@c", "http://host:80/a:b@c", "http://host:80/a:b@c"),
            ("http:///a:b@host/", "http://a:***@host/", "http://host/"),
            ("http:///user@host/", "http://***@host/", "http://host/"),
            (
                "http://h/?n=10&key=abc;x&on=true#part",
                "http://h/?n=10&key=***;***&on=true#***",
                "http://h/?n=10&key=***;***&on=true#***",
            ),
            ("http://h/hooks/T0AbCdEf0123456789/x?", "http://h/hooks/***/x?", "http://h/hooks/***/x?"),
            (
                "http://h/a-long-name-of-words/2024.json",
                "http://h/a-long-name-of-words/2024.json",
                "http://h/a-long-name-of-words/2024.json",
            ),
            ("http://h?key=ü&次=b", "http://h?key=***&次=***", "http://h?key=***&次=***"),
            ("nothing", "nothing", "nothing"),
        ] {
            let masked = masked_address(url, |_| HIDDEN.to_owned());
            assert_eq!(masked, shown);
            assert_eq!(masked_address(&masked, |_| HIDDEN.to_owned()), shown, "masking again changes nothing");
            assert_eq!(bare_address(url), bare);
        }
    }
}
