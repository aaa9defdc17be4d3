//! Run directories on disk: what a sweep leaves behind, and how it is read again years later.
//!
//! In: rows as they are measured. Out: a [`Run`](crate::model::Run), from which everything else is computed. The
//! journals and the config are the truth; this module must not know what is drawn from them.

mod error;
mod foreign;
mod journal;
mod layout;
mod load;
mod lock;
mod machine;
mod manifest;
mod pack;
mod rows;
#[cfg(test)]
mod testkit;
mod unpack;

pub use error::ArchiveError;
pub use foreign::load_csv;
pub use journal::Journal;
pub use layout::{Contents, RunDirectory, files, write_atomically};
pub use load::{Loaded, load};
pub use lock::RunLock;
pub use machine::{Git, Machine};
pub use manifest::{MEASURING_VERSION, Manifest, ManifestStrategy, ManifestTarget, RunStatus, checksum};
pub use pack::{PACK_SUFFIX, pack, pack_id};
pub use unpack::is_pack;
