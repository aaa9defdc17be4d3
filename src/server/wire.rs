//! The JSON lines between the delay server's process and its parent. Both are the same program, so there are no versions.
//!
//! ```text
//! parent                                    server
//! {"start":{"delay_ns":100000000,…}}   →
//!                                      ←    {"listening":{"address":"127.0.0.1:40001"}}
//! {"begin":{"seed":1}}                 →
//!                                      ←    {"begun":{"address":"127.0.0.1:40002"}}
//! {"end":{}}                           →
//!                                      ←    {"ended":{"requests":50,…}}
//! end of input                         →    it ends
//! ```

use std::io::{self, BufRead, Write};
use std::net::{Ipv4Addr, SocketAddr};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::model::{DelayTarget, Nanos};
use crate::server::error::ServerError;
use crate::server::sample::ServerStats;

/// What the parent says.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum WireCommand {
    Start(Behaviour),
    Begin { seed: u64 },
    End {},
}

/// What the server says.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reply {
    Listening { address: SocketAddr },
    PartialHead { address: SocketAddr },
    Ended(ServerStats),
    Failed { message: String },
}

/// A [`DelayTarget`] in JSON.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Behaviour {
    pub(super) host: Ipv4Addr,
    delay_ns: u64,
    jitter_ns: u64,
    failure_rate: f64,
    max_concurrent: u32,
}

impl From<&DelayTarget> for Behaviour {
    fn from(target: &DelayTarget) -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST,
            delay_ns: target.delay.0,
            jitter_ns: target.jitter.0,
            failure_rate: target.failure_rate,
            max_concurrent: target.max_concurrent,
        }
    }
}

impl From<Behaviour> for DelayTarget {
    fn from(behaviour: Behaviour) -> Self {
        Self {
            delay: Nanos(behaviour.delay_ns),
            jitter: Nanos(behaviour.jitter_ns),
            failure_rate: behaviour.failure_rate,
            max_concurrent: behaviour.max_concurrent,
        }
    }
}

/// Writes one line, all the way through.
pub(super) fn send(output: &mut impl Write, line: &impl Serialize) -> Result<(), ServerError> {
    let mut text = serde_json::to_vec(line).map_err(io::Error::from).map_err(|source| pipe("write", source))?;
    text.push(b'\n');
    output.write_all(&text).and_then(|()| output.flush()).map_err(|source| pipe("write", source))
}

/// Reads one line; `None` at the end of input.
pub(super) fn receive<T: DeserializeOwned>(input: &mut impl BufRead) -> Result<Option<T>, ServerError> {
    let mut line = String::new();
    if input.read_line(&mut line).map_err(|source| pipe("read", source))? == 0 {
        return Ok(None);
    }
    match serde_json::from_str(&line) {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(ServerError::UnexpectedLine(line.trim_end().to_owned())),
    }
}

fn pipe(verb: &'static str, source: io::Error) -> ServerError {
    ServerError::Pipe { verb, source }
}
