//! Where the files of a run are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::error::ArchiveError;
use super::files;
use super::folder::{Folder, folder_of};
use super::lock::RunLock;
use super::private::PrivateFolder;
use crate::format::is_hidden;
use crate::input::FileKind;

const NO_RUN_YET: &str = "is no run yet: it holds no manifest.json, since its sweep is only beginning or was killed at its \
                          beginning; `reportgen remove` takes away what was killed";

/// The files of a pack in a private folder. They vanish with this value.
#[derive(Debug)]
pub(crate) struct Unpacked {
    pub(crate) folder: PrivateFolder,
    /// Where the pack is.
    pub(crate) pack: PathBuf,
    /// The folder's name in the pack.
    pub(crate) id: String,
}

/// The folder of one run. That of a pack is private, and vanishes with the last copy of this value.
#[derive(Clone, Debug)]
pub struct RunDirectory {
    folder: Arc<Folder>,
    id: String,
    unpacked: Option<Arc<Unpacked>>,
}

impl RunDirectory {
    /// Makes `parent/<stem>-<start>`, with `-2`, `-3` … if that exists, and takes its lock. `parent` is made too where it is
    /// missing.
    ///
    /// # Errors
    /// When a folder cannot be made; nothing is left then.
    pub fn create(parent: &Path, stem: &str, start: Timestamp) -> Result<(Self, RunLock), ArchiveError> {
        let folder = Folder::create(parent)?;
        let stamp = start.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
        let base = format!("{}-{stamp}", safe_stem(stem));
        for id in files::numbered(base, "") {
            let path = parent.join(&id);
            match fs::create_dir(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(ArchiveError::io("create folder", &path)(error)),
            }
            let begun = Folder::open(&path).and_then(|opened| {
                let lock = RunLock::take(&opened)?;
                folder.sync()?;
                Ok((Self { folder: Arc::new(opened), id, unpacked: None }, lock))
            });
            match begun {
                Ok(begun) => return Ok(begun),
                // Before it was locked, `remove` took it for one that a killed sweep had left; the next name is free.
                Err(ArchiveError::Removed { .. } | ArchiveError::Busy { .. }) => {}
                Err(error) if path.exists() => {
                    // It is empty, and the error says more than one about this could.
                    let _ = fs::remove_dir(&path);
                    return Err(error);
                }
                Err(_) => {}
            }
        }
        unreachable!("a free name is found before numbers run out")
    }

    /// Removes a run directory that this program has just made and could not fill, as far as the system lets it.
    pub fn discard(self) {
        let _ = fs::remove_dir_all(self.path());
    }

    /// An existing run directory.
    ///
    /// # Errors
    /// When it is none, or holds no manifest.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let path = fs::canonicalize(path).map_err(ArchiveError::io("open run", path))?;
        Self::of(Arc::new(Folder::open(&path)?)).with_manifest()
    }

    /// A run directory whose files were taken out of a pack.
    ///
    /// # Errors
    /// When it holds no manifest.
    pub(crate) fn of_pack(unpacked: Unpacked) -> Result<Self, ArchiveError> {
        let (folder, id) = (Arc::new(Folder::open(unpacked.folder.path())?), unpacked.id.clone());
        Self { folder, id, unpacked: Some(Arc::new(unpacked)) }.with_manifest()
    }

    fn with_manifest(self) -> Result<Self, ArchiveError> {
        match self.demand(files::MANIFEST) {
            Ok(()) => Ok(self),
            Err(ArchiveError::NotARun { path, .. }) if self.unpacked.is_none() && stem_of(&self.id).is_some() => {
                Err(ArchiveError::Unusable { path, why: NO_RUN_YET })
            }
            Err(error) => Err(error),
        }
    }

    /// Refuses what lacks a file that every run has.
    ///
    /// # Errors
    /// When the file is not there, or something else is there.
    pub(crate) fn demand(&self, missing: &'static str) -> Result<(), ArchiveError> {
        if self.folder.has(missing) || self.folder.find_file(missing, FileKind::Stream)?.is_some() {
            return Ok(());
        }
        Err(ArchiveError::NotARun { path: self.shown().to_owned(), missing })
    }

    /// The run directory that an open folder is, or is about to become.
    #[must_use]
    pub fn of(folder: Arc<Folder>) -> Self {
        let id = folder.path().file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Self { folder, id, unpacked: None }
    }

    /// Its lock, for a command that writes to it for as long as it holds that.
    ///
    /// # Errors
    /// When another program writes to it, it was removed meanwhile, it holds a link, or is a pack.
    pub fn lock(&self) -> Result<RunLock, ArchiveError> {
        self.locked(RunLock::take)
    }

    /// The same for a short command, which waits a while for another program to end.
    ///
    /// # Errors
    /// Those of [`lock`](Self::lock), after that while.
    pub fn wait_for_lock(&self) -> Result<RunLock, ArchiveError> {
        self.locked(RunLock::wait)
    }

    fn locked(&self, take: fn(&Folder) -> Result<RunLock, ArchiveError>) -> Result<RunLock, ArchiveError> {
        if let Some(pack) = self.pack() {
            let why = "a pack is never written to; unpack it with `tar --zstd -xf` and name the folder".to_owned();
            return Err(ArchiveError::Refused { verb: "write pack", path: pack.to_owned(), why });
        }
        let lock = take(&self.folder)?;
        self.folder.refuse_links()?;
        Ok(lock)
    }

    /// Its folder, which stays open.
    #[must_use]
    pub fn folder(&self) -> &Arc<Folder> {
        &self.folder
    }

    /// Whether it is still where it was opened; what is missing in it says nothing otherwise.
    ///
    /// # Errors
    /// When it was removed or renamed meanwhile.
    pub fn check_there(&self) -> Result<(), ArchiveError> {
        if self.folder.is_gone() { Err(ArchiveError::Removed { path: self.path().to_owned() }) } else { Ok(()) }
    }

    /// The pack that the files were taken out of.
    #[must_use]
    pub fn pack(&self) -> Option<&Path> {
        self.unpacked.as_ref().map(|unpacked| unpacked.pack.as_path())
    }

    /// What messages call it: the folder or the pack.
    #[must_use]
    pub fn shown(&self) -> &Path {
        self.pack().unwrap_or(self.path())
    }

    /// An error that names the pack and not the private folder.
    pub(crate) fn relocate(&self, error: ArchiveError) -> ArchiveError {
        error.relocated(self.path(), self.shown())
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder's name, which names the run.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The path of a file in it, for people; files are opened by their name in [`folder`](Self::folder).
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Every file that the manifest vouches for: all plain files but itself and the tags.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn list(&self) -> Result<Vec<String>, ArchiveError> {
        let mut names = self.folder.contents()?.files;
        names.retain(|name| ![files::MANIFEST, files::TAGS].contains(&name.as_str()));
        Ok(names)
    }

    /// Lets `latest`, beside it, lead to it; where the system has no such links, it is a file that names it.
    ///
    /// # Errors
    /// When it cannot be made; the one before is untouched then, unless only syncing the folder failed.
    pub fn become_latest(&self) -> Result<(), ArchiveError> {
        let folder = Folder::open(folder_of(self.path()))?;
        let _lock = RunLock::wait(&folder)?;
        self.point_latest(&folder)
    }

    /// The same for who holds the lock of the folder of runs.
    #[cfg(unix)]
    pub(crate) fn point_latest(&self, folder: &Folder) -> Result<(), ArchiveError> {
        let parent = folder.path();
        let latest = parent.join(files::LATEST);
        // Who holds the lock is the only one that makes it: what is there was left by a program that was killed.
        let temporary = parent.join(format!(".{}", files::LATEST));
        let _ = fs::remove_file(&temporary);
        std::os::unix::fs::symlink(&self.id, &temporary).map_err(ArchiveError::io("create link", &temporary))?;
        fs::rename(&temporary, &latest).map_err(|error| {
            // The link that could not take its place must not stay behind.
            let _ = fs::remove_file(&temporary);
            ArchiveError::io("replace link", &latest)(error)
        })?;
        folder.sync()
    }

    #[cfg(not(unix))]
    pub(crate) fn point_latest(&self, folder: &Folder) -> Result<(), ArchiveError> {
        super::writer::write_atomically(&folder.path().join(files::LATEST), format!("{}\n", self.id).as_bytes())
    }
}

/// A run id without its start: `sweep-20261122T183000Z-2` → `sweep`; `None` for what is no run id.
pub(crate) fn stem_of(id: &str) -> Option<&str> {
    let is_start = |word: &str| {
        word.len() == 16
            && word.ends_with('Z')
            && word.chars().enumerate().all(|(at, c)| matches!((at, c), (8, 'T') | (15, 'Z')) || c.is_ascii_digit())
    };
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    match id.rsplit_once('-') {
        Some((stem, start)) if is_start(start) => Some(stem),
        Some((rest, number)) if is_number(number) => match rest.rsplit_once('-') {
            Some((stem, start)) if is_start(start) => Some(stem),
            _ => None,
        },
        _ => None,
    }
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

    use super::{Folder, RunDirectory, files, safe_stem, stem_of};

    #[test]
    fn runs_of_one_second_get_numbers_and_latest_is_the_last() {
        let parent = tempfile::tempdir().unwrap();
        let start: Timestamp = "2026-11-22T18:30:00Z".parse().unwrap();
        let runs = [(); 3].map(|()| RunDirectory::create(parent.path(), "sweep", start).unwrap().0);
        let ids = runs.each_ref().map(RunDirectory::id);
        for run in [&runs[0], &runs[1], &runs[2]] {
            run.become_latest().unwrap();
        }
        assert_eq!(ids, ["sweep-20261122T183000Z", "sweep-20261122T183000Z-2", "sweep-20261122T183000Z-3"]);
        let latest = fs::canonicalize(parent.path().join(files::LATEST)).unwrap();
        assert!(latest.ends_with("sweep-20261122T183000Z-3"));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 4, "nothing else is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_a_killed_program_left_goes_with_the_next_run() {
        let parent = tempfile::tempdir().unwrap();
        let start: Timestamp = "2026-11-22T18:30:00Z".parse().unwrap();
        let [killed, next] = [(); 2].map(|()| RunDirectory::create(parent.path(), "sweep", start).unwrap().0);
        std::os::unix::fs::symlink(killed.id(), parent.path().join(".latest")).unwrap();
        next.become_latest().unwrap();
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 3, "two runs and latest");
    }

    #[test]
    fn a_config_is_known_by_the_stem_of_its_runs() {
        for (id, stem) in [
            ("sweep-20261122T183000Z", Some("sweep")),
            ("a-b-20261122T183000Z-12", Some("a-b")),
            ("20261122T183000Z", None),
            ("sweep-2", None),
            ("sweep-20261122X183000Z", None),
            ("报告-20261122T183000Z", Some("报告")),
            ("", None),
        ] {
            assert_eq!(stem_of(id), stem, "{id}");
        }
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
        assert_eq!(Folder::open(folder.path()).unwrap().contents().unwrap().files, ["raw.csv"]);
    }
}
