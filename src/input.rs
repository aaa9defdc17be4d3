//! The only opener of files that are read. Only regular files are opened, and without waiting: a pipe without a writer
//! to, a device or a socket is refused by name. No more is read of a file than its kind may hold, however it grows.

mod limited;

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

pub use limited::Limited;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// What a file is read as, which bounds how much of it is read. docs/limits.md lists the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A config, given or archived.
    Config,
    /// manifest.json.
    Manifest,
    /// tags.json.
    Tags,
    /// raw.csv, a reference, or a CSV from elsewhere: its samples are held in memory.
    Table,
    /// requests.csv, compressed or not, and files that are only hashed or copied: read piece by piece.
    Stream,
    /// A packed run.
    Pack,
    /// A document that `embed` fills.
    Document,
    /// The body of a request.
    Body,
    /// A font.
    Font,
    /// A chart or report.
    Rendered,
    /// What the system tells in /proc, /sys and /etc.
    System,
}

impl FileKind {
    /// The most bytes of such a file.
    #[must_use]
    pub const fn limit(self) -> u64 {
        match self {
            Self::Config | Self::Tags => MIB,
            Self::Manifest | Self::Document | Self::Body | Self::System => 16 * MIB,
            Self::Font | Self::Rendered => 256 * MIB,
            Self::Table => GIB,
            Self::Pack => 4 * GIB,
            Self::Stream => 64 * GIB,
        }
    }
}

/// A regular file that is open for reading. Reading more of it than its kind may hold is an error of kind
/// `FileTooLarge`.
#[derive(Debug)]
pub struct InputFile {
    source: Limited<File>,
    length: u64,
}

impl InputFile {
    /// Bounds a file that [`open_regular`] or [`open_regular_at`] opened.
    ///
    /// # Errors
    /// When it is longer than its kind may be.
    pub fn new(file: File, kind: FileKind) -> io::Result<Self> {
        let length = file.metadata()?.len();
        if length > kind.limit() {
            Err(too_large(kind.limit()))
        } else {
            Ok(Self { source: limited(file, kind), length })
        }
    }

    /// Its length in bytes when it was opened.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// How many bytes were read of it.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.source.taken()
    }

    /// All of it. Memory: its length.
    ///
    /// # Errors
    /// When it cannot be read, or grows beyond what its kind may hold.
    pub fn read_all(mut self) -> io::Result<Vec<u8>> {
        // One byte of room to find the end in: otherwise the buffer is doubled for it.
        let mut bytes = Vec::with_capacity(usize::try_from(self.length).unwrap_or(0).saturating_add(1));
        self.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for InputFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.source.read(buffer)
    }
}

/// Bounds a source that is no file, such as standard input.
pub fn limited<R: Read>(source: R, kind: FileKind) -> Limited<R> {
    Limited::new(source, kind.limit(), too_large)
}

fn too_large(most: u64) -> io::Error {
    let (number, unit) = if most >= GIB { (most / GIB, "GiB") } else { (most / MIB, "MiB") };
    io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {number} {unit}, the most that is read of it"))
}

/// Opens a regular file for reading.
///
/// # Errors
/// When it is not there, is no regular file, or is longer than its kind may be.
pub fn open(path: &Path, kind: FileKind) -> io::Result<InputFile> {
    InputFile::new(open_regular(path, OpenOptions::new().read(true))?, kind)
}

/// The content of a regular file. Memory: its length.
///
/// # Errors
/// Those of [`open`] and of reading.
pub fn read(path: &Path, kind: FileKind) -> io::Result<Vec<u8>> {
    open(path, kind)?.read_all()
}

/// The content of a regular file that is UTF-8 text. Memory: its length.
///
/// # Errors
/// Those of [`read`], and `InvalidData` for what is not UTF-8.
pub fn read_to_string(path: &Path, kind: FileKind) -> io::Result<String> {
    text(read(path, kind)?)
}

/// What the system tells in a file of /proc, /sys or /etc; `None` where it does not.
#[must_use]
pub fn read_system(path: impl AsRef<Path>) -> Option<String> {
    read_to_string(path.as_ref(), FileKind::System).ok()
}

fn text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8 text"))
}

/// The content of a file that is named on the command line and read once. Unlike [`read`] it takes a pipe that the shell
/// has opened already, as `<(…)` gives one: /dev/stdin, /dev/fd/N and /proc/self/fd/N.
///
/// # Errors
/// Those of [`read`].
pub fn read_argument(path: &Path, kind: FileKind) -> io::Result<Vec<u8>> {
    if !is_descriptor(path) {
        return read(path, kind);
    }
    let file = system::open(path, OpenOptions::new().read(true), system::is_regular_or_pipe)?;
    let mut bytes = Vec::new();
    limited(file, kind).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a path names a descriptor of this process. Only the path is looked at.
fn is_descriptor(path: &Path) -> bool {
    let is_number = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let text = path.to_str().unwrap_or_default();
    let number = ["/dev/fd/", "/proc/self/fd/"].iter().find_map(|folder| text.strip_prefix(folder));
    text == "/dev/stdin" || number.is_some_and(is_number)
}

/// Opens a regular file in the way that `options` say. Opening never waits.
///
/// # Errors
/// When it is not there or is no regular file.
pub fn open_regular(path: &Path, options: &OpenOptions) -> io::Result<File> {
    system::open(path, options, system::is_regular)
}

#[cfg(unix)]
pub use system::open_regular_at;

#[cfg(unix)]
mod system {
    use std::fs::{File, FileType, OpenOptions};
    use std::io;
    use std::os::fd::AsFd;
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
    use std::path::Path;

    use rustix::fs::{Mode, OFlags};

    /// A pipe is opened at once instead of when its other end is; a terminal does not become this program's own.
    const NO_WAIT: OFlags = OFlags::NONBLOCK.union(OFlags::NOCTTY);

    pub(super) fn open(path: &Path, options: &OpenOptions, allowed: fn(FileType) -> bool) -> io::Result<File> {
        let flags = i32::try_from(NO_WAIT.bits()).map_err(io::Error::other)?;
        checked(options.clone().custom_flags(flags).open(path)?, allowed)
    }

    /// Opens a regular file of an open folder. With `OFlags::NOFOLLOW` a link is refused with `ELOOP`. Opening never
    /// waits.
    ///
    /// # Errors
    /// When it is not there or is no regular file.
    pub fn open_regular_at(folder: impl AsFd, name: &Path, flags: OFlags, mode: Mode) -> io::Result<File> {
        let file = rustix::fs::openat(folder, name, flags | NO_WAIT | OFlags::CLOEXEC, mode)?;
        checked(File::from(file), is_regular)
    }

    fn checked(file: File, allowed: fn(FileType) -> bool) -> io::Result<File> {
        let kind = file.metadata()?.file_type();
        if !allowed(kind) {
            return Err(refusal(kind));
        }
        let flags = rustix::fs::fcntl_getfl(&file)?;
        rustix::fs::fcntl_setfl(&file, flags - OFlags::NONBLOCK)?;
        Ok(file)
    }

    pub(super) fn is_regular(kind: FileType) -> bool {
        kind.is_file()
    }

    pub(super) fn is_regular_or_pipe(kind: FileType) -> bool {
        kind.is_file() || kind.is_fifo()
    }

    fn refusal(kind: FileType) -> io::Error {
        let what = match kind {
            kind if kind.is_dir() => {
                return io::Error::new(io::ErrorKind::IsADirectory, "a folder, not a regular file");
            }
            kind if kind.is_fifo() => "a pipe",
            kind if kind.is_socket() => "a socket",
            _ => "a device",
        };
        io::Error::new(io::ErrorKind::InvalidInput, format!("{what}, not a regular file"))
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::{File, FileType, OpenOptions};
    use std::io;
    use std::path::Path;

    pub(super) fn open(path: &Path, options: &OpenOptions, allowed: fn(FileType) -> bool) -> io::Result<File> {
        let file = options.open(path)?;
        if !allowed(file.metadata()?.file_type()) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(file)
    }

    pub(super) fn is_regular(kind: FileType) -> bool {
        kind.is_file()
    }

    pub(super) fn is_regular_or_pipe(kind: FileType) -> bool {
        kind.is_file()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};
    use std::path::Path;

    use super::{FileKind, is_descriptor, limited, open, read_argument, read_to_string};

    #[test]
    fn an_endless_source_is_read_up_to_its_limit_and_one_that_ends_there_is_whole() {
        let mut bytes = Vec::new();
        let error = limited(io::repeat(0), FileKind::Tags).read_to_end(&mut bytes).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(error.to_string(), "larger than 1 MiB, the most that is read of it");
        bytes.clear();
        limited(io::repeat(0).take(FileKind::Tags.limit()), FileKind::Tags).read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, FileKind::Tags.limit());
    }

    #[test]
    fn a_file_that_is_too_long_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sparse");
        std::fs::File::create(&path).unwrap().set_len(FileKind::Config.limit() + 1).unwrap();
        assert_eq!(open(&path, FileKind::Config).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(open(&path, FileKind::Manifest).unwrap().length(), FileKind::Config.limit() + 1);
    }

    #[test]
    fn descriptors_are_told_by_their_path_alone() {
        for path in ["/dev/stdin", "/dev/fd/63", "/proc/self/fd/0"] {
            assert!(is_descriptor(Path::new(path)), "{path}");
        }
        for path in ["/dev/fd/", "/dev/fd/../zero", "/dev/zero", "stdin", "/proc/self/fd/0/x"] {
            assert!(!is_descriptor(Path::new(path)), "{path}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_the_system_tells_is_a_regular_file() {
        let text = read_to_string(Path::new("/proc/self/status"), FileKind::System).unwrap();
        assert!(text.starts_with("Name:"), "{text}");
    }

    /// What reads a file and is not this module. Only new files, folders and journals are opened elsewhere.
    #[test]
    fn files_are_opened_for_reading_here_alone() {
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("input.rs") && path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                    let reads = ["fs::read(", "fs::read_to_string(", "fs::copy(", "File::open("]
                        .iter()
                        .any(|call| code.contains(call));
                    let is_of_tests = path.ends_with("tests.rs") || path.ends_with("hostile.rs");
                    found.extend(Some(path).filter(|_| reads && !is_of_tests));
                }
            }
        }
        assert_eq!(found, [] as [std::path::PathBuf; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_devices_sockets_and_folders_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, socket) = (folder.path().join("pipe"), folder.path().join("socket"));
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for (path, what) in
            [(pipe.as_path(), "a pipe"), (Path::new("/dev/zero"), "a device"), (folder.path(), "a folder")]
        {
            let error = open(path, FileKind::Config).unwrap_err().to_string();
            assert_eq!(error, format!("{what}, not a regular file"));
        }
        assert!(open(&socket, FileKind::Config).is_err());
        assert!(
            read_argument(&pipe, FileKind::Config).is_err(),
            "a pipe with a name of its own may never be written to"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_that_is_open_already_is_read_to_its_end() {
        use std::io::Write;
        use std::os::fd::AsRawFd;

        let (from, mut to) = io::pipe().unwrap();
        to.write_all(b"text").unwrap();
        drop(to);
        let path = format!("/proc/self/fd/{}", from.as_raw_fd());
        assert_eq!(read_argument(Path::new(&path), FileKind::Config).unwrap(), b"text");
        assert!(open(Path::new(&path), FileKind::Config).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_an_open_folder_is_opened_without_following_links() {
        use rustix::fs::{Mode, OFlags};

        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "text").unwrap();
        std::os::unix::fs::symlink("file", folder.path().join("link")).unwrap();
        let opened = std::fs::File::open(folder.path()).unwrap();
        let open = |name: &str| {
            super::open_regular_at(&opened, Path::new(name), OFlags::RDONLY | OFlags::NOFOLLOW, Mode::empty())
        };
        let mut text = String::new();
        open("file").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
        assert_eq!(open("link").unwrap_err().raw_os_error(), Some(rustix::io::Errno::LOOP.raw_os_error()));
    }
}
