//! What the server asks of the operating system beside sockets and timers. The only file of this folder that depends
//! on Unix; elsewhere each wish is left out.

use std::io;
use std::process::Command;

use mio::net::TcpStream;

use crate::model::Nanos;

/// Writes the last part of a response whose connection is closed next. On Linux it waits for that, so that both travel in
/// one packet.
#[cfg(target_os = "linux")]
pub(super) fn write_last(stream: &mut TcpStream, text: &[u8]) -> io::Result<usize> {
    socket2::SockRef::from(&*stream).send_with_flags(text, libc::MSG_MORE | libc::MSG_NOSIGNAL)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn write_last(stream: &mut TcpStream, text: &[u8]) -> io::Result<usize> {
    io::Write::write(stream, text)
}

/// Whether a read that does not fill its buffer has read all there is, and what comes later is reported again. Elsewhere a
/// socket is only told of again once a read has found nothing.
pub(super) const SHORT_READ_IS_ALL: bool = cfg!(unix);

/// CPU time of this process so far, user and system together.
#[cfg(unix)]
pub(super) fn cpu_time() -> Option<Nanos> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).ok()?;
    Some(Nanos::SECOND * seconds + Nanos(u64::try_from(time.tv_nsec).ok()?))
}

#[cfg(not(unix))]
pub(super) fn cpu_time() -> Option<Nanos> {
    None
}

/// Puts the process to be started in a group of its own, so that Ctrl-C on the terminal does not reach it.
#[cfg(unix)]
pub(super) fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
pub(super) fn own_group(_command: &mut Command) {}
