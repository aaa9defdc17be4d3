//! Text that several floors need in the same form. Depends on no other module.

mod visible;

pub use visible::{is_hidden, visible, visible_line, visible_styled};
