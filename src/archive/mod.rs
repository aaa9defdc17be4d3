//! One run directory: what a sweep leaves behind, and how it is read again years later.
//!
//! In: rows as they are measured. Out: a [`Run`](crate::model::Run), from which everything else is computed. The
//! journals and the config are the truth; this module must not know what is drawn from them.

mod build;
mod checksums;
mod derived;
mod error;
pub mod files;
mod folder;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod journal;
mod layout;
mod load;
mod lock;
mod machine;
mod manifest;
mod older;
mod private;
mod reader;
mod references;
mod requests;
mod reservoir;
mod retry;
mod schema;
mod tags;
mod target;
#[cfg(test)]
pub(crate) mod testkit;
mod verify;
mod writer;

pub use build::{Build, Rendering};
pub use checksums::checksum;
pub use derived::Derived;
pub use error::ArchiveError;
pub use folder::{Contents, Folder};
pub(crate) use folder::{folder_of, sync_folder};
pub use journal::Journal;
pub(crate) use journal::whole_samples;
pub use layout::RunDirectory;
pub(crate) use layout::{Unpacked, stem_of};
pub use load::Loaded;
pub(crate) use load::{samples, strategy_lines};
pub use lock::RunLock;
pub use machine::{Git, Machine};
pub(crate) use manifest::read_manifest;
pub use manifest::{MEASURING_VERSION, Manifest, RunStatus, TargetRecord};
pub(crate) use private::PrivateFolder;
pub use references::{ManifestReference, check_references, copy_references};
pub use retry::set_failed_aside;
pub use schema::schema;
pub use tags::{check_tag, set_tags, tags};
pub use target::ManifestTarget;
pub use verify::{Deviation, changed_measurements, verify};
pub use writer::{FolderWriter, write_atomically};
pub(crate) use writer::{NewFile, is_temporary};
