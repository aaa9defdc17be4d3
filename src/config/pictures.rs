//! The part of the table of keys that is about pictures: what is drawn, and what it looks like. Data only.

use super::counts::MOST;
use super::keys::{Form, Key};

pub(super) const CHART: &[Key] = &[
    Key { name: "kind", about: "What it shows", form: Form::Chart, default: None },
    Key { name: "title", about: "In place of its own title", form: Form::Label, default: None },
    Key {
        name: "x-label",
        about: "In place of its own label of the x axis; the unit is added",
        form: Form::Label,
        default: None,
    },
    Key {
        name: "y-label",
        about: "In place of its own label of the y axis; the unit is added",
        form: Form::Label,
        default: None,
    },
    Key {
        name: "x-scale",
        about: "In place of its own scale of the x axis; without it, logarithmic where request counts span a wide range",
        form: Form::Word(&["linear", "log"]),
        default: None,
    },
    Key {
        name: "y-scale",
        about: "In place of its own scale of the y axis",
        form: Form::Word(&["linear", "log"]),
        default: None,
    },
    Key {
        name: "requests",
        about: "The request count that a timeline shows; without it, the largest recorded one",
        form: Form::Integer { least: 1, most: MOST },
        default: None,
    },
    Key {
        name: "normalize",
        about: "Divides durations by the delay of a request, each line by its own",
        form: Form::Word(&["delay"]),
        default: None,
    },
    Key {
        name: "strategies",
        about: "Names of the strategies and references to draw; without it, all",
        form: Form::List { of: &Form::Label, empty: false },
        default: None,
    },
];

pub(super) const REFERENCE: &[Key] = &[
    Key { name: "name", about: "Label of its line, unique; any text", form: Form::Label, default: None },
    Key {
        name: "file",
        about: "A CSV with at least strategy, requests and duration_s, relative to the config; the run keeps a copy",
        form: Form::Path,
        default: None,
    },
    Key { name: "strategy", about: "Its strategy in that table", form: Form::Label, default: None },
    Key {
        name: "delay",
        about: "How long each of its requests had to wait; a chart that divides by the delay needs it",
        form: Form::Duration { zero: false },
        default: None,
    },
];

pub(super) const OUTPUT: &[Key] = &[
    Key { name: "dir", about: "Where run directories go", form: Form::Path, default: Some(r#""reports""#) },
    Key {
        name: "requests",
        about: "How the single requests are kept: requests.csv, the same compressed, or not at all",
        form: Form::Word(&["csv", "csv.zst", "none"]),
        default: Some(r#""csv""#),
    },
    Key {
        name: "formats",
        about: "Picture formats",
        form: Form::List { of: &Form::Word(&["svg", "png"]), empty: false },
        default: Some(r#"["svg", "png"]"#),
    },
    Key {
        name: "themes",
        about: "Colour themes; a dark picture is <kind>-dark.svg",
        form: Form::List { of: &Form::Word(&["light", "dark"]), empty: false },
        default: Some(r#"["light"]"#),
    },
    Key {
        name: "width",
        about: "Picture width in CSS pixels",
        form: Form::Integer { least: 320, most: 4096 },
        default: Some("960"),
    },
    Key {
        name: "height",
        about: "Picture height in CSS pixels",
        form: Form::Integer { least: 240, most: 4096 },
        default: Some("600"),
    },
    Key {
        name: "fonts",
        about: "Font files for glyphs that the bundled font lacks, relative to the config",
        form: Form::List { of: &Form::Path, empty: true },
        default: Some("[]"),
    },
];
