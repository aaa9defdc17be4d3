//! What lies in a folder and below. Links are not followed.

use std::path::Path;

use super::entry::EntryKind;
use super::open::Folder;
use crate::archive::error::ArchiveError;

/// What lies in a folder, by its path with `/`, sorted; files that are being written are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Plain files.
    pub files: Vec<String>,
    /// Folders, empty ones too.
    pub folders: Vec<String>,
    /// Everything else: links, sockets, names that are not UTF-8.
    pub others: Vec<String>,
    /// Files under temporary names: they are being written, or their writer was killed.
    pub temporary: Vec<String>,
}

/// What the name of a temporary file begins with. No file of a run has such a name.
pub(crate) const TEMPORARY: &str = ".writing-";

impl Folder {
    /// Everything below it.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn contents(&self) -> Result<Contents, ArchiveError> {
        let mut contents = Contents::default();
        let mut open = vec![(self.inner(Path::new(""))?, String::new())];
        while let Some((folder, prefix)) = open.pop() {
            let entries = folder.handle().entries().map_err(ArchiveError::io("read folder", folder.path()))?;
            for (name, kind) in entries {
                let path = format!("{prefix}{}", name.to_string_lossy());
                match (kind, name.to_str()) {
                    (EntryKind::Folder, Some(name)) => {
                        open.push((folder.inner(Path::new(name))?, format!("{path}/")));
                        contents.folders.push(path);
                    }
                    (EntryKind::File, Some(name)) if name.starts_with(TEMPORARY) => contents.temporary.push(path),
                    (EntryKind::File, Some(_)) => contents.files.push(path),
                    _ => contents.others.push(path),
                }
            }
        }
        let Contents { files, folders, others, temporary } = &mut contents;
        [files, folders, others, temporary].into_iter().for_each(|names| names.sort());
        Ok(contents)
    }

    /// Refuses a folder that holds a link anywhere.
    ///
    /// # Errors
    /// Naming the first link; or when a folder cannot be read.
    pub fn refuse_links(&self) -> Result<(), ArchiveError> {
        let others = self.contents()?.others;
        let link = others.iter().find(|name| self.is_link(name.as_ref()));
        link.map_or(Ok(()), |name| Err(ArchiveError::link(self.path().join(name))))
    }
}
