//! Where the files of a run are, and how they come to be: under a temporary name, then renamed, journals excepted.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::ArchiveError;
use super::unpack::{Unpacked, unpack};

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
    /// Makes `parent/<stem>-<start>`, with `-2`, `-3` … if that exists, and points `parent/latest` to it. `parent` is
    /// made too where it is missing.
    ///
    /// # Errors
    /// When a folder cannot be made; nothing is left then.
    pub fn create(parent: &Path, stem: &str, start: Timestamp) -> Result<Self, ArchiveError> {
        fs::create_dir_all(parent).map_err(ArchiveError::io("create folder", parent))?;
        let stamp = start.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
        let base = format!("{}-{stamp}", safe_stem(stem));
        for attempt in 1_u32.. {
            let id = if attempt == 1 { base.clone() } else { format!("{base}-{attempt}") };
            let path = parent.join(&id);
            match fs::create_dir(&path) {
                Ok(()) => {
                    let directory = Self { path, id, unpacked: None };
                    directory.point_latest(parent)?;
                    return Ok(directory);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(ArchiveError::io("create folder", &path)(error)),
            }
        }
        unreachable!("a free name is found before numbers run out")
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

    #[cfg(unix)]
    pub(super) fn point_latest(&self, parent: &Path) -> Result<(), ArchiveError> {
        let latest = parent.join(files::LATEST);
        let temporary = parent.join(format!(".{}.{}", files::LATEST, self.id));
        std::os::unix::fs::symlink(&self.id, &temporary).map_err(ArchiveError::io("create link", &temporary))?;
        fs::rename(&temporary, &latest).map_err(|error| {
            // The link that could not take its place must not stay behind.
            let _ = fs::remove_file(&temporary);
            ArchiveError::io("replace link", &latest)(error)
        })
    }

    #[cfg(not(unix))]
    pub(super) fn point_latest(&self, parent: &Path) -> Result<(), ArchiveError> {
        write_atomically(&parent.join(files::LATEST), format!("{}\n", self.id).as_bytes())
    }
}

/// Everything below a folder. Links are not followed.
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

/// A config's stem as part of a folder's name: separators and control characters become `-`, at most 80 bytes.
pub(super) fn safe_stem(stem: &str) -> String {
    let clean: String = stem
        .chars()
        .map(|c| if c.is_control() || c.is_whitespace() || "/\\:*?\"<>|".contains(c) { '-' } else { c })
        .collect();
    let clean = clean.trim_start_matches(['.', '-']);
    let end = clean.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= 80).last().unwrap_or(0);
    if end == 0 { "sweep".to_owned() } else { clean[..end].to_owned() }
}

/// Writes a file under a temporary name beside it, syncs it, and renames it: readers see the old file or the new one.
///
/// # Errors
/// When any step fails; the old file is untouched then.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), ArchiveError> {
    fill_atomically(path, |file| file.write_all(bytes))
}

/// The same with the content of another file, which may be larger than memory.
///
/// # Errors
/// When any step fails; the old file is untouched then.
pub fn copy_atomically(from: &Path, path: &Path) -> Result<(), ArchiveError> {
    let mut source = fs::File::open(from).map_err(ArchiveError::io("open", from))?;
    fill_atomically(path, |file| io::copy(&mut source, file).map(drop))
}

fn fill_atomically(path: &Path, fill: impl FnOnce(&mut fs::File) -> io::Result<()>) -> Result<(), ArchiveError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(ArchiveError::io("create folder", folder))?;
    let failed = || ArchiveError::io("write", path);
    let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder).map_err(failed())?;
    fill(file.as_file_mut()).map_err(failed())?;
    readable_by_all(file.as_file()).map_err(failed())?;
    file.as_file().sync_all().map_err(failed())?;
    file.persist(path).map_err(|error| ArchiveError::io("write", path)(error.error))?;
    Ok(())
}

/// Temporary files are private; results are as readable as any other new file of a public archive.
#[cfg(unix)]
pub(super) fn readable_by_all(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub(super) fn readable_by_all(_file: &fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::Timestamp;

    use super::{RunDirectory, files, safe_stem, write_atomically};

    #[test]
    fn runs_of_one_second_get_numbers_and_latest_is_the_last() {
        let parent = tempfile::tempdir().unwrap();
        let start: Timestamp = "2026-11-22T18:30:00Z".parse().unwrap();
        let ids: Vec<String> =
            (0..3).map(|_| RunDirectory::create(parent.path(), "sweep", start).unwrap().id().to_owned()).collect();
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
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er.txt");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        let error = write_atomically(&path.join("x"), b"").unwrap_err();
        assert!(error.to_string().starts_with("cannot create folder"), "{error}");
    }
}
