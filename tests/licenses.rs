//! Every dependency of this platform is under a licence that deny.toml allows. Reads what cargo knows of the packages in
//! Cargo.lock; asks no network.

#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

use std::process::Command;

use spdx::{Expression, Licensee, ParseMode};

fn allowed() -> Vec<Licensee> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let names = table["licenses"]["allow"].as_array().unwrap();
    names.iter().map(|name| Licensee::parse(name.as_str().unwrap()).unwrap()).collect()
}

/// Why a package may not be used; `None` if it may.
fn objection(expression: Option<&str>, allowed: &[Licensee]) -> Option<String> {
    let Some(text) = expression else { return Some("names no licence".to_owned()) };
    // Some packages still write `MIT/Apache-2.0`.
    let parsed = Expression::parse_mode(text, ParseMode::LAX);
    match parsed {
        Err(error) => Some(format!("{text}: {error}")),
        Ok(parsed) => {
            let met = parsed.evaluate(|wanted| allowed.iter().any(|licensee| licensee.satisfies(wanted)));
            (!met).then(|| format!("{text} is not in deny.toml"))
        }
    }
}

/// The platform that this test runs on: cargo has fetched the packages of no other.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .args(["--filter-platform", &host()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 50, "cargo knows of {} packages only", packages.len());
    let allowed = allowed();
    let objections: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let why = objection(package["license"].as_str(), &allowed)?;
            Some(format!("{} {}: {why}", package["name"], package["version"]))
        })
        .collect();
    assert!(objections.is_empty(), "\n{}\n", objections.join("\n"));
}

#[test]
fn what_is_not_allowed_is_told() {
    let allowed = [Licensee::parse("MIT").unwrap()];
    for (expression, refused) in [
        (Some("MIT"), false),
        (Some("MIT/Apache-2.0"), false),
        (Some("GPL-3.0-only OR MIT"), false),
        (Some("MIT AND GPL-3.0-only"), true),
        (Some("GPL-3.0-only"), true),
        (None, true),
    ] {
        assert_eq!(objection(expression, &allowed).is_some(), refused, "{expression:?}");
    }
}
