//! One value by itself: what TOML holds and the form its key asks for → the value, or why not. Knows nothing of
//! other keys, of places in the text, or of lists and tables.

use toml::de::{DeInteger, DeValue};
use url::Url;

use super::keys::Form;
use super::keys::Known;
use super::labels::placeholders;
use super::raw::Value;
use super::suggestion::{listed, quoted, suggestion};
use super::variables::{address_fault, fill_with};
use crate::model::bounds::LONGEST_NAME;
use crate::model::duration::{HINT, parse_duration};
use crate::model::{Nanos, StatusPattern};
use crate::strategy::KINDS;

/// Why a value is refused.
#[derive(Debug)]
pub(super) struct ValueError {
    /// Follows the key: "is a list".
    pub problem: String,
    /// Stands under the value.
    pub expected: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl ValueError {
    pub(super) fn new(problem: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { problem: problem.into(), expected: expected.into(), help: None }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// Reads a value whose form is a single thing; forms that hold others are the reader's.
pub(super) fn read(form: &Form, known: &Known<'_>, value: &DeValue<'_>) -> Result<Value, ValueError> {
    match form {
        Form::Integer { least, most } => integer(*least, *most, value),
        Form::Share => share(value),
        Form::Number => number(value),
        Form::Boolean => boolean(value),
        Form::Status => status(value),
        Form::Duration { zero } => duration_of(value, *zero).map(Value::Duration),
        Form::Percent => percent(value).map(Value::Share),
        _ => {
            let text = value.as_str().ok_or_else(|| ValueError::new(is_a(value), "expected text in quotes"))?;
            text_of(form, known, text).map(|()| Value::Text(text.to_owned()))
        }
    }
}

/// `"2%"` → 0.02.
fn percent(value: &DeValue<'_>) -> Result<f64, ValueError> {
    let expected = "expected a share such as \"2%\"";
    let text = value.as_str().ok_or_else(|| ValueError::new(is_a(value), expected))?;
    let number = text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
    match number {
        Some(number) if number > 0.0 && number <= 100.0 => Ok(number / 100.0),
        Some(_) => Err(ValueError::new(format!("is {}", quoted(text)), "expected more than 0% and at most 100%")),
        None => Err(ValueError::new(format!("cannot be {}", quoted(text)), expected)),
    }
}

/// What a value is, as people call it; follows the key.
pub(super) fn is_a(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "is a text",
        DeValue::Integer(_) => "is a number",
        DeValue::Float(_) => "is a number with a fraction",
        DeValue::Boolean(_) => "is a boolean",
        DeValue::Datetime(_) => "is a date or time",
        DeValue::Array(_) => "is a list",
        DeValue::Table(_) => "is a table",
    }
}

fn text_of(form: &Form, known: &Known<'_>, text: &str) -> Result<(), ValueError> {
    match form {
        Form::Label => label(text),
        Form::Wording(original) => label(text).and_then(|()| wording(original, text)),
        Form::Path if text.is_empty() => Err(ValueError::new("is empty", "expected a file or folder name")),
        Form::Path if text.contains('\0') => {
            Err(ValueError::new("holds the character U+0000", "no file has such a name"))
        }
        Form::Url => url(text),
        Form::Word(words) => word(text, words.iter().map(|word| (*word, *word))),
        Form::Kind => {
            let labels = KINDS.iter().map(|kind| (kind.article_name, kind.name));
            word(text, KINDS.iter().map(|kind| (kind.name, kind.name)).chain(labels))
        }
        Form::Chart if known.charts.is_empty() => Ok(()),
        Form::Chart => word(text, known.charts.iter().map(|chart| (chart.name, chart.name))),
        _ => Ok(()),
    }
}

fn label(text: &str) -> Result<(), ValueError> {
    let length = text.chars().count();
    let control = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    match control {
        _ if text.trim().is_empty() => Err(ValueError::new("is empty", "expected some text")),
        _ if length > LONGEST_NAME => {
            Err(ValueError::new(format!("is {length} characters long"), format!("expected at most {LONGEST_NAME}")))
        }
        Some(c) => {
            let problem = format!("holds the control character U+{:04X}", u32::from(c));
            Err(ValueError::new(problem, "no picture can show it"))
        }
        None => Ok(()),
    }
}

/// A text for a chart may hold the placeholders of the one that it replaces, and no others.
fn wording(original: &str, text: &str) -> Result<(), ValueError> {
    let known: Vec<&str> = placeholders(original).collect();
    let Some(strange) = placeholders(text).find(|name| !known.contains(name)) else { return Ok(()) };
    let problem = format!("holds {}, which nothing fills in", quoted(&format!("{{{strange}}}")));
    let near = suggestion(strange, known.iter().copied()).map(|near| format!("did you mean `{{{near}}}`?"));
    Err(ValueError::new(problem, near.unwrap_or_default()).help(format!("it takes the place of {}", quoted(original))))
}

/// `words` are pairs: what may have been written, and the word that is meant by it.
fn word<'a>(text: &str, words: impl Iterator<Item = (&'a str, &'a str)>) -> Result<(), ValueError> {
    let words: Vec<(&str, &str)> = words.collect();
    if words.iter().any(|(_, word)| *word == text) {
        return Ok(());
    }
    let mut known: Vec<&str> = Vec::new();
    for (_, word) in &words {
        if !known.contains(word) {
            known.push(word);
        }
    }
    let near = suggestion(text, words.iter().map(|(written, _)| *written));
    let meant = near.and_then(|near| words.iter().find(|(written, _)| *written == near));
    let expected = meant.map_or_else(|| "not a known word".to_owned(), |(_, word)| format!("did you mean \"{word}\"?"));
    let fault = ValueError::new(format!("cannot be {}", quoted(text)), expected);
    Err(fault.help(format!("one of {}", listed(known))))
}

fn url(text: &str) -> Result<(), ValueError> {
    let expected = "expected an address such as \"http://127.0.0.1:5000/\"";
    if let Some((problem, expected)) = address_fault(text) {
        return Err(ValueError::new(problem, expected));
    }
    // What a variable stands for is known when the sweep runs. Where it holds the scheme, nothing can be told before; a
    // digit can stand in every other part.
    if text.starts_with("${") {
        return Ok(());
    }
    let text = &fill_with(text, |_| Some("1".to_owned())).unwrap_or_default();
    let lower = text.to_ascii_lowercase();
    if !lower.starts_with("http://") && !lower.starts_with("https://") {
        let fault = ValueError::new("is no http or https address", expected);
        let guess = format!("http://{text}");
        let hint = !text.contains("://") && !text.contains(char::is_whitespace) && host_is_given(&guess);
        return Err(if hint { fault.help(format!("did you mean \"{guess}\"?")) } else { fault });
    }
    match Url::parse(text) {
        Err(error) => Err(ValueError::new(format!("is no address: {error}"), expected)),
        Ok(_) => Ok(()),
    }
}

/// Whether a text is an http or https address.
#[must_use]
pub fn is_address(text: &str) -> bool {
    url(text).is_ok() && Url::parse(text).is_ok()
}

fn host_is_given(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.has_host())
}

fn integer(least: i64, most: i64, value: &DeValue<'_>) -> Result<Value, ValueError> {
    let expected = match (least, most) {
        (least, i64::MAX) => format!("expected a whole number, {least} or more"),
        _ => format!("expected a whole number, {least} to {most}"),
    };
    let DeValue::Integer(number) = value else {
        return Err(ValueError::new(is_a(value), expected));
    };
    let number = i64_of(number).ok_or_else(|| ValueError::new("is out of bounds", &*expected))?;
    match number {
        _ if number > most => Err(ValueError::new(format!("is {number}"), expected)),
        _ if number < least => Err(ValueError::new(format!("is {number}"), expected)),
        _ => Ok(Value::Integer(number)),
    }
}

fn boolean(value: &DeValue<'_>) -> Result<Value, ValueError> {
    let answer = value.as_bool().map(Value::Boolean);
    answer.ok_or_else(|| ValueError::new(is_a(value), "expected true or false, without quotes"))
}

/// `404` or `"4xx"`.
fn status(value: &DeValue<'_>) -> Result<Value, ValueError> {
    let DeValue::String(text) = value else {
        return integer(100, 599, value).map_err(|fault| fault.help("or a class such as \"2xx\""));
    };
    match text.parse() {
        Ok(StatusPattern::Class(_)) => Ok(Value::Text(text.to_string())),
        Ok(StatusPattern::Code(code)) => {
            let fault = ValueError::new("is a text", "expected a number without quotes");
            Err(fault.help(code.to_string()))
        }
        Err(_) => Err(ValueError::new(format!("cannot be {}", quoted(text)), "expected a class such as \"2xx\"")),
    }
}

/// The number, unless 64 bits do not hold it.
pub(super) fn i64_of(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn share(value: &DeValue<'_>) -> Result<Value, ValueError> {
    let share = match value {
        DeValue::Integer(number) => number.as_str().parse::<f64>().ok(),
        DeValue::Float(number) => number.as_str().parse::<f64>().ok(),
        _ => return Err(ValueError::new(is_a(value), "expected a number, 0 to 1")),
    };
    match share {
        Some(share) if (0.0..=1.0).contains(&share) => Ok(Value::Share(share.abs())),
        _ => Err(ValueError::new("is out of bounds", "expected a share, 0 to 1: five percent is 0.05")),
    }
}

fn number(value: &DeValue<'_>) -> Result<Value, ValueError> {
    let expected = "expected a number, 0 or more, without quotes";
    let number = match value {
        DeValue::Integer(number) => i64_of(number).map(|number| number as f64),
        DeValue::Float(number) => number.as_str().replace('_', "").parse::<f64>().ok(),
        _ => return Err(ValueError::new(is_a(value), expected)),
    };
    match number {
        Some(number) if number.is_finite() && number >= 0.0 => Ok(Value::Number(number.abs())),
        _ => Err(ValueError::new("is out of bounds", expected)),
    }
}

fn duration_of(value: &DeValue<'_>, zero: bool) -> Result<Nanos, ValueError> {
    let bare = match value {
        DeValue::Integer(number) => Some(number.as_str()),
        DeValue::Float(number) => Some(number.as_str()),
        _ => None,
    };
    if let Some(bare) = bare {
        let fault = ValueError::new("has no unit", "expected a duration in quotes");
        return Err(match parse_duration(&format!("{bare}ms")) {
            Ok(_) => fault.help(format!("\"{bare}ms\" or \"{bare}s\"?")),
            Err(_) => fault.help(format!("write {}", HINT)),
        });
    }
    let text = value.as_str().ok_or_else(|| ValueError::new(is_a(value), "expected a duration in quotes"))?;
    let nanos = parse_duration(text).map_err(|fault| {
        let problem = format!("is no duration: {fault}");
        ValueError::new(problem, "expected a duration").help(format!("write {}", HINT))
    })?;
    if nanos == Nanos::ZERO && !zero {
        return Err(ValueError::new("is zero", "expected a duration above zero"));
    }
    Ok(nanos)
}

#[cfg(test)]
mod tests {
    use toml::de::DeValue;

    use super::super::Known;
    use super::super::keys::Form;
    use super::super::raw::Value;
    use super::read;
    use crate::model::figure::ChartInfo;

    fn verdict(form: &Form, text: &str) -> Result<Value, String> {
        let known = Known { charts: &[ChartInfo { name: "duration", options: &[] }], article_names: false };
        let value = DeValue::parse(text).unwrap();
        read(form, &known, value.get_ref()).map_err(|fault| fault.problem)
    }

    #[test]
    fn values_at_their_bounds_are_taken_and_beyond_refused() {
        let integer = Form::Integer { least: 1, most: 10 };
        let seed = Form::Integer { least: 0, most: i64::MAX };
        for (form, good, bad) in [
            (&integer, vec!["1", "10", "0xA", "1_0"], vec!["0", "11", "-1", "99999999999999999999", "1.0", "'1'"]),
            (&seed, vec!["0", "9223372036854775807"], vec!["-1", "9223372036854775808"]),
            (
                &Form::Share,
                vec!["0", "1", "0.0", "-0.0", "1.0", "1e-3"],
                vec!["-0.1", "1.01", "nan", "inf", "2", "'0'"],
            ),
            (&Form::Number, vec!["0", "1.5", "1_000", "1_0.5", "-0.0"], vec!["-1", "inf", "nan", "'1'", "[]"]),
            (&Form::Duration { zero: true }, vec!["'0s'", "'1000h'"], vec!["0", "'1001h'", "true", "1.5", "[]"]),
            (&Form::Duration { zero: false }, vec!["'1ns'"], vec!["'0s'", "'0.0000000001s'"]),
            (&Form::Text, vec!["''", r#""\u0000""#], vec!["1", "2020-01-01"]),
            (&Form::Path, vec!["'a/b'", "'.'"], vec!["''", r#""\u0000""#]),
            (&Form::Chart, vec!["'duration'"], vec!["'Duration'", "''"]),
        ] {
            for text in good {
                assert!(verdict(form, text).is_ok(), "{form:?} {text}");
            }
            for text in bad {
                assert!(verdict(form, text).is_err(), "{form:?} {text}");
            }
        }
    }

    #[test]
    fn labels_are_anything_that_can_be_shown() {
        let long = |count: usize| format!("'{}'", "ü".repeat(count));
        for good in ["'a, b'", r#""say \"x\"\n../etc\t""#, "'多线程'", &long(200)] {
            assert!(verdict(&Form::Label, good).is_ok(), "{good}");
        }
        for bad in ["''", "'  '", r#""\u0000""#, r#""\u001b[31m""#, &long(201)] {
            assert!(verdict(&Form::Label, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn urls_have_a_scheme_and_a_host() {
        for good in [
            "http://127.0.0.1:5000/",
            "https://user:pass@example.org/a?b=c",
            "HTTP://[::1]:80",
            "http://müller.example",
            "http://${HOST}:${PORT}/${PATH}?key=${KEY}",
            "${BASE}/items",
        ] {
            assert!(verdict(&Form::Url, &format!("'{good}'")).is_ok(), "{good}");
        }
        for bad in
            ["", "localhost:5000", "/path", "ftp://a/", "http://", "http://a:99999/", "http://a b/", "http://h/${X"]
        {
            assert!(verdict(&Form::Url, &format!("'{bad}'")).is_err(), "{bad}");
        }
    }
}
