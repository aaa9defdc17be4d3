//! The word for a run on the command line → the run's path.

use std::io;
use std::path::{Path, PathBuf};

use super::scan::scan;
use crate::archive::ArchiveError;
use crate::bundle::PACK_SUFFIX;

/// Where run directories go, and are looked for, by default.
pub const DEFAULT_DIR: &str = "reports";

/// The path of a run: `word` itself where something is there; else the run in `folder` that has this name, this id or
/// this tag. A folder comes before a pack of the same run.
///
/// # Errors
/// When there is none, or more than one.
pub fn locate(word: &Path, folder: &Path) -> Result<PathBuf, ArchiveError> {
    if word.symlink_metadata().is_ok() {
        return Ok(word.to_owned());
    }
    let unknown = || {
        let (word, folder) = (word.display().to_string(), folder.display());
        ArchiveError::Word(format!(
            "no run {word:?}: not a path, and no run in {folder} has that id or tag; `reportgen list {folder}` shows them"
        ))
    };
    let is_table = word.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    if word.components().count() != 1 || is_table {
        return Err(ArchiveError::io("open", word)(io::ErrorKind::NotFound.into()));
    }
    let name = word.to_str().ok_or_else(unknown)?;
    for named in [name.to_owned(), format!("{name}{PACK_SUFFIX}")] {
        let path = folder.join(named);
        if path.exists() {
            return Ok(path);
        }
    }
    if !folder.is_dir() {
        return Err(unknown());
    }
    let mut found = scan(folder)?.runs;
    found.retain(|run| run.manifest.run_id == name || run.tags.iter().any(|tag| tag == name));
    found.sort_by(|a, b| a.manifest.run_id.cmp(&b.manifest.run_id).then(a.packed.cmp(&b.packed)));
    found.dedup_by(|later, first| later.manifest.run_id == first.manifest.run_id && later.packed);
    match found.as_slice() {
        [] => Err(unknown()),
        [run] => Ok(folder.join(&run.name)),
        several => {
            let found = several.iter().map(|run| run.name.as_str()).collect::<Vec<_>>().join(", ");
            Err(ArchiveError::Word(format!("{name:?} names more than one run: {found}; say which")))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::locate;
    use crate::archive::set_tags;
    use crate::archive::testkit::{rewritten, small_run};
    use crate::bundle::pack;

    #[test]
    fn a_run_is_found_by_path_name_id_and_tag() {
        let parent = tempfile::tempdir().unwrap();
        let run = small_run(parent.path());
        set_tags(&run, ["baseline".to_owned()].into()).unwrap();
        let id = run.id().to_owned();
        let find = |word: &str| {
            let found = locate(Path::new(word), parent.path()).map_err(|error| error.to_string())?;
            Ok(found.file_name().unwrap().to_string_lossy().into_owned())
        };
        for word in [run.path().to_str().unwrap(), &id, "baseline"] {
            assert_eq!(find(word), Ok(id.clone()));
        }
        let strange: String = find("nothing").unwrap_err();
        assert!(strange.starts_with("no run \"nothing\""), "{strange}");
        assert!(strange.contains("reportgen list"), "{strange}");
        assert!(find("../baseline").is_err(), "only one word is looked up");

        pack(&run, &id, &parent.path().join(format!("{id}.tar.zst"))).unwrap();
        assert_eq!(find("baseline"), Ok(id.clone()), "the folder comes first");
        fs::rename(run.path(), parent.path().join("renamed")).unwrap();
        assert_eq!(find(&id), Ok(format!("{id}.tar.zst")));
        assert_eq!(find("renamed"), Ok("renamed".to_owned()));

        let second = small_run(parent.path());
        rewritten(&second, |manifest| manifest.run_id = "other".to_owned());
        set_tags(&second, ["baseline".to_owned()].into()).unwrap();
        let error = find("baseline").unwrap_err();
        assert!(error.contains("more than one run"), "{error}");
        assert!(error.contains("renamed, ") | error.contains(", renamed"), "{error}");
    }
}
