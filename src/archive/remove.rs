//! Taking a run out of the archive. Only what is a run goes: a folder or a pack with a manifest that can be read, never a
//! link, never a tagged one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::layout::{RunDirectory, files};
use super::writer::sync_folder;
use super::{ArchiveError, Manifest, RunLock, scan, tags};

/// A run that may be removed.
#[derive(Debug)]
pub struct Removable {
    path: PathBuf,
    /// Where it lies.
    parent: PathBuf,
    is_latest: bool,
}

impl Removable {
    /// Looks whether a run may be removed; changes nothing.
    ///
    /// # Errors
    /// When it is no run, a link, tagged, of a newer schema, or being measured.
    pub fn check(path: &Path) -> Result<Self, ArchiveError> {
        // A slash or a dot at the end would be the folder that a link leads to.
        let path: PathBuf = path.components().collect();
        let refuse = |why: String| Err(ArchiveError::Kept { path: path.clone(), why });
        let metadata = fs::symlink_metadata(&path).map_err(ArchiveError::io("remove", &path))?;
        if metadata.is_symlink() {
            return refuse("it is a link; name the run itself".to_owned());
        }
        let directory = RunDirectory::open_with(&path, |name| [files::MANIFEST, files::TAGS].contains(&name))?;
        let tags = Manifest::read(&directory).and_then(|_| tags(&directory));
        let tags = tags.map_err(|error| directory.relocate(error))?;
        if !tags.is_empty() {
            let tags = tags.into_iter().collect::<Vec<_>>().join(", ");
            return refuse(format!("it is tagged {tags}; `reportgen untag` it first"));
        }
        if directory.pack().is_none() && directory.file(files::CONFIG).is_file() {
            RunLock::take(&directory)?;
        }
        let path = fs::canonicalize(&path).map_err(ArchiveError::io("remove", &path))?;
        let Some(parent) = path.parent().map(Path::to_owned) else {
            return refuse("it is the root of the file system".to_owned());
        };
        let is_latest = fs::canonicalize(parent.join(files::LATEST)).is_ok_and(|target| target == path);
        Ok(Self { path, parent, is_latest })
    }

    /// Removes it; `latest` leads to the newest run that is left, or goes too.
    ///
    /// # Errors
    /// When the system refuses; of a folder, a part may be left then under a hidden name.
    pub fn remove(self) -> Result<(), ArchiveError> {
        let Self { path, parent, is_latest } = self;
        let failed = || ArchiveError::io("remove", &path);
        if path.is_dir() {
            // Renamed first: half a run is never in the way, nor taken for one.
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let hidden = parent.join(format!(".removing-{name}"));
            fs::rename(&path, &hidden).map_err(failed())?;
            sync_folder(&parent)?;
            fs::remove_dir_all(&hidden).map_err(ArchiveError::io("remove", &hidden))?;
        } else {
            fs::remove_file(&path).map_err(failed())?;
        }
        if is_latest {
            repoint_latest(&parent)?;
        }
        sync_folder(&parent)
    }
}

fn repoint_latest(parent: &Path) -> Result<(), ArchiveError> {
    let runs = scan(parent)?.runs;
    if let Some(newest) = runs.iter().find(|run| !run.packed) {
        return RunDirectory::open(&parent.join(&newest.name))?.become_latest();
    }
    let latest = parent.join(files::LATEST);
    match fs::remove_file(&latest) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ArchiveError::io("remove", &latest)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::testkit::{resealed, small_run};
    use super::super::{files, set_tags};
    use super::Removable;

    fn refusal(path: &std::path::Path) -> String {
        Removable::check(path).unwrap_err().to_string()
    }

    #[test]
    fn only_an_untagged_run_goes_and_latest_follows() {
        let parent = tempfile::tempdir().unwrap();
        let (first, second) = (small_run(parent.path()), small_run(parent.path()));
        resealed(&second, |manifest| manifest.started_at = "2026-11-23T00:00:00.000Z".to_owned());
        set_tags(&second, ["kept".to_owned()].into()).unwrap();
        assert!(refusal(second.path()).contains("tagged kept"));
        fs::create_dir(parent.path().join("folder")).unwrap();
        assert!(refusal(&parent.path().join("folder")).contains("not a run directory"));
        fs::write(parent.path().join("folder/manifest.json"), "{\"name\": \"a web page\"}").unwrap();
        assert!(refusal(&parent.path().join("folder")).contains("no schema_version"));
        assert!(refusal(&parent.path().join("nothing")).contains("cannot remove"));
        set_tags(&second, [].into()).unwrap();

        Removable::check(second.path()).unwrap().remove().unwrap();
        assert!(!second.path().exists() && first.path().exists());
        if cfg!(unix) {
            assert_eq!(fs::canonicalize(parent.path().join(files::LATEST)).unwrap(), first.path());
        }
        Removable::check(first.path()).unwrap().remove().unwrap();
        let mut left: Vec<_> = fs::read_dir(parent.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.retain(|name| name != files::LATEST || cfg!(unix));
        assert_eq!(left, ["folder"], "no link, no index of nothing, nothing hidden");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_never_followed() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        for name in ["latest", "latest/", "latest/."] {
            assert!(refusal(&parent.path().join(name)).contains("it is a link"), "{name}");
        }
        assert!(run.path().exists());
    }
}
