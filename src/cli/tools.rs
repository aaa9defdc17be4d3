//! Options of the commands that help to make a sweep: `probe`, `serve`, `init`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::values::{duration, share};
use crate::model::Nanos;

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
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s")]
    pub delay: Nanos,
    /// Uniform, ± around the delay
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s")]
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
