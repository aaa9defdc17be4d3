//! Tells the program what it is built from, for the manifests it writes: target, profile and compiler; and for a release
//! build the commit, from git or from what cargo noted in a published crate. Sources with neither build all the same. A
//! debug build does not ask, so that a commit alone is no reason to compile again.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    let profile = env::var("PROFILE").unwrap_or_default();
    say("TARGET", env::var("TARGET").ok());
    say("PROFILE", Some(profile.clone()));
    say("COMPILER", answer(&env::var("RUSTC").unwrap_or_default(), &["--version"]));
    watch("build.rs");
    if profile == "release" {
        let (commit, modified) = published().or_else(checked_out).unzip();
        say("COMMIT", commit);
        say("MODIFIED", modified.map(|modified| modified.to_string()));
        ["src", "Cargo.toml", "Cargo.lock"].into_iter().for_each(watch);
    }
}

fn say(name: &str, value: Option<String>) {
    if let Some(value) = value {
        println!("cargo::rustc-env=REPORTGEN_{name}={value}");
    }
}

fn watch(path: &str) {
    println!("cargo::rerun-if-changed={path}");
}

fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// The commit that cargo notes in a published crate.
fn published() -> Option<(String, bool)> {
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = text.split_once("\"sha1\": \"")?;
    let (commit, rest) = rest.split_once('"')?;
    Some((commit.to_owned(), rest.contains("\"dirty\": true")))
}

/// The commit that is checked out here, and whether files differ from it; not that of a repository around this one.
fn checked_out() -> Option<(String, bool)> {
    let top = answer("git", &["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != Path::new(".").canonicalize().ok()? {
        return None;
    }
    // Every commit and every checkout is a line in this file.
    if let Some(log) = answer("git", &["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists()) {
        watch(&log);
    }
    let changes = answer("git", &["status", "--porcelain", "--untracked-files=no"])?;
    Some((answer("git", &["rev-parse", "HEAD"])?, !changes.is_empty()))
}
