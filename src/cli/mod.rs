//! The command line as data, each value parsed once, into the type that it has inside. What values mean together, and with
//! a config, is not known here.

mod values;

use std::ffi::OsString;
use std::path::PathBuf;

pub use clap::ColorChoice;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};

use crate::model::figure::Format;
use crate::model::{Nanos, parse_duration};
pub use values::{ComparisonFormat, HistoryOrder};
use values::{format, number, share, threshold};

/// Sweep request counts across concurrency strategies, archive the raw CSV, draw charts.
#[derive(Debug, Parser)]
#[command(
    name = "reportgen",
    version,
    about,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub struct Cli {
    /// What to do other than a sweep.
    #[command(subcommand)]
    pub command: Option<CliCommand>,
    /// The main job: run a sweep.
    #[command(flatten)]
    pub sweep: SweepArgs,
    /// Print only the run directory's path
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more; twice, everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

impl Cli {
    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    /// What is wrong with it; or the text of help or version, which are no failures.
    pub fn read<W: Into<OsString> + Clone>(words: impl IntoIterator<Item = W>) -> Result<Self, clap::Error> {
        Self::try_parse_from(words)
    }

    /// The definition, for completions and the manual page.
    #[must_use]
    pub fn definition() -> clap::Command {
        Self::command()
    }
}

const EXAMPLES: &str = "\
Examples:
  reportgen init sweep.toml                 write a config to start from
  reportgen --config sweep.toml --dry-run   what would be measured, and how long it takes
  reportgen --config sweep.toml             measure, archive, draw
  reportgen render measured.csv             draw any CSV with strategy,requests,duration_s

Exit codes: 0 done, 1 some samples failed, 2 wrong usage or config, 3 could not run or write, 4 slower, 5 cannot tell,
130/143 interrupted";

/// What stands on standard output when a run has been written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// The table for people, and the run directory's path
    #[default]
    Text,
    /// summary.json and nothing else; the path is a note
    Json,
}

/// Options of a sweep. Each but the first few overrides a key of the config.
#[derive(Args, Clone, Debug, Default)]
pub struct SweepArgs {
    /// Sweep config in TOML; `-` reads standard input, and `<(…)` of a shell works
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Where run directories go [config: output.dir]
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Print every cell, the order and the predicted time; send nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Finish an interrupted run: measure only the samples it lacks; with --config where the run keeps no secrets
    #[arg(long, value_name = "RUN", value_hint = ValueHint::DirPath, conflicts_with_all = ["output_dir", "dry_run", "only", "skip", "requests", "repeats", "seed", "delay", "formats"])]
    pub resume: Option<PathBuf>,
    /// Measure only these strategies
    #[arg(long, value_name = "NAME,…")]
    pub only: Vec<String>,
    /// Leave these strategies out
    #[arg(long, value_name = "NAME,…")]
    pub skip: Vec<String>,
    /// Request counts
    #[arg(long, value_name = "N,…", value_delimiter = ',', value_parser = number)]
    pub requests: Option<Vec<u32>>,
    /// Samples per cell
    #[arg(long, value_name = "N")]
    pub repeats: Option<u32>,
    /// Seed of order, jitter and intervals
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Delay of the embedded server, such as 100ms
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub delay: Option<Nanos>,
    /// Picture formats
    #[arg(long, value_name = "svg,png", value_delimiter = ',', value_parser = format)]
    pub formats: Option<Vec<Format>>,
    /// What to print
    #[arg(
        long,
        value_enum,
        value_name = "text|json",
        default_value_t,
        hide_possible_values = true,
        conflicts_with = "dry_run"
    )]
    pub output_format: OutputFormat,
}

/// What to do other than a sweep.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Draw again from stored data; measures nothing
    Render(RenderArgs),
    /// Are the run's files the ones that were written?
    Verify(VerifyArgs),
    /// List the archived runs, newest first
    List(ListArgs),
    /// Give a run tags; a tagged run is not removed
    Tag(TagArgs),
    /// Take tags from a run
    Untag(TagArgs),
    /// Remove runs that have no tags
    Remove(RemoveArgs),
    /// Write a run as one file, which is read like its folder
    Pack(PackArgs),
    /// Put a run's picture, table or findings between the markers of a Markdown document
    Embed(EmbedArgs),
    /// Is NEW slower than BASE, by how much, and is that certain?
    ///
    /// Exit codes: 4 a strategy is slower by more than the threshold, 5 the samples cannot decide or the two runs did
    /// different work, 0 otherwise.
    Compare(CompareArgs),
    /// The medians of a config's runs over time, and where they changed for good
    History(HistoryArgs),
    /// Run one sample of one strategy and explain it, for people who write a strategy
    Probe(ProbeArgs),
    /// The delay server alone, for other clients
    Serve(ServeArgs),
    /// Write a starter config, every key explained
    Init(InitArgs),
    /// Print a JSON Schema, for editors and programs
    Schema {
        /// Of which file
        #[arg(value_name = "FILE", default_value = "config")]
        of: SchemaOf,
    },
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// Options of `render`.
#[derive(Args, Clone, Debug)]
pub struct RenderArgs {
    /// A run directory or pack, the id or a tag of a run in `reports`, or a CSV with at least strategy,requests,duration_s
    #[arg(value_name = "RUN|FILE.csv", value_hint = ValueHint::AnyPath)]
    pub source: PathBuf,
    /// Where to write; for a pack or a CSV the default is `<stem>-report` beside it
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Picture formats
    #[arg(long, value_name = "svg,png", value_delimiter = ',', value_parser = format)]
    pub formats: Option<Vec<Format>>,
    /// Overwrite files that reportgen did not write
    #[arg(long)]
    pub force: bool,
    /// What to print
    #[arg(long, value_enum, value_name = "text|json", default_value_t, hide_possible_values = true)]
    pub output_format: OutputFormat,
}

/// Options of `verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyArgs {
    /// A run directory or pack, or the id or a tag of a run in `reports`
    #[arg(value_name = "RUN", value_hint = ValueHint::AnyPath)]
    pub run: PathBuf,
}

/// Options of `list`.
#[derive(Args, Clone, Debug)]
pub struct ListArgs {
    /// The folder of the runs
    #[arg(value_name = "DIR", default_value = "reports", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output_format: ListFormat,
}

/// What `list` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A table for people
    Text,
    /// An array with an object for each run
    Json,
}

/// What there is a JSON Schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// The config
    Config,
    /// A run's manifest.json
    Manifest,
}

/// Options of `tag` and `untag`.
#[derive(Args, Clone, Debug)]
pub struct TagArgs {
    /// A run directory, or the id or a tag of a run in `reports`
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    pub run: PathBuf,
    /// Tags: letters, digits, `-`, `_` and `.`
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
}

/// Options of `remove`.
#[derive(Args, Clone, Debug)]
pub struct RemoveArgs {
    /// Run directories or packs, or ids of runs in `reports`
    #[arg(value_name = "RUN", required = true, value_hint = ValueHint::AnyPath)]
    pub runs: Vec<PathBuf>,
}

/// Options of `pack`.
#[derive(Args, Clone, Debug)]
pub struct PackArgs {
    /// A run directory, or the id or a tag of a run in `reports`
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    pub run: PathBuf,
    /// File to write; it must not exist yet (default: `RUN-ID.tar.zst` here)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

/// Options of `embed`.
#[derive(Args, Clone, Debug)]
pub struct EmbedArgs {
    /// The document; places stand between `<!-- reportgen:duration -->` (any chart, `answer`, `findings` or `table`) and `<!-- /reportgen -->`
    #[arg(value_name = "DOC.md", value_hint = ValueHint::FilePath)]
    pub document: PathBuf,
    /// A run directory
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    pub run: PathBuf,
    /// Where the document's pictures are kept, seen from its folder; without it a folder named after it
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub charts: Option<PathBuf>,
    /// Change nothing; exit with 1 when the document or its pictures are stale
    #[arg(long)]
    pub check: bool,
}

/// Options of `compare`.
#[derive(Args, Clone, Debug)]
pub struct CompareArgs {
    /// The run to compare with: a run directory or pack, the id or a tag of a run in `reports`, or a CSV
    #[arg(value_name = "BASE", value_hint = ValueHint::AnyPath)]
    pub base: PathBuf,
    /// The run to judge
    #[arg(value_name = "NEW", value_hint = ValueHint::AnyPath)]
    pub new: PathBuf,
    /// How much slower is slower: `5%` or `0.05`
    #[arg(long, value_name = "SHARE", value_parser = threshold, default_value = "5%")]
    pub threshold: f64,
    /// Give verdicts even if the two runs did different work, and overwrite files in the folder of -o that reportgen did not
    /// write
    #[arg(long)]
    pub force: bool,
    /// What to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output_format: ComparisonFormat,
    /// Write comparison.html, .md, .json and charts into this folder
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Picture formats
    #[arg(long, value_name = "svg,png", value_delimiter = ',', value_parser = format, requires = "output_dir")]
    pub formats: Option<Vec<Format>>,
}

/// Options of `history`.
#[derive(Args, Clone, Debug)]
pub struct HistoryArgs {
    /// The folder of the runs
    #[arg(value_name = "DIR", default_value = "reports", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// The runs of one config alone, by the stem of its file
    #[arg(long, value_name = "STEM")]
    pub config: Option<String>,
    /// A point for each run, or one for each commit
    #[arg(long, value_enum, value_name = "ORDER", default_value_t)]
    pub by: HistoryOrder,
    /// The request count [default: the largest of the newest run]
    #[arg(long, value_name = "N")]
    pub requests: Option<u32>,
    /// What to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output_format: ComparisonFormat,
    /// Write history.html, .md, .json and charts into this folder
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Overwrite files in the folder of -o that reportgen did not write
    #[arg(long, requires = "output_dir")]
    pub force: bool,
    /// Picture formats
    #[arg(long, value_name = "svg,png", value_delimiter = ',', value_parser = format, requires = "output_dir")]
    pub formats: Option<Vec<Format>>,
}

/// Options of `probe`.
#[derive(Args, Clone, Debug)]
pub struct ProbeArgs {
    /// Sweep config in TOML; `-` reads standard input, and `<(…)` of a shell works
    #[arg(value_name = "CONFIG", value_hint = ValueHint::FilePath)]
    pub config: PathBuf,
    /// The strategy's name in it
    #[arg(value_name = "STRATEGY")]
    pub strategy: String,
    /// How many requests [default: the config's first request count]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub requests: Option<u32>,
}

/// Options of `serve`.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Loopback port; 0 takes a free one
    #[arg(long, default_value_t = 5000)]
    pub port: u16,
    /// Time before each response
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "5s")]
    pub delay: Nanos,
    /// Uniform, ± around the delay
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "0s")]
    pub jitter: Nanos,
    /// Share of responses that are HTTP 500
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0")]
    pub failure_rate: f64,
    /// Requests served at once, others wait; 0 is unlimited
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub max_concurrent: u32,
    /// Seed of jitter and failures
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// Options of `init`.
#[derive(Args, Clone, Debug)]
pub struct InitArgs {
    /// File to write; it must not exist yet
    #[arg(value_name = "FILE", default_value = "sweep.toml", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Write every key, with its meaning and default
    #[arg(long)]
    pub full: bool,
}
