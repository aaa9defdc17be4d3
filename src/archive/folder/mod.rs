//! A folder that stays open: its files are reached from it by name, and no link on the way is followed. A program that
//! moves the folder or puts a link into it meanwhile cannot lead a read or a write elsewhere.
//!
//! What differs between systems is in `unix.rs` and `portable.rs`.

mod contents;
mod entry;
mod open;
#[cfg(not(unix))]
mod portable;
#[cfg(test)]
mod tests;
#[cfg(unix)]
mod unix;

pub use contents::Contents;
pub(super) use contents::TEMPORARY;
pub(super) use entry::{Creation, EntryKind};
pub use open::Folder;
pub(super) use open::FolderHandle;
pub(crate) use open::{folder_of, sync_folder};
