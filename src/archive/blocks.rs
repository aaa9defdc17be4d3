//! A text in blocks of whole lines, and blocks in parts for several processors. Only what needs no CSV reader is read in
//! this way: rows without quotes, where a line is a row and a delimiter ends a field. Everything else, and everything
//! that is wrong, goes through the CSV reader, which finds the exact place.

use std::io::{self, Read};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

/// How much is read at once. Some of it for each processor.
const BLOCK: usize = 8 << 20;
/// A part is at least this long: less is not worth a hand-over.
const PART: usize = 64 << 10;

/// Reads blocks.
pub(super) struct Blocks<R> {
    input: R,
    /// What was read and belongs to the next block.
    rest: Vec<u8>,
    size: usize,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(input: R) -> Self {
        Self::sized(input, BLOCK)
    }

    fn sized(input: R, size: usize) -> Self {
        Self { input, rest: Vec::new(), size }
    }

    /// The next whole lines, at least one; empty once only what has no line end is left, or nothing, or a line that is
    /// longer than two blocks.
    pub(super) fn next(&mut self) -> io::Result<Vec<u8>> {
        let mut block = std::mem::take(&mut self.rest);
        loop {
            let known = block.len();
            block.reserve_exact(self.size.saturating_sub(known).max(self.size / 2));
            let wanted = (block.capacity() - known) as u64;
            let read = self.input.by_ref().take(wanted).read_to_end(&mut block)?;
            let line_end = block[known..].iter().rposition(|byte| *byte == b'\n').map(|at| known + at + 1);
            if let Some(end) = line_end {
                self.rest = block[end..].to_vec();
                block.truncate(end);
                return Ok(block);
            }
            if read == 0 || block.len() >= self.size.saturating_mul(2) {
                self.rest = block;
                return Ok(Vec::new());
            }
        }
    }

    /// What has no line end, once there are no more blocks.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.rest)
    }

    /// Everything from `block` on, which was the last one.
    pub(super) fn from(self, block: Vec<u8>) -> impl Read {
        io::Cursor::new(block).chain(io::Cursor::new(self.rest)).chain(self.input)
    }
}

/// Reads the lines of a block, several parts of it side by side; the results stand in the block's order. `None` where a
/// line needs the CSV reader, or `read` says so for any part. Lines come without their end, and never empty.
pub(super) fn read_lines<T: Send>(
    block: &[u8],
    read: impl Fn(&mut dyn Iterator<Item = &[u8]>) -> Option<T> + Sync,
) -> Option<Vec<T>> {
    if block.contains(&b'"') || std::str::from_utf8(block).is_err() {
        return None;
    }
    let returns = block.contains(&b'\r');
    let parts = parts(block, block.len().div_ceil(rayon::current_num_threads() * 2).max(PART));
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

/// Cuts a block after line ends into parts of about `size`.
fn parts(mut block: &[u8], size: usize) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while !block.is_empty() {
        let tail = block.get(size..).unwrap_or_default();
        let end = tail.iter().position(|byte| *byte == b'\n').map_or(block.len(), |at| size + at + 1);
        let (part, rest) = block.split_at(end);
        parts.push(part);
        block = rest;
    }
    parts
}

/// A whole number in decimal digits.
pub(super) fn number(text: &[u8]) -> Option<u64> {
    let digits = |sum: u64, digit: &u8| sum * 10 + u64::from(digit - b'0');
    let plain = !text.is_empty() && text.len() <= 19 && text.iter().all(u8::is_ascii_digit);
    plain.then(|| text.iter().fold(0, digits))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{Blocks, number, parts, read_lines};

    proptest! {
        #[test]
        fn blocks_are_whole_lines_and_nothing_is_lost(text in "[a\n]{0,60}", size in 1_usize..9) {
            let mut blocks = Blocks::sized(text.as_bytes(), size);
            let mut found = Vec::new();
            loop {
                let block = blocks.next().unwrap();
                if block.is_empty() {
                    break;
                }
                prop_assert_eq!(block.last(), Some(&b'\n'));
                found.extend(block);
            }
            blocks.from(Vec::new()).read_to_end(&mut found).unwrap();
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
