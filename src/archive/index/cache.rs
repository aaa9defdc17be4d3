//! The hidden file that remembers what was read: JSON, a line for each run, and a last line with the checksum of all
//! before it. A file that is of another version, cut or changed is worth nothing and is passed over.

use std::collections::HashMap;
use std::error::Error;
use std::fs::{self, Metadata};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::files;
use super::super::seal::hexadecimal;
use super::super::writer::NewFile;
use super::{Known, RunEntry};
use crate::input::{self, FileKind};

/// Its name.
pub(super) const FILE: &str = ".reportgen-index";

/// Changes with the meaning of a line.
const VERSION: u32 = 4;

/// The first line: another version of this program may count otherwise.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    index_version: u32,
    tool_version: String,
}

/// A line for a run.
#[derive(Serialize, Deserialize)]
struct Line<S, E> {
    stamp: S,
    run: E,
}

/// The last line.
#[derive(Serialize, Deserialize)]
struct Tail {
    sha256: String,
}

/// What tells whether the files of a run are the ones that were read: time of change in nanoseconds since 1970, size and
/// inode of the manifest, the tags and the rows, or of the pack alone. A rename puts another inode in a file's place, so
/// that two writes of one tick and one size differ too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp(Vec<Option<(u64, u64, u64)>>);

impl Stamp {
    /// The stamp of a run directory or pack; `None` where there is nothing.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        if !metadata.is_dir() {
            return Some(Self(vec![numbers(&metadata)]));
        }
        // A link in a file's place has an inode of its own, and is looked at again.
        let of = |name: &str| fs::symlink_metadata(path.join(name)).ok().as_ref().and_then(numbers);
        Some(Self([files::MANIFEST, files::TAGS, files::RAW].map(of).into()))
    }
}

fn numbers(metadata: &Metadata) -> Option<(u64, u64, u64)> {
    let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((u64::try_from(changed.as_nanos()).ok()?, metadata.len(), inode(metadata)))
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_metadata: &Metadata) -> u64 {
    0
}

fn head() -> Head {
    Head { index_version: VERSION, tool_version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// What the file of a folder remembers; nothing where it is missing or worth nothing.
pub(super) fn read(folder: &Path) -> Known {
    try_read(folder).unwrap_or_default()
}

fn try_read(folder: &Path) -> Option<Known> {
    let mut input = BufReader::with_capacity(1 << 18, input::open(&folder.join(FILE), FileKind::Index).ok()?);
    let (mut hash, mut line, mut known) = (Sha256::new(), Vec::new(), HashMap::new());
    input.read_until(b'\n', &mut line).ok()?;
    if serde_json::from_slice::<Head>(&line).ok()? != head() {
        return None;
    }
    loop {
        hash.update(&line);
        line.clear();
        input.read_until(b'\n', &mut line).ok()?;
        match serde_json::from_slice::<Line<Stamp, RunEntry>>(&line) {
            Ok(Line { stamp, run }) => known.insert(run.name.clone(), (stamp, run)),
            Err(_) => break,
        };
    }
    let tail: Tail = serde_json::from_slice(&line).ok()?;
    (tail.sha256 == hexadecimal(&hash.finalize())).then_some(known)
}

/// Remembers runs in the file of a folder. Where it cannot be written, the next scan is slower and nothing else.
pub(super) fn write(folder: &Path, runs: &[(Stamp, RunEntry)]) {
    let _ = try_write(folder, runs);
}

fn try_write(folder: &Path, runs: &[(Stamp, RunEntry)]) -> Result<(), Box<dyn Error>> {
    if runs.is_empty() {
        return Ok(fs::remove_file(folder.join(FILE))?);
    }
    let mut file = NewFile::create(&folder.join(FILE))?;
    let (mut output, mut hash) = (BufWriter::with_capacity(1 << 18, file.file()), Sha256::new());
    let mut put = |mut line: Vec<u8>| {
        line.push(b'\n');
        hash.update(&line);
        output.write_all(&line)
    };
    put(serde_json::to_vec(&head())?)?;
    for (stamp, run) in runs {
        put(serde_json::to_vec(&Line { stamp, run })?)?;
    }
    let mut tail = serde_json::to_vec(&Tail { sha256: hexadecimal(&hash.finalize()) })?;
    tail.push(b'\n');
    output.write_all(&tail)?;
    output.flush()?;
    drop(output);
    Ok(file.replace()?)
}
