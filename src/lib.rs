//! reportgen: sweeps request counts across concurrency strategies, archives what it measured, and draws it.
//!
//! The way through it: text → [`config::Sweep`] → [`plan`] → samples (one child process each) → [`model::Run`] →
//! [`report`] → [`model::figure::Figure`]s and [`document::Document`] → bytes → files. `report`,
//! `comparison`, `history`, `chart` and `document` are pure: what they make of an archived run depends on that run alone.
//! Files are written by `archive` and `app`, standard output and error by `terminal`; processes are started by `sweep`,
//! `probe`, `server` and `strategy`; `paint` reads fonts, `limits` and `clock` ask the system.
//!
//! A file imports only from lower floors, or inside its own folder towards that folder's `mod.rs`.
//! `tests/tidy` reads this very table and fails on an import that goes up. Reading order is bottom to top.
//!
//! | floor | module | what it is for |
//! |---|---|---|
//! | 10 | fuzzing | bodies of the fuzz targets; in no build but theirs and the tests' |
//! | 9 | app | one file per subcommand; joins the floors |
//! | 8 | terminal | the only printer: progress, tables, warnings, error chains |
//! | 7 | catalog | many runs: find, list, remove |
//! | 7 | sweep | plan → samples: one child per sample, observers, interrupts |
//! | 6 | bundle | one run as one file: pack, unpack, hostile archives |
//! | 6 | preflight | which cells this machine cannot hold |
//! | 6 | document | report, comparison or history → document → bytes of each format; all sentences about runs |
//! | 5 | cli | the command line, each value parsed once |
//! | 5 | chart | report, comparison or history → figure, pure |
//! | 5 | archive | one run directory: layout, manifest, rows, journal, checksums |
//! | 5 | plan | sweep → ordered samples and their predicted time |
//! | 4 | probe | the child that measures one sample, both ends |
//! | 4 | config | text → Sweep |
//! | 4 | comparison | two runs → verdicts, pure; numbers, no sentences |
//! | 3 | strategy | ways of issuing n requests |
//! | 3 | server | the embedded delay server, a process of its own |
//! | 3 | importer | tables that were measured elsewhere → run |
//! | 3 | history | many runs of one config → series with their changes, pure; numbers, no sentences |
//! | 3 | report | run → report, pure; numbers, no sentences |
//! | 2 | paint | figure → SVG → PNG |
//! | 2 | rows | samples and requests ↔ rows of CSV |
//! | 2 | stats | samples → numbers, pure |
//! | 2 | protocol | the JSON lines between a sample's child and its parent |
//! | 2 | framing | where the parts of an HTTP/1.1 message end, pure |
//! | 2 | limits | what this machine allows one program to have |
//! | 2 | clock | the only reader of time |
//! | 1 | model | value types |
//! | 0 | format | text that several floors need in the same form |
//! | 0 | snapshots | for tests: texts on file, compared byte for byte |
//! | 0 | input | the only opener of files that are read |
//!
//! `main.rs` stands above them all: argv in, exit code out.
//!
//! Deliberately absent: an async `main` (the async strategy owns its runtime), global state, a plug-in system
//! (a strategy in another language enters as a `command`), and any path by which a chart could reach a measurement.

pub mod app;
pub mod archive;
pub mod bundle;
pub mod catalog;
pub mod chart;
pub mod cli;
pub mod clock;
pub mod comparison;
pub mod config;
pub mod document;
pub mod format;
pub mod framing;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
pub mod history;
pub mod importer;
pub mod input;
pub mod limits;
pub mod model;
pub mod paint;
pub mod plan;
pub mod preflight;
pub mod probe;
pub mod protocol;
pub mod report;
pub(crate) mod rows;
pub mod server;
#[cfg(test)]
mod snapshots;
pub mod stats;
pub mod strategy;
pub mod sweep;
pub mod terminal;
