//! A folder of runs, folders and packs alike: they are listed, found by a word, and removed.

mod entry;
mod locate;
mod remove;
mod scan;
#[cfg(test)]
mod tests;

pub use entry::{ListedManifest, ListedSettings, RunEntry};
pub use locate::{DEFAULT_DIR, locate};
pub use remove::{Removable, finish_removals};
pub use scan::{Broken, Listing, scan};
