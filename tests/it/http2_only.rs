//! A server that speaks nothing but HTTP/2 without TLS, as those behind a gRPC balancer do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use http::Response;
use reportgen::bundle;
use reportgen::model::SampleStatus;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

use crate::test_directory::TestDirectory;

/// Answers every request of HTTP/2 with 200, and closes a connection that begins in another way.
struct Http2Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Http2Server {
    fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                while let Ok((stream, _)) = listener.accept().await {
                    if stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    tokio::spawn(serve(stream));
                }
            });
        });
        Self { address, stop, thread: Some(thread) }
    }
}

impl Drop for Http2Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        drop(std::net::TcpStream::connect(self.address));
        self.thread.take().map(JoinHandle::join);
    }
}

async fn serve(stream: TcpStream) {
    // What does not begin as HTTP/2 does is closed.
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((_, mut answer))) = connection.accept().await {
        // A client that is gone needs no answer.
        let _ = answer.send_response(Response::new(()), true);
    }
}

#[test]
fn a_target_that_speaks_nothing_but_http_2_is_asked_in_it_from_the_first_request_on() {
    let place = TestDirectory::new();
    let server = Http2Server::start();
    let config = |strategies: &str| {
        let sweep = "[sweep]\nrequests = [3]\nrepeats = 2\n[output]\nformats = [\"svg\"]\n";
        place.write("sweep.toml", format!("[target]\nurl = \"http://{}/\"\n{sweep}{strategies}", server.address));
        place.run(&["-c", "sweep.toml", "-q"])
    };
    let over_2 = "[[strategy]]\nkind = \"async\"\nhttp-version = \"2\"\n";
    let output = config(over_2);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    // Where the first request fails on an open connection, the sweep begins with a warning.
    assert!(!output.stderr.contains("the first request"), "{}", output.stderr);
    let run = bundle::load(&place.path(output.stdout.trim_end())).unwrap().run;
    assert_eq!(run.samples.len(), 2);
    assert!(run.samples.iter().all(|row| row.status == SampleStatus::Ok && row.succeeded == Some(3)), "{run:?}");
    assert!(run.facts.estimates[0].times.is_some_and(|times| times.kept.is_some()), "single requests were timed");
    // And it is no server of HTTP/1.1.
    let output = config("[[strategy]]\nkind = \"async\"\n");
    assert!(output.stderr.contains("the first request"), "{}", output.stderr);
    assert_eq!(output.code, Some(1), "{}", output.stderr);
}
