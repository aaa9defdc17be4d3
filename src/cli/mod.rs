//! The command line as data, each value parsed once, into the type that it has inside. What values mean together, and with
//! a config, is not known here.

mod hint;
mod order;
mod table;
mod tools;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;

pub use clap::ColorChoice;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};

use crate::model::Nanos;
use crate::model::figure::Format;
use hint::with_hint;
use order::options_behind_command;
pub use table::{TableArgs, WordArgs};
pub use tools::{InitArgs, ProbeArgs, ServeArgs};
pub use values::{ComparisonFormat, HistoryOrder};
use values::{duration, format, number, threshold};

/// Sweep request counts across concurrency strategies, archive the raw CSV, draw charts.
#[derive(Debug, Parser)]
#[command(
    name = "reportgen",
    version,
    about,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub struct Cli {
    /// What to do other than a sweep.
    #[command(subcommand)]
    pub command: Option<CliCommand>,
    /// What a sweep takes.
    #[command(flatten)]
    pub sweep: SweepArgs,
    /// Print only results (of a sweep or `render`: the folder's path), warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// More detail: a line for each sample (-vv: everything)
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
    pub fn read<W: Into<OsString>>(words: impl IntoIterator<Item = W>) -> Result<Self, clap::Error> {
        let words = words.into_iter().map(Into::into).collect();
        Self::try_parse_from(options_behind_command(&Self::definition(), words)).map_err(with_hint)
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
  reportgen render measured.csv             draw any CSV; columns are found by their names

Exit codes: 0 done, 1 some samples failed, 2 wrong usage or config, 3 could not run or write,
4 slower, 5 cannot tell, 6 a [[check]] of the config is not met, 130/143 interrupted";

/// What stands on standard output when a run has been written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// A table, the answer, and where the report is
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
    /// Print what would be measured, in which order and how long it takes; send nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Finish an interrupted run: measure only what is missing; add --config if the run's config had secrets masked
    #[arg(long, value_name = "RUN", value_hint = ValueHint::DirPath, conflicts_with_all = ["output_dir", "dry_run", "only", "skip", "requests", "repeats", "seed", "delay", "formats"])]
    pub resume: Option<PathBuf>,
    /// With --resume: measure failed samples again, too
    #[arg(long, requires = "resume")]
    pub retry_failed: bool,
    /// Measure only these strategies
    #[arg(long, value_name = "NAME,…")]
    pub only: Vec<String>,
    /// Leave these strategies out
    #[arg(long, value_name = "NAME,…")]
    pub skip: Vec<String>,
    /// Request counts
    #[arg(long, value_name = "N,…", value_delimiter = ',', value_parser = number)]
    pub requests: Option<Vec<u32>>,
    /// Samples per strategy and count
    #[arg(long, value_name = "N")]
    pub repeats: Option<u32>,
    /// Seed of order, jitter and intervals
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Delay of the embedded server, such as 100ms
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub delay: Option<Nanos>,
    /// Send requests to this address in place of the config's target
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub url: Option<String>,
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
    /// Check that no file of a run was changed
    Verify(VerifyArgs),
    /// List the archived runs, newest first
    List(ListArgs),
    /// Label a run and protect it from `remove`
    Tag(TagArgs),
    /// Remove labels
    Untag(TagArgs),
    /// Remove runs that have no labels
    Remove(RemoveArgs),
    /// Write a run as one file; other commands read it like the folder
    Pack(PackArgs),
    /// Update the charts, answers and tables of a run in a Markdown document
    Embed(EmbedArgs),
    /// Say whether strategies became slower or faster, and how sure that is
    ///
    /// Exit codes: 4 a strategy is slower by more than the threshold, 5 the samples cannot decide or the two runs did
    /// different work, 0 otherwise.
    Compare(CompareArgs),
    /// Show the medians of a config's runs over time, and where they changed
    History(HistoryArgs),
    /// Run one sample of one strategy and explain it: for people who write a strategy
    Probe(ProbeArgs),
    /// Run the delay server alone, for other clients
    Serve(ServeArgs),
    /// Write a config to start from
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
    /// A run directory or pack, the id or a tag of a run, any CSV, or hyperfine's JSON
    #[arg(value_name = "RUN|FILE", value_hint = ValueHint::AnyPath)]
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
    /// Where runs are.
    #[command(flatten)]
    pub folder: RunFolder,
    /// What a CSV holds.
    #[command(flatten)]
    pub table: TableArgs,
    /// What stands beside its lines.
    #[command(flatten)]
    pub words: WordArgs,
}

/// Where runs are found that are named by id or tag.
#[derive(Args, Clone, Debug)]
pub struct RunFolder {
    /// Where runs are looked for by id or tag
    #[arg(long, value_name = "DIR", default_value = "reports", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
}

/// Options of `verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyArgs {
    /// Run directories or packs, or ids or tags of runs
    #[arg(value_name = "RUN", required = true, value_hint = ValueHint::AnyPath)]
    pub runs: Vec<PathBuf>,
    /// Where they are.
    #[command(flatten)]
    pub folder: RunFolder,
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
    /// A run directory, or the id or a tag of a run
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    pub run: PathBuf,
    /// Tags: letters, digits, `-`, `_` and `.`
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
    /// Where runs are.
    #[command(flatten)]
    pub folder: RunFolder,
}

/// Options of `remove`.
#[derive(Args, Clone, Debug)]
pub struct RemoveArgs {
    /// Run directories or packs, or ids of runs
    #[arg(value_name = "RUN", required = true, value_hint = ValueHint::AnyPath)]
    pub runs: Vec<PathBuf>,
    /// Where runs are.
    #[command(flatten)]
    pub folder: RunFolder,
}

/// Options of `pack`.
#[derive(Args, Clone, Debug)]
pub struct PackArgs {
    /// A run directory, or the id or a tag of a run
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    pub run: PathBuf,
    /// File to write; it must not exist yet (default: `RUN-ID.tar.zst` here)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Where runs are.
    #[command(flatten)]
    pub folder: RunFolder,
}

/// Options of `embed`.
#[derive(Args, Clone, Debug)]
pub struct EmbedArgs {
    /// The document: what stands between `<!-- reportgen:duration -->` (any chart, `answer`, `findings` or `table`) and `<!-- /reportgen -->` is replaced
    #[arg(value_name = "DOC.md", value_hint = ValueHint::FilePath)]
    pub document: PathBuf,
    /// A run directory or pack, or the id or a tag of a run
    #[arg(value_name = "RUN", value_hint = ValueHint::AnyPath)]
    pub run: PathBuf,
    /// Folder for the pictures, relative to the document; without it, `<stem of the document>-charts`
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub charts: Option<PathBuf>,
    /// Change nothing; exit with 1 when the document or its pictures are stale
    #[arg(long)]
    pub check: bool,
    /// Where runs are.
    #[command(flatten)]
    pub folder: RunFolder,
}

/// Options of `compare`.
#[derive(Args, Clone, Debug)]
pub struct CompareArgs {
    /// The run to compare with: a run directory or pack, the id or a tag of a run, a CSV, or hyperfine's JSON
    #[arg(value_name = "BASE", value_hint = ValueHint::AnyPath)]
    pub base: PathBuf,
    /// The run to judge
    #[arg(value_name = "NEW", value_hint = ValueHint::AnyPath)]
    pub new: PathBuf,
    /// Smallest slowdown that counts as slower: `5%` or `0.05`
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
    /// Where runs are.
    #[command(flatten)]
    pub folder: RunFolder,
    /// What a CSV holds.
    #[command(flatten)]
    pub table: TableArgs,
}

/// Options of `history`.
#[derive(Args, Clone, Debug)]
pub struct HistoryArgs {
    /// The folder of the runs
    #[arg(value_name = "DIR", default_value = "reports", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// Only runs of this config (file name without .toml)
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
