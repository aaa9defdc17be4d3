//! Texts that are known to be secret, and other texts without them: as they are, and in the forms in which they are sent
//! or printed.

use std::cmp::Reverse;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};

use super::secret::HIDDEN;
use crate::format::percent_encoded;

/// A shorter secret is a part of ordinary words.
const SHORTEST: usize = 4;

/// What must not be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownSecrets {
    /// Every form of each; the longest first, so that none is left in part.
    forms: Vec<String>,
}

impl KnownSecrets {
    /// Takes secrets as the config or the environment has them. One of fewer than four characters is passed over.
    pub fn of(secrets: impl IntoIterator<Item = String>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| secret != HIDDEN);
        let mut forms: Vec<String> = secrets.flat_map(|secret| forms(&secret)).collect();
        forms.retain(|form| form.len() >= SHORTEST);
        forms.sort_unstable_by(|a, b| (Reverse(a.len()), a).cmp(&(Reverse(b.len()), b)));
        forms.dedup();
        Self { forms }
    }

    /// A text without any of them. Cost: a search for each form.
    #[must_use]
    pub fn hide(&self, text: &str) -> String {
        self.forms.iter().fold(text.to_owned(), |text, form| {
            if text.contains(form.as_str()) { text.replace(form.as_str(), HIDDEN) } else { text }
        })
    }
}

/// As it is, line by line, and percent-encoded, in base64, and escaped as JSON and programs that print it do.
fn forms(secret: &str) -> Vec<String> {
    if secret.len() < SHORTEST {
        return Vec::new();
    }
    let percent = percent_encoded(secret);
    let mut forms = vec![
        secret.to_owned(),
        percent.replace("%20", "+"),
        lower_hex(&percent),
        percent,
        BASE64_STANDARD.encode(secret),
        BASE64_STANDARD.encode(secret).trim_end_matches('=').to_owned(),
        BASE64_URL_SAFE.encode(secret),
        BASE64_URL_SAFE_NO_PAD.encode(secret),
        within_quotes(&serde_json::Value::from(secret).to_string()),
        within_quotes(&format!("{secret:?}")),
        ascii_json(secret),
    ];
    // Output is read line by line.
    if secret.contains('\n') {
        forms.extend(secret.lines().map(|line| line.trim().to_owned()));
    }
    forms
}

fn within_quotes(text: &str) -> String {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).to_owned()
}

/// `%2F` → `%2f`.
fn lower_hex(percent: &str) -> String {
    let mut pieces = percent.split('%');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (hex, rest) = piece.split_at(piece.len().min(2));
        out.push('%');
        out.push_str(&hex.to_ascii_lowercase());
        out.push_str(rest);
    }
    out
}

/// JSON within its quotes as programs write it that keep to ASCII.
fn ascii_json(secret: &str) -> String {
    let json = within_quotes(&serde_json::Value::from(secret).to_string());
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            let mut units = [0; 2];
            character.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::KnownSecrets;

    #[test]
    fn every_form_is_hidden() {
        let secrets = KnownSecrets::of(["p@ss wörd/\"1".to_owned(), "me:s3cret".to_owned(), "abc".to_owned()]);
        for text in [
            "p@ss wörd/\"1",
            "p%40ss%20w%C3%B6rd%2F%221",
            "p%40ss%20w%c3%b6rd%2f%221",
            "p%40ss+w%C3%B6rd%2F%221",
            r#"p@ss wörd/\"1"#,
            r#"p@ss w\u00f6rd/\"1"#,
            "bWU6czNjcmV0",
        ] {
            assert_eq!(secrets.hide(&format!("<{text}>")), "<***>", "{text}");
        }
        assert_eq!(secrets.hide("abc is too short to be told from a word"), "abc is too short to be told from a word");
    }

    #[test]
    fn a_longer_secret_goes_before_its_part_and_lines_count_alone() {
        let secrets =
            KnownSecrets::of(["token".to_owned(), "token-of-mine".to_owned(), "first line\nsecond".to_owned()]);
        assert_eq!(secrets.hide("token-of-mine, token, first line"), "***, ***, ***");
        assert_eq!(secrets.hide(&secrets.hide("token")), "***");
    }
}
