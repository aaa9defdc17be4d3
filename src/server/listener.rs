//! The socket that clients connect to.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener as BlockingListener};

use mio::net::TcpListener;
use socket2::{Domain, Protocol, Socket, Type};

use super::error::ServerError;

/// Clients that may be waiting to be accepted; the kernel clamps it to its own limit.
const BACKLOG: i32 = 65_535;

/// Opens a listening socket, ready for the event loop.
pub(super) fn listen(address: SocketAddr) -> Result<TcpListener, ServerError> {
    try_listen(address).map(TcpListener::from_std).map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => ServerError::AddressInUse(address),
        _ => ServerError::Listen { address, source },
    })
}

fn try_listen(address: SocketAddr) -> io::Result<BlockingListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Elsewhere than on Unix this option lets two servers share a port.
    socket.set_reuse_address(cfg!(unix))?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}
