//! HTTP/1.1 over plain TCP without a client library: the bytes of a request, and a response in whatever pieces it comes;
//! and with them a client for the tasks of an event loop. What needs more, TLS, redirects or HTTP/2, is reqwest's.

mod client;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fuzz;
mod request;
mod response;

pub(super) use client::Http1Client;
pub(super) use request::{RequestBytes, addresses};
pub(super) use response::Response;
