//! Which modules and files a source names.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::{Source, is_name, item_end, name_at};

/// The modules of the crate that a text names, by `crate::` or by enough `super::`.
pub(crate) fn modules_named(source: &Source) -> BTreeSet<String> {
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

/// Each file with the files that its code outside tests names, by `use` or in a path.
pub(crate) fn files_named(sources: &[Source]) -> BTreeMap<&str, BTreeSet<&str>> {
    let files: BTreeMap<Vec<&str>, &str> =
        sources.iter().map(|source| (source.module_path(), source.path.as_str())).collect();
    let named = |source: &Source| {
        let own = source.module_path();
        let targets = paths(&source.production).into_iter().filter_map(|path| target(&own, &path, &files)).collect();
        let mut targets: BTreeSet<&str> = targets;
        targets.remove(source.path.as_str());
        targets
    };
    sources.iter().map(|source| (source.path.as_str(), named(source))).collect()
}

/// The file that a path leads to from the module `own`; `None` for another crate and for the root.
fn target<'a>(own: &[&str], path: &[&str], files: &BTreeMap<Vec<&str>, &'a str>) -> Option<&'a str> {
    let ups = path.iter().take_while(|part| **part == "super").count();
    let (mut module, mut rest) = match path {
        ["crate", rest @ ..] => (Vec::new(), rest),
        ["self", rest @ ..] => (own.to_vec(), rest),
        _ => (own[..own.len().checked_sub(ups)?].to_vec(), &path[ups..]),
    };
    while let [part, tail @ ..] = rest {
        let below: Vec<&str> = module.iter().copied().chain([*part]).collect();
        if !files.contains_key(&below) {
            break;
        }
        (module, rest) = (below, tail);
    }
    let is_own_name = ups == 0 && !["crate", "self"].contains(&path[0]) && module.len() == own.len();
    files.get(&module).copied().filter(|_| !module.is_empty() && !is_own_name)
}

/// Every path with `::` in it, import trees taken apart.
fn paths(code: &str) -> Vec<Vec<&str>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(start) = code[at..].find(|c: char| c.is_ascii_alphabetic() || c == '_') {
        let start = at + start;
        let length = branches(&code[start..], &[], &mut found);
        at = start + length.max(name_at(&code[start..]).len()).max(1);
    }
    found.retain(|path| path.len() > 1);
    found
}

/// Takes the path that `text` starts with apart, adds each of its branches to `found`, and returns its length.
fn branches<'a>(text: &'a str, before: &[&'a str], found: &mut Vec<Vec<&'a str>>) -> usize {
    let name = name_at(text);
    let path: Vec<&str> = before.iter().copied().chain((!name.is_empty()).then_some(name)).collect();
    let Some(rest) = text[name.len()..].strip_prefix("::").filter(|_| !name.is_empty()) else {
        found.push(path);
        return name.len();
    };
    let start = name.len() + 2;
    if !rest.starts_with('{') {
        return start + branches(rest, &path, found);
    }
    let end = item_end(rest, 0);
    let mut at = 1;
    while at < end - 1 {
        let gap = rest[at..].find(|c: char| is_name(c as u8) && c.is_ascii() || c == '}').unwrap_or(0);
        at += gap;
        if at >= end - 1 {
            break;
        }
        let (length, skipped) = (branches(&rest[at..], &path, found), rest[at..].find([',', '}']).unwrap_or(0));
        at += length.max(skipped).max(1);
    }
    start + end
}

/// Groups of files that lead to each other, each sorted: the strongly connected components of more than one file.
pub(crate) fn circles<'a>(graph: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Vec<&'a str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = graph.keys().map(|file| (*file, reachable(graph, file))).collect();
    let mut circles: Vec<Vec<&str>> = Vec::new();
    for (file, others) in &reached {
        let circle: Vec<&str> = others.iter().copied().filter(|other| reached[other].contains(file)).collect();
        if circle.first() == Some(file) {
            circles.push(circle);
        }
    }
    circles
}

fn reachable<'a>(graph: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &str) -> BTreeSet<&'a str> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(file) = open.pop() {
        for next in &graph[file] {
            if seen.insert(*next) {
                open.push(next);
            }
        }
    }
    seen
}
