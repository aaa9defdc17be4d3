//! What a folder holds under a name, and how it gets it.

/// What a folder holds under a name; links are not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File,
    Folder,
    Link,
    Other,
}

/// How a file is opened for writing. Its content stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Creation {
    /// There must be none yet.
    New,
    /// It is made where it is missing.
    IfMissing,
    /// It must be there.
    Never,
}
