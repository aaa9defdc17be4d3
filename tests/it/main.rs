//! The integration tests: the real program over real sockets, processes and files. One binary, so that it links once.

mod command_line;
mod leftovers;
mod peer;
mod strategies;
mod workplace;
