//! Where the files of a run are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::ArchiveError;
use super::unpack::{Unpacked, unpack};
use super::writer::{folder_of, is_temporary, make_folder, sync_folder};
use crate::format::is_hidden;

/// Names of the files of a run.
pub mod files {
    use super::super::unpack::is_plain;

    /// Facts about the run and checksums of its files.
    pub const MANIFEST: &str = "manifest.json";
    /// The config, as given but for secrets.
    pub const CONFIG: &str = "config.toml";
    /// A row for each sample.
    pub const RAW: &str = "raw.csv";
    /// A row for each request.
    pub const REQUESTS: &str = "requests.csv";
    /// The same, compressed.
    pub const REQUESTS_ZST: &str = "requests.csv.zst";
    /// Tags of the run; it may change, so nothing vouches for it.
    pub const TAGS: &str = "tags.json";
    /// What was measured and what was asked for: all else is made of these.
    pub const MEASURED: [&str; 4] = [CONFIG, RAW, REQUESTS, REQUESTS_ZST];

    /// Whether a file is one of [`MEASURED`], or a table that was measured elsewhere.
    #[must_use]
    pub fn is_measured(name: &str) -> bool {
        let is_table = || name.strip_prefix(REFERENCES).and_then(|rest| rest.strip_prefix('/')).is_some_and(is_plain);
        MEASURED.contains(&name) || is_table()
    }

    /// The folder of the pictures.
    pub const CHARTS: &str = "charts";
    /// The folder of tables that were measured elsewhere.
    pub const REFERENCES: &str = "references";
    /// Which files were made in a folder that is no run directory: the report of a table.
    pub const LIST: &str = ".reportgen-files";
    /// Points to the newest run.
    pub const LATEST: &str = "latest";
}

/// The folder of one run. That of a pack is private, and vanishes with the last copy of this value.
#[derive(Clone, Debug)]
pub struct RunDirectory {
    path: PathBuf,
    id: String,
    unpacked: Option<Arc<Unpacked>>,
}

/// What lies in a run directory, by its path with `/`, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Plain files.
    pub files: Vec<String>,
    /// Everything else that is no folder: links, sockets, names that are not UTF-8.
    pub others: Vec<String>,
}

impl RunDirectory {
    /// Makes `parent/<stem>-<start>`, with `-2`, `-3` … if that exists. `parent` is made too where it is missing.
    ///
    /// # Errors
    /// When a folder cannot be made; nothing is left then.
    pub fn create(parent: &Path, stem: &str, start: Timestamp) -> Result<Self, ArchiveError> {
        make_folder(parent)?;
        let stamp = start.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
        let base = format!("{}-{stamp}", safe_stem(stem));
        for attempt in 1_u32.. {
            let id = if attempt == 1 { base.clone() } else { format!("{base}-{attempt}") };
            let path = parent.join(&id);
            match fs::create_dir(&path) {
                Ok(()) => {
                    let directory = Self { path, id, unpacked: None };
                    return match sync_folder(parent) {
                        Ok(()) => Ok(directory),
                        Err(error) => {
                            directory.discard();
                            Err(error)
                        }
                    };
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(ArchiveError::io("create folder", &path)(error)),
            }
        }
        unreachable!("a free name is found before numbers run out")
    }

    /// Removes a run directory that this program has just made and could not fill, as far as the system lets it.
    pub fn discard(self) {
        let _ = fs::remove_dir_all(&self.path);
    }

    /// An existing run directory, or the files of a pack, taken out of it into a private folder.
    ///
    /// # Errors
    /// When it is neither, or holds no manifest.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        Self::open_with(path, |_| true)
    }

    /// The same with only the files of a pack that are `wanted`.
    pub(super) fn open_with(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<Self, ArchiveError> {
        let path = fs::canonicalize(path).map_err(ArchiveError::io("open run", path))?;
        let directory = if path.is_file() {
            let unpacked = unpack(&path, wanted)?;
            Self { path: unpacked.path().to_owned(), id: unpacked.id.clone(), unpacked: Some(Arc::new(unpacked)) }
        } else {
            let id = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            Self { path, id, unpacked: None }
        };
        if !directory.file(files::MANIFEST).is_file() {
            let path = directory.shown().to_owned();
            return Err(ArchiveError::NotARun { path, missing: files::MANIFEST });
        }
        Ok(directory)
    }

    /// The pack that the files were taken out of.
    #[must_use]
    pub fn pack(&self) -> Option<&Path> {
        self.unpacked.as_ref().map(|unpacked| unpacked.pack.as_path())
    }

    /// What messages call it: the folder or the pack.
    #[must_use]
    pub fn shown(&self) -> &Path {
        self.pack().unwrap_or(&self.path)
    }

    /// An error that names the pack and not the private folder.
    pub(super) fn relocate(&self, error: ArchiveError) -> ArchiveError {
        error.relocated(&self.path, self.shown())
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder's name, which names the run.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A file in it.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Every file that the manifest vouches for: all plain files but itself and the tags.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn list(&self) -> Result<Vec<String>, ArchiveError> {
        let mut names = self.contents()?.files;
        names.retain(|name| ![files::MANIFEST, files::TAGS].contains(&name.as_str()));
        Ok(names)
    }

    /// Everything below it. Links are not followed.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn contents(&self) -> Result<Contents, ArchiveError> {
        contents(&self.path)
    }

    /// Lets `latest`, beside it, lead to it.
    ///
    /// # Errors
    /// When the link cannot be made; the one before is untouched then, unless only syncing the folder failed.
    #[cfg(unix)]
    pub fn become_latest(&self) -> Result<(), ArchiveError> {
        let parent = folder_of(&self.path);
        let latest = parent.join(files::LATEST);
        let temporary = parent.join(format!(".{}.{}", files::LATEST, self.id));
        // Left by a program that was killed.
        let _ = fs::remove_file(&temporary);
        std::os::unix::fs::symlink(&self.id, &temporary).map_err(ArchiveError::io("create link", &temporary))?;
        fs::rename(&temporary, &latest).map_err(|error| {
            // The link that could not take its place must not stay behind.
            let _ = fs::remove_file(&temporary);
            ArchiveError::io("replace link", &latest)(error)
        })?;
        sync_folder(parent)
    }

    /// Lets the file `latest`, beside it, name it.
    ///
    /// # Errors
    /// When it cannot be written.
    #[cfg(not(unix))]
    pub fn become_latest(&self) -> Result<(), ArchiveError> {
        super::write_atomically(&folder_of(&self.path).join(files::LATEST), format!("{}\n", self.id).as_bytes())
    }
}

/// Everything below a folder, but for files that are being written. Links are not followed.
///
/// # Errors
/// When a folder cannot be read.
pub fn contents(folder: &Path) -> Result<Contents, ArchiveError> {
    let mut contents = Contents::default();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let read = || ArchiveError::io("read folder", &folder);
        for entry in fs::read_dir(&folder).map_err(read())? {
            let entry = entry.map_err(read())?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type().map_err(read())?;
            match entry.file_name().to_str() {
                Some(name) if kind.is_file() && is_temporary(name) => {}
                Some(_) if kind.is_dir() => folders.push((entry.path(), format!("{name}/"))),
                Some(_) if kind.is_file() => contents.files.push(name),
                _ => contents.others.push(name),
            }
        }
    }
    contents.files.sort();
    contents.others.sort();
    Ok(contents)
}

/// A config's stem as part of a folder's name: separators and hidden characters become `-`, at most 80 bytes.
pub(super) fn safe_stem(stem: &str) -> String {
    let clean: String = stem
        .chars()
        .map(|c| if is_hidden(c) || c.is_whitespace() || "/\\:*?\"<>|".contains(c) { '-' } else { c })
        .collect();
    let clean = clean.trim_start_matches(['.', '-']);
    let end = clean.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= 80).last().unwrap_or(0);
    if end == 0 { "sweep".to_owned() } else { clean[..end].to_owned() }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::Timestamp;

    use super::{RunDirectory, contents, files, safe_stem};

    #[test]
    fn runs_of_one_second_get_numbers_and_latest_is_the_last() {
        let parent = tempfile::tempdir().unwrap();
        let start: Timestamp = "2026-11-22T18:30:00Z".parse().unwrap();
        let runs = [(); 3].map(|()| RunDirectory::create(parent.path(), "sweep", start).unwrap());
        let ids = runs.each_ref().map(RunDirectory::id);
        for run in [&runs[0], &runs[1], &runs[2]] {
            run.become_latest().unwrap();
        }
        assert_eq!(ids, ["sweep-20261122T183000Z", "sweep-20261122T183000Z-2", "sweep-20261122T183000Z-3"]);
        let latest = fs::canonicalize(parent.path().join(files::LATEST)).unwrap();
        assert!(latest.ends_with("sweep-20261122T183000Z-3"));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 4, "nothing else is left");
    }

    #[test]
    fn stems_are_harmless_as_names() {
        for (stem, safe) in
            [("sweep", "sweep"), ("../a b", "a-b"), ("..", "sweep"), ("", "sweep"), ("报告", "报告"), ("-rf\n", "rf-")]
        {
            assert_eq!(safe_stem(stem), safe);
        }
        assert!(safe_stem(&"é".repeat(200)).len() <= 80);
    }

    #[test]
    fn files_that_are_being_written_are_not_listed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["raw.csv", ".writing-aB3xY9", ".writing-"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(contents(folder.path()).unwrap().files, ["raw.csv"]);
    }
}
