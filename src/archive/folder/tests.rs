//! Folders with links, pipes and other things where files should be.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::super::writer::FolderWriter;
use super::open::make_folder;
use super::{Creation, Folder};
use crate::archive::error::ArchiveError;
use crate::input::FileKind;

fn read(folder: &Folder, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
    folder.read(name, FileKind::Rendered)
}

fn write(folder: &Arc<Folder>, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
    FolderWriter::of(folder.clone()).write(name, bytes)
}

#[test]
fn folders_are_made_once_and_a_file_in_the_way_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/b/c");
    make_folder(&deep).unwrap();
    make_folder(&deep).unwrap();
    assert!(deep.is_dir());
    fs::write(deep.join("file"), "").unwrap();
    let error = make_folder(&deep.join("file/d")).unwrap_err().to_string();
    assert!(error.contains("cannot create folder") && error.contains("file"), "{error}");
}

#[test]
fn what_is_missing_is_none_and_what_leads_out_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let folder = Arc::new(Folder::create(&place.path().join("run")).unwrap());
    fs::write(place.path().join("secret"), "secret").unwrap();
    assert_eq!(read(&folder, "nothing").unwrap(), None);
    assert_eq!(read(&folder, "no/thing").unwrap(), None);
    for name in ["../secret", "/etc/passwd", "", ".", ".."] {
        assert!(read(&folder, name).is_err(), "{name}");
        assert!(write(&folder, name, b"").is_err(), "{name}");
    }
    assert_eq!(fs::read(place.path().join("secret")).unwrap(), b"secret");
}

#[cfg(unix)]
#[test]
fn links_are_named_and_never_followed() {
    let place = tempfile::tempdir().unwrap();
    let (run, out) = (place.path().join("run"), place.path().join("out"));
    let folder = Arc::new(Folder::create(&run).unwrap());
    fs::create_dir(&out).unwrap();
    fs::write(out.join("file"), "theirs").unwrap();
    std::os::unix::fs::symlink(out.join("file"), run.join("raw.csv")).unwrap();
    std::os::unix::fs::symlink(&out, run.join("charts")).unwrap();
    let named = |link: &str, error: ArchiveError| {
        assert_eq!(error.to_string().split(" is a link").next(), run.join(link).to_str(), "{error}");
    };
    named("raw.csv", read(&folder, "raw.csv").unwrap_err());
    named("raw.csv", folder.write_file("raw.csv", Creation::IfMissing).unwrap_err());
    named("raw.csv", folder.write_file("raw.csv", Creation::New).unwrap_err());
    named("charts", read(&folder, "charts/file").unwrap_err());
    named("charts", write(&folder, "charts/file", b"ours").unwrap_err());
    named("charts", write(&folder, "charts/new", b"ours").unwrap_err());
    named("charts", folder.remove_file("charts/file").unwrap_err());
    named("charts", folder.refuse_links().unwrap_err());
    assert_eq!(folder.contents().unwrap().others, ["charts", "raw.csv"]);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
    assert_eq!(fs::read(out.join("file")).unwrap(), b"theirs");
    // A link that is replaced or removed is the link itself.
    write(&folder, "raw.csv", b"ours").unwrap();
    folder.remove_file("charts").unwrap();
    assert_eq!(fs::read(out.join("file")).unwrap(), b"theirs");
    folder.refuse_links().unwrap();
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_without_waiting_for_what_it_sends() {
    let place = tempfile::tempdir().unwrap();
    let mode = rustix::fs::Mode::from_raw_mode(0o644);
    rustix::fs::mkfifoat(rustix::fs::CWD, place.path().join("tags.json"), mode).unwrap();
    let folder = Folder::open(place.path()).unwrap();
    let error = read(&folder, "tags.json").unwrap_err();
    assert!(error.to_string().contains("tags.json"), "{error}");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "a pipe, not a regular file");
    assert!(folder.write_file("tags.json", Creation::IfMissing).is_err());
}

#[cfg(unix)]
#[test]
fn a_folder_that_was_removed_or_replaced_says_so() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("run");
    let folder = Arc::new(Folder::create(&path).unwrap());
    write(&folder, "raw.csv", b"rows").unwrap();
    fs::rename(&path, place.path().join("moved")).unwrap();
    assert!(folder.is_gone());
    assert_eq!(read(&folder, "raw.csv").unwrap().unwrap(), b"rows", "what is open stays open");
    fs::create_dir(&path).unwrap();
    fs::remove_dir_all(place.path().join("moved")).unwrap();
    let removed = |error: ArchiveError| {
        let text = error.to_string();
        assert!(text.starts_with(&path.display().to_string()) && text.contains("was removed"), "{text}");
    };
    removed(read(&folder, "raw.csv").unwrap_err());
    removed(write(&folder, "raw.csv", b"").unwrap_err());
    removed(write(&folder, "charts/x.svg", b"").unwrap_err());
    assert_eq!(fs::read_dir(Path::new(&path)).unwrap().count(), 0, "nothing comes back");
}
