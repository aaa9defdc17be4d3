//! The copy of a config that a run may keep: passwords of addresses and literal header values masked, `${NAME}` and all
//! else byte for byte. Text in, text out.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::variables::{Part, parts};
use crate::model::target::{HIDDEN, user_info, with_password};

/// Words before a variable that name how a header authenticates; they are no secret.
const SCHEMES: [&str; 6] = ["apikey", "basic", "bearer", "digest", "negotiate", "token"];

/// A config without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The text. Masking it again changes nothing.
    pub text: String,
    /// Keys whose values the text does not hold in full, such as `target.url`.
    pub hidden: Vec<String>,
}

/// Masks the secrets of a config that passed [`super::load`]. An address in a comment loses its password too.
#[must_use]
pub fn mask(text: &str) -> Masked {
    let (document, _) = DeTable::parse_recoverable(text.strip_prefix('\u{feff}').unwrap_or(text));
    let shift = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut values = Vec::new();
    strings(document.get_ref(), "", &mut values);
    values.sort_by_key(|value| value.span.start);
    let (mut out, mut hidden, mut at) = (String::new(), Vec::new(), 0);
    for Written { key, value, span } in values {
        let span = span.start + shift..span.end + shift;
        let shown = match key.as_str() {
            "target.url" => with_password(value, masked_parts),
            key if key.starts_with("target.headers.") => masked_parts(value),
            _ => value.to_owned(),
        };
        out.push_str(&outside(&text[at..span.start]));
        out.push_str(&literal(&text[span.clone()], value, &shown));
        at = span.end;
        hidden.extend((shown != value || is_masked(&key, &shown)).then_some(key));
    }
    out.push_str(&outside(&text[at..]));
    Masked { text: out, hidden }
}

/// A text value and where it stands.
struct Written<'a> {
    key: String,
    value: &'a str,
    span: Range<usize>,
}

fn strings<'a>(table: &'a DeTable<'_>, path: &str, found: &mut Vec<Written<'a>>) {
    for (name, value) in table.iter() {
        let key = if path.is_empty() { name.get_ref().to_string() } else { format!("{path}.{}", name.get_ref()) };
        one(value, key, found);
    }
}

fn one<'a>(value: &'a toml::Spanned<DeValue<'_>>, key: String, found: &mut Vec<Written<'a>>) {
    match value.get_ref() {
        DeValue::String(text) => found.push(Written { key, value: text, span: value.span() }),
        DeValue::Table(table) => strings(table, &key, found),
        DeValue::Array(list) => list.iter().for_each(|item| one(item, key.clone(), found)),
        _ => {}
    }
}

/// Whether a value has lost something already: this is the archived copy of another config.
fn is_masked(key: &str, value: &str) -> bool {
    let of_url = key == "target.url" && user_info(value).is_some_and(|user| value[user].contains(HIDDEN));
    of_url || (key.starts_with("target.headers.") && value.contains(HIDDEN))
}

/// Variables stay, and so does what cannot be a secret: a scheme's name in front of one, and mere punctuation.
fn masked_parts(value: &str) -> String {
    let mut parts = parts(value).peekable();
    let mut out = String::new();
    while let Some(part) = parts.next() {
        match part {
            Part::Variable(name) => out.push_str(&format!("${{{name}}}")),
            Part::Unclosed => out.push_str("${"),
            Part::Plain(text) => {
                let before_variable = matches!(parts.peek(), Some(Part::Variable(_)));
                let scheme = text.strip_suffix(' ').is_some_and(|word| SCHEMES.contains(&&*word.to_ascii_lowercase()));
                let harmless = (out.is_empty() && before_variable && scheme) || !text.contains(char::is_alphanumeric);
                out.push_str(if harmless { text } else { HIDDEN });
            }
        }
    }
    out
}

/// The text of a value with `shown` in it: in the author's own quotes where the value stands there letter by letter.
fn literal(written: &str, value: &str, shown: &str) -> String {
    if value == shown {
        written.to_owned()
    } else if written.matches(value).count() == 1 {
        written.replacen(value, shown, 1)
    } else {
        toml::Value::from(shown).to_string()
    }
}

/// What stands between values: keys and comments.
fn outside(text: &str) -> String {
    let mut words = text.split_inclusive(char::is_whitespace);
    let masked = |word: &str| if word.contains("://") { with_password(word, masked_parts) } else { word.to_owned() };
    words.by_ref().map(masked).collect()
}

#[cfg(test)]
mod tests {
    use super::super::trial::{SHIPPED, sweep};
    use super::mask;
    use crate::model::Target;

    fn masked(text: &str) -> String {
        let once = mask(text);
        let twice = mask(&once.text);
        assert_eq!((&twice.text, &twice.hidden), (&once.text, &once.hidden), "masking again changes nothing");
        once.text
    }

    #[test]
    fn passwords_and_literal_header_values_go_and_the_rest_stays_byte_for_byte() {
        let text = "\u{feff}title = 'http://a:b@c is a title' # old: http://me:s3cret@host/\r\n[target] # here\r\n\
            url   =   'http://me:s3cret@host/?q=1' # mine\r\n  headers.\"X-Key\" = \"\\u0073ecret\"\r\n\
            headers.Authorization = \"Bearer ${TOKEN}\"\r\nheaders.Cookie = 'a=${A}; b=secret'\r\n";
        assert_eq!(
            masked(text),
            "\u{feff}title = 'http://a:b@c is a title' # old: http://me:***@host/\r\n[target] # here\r\n\
            url   =   'http://me:***@host/?q=1' # mine\r\n  headers.\"X-Key\" = \"***\"\r\n\
            headers.Authorization = \"Bearer ${TOKEN}\"\r\nheaders.Cookie = '***${A}***'\r\n"
        );
        assert_eq!(mask(text).hidden, ["target.url", "target.headers.X-Key", "target.headers.Cookie"]);
    }

    #[test]
    fn variables_are_kept_in_every_place_that_takes_them() {
        for (value, shown) in [
            ("${A}", "${A}"),
            ("Basic ${A}", "Basic ${A}"),
            ("${USER}:${PASSWORD}", "${USER}:${PASSWORD}"),
            ("word ${A}", "***${A}"),
            ("Bearer secret", "***"),
            ("Bearer secret${A}", "***${A}"),
            ("", ""),
        ] {
            let config = |value: &str| format!("target = {{ url = \"http://h/\", headers = {{ X = \"{value}\" }} }}\n");
            assert_eq!(masked(&config(value)), config(shown));
        }
        let url = |password: &str| format!("[target]\nurl = \"http://me:{password}@host/\"\n");
        assert_eq!(masked(&url("${PASSWORD}")), url("${PASSWORD}"));
        assert!(mask(&url("${PASSWORD}")).hidden.is_empty());
        assert_eq!(masked(&url("a${PASSWORD}")), url("***${PASSWORD}"));
    }

    #[test]
    fn what_is_left_is_a_config_of_the_same_target() {
        let text =
            "[target]\nurl = 'http://me:s@host/'\nbody = '''\nhttp://x:y@z'''\n[target.headers]\nA = \"\"\"\nb\"\"\"\n";
        let Target::Url(target) = sweep(&masked(text)).target else { panic!("no url") };
        assert_eq!(
            (&*target.url, &*target.body, &*target.headers[0].1),
            ("http://me:***@host/", "http://x:y@z", "***")
        );
        for (name, text) in SHIPPED {
            assert_eq!((mask(text).text.as_str(), mask(text).hidden.len()), (text, 0), "{name}");
        }
    }
}
