//! Why a request failed, found from the types and codes in its chain of errors. Message texts are never looked at:
//! they change between versions and languages.

use std::error::Error;
use std::fmt;
use std::io;

use super::tls;
use crate::model::FailureKind;

/// How far a request had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before the response head was complete.
    Head,
    /// While the body was read.
    Body,
}

/// A name that has no address.
#[derive(Debug)]
pub(super) struct NameError(pub(super) io::Error);

impl fmt::Display for NameError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name has no address")
    }
}

impl Error for NameError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// The kind of failure behind a chain of errors.
pub(super) fn classify(error: &(dyn Error + 'static), stage: Stage) -> FailureKind {
    let chain = || std::iter::successors(Some(error), |error| next(*error));
    if let Some(error) = chain().find_map(|error| error.downcast_ref::<reqwest::Error>()) {
        if error.is_timeout() {
            return FailureKind::RequestTimeout;
        }
        if error.is_dns() {
            return FailureKind::Unreachable;
        }
    }
    if chain().any(|error| error.is::<NameError>()) {
        return FailureKind::Unreachable;
    }
    chain().filter_map(|error| specific(error, stage)).last().unwrap_or(FailureKind::Other)
}

/// What more is known of a failure than its kind: a clause.
pub(super) fn reason(error: &reqwest::Error) -> Option<&'static str> {
    if error.is_dns() {
        return Some("its name has no address");
    }
    let first: &(dyn Error + 'static) = error;
    let mut chain = std::iter::successors(Some(first), |error| next(*error));
    chain.find_map(|error| error.downcast_ref::<rustls::Error>()).and_then(tls::reason)
}

/// The next error down the chain. An `io::Error` that wraps another error hides it from `source`.
fn next<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    }
}

fn specific(error: &(dyn Error + 'static), stage: Stage) -> Option<FailureKind> {
    if error.is::<rustls::Error>() {
        return Some(FailureKind::Tls);
    }
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return hyper_kind(error, stage);
    }
    error.downcast_ref::<io::Error>().and_then(|error| io_kind(error, stage))
}

fn hyper_kind(error: &hyper::Error, stage: Stage) -> Option<FailureKind> {
    if error.is_parse() {
        Some(FailureKind::BadResponse)
    } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        Some(early_end(stage))
    } else {
        None
    }
}

fn io_kind(error: &io::Error, stage: Stage) -> Option<FailureKind> {
    if error.raw_os_error().is_some_and(is_local_limit) {
        return Some(FailureKind::LocalLimit);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(FailureKind::Refused),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
            Some(FailureKind::Reset)
        }
        io::ErrorKind::UnexpectedEof => Some(early_end(stage)),
        io::ErrorKind::TimedOut => Some(FailureKind::RequestTimeout),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
            Some(FailureKind::Unreachable)
        }
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse | io::ErrorKind::OutOfMemory => {
            Some(FailureKind::LocalLimit)
        }
        _ => None,
    }
}

const fn early_end(stage: Stage) -> FailureKind {
    match stage {
        Stage::Head => FailureKind::Closed,
        Stage::Body => FailureKind::Truncated,
    }
}

/// Whether an operating system's error code says that this machine has run out of something.
#[cfg(unix)]
fn is_local_limit(code: i32) -> bool {
    [libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM, libc::EADDRNOTAVAIL, libc::EAGAIN].contains(&code)
}

/// Whether an operating system's error code says that this machine has run out of something.
#[cfg(not(unix))]
fn is_local_limit(code: i32) -> bool {
    // WSAEMFILE, WSAENOBUFS, WSAEADDRNOTAVAIL.
    [10024, 10055, 10049].contains(&code)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{Stage, classify};
    use crate::model::FailureKind;

    #[test]
    fn codes_and_kinds_decide_not_texts() {
        for (error, stage, kind) in [
            (io::Error::from(io::ErrorKind::ConnectionRefused), Stage::Head, FailureKind::Refused),
            (io::Error::from(io::ErrorKind::ConnectionReset), Stage::Body, FailureKind::Reset),
            (io::Error::from(io::ErrorKind::UnexpectedEof), Stage::Head, FailureKind::Closed),
            (io::Error::from(io::ErrorKind::UnexpectedEof), Stage::Body, FailureKind::Truncated),
            (io::Error::other("connection refused, timed out, reset by peer"), Stage::Head, FailureKind::Other),
            (io::Error::other(io::Error::from(io::ErrorKind::ConnectionRefused)), Stage::Head, FailureKind::Refused),
            (io::Error::other(rustls::Error::DecryptError), Stage::Head, FailureKind::Tls),
        ] {
            assert_eq!(classify(&error, stage), kind, "{error:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_used_up_limit_of_this_machine_is_named() {
        for code in [libc::EMFILE, libc::EADDRNOTAVAIL, libc::ENOBUFS] {
            assert_eq!(classify(&io::Error::from_raw_os_error(code), Stage::Head), FailureKind::LocalLimit);
        }
    }
}
