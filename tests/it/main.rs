//! The integration tests: the real program over real sockets, processes and files. One binary, so that it links once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod address;
mod advice;
mod archive;
mod checks;
mod command_line;
mod commands;
mod compare;
mod concurrent;
mod cost;
mod documents;
mod drawing;
mod exchange;
mod faults;
mod floods;
mod golden;
mod history;
mod hostile;
mod http2_only;
mod inputs;
mod leftovers;
mod links;
mod listen_queue;
mod overlap;
mod peer;
mod printed;
mod removing;
mod request_file;
mod resume;
mod retry;
mod running;
mod secrets;
mod statuses;
mod strategies;
mod tables;
mod targets;
mod test_directory;
mod tls;
