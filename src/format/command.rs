//! A command as a POSIX shell takes it.

use std::borrow::Cow;

/// The words in one line, each quoted where a shell would not take it as it is.
#[must_use]
pub fn command_line(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// shlex also quotes `--formats=svg,png` and letters beyond ASCII, which no shell takes for anything else.
fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "_-+=./:,@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return Cow::Borrowed(word);
    }
    shlex::Quoter::new().allow_nul(true).quote(word).unwrap_or(Cow::Borrowed(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::command_line;

    fn line(words: &[&str]) -> String {
        command_line(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn only_what_a_shell_would_change_is_quoted() {
        assert_eq!(
            line(&["reportgen", "--formats=svg,png", "a/b-1.toml", "50%", "线程"]),
            "reportgen --formats=svg,png a/b-1.toml 50% 线程"
        );
        assert_eq!(line(&["", "a b", "$HOME", "*", "it's"]), "'' 'a b' '$HOME' '*' \"it's\"");
    }

    proptest! {
        #[test]
        fn a_shell_reads_the_words_again(words in prop::collection::vec(any::<String>(), 1..5)) {
            let words: Vec<String> = words.iter().map(|word| word.replace('\0', "")).collect();
            prop_assert_eq!(shlex::split(&command_line(&words)), Some(words));
        }
    }
}
