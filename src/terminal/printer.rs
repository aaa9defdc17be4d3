//! The terminal: results, notes, warnings and errors, each to its stream.

use std::io::{self, Write};

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};

use crate::cli;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const QUIET: Style = Style::new().dimmed();

/// What is printed, and how much of it.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    quiet: bool,
    verbosity: u8,
}

impl Terminal {
    /// Fixes colour for the whole process. `verbosity` counts the `-v`.
    #[must_use]
    pub fn new(quiet: bool, verbosity: u8, color: cli::ColorChoice) -> Self {
        match color {
            cli::ColorChoice::Auto => {}
            cli::ColorChoice::Always => ColorChoice::Always.write_global(),
            cli::ColorChoice::Never => ColorChoice::Never.write_global(),
        }
        Self { quiet, verbosity }
    }

    /// The same terminal, of results, warnings and errors alone.
    #[must_use]
    pub const fn quietly(self) -> Self {
        Self { quiet: true, verbosity: 0 }
    }

    /// Whether only results are printed.
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether standard error shows colour.
    #[must_use]
    pub fn shows_colour() -> bool {
        anstream::AutoStream::choice(&io::stderr()) != ColorChoice::Never
    }

    /// A result: to standard output, as it is.
    ///
    /// # Errors
    /// When it cannot be written, a reader who has gone away excepted.
    pub fn result(&self, text: &str) -> io::Result<()> {
        heard(&mut anstream::stdout().lock(), text.as_bytes())
    }

    /// A whole file as the result: to standard output, byte for byte.
    ///
    /// # Errors
    /// When it cannot be written, a reader who has gone away excepted.
    pub fn document(&self, bytes: &[u8]) -> io::Result<()> {
        heard(&mut io::stdout().lock(), bytes)
    }

    /// Something worth knowing.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.say(&plain(text));
        }
    }

    /// Something that only `-v` shows.
    pub fn detail(&self, text: &str) {
        if self.verbosity > 0 {
            self.say(&format!("{QUIET}{}{QUIET:#}", plain(text)));
        }
    }

    /// Something that only `-vv` shows.
    pub fn trace(&self, text: &str) {
        if self.verbosity > 1 {
            self.say(&format!("{QUIET}{}{QUIET:#}", plain(text)));
        }
    }

    /// Something that may spoil the result. Shown even when quiet.
    pub fn warn(&self, text: &str) {
        self.say(&format!("{WARNING}warning:{WARNING:#} {}", plain(text)));
    }

    /// What went wrong, and what caused it, a line each.
    pub fn error(&self, error: &anyhow::Error) {
        let mut text = format!("{ERROR}error:{ERROR:#} {}", plain(&error.to_string()));
        let mut said = error.to_string();
        for cause in error.chain().skip(1).map(ToString::to_string) {
            // A transparent wrapper repeats its cause.
            if cause != said {
                text.push_str(&format!("\n  caused by: {}", plain(&cause)));
            }
            said = cause;
        }
        self.say(&text);
    }

    /// Lines that are laid out already.
    pub fn say(&self, text: &str) {
        // Nothing can be done about a standard error that does not take text.
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }
}

fn heard(stdout: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// What others wrote may stand in a message, and must not move the cursor: only line breaks and tabs stay.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '␣' } else { c }).collect()
}

/// A name as it may be shown on a terminal: one line, no control characters, at most `width` characters.
#[must_use]
pub fn shown(name: &str, width: usize) -> String {
    let clean: String = name.chars().map(|c| if c.is_control() { '␣' } else { c }).collect();
    if clean.chars().count() <= width {
        return clean;
    }
    clean.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::{plain, shown};

    #[test]
    fn names_cannot_move_the_cursor() {
        assert_eq!(shown("a\u{1b}[2Jb\nc", 40), "a␣[2Jb␣c");
        assert_eq!(plain("a\u{1b}[2J\u{9b}31m\r\n\tb"), "a␣[2J␣31m␣\n\tb");
        assert_eq!(shown("abcdef", 4), "abc…");
        assert_eq!(shown("请求次数", 4), "请求次数");
    }
}
