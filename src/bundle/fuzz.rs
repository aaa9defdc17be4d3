//! The body of this folder's fuzz target: packs of any bytes.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use tar::{Builder, EntryType, Header};

use super::unpack::{members, unpack};
use crate::archive::Folder;
use crate::importer::fuzz::OneFile;

/// Nothing is taken out of a pack but plain files below its folder, each once, and no more than the bound.
pub(crate) fn pack(data: &[u8]) {
    const BOUND: u64 = 1 << 20;

    let Some((kind, data)) = data.split_first() else { return };
    let bytes = match kind % 3 {
        0 => data.to_vec(),
        1 => zstd::encode_all(data, 1).expect("memory takes any frame"),
        _ => zstd::encode_all(&*tar_of(data), 1).expect("memory takes any frame"),
    };
    let (mut names, mut total) = (BTreeSet::new(), 0);
    let read = members(&*bytes, BOUND, |name, content| {
        let path = Path::new(name);
        assert!(path.components().all(|part| matches!(part, Component::Normal(_))), "{name:?} leads elsewhere");
        assert!(names.insert(name.to_owned()), "{name:?} comes twice");
        let taken = std::io::copy(content, &mut std::io::sink())?;
        total += taken;
        Ok(taken)
    });
    assert!(total <= BOUND);
    if read.is_ok() {
        let file = OneFile::new("run.tar.zst", &bytes);
        let unpacked = unpack(&file.path, |_| true).map(|unpacked| {
            let found = Folder::open(unpacked.folder.path())
                .and_then(|folder| folder.contents())
                .expect("its folder can be read");
            assert!(found.others.is_empty(), "only plain files are taken");
            assert!(found.files.iter().eq(&names), "every file is where its name says");
        });
        // A name may be too long for the file system, or a folder's at once.
        drop(unpacked);
    }
}

/// A tar whose headers have their sums: each member is the length of its name, its type, the length of its content, and
/// then both.
fn tar_of(mut data: &[u8]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    while let [length, kind, size, rest @ ..] = data {
        let (name, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        let (content, rest) = rest.split_at(rest.len().min(usize::from(*size)));
        data = rest;
        let mut header = Header::new_ustar();
        let field = &mut header.as_old_mut().name;
        let end = name.len().min(field.len());
        field[..end].copy_from_slice(&name[..end]);
        header.set_entry_type(EntryType::new(*kind));
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content).expect("memory takes any member");
    }
    builder.into_inner().expect("memory takes any member")
}
