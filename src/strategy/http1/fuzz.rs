//! Body of the fuzz target of this folder: what a server may answer.

use super::response::Response;
use crate::framing::{Unreadable, in_pieces};
use crate::model::FailureKind;

/// What was understood of a response.
#[derive(Debug, PartialEq, Eq)]
struct Understood {
    status: Option<u16>,
    bytes: u64,
    keeps_alive: bool,
    is_complete: bool,
    cut_off: Option<FailureKind>,
    beyond: usize,
}

/// A response is the same in whatever pieces it comes, and its body no longer than what came.
pub(crate) fn response(data: &[u8]) {
    let Some(([bodiless, sizes @ ..], data)) = data.split_first_chunk::<4>() else { return };
    let bodiless = bodiless % 2 == 1;
    let whole = understood([data].into_iter(), bodiless);
    assert_eq!(understood(in_pieces(data, *sizes), bodiless), whole);
    if let Ok(whole) = whole {
        assert!(whole.bytes + whole.beyond as u64 <= data.len() as u64);
        assert!(!whole.is_complete || whole.cut_off.is_none());
    }
}

fn understood<'a>(pieces: impl Iterator<Item = &'a [u8]>, bodiless: bool) -> Result<Understood, Unreadable> {
    let mut response = Response::awaited(bodiless);
    let mut beyond = 0;
    for piece in pieces {
        beyond += response.take(piece)?.len();
    }
    Ok(Understood {
        status: response.status(),
        bytes: response.bytes(),
        keeps_alive: response.keeps_alive(),
        is_complete: response.is_complete(),
        cut_off: response.cut_off(),
        beyond,
    })
}
