//! https targets: whom a sweep trusts, and the reason in words where it does not.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::test_directory::{CommandOutput, TestDirectory};

/// A server that answers every request with 200 until it is dropped.
struct HttpsServer {
    port: u16,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl HttpsServer {
    fn start((certificate, key): &(String, String)) -> Self {
        let certificates = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(builder.with_no_client_auth().with_single_cert(certificates, key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                thread::spawn(move || answer(StreamOwned::new(connection, stream)));
            }
        });
        Self { port, stop, thread: Some(thread) }
    }
}

impl Drop for HttpsServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        self.thread.take().map(JoinHandle::join);
    }
}

/// Answers one request after another; a client that does not trust it ends the connection.
fn answer(mut stream: StreamOwned<ServerConnection, TcpStream>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
        if head.ends_with(b"\r\n\r\n") {
            head.clear();
            let written = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            if written.and_then(|()| stream.flush()).is_err() {
                return;
            }
        }
    }
}

fn params(name: &str, host: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// An authority: its certificate, and a certificate and key for `host` that it signed, valid until the year `until`.
fn signed(host: &str, until: i32) -> (String, (String, String)) {
    let mut authority = params("authority", "authority.example");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let (authority_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let root = authority.self_signed(&authority_key).unwrap().pem();
    let mut leaf = params("server", host);
    (leaf.not_before, leaf.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(until, 1, 1));
    let certificate = leaf.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap().pem();
    (root, (certificate, key.serialize_pem()))
}

fn self_signed() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    (params("self", "localhost").self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn sweep(place: &TestDirectory, server: &HttpsServer, more: &str) -> CommandOutput {
    let url = format!("https://localhost:{}/", server.port);
    place.write(
        "sweep.toml",
        format!(
            "[target]\nurl = \"{url}\"\n{more}\n[sweep]\nrequests = [2]\nrepeats = 1\n[output]\nformats = [\"svg\"]\n\
             [[strategy]]\nkind = \"sequential\"\n[[strategy]]\nkind = \"async\"\n"
        ),
    );
    place.run(&["-c", "sweep.toml", "-q"])
}

#[test]
fn a_certificate_that_is_not_trusted_is_refused_with_the_reason() {
    let (root, expired) = signed("localhost", 2001);
    let (other_root, other) = signed("other.example", 2100);
    let (_, unknown) = signed("localhost", 2100);
    for (certificate, trusted, reason) in [
        (self_signed(), None, "its certificate is self-signed"),
        (unknown, None, "its certificate is from an unknown authority"),
        (expired, Some(root), "its certificate has expired"),
        (other, Some(other_root), "its certificate is for another name"),
    ] {
        let place = TestDirectory::new();
        let server = HttpsServer::start(&certificate);
        place.write("ca.pem", trusted.as_deref().unwrap_or_default());
        let more = if trusted.is_some() { "ca-file = \"ca.pem\"" } else { "" };
        let output = sweep(&place, &server, more);
        assert_eq!(output.code, Some(3), "{reason}: {}", output.stderr);
        assert!(
            output.stderr.contains(&format!("does not answer (tls: {reason}); name its certificate in `ca-file`")),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn an_authority_of_the_ca_file_is_trusted() {
    let place = TestDirectory::new();
    let (root, certificate) = signed("localhost", 2100);
    let server = HttpsServer::start(&certificate);
    place.write("ca.pem", root);
    let output = sweep(&place, &server, "ca-file = \"ca.pem\"");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
}

#[test]
fn an_insecure_target_is_trusted_whatever_it_shows() {
    let place = TestDirectory::new();
    let server = HttpsServer::start(&self_signed());
    let output = sweep(&place, &server, "insecure = true");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
}

#[test]
fn a_ca_file_without_certificates_is_named() {
    let place = TestDirectory::new();
    let server = HttpsServer::start(&self_signed());
    place.write("ca.pem", "no certificate");
    let output = sweep(&place, &server, "ca-file = \"ca.pem\"");
    assert_eq!(output.code, Some(3));
    assert!(output.stderr.contains("ca.pem, the `ca-file` of [target], holds no certificate"), "{}", output.stderr);
}

#[test]
fn a_name_without_address_is_told() {
    let place = TestDirectory::new();
    place.write("sweep.toml", "[target]\nurl = \"http://no-such-host.invalid/\"\n");
    let output = place.run(&["-c", "sweep.toml"]);
    assert_eq!(output.code, Some(3));
    assert!(output.stderr.contains("does not answer (unreachable: its name has no address)"), "{}", output.stderr);
}
