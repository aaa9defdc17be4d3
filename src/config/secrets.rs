//! The copy of a config that a run may keep: what may be a secret is masked, `${NAME}` and all else stays byte for byte.
//! Text in, text out. docs/reports.md states the rules.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::comments::{comments, holds_secret};
use super::key_table::is_key;
use super::sweep::Sweep;
use super::variables::{TextPart, parts};
use crate::model::address::{masked_address, secret_places};
use crate::model::secret::{HIDDEN, is_harmless, is_harmless_header, is_harmless_variable, is_scheme, masked};
use crate::model::secret_text::{places_in_command, places_in_text};
use crate::strategy::StrategySpec;

/// A config without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The text. Masking it again changes nothing.
    pub text: String,
    /// Keys whose values the text does not hold in full, such as `target.url`, each once.
    pub hidden: Vec<String>,
}

/// Masks the secrets of a config that passed [`super::load`]. A comment that holds one is `# ***`.
#[must_use]
pub fn mask(text: &str) -> Masked {
    let (edits, hidden) = edits(text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(&text[at..edit.span.start]);
        out.push_str(&edit.shown);
        at = edit.span.end;
    }
    out.push_str(&text[at..]);
    Masked { text: out, hidden }
}

/// A config of any kind with a star for each byte of a secret, so that places stay what they were.
pub(super) fn veiled(text: &str) -> String {
    let (edits, _) = edits(text);
    let mut spans: Vec<Range<usize>> = edits.into_iter().map(|edit| edit.span).collect();
    // What is no TOML has no values.
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        if word.contains("://") {
            spans.extend(places_in_text(word).into_iter().map(|place| at + place.start..at + place.end));
        }
        at += word.len();
    }
    let mut bytes = text.to_owned().into_bytes();
    let hides = |byte: &&mut u8| !matches!(**byte, b'\n' | b'\r');
    spans.into_iter().for_each(|span| bytes[span].iter_mut().filter(hides).for_each(|byte| *byte = b'*'));
    // Whole characters were replaced, each by as many stars as it has bytes.
    String::from_utf8(bytes).unwrap_or_else(|_| text.chars().map(|c| if c == '\n' { '\n' } else { '*' }).collect())
}

impl Sweep {
    /// The sweep as a run may keep it: what [`mask`] masks in the text of a config.
    #[must_use]
    pub fn masked(&self) -> Self {
        let shown = |key: &str, value: &str| SecretText::of(key.to_owned(), value, 0..0, None).shown();
        let mut masked = self.clone();
        for target in masked.target.urls_mut() {
            target.url = shown("target.url", &target.url);
            target.body = shown("target.body", &target.body);
            let headers = target.headers.iter_mut();
            headers.for_each(|(name, value)| *value = shown(&format!("target.headers.{name}"), value));
        }
        masked.strategies = self.strategies.iter().map(StrategySpec::masked).collect();
        masked
    }
}

/// A part of the text and what stands in its place.
struct Edit {
    span: Range<usize>,
    shown: String,
}

/// All edits in the order of the text, apart from each other, and the keys whose values lack something.
fn edits(text: &str) -> (Vec<Edit>, Vec<String>) {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shift = text.len() - body.len();
    let (document, _) = DeTable::parse_recoverable(body);
    let mut values = values(&document);
    values.sort_by_key(|value| value.span.start);
    let (mut edits, mut hidden, mut literals, mut outside, mut at) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), 0);
    for value in &values {
        let span = value.span.start + shift..value.span.end + shift;
        if span.start < at || text.get(span.clone()).is_none() {
            continue;
        }
        outside.push(at..span.start);
        at = span.end;
        if (value.lacks() || value.shown() != value.text) && !hidden.contains(&value.key) {
            hidden.push(value.key.clone());
        }
        literals.extend(value.places.iter().map(|place| value.text[place.clone()].to_owned()));
        edits.extend(value.edits(&text[span.clone()], span.start));
    }
    outside.push(at..text.len());
    let found = outside.into_iter().flat_map(|range| comments(text, range));
    let secret = found.filter(|comment| {
        let comment = &text[comment.clone()];
        holds_secret(comment, &literals) || assigns_secret(comment)
    });
    edits.extend(secret.map(|span| Edit { span, shown: format!(" {HIDDEN}") }));
    edits.sort_by_key(|edit| edit.span.start);
    (edits, hidden)
}

/// A text value, where it stands, and what of it may be a secret.
struct SecretText {
    key: String,
    text: String,
    span: Range<usize>,
    places: Vec<Range<usize>>,
    /// In place of the whole, where an address is written in a way that only its parser sees through.
    rewritten: Option<String>,
}

impl SecretText {
    fn of(key: String, value: &str, span: Range<usize>, within: Option<Vec<Range<usize>>>) -> Self {
        let places = within.unwrap_or_else(|| places(&key, value));
        let address = (key == "target.url").then(|| masked_address(value, masked_literals));
        let rewritten = address.filter(|shown| *shown != masked(value, &places, |_| HIDDEN.to_owned()));
        Self { key, text: value.to_owned(), span, places, rewritten }
    }

    fn shown(&self) -> String {
        self.rewritten.clone().unwrap_or_else(|| masked(&self.text, &self.places, |_| HIDDEN.to_owned()))
    }

    /// Whether it would be masked.
    fn is_secret(&self) -> bool {
        !self.places.is_empty() || self.rewritten.is_some()
    }

    /// Whether it has lost something already: this is the archived copy of another config.
    fn lacks(&self) -> bool {
        let sections = ["target.headers.", "strategy.environment."];
        let is_masked = ["target.url", "target.body", "strategy.command", "strategy.version-command"];
        let may = is_masked.contains(&&*self.key) || sections.iter().any(|section| self.key.starts_with(section));
        may && self.text.contains(HIDDEN)
    }

    /// In the author's own quotes where the value stands there letter by letter.
    fn edits(&self, written: &str, at: usize) -> Vec<Edit> {
        if !self.is_secret() {
            return Vec::new();
        }
        match written.find(&self.text).filter(|_| self.rewritten.is_none() && written.matches(&self.text).count() == 1)
        {
            Some(inside) => {
                let span = |place: &Range<usize>| at + inside + place.start..at + inside + place.end;
                self.places.iter().map(|place| Edit { span: span(place), shown: HIDDEN.to_owned() }).collect()
            }
            None => {
                let shown = toml::Value::from(self.shown()).to_string();
                vec![Edit { span: at..at + written.len(), shown }]
            }
        }
    }
}

/// Every text value of a document, in no order.
fn values(document: &toml::Spanned<DeTable<'_>>) -> Vec<SecretText> {
    let mut found = Vec::new();
    table(document.get_ref(), "", &mut found);
    found
}

fn table(table: &DeTable<'_>, path: &str, found: &mut Vec<SecretText>) {
    for (name, value) in table.iter() {
        let key = if path.is_empty() { name.get_ref().to_string() } else { format!("{path}.{}", name.get_ref()) };
        one(value, key, found);
    }
}

fn one(value: &toml::Spanned<DeValue<'_>>, key: String, found: &mut Vec<SecretText>) {
    match value.get_ref() {
        DeValue::String(text) => found.push(SecretText::of(key, text, value.span(), None)),
        DeValue::Table(inner) => table(inner, &key, found),
        DeValue::Array(list) if is_command(&key) => {
            let words: Vec<&str> = list.iter().map(|word| word.get_ref().as_str().unwrap_or_default()).collect();
            for (index, places) in places_in_command(&words).into_iter().enumerate() {
                found.push(SecretText::of(key.clone(), words[index], list[index].span(), Some(places)));
            }
        }
        DeValue::Array(list) => list.iter().for_each(|item| one(item, key.clone(), found)),
        _ => {}
    }
}

/// Whether a key holds the words of a command; without its section it stands in a comment.
fn is_command(key: &str) -> bool {
    ["command", "version-command"].contains(&key.strip_prefix("strategy.").unwrap_or(key))
}

/// Whether a comment is an assignment that would be masked if it were none. What is no key of a config counts as a header
/// or variable without its section.
fn assigns_secret(comment: &str) -> bool {
    let (document, faults) = DeTable::parse_recoverable(comment);
    faults.is_empty()
        && values(&document).iter().any(|value| {
            let mut path = value.key.rsplit('.');
            let name = path.next().unwrap_or_default();
            let harmless = match path.next() {
                Some("headers") => is_harmless_header(name),
                Some("environment") => is_harmless_variable(name),
                _ if is_command(&value.key) => return value.is_secret(),
                _ => is_key(name) || is_harmless_header(name) || is_harmless_variable(name),
            };
            !harmless && !literals(&value.text).is_empty()
        })
}

/// Where the value of a key holds what may be a secret.
fn places(key: &str, value: &str) -> Vec<Range<usize>> {
    let name = |section: &str| key.strip_prefix(section);
    let of_header = name("target.headers.").map(is_harmless_header);
    let of_variable = name("strategy.environment.").map(is_harmless_variable);
    match of_header.or(of_variable) {
        Some(true) => Vec::new(),
        Some(false) => literals(value),
        None if key == "target.body" => literals(value),
        None if key == "target.url" => {
            let within = |place: Range<usize>| {
                let inner = literals(&value[place.clone()]);
                inner.into_iter().map(move |inner| place.start + inner.start..place.start + inner.end)
            };
            secret_places(value).into_iter().flat_map(within).collect()
        }
        None => Vec::new(),
    }
}

/// The parts of a value that are written out. Variables stay, and so does what cannot be a secret: a scheme's name in front
/// of one, and mere punctuation.
fn literals(value: &str) -> Vec<Range<usize>> {
    if is_harmless(value) {
        return Vec::new();
    }
    let (mut found, mut at) = (Vec::new(), 0);
    let mut parts = parts(value).peekable();
    while let Some(part) = parts.next() {
        let start = at;
        at += match part {
            TextPart::Variable(name) => "${}".len() + name.len(),
            TextPart::Unclosed => "${".len(),
            TextPart::Plain(text) => text.len(),
        };
        let TextPart::Plain(text) = part else { continue };
        let before_variable = matches!(parts.peek(), Some(TextPart::Variable(_)));
        let scheme = text.strip_suffix(' ').is_some_and(is_scheme);
        let harmless = (start == 0 && before_variable && scheme) || !text.contains(char::is_alphanumeric);
        found.extend((!harmless).then_some(start..at));
    }
    found
}

fn masked_literals(value: &str) -> String {
    masked(value, &literals(value), |_| HIDDEN.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{SHIPPED, sweep};
    use super::{mask, veiled};

    fn masked(text: &str) -> String {
        let once = mask(text);
        let twice = mask(&once.text);
        assert_eq!((&twice.text, &twice.hidden), (&once.text, &once.hidden), "masking again changes nothing");
        assert_eq!(veiled(text).len(), text.len(), "places stay what they were");
        once.text
    }

    #[test]
    fn secrets_go_and_the_rest_stays_byte_for_byte() {
        let text = "\u{feff}title = 'http://a:b@c is a title' # old: http://me:s3cret@host/\r\n[target] # here\r\n\
            url   =   'http://me:s3cret@host/?q=abc&n=1' # mine\r\n  headers.\"X-Key\" = \"\\u0073ecret\"\r\n\
            headers.Authorization = \"Bearer ${TOKEN}\"\r\nheaders.Cookie = 'a=${A}; b=secret'\r\n\
            headers.Accept = 'text/html'\r\nbody = '{\"a\": 1}'\r\n";
        assert_eq!(
            masked(text),
            "\u{feff}title = 'http://a:b@c is a title' # ***\r\n[target] # here\r\n\
            url   =   'http://me:***@host/?q=***&n=1' # mine\r\n  headers.\"X-Key\" = \"***\"\r\n\
            headers.Authorization = \"Bearer ${TOKEN}\"\r\nheaders.Cookie = '***${A}***'\r\n\
            headers.Accept = 'text/html'\r\nbody = '***'\r\n"
        );
        assert_eq!(mask(text).hidden, ["target.url", "target.headers.X-Key", "target.headers.Cookie", "target.body"]);
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
            ("10", "10"),
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
    fn commands_lose_what_looks_like_a_key_and_variables_what_is_not_known_to_be_harmless() {
        let config = |key: &str, variable: &str| {
            format!(
                "[[strategy]]\nkind = 'command'\nmodel = 'pool'\ncommand = [ 'client', '--token', '{key}', 'x.py' ]\n\
                 version-command = ['client', '--password={key}']\n\
                 environment = {{ OWN = '{variable}', DEPTH = '8', LANG = 'C.UTF-8' }}\n"
            )
        };
        let text = config("abc", "def");
        assert_eq!(masked(&text), config("***", "***"));
        assert_eq!(mask(&text).hidden, ["strategy.command", "strategy.version-command", "strategy.environment.OWN"]);
    }

    #[test]
    fn comments_that_look_like_secrets_are_dropped() {
        let config = |comment: &str| format!("[target]\nurl = 'http://me:s3cret-word@h/' #{comment}\n");
        for comment in [
            " X-Key = \"abc\"",
            " environment = { OWN = \"abc\" }",
            " command = [\"client\", \"--token\", \"abc\"]",
            " Authorization: Bearer abc",
            " the password is s3cret-word",
            " sk_live_0123456789",
            " http://h/?key=abc",
            " was http://me:***@h/",
        ] {
            assert_eq!(masked(&config(comment)), config(" ***").replace("s3cret-word", "***"), "{comment}");
        }
        for comment in
            ["", " jitter = \"10ms\"", " X-Key = \"${KEY}\"", " Accept = \"text/html\"", " see http://h/a?n=1"]
        {
            assert_eq!(masked(&config(comment)), config(comment).replace("s3cret-word", "***"));
        }
    }

    #[test]
    fn what_is_left_is_a_config_of_the_same_target() {
        let text = "[target]\nurl = 'http:///me:s@host/'\nbody = '''\nhttp://x:y@z'''\n[target.headers]\nA = \"\"\"\nb\"\"\"\n";
        let sweep = sweep(&masked(text));
        let target = sweep.target.urls().next().unwrap();
        assert_eq!((&*target.url, &*target.body, &*target.headers[0].1), ("http://me:***@host/", "***", "***"));
        for (name, text) in SHIPPED {
            assert_eq!((mask(text).text.as_str(), mask(text).hidden.len()), (text, 0), "{name}");
        }
    }

    #[test]
    fn a_wrong_config_is_shown_with_stars() {
        assert_eq!(
            veiled("url = http://me:pässword@host/\n[target.headers]\nX = 'ab'\n# token = \"x\ny\"\n"),
            "url = http://me:*********@host/\n[target.headers]\nX = '**'\n#***********\ny\"\n"
        );
    }
}
