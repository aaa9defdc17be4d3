//! For the tests of config only: charts to know, sweeps to start from, and the configs that come with the program.

use super::strategy_keys::{KindKeys, STRATEGY};
use super::suggestion::listed;
use super::{Known, REFERENCE, STARTER, Sweep, load};
use crate::model::figure::ChartInfo;

/// Every shipped config with its name.
pub(super) const SHIPPED: [(&str, &str); 11] = [
    ("reference.toml", REFERENCE),
    ("sweep.toml", include_str!("../../config/sweep.toml")),
    ("article.toml", include_str!("../../config/article.toml")),
    ("article-overlay.toml", include_str!("../../config/article-overlay.toml")),
    ("c100k.toml", include_str!("../../config/c100k.toml")),
    ("c10k.toml", include_str!("../../config/c10k.toml")),
    ("article-python.toml", include_str!("../../config/article-python.toml")),
    ("python.toml", include_str!("../../config/python.toml")),
    ("python-async.toml", include_str!("../../config/python-async.toml")),
    ("any-language.toml", include_str!("../../config/any-language.toml")),
    ("starter.toml", STARTER),
];

pub(super) const KNOWN: Known<'static> = Known {
    charts: &[
        ChartInfo { name: "duration", options: &["x-label", "y-label", "x-scale", "y-scale", "normalize"] },
        ChartInfo { name: "speedup", options: &["x-label", "y-label", "x-scale", "y-scale"] },
        ChartInfo { name: "overhead", options: &["x-label", "y-label", "x-scale", "y-scale"] },
        ChartInfo { name: "throughput", options: &["x-label", "y-label", "x-scale", "y-scale"] },
        ChartInfo { name: "latency", options: &["x-label", "y-label", "x-scale", "y-scale"] },
        ChartInfo { name: "cost", options: &["x-label", "x-scale", "y-scale"] },
        ChartInfo { name: "timeline", options: &["x-label", "y-label", "requests"] },
    ],
    article_names: false,
};

/// The sweep of a right config.
pub(super) fn sweep(text: &str) -> Sweep {
    load(text, "fixtures.toml", &KNOWN).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

/// The complete text about a wrong config.
pub(super) fn diagnostic(text: &str) -> String {
    match load(text, "sweep.toml", &KNOWN) {
        Ok(sweep) => panic!("nothing is wrong with {text}: {sweep:?}"),
        Err(diagnostics) => diagnostics.to_string(),
    }
}

/// A text without the lists that every new kind and option would change.
pub(super) fn without_registry(text: &str) -> String {
    let kinds = |takes: &dyn Fn(&KindKeys) -> bool| {
        listed(STRATEGY.kinds.iter().filter(|kind| takes(kind)).map(|kind| kind.info.name))
    };
    let options = STRATEGY.kinds.iter().flat_map(|kind| kind.options.clone());
    let takers = options.map(|option| {
        let of_option = format!("kinds that take `{option}`: ");
        (format!("{of_option}{}", kinds(&|kind| kind.options.contains(&option))), format!("{of_option}[…]"))
    });
    let all = [
        (format!("one of {}", kinds(&|_| true)), "one of [every kind]".to_owned()),
        (kinds(&|kind| kind.info.https), "[every kind that does]".to_owned()),
        (listed(STRATEGY.keys.iter().map(|key| key.name)), "[every key]".to_owned()),
    ];
    takers.chain(all).fold(text.to_owned(), |text, (list, short)| text.replace(&list, &short))
}

/// The least that a config must say.
pub(super) const LEAST: &str = "[target]\ndelay = \"100ms\"\n";

/// A config that says `key = value` beside what its section needs; `kind` is for a strategy.
pub(super) fn config_with(section: &str, key: &str, value: &str, kind: &str) -> String {
    let line = format!("{key} = {value}\n");
    match (section, key) {
        ("", _) => format!("{line}{LEAST}"),
        ("target", "delay" | "url") => format!("[target]\n{line}"),
        (
            "target",
            "method" | "body" | "body-file" | "expect-status" | "follow-redirects" | "ca-file" | "insecure" | "check"
            | "headers",
        ) => {
            format!("[target]\nurl = \"http://localhost/\"\n{line}")
        }
        ("target", "name") => format!("[[target]]\nurl = \"http://localhost/\"\n{line}"),
        ("strategy", "target") => {
            let targets = ["staging", "production"]
                .map(|name| format!("[[target]]\nname = \"{name}\"\nurl = \"http://{name}/\"\n"));
            format!("{}[[strategy]]\nkind = \"{kind}\"\n{line}", targets.concat())
        }
        ("target", _) => format!("{LEAST}{line}"),
        ("strategy", _) if kind == "command" => {
            let needed = [("command", "[\"python3\"]"), ("model", "\"pool\"")];
            let others = needed.iter().filter(|(name, _)| *name != key);
            let others: String = others.map(|(name, value)| format!("{name} = {value}\n")).collect();
            format!("{LEAST}[[strategy]]\nkind = \"command\"\n{others}{line}")
        }
        ("strategy" | "chart", "kind") => format!("{LEAST}[[{section}]]\n{line}"),
        ("strategy", _) => format!("{LEAST}[[strategy]]\nkind = \"{kind}\"\n{line}"),
        ("reference", _) => {
            let keys = ["name = \"r\"\n", "file = \"f.csv\"\n", "strategy = \"s\"\n"];
            let others = keys.into_iter().filter(|other| !other.starts_with(&format!("{key} ")));
            format!("{LEAST}[[reference]]\n{}{line}", others.collect::<String>())
        }
        ("check", _) => {
            let demand = if key == "at-most" { "" } else { "at-most = { median = \"1s\" }\n" };
            let strategy = "[[strategy]]\nkind = \"async\"\nname = \"async_get\"\n";
            format!("{LEAST}{strategy}[[check]]\n{demand}{line}")
        }
        ("chart", "strategies") => {
            let names =
                ["multithread", "async_get"].map(|name| format!("[[strategy]]\nkind = \"async\"\nname = \"{name}\"\n"));
            format!("{LEAST}{}[[chart]]\nkind = \"speedup\"\n{line}", names.concat())
        }
        ("chart", _) => {
            let takers = KNOWN.charts.iter().filter(|chart| chart.options.contains(&key));
            let kind = takers.map(|chart| chart.name).next_back().unwrap_or("speedup");
            format!("{LEAST}[[chart]]\nkind = \"{kind}\"\n{line}")
        }
        _ => format!("{LEAST}[{section}]\n{line}"),
    }
}

/// The kind of strategy on which an option is tried.
pub(super) fn taker(option: &str) -> &'static str {
    let takers = STRATEGY.kinds.iter().filter(|kind| kind.options.contains(&option));
    takers.map(|kind| kind.info.name).next_back().unwrap_or("sequential")
}

/// The line of the manual about a key, its comment sign included.
pub(super) fn manual(section: &str, key: &str) -> &'static str {
    let header = match section {
        "strategy" | "chart" | "reference" | "check" => format!("[[{section}]]\n"),
        _ => format!("[{section}]\n"),
    };
    let start = if section.is_empty() { 0 } else { REFERENCE.find(&header).unwrap() };
    let part = REFERENCE[start..].split("\n\n\n").next().unwrap();
    let line = part.lines().find(|line| line.trim_start_matches("# ").starts_with(&format!("{key} = ")));
    line.unwrap_or_else(|| panic!("the manual lacks {section}.{key}"))
}

/// The manual's example of a key, as TOML.
pub(super) fn example(section: &str, key: &str) -> &'static str {
    let line = manual(section, key);
    let shown = line.split_once("example: ").or_else(|| line.strip_prefix("# ")?.split_once(" = "));
    shown.unwrap_or_else(|| panic!("no example in {line}")).1
}
