//! A text in chunks of whole lines, and chunks in parts for several processors. Only what needs no CSV reader is read in
//! this way: rows without quotes, where a line is a row and a delimiter ends a field. Everything else, and everything
//! that is wrong, goes through the CSV reader, which finds the exact place.

use std::io::{self, Read};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

/// How much is read at once. Some of it for each processor.
const CHUNK: usize = 8 << 20;
/// A part is at least this long: less is not worth a hand-over.
const PART: usize = 64 << 10;

/// Reads chunks.
pub(crate) struct Chunks<R> {
    input: R,
    /// What was read and belongs to the next chunk.
    rest: Vec<u8>,
    size: usize,
}

impl<R: Read> Chunks<R> {
    pub(crate) fn new(input: R) -> Self {
        Self::sized(input, CHUNK)
    }

    fn sized(input: R, size: usize) -> Self {
        Self { input, rest: Vec::new(), size }
    }

    /// The next whole lines, at least one; empty once only what has no line end is left, or nothing, or a line that is
    /// longer than two chunks.
    pub(crate) fn next(&mut self) -> io::Result<Vec<u8>> {
        let mut chunk = std::mem::take(&mut self.rest);
        loop {
            let known = chunk.len();
            chunk.reserve_exact(self.size.saturating_sub(known).max(self.size / 2));
            let wanted = (chunk.capacity() - known) as u64;
            let read = self.input.by_ref().take(wanted).read_to_end(&mut chunk)?;
            let line_end = chunk[known..].iter().rposition(|byte| *byte == b'\n').map(|at| known + at + 1);
            if let Some(end) = line_end {
                self.rest = chunk[end..].to_vec();
                chunk.truncate(end);
                return Ok(chunk);
            }
            if read == 0 || chunk.len() >= self.size.saturating_mul(2) {
                self.rest = chunk;
                return Ok(Vec::new());
            }
        }
    }

    /// What has no line end, once there are no more chunks.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.rest)
    }

    /// Everything from `chunk` on, which was the last one.
    pub(crate) fn from(self, chunk: Vec<u8>) -> impl Read {
        io::Cursor::new(chunk).chain(io::Cursor::new(self.rest)).chain(self.input)
    }
}

/// Reads the lines of a chunk, several parts of it side by side; the results stand in the chunk's order. `None` where a
/// line needs the CSV reader, or `read` says so for any part. Lines come without their end, and never empty.
pub(crate) fn read_lines<T: Send>(
    chunk: &[u8],
    read: impl Fn(&mut dyn Iterator<Item = &[u8]>) -> Option<T> + Sync,
) -> Option<Vec<T>> {
    if chunk.contains(&b'"') || std::str::from_utf8(chunk).is_err() {
        return None;
    }
    let returns = chunk.contains(&b'\r');
    let parts = parts(chunk, chunk.len().div_ceil(rayon::current_num_threads() * 2).max(PART));
    let read_part = |part: &&[u8]| {
        let lines = part.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        // Elsewhere than before a line feed it ends a row too.
        if returns && lines.clone().any(|line| line.contains(&b'\r')) {
            return None;
        }
        read(&mut lines.filter(|line| !line.is_empty()))
    };
    // A hand-over to another thread takes longer than to read a small table.
    if let [part] = parts.as_slice() {
        read_part(part).map(|read| vec![read])
    } else {
        parts.par_iter().map(read_part).collect()
    }
}

/// Cuts a chunk after line ends into parts of about `size`.
fn parts(mut chunk: &[u8], size: usize) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while !chunk.is_empty() {
        let tail = chunk.get(size..).unwrap_or_default();
        let end = tail.iter().position(|byte| *byte == b'\n').map_or(chunk.len(), |at| size + at + 1);
        let (part, rest) = chunk.split_at(end);
        parts.push(part);
        chunk = rest;
    }
    parts
}

/// A whole number in decimal digits.
pub(crate) fn number(text: &[u8]) -> Option<u64> {
    let digits = |sum: u64, digit: &u8| sum * 10 + u64::from(digit - b'0');
    let plain = !text.is_empty() && text.len() <= 19 && text.iter().all(u8::is_ascii_digit);
    plain.then(|| text.iter().fold(0, digits))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{Chunks, number, parts, read_lines};

    proptest! {
        #[test]
        fn chunks_are_whole_lines_and_nothing_is_lost(text in "[a\n]{0,60}", size in 1_usize..9) {
            let mut chunks = Chunks::sized(text.as_bytes(), size);
            let mut found = Vec::new();
            loop {
                let chunk = chunks.next().unwrap();
                if chunk.is_empty() {
                    break;
                }
                prop_assert_eq!(chunk.last(), Some(&b'\n'));
                found.extend(chunk);
            }
            chunks.from(Vec::new()).read_to_end(&mut found).unwrap();
            prop_assert_eq!(String::from_utf8(found).unwrap(), text);
        }

        #[test]
        fn parts_are_whole_lines_and_nothing_is_lost(text in "[a\n]{0,60}", size in 1_usize..9) {
            let parts = parts(text.as_bytes(), size);
            prop_assert_eq!(parts.concat(), text.as_bytes());
            for part in parts.iter().rev().skip(1) {
                prop_assert_eq!(part.last(), Some(&b'\n'));
            }
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_reader_of_csv() {
        let lines = |text: &str| {
            let lines = read_lines(text.as_bytes(), |lines| Some(lines.map(<[u8]>::to_vec).collect::<Vec<_>>()))?;
            Some(lines.concat().iter().map(|line| String::from_utf8(line.clone()).unwrap()).collect::<Vec<_>>())
        };
        assert_eq!(lines("a,b\r\n\nc\n"), Some(vec!["a,b".to_owned(), "c".to_owned()]));
        assert_eq!((lines("a,\"b\"\n"), lines("a\rb\n")), (None, None));
        assert_eq!(read_lines(b"\xff\n", |_| Some(())), None);
    }

    #[test]
    fn numbers_are_digits_alone() {
        assert_eq!(
            (number(b"0"), number(b"50"), number(b"9999999999999999999")),
            (Some(0), Some(50), Some(9_999_999_999_999_999_999))
        );
        for rubbish in ["", "-1", "1.5", " 1", "99999999999999999999"] {
            assert_eq!(number(rubbish.as_bytes()), None, "{rubbish:?}");
        }
    }
}
