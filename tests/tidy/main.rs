//! The laws of the house: floors, no import circles, sizes, names, registries, and one place for each third-party crate.
//! Reads the sources as text, so that the map in src/lib.rs cannot lie. Knows no module by heart but the registries and
//! the places of crates.

#![expect(clippy::unwrap_used, reason = "a source that cannot be read fails the test")]

mod imports;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use imports::{circles, files_named, modules_named};
use sources::{Source, blank_tests, blank_words, functions, is_name, name_at, places_of, read, root, sources};

const MOST_FILE_LINES: usize = 400;
const MOST_FUNCTION_LINES: usize = 60;
const EMPTY_NAMES: [&str; 10] =
    ["util", "utils", "utility", "helper", "helpers", "common", "manager", "managers", "misc", "stuff"];

/// Folder, the file with its registry, the registry, and the trait that a registered item implements.
const REGISTRIES: [(&str, &str, &str, &str); 3] = [
    ("strategy", "registry.rs", "kinds! {", "Strategy"),
    ("chart", "mod.rs", "CHARTS:", "Chart"),
    ("document", "mod.rs", "WRITERS:", "Writer"),
];

/// Third-party crates and the only modules that may name them.
const PLACES: [(&str, &[&str]); 18] = [
    ("plotters plotters_backend resvg png ab_glyph", &["paint"]),
    ("reqwest", &["strategy"]),
    ("which", &["strategy"]),
    ("clap", &["cli"]),
    ("clap_complete", &["app", "cli"]),
    ("clap_mangen", &["app"]),
    // hyper for the types of errors only: a failure is known by its type, never by its text.
    ("hyper hyper_util tower_service", &["strategy"]),
    ("h2 hdrhistogram bytes", &["server"]),
    ("futures_util", &["server", "strategy"]),
    ("mio httparse slab", &["framing", "server", "strategy"]),
    ("indicatif", &["terminal"]),
    ("annotate_snippets", &["config"]),
    ("csv", &["archive", "document", "importer", "rows"]),
    ("comfy_table minijinja pulldown_cmark", &["document"]),
    ("percent_encoding shlex", &["format"]),
    ("statrs", &["stats"]),
    ("tar zstd", &["archive", "bundle"]),
    // There no file stays without its test.
    ("insta", &["snapshots"]),
];

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

/// `snake_case` and `CamelCase` in lower-case words.
fn words(name: &str) -> Vec<String> {
    let spaced = name.chars().flat_map(|c| [c.is_uppercase().then_some(' '), Some(c)]).flatten();
    let spaced: String = spaced.map(|c| if c == '_' || c == '-' { ' ' } else { c.to_ascii_lowercase() }).collect();
    spaced.split_whitespace().map(str::to_owned).collect()
}

fn demand(violations: impl IntoIterator<Item = String>) {
    let violations: Vec<String> = violations.into_iter().collect();
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn imports_go_down() {
    let (floors, mut violations) = (floors(), Vec::new());
    for source in sources() {
        let Some((own, floor)) = source.module().and_then(|name| Some((name, floors.get(name)?))) else { continue };
        for other in modules_named(&source).iter().filter(|other| *other != own) {
            if floors.get(other).is_some_and(|height| height >= floor) {
                violations.push(format!("src/{}: {own} (floor {floor}) names {other}", source.path));
            }
        }
    }
    demand(violations);
}

#[test]
fn files_do_not_import_each_other_in_circles() {
    let sources = sources();
    let graph = files_named(&sources);
    demand(circles(&graph).into_iter().map(|circle| {
        let within = |file: &&str| {
            let others: Vec<&str> = graph[file].iter().copied().filter(|other| circle.contains(other)).collect();
            format!("  {file} names {}", others.join(", "))
        };
        format!("a circle of imports:\n{}", circle.iter().map(within).collect::<Vec<_>>().join("\n"))
    }));
}

#[test]
fn every_type_has_a_name_of_its_own() {
    let (sources, mut files) = (sources(), BTreeMap::<&str, BTreeSet<&str>>::new());
    for source in &sources {
        for name in types_declared(&source.production) {
            files.entry(name).or_default().insert(&source.path);
        }
    }
    files.retain(|_, files| files.len() > 1);
    demand(files.iter().map(|(name, files)| format!("{name} is declared in {files:?}")));
}

/// The types that a text declares: structs, enums and traits anywhere, aliases outside of blocks.
fn types_declared(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter_map(|line| {
        let (inner, line) = (line.starts_with(' '), line.trim_start());
        let line = line.strip_prefix("pub").map_or(line, |rest| match rest.strip_prefix('(') {
            Some(place) => place.split_once(')').map_or(rest, |(_, rest)| rest),
            None => rest,
        });
        let (keyword, rest) = line.trim_start().split_once(' ')?;
        let declares = ["struct", "enum", "trait", "union"].contains(&keyword) || (keyword == "type" && !inner);
        declares.then(|| name_at(rest))
    })
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
    let mut violations = Vec::new();
    let own = fs::read_to_string(root().join(file!())).unwrap();
    let lengths = sources().into_iter().map(|source| (format!("src/{}", source.path), source.raw, source.code));
    for (path, raw, code) in lengths.chain([(file!().to_owned(), own.clone(), blank_words(&own))]) {
        let lines = raw.lines().count();
        if lines > MOST_FILE_LINES {
            violations.push(format!("{path}: {lines} lines"));
        }
        let long = functions(&code).into_iter().filter(|(.., length)| *length > MOST_FUNCTION_LINES);
        violations.extend(long.map(|(name, line, length)| format!("{path}:{line}: fn {name} has {length} lines")));
    }
    demand(violations);
}

/// A file of the folder implements the trait exactly when the registry names it.
#[test]
fn registries_agree_with_their_folders() {
    let (sources, mut violations) = (sources(), Vec::new());
    for (folder, file, registry, of) in REGISTRIES {
        let Some(index) = sources.iter().find(|source| source.path == format!("{folder}/{file}")) else {
            violations.push(format!("src/{folder}/{file} is gone"));
            continue;
        };
        let Some(start) = index.code.find(registry) else {
            violations.push(format!("src/{folder}/{file} has no {registry}"));
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
        violations
            .extend(odd.map(|item| format!("{folder}/{item}.rs implements {of}, or {registry} lists it: not both")));
        violations.extend(listed.is_empty().then(|| format!("{registry} lists nothing")));
    }
    demand(violations);
}

#[test]
fn crates_are_named_in_one_place() {
    let mut violations = Vec::new();
    for source in sources() {
        let places = PLACES.iter().flat_map(|(names, allowed)| names.split(' ').map(move |name| (name, allowed)));
        for (name, allowed) in places {
            let used = places_of(&source.code, name).any(|at| {
                source.code[at + name.len()..].starts_with("::") || source.code[..at].trim_end().ends_with("use")
            });
            if used && !allowed.contains(&source.module().unwrap_or_default()) {
                violations.push(format!("src/{} names the crate {name}; its place is {allowed:?}", source.path));
            }
        }
    }
    demand(violations);
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
    let mut violations = Vec::new();
    let is_empty = |name: &str| words(name).iter().any(|word| EMPTY_NAMES.contains(&word.as_str()));
    for source in sources() {
        let parts = source.path.split('/').map(|part| part.trim_end_matches(".rs").to_owned());
        let declared = ["mod", "struct", "enum", "trait"].into_iter().flat_map(|keyword| {
            places_of(&source.code, keyword)
                .map(|at| name_at(source.code[at + keyword.len()..].trim_start()).to_owned())
        });
        let empty = parts.chain(declared).filter(|name| is_empty(name));
        violations.extend(empty.map(|name| format!("src/{}: the name {name} says nothing", source.path)));
    }
    demand(violations);
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

#[test]
fn circles_are_found_however_files_are_named() {
    let source = |path: &str, code: &str| Source {
        path: path.into(),
        raw: String::new(),
        code: code.into(),
        production: code.into(),
    };
    let mut sources = vec![
        source("a/mod.rs", "mod b; mod c; mod d; pub use d::D; const ALL: [&B; 1] = [&b::B];"),
        source("a/b.rs", "use crate::{\n    x::Y,\n    a::{c::{C, Other}, d},\n};"),
        source("a/c.rs", "fn c() -> super::d::D {}"),
        source("a/d.rs", "use crate::x::Y;"),
        source("x.rs", "struct Y;"),
    ];
    let files = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<&str>>();
    let graph = files_named(&sources);
    assert_eq!(graph["a/mod.rs"], files(&["a/b.rs", "a/d.rs"]));
    assert_eq!(graph["a/b.rs"], files(&["a/c.rs", "a/d.rs", "x.rs"]));
    assert_eq!(graph["a/c.rs"], files(&["a/d.rs"]));
    assert_eq!(circles(&graph), Vec::<Vec<&str>>::new());
    sources[3] = source("a/d.rs", "use super::All;");
    let graph = files_named(&sources);
    assert_eq!(circles(&graph), [["a/b.rs", "a/c.rs", "a/d.rs", "a/mod.rs"]]);
}

#[test]
fn types_are_found_with_any_visibility() {
    let code =
        "pub(in crate::a) struct A<T>;\n    enum B {}\ntrait C {}\ntype D = A;\n    type E = A;\nfn structure() {}";
    assert_eq!(types_declared(code).collect::<Vec<_>>(), ["A", "B", "C", "D"]);
}
