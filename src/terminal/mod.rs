//! The only printer. Results go to standard output, everything else to standard error; a reader who has gone away
//! (`reportgen … | head`) is no error. Colour is decided once: `--color`, then NO_COLOR and CLICOLOR_FORCE, then
//! whether the stream is a terminal.

mod comparison;
mod explanation;
mod history;
mod listing;
mod printer;
mod progress;
mod summary;
mod table;

pub use comparison::comparison;
pub use explanation::explanation;
pub use history::history;
pub use listing::listing;
pub use printer::{Terminal, shown};
pub use progress::SweepProgress;
pub use summary::summary;
pub use table::columns;
