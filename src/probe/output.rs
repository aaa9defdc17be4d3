//! What a child wrote, kept within bounds: requests up to the number asked for, everything else as a short tail.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Mutex, PoisonError};

use crate::model::{FailureKind, KnownSecrets, Outcome, StatusSet};
use crate::protocol::{self, DoneLine, Line};

/// Longest line that is looked at; the rest of a longer one is passed over.
const LINE_LIMIT: usize = 64 * 1024;
/// How much of a child's other output is kept for the error message.
const TAIL_LIMIT: usize = 4 * 1024;
/// How many wrong lines are kept; further ones are counted.
const WRONG_LIMIT: usize = 5;

/// What a child wrote, as far as it was parsed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChildOutput {
    /// Requests, in the order written; at most as many as asked for.
    pub outcomes: Vec<Outcome>,
    /// Request lines beyond the number asked for: counted, not kept.
    pub excess: u64,
    /// The first `done` line.
    pub done: Option<DoneLine>,
    /// Further `done` lines: counted, not kept.
    pub further_done: u64,
    /// The first lines that were almost protocol.
    pub wrong: Vec<WrongLine>,
    /// How many lines were almost protocol.
    pub wrong_count: u64,
    /// Its other output.
    pub other: OutputTail,
}

/// A line that was almost protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongLine {
    /// Its number in the output, from 1.
    pub number: u64,
    /// What is wrong with it.
    pub why: String,
    /// Its beginning.
    pub text: String,
}

/// The first line of a text and its last few KiB, cut at line ends where possible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputTail {
    lines: VecDeque<String>,
    bytes: usize,
    count: u64,
    first: Option<String>,
}

impl OutputTail {
    fn push(&mut self, line: String) {
        self.count += 1;
        if self.first.is_none() && !line.is_empty() {
            self.first = Some(line.clone());
        }
        self.bytes += line.len() + 1;
        self.lines.push_back(line);
        while self.bytes > TAIL_LIMIT && self.lines.len() > 1 {
            self.bytes -= self.lines.pop_front().map_or(0, |line| line.len() + 1);
        }
    }

    /// The lines kept, oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// How many lines there were, those not kept included.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The first line that was not empty.
    #[must_use]
    pub fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }
}

/// Listens to a child's standard output until it ends, and notes each line at once, so that it is known even
/// if the end never comes. Memory is bounded by `requests`, whatever the child writes. A response with another status
/// than `expect_status` has failed, whether or not the child says so. Of its words none of `secrets` is kept.
pub(super) fn listen(
    stdout: impl Read,
    requests: u32,
    expect_status: &StatusSet,
    secrets: &KnownSecrets,
    output: &Mutex<ChildOutput>,
) {
    let mut number = 0;
    for_each_line(stdout, |line| {
        number += 1;
        let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
        match protocol::parse(line) {
            protocol::Parsed::Line(Line::Request(line)) if output.outcomes.len() < requests as usize => {
                let outcome = line.into_outcome();
                let failure = failure(&outcome, expect_status);
                output.outcomes.push(Outcome { failure, ..outcome });
            }
            protocol::Parsed::Line(Line::Request(_)) => output.excess += 1,
            protocol::Parsed::Line(Line::Done(_)) if output.done.is_some() => output.further_done += 1,
            protocol::Parsed::Line(Line::Done(done)) => output.done = Some(done),
            protocol::Parsed::Wrong(why) => {
                output.wrong_count += 1;
                if output.wrong.len() < WRONG_LIMIT {
                    output.wrong.push(WrongLine { number, why: secrets.hide(&why), text: shortened(line, secrets) });
                }
            }
            protocol::Parsed::Other => output.other.push(shortened(line, secrets)),
        }
    });
}

/// What is parsed of a child's output that comes in these pieces.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn fuzz_output<'a>(pieces: impl Iterator<Item = &'a [u8]>, requests: u32) -> ChildOutput {
    struct Pieces<'a, I> {
        rest: I,
        piece: &'a [u8],
    }

    impl<'a, I: Iterator<Item = &'a [u8]>> Read for Pieces<'a, I> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.piece.is_empty() {
                self.piece = self.rest.next().unwrap_or_default();
            }
            self.piece.read(buffer)
        }
    }

    let output = Mutex::default();
    listen(Pieces { rest: pieces, piece: &[] }, requests, &StatusSet::only(200), &KnownSecrets::default(), &output);
    output.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Why a request failed: as the child says, or for its status.
fn failure(outcome: &Outcome, expect_status: &StatusSet) -> Option<FailureKind> {
    let strange = outcome.status.is_some_and(|status| !expect_status.contains(status));
    outcome.failure.or_else(|| strange.then_some(FailureKind::WrongStatus))
}

/// Keeps the tail of a child's standard error.
pub(super) fn tail(output: impl Read, secrets: &KnownSecrets, tail: &Mutex<OutputTail>) {
    for_each_line(output, |line| tail.lock().unwrap_or_else(PoisonError::into_inner).push(shortened(line, secrets)));
}

/// The beginning of a line. Secrets go first: half of one is no longer found.
fn shortened(line: &str, secrets: &KnownSecrets) -> String {
    secrets.hide(line).chars().take(500).collect()
}

/// Calls `each` for every line, without its end and at most [`LINE_LIMIT`] bytes of it. A pipe that breaks ends it.
fn for_each_line(output: impl Read, mut each: impl FnMut(&str)) {
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while let Ok(true) = read_line(&mut reader, &mut line) {
        let text = String::from_utf8_lossy(&line);
        each(text.trim_end_matches(['\n', '\r']));
    }
}

/// Reads one line into `line`; `false` at the end of input.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    if reader.by_ref().take(LINE_LIMIT as u64).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.last() != Some(&b'\n') {
        reader.skip_until(b'\n')?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::Mutex;

    use super::{ChildOutput, LINE_LIMIT, TAIL_LIMIT, WRONG_LIMIT, listen};
    use crate::model::{FailureKind, KnownSecrets, StatusSet};

    fn parsed(stdout: impl Read, requests: u32) -> ChildOutput {
        let output = Mutex::default();
        listen(stdout, requests, &StatusSet::only(200), &KnownSecrets::default(), &output);
        output.into_inner().unwrap()
    }

    fn request(index: u32) -> String {
        format!("{{\"event\":\"request\",\"request\":{index},\"start_s\":0,\"end_s\":1}}\n")
    }

    #[test]
    fn lines_are_sorted() {
        let done = |text: &str| format!("{{\"event\":\"done\"{text}}}\n");
        let last = done(",\"duration_s\":2");
        let text = format!("starting\n{}{}{}{last}{last}bye", request(0), request(1), done("").repeat(9));
        let output = parsed(text.as_bytes(), 1);
        assert_eq!((output.outcomes.len(), output.excess, output.further_done), (1, 1, 1));
        assert_eq!(output.done.map(|done| done.duration_s), Some(2.0));
        assert_eq!((output.wrong.len(), output.wrong_count), (WRONG_LIMIT, 9));
        assert!(output.wrong[0].number == 4 && output.wrong[0].why.contains("duration_s"), "{:?}", output.wrong[0]);
        assert_eq!(output.other.lines().collect::<Vec<_>>(), ["starting", "bye"]);
        assert_eq!((output.other.first(), output.other.count()), (Some("starting"), 2));
    }

    #[test]
    fn another_status_is_a_failure_whatever_the_program_says() {
        let line = |status: &str| request(0).replace("}\n", &format!("{status}}}\n"));
        for (status, failure) in [
            ("", None),
            (",\"status\":200", None),
            (",\"status\":500", Some(FailureKind::WrongStatus)),
            (",\"status\":200,\"error\":\"reset\"", Some(FailureKind::Reset)),
            (",\"error\":\"no such word\"", Some(FailureKind::Other)),
        ] {
            assert_eq!(parsed(line(status).as_bytes(), 1).outcomes[0].failure, failure, "{status}");
        }
    }

    #[test]
    fn no_part_of_a_secret_is_kept() {
        let secrets = KnownSecrets::of(["s3cret-of-twenty-signs".to_owned()]);
        let line =
            format!("{}s3cret-of-twenty-signs\n{{\"event\":\"done\",\"s3cret-of-twenty-signs\":1}}\n", "x".repeat(490));
        let output = Mutex::default();
        listen(line.as_bytes(), 1, &StatusSet::only(200), &secrets, &output);
        let output = output.into_inner().unwrap();
        assert!(!format!("{output:?}").contains("s3cret"), "{output:?}");
    }

    #[test]
    fn a_flood_is_passed_over_within_bounds() {
        let one_line = std::io::repeat(b'x').take(100_000_000);
        let flooded = parsed(one_line.chain(&b"\nlast\n"[..]), 1);
        assert_eq!(flooded.other.lines().next_back(), Some("last"));
        let many_lines = "0123456789\n".repeat(LINE_LIMIT);
        let flooded = parsed(many_lines.as_bytes(), 1);
        assert!(flooded.other.bytes <= TAIL_LIMIT);
        assert!(flooded.other.lines().count() > 10);
        assert_eq!(flooded.other.count(), LINE_LIMIT as u64);
    }
}
