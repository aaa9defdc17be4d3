//! The sources as text: comments, literals and tests blanked, so that what is left can be searched.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// One source file.
pub(crate) struct Source {
    /// Relative to src/, with slashes.
    pub(crate) path: String,
    pub(crate) raw: String,
    /// Comments, strings and characters blanked; same lines as `raw`.
    pub(crate) code: String,
    /// `code` with everything under `#[cfg(test)]` blanked.
    pub(crate) production: String,
}

impl Source {
    /// The row of the floor table that it belongs to; `None` for lib.rs and main.rs, which stand above.
    pub(crate) fn module(&self) -> Option<&str> {
        let first = self.path.split('/').next()?;
        let stem = first.strip_suffix(".rs").unwrap_or(first);
        (!["lib", "main"].contains(&stem)).then_some(stem)
    }

    /// The names that lead to it from the crate's root.
    pub(crate) fn module_path(&self) -> Vec<&str> {
        let stem = self.path.trim_end_matches(".rs");
        let stem = stem.strip_suffix("/mod").unwrap_or(stem);
        if ["lib", "main"].contains(&stem) { vec![""] } else { stem.split('/').collect() }
    }

    /// How many `super` lead from here to the crate's root.
    pub(crate) fn depth(&self) -> usize {
        self.path.split('/').count() - usize::from(self.path.ends_with("/mod.rs"))
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    walk(&root().join("src"), &mut paths);
    let mut sources: Vec<Source> = paths.iter().map(|path| read(path)).collect();
    let test_files: BTreeSet<String> = sources.iter().flat_map(test_only_files).collect();
    for source in &mut sources {
        if test_files.contains(&source.path) {
            source.production = blank_span(&source.production, 0, source.production.len());
        }
    }
    sources
}

pub(crate) fn walk(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path.strip_prefix(root().join("src")).unwrap().to_str().unwrap().replace('\\', "/"));
        }
    }
    found.sort();
}

pub(crate) fn read(path: &str) -> Source {
    let raw = fs::read_to_string(root().join("src").join(path)).unwrap();
    let code = blank_words(&raw);
    let production = blank_tests(&code);
    Source { path: path.to_owned(), raw, code, production }
}

/// The files behind `#[cfg(test)] mod name;`.
pub(crate) fn test_only_files(source: &Source) -> Vec<String> {
    let folder = source.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let after = source.code.split("#[cfg(test)]").skip(1);
    let declared = after.filter_map(|text| text.split_once(';')).filter_map(|(head, _)| head.rsplit_once("mod "));
    declared.map(|(_, name)| format!("{folder}{}.rs", name.trim())).collect()
}

/// Blanks comments, string and character literals, so that braces and names that remain are code.
pub(crate) fn blank_words(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match &bytes[at..] {
            [b'/', b'/', ..] => at + text[at..].find('\n').unwrap_or(text.len() - at),
            [b'/', b'*', ..] => text[at..].find("*/").map_or(text.len(), |end| at + end + 2),
            [b'r', b'"' | b'#', ..] if !at.checked_sub(1).is_some_and(|before| is_name(bytes[before])) => {
                raw_string_end(text, at)
            }
            [b'"', ..] => literal_end(bytes, at, b'"'),
            [b'\'', b'\\', ..] => literal_end(bytes, at, b'\''),
            [b'\'', rest @ ..] if closes_character(rest) => literal_end(bytes, at, b'\''),
            _ => at,
        };
        out[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        at = end.max(at + 1);
    }
    String::from_utf8(out).unwrap()
}

/// Whether a quote is a character literal and not a lifetime: one character, then a quote.
pub(crate) fn closes_character(rest: &[u8]) -> bool {
    let width = rest.first().map_or(1, |first| first.leading_ones().max(1) as usize);
    rest.get(width) == Some(&b'\'')
}

pub(crate) fn literal_end(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

pub(crate) fn raw_string_end(text: &str, start: usize) -> usize {
    let hashes = text[start + 1..].bytes().take_while(|byte| *byte == b'#').count();
    let open = start + 1 + hashes;
    if text.as_bytes().get(open) != Some(&b'"') {
        return start;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    text[open + 1..].find(&close).map_or(text.len(), |end| open + 1 + end + close.len())
}

pub(crate) fn blank_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(start) = out.find("#[cfg(test)]") {
        let end = out[start..].find(['{', ';']).map_or(out.len(), |at| item_end(&out, start + at));
        out = blank_span(&out, start, end);
    }
    out
}

pub(crate) fn blank_span(text: &str, start: usize, end: usize) -> String {
    let blank: String = text[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
    format!("{}{blank}{}", &text[..start], &text[end..])
}

/// One past the brace that closes the one at `at`, or past the semicolon there.
pub(crate) fn item_end(code: &str, at: usize) -> usize {
    let mut depth = 0;
    for (offset, byte) in code[at..].bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + offset + 1;
        }
    }
    code.len()
}

pub(crate) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

pub(crate) fn name_at(text: &str) -> &str {
    &text[..text.bytes().take_while(|byte| is_name(*byte)).count()]
}

/// Where `word` stands on its own, not as part of a longer name or path.
pub(crate) fn places_of<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let before = at.checked_sub(1).map(|index| code.as_bytes()[index]);
        let after = code.as_bytes().get(at + word.len()).copied();
        !before.is_some_and(|byte| is_name(byte) || byte == b':') && !after.is_some_and(is_name)
    })
}

/// Name, first line and length of each function.
pub(crate) fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for at in places_of(code, "fn") {
        let name = name_at(code[at + 2..].trim_start());
        let Some(open) = code[at..].find(['{', ';']).filter(|_| !name.is_empty()) else { continue };
        let end = item_end(code, at + open);
        let line = code[..at].lines().count();
        found.push((name.to_owned(), line, code[at..end].lines().count()));
    }
    found
}
