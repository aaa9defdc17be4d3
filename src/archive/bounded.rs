//! An input that gives no more than a row may be long, so that a quote that is never closed, or a file that is no table,
//! is not read into memory whole.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read};

/// The longest row, in bytes. Nobody's table comes near it.
const LONGEST_ROW: usize = 1 << 20;
/// The longest field of a table that comes from elsewhere, in bytes.
pub(super) const LONGEST_FIELD: usize = 64 << 10;

/// How much of a row may still be read.
pub(super) struct Allowance(Cell<usize>);

impl Allowance {
    /// That of one row.
    pub(super) const fn new() -> Self {
        Self(Cell::new(LONGEST_ROW))
    }

    /// The next row begins.
    pub(super) fn renew(&self) {
        self.0.set(LONGEST_ROW);
    }
}

/// The input.
pub(super) struct BoundedRows<'a, R> {
    input: R,
    allowance: &'a Allowance,
}

impl<'a, R> BoundedRows<'a, R> {
    /// An input that fails with [`ErrorKind::InvalidData`] where `allowance` is used up.
    pub(super) fn new(input: R, allowance: &'a Allowance) -> Self {
        Self { input, allowance }
    }
}

impl<R: Read> Read for BoundedRows<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.allowance.0.get();
        if left == 0 && !buffer.is_empty() {
            let problem = format!("a row of more than {LONGEST_ROW} bytes; is a quote missing?");
            return Err(io::Error::new(ErrorKind::InvalidData, problem));
        }
        let most = left.min(buffer.len());
        let count = self.input.read(&mut buffer[..most])?;
        self.allowance.0.set(left - count);
        Ok(count)
    }
}
