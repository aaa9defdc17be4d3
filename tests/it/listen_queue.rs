//! A server whose queue of new connections is full: Linux drops what does not fit, the client tries again a second later,
//! and the report says that the strategy was not slow.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;
use socket2::{Domain, Socket, Type};

use crate::test_directory::TestDirectory;

/// Rests so long after each connection.
const REST: Duration = Duration::from_millis(20);

/// A server that takes one connection after another, with room for two that wait.
struct SlowServer {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl SlowServer {
    fn start() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        socket.listen(1).unwrap();
        let listener = TcpListener::from(socket);
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let (_silent, nothing) = channel::<()>();
            for stream in listener.incoming().map_while(Result::ok) {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                answer(stream);
                let _ = nothing.recv_timeout(REST);
            }
        });
        Self { address, stop, thread: Some(thread) }
    }
}

impl Drop for SlowServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        self.thread.take().map(JoinHandle::join);
    }
}

fn answer(mut stream: TcpStream) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    // A client that is gone needs no answer.
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
}

/// Six clients at once: one is served, two wait, and three are dropped and come again after a second. The server is slow
/// where it matters, so a busy machine can only make it more. What could hide the caveat is a client that was not dropped
/// and is served more than 0.3 s late: of the twelve late ones, the report allows one of those.
#[test]
fn connections_that_did_not_fit_into_the_queue_are_named() {
    let place = TestDirectory::new();
    let server = SlowServer::start();
    let text = "[target]\nurl = \"URL\"\n[sweep]\nrequests = [6]\nrepeats = 4\n[[strategy]]\nname = \"all at once\"\n\
        kind = \"async\"\n[output]\nformats = [\"svg\"]\n";
    place.write("sweep.toml", text.replace("URL", &format!("http://{}/", server.address)));
    let output = place.run(&["-c", "sweep.toml"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stderr.contains("raise its listen backlog"), "{}", output.stderr);
    let summary = fs::read(place.path(output.run()).join("summary.json")).unwrap();
    let summary: Value = serde_json::from_slice(&summary).unwrap();
    let caveat = summary["caveats"].as_array().unwrap().iter().find(|caveat| caveat["kind"] == "late-connections");
    let caveat = caveat.unwrap_or_else(|| panic!("{}", summary["caveats"]));
    assert_eq!((&caveat["strategy"], &caveat["requests"]), (&"all at once".into(), &serde_json::json!([6])));
}
