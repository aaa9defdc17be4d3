//! A bound on how much is read of a source.

use std::io::{self, Read};

/// A source that fails when more comes out of it than it may hold.
#[derive(Debug)]
pub struct Limited<R> {
    source: R,
    most: u64,
    left: u64,
    refusal: fn(u64) -> io::Error,
}

impl<R> Limited<R> {
    /// Bounds a source to `most` bytes, which `refusal` tells of.
    pub fn new(source: R, most: u64, refusal: fn(u64) -> io::Error) -> Self {
        Self { source, most, left: most, refusal }
    }

    /// How many bytes were read of it.
    pub(super) fn taken(&self) -> u64 {
        self.most - self.left
    }

    /// The source, behind what was read of it.
    pub fn into_inner(self) -> R {
        self.source
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // One byte more than allowed, so that a source that ends there differs from one that goes on.
        let most = usize::try_from(self.left.saturating_add(1)).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.source.read(&mut buffer[..most])?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| (self.refusal)(self.most))?;
        Ok(count)
    }
}
