//! The terminal: results, notes, warnings and errors, each to its stream. Whatever others wrote is made visible here.

use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};

use crate::cli;
use crate::format::{visible, visible_styled};

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

    /// A result for people: to standard output.
    ///
    /// # Errors
    /// When it cannot be written, a reader who has gone away excepted.
    pub fn result(&self, text: &str) -> io::Result<()> {
        write_whole(&mut anstream::stdout().lock(), visible(text).as_bytes())
    }

    /// The same for a text that holds colours of ours.
    ///
    /// # Errors
    /// As [`Terminal::result`].
    pub fn styled_result(&self, text: &str) -> io::Result<()> {
        write_whole(&mut anstream::stdout().lock(), visible_styled(text).as_bytes())
    }

    /// Sentences for people, broken between words on a terminal: to standard output.
    ///
    /// # Errors
    /// As [`Terminal::result`].
    pub fn paragraph(&self, text: &str) -> io::Result<()> {
        self.result(&broken(text, io::stdout().is_terminal()))
    }

    /// What was done, for people: to standard output, unless only results are asked for.
    ///
    /// # Errors
    /// As [`Terminal::result`].
    pub fn confirmation(&self, text: &str) -> io::Result<()> {
        if self.quiet { Ok(()) } else { self.result(text) }
    }

    /// Data for programs, such as JSON: to standard output, byte for byte.
    ///
    /// # Errors
    /// When it cannot be written, a reader who has gone away excepted.
    pub fn document(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        // Standard output itself hands over each line.
        let mut stdout = BufWriter::new(io::stdout().lock());
        unless_gone(write(&mut stdout).and_then(|()| stdout.flush()))
    }

    /// Something worth knowing.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.say(text);
        }
    }

    /// Something that only `-v` shows.
    pub fn detail(&self, text: &str) {
        if self.verbosity > 0 {
            self.say_styled(&format!("{QUIET}{}{QUIET:#}", visible(text)));
        }
    }

    /// Something that only `-vv` shows.
    pub fn trace(&self, text: &str) {
        if self.verbosity > 1 {
            self.say_styled(&format!("{QUIET}{}{QUIET:#}", visible(text)));
        }
    }

    /// Something that may spoil the result. Shown even when quiet.
    pub fn warn(&self, text: &str) {
        let text = broken(&format!("warning: {}", visible(text)), io::stderr().is_terminal());
        let text = text.strip_prefix("warning:").unwrap_or(&text);
        self.say_styled(&format!("{WARNING}warning:{WARNING:#}{text}"));
    }

    /// What went wrong, and what caused it, a line each.
    pub fn error(&self, error: &anyhow::Error) {
        let mut text = format!("{ERROR}error:{ERROR:#} {}", visible(&error.to_string()));
        let mut said = error.to_string();
        for cause in error.chain().skip(1).map(ToString::to_string) {
            // A transparent wrapper repeats its cause.
            if cause != said {
                text.push_str(&format!("\n  caused by: {}", visible(&cause)));
            }
            said = cause;
        }
        self.say_styled(&text);
    }

    /// What the command line's parser says: help and version to standard output, faults to standard error.
    pub fn usage(text: &str, is_fault: bool) {
        let text = visible_styled(text);
        // A reader who has gone away is no error, and nothing can be done about a stream that does not take text.
        let _ = if is_fault {
            write!(anstream::stderr().lock(), "{text}")
        } else {
            write!(anstream::stdout().lock(), "{text}")
        };
    }

    /// Lines that are laid out already.
    pub fn say(&self, text: &str) {
        self.say_styled(&visible(text));
    }

    /// The same with colours of ours.
    pub fn say_styled(&self, text: &str) {
        // Nothing can be done about a standard error that does not take text.
        let _ = writeln!(anstream::stderr().lock(), "{}", visible_styled(text));
    }
}

/// The text with line ends between words, so that no line is wider than the terminal; as it is where there is none.
fn broken(text: &str, on_terminal: bool) -> String {
    if on_terminal { textwrap::fill(text, textwrap::termwidth()) } else { text.to_owned() }
}

fn write_whole(stdout: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    unless_gone(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// A reader who has gone away is no error.
fn unless_gone(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
