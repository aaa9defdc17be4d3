//! A pack → its files in a private folder that vanishes. A pack may come from anywhere, so nothing in it is believed:
//! only plain files below one folder are taken, by names that lead nowhere else, and no more of them than the bounds
//! here allow. Links, devices and every extension of tar that could rename or stretch a file are refused.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use tar::{Archive, EntryType};
use zstd::stream::read::Decoder;

use crate::archive::files::is_plain;
use crate::archive::{ArchiveError, PrivateFolder, Unpacked};
use crate::input::{self, FileKind, Limited};

/// The farthest that zstd looks back: 8 MiB, which RFC 8878 asks every reader to support. Bounds the reader's memory.
pub(super) const WINDOW_LOG: u32 = 23;
/// Most files of a pack.
pub(super) const MOST_ENTRIES: usize = 4_096;
/// Most bytes that a pack unpacks to.
const MOST_BYTES: u64 = 4 << 30;
/// Most bytes that each byte of a pack unpacks to, beyond [`FREE_BYTES`]. Runs are packed 5 to 20 times smaller.
const MOST_RATIO: u64 = 200;
/// What any pack may unpack to, however small it is.
const FREE_BYTES: u64 = 16 << 20;
/// The first bytes of zstd (RFC 8878, section 3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// Size of a tar block.
const BLOCK: u64 = 512;

/// Whether a file is compressed by zstd, as a pack is and a CSV is not.
#[must_use]
pub fn is_pack(path: &Path) -> bool {
    let mut start = [0; 4];
    input::open(path, FileKind::Stream).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == MAGIC
}

/// Takes the files out of a pack for which `wanted` says so, and checks all others as well.
///
/// # Errors
/// When the pack cannot be read, is damaged, or holds anything but the plain files of one run; see the module.
pub(super) fn unpack(pack: &Path, wanted: impl Fn(&str) -> bool) -> Result<Unpacked, ArchiveError> {
    let folder = PrivateFolder::new()?;
    let id = read(pack, |name, content| {
        if !wanted(name) {
            return io::copy(content, &mut io::sink());
        }
        let path = folder.path().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        io::copy(content, &mut OpenOptions::new().write(true).create_new(true).open(&path)?)
    })?;
    Ok(Unpacked { folder, pack: pack.to_owned(), id })
}

/// Reads a whole pack and keeps nothing.
///
/// # Errors
/// Those of [`unpack`].
pub(super) fn check(pack: &Path) -> Result<(), ArchiveError> {
    read(pack, |_, content| io::copy(content, &mut io::sink())).map(drop)
}

/// Gives every file of a pack to `each`, which returns how many bytes it took. Returns the name of the folder.
fn read(pack: &Path, each: impl FnMut(&str, &mut dyn Read) -> io::Result<u64>) -> Result<String, ArchiveError> {
    let file = input::open(pack, FileKind::Pack).map_err(ArchiveError::io("open", pack))?;
    let bound = FREE_BYTES.saturating_add(file.length().saturating_mul(MOST_RATIO)).min(MOST_BYTES);
    let refuse = |why: String| ArchiveError::Refused { verb: "read pack", path: pack.to_owned(), why };
    if !is_pack(pack) {
        return Err(refuse("neither a run directory nor a file that `reportgen pack` wrote".to_owned()));
    }
    members(BufReader::new(file), bound, each).map_err(refuse)
}

pub(super) fn members(
    input: impl BufRead,
    bound: u64,
    mut each: impl FnMut(&str, &mut dyn Read) -> io::Result<u64>,
) -> Result<String, String> {
    let mut decoder = Decoder::with_buffer(input).map_err(|error| text(&error))?.single_frame();
    decoder.window_log_max(WINDOW_LOG).map_err(|error| text(&error))?;
    let mut archive = Archive::new(Limited::new(decoder, bound, too_large));
    let (mut run, mut names) = (None, HashSet::new());
    // Raw: extensions come as entries of their own kind, and are refused.
    for entry in archive.entries().map_err(|error| text(&error))?.raw(true) {
        let mut entry = entry.map_err(|error| text(&error))?;
        let path = entry.path_bytes().into_owned();
        let kind = entry.header().entry_type();
        let (folder, name) = member(&path, kind)?;
        if run.get_or_insert_with(|| folder.to_owned()) != folder {
            return Err(format!("it holds {folder} beside {}; a pack holds one run", run.unwrap_or_default()));
        }
        if kind == EntryType::Directory {
            continue;
        }
        if !names.insert(name.to_owned()) {
            return Err(format!("it holds {name} twice"));
        }
        if names.len() > MOST_ENTRIES {
            return Err(format!("it holds more than {MOST_ENTRIES} files"));
        }
        let size = entry.size();
        let taken = each(name, &mut entry).map_err(|error| format!("{name}: {error}"))?;
        if taken != size {
            return Err(format!("truncated within {name}"));
        }
    }
    let run = run.ok_or("it holds no files")?;
    ends_cleanly(archive.into_inner())?;
    Ok(run)
}

fn text(error: &io::Error) -> String {
    error.to_string()
}

/// The folder and the file that a member's path names.
fn member(path: &[u8], kind: EntryType) -> Result<(&str, &str), String> {
    let shown = String::from_utf8_lossy(path).escape_debug().to_string();
    let path = std::str::from_utf8(path).map_err(|_| format!("the name {shown} is not UTF-8"))?;
    match kind {
        EntryType::Regular | EntryType::Directory => {}
        EntryType::Symlink | EntryType::Link => return Err(format!("{shown} is a link")),
        EntryType::Char | EntryType::Block | EntryType::Fifo => return Err(format!("{shown} is a device")),
        other => return Err(format!("{shown} is of type {:?}, not a plain file", char::from(other.as_byte()))),
    }
    let path = if kind == EntryType::Directory { path.strip_suffix('/').unwrap_or(path) } else { path };
    if !path.split('/').all(is_plain) {
        return Err(format!("the name {shown} may lead out of its folder"));
    }
    match path.split_once('/') {
        Some(parts) => Ok(parts),
        None if kind == EntryType::Directory => Ok((path, "")),
        None => Err(format!("{shown} does not lie in a run's folder")),
    }
}

/// After the first of the two zero blocks that end a tar there must be the second, zeros, and nothing else.
fn ends_cleanly<R: BufRead>(mut rest: Limited<Decoder<'static, R>>) -> Result<(), String> {
    let mut buffer = [0; 4096];
    let mut zeros = 0;
    loop {
        match rest.read(&mut buffer).map_err(|error| text(&error))? {
            0 => break,
            count if buffer[..count].iter().any(|byte| *byte != 0) => {
                return Err("something follows its end".to_owned());
            }
            count => zeros += count as u64,
        }
    }
    if zeros < BLOCK {
        return Err("truncated: its end is missing".to_owned());
    }
    match rest.into_inner().finish().fill_buf() {
        Ok([]) => Ok(()),
        Ok(_) => Err("something follows its end".to_owned()),
        Err(error) => Err(text(&error)),
    }
}

/// The error of a pack that unpacks to more than `bound` bytes.
fn too_large(bound: u64) -> io::Error {
    let problem = format!(
        "it unpacks to more than {bound} bytes (at most {MOST_RATIO} times its size plus {} MiB, and {} GiB)",
        FREE_BYTES >> 20,
        MOST_BYTES >> 30
    );
    io::Error::new(io::ErrorKind::InvalidData, problem)
}
