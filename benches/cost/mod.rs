//! What a program takes, as GNU time counts it: what several benches measure.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use reportgen::clock::{Clock, SystemClock};
use reportgen::model::Nanos;

const GNU_TIME: &str = "/usr/bin/time";

/// What one work took: seconds, and the memory at its peak.
pub(crate) struct Cost {
    pub(crate) wall: Nanos,
    pub(crate) user: f64,
    pub(crate) system: f64,
    pub(crate) peak_rss_bytes: f64,
}

/// Runs a program to its end. What it writes is thrown away.
pub(crate) fn cost(program: &Path, words: &[OsString]) -> anyhow::Result<Cost> {
    let counted = tempfile::NamedTempFile::new()?;
    let clock = SystemClock::start();
    let mut command = Command::new(GNU_TIME);
    command.args(["-f", "%U %S %M", "-o"]).arg(counted.path()).arg(program).args(words);
    let output = command.output().map_err(|error| anyhow::anyhow!("{GNU_TIME}, Debian's package `time`: {error}"))?;
    let wall = clock.now();
    anyhow::ensure!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(counted)?;
    let numbers = text.split_whitespace().map(str::parse::<f64>).collect::<Result<Vec<f64>, _>>()?;
    let [user, system, kibibytes] = numbers[..] else { anyhow::bail!("{GNU_TIME} wrote {text:?}") };
    Ok(Cost { wall, user, system, peak_rss_bytes: kibibytes * 1024.0 })
}
