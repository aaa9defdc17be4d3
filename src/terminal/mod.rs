//! The only printer. Results go to standard output, everything else to standard error; a reader who has gone away
//! (`reportgen … | head`) is no error. What others wrote cannot move the cursor or turn text around: every text passes
//! [`visible`](crate::format::visible) on its way out, data for programs excepted. Colour is decided once: `--color`, then
//! NO_COLOR and CLICOLOR_FORCE, then whether the stream is a terminal.

mod explanation;
mod listing;
mod printer;
mod progress;

pub use explanation::explanation;
pub use listing::listing;
pub use printer::Terminal;
pub use progress::SweepProgress;
