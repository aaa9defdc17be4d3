//! Text that several floors need in the same form: numbers, plurals, words of a command line and of an address, markup,
//! hidden characters. Depends on no other module.

mod address;
mod command;
mod markup;
mod number;
mod plural;
mod visible;

pub use address::{percent_decoded, percent_encoded};
pub use command::command_line;
pub use markup::escaped;
pub use number::{decimals, grouped, percent, short, significant, significant_parts, three_digits, trimmed};
pub use plural::{counted, requests};
pub use visible::{is_hidden, shown, visible, visible_line, visible_styled};
