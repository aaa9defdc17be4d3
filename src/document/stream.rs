//! Rows of any number, written piece by piece: made side by side, written in their order, and never all in memory.

use std::io::{self, Write};

use rayon::prelude::{ParallelIterator, ParallelSlice};

/// Items of one piece.
const PIECE: usize = 1_024;
/// Pieces that are made before they are written, for each processor.
const PIECES: usize = 4;

/// Writes what `piece` makes of all items, some of them at a time. Cost: linear, on all processors. Memory: some pieces.
///
/// # Errors
/// When a piece cannot be made or written.
pub(super) fn write_in_chunks<T: Sync>(
    items: &[T],
    to: &mut dyn Write,
    piece: impl Fn(&[T]) -> io::Result<Vec<u8>> + Sync,
) -> io::Result<()> {
    for chunk in items.chunks(PIECE * PIECES * rayon::current_num_threads()) {
        let pieces: Vec<Vec<u8>> = chunk.par_chunks(PIECE).map(&piece).collect::<io::Result<_>>()?;
        pieces.iter().try_for_each(|piece| to.write_all(piece))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};

    use super::{PIECE, write_in_chunks};

    #[test]
    fn pieces_stand_in_order_and_an_error_ends_them() {
        let items: Vec<u32> = (0..50_000).collect();
        let text =
            |items: &[u32]| Ok(items.iter().flat_map(|item| format!("{item}\n").into_bytes()).collect::<Vec<u8>>());
        let mut out = Vec::new();
        write_in_chunks(&items, &mut out, text).unwrap();
        let expected: String = items.iter().map(|item| format!("{item}\n")).collect();
        assert!(String::from_utf8(out).unwrap() == expected);
        let fails = |items: &[u32]| match items[0] as usize {
            first if first >= 20 * PIECE => Err(io::Error::from(ErrorKind::Other)),
            _ => Ok(b"x".to_vec()),
        };
        let mut out = Vec::new();
        assert!(write_in_chunks(&items, &mut out, fails).is_err());
        assert!(out.len() <= 20);
    }
}
