//! The laws of the house: floors, sizes, names, registries, and one place for each third-party crate. Reads the
//! sources as text, so that the map in src/lib.rs cannot lie. Knows no module by heart but the registries.

#![expect(clippy::unwrap_used, reason = "a source that cannot be read fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const MOST_FILE_LINES: usize = 400;
const MOST_FUNCTION_LINES: usize = 60;
const EMPTY_NAMES: [&str; 10] =
    ["util", "utils", "utility", "helper", "helpers", "common", "manager", "managers", "misc", "stuff"];

/// Folder, its registry in `mod.rs`, and the trait that a registered item implements.
const REGISTRIES: [(&str, &str, &str); 3] =
    [("strategy", "kinds! {", "Strategy"), ("chart", "CHARTS:", "Chart"), ("export", "EXPORTS:", "Export")];

/// Third-party crates and the only modules that may name them.
const PLACES: [(&str, &[&str]); 15] = [
    ("plotters plotters_backend resvg png ab_glyph", &["paint"]),
    ("reqwest", &["strategy"]),
    ("which", &["strategy"]),
    ("clap", &["cli"]),
    ("clap_complete", &["app", "cli"]),
    ("clap_mangen", &["app"]),
    // In strategy for the types of errors only: a failure is known by its type, never by its text.
    ("hyper", &["strategy"]),
    ("h2 hdrhistogram bytes", &["server"]),
    ("mio httparse slab", &["framing", "server", "strategy"]),
    ("indicatif comfy_table", &["terminal"]),
    ("annotate_snippets", &["config"]),
    ("csv", &["archive", "export"]),
    ("minijinja pulldown_cmark", &["export"]),
    ("tar zstd", &["archive"]),
    // There no file stays without its test.
    ("insta", &["snapshots"]),
];

/// One source file.
struct Source {
    /// Relative to src/, with slashes.
    path: String,
    raw: String,
    /// Comments, strings and characters blanked; same lines as `raw`.
    code: String,
    /// `code` with everything under `#[cfg(test)]` blanked.
    production: String,
}

impl Source {
    /// The row of the floor table that it belongs to; `None` for lib.rs and main.rs, which stand above.
    fn module(&self) -> Option<&str> {
        let first = self.path.split('/').next()?;
        let stem = first.strip_suffix(".rs").unwrap_or(first);
        (!["lib", "main"].contains(&stem)).then_some(stem)
    }

    /// How many `super` lead from here to the crate's root.
    fn depth(&self) -> usize {
        self.path.split('/').count() - usize::from(self.path.ends_with("/mod.rs"))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
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

fn walk(folder: &Path, found: &mut Vec<String>) {
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

fn read(path: &str) -> Source {
    let raw = fs::read_to_string(root().join("src").join(path)).unwrap();
    let code = blank_words(&raw);
    let production = blank_tests(&code);
    Source { path: path.to_owned(), raw, code, production }
}

/// The files behind `#[cfg(test)] mod name;`.
fn test_only_files(source: &Source) -> Vec<String> {
    let folder = source.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let after = source.code.split("#[cfg(test)]").skip(1);
    let declared = after.filter_map(|text| text.split_once(';')).filter_map(|(head, _)| head.rsplit_once("mod "));
    declared.map(|(_, name)| format!("{folder}{}.rs", name.trim())).collect()
}

/// Blanks comments, string and character literals, so that braces and names that remain are code.
fn blank_words(text: &str) -> String {
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
fn closes_character(rest: &[u8]) -> bool {
    let width = rest.first().map_or(1, |first| first.leading_ones().max(1) as usize);
    rest.get(width) == Some(&b'\'')
}

fn literal_end(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

fn raw_string_end(text: &str, start: usize) -> usize {
    let hashes = text[start + 1..].bytes().take_while(|byte| *byte == b'#').count();
    let open = start + 1 + hashes;
    if text.as_bytes().get(open) != Some(&b'"') {
        return start;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    text[open + 1..].find(&close).map_or(text.len(), |end| open + 1 + end + close.len())
}

fn blank_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(start) = out.find("#[cfg(test)]") {
        let end = out[start..].find(['{', ';']).map_or(out.len(), |at| item_end(&out, start + at));
        out = blank_span(&out, start, end);
    }
    out
}

fn blank_span(text: &str, start: usize, end: usize) -> String {
    let blank: String = text[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
    format!("{}{blank}{}", &text[..start], &text[end..])
}

/// One past the brace that closes the one at `at`, or past the semicolon there.
fn item_end(code: &str, at: usize) -> usize {
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

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn name_at(text: &str) -> &str {
    &text[..text.bytes().take_while(|byte| is_name(*byte)).count()]
}

/// Where `word` stands on its own, not as part of a longer name or path.
fn places_of<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let before = at.checked_sub(1).map(|index| code.as_bytes()[index]);
        let after = code.as_bytes().get(at + word.len()).copied();
        !before.is_some_and(|byte| is_name(byte) || byte == b':') && !after.is_some_and(is_name)
    })
}

/// Floors by module, from the table in src/lib.rs.
fn floors() -> BTreeMap<String, u32> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rows = lib.lines().filter_map(|line| line.strip_prefix("//! | "));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let floors: BTreeMap<_, _> =
        cells.filter_map(|row| Some((row.get(1)?.to_string(), row[0].parse().ok()?))).collect();
    assert!(floors.len() > 5, "the floor table in src/lib.rs is gone");
    floors
}

/// The modules of the crate that a text names, by `crate::` or by enough `super::`.
fn modules_named(source: &Source) -> BTreeSet<String> {
    let up = "super::".repeat(source.depth());
    let by_crate = source.code.match_indices("crate::").map(|(at, word)| (at, at + word.len(), &source.code));
    let by_super = source.production.match_indices(&up).map(|(at, word)| (at, at + word.len(), &source.production));
    let mut found = BTreeSet::new();
    for (at, end, text) in by_crate.chain(by_super) {
        if at > 0 && (is_name(text.as_bytes()[at - 1]) || text[..at].ends_with("super::")) {
            continue;
        }
        let rest = &text[end..];
        let close = item_end(rest, 0);
        match rest.strip_prefix('{') {
            Some(_) => found.extend(heads(&rest[1..close - 1]).map(str::to_owned)),
            None => found.extend(Some(name_at(rest)).filter(|name| !name.is_empty()).map(str::to_owned)),
        }
    }
    found
}

/// The first name of each branch of an import tree.
fn heads(tree: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let branches = tree.split(move |c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    branches.map(|branch| name_at(branch.trim())).filter(|name| !name.is_empty())
}

/// Name, first line and length of each function.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
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

/// `snake_case` and `CamelCase` in lower-case words.
fn words(name: &str) -> Vec<String> {
    let spaced = name.chars().flat_map(|c| [c.is_uppercase().then_some(' '), Some(c)]).flatten();
    let spaced: String = spaced.map(|c| if c == '_' || c == '-' { ' ' } else { c.to_ascii_lowercase() }).collect();
    spaced.split_whitespace().map(str::to_owned).collect()
}

fn demand(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<String> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn imports_go_down() {
    let (floors, mut complaints) = (floors(), Vec::new());
    for source in sources() {
        let Some((own, floor)) = source.module().and_then(|name| Some((name, floors.get(name)?))) else { continue };
        for other in modules_named(&source).iter().filter(|other| *other != own) {
            if floors.get(other).is_some_and(|height| height >= floor) {
                complaints.push(format!("src/{}: {own} (floor {floor}) names {other}", source.path));
            }
        }
    }
    demand(complaints);
}

#[test]
fn every_module_stands_in_the_table() {
    let floors = floors();
    let lib = read("lib.rs");
    demand(sources().iter().filter_map(Source::module).filter_map(|module| {
        let declared = lib.code.contains(&format!("mod {module};"));
        let told = floors.contains_key(module);
        (!told || !declared)
            .then(|| format!("{module}: in the floor table: {told}, declared in src/lib.rs: {declared}"))
    }));
}

#[test]
fn every_row_of_the_table_has_its_module() {
    let sources = sources();
    let present: BTreeSet<&str> = sources.iter().filter_map(Source::module).collect();
    let absent = floors().into_keys().filter(|module| !present.contains(module.as_str()));
    demand(absent.map(|module| format!("the floor table lists {module}, which src/ has not")));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = |source: &Source| !source.raw.starts_with("//! ");
    demand(sources().into_iter().filter(silent).map(|source| format!("src/{} opens without `//!`", source.path)));
}

#[test]
fn files_and_functions_are_short() {
    let mut complaints = Vec::new();
    let own = fs::read_to_string(root().join(file!())).unwrap();
    let lengths = sources().into_iter().map(|source| (format!("src/{}", source.path), source.raw, source.code));
    for (path, raw, code) in lengths.chain([("tests/tidy.rs".to_owned(), own.clone(), blank_words(&own))]) {
        let lines = raw.lines().count();
        if lines > MOST_FILE_LINES {
            complaints.push(format!("{path}: {lines} lines"));
        }
        let long = functions(&code).into_iter().filter(|(.., length)| *length > MOST_FUNCTION_LINES);
        complaints.extend(long.map(|(name, line, length)| format!("{path}:{line}: fn {name} has {length} lines")));
    }
    demand(complaints);
}

/// A file of the folder implements the trait exactly when the registry names it.
#[test]
fn registries_agree_with_their_folders() {
    let (sources, mut complaints) = (sources(), Vec::new());
    for (folder, registry, of) in REGISTRIES {
        let Some(index) = sources.iter().find(|source| source.path == format!("{folder}/mod.rs")) else { continue };
        let Some(start) = index.code.find(registry) else {
            complaints.push(format!("src/{folder}/mod.rs has no {registry}"));
            continue;
        };
        let list = index.code[start..].split(['{', '=']).nth(1).unwrap_or("").split(['}', ';']).next().unwrap_or("");
        let paths = list.match_indices("::").map(|(at, _)| &list[..at]);
        let listed: BTreeSet<&str> =
            paths.map(|before| before.rsplit(|c: char| !c.is_ascii() || !is_name(c as u8)).next().unwrap()).collect();
        let implementing = sources.iter().filter(|source| source.production.contains(&format!("{of} for ")));
        let stems = implementing.filter_map(|source| source.path.strip_prefix(folder)?.strip_prefix('/'));
        let present: BTreeSet<&str> = stems.filter_map(|stem| stem.strip_suffix(".rs")).collect();
        let odd = listed.symmetric_difference(&present);
        complaints
            .extend(odd.map(|item| format!("{folder}/{item}.rs implements {of}, or {registry} lists it: not both")));
        complaints.extend(listed.is_empty().then(|| format!("{registry} lists nothing")));
    }
    demand(complaints);
}

#[test]
fn crates_are_named_in_one_place() {
    let mut complaints = Vec::new();
    for source in sources() {
        let places = PLACES.iter().flat_map(|(names, allowed)| names.split(' ').map(move |name| (name, allowed)));
        for (name, allowed) in places {
            let used = places_of(&source.code, name).any(|at| {
                source.code[at + name.len()..].starts_with("::") || source.code[..at].trim_end().ends_with("use")
            });
            if used && !allowed.contains(&source.module().unwrap_or_default()) {
                complaints.push(format!("src/{} names the crate {name}; its place is {allowed:?}", source.path));
            }
        }
    }
    demand(complaints);
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    demand(sources().iter().flat_map(|source| {
        let lines = source.production.lines().enumerate().filter(|(_, line)| line.contains(".unwrap()"));
        lines.map(|(index, _)| format!("src/{}:{}", source.path, index + 1)).collect::<Vec<_>>()
    }));
}

#[test]
fn names_say_something() {
    let mut complaints = Vec::new();
    let is_empty = |name: &str| words(name).iter().any(|word| EMPTY_NAMES.contains(&word.as_str()));
    for source in sources() {
        let parts = source.path.split('/').map(|part| part.trim_end_matches(".rs").to_owned());
        let declared = ["mod", "struct", "enum", "trait"].into_iter().flat_map(|keyword| {
            places_of(&source.code, keyword)
                .map(|at| name_at(source.code[at + keyword.len()..].trim_start()).to_owned())
        });
        let empty = parts.chain(declared).filter(|name| is_empty(name));
        complaints.extend(empty.map(|name| format!("src/{}: the name {name} says nothing", source.path)));
    }
    demand(complaints);
}

#[test]
fn the_reader_of_sources_is_not_fooled() {
    let text = "fn a<'x>(c: char) { let s = \"}\\\"{\"; let r = r#\"{\"#; c == '{'; } // }\nuse crate::{b::{c, d}, e};";
    let code = blank_words(text);
    assert_eq!(functions(&code), [("a".to_owned(), 0, 1)]);
    let source = Source { path: "x/y.rs".into(), raw: text.into(), production: blank_tests(&code), code };
    assert_eq!(modules_named(&source), ["b", "e"].map(str::to_owned).into());
    assert_eq!(blank_tests("a #[cfg(test)] mod t { x.unwrap() } b").split_whitespace().collect::<String>(), "ab");
    assert_eq!(words("HttpManager_two"), ["http", "manager", "two"]);
}
