//! Run directories on disk: what a sweep leaves behind, and how it is read again years later.
//!
//! In: rows as they are measured. Out: a [`Run`](crate::model::Run), from which everything else is computed. The
//! journals and the config are the truth; this module must not know what is drawn from them.

mod blocks;
mod bounded;
mod build;
mod derived;
mod error;
pub mod files;
mod folder;
mod foreign;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod gather;
mod index;
mod journal;
mod layout;
mod load;
mod locate;
mod lock;
mod machine;
mod manifest;
mod older;
mod pack;
mod reader;
mod references;
mod remove;
mod requests;
mod rows;
mod schema;
mod seal;
mod tags;
#[cfg(test)]
mod testkit;
mod unpack;
mod verify;
mod writer;

pub use build::{Build, Rendering};
pub use derived::Derived;
pub use error::ArchiveError;
pub use folder::{Contents, Folder};
pub use foreign::load_csv;
pub use index::{Broken, IndexedCell, Listing, RunEntry, scan};
pub use journal::Journal;
pub use layout::{RunDirectory, contents};
pub use load::{Loaded, load};
pub use locate::{DEFAULT_DIR, locate};
pub use lock::RunLock;
pub use machine::{Git, Machine};
pub use manifest::{MEASURING_VERSION, Manifest, ManifestTarget, RunStatus};
pub use pack::{PACK_SUFFIX, pack, pack_id};
pub use references::{ManifestReference, check_references, copy_references};
pub use remove::{Removable, finish_removals};
pub use schema::schema;
pub use seal::checksum;
pub use tags::{check_tag, set_tags, tags};
pub use unpack::is_pack;
pub use verify::{Deviation, changed_since_sealed, verify};
pub use writer::{FolderWriter, write_atomically};
