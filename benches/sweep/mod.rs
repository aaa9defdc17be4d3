//! The real program on a config, in a folder that vanishes: what several benches measure.

use std::path::Path;
use std::process::Command;

use reportgen::archive::Loaded;
use reportgen::bundle;

/// Sweeps the config of this text, with further arguments, and reads the run.
pub(crate) fn run(config: &str, arguments: &[&str]) -> anyhow::Result<Loaded> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("bench.toml");
    std::fs::write(&path, config)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_reportgen"));
    command.arg("--config").arg(path).arg("--output-dir").arg(folder.path()).arg("--quiet").args(arguments);
    let output = command.output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let run = String::from_utf8(output.stdout)?;
    Ok(bundle::load(Path::new(run.trim_end()))?)
}
