//! The life of the delay server's own process: orders in on one pipe, replies out on another, the server on a thread.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use crate::model::DelayTarget;
use crate::server::error::ServerError;
use crate::server::foreground::{Remote, Server};
use crate::server::wire::{self, Reply, WireCommand};

/// Serves on a free loopback port until `input` ends, which it does when the parent is gone, however it went. `input` and
/// `output` are the process's standard input and output. Whatever goes wrong is also told to the parent.
///
/// # Errors
/// Any [`ServerError`] but those of [`Handle`](crate::server::Handle).
pub fn run_child(input: impl Read, mut output: impl Write) -> Result<(), ServerError> {
    let result = converse(&mut BufReader::new(input), &mut output);
    if let Err(error) = &result {
        let message = chain(error);
        // The parent may be gone, and the error is returned in any case.
        let _ = wire::send(&mut output, &Reply::Failed { message });
    }
    result
}

fn converse(input: &mut impl BufRead, output: &mut impl Write) -> Result<(), ServerError> {
    let (host, target): (Ipv4Addr, DelayTarget) = match wire::receive(input)? {
        None => return Ok(()),
        Some(WireCommand::Start(behaviour)) => (behaviour.host, behaviour.into()),
        Some(order) => return Err(ServerError::UnexpectedLine(format!("{order:?}"))),
    };
    let server = Server::bind(SocketAddr::from((host, 0)), &target, 0)?;
    let (address, remote) = (server.address(), server.remote());
    let serving = thread::Builder::new()
        .name("delay-server".to_owned())
        .spawn(move || server.run())
        .map_err(ServerError::EventLoop)?;
    let result = wire::send(output, &Reply::Listening { address }).and_then(|()| obey(&remote, input, output));
    remote.stop();
    let served = serving.join().map_err(|_panic| ServerError::Broken)?;
    served.and(result)
}

fn obey(remote: &Remote, input: &mut impl BufRead, output: &mut impl Write) -> Result<(), ServerError> {
    while let Some(order) = wire::receive(input)? {
        let reply = match order {
            WireCommand::Begin { seed } => {
                remote.begin(seed).transpose()?.map(|address| Reply::PartialHead { address })
            }
            WireCommand::End {} => remote.end().map(Reply::Ended),
            WireCommand::Start(_) => return Err(ServerError::UnexpectedLine(format!("{order:?}"))),
        };
        wire::send(output, &reply.ok_or(ServerError::Broken)?)?;
    }
    Ok(())
}

/// An error and its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
