//! A client for many requests at once: reqwest's connector and its rules for connections, without what lies between them
//! and a request in reqwest and hyper: four buffers for each connection, and a search through all waiting requests
//! whenever one has found a connection.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::error::Error;
use std::io::ErrorKind;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiResolver, Name};
use reqwest::Method;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tower_service::Service;

use super::super::failure::{NameError, Stage, classify};
use super::request::RequestBytes;
use super::response::Response;
use crate::model::FailureKind;

type AnyError = Box<dyn Error + Send + Sync>;

/// What reqwest sets of each socket.
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 3;
#[cfg(target_os = "linux")]
const USER_TIMEOUT: Duration = Duration::from_secs(30);
/// One buffer for all connections of a thread; nothing stays in it.
const BUFFER_BYTES: usize = 64 * 1024;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER_BYTES]);
}

/// A client for all requests of one event loop.
pub(crate) struct Http1Client {
    connector: HttpConnector<Resolver>,
    address: Uri,
    request: RequestBytes,
    /// None where a connection serves one request.
    pool: Option<Arc<Pool>>,
}

impl Http1Client {
    /// A client that sends `request` whenever it is asked; `None` where the request needs more than this can do.
    pub(crate) fn new(request: &reqwest::Request, keep_alive: bool) -> Option<Self> {
        let url = request.url();
        if url.scheme() != "http" || *request.method() == Method::CONNECT {
            return None;
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let address = Uri::builder().scheme("http").authority(format!("{}{port}", url.host_str()?)).path_and_query("/");
        Some(Self {
            connector: connector(),
            address: address.build().ok()?,
            request: RequestBytes::of(request),
            pool: keep_alive.then(Arc::default),
        })
    }

    /// A response of which nothing has come.
    pub(crate) const fn awaited(&self) -> Response {
        Response::awaited(self.request.bodiless)
    }

    /// Sends the request and reads `response` to its end.
    pub(crate) async fn exchange(&self, response: &mut Response) -> Result<(), FailureKind> {
        let stream = self.connection().await.map_err(|error| classify(error.as_ref(), Stage::Head))?;
        let mut written = 0;
        let reusable = loop {
            if let Some(reusable) = self.advance(&stream, &mut written, response)? {
                break reusable;
            }
            let is_written = written == self.request.bytes.len();
            let awaited = if is_written { Interest::READABLE } else { Interest::READABLE | Interest::WRITABLE };
            stream.ready(awaited).await.map_err(|error| classify(&error, Stage::Head))?;
        };
        if let Some(pool) = self.pool.as_ref().filter(|_| reusable) {
            pool.put(stream);
        }
        Ok(())
    }

    /// Writes and reads what can be without waiting. At the end of the response: whether another request may follow.
    fn advance(
        &self,
        stream: &TcpStream,
        written: &mut usize,
        response: &mut Response,
    ) -> Result<Option<bool>, FailureKind> {
        let request = &self.request.bytes;
        while *written < request.len() {
            match stream.try_write(&request[*written..]) {
                Ok(count) => *written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(classify(&error, Stage::Head)),
            }
        }
        BUFFER.with_borrow_mut(|buffer| {
            loop {
                match stream.try_read(buffer) {
                    Ok(0) => return response.cut_off().map_or(Ok(Some(false)), Err),
                    Ok(count) => {
                        let beyond = response.take(&buffer[..count]).map_err(|_| FailureKind::BadResponse)?;
                        if response.is_complete() {
                            let is_clean = beyond.is_empty() && *written == request.len();
                            return Ok(Some(is_clean && response.keeps_alive()));
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                    Err(error) => {
                        let stage = if response.status().is_some() { Stage::Body } else { Stage::Head };
                        return Err(classify(&error, stage));
                    }
                }
            }
        })
    }

    /// A connection that is at rest, or whichever is there first: one that another request has done with, or a new one.
    async fn connection(&self) -> Result<TcpStream, AnyError> {
        let new = || connect(self.connector.clone(), self.address.clone());
        let Some(pool) = &self.pool else { return new().await };
        let returned = match pool.take() {
            Ok(stream) => return Ok(stream),
            Err(returned) => returned,
        };
        match select(returned, Box::pin(new())).await {
            Either::Left((Ok(stream), new)) => {
                let pool = Arc::clone(pool);
                tokio::spawn(async move { new.await.map(|stream| pool.put(stream)) });
                Ok(stream)
            }
            Either::Left((Err(_), new)) => new.await,
            Either::Right((connected, _)) => connected,
        }
    }
}

fn connector() -> HttpConnector<Resolver> {
    let mut connector = HttpConnector::new_with_resolver(Resolver(GaiResolver::new()));
    connector.set_nodelay(true);
    connector.set_keepalive(Some(KEEPALIVE));
    connector.set_keepalive_interval(Some(KEEPALIVE));
    connector.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
    #[cfg(target_os = "linux")]
    connector.set_tcp_user_timeout(Some(USER_TIMEOUT));
    connector
}

async fn connect(mut connector: HttpConnector<Resolver>, address: Uri) -> Result<TcpStream, AnyError> {
    Ok(connector.call(address).await?.into_inner())
}

/// Connections at rest, and requests that wait for one.
#[derive(Default)]
struct Pool(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    connections: Vec<TcpStream>,
    /// Some of them have found another connection meanwhile.
    requests: VecDeque<oneshot::Sender<TcpStream>>,
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open connection that came last, or a place in the queue for the next one.
    fn take(&self) -> Result<TcpStream, oneshot::Receiver<TcpStream>> {
        let mut waiting = self.lock();
        while let Some(stream) = waiting.connections.pop() {
            if is_quiet(&stream) {
                return Ok(stream);
            }
        }
        let (sender, receiver) = oneshot::channel();
        waiting.requests.push_back(sender);
        Err(receiver)
    }

    /// Gives a connection to the request that has waited longest, or keeps it.
    fn put(&self, mut stream: TcpStream) {
        let mut waiting = self.lock();
        while let Some(request) = waiting.requests.pop_front() {
            match request.send(stream) {
                Ok(()) => return,
                Err(returned) => stream = returned,
            }
        }
        waiting.connections.push(stream);
    }
}

/// Whether the peer is silent and has not closed, as far as that is known: only then may another request follow.
fn is_quiet(stream: &TcpStream) -> bool {
    matches!(stream.try_read(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

/// The system's resolver, whose errors are known by their type.
#[derive(Clone)]
struct Resolver(GaiResolver);

impl Service<Name> for Resolver {
    type Response = GaiAddrs;
    type Error = NameError;
    type Future = Pin<Box<dyn Future<Output = Result<GaiAddrs, NameError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NameError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(self.0.call(name).map(|resolved| resolved.map_err(NameError)))
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use tokio::io::Interest;
    use tokio::net::TcpStream;
    use tokio::runtime::Builder;

    use super::Pool;

    /// The client's ends of connections to a peer, and the peer's.
    async fn connections<const N: usize>() -> ([TcpStream; N], [std::net::TcpStream; N]) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ends = [(); N].map(|()| {
            let own = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            own.set_nonblocking(true).unwrap();
            (TcpStream::from_std(own).unwrap(), listener.accept().unwrap().0)
        });
        let (mut own, mut peers) = (Vec::new(), Vec::new());
        for (stream, peer) in ends {
            stream.ready(Interest::WRITABLE).await.unwrap();
            own.push(stream);
            peers.push(peer);
        }
        (own.try_into().unwrap(), peers.try_into().unwrap())
    }

    fn port(stream: &TcpStream) -> u16 {
        stream.local_addr().unwrap().port()
    }

    fn run(test: impl Future<Output = ()>) {
        Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
    }

    #[test]
    fn a_connection_goes_to_the_request_that_waited_longest_and_still_wants_it() {
        run(async {
            let ([first, second], _peers) = connections().await;
            let (first_port, second_port) = (port(&first), port(&second));
            let pool = Pool::default();
            let [served, mut longest, mut next] = [(); 3].map(|()| pool.take().unwrap_err());
            drop(served);
            pool.put(first);
            assert_eq!(port(&longest.try_recv().unwrap()), first_port);
            pool.put(second);
            assert_eq!(port(&next.try_recv().unwrap()), second_port);
            assert!(pool.take().is_err(), "none is left");
        });
    }

    #[test]
    fn of_those_at_rest_the_last_one_that_is_still_open_is_used() {
        run(async {
            let ([first, second, third], [_first, _second, peer]) = connections().await;
            let second_port = port(&second);
            let pool = Pool::default();
            drop(peer);
            third.ready(Interest::READABLE).await.unwrap();
            for stream in [first, second, third] {
                pool.put(stream);
            }
            assert_eq!(port(&pool.take().unwrap()), second_port);
        });
    }
}
