//! What the fuzz targets in fuzz/ run, and the replay of their corpora as plain tests. Built for tests and with the
//! feature `fuzzing` only: the program holds none of it. The bodies that need what a folder keeps to itself lie there.

use crate::archive::fuzz as archive;
use crate::bundle::fuzz as bundle;
use crate::config::{self, Known, Overlay};
use crate::document::{MarkedPlace, fill, places};
use crate::importer::fuzz as importer;
use crate::server::fuzz as server;
use crate::{chart, strategy, sweep};

/// Takes any bytes, and panics where something that is promised about them is not so.
pub type FuzzTarget = fn(&[u8]);

/// Every target. Its name is that of its program in fuzz/ and of its corpus in tests/corpus.
pub const TARGETS: [(&str, FuzzTarget); 11] = [
    ("config", config),
    ("document", document),
    ("imported_csv", imported_csv),
    ("http1_client", http1_client),
    ("http1_server", http1_server),
    ("http2_server", http2_server),
    ("manifest", manifest),
    ("pack", pack),
    ("protocol", protocol),
    ("raw_rows", raw_rows),
    ("request_rows", request_rows),
];

/// A config is read or refused. What is refused is pointed at within the text, and what a run keeps of it can be read.
pub fn config(data: &[u8]) {
    let charts = chart::kinds();
    let known = Known { charts: &charts, article_names: false };
    let loaded = config::load_bytes(data, "fuzz.toml", &known, &Overlay::default());
    let Ok(text) = std::str::from_utf8(data) else {
        assert!(loaded.is_err(), "what is not UTF-8 is no config");
        return;
    };
    match loaded {
        Ok(_) => {
            let masked = config::mask(text);
            assert_eq!(config::mask(&masked.text), masked, "masking again changes nothing");
            assert!(config::load(&masked.text, "masked.toml", &known).is_ok(), "the masked copy is a config too");
        }
        Err(diagnostics) => {
            let read = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
            assert!(diagnostics.len() > 0, "a refusal has a reason");
            for diagnostic in diagnostics.iter() {
                let context = diagnostic.context.iter().map(|(span, _)| span);
                for span in diagnostic.span.iter().chain(context) {
                    assert!(span.start <= span.end && span.end <= read.len(), "{span:?} is outside the text");
                }
            }
            // What many faults look like takes longest and tells no more.
            if diagnostics.len() < 4 {
                assert!(!diagnostics.render(true).is_empty());
            }
        }
    }
}

/// A document is filled or refused. A refusal names a line of it; filling again changes nothing.
pub fn document(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let contents = |count: usize| vec!["one\n\ntwo\n".to_owned(); count];
    match places(text) {
        Err(faults) => {
            let lines = 1 + text.matches('\n').count();
            assert!(!faults.is_empty(), "a refusal has a reason");
            assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)), "a fault is in a line");
        }
        Ok(found) if found.is_empty() => assert_eq!(fill(text, &found, &[]), text),
        Ok(found) => {
            let filled = fill(text, &found, &contents(found.len()));
            let again = places(&filled).expect("a document that was filled can be filled again");
            let names =
                |places: &[MarkedPlace]| -> Vec<String> { places.iter().map(|place| place.name.clone()).collect() };
            assert_eq!(names(&again), names(&found), "every place is where it was");
            assert_eq!(fill(&filled, &again, &contents(again.len())), filled, "filling again changes nothing");
        }
    }
}

/// A table is the same in chunks and row by row, and again when it was written anew.
pub fn imported_csv(data: &[u8]) {
    importer::imported_csv(data);
}

/// A response is the same in whatever pieces it comes.
pub fn http1_client(data: &[u8]) {
    strategy::fuzz_response(data);
}

/// The answers of the delay server are the same in whatever pieces the requests come.
pub fn http1_server(data: &[u8]) {
    server::http1(data);
}

/// Whatever frames a client sends, its connection goes on or ends.
pub fn http2_server(data: &[u8]) {
    server::http2(data);
}

/// A manifest that was written is read back as it was.
pub fn manifest(data: &[u8]) {
    archive::manifest(data);
}

/// Nothing leaves the folder that a pack is taken out into, and no more comes out than the bound.
pub fn pack(data: &[u8]) {
    bundle::pack(data);
}

/// The row of a sample claims no more than what its child wrote bears out.
pub fn protocol(data: &[u8]) {
    sweep::fuzz_sample(data);
}

/// Rows of samples that are whole are so by themselves, and the same when they were written anew.
pub fn raw_rows(data: &[u8]) {
    archive::raw_rows(data);
}

/// Rows of requests are the same in chunks, row by row, and compressed.
pub fn request_rows(data: &[u8]) {
    archive::request_rows(data);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::TARGETS;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    fn names(folder: &Path) -> BTreeSet<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    }

    fn replay(name: &str) {
        let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).unwrap();
        let folder = root().join("tests/corpus").join(name);
        let inputs: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(!inputs.is_empty(), "{} is empty", folder.display());
        for input in inputs {
            let bytes = fs::read(&input).unwrap();
            let ended = std::panic::catch_unwind(|| target(&bytes));
            assert!(ended.is_ok(), "{} breaks the promise printed above", input.display());
        }
    }

    #[test]
    fn every_target_has_its_corpus_and_its_program() {
        let known: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(names(&root().join("tests/corpus")), known);
        assert_eq!(names(&root().join("fuzz/fuzz_targets")), known);
    }

    #[test]
    fn corpora_of_text_hold() {
        ["config", "document", "protocol"].into_iter().for_each(replay);
    }

    #[test]
    fn corpora_of_http_hold() {
        ["http1_client", "http1_server", "http2_server"].into_iter().for_each(replay);
    }

    #[test]
    fn corpora_of_files_hold() {
        ["imported_csv", "manifest", "pack", "raw_rows", "request_rows"].into_iter().for_each(replay);
    }
}
