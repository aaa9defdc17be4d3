//! `[target]`, raw → valid: exactly one of `delay` and `url`, and only the keys that go with it; a sleep has a `delay` and
//! nothing else. Each of several `[[target]]` has a `name` and a `url`.

use std::collections::HashMap;

use serde_json::Map;

use super::diagnostic::Diagnostic;
use super::key_table::{DELAY_ONLY, SLEEP, URL_ONLY};
use super::raw::Section;
use super::suggestion::{listed, quoted};
use crate::model::{NamedTarget, Target, Targets};

/// The target or targets; `None` only where a diagnostic was added.
pub(super) fn targets(root: &Section, diagnostics: &mut Vec<Diagnostic>) -> Option<Targets> {
    if let Some(sections) = root.sections("target") {
        return several(sections, diagnostics).map(Targets::Several);
    }
    let section = root.section("target")?;
    if let Some(name) = section.written("name").filter(|_| section.text("kind") != Some("sleep")) {
        let title = "`target.name` tells several targets apart, and there is one".to_owned();
        let diagnostic = Diagnostic::new("target.name", name.clone(), title, "leave it out");
        diagnostics.push(diagnostic.help("several targets are written in two brackets each: [[target]]"));
        return None;
    }
    target(section, root.written("target").is_some(), diagnostics).map(Targets::One)
}

fn several(sections: &[Section], diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<NamedTarget>> {
    let before = diagnostics.len();
    let mut first: HashMap<&str, &Section> = HashMap::new();
    let mut targets = Vec::new();
    for section in sections {
        if !section.attempted("name") {
            let title = "one of several targets has no `name`".to_owned();
            let diagnostic =
                Diagnostic::new("target.name", section.span.clone(), title, "expected `name = \"…\"` below");
            diagnostics.push(diagnostic.help("the names of its strategies end in it: \"async on staging\""));
        }
        if let Some(strange) = ["delay", "kind"].iter().find_map(|name| section.written(name)) {
            let title = "each of several targets is a server that already runs".to_owned();
            diagnostics.push(Diagnostic::new("target", strange.clone(), title, "expected a `url` and nothing of this"));
        } else if !section.attempted("url") {
            let title = "one of several targets has no `url`".to_owned();
            diagnostics.push(Diagnostic::new(
                "target.url",
                section.span.clone(),
                title,
                "expected `url = \"…\"` below",
            ));
        }
        let name = section.text("name");
        let earlier = name.and_then(|name| first.insert(name, section));
        if let Some((name, earlier)) = name.zip(earlier) {
            let title = format!("two targets are called {}", quoted(name));
            let diagnostic = Diagnostic::new("target.name", section.place("name"), title, "expected another name");
            diagnostics.push(diagnostic.beside(earlier.place("name"), "the first one"));
        }
        if diagnostics.len() == before {
            let target = target(section, true, diagnostics);
            targets.extend(name.zip(target).map(|(name, target)| NamedTarget { name: name.to_owned(), target }));
        }
    }
    (diagnostics.len() == before && targets.len() == sections.len()).then_some(targets)
}

/// One target; `None` only where a diagnostic was added.
fn target(section: &Section, is_written: bool, diagnostics: &mut Vec<Diagnostic>) -> Option<Target> {
    if section.text("kind") == Some("sleep") {
        return sleep(section, diagnostics);
    }
    let before = diagnostics.len();
    match (section.attempted("delay"), section.attempted("url")) {
        (true, true) => diagnostics.push(both(section)),
        (true, false) => diagnostics.extend(strangers(section, "delay", &URL_ONLY)),
        (false, true) => diagnostics.extend(strangers(section, "url", &DELAY_ONLY)),
        (false, false) => diagnostics.extend(is_written.then(|| neither(section))),
    }
    if let (Some(text), Some(_)) = (section.written("body"), section.written("body-file")) {
        let title = "`target` has both `body` and `body-file`".to_owned();
        let diagnostic = Diagnostic::new("target.body-file", section.place("body-file"), title, "from this file, or …");
        diagnostics.push(diagnostic.beside(text.clone(), "… this text?").help("keep one of them"));
    }
    let (delay, jitter) = (section.duration("delay"), section.duration("jitter"));
    if section.written("url").is_none() && delay < jitter && delay.is_some() {
        let title = "`target.jitter` is longer than `target.delay`".to_owned();
        let diagnostic = Diagnostic::new("target.jitter", section.place("jitter"), title, "expected at most the delay");
        diagnostics.push(diagnostic.beside(section.place("delay"), "the delay"));
    }
    if diagnostics.len() > before {
        return None;
    }
    match section.written("url") {
        None => section.read_as(Map::new()).map(Target::Delay),
        Some(_) => section.read_as(Map::new()).map(Target::Url),
    }
}

/// No server: every key that describes one or a request to it is out of place.
fn sleep(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Option<Target> {
    let kind = || section.written("kind").unwrap_or(&section.span).clone();
    let written = section.entries.iter().filter_map(|entry| Some((entry.key.name, entry.name.clone()?)));
    let strange = written.filter(|(name, _)| !SLEEP.contains(name)).map(|(name, span)| {
        let title = format!("`target.{name}` means nothing to a sleep");
        let diagnostic = Diagnostic::new(&section.path_of(name), span, title, "there is no server and no network");
        diagnostic.beside(kind(), "the kind").help(format!("a sleep takes {}", listed(SLEEP.into_iter())))
    });
    let before = diagnostics.len();
    diagnostics.extend(strange);
    if !section.attempted("delay") {
        let title = "`target` does not say how long to sleep".to_owned();
        let diagnostic = Diagnostic::new("target.kind", kind(), title, "expected a `delay` too");
        diagnostics.push(diagnostic.help(r#"for example delay = "1s""#));
    }
    let delay = section.duration("delay");
    delay.filter(|_| diagnostics.len() == before).map(|delay| Target::Sleep { delay })
}

fn both(section: &Section) -> Diagnostic {
    let title = "`target` has both `delay` and `url`".to_owned();
    let span = |name: &str| section.written(name).unwrap_or(&section.span).clone();
    Diagnostic::new("target", span("url"), title, "a server that already runs, or …")
        .beside(span("delay"), "… one that is started for the sweep?")
        .help("keep one of them")
}

fn neither(section: &Section) -> Diagnostic {
    let url_is_meant = URL_ONLY.iter().any(|name| section.written(name).is_some());
    let expected = if url_is_meant { "expected a `url`" } else { "expected `delay` or `url`" };
    let title = "`target` does not say what to send requests to".to_owned();
    let diagnostic = Diagnostic::new("target", section.span.clone(), title, expected);
    let delay = r#"delay = "100ms" starts a server that takes that long for each response"#;
    let diagnostic = if url_is_meant { diagnostic } else { diagnostic.help(delay) };
    diagnostic.help(r#"url = "http://127.0.0.1:5000/" is a server that already runs"#)
}

/// Keys that go with the other kind of target.
fn strangers(section: &Section, given: &str, other: &[&str]) -> Vec<Diagnostic> {
    let (owner, why) = match given {
        "delay" => ("url", "the delay server answers every request alike"),
        _ => ("delay", "a server that already runs cannot be told how to behave"),
    };
    let written = other.iter().filter_map(|name| Some((name, section.written(name)?)));
    let diagnostics = written.map(|(name, span)| {
        let title = format!("`target.{name}` goes with `{owner}`, not with `{given}`");
        let diagnostic = Diagnostic::new(&section.path_of(name), span.clone(), title, why);
        diagnostic.beside(section.written(given).unwrap_or(&section.span).clone(), "the target")
    });
    diagnostics.collect()
}
