//! A run as one file: `<run-id>.tar.zst`. The same run gives the same bytes: names sorted, no times, no owners. What is
//! written was read back before it gets its name.

use std::io::{self, Read, Write};
use std::path::Path;

use tar::{Builder, EntryType, Header};
use zstd::stream::write::Encoder;

use super::unpack::{self, WINDOW_LOG};
use crate::archive::files::is_plain;
use crate::archive::{ArchiveError, NewFile, RunDirectory, folder_of, sync_folder};
use crate::input::FileKind;

/// What the name of a pack ends with.
pub const PACK_SUFFIX: &str = ".tar.zst";

/// A quarter smaller than zstd's default for runs, at 50 MB/s.
const LEVEL: i32 = 9;

/// The run id that names a pack: the one the run was given when it was made, else its folder's name.
#[must_use]
pub fn pack_id<'a>(run_id: &'a str, directory: &'a RunDirectory) -> &'a str {
    if is_plain(run_id) { run_id } else { directory.id() }
}

/// Writes every file of a run into `to`, below a folder named `id`. Cost: linear in the run's size; memory: some
/// megabytes.
///
/// # Errors
/// When `to` exists, a file cannot be read or written, or the run holds what a pack cannot: links, names that are not
/// text or too long, more than can be read again. Nothing is left then.
pub fn pack(directory: &RunDirectory, id: &str, to: &Path) -> Result<(), ArchiveError> {
    let refuse = |why: String| ArchiveError::Refused { verb: "write pack", path: to.to_owned(), why };
    let failed = || ArchiveError::io("write", to);
    let contents = directory.folder().contents()?;
    if let Some(other) = contents.others.first() {
        return Err(refuse(format!("{other} of the run is no plain file with a name in UTF-8; remove it")));
    }
    if std::fs::symlink_metadata(to).is_ok() {
        return Err(failed()(io::ErrorKind::AlreadyExists.into()));
    }
    let mut file = NewFile::create(to)?;
    let mut builder = Builder::new(encoder(file.file()).map_err(failed())?);
    for name in &contents.files {
        let source = directory.folder().open_file(name, FileKind::Stream)?;
        let length = source.length();
        let header = header(&format!("{id}/{name}"), length).map_err(|error| refuse(format!("{name}: {error}")))?;
        builder.append(&header, source.take(length)).map_err(failed())?;
    }
    builder.into_inner().and_then(Encoder::finish).and_then(Write::flush).map_err(failed())?;
    unpack::check(&file.temporary_path())
        .map_err(|error| refuse(format!("it could not be read again: {}", error.problem())))?;
    file.add()?;
    sync_folder(folder_of(to))
}

fn encoder<W: Write>(to: W) -> io::Result<Encoder<'static, W>> {
    let mut encoder = Encoder::new(to, LEVEL)?;
    encoder.include_checksum(true)?;
    encoder.window_log(WINDOW_LOG)?;
    Ok(encoder)
}

fn header(name: &str, length: u64) -> io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_entry_type(EntryType::Regular);
    header.set_size(length);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_cksum();
    Ok(header)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{pack, pack_id};
    use crate::archive::testkit::{rewritten, small_run};
    use crate::archive::{RunDirectory, files, verify};
    use crate::bundle::{load, open};

    #[test]
    fn a_pack_is_read_like_its_folder_and_its_bytes_depend_on_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        let (one, two) = (parent.path().join("one.tar.zst"), parent.path().join("two.tar.zst"));
        pack(&run, "sweep-1", &one).unwrap();
        let moved = parent.path().join("moved");
        fs::rename(run.path(), &moved).unwrap();
        pack(&RunDirectory::open(&moved).unwrap(), "sweep-1", &two).unwrap();
        assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
        let (from_pack, from_folder) = (load(&one).unwrap(), load(&moved).unwrap());
        assert_eq!((&from_pack.run, &from_pack.manifest), (&from_folder.run, &from_folder.manifest));
        let private = from_pack.directory.path().to_owned();
        assert!(private.is_dir() && from_pack.directory.pack() == Some(fs::canonicalize(&one).unwrap().as_path()));
        drop(from_pack);
        assert!(!private.exists(), "what was taken out of a pack vanishes with it");
    }

    #[test]
    fn packing_does_not_make_changed_rows_good() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        let raw = fs::read_to_string(run.file(files::RAW)).unwrap();
        fs::write(run.file(files::RAW), raw.replacen("0.105100000", "0.100100000", 1)).unwrap();
        rewritten(&run, |_| {});
        let packed = parent.path().join("packed.tar.zst");
        pack(&run, run.id(), &packed).unwrap();
        assert_eq!(verify(&open(&packed).unwrap()).unwrap().len(), 1);
    }

    #[test]
    fn nothing_is_overwritten_and_nothing_is_left() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        let to = parent.path().join("there.tar.zst");
        fs::write(&to, "mine").unwrap();
        let error = pack(&run, run.id(), &to).unwrap_err();
        assert!(error.to_string().contains("there.tar.zst"), "{error}");
        assert_eq!(fs::read(&to).unwrap(), b"mine");
        fs::write(run.file(&"n".repeat(120)), "").unwrap();
        let error = pack(&run, run.id(), &parent.path().join("long.tar.zst")).unwrap_err();
        assert!(error.to_string().contains("nnn"), "{error}");
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 2 + usize::from(cfg!(unix)), "run, latest, mine");
    }

    #[test]
    fn what_a_killed_program_left_in_a_run_is_not_packed() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        let (before, after) = (parent.path().join("before"), parent.path().join("after"));
        pack(&run, run.id(), &before).unwrap();
        fs::write(run.file("charts/.writing-aB3xY9"), "torn").unwrap();
        pack(&run, run.id(), &after).unwrap();
        assert_eq!(fs::read(&before).unwrap(), fs::read(&after).unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_packed() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        std::os::unix::fs::symlink("/etc/passwd", run.file("link")).unwrap();
        let error = pack(&run, run.id(), &parent.path().join("x.tar.zst")).unwrap_err();
        assert!(error.to_string().contains("link of the run is no plain file"), "{error}");
    }

    #[test]
    fn a_damaged_pack_names_itself_and_not_a_temporary_folder() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        fs::write(run.file(files::RAW), "rubbish\nand more\n").unwrap();
        let to = parent.path().join("bad.tar.zst");
        pack(&run, run.id(), &to).unwrap();
        let error = load(&to).unwrap_err().to_string();
        let shown = fs::canonicalize(&to).unwrap().join(files::RAW);
        assert!(error.starts_with(&shown.display().to_string()), "{error}");
    }

    #[test]
    fn a_pack_is_named_by_the_run_or_its_folder() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        assert_eq!(pack_id("sweep-20261122T183000Z", &run), "sweep-20261122T183000Z");
        for strange in ["", "../up", "a/b", ".hidden", "a\nb"] {
            assert_eq!(pack_id(strange, &run), run.id(), "{strange:?}");
        }
    }
}
