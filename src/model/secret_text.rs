//! Where a text or the words of a command hold what looks like a secret, by the rules of [`super::secret`].

use std::ops::Range;

use super::address;
use super::secret::{HIDDEN, is_harmless, is_scheme, is_token, masked, names_secret};

/// Where a text of any kind holds what looks like a secret: the password, query and so on of an address in it, the value
/// behind a name that [`names_secret`] and `=` or `:`, and what [`is_token`]. In order, apart from each other.
#[must_use]
pub fn places_in_text(text: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    for word in split(text, |c| c.is_whitespace() || "\"'`<>".contains(c)) {
        if let Some(scheme) = text[word.clone()].find("://") {
            places.extend(
                address::secret_places(&text[word.clone()]).into_iter().map(|place| shifted(&place, word.start)),
            );
            places.extend(tokens(text, word.start..word.start + scheme));
        } else {
            places.extend(tokens(text, word));
        }
    }
    places.extend(named_values(text));
    places.retain(|place| !is_variable(&text[place.clone()]));
    merged(places)
}

/// Whether a text is nothing but variables, `${NAME}`, behind the name of a scheme if there is one.
fn is_variable(text: &str) -> bool {
    let scheme = text.split_once(' ').filter(|(word, _)| is_scheme(word));
    let mut rest = scheme.map_or(text, |(_, rest)| rest);
    while let Some((_, after)) = rest.strip_prefix("${").and_then(|inside| inside.split_once('}')) {
        rest = after;
    }
    rest.is_empty() && text.contains("${")
}

/// The runs in a part of a text that look like keys.
fn tokens(text: &str, within: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let start = within.start;
    let parts = split(&text[within], |c: char| !c.is_ascii() || "/=&?:@$#\\()[]{}|,;".contains(c))
        .map(move |part| shifted(&part, start));
    parts.filter(|part| is_token(&text[part.clone()]))
}

/// Where the words of a command hold what looks like a secret, by word: [`places_in_text`], and the word behind an option
/// that [`names_secret`]. The first word is the program and stays.
#[must_use]
pub fn places_in_command<W: AsRef<str>>(words: &[W]) -> Vec<Vec<Range<usize>>> {
    let mut before = "";
    let places = words.iter().enumerate().map(|(index, word)| {
        let word = word.as_ref();
        let option = std::mem::replace(&mut before, word);
        let is_value = option.starts_with('-') && !option.contains(['=', ' ']) && !word.starts_with('-');
        match index {
            0 => Vec::new(),
            _ if is_value && names_secret(option) => {
                Some(0..word.len()).filter(|_| !is_harmless(word)).into_iter().collect()
            }
            _ => places_in_text(word),
        }
    });
    places.collect()
}

/// The words of a command without what looks like a secret, for messages and files.
#[must_use]
pub fn masked_command<W: AsRef<str>>(words: &[W]) -> Vec<String> {
    let places = places_in_command(words);
    words.iter().zip(&places).map(|(word, places)| masked(word.as_ref(), places, |_| HIDDEN.to_owned())).collect()
}

/// Values behind names: up to a quote or the end of the line, and behind `=` without a quote up to white space.
fn named_values(text: &str) -> Vec<Range<usize>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let (mut places, mut covered) = (Vec::new(), 0);
    for (at, sign) in text.match_indices([':', '=']) {
        if at < covered {
            continue;
        }
        let name_end = text[..at].trim_end_matches([' ', '\t', '"', '\'']).len();
        let name_start = text[..name_end]
            .rfind(|c| !is_name(c))
            .map_or(0, |before| before + text[before..].chars().next().map_or(0, char::len_utf8));
        let rest = &text[at + 1..];
        if !names_secret(&text[name_start..name_end]) || rest.starts_with("//") {
            continue;
        }
        let start = at + 1 + rest.len() - rest.trim_start_matches([' ', '\t', '"', '\'']).len();
        let is_quoted = text[..start].ends_with(['"', '\'']);
        let to_space = sign == "=" && !is_quoted;
        let ends = |c: char| "\"'\n\r".contains(c) || (to_space && (c.is_whitespace() || "&;,".contains(c)));
        let end = text[start..].find(ends).map_or(text.len(), |end| start + end);
        covered = end;
        let value = text[start..end].trim_end();
        if !is_harmless(value) {
            places.push(start..start + value.len());
        }
    }
    places
}

/// The pieces of a text between characters that `separates`; none is empty.
fn split(text: &str, separates: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(|c| !separates(c))?;
        at = text[start..].find(&separates).map_or(text.len(), |end| start + end);
        Some(start..at)
    })
}

fn shifted(place: &Range<usize>, by: usize) -> Range<usize> {
    place.start + by..place.end + by
}

/// Places in order, those that overlap as one.
fn merged(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| place.start);
    places.dedup_by(|next, place| {
        let overlap = next.start < place.end;
        if overlap {
            place.end = place.end.max(next.end);
        }
        overlap
    });
    places
}

#[cfg(test)]
mod tests {
    use super::super::secret::masked;
    use super::{masked_command, places_in_text};

    fn shown(text: &str) -> String {
        let once = masked(text, &places_in_text(text), |_| "***".to_owned());
        assert_eq!(masked(&once, &places_in_text(&once), |_| "***".to_owned()), once, "a second time changes nothing");
        once
    }

    #[test]
    fn secrets_in_a_text_are_found_and_the_rest_is_kept() {
        for (text, masked) in [
            ("see http://me:s3cret@host/a?key=abc&n=5", "see http://me:***@host/a?key=***&n=5"),
            ("curl -H 'Authorization: Bearer abc def' x", "curl -H 'Authorization: ***' x"),
            ("password=hunter2 and more", "password=*** and more"),
            ("token = \"abc def\"", "token = \"***\""),
            ("key: key: key: a", "key: ***"),
            ("PGPASSWORD=${X} psql", "PGPASSWORD=${X} psql"),
            ("Authorization = \"Bearer ${X}\"", "Authorization = \"Bearer ${X}\""),
            ("Authorization = \"Bearer a${X}\"", "Authorization = \"***\""),
            ("the id 0123456789abcdef0, kept", "the id ***, kept"),
            ("strategies/async_http2_client.py --n=5", "strategies/async_http2_client.py --n=5"),
            ("/bot123456:ABC-DEF1234ghIkl-zyx57W/send", "/bot123456:***/send"),
            ("a: b, c = d", "a: b, c = d"),
            ("空心标记：1 个请求，密钥：0123456789abcdef", "空心标记：1 个请求，密钥：***"),
            ("请求=次数 token=密码", "请求=次数 token=***"),
        ] {
            assert_eq!(shown(text), masked);
        }
    }

    #[test]
    fn of_a_command_the_program_and_plain_words_stay() {
        let words =
            ["./client-0123456789abcdef", "--token", "abc", "--password=x y", "-n", "20", "-u", "me", "plain.py"];
        let masked =
            ["./client-0123456789abcdef", "--token", "***", "--password=*** y", "-n", "20", "-u", "me", "plain.py"];
        assert_eq!(masked_command(&words), masked);
    }
}
