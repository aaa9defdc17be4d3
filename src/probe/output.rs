//! What a child wrote, kept within bounds: requests up to the number asked for, everything else as a short tail.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};

use crate::model::Outcome;
use crate::protocol::{self, DoneLine, Line};

/// Longest line that is looked at; the rest of a longer one is passed over.
const LINE_LIMIT: usize = 64 * 1024;
/// How much of a child's other output is kept for the error message.
const TAIL_LIMIT: usize = 4 * 1024;

/// What was heard from a child.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// Requests, in the order written; at most as many as asked for.
    pub outcomes: Vec<Outcome>,
    /// Request lines beyond the number asked for: counted, not kept.
    pub excess: u64,
    /// The first `done` line.
    pub done: Option<DoneLine>,
    /// The first line that was almost protocol, and what is wrong with it.
    pub wrong: Option<String>,
    /// The end of its other output.
    pub other: Tail,
}

/// The last few KiB of a text, cut at line ends where possible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    lines: VecDeque<String>,
    bytes: usize,
}

impl Tail {
    fn push(&mut self, line: String) {
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
}

/// Listens to a child's standard output until it ends. Memory is bounded by `requests`, whatever the child writes.
pub(super) fn listen(output: impl Read, requests: u32) -> Heard {
    let mut heard = Heard::default();
    for_each_line(output, |line| match protocol::hear(line) {
        protocol::Heard::Line(Line::Request(line)) if heard.outcomes.len() < requests as usize => {
            heard.outcomes.push(line.into_outcome());
        }
        protocol::Heard::Line(Line::Request(_)) => heard.excess += 1,
        protocol::Heard::Line(Line::Done(done)) => {
            heard.done.get_or_insert(done);
        }
        protocol::Heard::Wrong(why) => {
            heard.wrong.get_or_insert_with(|| format!("{why}: {}", shortened(line)));
        }
        protocol::Heard::Other => heard.other.push(shortened(line)),
    });
    heard
}

/// Keeps the tail of a child's standard error.
pub(super) fn tail(output: impl Read) -> Tail {
    let mut tail = Tail::default();
    for_each_line(output, |line| tail.push(shortened(line)));
    tail
}

fn shortened(line: &str) -> String {
    line.chars().take(500).collect()
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

    use super::{LINE_LIMIT, TAIL_LIMIT, listen};

    fn request(index: u32) -> String {
        format!("{{\"event\":\"request\",\"request\":{index},\"start_s\":0,\"end_s\":1}}\n")
    }

    #[test]
    fn lines_are_sorted() {
        let text = format!(
            "starting\n{}{}{{\"event\":\"done\"}}\n{{\"event\":\"done\",\"duration_s\":2}}\nbye",
            request(0),
            request(1)
        );
        let heard = listen(text.as_bytes(), 1);
        assert_eq!((heard.outcomes.len(), heard.excess), (1, 1));
        assert_eq!(heard.done.map(|done| done.duration_s), Some(2.0));
        assert!(heard.wrong.unwrap().contains("duration_s"));
        assert_eq!(heard.other.lines().collect::<Vec<_>>(), ["starting", "bye"]);
    }

    #[test]
    fn a_flood_is_passed_over_within_bounds() {
        let one_line = std::io::repeat(b'x').take(100_000_000);
        let heard = listen(one_line.chain(&b"\nlast\n"[..]), 1);
        assert_eq!(heard.other.lines().next_back(), Some("last"));
        let many_lines = "0123456789\n".repeat(LINE_LIMIT);
        let heard = listen(many_lines.as_bytes(), 1);
        assert!(heard.other.bytes <= TAIL_LIMIT);
        assert!(heard.other.lines().count() > 10);
    }
}
