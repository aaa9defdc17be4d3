//! argv in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    reportgen::app::main(std::env::args_os())
}
