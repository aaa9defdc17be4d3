//! The part of the table of keys that describes a strategy. Data only.

use super::counts::MOST;
use super::keys::{Form, Key};

pub(super) const STRATEGY: &[Key] = &[
    Key {
        name: "name",
        about: "Label of its line, unique; any text. Without it, the kind's own label",
        form: Form::Label,
        default: None,
        example: r#""multithread""#,
    },
    Key { name: "kind", about: "How it issues requests", form: Form::Kind, default: None, example: r#""thread-pool""# },
    Key {
        name: "workers",
        about: "Threads or processes of a pool; a list makes one line each, such as \"multithread (6)\"",
        form: Form::OneOrMany(&Form::Integer { least: 1, most: 10_000 }),
        default: Some("20"),
        example: "[6, 20]",
    },
    Key {
        name: "connections",
        about: "Whether a connection serves one request after another, or only one",
        form: Form::Word(&["keep-alive", "per-request"]),
        default: Some(r#""keep-alive""#),
        example: r#""per-request""#,
    },
    Key {
        name: "max-in-flight",
        about: "Most requests under way at once; without it, all of them",
        form: Form::Integer { least: 1, most: MOST },
        default: None,
        example: "100",
    },
    Key {
        name: "threads",
        about: "Threads of the event loop",
        form: Form::Integer { least: 1, most: 1_024 },
        default: Some("1"),
        example: "4",
    },
    Key {
        name: "processes",
        about: "Processes that share the requests, each against a loopback address and a delay server of its own",
        form: Form::Integer { least: 1, most: 64 },
        default: Some("1"),
        example: "8",
    },
    Key {
        name: "http-version",
        about: "Which HTTP it speaks; 2 is many requests at once on one connection, without negotiation",
        form: Form::Word(&["1.1", "2"]),
        default: Some(r#""1.1""#),
        example: r#""2""#,
    },
    Key {
        name: "max-requests",
        about: "Cells of more requests than this are not run; without it, all are",
        form: Form::Integer { least: 1, most: MOST },
        default: None,
        example: "1000",
    },
    Key {
        name: "command",
        about: "A program and its arguments, which speaks the protocol of docs/strategies.md",
        form: Form::Command,
        default: None,
        example: r#"["python3", "strategies/aiohttp_gather.py"]"#,
    },
    Key {
        name: "model",
        about: "How the program's requests overlap, which names its best possible duration",
        form: Form::Word(&["sequential", "pool", "async"]),
        default: None,
        example: r#""async""#,
    },
    Key {
        name: "working-directory",
        about: "Where the program is started, relative to the config",
        form: Form::Path,
        default: Some(r#"".""#),
        example: r#""clients""#,
    },
    Key {
        name: "environment",
        about: "Environment variables of the program beside those that it inherits",
        form: Form::Environment,
        default: Some("{}"),
        example: r#"{ PYTHONOPTIMIZE = "1" }"#,
    },
    Key {
        name: "version-command",
        about: "A command whose first line of output is kept as the program's version",
        form: Form::Command,
        default: None,
        example: r#"["python3", "--version"]"#,
    },
];
