//! What may be a secret in a text that people wrote, by rules that a person can apply by hand: docs/reports.md states
//! them. Nothing is looked up, so that the same text gives the same answer everywhere.

use std::ops::Range;

/// What stands in place of a secret.
pub const HIDDEN: &str = "***";

/// A run of this many characters with a digit among them is taken for a key.
const TOKEN: usize = 16;
/// A number of at most this many digits is harmless.
const DIGITS: usize = 6;

/// Headers that say what is asked for and in which form.
const HEADERS: [&str; 17] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "content-encoding",
    "content-language",
    "content-type",
    "date",
    "dnt",
    "expect",
    "host",
    "pragma",
    "range",
    "te",
    "upgrade-insecure-requests",
    "user-agent",
];
/// Environment variables that set paths, languages, and numbers of threads. Those of a locale, `LC_…`, are harmless too.
const VARIABLES: [&str; 25] = [
    "GODEBUG",
    "GOGC",
    "GOMAXPROCS",
    "GOMEMLIMIT",
    "JAVA_HOME",
    "LANG",
    "LANGUAGE",
    "LD_LIBRARY_PATH",
    "MALLOC_ARENA_MAX",
    "NODE_ENV",
    "NODE_PATH",
    "NO_COLOR",
    "OMP_NUM_THREADS",
    "PATH",
    "PYTHONHASHSEED",
    "PYTHONOPTIMIZE",
    "PYTHONPATH",
    "PYTHONUNBUFFERED",
    "RAYON_NUM_THREADS",
    "RUBYLIB",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "TERM",
    "TOKIO_WORKER_THREADS",
    "TZ",
];

/// How a header may authenticate: no secret.
const SCHEMES: [&str; 6] = ["apikey", "basic", "bearer", "digest", "negotiate", "token"];

/// Words that make a name that of a secret.
const WORDS: [&str; 16] = [
    "apikey",
    "auth",
    "authorization",
    "bearer",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "pass",
    "passphrase",
    "passwd",
    "pwd",
    "session",
    "sig",
    "signature",
    "user",
];
/// Ends of words that do so, such as in `access_key` and `clientsecret`.
const ENDS: [&str; 8] = ["key", "keys", "password", "passwords", "secret", "secrets", "token", "tokens"];

/// Whether a value cannot be a secret: empty, `true`, `false`, a number of at most six digits, or masked already.
#[must_use]
pub fn is_harmless(value: &str) -> bool {
    let number = value.len() <= DIGITS && value.bytes().all(|byte| byte.is_ascii_digit());
    number || ["true", "false", HIDDEN].contains(&value)
}

/// Whether the value of a header is harmless for the header's name.
#[must_use]
pub fn is_harmless_header(name: &str) -> bool {
    HEADERS.contains(&&*name.to_ascii_lowercase())
}

/// Whether the value of an environment variable is harmless for the variable's name.
#[must_use]
pub fn is_harmless_variable(name: &str) -> bool {
    VARIABLES.contains(&name) || name.starts_with("LC_")
}

/// Whether a word looks like a key: 16 or more characters of ASCII, a digit among them, and no name of a file (`.` and one to four
/// letters or digits at the end, the first of them a letter).
#[must_use]
pub fn is_token(word: &str) -> bool {
    let ending = word.rsplit_once('.').map(|(_, ending)| ending);
    let is_file = ending.is_some_and(|ending| {
        (1..=4).contains(&ending.len())
            && ending.starts_with(|c: char| c.is_ascii_alphabetic())
            && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    word.is_ascii() && word.len() >= TOKEN && word.bytes().any(|byte| byte.is_ascii_digit()) && !is_file
}

/// Whether an option, a variable or a header of this name holds a secret, such as `--api-key`, `PGPASSWORD`, `Cookie`.
#[must_use]
pub fn names_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if lower == "user-agent" {
        return false;
    }
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| WORDS.contains(&word) || ENDS.iter().any(|end| word.ends_with(end)))
}

/// Whether a word names how a header authenticates.
#[must_use]
pub fn is_scheme(word: &str) -> bool {
    SCHEMES.contains(&&*word.to_ascii_lowercase())
}

/// A text with what `mask` makes of each place in it; the places are in order.
#[must_use]
pub fn masked(text: &str, places: &[Range<usize>], mask: impl Fn(&str) -> String) -> String {
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for place in places {
        out.push_str(&text[at..place.start]);
        out.push_str(&mask(&text[place.clone()]));
        at = place.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::{is_harmless, is_token, names_secret};

    #[test]
    fn the_rules_are_the_documented_ones() {
        assert!(["", "8080", "123456", "true", "***"].into_iter().all(is_harmless));
        assert!(!["1234567", "hunter2", "False?"].into_iter().any(is_harmless));
        assert!(["sk_live_51H8abcd", "0123456789abcdef", "a.b.c.d.e.f.g.h.1"].into_iter().all(is_token));
        assert!(!["a-long-name-without", "short1", "async_http2_client.py"].into_iter().any(is_token));
        assert!(["--api-key", "PGPASSWORD", "Cookie", "x_token", "AUTH"].into_iter().all(names_secret));
        assert!(!["--author", "passes", "keyboard", "--unlimited"].into_iter().any(names_secret));
    }
}
