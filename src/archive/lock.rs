//! One writer at a time: a program that writes to a run holds a lock on its folder. The system releases it when its holder
//! ends, however it ends, so that none is ever left behind; it is no file of its own, so that none is archived; and it goes
//! where the folder goes, so that a run that is being removed under another name is still known to be.

use std::fs::{File, TryLockError};
use std::io;
use std::sync::mpsc;
use std::time::Duration;

use super::error::ArchiveError;
use super::files;
use super::folder::{Creation, Folder};

/// How long a command that writes a moment waits for another one to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// The right to write to a run, until it is dropped.
#[derive(Debug)]
pub struct RunLock {
    held: Option<File>,
}

impl RunLock {
    /// Takes the lock of a folder. Where the system has none, no program is kept out.
    ///
    /// # Errors
    /// When another program holds it, or the folder was removed before it was taken.
    pub fn take(folder: &Folder) -> Result<Self, ArchiveError> {
        Self::of(folder, |file| file.try_lock(), None)
    }

    /// Takes the lock once it is free, waiting for at most ten seconds.
    ///
    /// # Errors
    /// When another program still holds it then, or the folder was removed meanwhile.
    pub fn wait(folder: &Folder) -> Result<Self, ArchiveError> {
        Self::wait_for(folder, PATIENCE)
    }

    fn wait_for(folder: &Folder, longest: Duration) -> Result<Self, ArchiveError> {
        Self::of(folder, |file| file.try_lock(), Some(longest))
    }

    /// Takes a lock that keeps writers out and other readers not.
    ///
    /// # Errors
    /// When another program writes, or the folder was removed before it was taken.
    pub fn share(folder: &Folder) -> Result<Self, ArchiveError> {
        Self::of(folder, |file| file.try_lock_shared(), None)
    }

    fn of(
        folder: &Folder,
        lock: impl Fn(&File) -> Result<(), TryLockError>,
        longest: Option<Duration>,
    ) -> Result<Self, ArchiveError> {
        let busy = || Err(ArchiveError::Busy { path: folder.path().to_owned() });
        let held = match lockable(folder, &lock)? {
            None => None,
            Some((file, true)) => Some(file),
            Some((file, false)) => match longest.and_then(|longest| await_lock(file, longest)) {
                Some(file) => Some(file),
                None => return busy(),
            },
        };
        // Who held it before may have removed the run, and others may have made one of the same name.
        if folder.is_gone() {
            return Err(ArchiveError::Removed { path: folder.path().to_owned() });
        }
        Ok(Self { held })
    }
}

#[cfg(unix)]
impl RunLock {
    /// Whether others are kept out; not so on a file system without locks.
    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }
}

impl Drop for RunLock {
    /// Closing would not do: a child that is being started holds a copy of the descriptor until its program begins.
    fn drop(&mut self) {
        if let Some(file) = &self.held {
            let _ = file.unlock();
        }
    }
}

/// The file that is locked, and whether it is; `None` on a file system without locks, which is no reason not to measure.
fn lockable(
    folder: &Folder,
    lock: impl Fn(&File) -> Result<(), TryLockError>,
) -> Result<Option<(File, bool)>, ArchiveError> {
    let tried = |file: File| match lock(&file) {
        Ok(()) => Some((file, true)),
        Err(TryLockError::WouldBlock) => Some((file, false)),
        Err(TryLockError::Error(_)) => None,
    };
    let Some(own) = folder.handle().lockable().map_err(ArchiveError::io("open folder", folder.path()))? else {
        return Ok(None);
    };
    // Network file systems lock only files, and only such as are open for writing.
    let config = || folder.has(files::CONFIG).then(|| folder.write_file(files::CONFIG, Creation::Never))?.ok();
    Ok(tried(own).or_else(|| config().and_then(tried)))
}

/// Waits for the lock of a file; `None` where that takes longer than `longest`.
fn await_lock(file: File, longest: Duration) -> Option<File> {
    let (sender, receiver) = mpsc::channel();
    // No system call waits for a lock and for an end of patience, so that a thread does the one and this the other.
    let waiting = std::thread::Builder::new().spawn(move || {
        let locked = loop {
            match file.lock() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                locked => break locked.map(|()| file),
            }
        };
        // Where the waiting thread is gone, the file is closed here, and with it the lock is free.
        let _ = sender.send(locked);
    });
    waiting.ok().and_then(|_| receiver.recv_timeout(longest).ok()).and_then(Result::ok)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::super::folder::Folder;
    use super::RunLock;

    const LONG: Duration = Duration::from_secs(60);

    fn folder(parent: &std::path::Path) -> Folder {
        Folder::create(&parent.join("run")).unwrap()
    }

    #[test]
    fn a_second_holder_is_told_which_run_and_a_dropped_lock_is_free() {
        let parent = tempfile::tempdir().unwrap();
        let (one, two) = (folder(parent.path()), folder(parent.path()));
        let held = RunLock::take(&one).unwrap();
        for refused in [RunLock::take(&two), RunLock::share(&two)] {
            let refused = refused.err().map(|error| error.to_string());
            assert_eq!(refused.is_some(), cfg!(unix));
            assert!(refused.is_none_or(|error| error.contains("run") && error.contains("another reportgen")));
        }
        drop(held);
        let shared = RunLock::share(&one).unwrap();
        drop(RunLock::share(&two).unwrap());
        assert_eq!(RunLock::take(&two).is_err(), cfg!(unix));
        drop(shared);
        drop(RunLock::take(&two).unwrap());
    }

    #[test]
    fn who_waits_in_vain_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let (one, two) = (folder(parent.path()), folder(parent.path()));
        let _held = RunLock::take(&one).unwrap();
        assert_eq!(RunLock::wait_for(&two, Duration::ZERO).is_err(), cfg!(unix));
    }

    #[test]
    fn who_waits_gets_the_lock_when_it_is_free() {
        let parent = tempfile::tempdir().unwrap();
        let (one, two) = (folder(parent.path()), folder(parent.path()));
        let held = RunLock::take(&one).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| RunLock::wait_for(&two, LONG).map(drop));
            drop(held);
            waiting.join().unwrap().unwrap();
        });
    }

    #[cfg(unix)]
    #[test]
    fn a_run_that_was_removed_while_its_lock_was_awaited_says_so() {
        let parent = tempfile::tempdir().unwrap();
        let (one, two) = (folder(parent.path()), folder(parent.path()));
        let held = RunLock::take(&one).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| RunLock::wait_for(&two, LONG).map(drop));
            fs::remove_dir(one.path()).unwrap();
            fs::create_dir(one.path()).unwrap();
            drop(held);
            let error = waiting.join().unwrap().unwrap_err().to_string();
            assert!(error.contains("was removed or renamed"), "{error}");
        });
        RunLock::take(&folder(parent.path())).unwrap();
    }
}
