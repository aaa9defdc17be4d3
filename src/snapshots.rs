//! For tests: texts on file that the program must give again, byte for byte. `INSTA_UPDATE=always cargo test` writes
//! them anew; without it a difference is shown, and kept beside the file as `.snap.new`. And what is to be looked at.

use std::collections::BTreeSet;
use std::path::Path;

use insta::Settings;

/// Compares each named text with `NAME.snap` in `folder` of this repository. Fails, too, on a file of that folder that
/// no text belongs to, and on a difference that waits for a decision.
pub(crate) fn assert_snapshots(folder: &str, texts: impl IntoIterator<Item = (String, String)>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut expected = BTreeSet::new();
    for (name, text) in texts {
        // The comparison takes a line's CR LF for LF, and passes over white space at the end.
        assert_eq!(text.trim_end(), text, "{name}: what stands at the end is not compared");
        assert!(!text.contains('\r'), "{name}: a carriage return is not compared");
        settings.bind(|| insta::assert_snapshot!(name.as_str(), text));
        assert!(expected.insert(format!("{name}.snap")), "{name}: two texts for one file");
    }
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let present: BTreeSet<String> = entries.filter(|name| name.contains(".snap")).collect();
    let odd: Vec<&String> = present.symmetric_difference(&expected).collect();
    assert!(odd.is_empty(), "{}: without a text of this test, or not decided on: {odd:?}", folder.display());
}

/// Leaves a file of a test to be looked at, below `target/gallery`.
pub(crate) fn leave(name: &str, bytes: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/gallery").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Leaves named SVGs to be looked at, below `target/gallery/FOLDER`, and a page beside that folder which shows them all.
pub(crate) fn leave_pictures(folder: &str, pictures: &[(String, String)]) {
    let mut page = String::from("<!doctype html>\n<meta charset=\"utf-8\">\n");
    for (index, (name, svg)) in pictures.iter().enumerate() {
        leave(&format!("{folder}/{index}.svg"), svg.as_bytes());
        page +=
            &format!("<figure><img src=\"{folder}/{index}.svg\" alt=\"\"><figcaption>{name}</figcaption></figure>\n");
    }
    leave(&format!("{folder}.html"), page.as_bytes());
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::assert_snapshots;

    fn passes(folder: &std::path::Path, texts: &[(&str, &str)]) -> bool {
        let texts = texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        catch_unwind(AssertUnwindSafe(|| assert_snapshots(folder.to_str().unwrap(), texts))).is_ok()
    }

    #[test]
    fn a_folder_passes_only_with_exactly_its_texts() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::write(folder.join("a.snap"), "---\nsource: x\n---\none\n").unwrap();
        assert!(passes(folder, &[("a", "one")]), "the text on file");
        assert!(!passes(folder, &[("a", "one\n")]), "a line end that is not compared");
        assert!(!passes(folder, &[]), "a file without its text");
        assert!(!passes(folder, &[("a", "one"), ("a", "one")]), "two texts for one file");
        fs::write(folder.join("z.snap.new"), "").unwrap();
        assert!(!passes(folder, &[("a", "one")]), "a difference that waits for a decision");
    }
}
