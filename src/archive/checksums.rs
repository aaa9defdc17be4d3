//! Checksums: of the files of a run, and of the manifest that holds them, which vouches for itself. They are no signature:
//! they find damage and carelessness, not a change by someone who computes them again.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use super::error::ArchiveError;
use super::folder::Folder;
use crate::input::FileKind;

/// What stands before the manifest's own checksum.
const BEFORE: &str = "\"manifest_sha256\": \"";
/// What stands behind it: the end of the file.
const BEHIND: &str = "\"\n}\n";

/// Puts the checksum of a manifest's text into its last field, which is empty.
pub(super) fn with_own_checksum(text: String) -> String {
    let text = text + "\n";
    let sum = hexadecimal(&Sha256::digest(&text));
    match text.strip_suffix(BEHIND) {
        Some(start) => format!("{start}{sum}{BEHIND}"),
        None => text,
    }
}

/// Whether a manifest's text is the one that its last field is the checksum of.
pub(super) fn matches_own_checksum(text: &str) -> bool {
    let parts = || {
        let (start, sum) = text.strip_suffix(BEHIND)?.rsplit_once(BEFORE)?;
        Some((format!("{start}{BEFORE}{BEHIND}"), sum))
    };
    parts().is_some_and(|(unsigned, sum)| hexadecimal(&Sha256::digest(unsigned)) == sum)
}

/// SHA-256 of a file's content, in hexadecimal.
///
/// # Errors
/// When it cannot be read.
pub fn checksum(folder: &Folder, name: &str) -> Result<String, ArchiveError> {
    let mut file = folder.open_file(name, FileKind::Stream)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ArchiveError::io("read", &folder.path().join(name))(error)),
        }
    }
    Ok(hexadecimal(&hash.finalize()))
}

/// Bytes as lower-case digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{matches_own_checksum, with_own_checksum};

    #[test]
    fn a_manifest_vouches_for_itself() {
        let text = with_own_checksum("{\n  \"title\": \"manifest_sha256\",\n  \"manifest_sha256\": \"\"\n}".to_owned());
        assert!(matches_own_checksum(&text), "{text}");
        for changed in [text.replacen('t', "T", 1), text.replace('\n', " "), text.replace("\"\n}", ""), String::new()] {
            assert!(!matches_own_checksum(&changed), "{changed}");
        }
    }
}
